"""How the page is put together and opened."""

import os
import subprocess
import sys

import pytest
from command_runs import fails
from demo_server import environment, needs, serving

from adgen.demo import app, catalogue_tab
from adgen.generation.shipped import SHIPPED_WRITER, shipped_model_dir


def test_help_loads_neither_gradio_nor_numpy():
    code = (
        "import sys; from adgen.cli.main import main\n"
        "try: main(['demo', '--help'])\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--corpus" in done.stdout
    assert not {"gradio", "numpy"} & set(done.stdout.splitlines()[-1].split())


def test_a_wrong_model_is_one_line_and_nothing_is_served(tmp_path, capsys):
    needs("gradio")
    message = fails(["demo", "--port", "0", "--model", tmp_path / "nowhere"], capsys)
    assert "nowhere" in message


def test_gradio_that_is_missing_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(ImportError, match="The demo needs gradio"):
        app.build_page()


def test_the_catalogue_is_written_by_the_pages_own_writer(monkeypatch, tmp_path):
    needs("gradio")
    mine = tmp_path / "mine"
    mine.symlink_to(shipped_model_dir(SHIPPED_WRITER))
    orders = []
    monkeypatch.setattr(
        catalogue_tab, "write_export", lambda _, order, __: orders.append(order) or ()
    )
    page = app.build_page([str(mine)])
    [write] = [one.fn for one in page.fns.values() if one.api_name == "write_catalogue"]
    list(write("mine.csv", catalogue_tab.ROWS, "", 1, "", ""))
    assert [order.plan.model for order in orders] == [str(mine)]
    [said] = [one.value for one in page.blocks.values() if one.elem_id == "catalogue-writer"]
    assert "written by mine." in said


@pytest.fixture
def opened(monkeypatch):
    calls = []
    monkeypatch.setattr(app, "launch", lambda models, **where: calls.append((models, where)))
    return calls


@pytest.mark.parametrize(
    ("space", "name", "host"),
    [
        ("me/ads", "", "0.0.0.0"),
        ("", "", "127.0.0.1"),
        ("", "192.0.2.1", "192.0.2.1"),
        ("me/ads", "::", "::"),
    ],
)
def test_a_spaces_folder_listens_to_this_machine_alone_elsewhere(
    opened, monkeypatch, space, name, host
):
    monkeypatch.setenv("SPACE_ID", space)
    monkeypatch.setenv("GRADIO_SERVER_NAME", name)
    app.launch_space()
    assert [where["host"] for _, where in opened] == [host]


def test_a_space_listens_to_all_with_the_model_beside_it(opened, monkeypatch, tmp_path):
    monkeypatch.setenv("SPACE_ID", "me/ads")
    monkeypatch.delenv("GRADIO_SERVER_NAME", raising=False)
    main = type(sys)("__main__")
    main.__file__ = str(tmp_path / "app.py")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.delenv("GRADIO_SERVER_PORT", raising=False)
    app.launch_space()
    (tmp_path / "model").mkdir()
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7999")
    app.launch_space()
    where = {"host": "0.0.0.0"}
    assert opened == [
        ((None,), where | {"port": 7860}),
        ((str(tmp_path / "model"),), where | {"port": 7999}),
    ]


def test_a_workers_copy_of_the_spaces_script_opens_nothing(opened, monkeypatch):
    monkeypatch.setattr(app.multiprocessing, "parent_process", object)
    app.launch_space()
    assert opened == []


@pytest.mark.parametrize("port", ["0", "70000", "http", "-1"])
def test_a_spaces_port_is_checked(opened, monkeypatch, port):
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    with pytest.raises(ValueError, match="GRADIO_SERVER_PORT"):
        app.launch_space()


def test_the_page_loads_no_tensorflow_and_no_torch():
    needs("gradio")
    code = (
        "import sys; from adgen.demo.app import build_page; page = build_page()\n"
        "import os; print(os.environ['GRADIO_ANALYTICS_ENABLED'], page.analytics_enabled)\n"
        "print(*{'tensorflow', 'torch', 'keras', 'transformers', 'jax'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.splitlines() == ["False False", ""]


def test_nothing_is_connected_to_but_this_machine():
    """No socket of the server is connected elsewhere, from its import to its first page."""
    needs("gradio")
    code = """
import socket, sys
connect, found = socket.socket.connect, []
def noted(self, address):
    found.append(address)
    return connect(self, address)
socket.socket.connect = noted
lookup = socket.getaddrinfo
def noted_lookup(host, *rest, **more):
    found.append((host,))
    return lookup(host, *rest, **more)
socket.getaddrinfo = noted_lookup
from adgen.demo import app
page = app.build_page((None,))
import time
page.launch(**app._options("127.0.0.1", None))
time.sleep(2)
page.close()
here = {"127.0.0.1", "localhost", "0.0.0.0", None, "", b"127.0.0.1"}
others = [one for one in found if isinstance(one, tuple) and one[0] not in here]
print("noted", len(found) > 0, others)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.splitlines()[-1] == "noted True []"


def test_a_proxy_is_not_asked_for_the_page(tmp_path):
    needs("gradio")
    # Nothing listens at the proxy's port, so that whoever asks it gets no answer.
    proxy = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    with serving(tmp_path, **proxy, NO_PROXY="", no_proxy="") as address:
        assert address.startswith("http://127.0.0.1:")
    said = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "float32" not in said


def test_what_passes_proxies_by_is_kept(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "shop.example,localhost")
    monkeypatch.delenv("no_proxy", raising=False)
    app._pass_proxies_by("192.0.2.1")
    assert os.environ["NO_PROXY"] == "shop.example,localhost,127.0.0.1,192.0.2.1"
    assert os.environ["no_proxy"] == "127.0.0.1,localhost,192.0.2.1"


def test_it_listens_to_this_machine_alone_unless_told_otherwise():
    from adgen.cli.main import parse

    assert parse(["demo"]).host == app.HOST == "127.0.0.1"
    assert parse(["demo", "--host", "0.0.0.0"]).host == "0.0.0.0"
    assert os.environ.get("GRADIO_SERVER_NAME") is None

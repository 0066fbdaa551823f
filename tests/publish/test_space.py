"""A Space's folder: what the Hub reads of it, what lies in it, and that its page comes up."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from local_hub import serving_hub
from tiny_models import save_tiny_model

from adgen.cli.main import main
from adgen.generation.shipped import SHIPPED_ADAPTER, shipped_model_dir
from adgen.hub.file_checks import check_files
from adgen.hub.header import read_header
from adgen.publish import space
from adgen.publish.checks import check_space_card
from adgen.publish.space import SpacePlan, is_of_package, prepare_space, requirements


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return prepare_space(SpacePlan("me/ads"), tmp_path_factory.mktemp("space") / "ads")


def test_the_header_says_how_it_is_run(written):
    text = (written / "README.md").read_text(encoding="utf-8")
    check_space_card(text)
    header = read_header(text)
    assert (header["sdk"], header["sdk_version"]) == ("gradio", space.GRADIO)
    assert (written / header["app_file"]).is_file()
    assert len(header["short_description"]) <= 60  # the Hub's limit


@pytest.mark.parametrize("name", ["title", "sdk", "app_file"])
def test_a_header_without_an_entry_is_refused(written, name):
    text = (written / "README.md").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=f"header has no {name}"):
        check_space_card(text.replace(f"\n{name}:", "\nx:"))


def test_a_licence_is_one_that_the_hub_knows_the_form_of(written, tmp_path, capsys):
    text = (written / "README.md").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="license is 'My own'; expected one of the Hub's"):
        check_space_card(text.replace("license: mit", "license: My own"))
    words = ["publish", "--space", "me/ads", "--license", "My own", "--dry-run"]
    assert main([*words, "--output", str(tmp_path / "out")]) == 2
    assert "--license is 'My own'; expected" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_pip_gets_gradio_and_what_adgen_needs_and_no_path(written):
    lines = (written / "requirements.txt").read_text().split()
    assert lines[0] == f"gradio=={space.GRADIO}"
    assert {"numpy", "tokenizers"} <= {line.partition(">")[0] for line in lines}
    assert not any("/" in line or "adgen" in line or "torch" in line for line in lines)
    assert any(line.startswith("torch") for line in requirements("gpt"))


def test_adgen_lies_in_the_folder_and_works_from_there(written):
    code = (
        "import adgen; from adgen import AdGenerator, AdWriter, Product; print(adgen.__file__); "
        "print(AdGenerator.from_pretrained().generate('Sony TV')[0][0].text); "
        "print(AdWriter.from_pretrained().write(Product(brand='Acme', name='mat'))[0].ads[0].text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=written,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-500:]
    place, ad, written_ad = done.stdout.splitlines()
    assert place.startswith(str(written)) and ad.startswith("Sony TV") and "Acme" in written_ad
    check_files(written, skips=is_of_package)


def test_a_model_lies_beside_app_py_or_is_fetched_by_its_name(tmp_path):
    folder = save_tiny_model(tmp_path / "small", reads="packed")
    here = prepare_space(SpacePlan("me/ads", str(folder)), tmp_path / "here")
    assert (here / "model" / "config.json").is_file()
    there = prepare_space(SpacePlan("me/ads", "me/small"), tmp_path / "there")
    assert 'snapshot_download("me/small"' in (there / "app.py").read_text()
    assert read_header((there / "README.md").read_text())["models"] == ["me/small"]
    assert not (there / "model").exists()
    # It may be a GPT; an LSTM that lies here is none.
    assert "torch" in (there / "requirements.txt").read_text()
    assert "torch" not in (here / "requirements.txt").read_text()
    with pytest.raises(ValueError, match="is an adapter, whose base a Space does not have"):
        prepare_space(SpacePlan("me/ads", str(shipped_model_dir(SHIPPED_ADAPTER))), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_folder_of_others_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "app.py").write_text("mine")
    with pytest.raises(ValueError, match="not empty and not a Space's folder"):
        prepare_space(SpacePlan("me/ads"), tmp_path / "mine")


def test_a_space_is_uploaded_in_one_commit(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("adgen.publish.space.check_starts", lambda folder: None)
    monkeypatch.chdir(tmp_path)
    with serving_hub(monkeypatch, tmp_path / "hf") as hub:
        assert main(["publish", "--space", "me/ads", "--dry-run"]) == 0
        assert hub.requests == []
        assert main(["publish", "--space", "me/ads"]) == 0
        repo = hub.repos["space", "me/ads"]
        assert len(repo.commits) == 2
        assert main(["publish", "--space", "me/ads"]) == 0  # what it published, it replaces
    assert len(repo.commits) == 3 and {"app.py", "requirements.txt"} <= set(repo.files())
    here = tmp_path / "runs" / "publish" / "ads"
    assert repo.files().keys() == {
        path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()
    }


def test_a_model_that_does_not_open_is_refused(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("adgen.publish.space.check_starts", lambda folder: None)
    folder = save_tiny_model(tmp_path / "small", reads="packed")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    words = ["publish", "--space", "me/ads", "--model", str(folder), "--dry-run"]
    assert main([*words, "--output", str(tmp_path / "out")]) == 2
    assert "model cannot be opened in a fresh process" in capsys.readouterr().err


def test_a_demo_that_cannot_be_loaded_is_refused(tmp_path):
    (tmp_path / "adgen").mkdir()
    (tmp_path / "adgen" / "__init__.py").write_text("")
    with pytest.raises(ValueError, match=r"demo cannot be loaded from .*No module named"):
        space.check_starts(tmp_path)


@pytest.mark.slow
def test_the_page_comes_up(written, tmp_path):
    pytest.importorskip("gradio")
    pytest.importorskip("adgen.demo.app")
    space.check_starts(written)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    started = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=written,
        env=environment | {"GRADIO_SERVER_PORT": str(port), "HF_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert _answers(f"http://127.0.0.1:{port}/", started) == 200
    finally:
        started.terminate()
        started.wait(30)


def _answers(url, process, seconds=120):
    """The status of a page, as soon as there is one; None where the process ends."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.5)
    return None

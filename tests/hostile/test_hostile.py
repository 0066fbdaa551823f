"""Two hundred hostile inputs do no harm, and the drivers see what would be harm."""

import os
import subprocess
import sys

import pytest

from . import forks, oracles
from .calls import CallInput, all_targets, fitting, is_own
from .commands import GOOD, CommandInput, all_commands, options_of
from .forks import Limits, run_forked
from .place import REPO, Place, state_of


@pytest.mark.slow
def test_two_hundred_hostile_inputs_do_no_harm():
    command = [sys.executable, "-m", "tests.hostile", "--inputs", "200", "--seed", "0"]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-8_000:]


def test_every_command_is_tried():
    # To fetch takes an index of packages, which is not there; tests/gpt/test_bases.py has a wheel.
    # The demo goes on until it is stopped; tests/demo has hostile visitors.
    assert sorted(all_commands()) == sorted({*GOOD, "base fetch", "demo"})
    assert "--top-k" in {o for a in options_of("generate") for o in a.option_strings}


def test_every_name_of_the_front_door_is_tried():
    import adgen

    assert {target.partition(".")[0] for target in all_targets()} >= set(adgen.__all__)
    assert all(fitting(target) is not None for target in all_targets())


# --- harm is seen


def harm(action, tmp_path, *, tried=None, limits=None):
    """Returns the faults of what an action does in a box."""
    place = Place(tmp_path / "place")
    place.make()
    place.clear()
    (place.box / "mine.txt").write_text("years of work")
    before = state_of(place.box)
    limits = limits or Limits(seconds=20)
    outcome = run_forked(action, here=place.box, streams=place.streams, limits=limits)
    tried = tried or CommandInput(["train"], "number")
    return [fault for fault, _ in oracles.judge(tried, outcome, before, state_of(place.box), [])]


def _refuse(text="adgen: error: No.\n"):
    sys.stderr.write(text)
    return 2


def _raise():
    raise KeyError("x")


def _hang():
    while True:
        pass


def _eat():
    return len([bytearray(1 << 20) for _ in range(2_000)])


def _change():
    from pathlib import Path

    Path("mine.txt").write_text("gone")
    return _refuse()


def _leave():
    from pathlib import Path

    Path(".model-x1").write_text("half")
    return 0


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        (_raise, "traceback"),
        (lambda: 1, "exit code"),
        (lambda: _refuse("No.\n"), "no error line"),
        (lambda: _refuse("adgen: error: No\nway.\n"), "error of several lines"),
        (lambda: _refuse("adgen: error: " + "x" * 700), "long error"),
        (_change, "changed after a refusal"),
        (_leave, "leftover"),
    ],
)
def test_a_fault_is_seen(action, fault, tmp_path):
    assert harm(action, tmp_path) == [fault]


def test_a_hang_and_hunger_are_ended(tmp_path):
    assert harm(_hang, tmp_path / "a", limits=Limits(seconds=0.3)) == ["hang"]
    most = forks._resident_bytes(os.getpid()) + (500 << 20)  # a child begins with what this one has
    assert harm(_eat, tmp_path / "b", limits=Limits(num_bytes=most)) == ["memory"]


def test_a_refusal_and_a_success_are_no_fault(tmp_path):
    assert harm(_refuse, tmp_path / "a") == []
    assert harm(lambda: 0, tmp_path / "b") == []


def test_an_error_of_another_library_is_no_refusal():
    from adgen import Sampling

    with pytest.raises(ValueError, match="top_p") as own:
        Sampling(top_p=2)
    assert is_own(own.value)
    with pytest.raises(ValueError, match="invalid literal") as foreign:
        int("x")
    assert not is_own(foreign.value)
    assert CallInput("Sampling", {"top_p": "inf"}).run() == 2

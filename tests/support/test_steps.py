"""Files written in steps: continued after a break at any byte, or refused."""

import json

import pytest

from adgen.support.steps import about_path, can_resume, check_steps, open_steps, partial_path

RUN = {"seed": 0, "max_tokens": 60}
STEPS = [b"one\n", b"two, which is longer\n", b"", b"four\n"]


def write(path, *, resume=False, stop_after=None, torn=b"", run=RUN):
    """Writes the steps that are missing; breaks off after some, with bytes of the next written."""
    with open_steps(path, run, resume=resume) as file:
        for number in range(file.done.get("next", 0), len(STEPS)):
            if number == stop_after:
                file.write(torn)
                raise KeyboardInterrupt
            file.write(STEPS[number])
            file.complete_step({"next": number + 1})


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "deep" / "a.csv"
    write(path)
    assert path.read_bytes() == b"".join(STEPS)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("stop_after", range(4))
@pytest.mark.parametrize("torn", [b"", b"tw"])
def test_a_continued_file_is_that_of_one_run(tmp_path, stop_after, torn):
    path = tmp_path / "a.csv"
    with pytest.raises(KeyboardInterrupt):
        write(path, stop_after=stop_after, torn=torn)
    assert not path.exists()
    assert partial_path(path).read_bytes() == b"".join(STEPS[:stop_after]) + torn
    with pytest.raises(ValueError, match="resume=True, or delete"):
        write(path)
    write(path, resume=True)
    assert path.read_bytes() == b"".join(STEPS)
    assert list(tmp_path.iterdir()) == [path]


def test_another_run_cannot_be_continued(tmp_path):
    path = tmp_path / "a.csv"
    with pytest.raises(KeyboardInterrupt):
        write(path, stop_after=2)
    before = partial_path(path).read_bytes()
    with pytest.raises(ValueError, match=r"another max tokens \(60; now 61\)"):
        write(path, resume=True, run=RUN | {"max_tokens": 61})
    with pytest.raises(ValueError, match=r"another top k \(None; now 5\)"):
        write(path, resume=True, run=RUN | {"top_k": 5})
    assert partial_path(path).read_bytes() == before


@pytest.mark.parametrize(
    ("about", "message"),
    [
        (None, "missing or damaged"),
        ("{", "missing or damaged"),
        ({"num_bytes": None}, "missing or damaged"),
        ({"run": None}, "missing or damaged"),
        ({"done": 3}, "missing or damaged"),
        ({"num_bytes": 10_000}, "fewer than the 10,000"),
        ({"num_bytes": -1}, "fewer than"),
    ],
)
def test_a_damaged_note_is_refused(tmp_path, about, message):
    path = tmp_path / "a.csv"
    with pytest.raises(KeyboardInterrupt):
        write(path, stop_after=2)
    if about is None:
        about_path(path).unlink()
    elif isinstance(about, str):
        about_path(path).write_text(about)
    else:
        known = json.loads(about_path(path).read_text())
        about_path(path).write_text(json.dumps(known | about))
    with pytest.raises(ValueError, match=message):
        write(path, resume=True)


def test_what_is_there_is_not_replaced(tmp_path):
    path = tmp_path / "a.csv"
    with pytest.raises(ValueError, match="to go on with"):
        check_steps(path, resume=True)
    path.write_text("mine")
    for resume in (False, True):
        with pytest.raises(ValueError, match="is there already"):
            check_steps(path, resume=resume)
    path.write_text("")
    write(path)
    assert path.read_bytes() == b"".join(STEPS)
    with pytest.raises(ValueError, match="is a folder"):
        check_steps(tmp_path, resume=False)
    with pytest.raises(ValueError, match="Choose an output apart"):
        check_steps(tmp_path / "b.csv", resume=False, apart_from={"the input": tmp_path / "b.csv"})


def test_a_run_that_was_killed_before_its_first_note_has_begun_nothing(tmp_path):
    path = tmp_path / "a.csv"
    partial_path(path).touch()
    assert not can_resume(path)
    write(path)
    assert path.read_bytes() == b"".join(STEPS)


def test_a_note_that_was_left_behind_is_of_no_new_run(tmp_path):
    path = tmp_path / "a.csv"
    with pytest.raises(KeyboardInterrupt):
        write(path, stop_after=2)
    partial_path(path).replace(path)  # killed before it could delete the note
    path.unlink()
    write(path, run=RUN | {"seed": 1})
    assert path.read_bytes() == b"".join(STEPS)
    assert list(tmp_path.iterdir()) == [path]


def test_two_runs_do_not_write_one_file(tmp_path):
    pytest.importorskip("fcntl", reason="needs file locks of POSIX")
    path = tmp_path / "a.csv"
    with open_steps(path, RUN, resume=False) as file:
        with pytest.raises(ValueError, match="is being written by another run"):
            write(path, resume=True)
        file.write(b"one\n")
    assert path.read_bytes() == b"one\n"

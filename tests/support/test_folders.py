"""Folders are complete or as they were; only adgen's own are replaced, and the rest stays."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath

import pytest
from hostile import lay_others, tree

from adgen.support.folders import (
    FolderKind,
    at_top,
    check_beside,
    check_output_dir,
    delete_ours,
    directory_when_done,
)

KIND = FolderKind(
    "a box", lambda folder: (folder / "mark").is_file(), at_top("mark", "a.txt", "part-*")
)


@pytest.fixture
def box(tmp_path):
    """Makes a folder of ours."""
    folder = tmp_path / "m"
    folder.mkdir()
    for name in ("mark", "a.txt", "part-1", "part-2"):
        (folder / name).write_text("old")
    return folder


def fill(new, text="new"):
    for name in ("mark", "a.txt"):
        (new / name).write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_directory_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "deep" / "m"
    with directory_when_done(target, KIND) as new:
        (new / "a.txt").write_text("one")
        assert not target.exists() and new.parent.parent == target.parent
    assert (target / "a.txt").read_text() == "one"
    assert list(target.parent.iterdir()) == [target]


def test_the_new_directory_replaces_all_of_ours(box, tmp_path):
    with directory_when_done(box, KIND) as new:
        fill(new)
        assert (box / "a.txt").read_text() == "old"
    assert {path.name: path.read_text() for path in box.iterdir()} == {
        "mark": "new",
        "a.txt": "new",
    }
    assert names(tmp_path) == ["m"]


@pytest.mark.parametrize("has_links", [True, False])
def test_what_others_laid_into_it_stays_as_it_was(box, tmp_path, monkeypatch, has_links):
    others = lay_others(box)
    os.mkfifo(box / "pipe") if has_links else None
    box.chmod(0o750)
    times = {
        name: (box / name).stat().st_mtime_ns for name in ("LICENSE", "notes", ".git/refs/tags")
    }
    if not has_links:

        def refuse(*_, **__):
            raise OSError(errno.EPERM, "no second names on this disk")

        monkeypatch.setattr(os, "link", refuse)
    with directory_when_done(box, KIND) as new:
        fill(new)
    after = tree(box)
    assert set(after) == {"mark", "a.txt", *others, *(["pipe"] if has_links else [])}
    assert {name: after[name] for name in others} == others
    assert {name: (box / name).stat().st_mtime_ns for name in times} == times
    assert box.stat().st_mode & 0o777 == 0o750
    assert names(tmp_path) == ["m"]


def test_a_log_that_is_being_written_goes_on(box):
    with (box / "train.log").open("w") as log:
        log.write("one ")
        log.flush()
        with directory_when_done(box, KIND) as new:
            fill(new)
        log.write("two")
    assert (box / "train.log").read_text() == "one two"


@pytest.mark.parametrize("is_new", [True, False])
def test_what_appears_meanwhile_stays(box, tmp_path, is_new):
    target = tmp_path / "new" if is_new else box
    with directory_when_done(target, KIND, was_checked=True) as new:
        fill(new)
        target.mkdir(exist_ok=True)
        (target / "train.log").write_text("a line")
    assert names(target) == ["a.txt", "mark", "train.log"]


def test_what_appeared_before_saving_stays_where_the_run_checked_before(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "train.log").write_text("a line")
    refused = pytest.raises(ValueError, match="not empty and not a box that adgen wrote")
    with refused, directory_when_done(tmp_path / "m", KIND):
        pass
    with directory_when_done(tmp_path / "m", KIND, was_checked=True) as new:
        fill(new)
    assert names(tmp_path / "m") == ["a.txt", "mark", "train.log"]
    (tmp_path / "m" / "mark").unlink()
    before = tree(tmp_path)
    refused = pytest.raises(ValueError, match=r"^a\.txt of another program appeared")
    with refused, directory_when_done(tmp_path / "m", KIND, was_checked=True):
        pass
    assert tree(tmp_path) == before


def test_what_appears_while_they_are_swapped_stays(box, tmp_path, monkeypatch):
    rename = Path.rename

    def rename_late(path, target):
        if path.name == "new":
            (path.parent / "old" / "late.txt").write_text("late")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_late)
    with directory_when_done(box, KIND) as new:
        fill(new)
    assert names(box) == ["a.txt", "late.txt", "mark"]
    assert names(tmp_path) == ["m"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_directory_and_nothing_else(box, tmp_path, error):
    lay_others(box)
    before = tree(tmp_path)
    with pytest.raises(type(error)), directory_when_done(box, KIND) as new:
        fill(new)
        raise error
    assert tree(tmp_path) == before


def test_a_disk_that_is_full_when_others_files_are_kept_leaves_the_old_directory(
    box, tmp_path, monkeypatch
):
    lay_others(box)
    before = tree(tmp_path)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(OSError, match="No space left"), directory_when_done(box, KIND) as new:
        fill(new)
    assert tree(tmp_path) == before


def test_a_folder_that_another_program_makes_between_the_moves_costs_nobody_anything(
    box, tmp_path, monkeypatch
):
    old = tree(box)
    rename = Path.rename

    def rename_second(path, target):
        if path.name == "new":
            (tmp_path / "m").mkdir()
            (tmp_path / "m" / "theirs.txt").write_text("theirs")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_second)
    refused = pytest.raises(OSError, match="Another program made")
    with refused as caught, directory_when_done(box, KIND) as new:
        fill(new)
    [workplace] = [path for path in tmp_path.iterdir() if path != box]
    assert names(box) == ["theirs.txt"]
    assert tree(workplace / "old") == old and names(workplace / "new") == ["a.txt", "mark"]
    assert str(workplace / "old") in str(caught.value)


KILLED = """
import os, sys
from pathlib import Path
from adgen.support.folders import FolderKind, at_top, directory_when_done
rename = Path.rename
Path.rename = lambda path, target: os._exit(9) if path.name == "new" else rename(path, target)
kind = FolderKind("a box", lambda folder: True, at_top("a.txt"))
with directory_when_done(Path(sys.argv[1]), kind) as new:
    (new / "a.txt").write_text("new")
"""


def test_a_kill_between_the_two_moves_loses_neither(box, tmp_path):
    others = lay_others(box)
    before = tree(box)
    assert subprocess.run([sys.executable, "-c", KILLED, str(box)]).returncode == 9
    [workplace] = tmp_path.iterdir()
    assert tree(workplace / "old") == before
    assert set(tree(workplace / "new")) == {"a.txt", "mark", "part-1", "part-2", *others}


def test_a_link_to_a_folder_stays_a_link(box, tmp_path):
    (tmp_path / "link").symlink_to(box)
    with directory_when_done(tmp_path / "link", KIND) as new:
        fill(new)
    assert (tmp_path / "link").is_symlink()
    assert names(box) == ["a.txt", "mark"]


def test_nothing_is_written_through_a_link_to_nothing(tmp_path):
    (tmp_path / "link").symlink_to("later")
    for path in (tmp_path / "link", tmp_path / "link" / "deep" / "er"):
        refuse(path, "link is a link to later, which does not exist")
    assert names(tmp_path) == ["link"]


def test_new_empty_and_our_own_folders_may_be_written(box, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "seen").mkdir()
    (tmp_path / "seen" / ".DS_Store").write_text("x")
    before = tree(tmp_path)
    for path in (box, tmp_path / "empty", tmp_path / "seen", tmp_path / "deep" / "er" / "new"):
        assert check_output_dir(path, KIND) == path
    assert tree(tmp_path) == before


def refuse(path, message, **named):
    with pytest.raises((ValueError, OSError), match=message) as caught:
        check_output_dir(path, KIND, **named)
    assert "\n" not in str(caught.value)


def test_a_folder_in_the_place_of_our_file_is_refused(box):
    (box / "part-3").mkdir()
    refuse(box, "is a folder where adgen writes a file")


def test_disks_are_refused_since_they_cannot_be_moved(box, tmp_path, monkeypatch):
    (box / "disk").mkdir()
    for place, message in (
        (box / "disk", "which cannot be moved"),
        (box, "Give a folder in it, such as"),
    ):
        monkeypatch.setattr(os.path, "ismount", lambda path, place=place: Path(path) == place)
        refuse(box, message)


def test_places_that_take_nothing_are_refused(box, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    refuse(tmp_path / "file" / "deep" / "m", "file is a file")
    refuse(tmp_path / ("x" * 250), "File name too long")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    refuse(box, "no permission")

    def locked(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", locked)
    refuse(tmp_path / "new", "cannot be written: .*: Permission denied")


@pytest.mark.parametrize("path", [".", "..", "inner/..", "../here", "link"])
def test_the_working_folder_and_what_holds_it_are_refused(tmp_path, monkeypatch, path):
    (tmp_path / "here" / "inner").mkdir(parents=True)
    (tmp_path / "here" / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path / "here")
    refuse(path, "is the working folder or holds it")


def test_a_circle_of_links_is_refused(tmp_path):
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises((ValueError, OSError)):
        check_output_dir(tmp_path / "one", KIND)


@pytest.mark.parametrize(
    ("path", "relation"),
    [
        ("m", "is"),
        ("link", "is"),
        ("x/../m", "is"),
        ("m/inner", "lies in"),
        ("link/inner/deep", "lies in"),
        ("holder", "holds"),
    ],
)
def test_an_output_and_what_is_read_may_not_lie_in_each_other(box, tmp_path, path, relation):
    (tmp_path / "link").symlink_to(box)
    (tmp_path / "x").mkdir()
    read = box
    if relation == "holds":
        read = tmp_path / "holder" / "base"
        shutil.copytree(box, read)
        fill(read.parent)
    refuse(
        tmp_path / path, rf" {relation} the base, {read}\. Choose", apart_from={"the base": read}
    )
    check_output_dir(tmp_path / "mm", KIND, apart_from={"the base": read})


def test_a_file_may_lie_in_a_folder_of_ours_by_its_own_name_alone(box, tmp_path):
    check_beside(box / "record.json", box, KIND)
    check_beside(tmp_path / "m.json", box, KIND)
    check_beside(box / "inner" / "a.txt", box, KIND)
    for path in (box, tmp_path):
        with pytest.raises(ValueError, match="is where the output"):
            check_beside(path, box, KIND)
    (tmp_path / "link").symlink_to(box)
    for path in (box / "a.txt", tmp_path / "link" / "part-7", box / "a.txt" / "inner"):
        with pytest.raises(ValueError, match="is a file of a box itself"):
            check_beside(path, box, KIND)


def test_what_is_deleted_is_ours_alone(box, tmp_path):
    others = lay_others(box)
    delete_ours(box, KIND)
    assert tree(box) == others
    delete_ours(box, KIND)  # no longer marked
    assert tree(box) == others
    fill(tmp_path / "m")
    shutil.copytree(box, tmp_path / "plain", symlinks=True)
    for name in ("a.txt", "mark"):
        assert (tmp_path / "plain" / name).exists()
    only_ours = tmp_path / "only"
    only_ours.mkdir()
    fill(only_ours)
    (tmp_path / "link").symlink_to(only_ours)
    delete_ours(tmp_path / "link", KIND)
    assert only_ours.is_dir() and not names(only_ours)
    fill(only_ours)
    delete_ours(only_ours, KIND)
    assert not only_ours.exists()


def test_names_at_the_top_are_no_names_below():
    assert KIND.owns(PurePosixPath("part-1")) and not KIND.owns(PurePosixPath("part-1/mark"))

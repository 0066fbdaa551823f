"""Files are complete or as they were."""

import json
import os

import pytest
from hostile import make_socket, tree

from adgen.support.files import (
    check_output_file,
    read_json_object,
    replace_when_done,
    write_json,
    write_text,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_finished_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replace_when_done(str(path)) as temporary_path:
        temporary_path.write_text("new")
        assert path.read_text() == "old"  # until it is done
        assert (temporary_path.parent, temporary_path.suffix) == (tmp_path, ".txt")
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_an_interrupt_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(type(error)), replace_when_done(path) as temporary_path:
        temporary_path.write_text("half of the n")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_failed_first_file_is_absent(tmp_path):
    with pytest.raises(ZeroDivisionError), replace_when_done(tmp_path / "a.txt"):
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_folder_in_the_way_is_an_error_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError), replace_when_done(tmp_path / "a"):
        pass
    assert names(tmp_path) == ["a"]


def test_missing_folders_are_made_and_others_may_read_the_file(tmp_path):
    path = tmp_path / "deep" / "er" / "a.txt"
    write_text(path, "x")
    assert path.read_text() == "x"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o644


def test_text_is_utf_8_with_unix_line_ends_everywhere(tmp_path):
    write_text(tmp_path / "a.txt", "Größe\n44 mm\r\n")
    assert (tmp_path / "a.txt").read_bytes() == b"Gr\xc3\xb6\xc3\x9fe\n44 mm\r\n"


def test_json_is_indented_readable_and_ends_with_a_line_end(tmp_path):
    write_json(tmp_path / "a.json", {"ad": "Größe", "seeds": [0]})
    assert (tmp_path / "a.json").read_text(
        "utf-8"
    ) == '{\n  "ad": "Größe",\n  "seeds": [\n    0\n  ]\n}\n'


def test_what_json_cannot_hold_leaves_the_old_file(tmp_path):
    write_json(tmp_path / "a.json", 1)
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"path": tmp_path})
    assert json.loads((tmp_path / "a.json").read_text()) == 1


def refuse(path, message, **named):
    with pytest.raises((ValueError, OSError), match=message) as caught:
        check_output_file(path, "a letter", **named)
    assert "\n" not in str(caught.value)


def test_new_and_plain_files_may_be_written(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    for path in (tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "deep" / "er" / "b.txt"):
        check_output_file(path)
    assert names(tmp_path) == ["a.txt"]


def test_only_our_own_are_replaced_where_that_can_be_told(tmp_path):
    (tmp_path / "a.txt").write_text("ours")
    (tmp_path / "b.txt").write_text("theirs")
    named = {"is_ours": lambda path: path.read_text() == "ours"}
    for name in ("a.txt", "new.txt"):
        check_output_file(tmp_path / name, **named)
    refuse(tmp_path / "b.txt", "is there and not a letter that adgen wrote", **named)


def test_what_is_no_plain_file_is_never_replaced(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a.txt")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    make_socket(tmp_path / "socket")
    before = tree(tmp_path)
    for name in ("link", "gone"):
        refuse(tmp_path / name, "is a link; expected a letter or a new path")
    refuse(tmp_path / "folder", "is a folder; expected a letter")
    for name in ("pipe", "socket"):
        refuse(tmp_path / name, "is no plain file")
    refuse(tmp_path / "a.txt" / "b.txt", "a.txt is a file")
    refuse(
        tmp_path / "a.txt", r"ends in '\.txt'; expected \.json or \.csv", suffixes=(".json", ".csv")
    )
    refuse(
        tmp_path / "folder" / "x",
        "lies in the model",
        apart_from={"the model": tmp_path / "folder"},
    )
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"{", b"\xff{", b"{" * 100_000, b'{"a": "\xff"}', b"ad\nx"]
)
def test_what_is_no_json_object_reads_as_an_empty_one(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    os.mkfifo(tmp_path / "pipe")
    for name in ("a.json", "pipe", "nowhere", "."):
        assert read_json_object(tmp_path / name) == {}


def test_a_json_object_is_read(tmp_path):
    (tmp_path / "a.json").write_text(' \n {"ad": "Größe"}', encoding="utf-8")
    assert read_json_object(tmp_path / "a.json") == {"ad": "Größe"}

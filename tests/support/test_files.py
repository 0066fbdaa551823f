"""Files are complete or as they were."""

import json
import os

import pytest

from adgen.support.files import replace_when_done, write_json, write_text


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
    assert (tmp_path / "a.json").read_text("utf-8") == '{\n  "ad": "Größe",\n  "seeds": [\n    0\n  ]\n}\n'


def test_what_json_cannot_hold_leaves_the_old_file(tmp_path):
    write_json(tmp_path / "a.json", 1)
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"path": tmp_path})
    assert json.loads((tmp_path / "a.json").read_text()) == 1

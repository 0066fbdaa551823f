import pytest

from adgen.support.folders import directory_when_done


def test_a_directory_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "deep" / "m"
    with directory_when_done(target) as new:
        (new / "a.txt").write_text("one")
        assert not target.exists() and new.parent.parent == target.parent
    assert (target / "a.txt").read_text() == "one"
    assert list(target.parent.iterdir()) == [target]


def test_the_new_directory_replaces_the_old_one_as_a_whole(tmp_path):
    target = tmp_path / "m"
    target.mkdir()
    (target / "old.txt").write_text("one")
    with directory_when_done(target) as new:
        (new / "a.txt").write_text("two")
    assert [path.name for path in target.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("error", [OSError("No space left"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_directory_and_nothing_else(tmp_path, error):
    target = tmp_path / "m"
    target.mkdir()
    (target / "old.txt").write_text("one")
    with pytest.raises(type(error)), directory_when_done(target) as new:
        (new / "a.txt").write_text("two")
        raise error
    assert [path.name for path in target.iterdir()] == ["old.txt"]
    assert list(tmp_path.iterdir()) == [target]

"""Unpacked tables in the user's cache: those of the file, or none at all."""

import os
import threading

import numpy as np
import pytest
from made_up_ads import made_up_ads

from adgen.ngram import kept_tables
from adgen.ngram.file import load_tables
from adgen.ngram.kept_tables import load_kept_tables
from adgen.ngram.model import NGramModel
from adgen.support.files import sha256_of


@pytest.fixture
def kept_dir(tmp_path, monkeypatch):
    """Returns where tables are kept, those of small models too."""
    monkeypatch.setenv("ADGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept_tables, "_LEAST_BYTES", 0)
    return tmp_path / "cache" / "ngrams"


def save_model(path, *, seed=0, compact=True):
    model = NGramModel.fit(made_up_ads(60, seed=seed), vocab_size=40, order=4)
    model.save(path, compact=compact)
    return path


def load(path):
    """Returns a model's tables when what is kept of them has been written."""
    tables = load_kept_tables(path, sha256_of(path))
    for thread in threading.enumerate():
        if thread.name == kept_tables.KEEPER:
            thread.join()
    return tables


def refuse_to_unpack(path):
    raise AssertionError(f"{path} is unpacked again")


def assert_same(found, expected):
    assert found.vocab_size == expected.vocab_size
    for name in ("keys", "discounted", "backoffs"):
        arrays = getattr(found, name), getattr(expected, name)
        assert [len(one) for one in arrays[0]] == [len(one) for one in arrays[1]]
        for one, other in zip(*arrays, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("compact", [True, False])
def test_tables_are_unpacked_once_and_the_same_to_the_last_bit(
    tmp_path, kept_dir, monkeypatch, compact
):
    path = save_model(tmp_path / "model.safetensors", compact=compact)
    assert_same(load(path), load_tables(path))
    assert [one.suffix for one in kept_dir.iterdir()] == [".tables"]
    monkeypatch.setattr(kept_tables, "load_tables", refuse_to_unpack)
    assert_same(load(path), load_tables(path))


def flip(place):
    def damage(stored):
        at = int(place * (len(stored) - 1))
        return stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        *map(flip, (0, 0.1, 0.5, 0.9, 1)),
        lambda stored: stored[:-1],
        lambda stored: stored[:2],
        lambda stored: b"",
        lambda stored: bytes(len(stored)),
        lambda stored: stored + b"\0",
    ],
)
def test_what_is_damaged_is_made_again(tmp_path, kept_dir, damage):
    path = save_model(tmp_path / "model.safetensors")
    expected = load(path)
    [place] = kept_dir.iterdir()
    whole = place.read_bytes()
    place.write_bytes(damage(whole))
    assert_same(load(path), expected)
    assert place.read_bytes() == whole


def test_tables_of_another_model_by_the_same_name_are_not_taken(tmp_path, kept_dir):
    path = save_model(tmp_path / "model.safetensors")
    other = save_model(tmp_path / "other.safetensors", seed=1)
    expected = load(path)
    [place] = kept_dir.iterdir()
    load(other)
    [of_other] = set(kept_dir.iterdir()) - {place}
    place.write_bytes(of_other.read_bytes())
    assert_same(load(path), expected)


@pytest.mark.parametrize(("name", "value"), [("_FORMAT", "adgen-tables-0"), ("numpy", "1.0")])
def test_tables_of_another_format_or_numpy_are_made_again(
    tmp_path, kept_dir, monkeypatch, name, value
):
    path = save_model(tmp_path / "model.safetensors")
    load(path)
    [place] = kept_dir.iterdir()
    whole = place.read_bytes()
    with monkeypatch.context() as changed:
        if name == "numpy":
            changed.setattr(np, "__version__", value)
        else:
            changed.setattr(kept_tables, name, value)
        load(path)
    assert place.read_bytes() != whole
    load(path)
    assert place.read_bytes() == whole


def test_where_nothing_can_be_written_tables_are_unpacked_each_time(
    tmp_path, kept_dir, monkeypatch
):
    path = save_model(tmp_path / "model.safetensors")
    (tmp_path / "cache").write_text("a file where the folder would be")
    assert_same(load(path), load_tables(path))

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(kept_tables, "cache_dir", no_home)
    assert_same(load(path), load_tables(path))


def test_a_folder_in_the_place_of_the_file_is_left(tmp_path, kept_dir):
    path = save_model(tmp_path / "model.safetensors")
    expected = load(path)
    [place] = kept_dir.iterdir()
    place.unlink()
    place.mkdir()
    assert_same(load(path), expected)
    assert [one.name for one in kept_dir.iterdir()] == [place.name]


def test_what_was_not_used_for_longest_makes_room(tmp_path, kept_dir, monkeypatch):
    paths = [save_model(tmp_path / f"{seed}.safetensors", seed=seed) for seed in range(3)]
    load(paths[0])
    [first] = kept_dir.iterdir()
    killed = kept_dir / f".{first.stem}-abcd1234.tables"
    killed.write_bytes(first.read_bytes())
    load(paths[1])
    [second] = set(kept_dir.iterdir()) - {first, killed}
    for seconds, one in enumerate([killed, second, first]):  # first was used last
        os.utime(one, (seconds, seconds))
    load(paths[0])
    monkeypatch.setattr(kept_tables, "_MOST_BYTES", int(2.5 * first.stat().st_size))
    load(paths[2])
    left = set(kept_dir.iterdir())
    assert first in left
    assert len(left) == 2
    assert not left & {second, killed}


@pytest.mark.parametrize(("name", "value"), [("_LEAST_BYTES", 1 << 23), ("_MOST_BYTES", 1000)])
def test_small_models_and_those_that_have_no_room_leave_nothing(
    tmp_path, kept_dir, monkeypatch, name, value
):
    path = save_model(tmp_path / "model.safetensors")
    monkeypatch.setattr(kept_tables, name, value)
    assert_same(load(path), load_tables(path))
    assert not kept_dir.exists()

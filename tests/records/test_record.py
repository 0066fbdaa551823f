"""Run records are typed, readable for good, and refused in one line where they are damaged."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from made_records import training_record

from adgen.records.base import Figures, Split
from adgen.records.judged import (
    ComparisonRecord,
    EvaluationRecord,
    MixtureRecord,
    NoveltyRecord,
    SweepRecord,
)
from adgen.records.machine import environment
from adgen.records.measured import (
    BenchmarkRecord,
    FirstWordsRecord,
    LeaksRecord,
    MemoryRecord,
    ReadingRecord,
    StepsRecord,
    WritingRecord,
)
from adgen.records.record import (
    command_line,
    corpus_entry,
    finish,
    read_record,
    record_from,
    rounded,
    write_record,
)
from adgen.records.tables import memory_cell
from adgen.records.trained import (
    CompressionRecord,
    FinetuningRecord,
    MixingRecord,
    NGramRecord,
    TrainingRecord,
)

RESULTS = Path(__file__).resolve().parents[2] / "results"
COMMITTED = sorted(RESULTS.rglob("*.json"))
KINDS = {  # names of committed records; a made one where none may be committed yet
    "training": "2022-lstm-ad",
    "finetuning": "electronics-full",
    "ngram": "ngram-6",
    "evaluation": "adgen-lstm-test",
    "mixture": "adgen-lstm-mix-full",
    "mixing": "adgen-mixture",
    "compression": "adgen-lstm-compression",
    "novelty": "adgen-lstm-novelty",
    "comparison": "electronics-comparison",
    "sweep": "electronics-sweep",
    "leaks": "leaks",
    "benchmark": "benchmark-training",
    "benchmark of steps": "benchmark-steps",
    "benchmark of memory": "benchmark-gpt_memory",
    "benchmark of first words": "benchmark-first-words",
    "benchmark of a reading": "benchmark-reading-seven",
}


def raw(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def entries_of(kind):
    """Returns a small record of a kind as JSON has it, without its version."""
    found = KINDS[kind]
    entries = _shortened(raw(found) if isinstance(found, str) else found)
    entries.pop("record_version", None)
    return entries


def _shortened(value):
    """Returns a JSON value with two items of each list and of each mapping by category."""
    if isinstance(value, list):
        return [_shortened(item) for item in value[:2]]
    if isinstance(value, dict):
        short = dict(list(value.items())[:2]) if "automotive" in value else value
        return {name: _shortened(item) for name, item in short.items()}
    return value


# Committed records


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: str(path.relative_to(RESULTS)))
def test_a_committed_record_is_written_as_it_was_read(path, tmp_path):
    write_record(tmp_path / "again.json", read_record(path))
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_every_kind_of_record_is_committed():
    kinds = {
        TrainingRecord,
        FinetuningRecord,
        NGramRecord,
        MixingRecord,
        CompressionRecord,
        EvaluationRecord,
        MixtureRecord,
        NoveltyRecord,
        ComparisonRecord,
        SweepRecord,
        LeaksRecord,
        BenchmarkRecord,
        StepsRecord,
        MemoryRecord,
        WritingRecord,
        FirstWordsRecord,
        ReadingRecord,
    }
    assert {type(read_record(path)) for path in COMMITTED} == kinds


def test_the_same_figure_has_the_same_name_in_every_kind():
    def bits(name):
        return read_record(RESULTS / f"{name}.json").figures["test"].bits_per_char

    assert bits("adgen-lstm") == raw("adgen-lstm")["metrics"]["trained"]["test"]["bits_per_char"]
    assert bits("electronics-full") == raw("electronics-full")["metrics"]["test"]["bits_per_char"]
    assert bits("ngram-6") == raw("ngram-6")["metrics"]["test"]["bits_per_char"]
    assert bits("adgen-lstm-test") == raw("adgen-lstm-test")["figures"]["bits_per_char"]
    assert (
        bits("adgen-lstm-mix-full")
        == raw("adgen-lstm-mix-full")["figures"]["mixture"]["bits_per_char"]
    )
    for name, stage in (
        ("adgen-lstm", "training"),
        ("electronics-full", "training"),
        ("ngram-6", "fit"),
    ):
        record = read_record(RESULTS / f"{name}.json")
        assert record.minutes == raw(name)["seconds"][stage] / 60
        assert record.num_train_ads == raw(name)["split"]["num_ads"]["train"]
        assert record.num_weights == raw(name)["model"].get("num_weights")


def test_what_a_kind_does_not_have_is_none_under_the_same_name():
    record = read_record(RESULTS / "benchmark-gpt.json")
    assert (record.figures, record.num_weights, record.minutes) == ({}, None, None)
    assert record.on("test") == Figures() and record.on("test").bits_per_char is None


# Written and read


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_read_as_it_was_finished(kind, tmp_path):
    record = finish(record_from(entries_of(kind)), tmp_path / "r.json")
    assert read_record(tmp_path / "r.json") == record
    assert record.kind == kind.split()[0]


def test_numbers_are_rounded_in_the_file_alone(tmp_path):
    entries = entries_of("training")
    entries["metrics"]["trained"]["test"]["bits_per_char"] = 4 / 3
    record = finish(record_from(entries), tmp_path / "r.json")
    assert record.figures["test"].bits_per_char == 4 / 3
    assert read_record(tmp_path / "r.json").figures["test"].bits_per_char == 1.333333


def test_without_a_path_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    finish(record_from(entries_of("evaluation")), None)
    assert not list(tmp_path.iterdir())


def test_a_record_that_could_not_be_read_again_is_not_written(tmp_path):
    record = record_from(entries_of("evaluation"))
    with pytest.raises(ValueError, match="scored_split is 7; expected a text"):
        finish(replace(record, scored_split=7), tmp_path / "r.json")
    assert not list(tmp_path.iterdir())


def test_what_no_field_names_is_kept(tmp_path):
    entries = entries_of("training") | {"note": ["mine", {"deep": 1}]}
    entries["metrics"]["trained"]["test"]["my_figure"] = 0.25
    entries["config"]["my_setting"] = "x"
    write_record(tmp_path / "r.json", record_from(entries))
    found = json.loads((tmp_path / "r.json").read_text())
    assert found == {"record_version": 1, **entries}
    assert read_record(tmp_path / "r.json").figures["test"].get("my_figure") == 0.25


def test_what_is_set_in_a_record_that_was_read_is_written_and_what_it_left_out_stays_out():
    entries = entries_of("training")
    del entries["samples"]
    record = record_from(entries)
    assert record.as_dict() == entries
    changed = replace(
        record, samples=record_from(entries_of("training")).samples, split=Split(by="ad")
    )
    assert changed.as_dict() == entries | {
        "samples": entries_of("training")["samples"],
        "split": {"by": "ad"},
    }


def test_a_csv_has_no_selection_and_a_corpus_has_one():
    entries = entries_of("training")
    assert record_from(entries).selection is None
    chosen = record_from(entries | {"categories": None, "max_ads": None})
    assert chosen.selection is not None
    assert {"categories", "max_ads"} <= set(chosen.as_dict())


# Damage


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"null", "record_version is None; expected 1"),
        (b"[]", "record_version is None; expected 1"),
        (b"7", "record_version is None; expected 1"),
        (b"{}", "record_version is None; expected 1"),
        (b'{"record_version": 0}', "record_version is 0; expected 1"),
        (b'{"record_version": [1]}', r"record_version is \[1\]; expected 1"),
        (b'{"record_version": 1}', "kind is None; expected one of training, "),
        (
            b'{"record_version": 1, "kind": "holiday"}',
            "kind is 'holiday'; expected one of training, ",
        ),
        (
            b'{"record_version": 1, "kind": ["training"]}',
            r"kind is \['training'\]; expected one of",
        ),
        (b'{"record_version": 1, "kind": "training"}', "it has no name"),
        (b'{"record_version": 1, "a": {"b": [NaN]}}', "numbers that are not finite"),
        (b'{"record_version": 1, "a": -Infinity}', "numbers that are not finite"),
        (b'{"record_version": 1, "a": 1e999}', "numbers that are not finite"),
        (
            b'{"record_version": 1, "kind": "benchmark", "name": {}}',
            "name is dict; expected a text",
        ),
        (b"\xff\xfe\x00", "can't decode byte"),
        (b"[" * 100_000, "nested too deeply"),
        (
            b'{"record_version": 1, "a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            "nested too deeply",
        ),
    ],
)
def test_a_file_that_is_no_record_is_refused(content, message, tmp_path):
    (tmp_path / "r.json").write_bytes(content)
    with pytest.raises(
        ValueError, match=rf"r\.json is no run record that this adgen reads: .*{message}"
    ):
        read_record(tmp_path / "r.json")


@pytest.mark.parametrize(
    ("places", "value", "message"),
    [
        (["name"], None, "name is None; expected a text"),
        (["hardware"], [], "hardware is list; expected an object"),
        (["hardware", "num_cores"], "2", "hardware.num_cores is '2'; expected a whole number"),
        (["peak_memory_bytes"], True, "peak_memory_bytes is True; expected a whole number"),
        (["corpus", "num_ads"], 1.5, "corpus.num_ads is 1.5; expected a whole number"),
        (["model", "num_weights"], 10**30, "expected a whole number"),
        (["versions"], {"adgen": 1}, "versions.adgen is 1; expected a text"),
        (["split", "num_ads"], None, "split.num_ads is None; expected an object"),
        (["metrics"], {"trained": {"test": 1}}, "metrics.trained.test is 1; expected an object"),
        (
            ["metrics", "trained", "test", "bits_per_char"],
            "1.5",
            "metrics.trained.test.bits_per_char is '1.5'; expected a number",
        ),
        (
            ["metrics", "trained", "test", "mine"],
            [],
            "metrics.trained.test.mine is list; expected a number",
        ),
        (["history"], {}, "history is dict; expected a list"),
        (["history", 1], 3, r"history\[1\] is 3; expected an object"),
        (["history", 1, "valid"], None, r"history\[1\].valid is None; expected an object"),
        (["samples", 0, "ads"], "x", r"samples\[0\].ads is 'x'; expected a list"),
    ],
)
def test_an_entry_of_another_type_is_refused(places, value, message, tmp_path):
    entries = inner = entries_of("training")
    for place in places[:-1]:
        inner = inner[place]
    inner[places[-1]] = value
    (tmp_path / "r.json").write_text(json.dumps({"record_version": 1, **entries}))
    with pytest.raises(ValueError, match=message):
        read_record(tmp_path / "r.json")


def test_an_entry_of_others_may_not_be_nested_beyond_what_can_be_copied(tmp_path):
    deep = []
    for _ in range(200):
        deep = [deep]
    (tmp_path / "r.json").write_text(
        json.dumps({"record_version": 1, **entries_of("evaluation"), "note": deep})
    )
    with pytest.raises(ValueError, match="nested too deeply"):
        read_record(tmp_path / "r.json")


def _everywhere(value, places=()):
    """Returns the places of everything within a JSON value."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for place, item in items:
        yield (*places, place)
        yield from _everywhere(item, (*places, place))


@pytest.mark.parametrize("kind", KINDS)
def test_damage_anywhere_is_read_or_refused_and_nothing_else(kind):
    """Replaces every entry, one at a time: the same again or a `ValueError`, no other error."""
    whole = entries_of(kind)
    num_refused = 0
    for places in list(_everywhere(whole)):
        inner = whole
        for place in places[:-1]:
            inner = inner[place]
        kept = inner[places[-1]]
        for damage in (None, [], {}, "x", -1, 0.5, True, {"a": None}):
            inner[places[-1]] = damage
            num_refused += _is_refused(whole)
        inner[places[-1]] = kept
    assert num_refused > 50


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_that_a_record_has_to_have_is_missed(kind):
    whole = entries_of(kind)
    missed = [
        name for name in whole if _is_refused({key: whole[key] for key in whole if key != name})
    ]
    assert {"kind", "name", "command", "created", "commit", "versions", "hardware"} <= set(missed)


def _is_refused(entries):
    try:
        assert record_from(entries).as_dict() == entries
    except ValueError as error:
        assert "\n" not in str(error)
        return True
    return False


def test_a_missing_file_is_another_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        read_record(tmp_path / "none.json")


# What runs put into them


def test_the_environment_says_what_a_figure_needs_to_be_believed():
    found = environment()
    assert found.versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found.hardware.num_cores >= 1
    assert found.peak_memory_bytes is None or found.peak_memory_bytes > 10_000_000
    assert found.commit is None or re.fullmatch(r"[0-9a-f]{12}(-dirty)?", found.commit)
    assert "backend" in found.as_dict() and environment("abc").commit == "abc"


def test_the_corpus_hash_depends_on_every_ad_and_their_order():
    one = corpus_entry("x", ["a", "b"])
    other = corpus_entry("x", ["b", "a"])
    assert one["num_ads"] == 2
    assert len({one["sha256"], other["sha256"], corpus_entry("x", ["ab"])["sha256"]}) == 3


def test_a_command_shows_no_folder_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inside, outside = str(tmp_path / "data" / "a.csv"), "/somewhere/else/b.csv"
    assert (
        command_line(["train", inside, outside, "--epochs", "3"])
        == "adgen train data/a.csv b.csv --epochs 3"
    )


def test_a_number_that_json_does_not_have_is_written_as_not_measured():
    found = rounded({"a": [float("nan"), 1.23456789], "b": float("inf")})
    assert found == {"a": [None, 1.234568], "b": None}


def test_what_was_not_measured_is_no_nought():
    assert memory_cell(None) == "–"
    assert memory_cell(1_250_000_000) == "1.2 GB"
    entries = training_record("r", "ad", "family", bits_per_char=1.5)
    for check, seconds in zip(entries["history"], (60.0, 120.0, 180.0), strict=False):
        check["cpu_seconds"] = seconds
    record = record_from(entries)
    assert record.cpu_minutes == sum((60, 120, 180)[: len(entries["history"])]) / 60
    del entries["history"][0]["cpu_seconds"]
    assert record_from(entries).cpu_minutes is None
    assert record_from(entries).cpu_curve == []

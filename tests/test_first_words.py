"""A blind reading of ads from first words: nobody's source shows, every text has one verdict."""

import importlib
import json
import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from tiny_corpus import CATEGORIES, prepare_tiny_corpus, save_model_of

from adgen.corpus import load_corpus
from adgen.generation.generator import AdGenerator
from adgen.records.measured import FirstWordsRecord
from adgen.records.record import read_record
from adgen.report.documents import benchmark_table
from adgen.report.tables_corpus import first_words_table

BENCHMARKS_DIR = Path(__file__).parents[1] / "benchmarks"
NUM_PROMPTS = 12
READER = "one who built nothing"


@pytest.fixture(scope="module")
def benchmark():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS_DIR))
        yield importlib.import_module("first_words")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def models(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return [save_model_of(corpus, folder / name, seed=n) for n, name in enumerate(("one", "two"))]


@pytest.fixture(scope="module")
def made(benchmark, corpus, models, tmp_path_factory):
    """Returns the folder of a sheet of two models and people."""
    folder = tmp_path_factory.mktemp("made") / "sheet"
    make(benchmark, corpus, folder, *models, "human")
    return folder


@pytest.fixture
def judged(made, tmp_path):
    """Returns a folder with the same sheet, every text of which is ok."""
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    write(tmp_path / "verdicts.jsonl", [{"id": n, "kind": "ok"} for n in range(3 * NUM_PROMPTS)])
    return tmp_path


def make(benchmark, corpus, folder, *models, **options):
    given = {"num_prompts": NUM_PROMPTS, "seed": 34, **options}
    words = [w for name, value in given.items() for w in (f"--{name.replace('_', '-')}", value)]
    arguments = ["make", "--corpus", corpus, "--output", folder, *words, "--models", *models]
    benchmark.main(list(map(str, arguments)))


def count(benchmark, folder, *others):
    benchmark.main(list(map(str, ["count", "--output", folder, *others])))


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def refusal(capsys, function, *arguments, **options):
    """Returns the one line with which a command ends."""
    with pytest.raises(SystemExit) as ended:
        function(*arguments, **options)
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


# Made


def test_a_sheet_has_numbers_and_texts_alone(made):
    sheet = rows_of(made / "sheet.jsonl")
    assert [list(row) for row in sheet] == [["id", "text"]] * 3 * NUM_PROMPTS
    assert [row["id"] for row in sheet] == list(range(3 * NUM_PROMPTS))


def test_every_source_goes_on_from_the_same_held_out_words(made, corpus, models):
    held_out = load_corpus(corpus, splits="valid").set_index("ad")
    text_of = {row["id"]: row["text"] for row in rows_of(made / "sheet.jsonl")}
    texts = {source: {} for source in ("one", "two", "human")}
    for row in rows_of(made / "key.jsonl"):
        texts[row["source"]][row["prompt"]] = text_of[row["id"]]
        if row["source"] == "human":
            found = held_out.loc[text_of[row["id"]]]
            assert row["category"] == found["category"]
    prompts = texts["human"].keys()
    assert texts["one"].keys() == texts["two"].keys() == prompts
    assert all(ad.split()[:2] == prompt.split() for prompt, ad in texts["human"].items())
    for path in models:
        generator = AdGenerator.from_pretrained(path)
        own = generator.generate(list(prompts), seed=34)
        assert list(map(texts[path.name].get, prompts)) == [ad.text for [ad] in own]


def test_prompts_are_of_all_categories_and_of_a_family_each(benchmark, corpus):
    ads = benchmark.AdSource(corpus).load_split("valid")
    options = benchmark.argparse.Namespace(split="valid", words=2, num_prompts=31)
    chosen = benchmark.choose(ads, options, random.Random(0))
    counts = Counter(one.category for one in chosen)
    assert counts.keys() == CATEGORIES.keys() and set(counts.values()) == {10, 11}
    family_of = dict(zip(ads.frame["ad"], ads.frame["family"], strict=True))
    assert len({family_of[one.ad] for one in chosen}) == 31
    others = benchmark.choose(ads, options, random.Random(1))
    assert {one.ad for one in chosen} != {one.ad for one in others}


def test_a_prompt_leaves_words_to_write_and_is_one_that_models_take(benchmark):
    texts = ["Oak Table", "Oak Table Round", "Silicone Dildo Purple", "Steel Mug 12 oz"]
    frame = pd.DataFrame({"ad": texts, "category": "toys", "family": range(4), "split": "valid"})
    options = benchmark.argparse.Namespace(split="valid", words=2, num_prompts=4)
    chosen = benchmark.choose(benchmark.Ads.of(frame), options, random.Random(0))
    assert {one.prompt for one in chosen} == {"Oak Table", "Steel Mug"}
    options.words = 9
    with pytest.raises(ValueError, match="No valid ad has more than 9 words"):
        benchmark.choose(benchmark.Ads.of(frame), options, random.Random(0))


def test_a_model_that_may_have_learned_the_ads_is_refused(benchmark, corpus, tmp_path, capsys):
    split = {"valid": 0.1, "test": 0.1, "seed": 7, "by": "family"}
    model = save_model_of(corpus, tmp_path / "other", split=split)
    line = refusal(capsys, make, benchmark, corpus, tmp_path / "r", model)
    assert "may have been trained on any" in line and not (tmp_path / "r").exists()


def test_the_same_seed_makes_the_same_sheet_in_a_random_order(
    benchmark, corpus, models, made, tmp_path
):
    make(benchmark, corpus, tmp_path / "again", *models, "human")
    for name in ("sheet.jsonl", "key.jsonl"):
        assert (tmp_path / "again" / name).read_bytes() == (made / name).read_bytes()
    sources = [row["source"] for row in rows_of(made / "key.jsonl")]
    changes = sum(one != other for one, other in pairwise(sources))
    assert changes > 10  # two, if the sources stood one after the other


def test_a_sheet_says_with_what_it_was_written(made):
    written = json.loads((made / "written.json").read_text())
    assert written["made_by"].startswith("python benchmarks/first_words.py make --corpus")
    assert {"commit", "created", "hardware", "corpus"} <= written.keys()
    assert (written["split"], written["num_words"], written["seed"]) == ("valid", 2, 34)
    assert list(written["models"]) == ["one", "two"]
    assert written["models"]["one"]["sampling"]["temperature"] == 1.0
    fingerprints = [about["fingerprint"] for about in written["models"].values()]
    assert len(set(fingerprints)) == 2


def test_more_words_of_another_split_can_be_given(benchmark, corpus, tmp_path):
    make(benchmark, corpus, tmp_path / "r", "human", words=4, split="test", num_prompts=5)
    ads = set(load_corpus(corpus, splits="test")["ad"])
    assert {row["text"] for row in rows_of(tmp_path / "r" / "sheet.jsonl")} <= ads
    lengths = [len(row["prompt"].split()) for row in rows_of(tmp_path / "r" / "key.jsonl")]
    assert lengths == [4] * 5


def test_a_sheet_that_somebody_may_read_is_left(benchmark, corpus, made, capsys):
    before = {path: path.read_bytes() for path in made.iterdir()}
    line = refusal(capsys, make, benchmark, corpus, made, "human")
    assert "holds a sheet already" in line and "new folder" in line
    assert {path: path.read_bytes() for path in made.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("make",), "make has no --corpus"),
        (("make", "--corpus", "nowhere", "--models", "human"), "nowhere"),
        (("make", "--corpus", "c", "--models", "a/one", "b/one"), "two called alike: one, one"),
        (("make", "--corpus", "c", "--reader", "me"), "make counts nothing"),
        (("count", "--record", "r.json"), "--record has no --reader"),
        (("count",), "written.json"),
    ],
)
def test_options_that_miss_are_said_in_one_line(
    benchmark, capsys, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    line = refusal(capsys, benchmark.main, [*arguments, "--output", "sheet"])
    assert line.startswith("first_words: error: ") and said in line
    assert not list(tmp_path.iterdir())


def test_an_unknown_model_is_refused_before_the_corpus_is_read(
    benchmark, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    line = refusal(capsys, make, benchmark, tmp_path / "nothing", tmp_path / "r", "./model")
    assert "model" in line and "nothing" not in line


# Counted


def test_kinds_are_counted_by_source(benchmark, judged, capsys):
    key = rows_of(judged / "key.jsonl")
    ids = {
        source: [row["id"] for row in key if row["source"] == source]
        for source in ("one", "two", "human")
    }
    kind_of = dict.fromkeys(ids["human"], "ok")
    kind_of |= dict.fromkeys(ids["one"], "clumsy")
    kind_of |= dict.fromkeys(ids["two"][:3], "ok") | dict.fromkeys(ids["two"][3:], "broken")
    write(judged / "verdicts.jsonl", [{"id": n, "kind": kind} for n, kind in kind_of.items()])
    count(benchmark, judged, "--json")
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["sources"]
    shown = {name: +Counter(one["kinds"]) for name, one in found.items()}
    assert shown == {"human": {"ok": 12}, "one": {"clumsy": 12}, "two": {"ok": 3, "broken": 9}}
    assert all(one["num_texts"] == NUM_PROMPTS for one in found.values())
    # The generated ads may be kept, people's may not.
    text_of = {row["id"]: row["text"] for row in rows_of(judged / "sheet.jsonl")}
    ads = rows_of(judged / "judged-ads.jsonl")
    expected = {(text_of[n], kind_of[n]) for n in (*ids["one"], *ids["two"])}
    assert {(row["ad"], row["kind"]) for row in ads} == expected
    assert {row["source"] for row in ads} == {"one", "two"}


def test_a_reading_becomes_a_record_and_a_table(benchmark, judged, tmp_path, capsys):
    key = rows_of(judged / "key.jsonl")
    faults = iter(["clumsy", "broken", "clumsy"])
    verdicts = [
        {"id": row["id"], "kind": next(faults, "ok") if row["source"] == "one" else "ok"}
        for row in key
    ]
    write(judged / "verdicts.jsonl", verdicts)
    place = tmp_path / "reading.json"
    count(benchmark, judged, "--record", place, "--reader", READER)
    assert re.search(r"^one +12 +75% \(47 to 91%\)", capsys.readouterr().out, re.MULTILINE)
    record = read_record(place)
    assert isinstance(record, FirstWordsRecord)
    written = json.loads((judged / "written.json").read_text())
    assert record.commit == written["commit"]
    assert (record.reader, record.num_words, record.split) == (READER, 2, "valid")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in first_words_table([record]).splitlines()[2:]
    ]
    day = [READER, record.counted_on, f"`{written['commit'][:7]}`"]
    what = "2 of valid ads"
    assert rows == [
        ["human", what, "12", "**100%**", "76 to 100%", "–", *day],
        ["one", what, "12", "**75%**", "47 to 91%", "clumsy, 17%", *day],
        ["two", what, "12", "**100%**", "76 to 100%", "–", *day],
    ]
    assert READER not in benchmark_table([record])  # it has a table of its own
    assert "publishable" not in benchmark_table([record])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": 0, "kind": "fine"}', "calls text 0 'fine'; expected one of ok, nonsense"),
        ('{"id": 0, "kind": "other"}', "calls text 0 'other'"),  # a kind of readings of facts
        ('{"id": 99, "kind": "ok"}', "judges text 99, which sheet.jsonl lacks"),
        ('{"id": 7, "kind": "ok"}', "judges text 7 twice"),
        ("", "lacks 1 of 36 texts, the first of them 0"),
        ('{"id": "0", "kind": "ok"}', "line 1 has no id; expected a whole number"),
        ('{"id": true, "kind": "ok"}', "line 1 has no id; expected a whole number"),
        ('{"id": 0}', "line 1 has no kind; expected a text"),
        ('{"id": 0, "kind": ', "line 1: "),
        ("[0]", "line 1 has no id"),
    ],
)
def test_a_wrong_verdict_is_named_and_nothing_is_written(benchmark, judged, capsys, line, said):
    path = judged / "verdicts.jsonl"
    path.write_text("\n".join([line, *path.read_text().splitlines()[1:]]))
    place = judged / "record.json"
    told = refusal(capsys, count, benchmark, judged, "--record", place, "--reader", READER)
    assert said in told and "verdicts.jsonl" in told
    assert not place.exists() and not (judged / "judged-ads.jsonl").exists()


def test_a_key_of_another_sheet_is_refused(benchmark, judged, capsys):
    key = rows_of(judged / "key.jsonl")
    write(judged / "key.jsonl", key[:-1])
    assert "not of the same texts" in refusal(capsys, count, benchmark, judged)


@pytest.mark.parametrize(
    ("num_ok", "num_texts", "low", "high"),
    [  # Newcombe (1998), Two-sided confidence intervals for the single proportion, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_the_published_one(benchmark, num_ok, num_texts, low, high):
    assert benchmark.wilson_interval(num_ok, num_texts) == pytest.approx((low, high), abs=5e-5)
    mirrored = benchmark.wilson_interval(num_texts - num_ok, num_texts)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)

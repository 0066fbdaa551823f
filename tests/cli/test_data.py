"""`adgen data`: the commands chain, say what they did, and refuse bad input in one line."""

import json
import re
import sys
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

from adgen.cli.main import main
from adgen.corpus import load_corpus, read_ads, split_ads
from adgen.corpus.ad_index import index_ads
from adgen.corpus.leaks import find_leaks
from adgen.corpus.sample import make_sample_ads
from adgen.corpus.store import read_about
from adgen.records.record import read_record


def run(capsys, *words):
    """Returns exit code, output and error output of a command."""
    try:
        code = main([str(word) for word in words])
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Makes a working folder with `mine.zip`: 300 ads of two categories, deep in the archive.

    One is there twice.
    """
    monkeypatch.chdir(tmp_path)
    lamps = [
        f"Brass reading lamp with a long cord and a linen shade, {number} cm"
        for number in range(60)
    ]
    ads = [*lamps, *make_sample_ads(240)["ad"]]
    with ZipFile("mine.zip", "w") as archive:
        archive.writestr("mine-master/ads/amazon_lamps.csv", "\n".join(["ad", *ads[:200]]))
        archive.writestr("mine-master/ads/pets/amazon_pets_cats.csv", "\n".join(["ad", *ads[199:]]))
    return tmp_path


@pytest.fixture
def prepared(here, capsys):
    """Prepares the corpus in the same folder."""
    assert run(capsys, "data", "download", "--source", "mine.zip")[0] == 0
    assert run(capsys, "data", "prepare", "--no-leaks")[0] == 0
    return here


def test_the_commands_chain_without_a_word_about_folders(here, capsys):
    code, out, _ = run(capsys, "data", "download", "--source", "mine.zip")
    assert code == 0
    assert out.startswith("data/raw: 2 CSV files, 0.0 MB, from mine.zip")
    code, out, _ = run(capsys, "data", "prepare")
    assert code == 0
    assert "301 rows, 300 distinct, 300 ads kept" in out
    assert "2 categories; " in out
    ads = load_corpus()
    assert len(ads) == 300
    assert ads["category"].value_counts().to_dict() == {"lamps": 200, "pets": 100}


def test_preparing_takes_the_split_that_is_asked_for(here, capsys):
    words = ["--valid", 0.2, "--test", 0.3, "--split-by", "ad", "--split-seed", 7]
    code, out, _ = run(capsys, "data", "prepare", "mine.zip", *words)
    assert code == 2  # a zip is no text
    run(capsys, "data", "download", "--source", "mine.zip", "--output", "raw")
    code, out, _ = run(capsys, "data", "prepare", "raw", "--output", "done", "--no-leaks", *words)
    assert code == 0
    ads = load_corpus("done")
    assert read_about(Path("done"))["split"] == {"valid": 0.2, "test": 0.3, "seed": 7, "by": "ad"}
    counts = ads["split"].value_counts()
    for name in ("train", "valid", "test"):
        assert f"{counts[name]} {name}" in out
    plain = split_ads(ads["ad"], valid=0.2, test=0.3, by="ad", seed=7)
    assert ads["split"].tolist() == plain["split"].tolist()


def test_the_leak_table_is_of_both_splits_and_names_no_ad_in_a_file(here, capsys):
    run(capsys, "data", "download", "--source", "mine.zip")
    words = ["data", "prepare", "--valid", 0.3, "--leaks", "--record", "results/leaks.json"]
    code, out, error = run(capsys, *words)
    assert code == 0
    record = read_record("results/leaks.json")
    assert record == read_record("data/processed/leaks.json")
    ads = load_corpus()
    for by in ("family", "ad"):
        leaks = find_leaks(index_ads(ads), split_ads(ads["ad"], valid=0.3, by=by)["split"])
        assert record.leaks[by].counts == leaks.to_record()["counts"]
        assert leaks.summary() in out
        assert leaks.examples or by == "family"
        assert all(pair.ad in out and pair.twin in out for pair in leaks.examples)
        assert f"split by {by}: " in error  # how long it took
    corpus = read_about(Path("data/processed"))["corpus"]
    assert (record.kind, record.name, record.corpus.as_dict()) == ("leaks", "leaks", corpus)
    assert record.command == "adgen data prepare --valid 0.3 --leaks --record results/leaks.json"
    assert record.split.as_dict() == {"valid": 0.3, "test": 0.05, "seed": 0}
    assert len(record.seconds) == 3
    written = (here / "results" / "leaks.json").read_text()
    assert not [ad for ad in ads["ad"] if ad in written]
    # The table of an earlier corpus does not outlive it.
    assert run(capsys, "data", "prepare", "--no-leaks")[0] == 0
    assert not (here / "data" / "processed" / "leaks.json").exists()


def test_without_rensa_only_who_asks_for_leaks_is_refused(here, capsys, monkeypatch):
    run(capsys, "data", "download", "--source", "mine.zip")
    monkeypatch.setitem(sys.modules, "rensa", None)
    code, _, error = run(capsys, "data", "prepare", "--leaks")
    assert code == 2
    assert re.search(r"error: The leak table needs rensa\. Install it: .*(\[|NAME=)corpus\b", error)
    assert not (here / "data" / "processed").exists()
    code, _, error = run(capsys, "data", "prepare")
    assert code == 0
    assert "needs rensa" in error
    assert len(load_corpus()) == 300


def test_a_corpus_without_held_out_ads_has_no_leak_table(here, capsys):
    (here / "one.csv").write_text("Brass lamp")
    words = ["data", "prepare", "one.csv"]
    code, _, error = run(capsys, *words)
    assert code == 0
    assert "No leak table" in error
    code, _, error = run(capsys, *words, "--leaks")
    assert code == 2
    assert "error: No leak table" in error


def test_stats_are_shown_by_category(prepared, capsys):
    code, out, _ = run(capsys, "data", "stats")
    assert code == 0
    head, lamps, pets, total = out.splitlines()
    assert head.split()[:4] == ["ads", "share", "words", "distinct"]
    assert lamps.split()[:3] == ["lamps", "200", "66.7%"]
    assert pets.split()[:3] == ["pets", "100", "33.3%"]
    assert total.split()[:3] == ["total", "300", "100.0%"]


def test_stats_of_a_split_as_json(prepared, capsys):
    code, out, _ = run(capsys, "data", "stats", "--split", "train", "--json")
    assert code == 0
    figures = json.loads(out)
    train = load_corpus(splits="train")
    assert figures["split"] == "train"
    assert figures["corpus"] == read_about(Path("data/processed"))["corpus"]
    assert {name: row["num_ads"] for name, row in figures["categories"].items()} == train[
        "category"
    ].value_counts().to_dict()
    assert figures["total"]["num_words"] == sum(len(ad.split()) for ad in train["ad"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["data"], "ACTION"),
        (["data", "sing"], "sing"),
        (["data", "download", "--source", "nowhere.zip"], "nowhere.zip does not exist"),
        (["data", "download", "--source", "CSV"], "Not a zip"),
        (["data", "download", "--source", "ftp://example.com/a.zip"], "ftp"),
        (["data", "prepare"], "data/raw does not exist"),
        (["data", "prepare", "CSV", "--valid", "0.6", "--test", "0.6"], "no training ads"),
        (["data", "prepare", "CSV", "--split-by", "row"], "row"),
        (["data", "prepare", "CSV", "--no-leaks", "--record", "a.json"], "--no-leaks"),
        (["data", "prepare", "CSV", "--colour"], "--colour"),
        (["data", "stats"], "adgen data download"),
        (["data", "stats", "--split", "dev"], "dev"),
    ],
)
def test_bad_input_gets_one_line_and_writes_nothing(words, message, tmp_path, monkeypatch, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "ads.csv").write_text("ad\nBrass lamp\nOil lamp\n")
    monkeypatch.chdir(tmp_path / "empty")
    code, out, error = run(
        capsys, *[str(tmp_path / "ads.csv") if word == "CSV" else word for word in words]
    )
    assert (code, out) == (2, "")
    [line] = error.splitlines()
    assert line.startswith("adgen")
    assert message in line
    assert not [path for path in (tmp_path / "empty").rglob("*") if path.is_file()]


def test_a_record_of_leaks_does_not_disturb_the_report(here, capsys):
    """`adgen report` reads all records of its folder and shows those it knows."""
    ads = make_sample_ads(300)["ad"]
    pd.DataFrame({"ad": ads}).to_csv("ads.csv", index=False)
    words = ["data", "prepare", "ads.csv", "--valid", 0.3, "--record", "results/leaks.json"]
    assert run(capsys, *words)[0] == 0
    assert (
        run(capsys, "report", "--check", "--readme", "README.md")[0] == 2
    )  # there is no such file
    (here / "README.md").write_text("Nothing marked.\n")
    code, out, _ = run(capsys, "report", "--check")
    assert code == 0
    assert "1 records" in out


def test_csvs_have_figures_without_being_prepared(here, capsys):
    run(capsys, "data", "download", "--source", "mine.zip")
    code, out, _ = run(capsys, "data", "stats", "data/raw", "--exclude", "pets", "--json")
    assert code == 0
    assert {name: row["num_ads"] for name, row in json.loads(out)["categories"].items()} == {
        "lamps": 200
    }
    code, out, _ = run(
        capsys, "data", "stats", "data/raw", "--split", "test", "--test", 0.3, "--json"
    )
    ads = split_ads(read_ads("data/raw")["ad"], test=0.3)
    assert json.loads(out)["total"]["num_ads"] == (ads["split"] == "test").sum()
    code, _, error = run(capsys, "data", "stats", "data/raw", "--test", 0.3)
    assert code == 2 and "--split all takes every ad" in error


def test_the_column_of_the_ads_is_named_where_ads_are_read(here, capsys):
    (here / "shop.csv").write_text("title,price\nOak lamp,3\nTin cup,4\n")
    code, _, error = run(capsys, "data", "prepare", "shop.csv", "--no-leaks")
    assert code == 2 and "for example --text-column title" in error
    assert (
        run(capsys, "data", "prepare", "shop.csv", "--text-column", "title", "--no-leaks")[0] == 0
    )
    assert load_corpus()["ad"].tolist() == ["Oak lamp", "Tin cup"]
    code, out, _ = run(capsys, "data", "stats", "shop.csv", "--text-column", "title", "--json")
    assert json.loads(out)["total"]["num_ads"] == 2

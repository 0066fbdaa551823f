"""Ads of adult products leave a corpus that is prepared, counted; CSVs of one's own keep them."""

import logging

import pytest

from adgen.cli.main import main
from adgen.corpus import load_corpus, prepare_corpus
from adgen.corpus.source import load_ads
from adgen.corpus.store import read_about

FILES = {
    "health-household/amazon_health-household_sexual-wellness.csv": ["Wand, pink", "Feather"],
    "health-household/amazon_health-household_vitamins.csv": [
        "Vitamin C",
        "Male Enhancement Pills",
    ],
    "tools/amazon_tools_drills.csv": ["Cordless drill", "Concrete vibrator", "Sex Toys, 3 pcs"],
}


@pytest.fixture
def raw(tmp_path):
    for name, ads in FILES.items():
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ad\n" + "".join(f'"{ad}"\n' for ad in ads))
    return tmp_path / "raw"


def test_they_are_left_out_by_category_and_by_words(raw, tmp_path):
    prepare_corpus(raw, tmp_path / "corpus", valid=0, test=0)
    kept = load_corpus(tmp_path / "corpus")
    assert sorted(kept["ad"]) == ["Concrete vibrator", "Cordless drill", "Vitamin C"]
    assert set(kept["subcategory"].cat.categories) == {"vitamins", "drills"}
    about = read_about(tmp_path / "corpus")
    assert about["adult"] == {"kept": False, "num_by_category": 2, "num_by_words": 2}
    assert about["corpus"]["num_ads"] == about["report"]["num_ads"] == 3
    assert about["report"]["dropped"]["adult"] == 4
    assert about["report"]["num_rows"] == 3 + 4


def test_they_can_be_kept(raw, tmp_path):
    ads = prepare_corpus(raw, tmp_path / "corpus", valid=0, test=0, keep_adult=True)
    assert len(ads) == 7
    about = read_about(tmp_path / "corpus")
    assert about["adult"] == {"kept": True, "num_by_category": 2, "num_by_words": 2}
    assert about["report"]["dropped"]["adult"] == 0


def test_the_command_shows_how_many(raw, tmp_path, capsys):
    words = ["data", "prepare", str(raw), "--output", str(tmp_path / "corpus"), "--no-leaks"]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "adult products: 2 by category and 2 by words, left out; --keep-adult" in shown
    assert main([*words, "--keep-adult"]) == 0
    assert "adult products: 2 by category and 2 by words, kept\n" in capsys.readouterr().out


def test_a_corpus_of_nothing_else_says_how_to_keep_it(tmp_path, capsys):
    (tmp_path / "ads.csv").write_text("ad\nSex toys\nDildo\n")
    words = ["data", "prepare", str(tmp_path / "ads.csv"), "--output", str(tmp_path / "corpus")]
    assert main([*words, "--no-leaks"]) == 2
    assert "Give other ads, or --keep-adult." in capsys.readouterr().err
    assert not (tmp_path / "corpus").exists()
    assert main([*words, "--no-leaks", "--keep-adult"]) == 0


def test_ones_own_csv_is_trained_on_as_it_is_and_says_so(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (tmp_path / "ads.csv").write_text("ad\nSex toys\nOak table\n")
    ads = load_ads(tmp_path / "ads.csv", valid=0, test=0)
    assert ads.texts("train") == ["Sex toys", "Oak table"]
    assert "1 of 2 ads are of adult products, and are trained on" in caplog.text
    caplog.clear()
    (tmp_path / "ads.csv").write_text("ad\nSteel mug\nOak table\n")
    load_ads(tmp_path / "ads.csv", valid=0, test=0)
    assert "adult" not in caplog.text

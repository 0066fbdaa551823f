"""Ads that a user names are the same, and described the same, whatever they are kept in."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from tiny_corpus import CATEGORIES, prepare_tiny_corpus

from adgen.corpus import load_corpus, read_ads, split_ads
from adgen.corpus.source import Ads, AdSource, load_ads
from adgen.corpus.splits import split_arguments
from adgen.corpus.store import read_about

SHARES = {"valid": 0.2, "test": 0.2}
COLUMNS = ["ad", "category", "family", "split"]


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def raw_dir(corpus_dir):
    return corpus_dir.parent / "raw"


def as_text(frame):
    return frame[COLUMNS].astype({"category": str, "split": str})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"categories": ["pets"]},
        {"excluded": ["toys"]},
        {"categories": ["pets", "toys"], "excluded": ["toys"]},
        {"max_ads": 30},
        {"excluded": ["garden"], "max_ads": 50},
    ],
)
def test_a_corpus_and_its_raw_files_give_the_same_ads(corpus_dir, raw_dir, options):
    prepared = load_ads(corpus_dir, **options)
    raw = load_ads(raw_dir, **options, **SHARES)
    assert_frame_equal(as_text(prepared.frame), as_text(raw.frame))
    assert prepared.split == raw.split
    assert prepared.chosen == raw.chosen
    assert prepared.corpus == read_about(corpus_dir)["corpus"] == raw.corpus | {"name": "raw"}
    assert prepared.report is None and raw.report.num_ads == raw.corpus["num_ads"] == 900


def test_what_a_record_says_of_ads(raw_dir):
    ads = load_ads(raw_dir, categories=("pets", "toys"), max_ads=30, **SHARES)
    assert ads.chosen == {"categories": ["pets", "toys"], "excluded": None, "max_ads": 30}
    counts = {split: len(ads.texts(split)) for split in ("train", "valid", "test")}
    assert ads.split == {**split_arguments(**SHARES), "num_ads": counts}
    assert counts["train"] == 30


def test_at_most_so_many_training_ads_and_all_held_out_ones(corpus_dir):
    few = load_ads(corpus_dir, max_ads=50)
    all_ads = load_ads(corpus_dir)
    assert few.texts("train") == load_corpus(corpus_dir, splits="train", max_ads=50)["ad"].tolist()
    for split in ("valid", "test"):
        assert few.texts(split) == all_ads.texts(split)
    assert few.frame.index.tolist() == list(range(len(few.frame)))


def test_a_file_is_read_and_divided_as_by_the_two_functions(raw_dir):
    path = next((raw_dir / "pets").glob("*.csv"))
    expected = split_ads(read_ads(path), seed=4)
    ads = load_ads(path, seed=4)
    assert_frame_equal(ads.frame[["ad", "family", "split"]], expected[["ad", "family", "split"]])
    assert ads.corpus["name"] == path.name and ads.corpus["num_ads"] == CATEGORIES["pets"]


def test_a_column_of_another_name(tmp_path):
    (tmp_path / "ads.csv").write_text("price,title\n1,Oak table\n2,Tin cup\n")
    assert load_ads(tmp_path / "ads.csv", text_column="title", valid=0, test=0).texts("train") == [
        "Oak table",
        "Tin cup",
    ]


def test_one_split_is_that_of_the_whole(corpus_dir, raw_dir):
    for source in (AdSource(corpus_dir), AdSource(raw_dir, split=tuple(SHARES.items()))):
        whole = source.load()
        for split in ("train", "valid", "test"):
            part = source.load_split(split)
            assert part.frame["ad"].tolist() == whole.texts(split)
            assert part.split == split_arguments(**SHARES)
    assert AdSource(raw_dir).load_split("all").split is None
    assert "split" not in AdSource(raw_dir).load_split("all").frame


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"categories": ["cars"]}, "Unknown category cars; the ads have garden, pets, toys"),
        ({"excluded": ["cars"]}, "Unknown category cars"),
        ({"excluded": list(CATEGORIES)}, "Every category is left out"),
        ({"max_ads": 0}, "max_ads is 0"),
    ],
)
def test_impossible_choices_are_refused(corpus_dir, raw_dir, options, message):
    for path in (corpus_dir, raw_dir):
        with pytest.raises(ValueError, match=message):
            load_ads(path, **options)


def test_arguments_of_csvs_are_refused_with_a_corpus(corpus_dir):
    with pytest.raises(ValueError, match="divided already; seed, text_column would do nothing"):
        load_ads(corpus_dir, seed=3, text_column="title")


def test_ads_without_a_training_split_are_refused(tmp_path):
    (tmp_path / "ads.csv").write_text("ad\nOak lamp\n")
    with pytest.raises(ValueError, match=r"No ad of .*ads\.csv is in the training split"):
        load_ads(tmp_path / "ads.csv", valid=0.0, test=0.999)


def test_a_frame_made_by_hand_has_a_corpus_of_its_own():
    frame = split_ads(["Oak table", "Tin cup", "Red lamp"], valid=0, test=0)
    ads = Ads.of(frame, "mine")
    assert (ads.corpus["name"], ads.corpus["num_ads"], ads.split) == ("mine", 3, {})
    assert ads.num_ads_by_split() == {"train": 3}


def test_a_sample_is_of_all_splits_and_keeps_what_is_known_of_the_whole(corpus_dir):
    ads = load_ads(corpus_dir)
    few = ads.sample(100)
    assert len(few.frame) == 100 and few.frame["split"].nunique() == 3
    assert few.corpus == ads.corpus
    assert ads.sample(None) is ads.sample(900) is ads
    places = pd.Index(ads.frame["ad"]).get_indexer(few.frame["ad"])
    assert (places[1:] > places[:-1]).all()
    with pytest.raises(ValueError, match="max_ads is 0"):
        ads.sample(0)

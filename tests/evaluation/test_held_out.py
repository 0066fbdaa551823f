"""The ads of a split, from a CSV and from a corpus, and when a model may have seen them."""

import logging

import pytest
from tiny_corpus import CATEGORIES, prepare_tiny_corpus

from adgen.corpus import add_categories, load_corpus, read_ads, split_ads
from adgen.corpus.source import AdSource
from adgen.corpus.store import read_about
from adgen.evaluation.held_out import check_split, load_for_model

SPLIT = {"valid": 0.2, "test": 0.2, "seed": 0, "by": "family"}
CORPUS = {"name": "ads.zip", "num_ads": 900, "sha256": "a" * 64}


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


def load_ads(path, info, **options):
    return load_for_model(AdSource(path), info, **options)


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_a_corpus_and_its_raw_files_give_the_same_ads(corpus_dir, split):
    prepared = load_ads(corpus_dir, {}, split=split)
    raw = load_ads(corpus_dir.parent / "raw", {"split": SPLIT}, split=split)
    expected = load_corpus(corpus_dir, splits=split)
    for ads in (prepared, raw):
        assert list(ads.frame.columns) == ["ad", "category"]
        assert ads.frame["ad"].tolist() == expected["ad"].tolist()
        assert ads.frame["category"].tolist() == expected["category"].tolist()
        assert ads.frame.index.tolist() == list(range(len(expected)))
        assert ads.split == SPLIT
        assert ads.corpus["sha256"] == read_about(corpus_dir)["corpus"]["sha256"]
    assert len(prepared.frame) > 100


def test_a_csv_is_split_as_the_model_s_own_training_was(corpus_dir):
    raw_dir, split = corpus_dir.parent / "raw", {"valid": 0.1, "test": 0.3, "seed": 7, "by": "ad"}
    ads = load_ads(raw_dir, {"split": {**split, "num_ads": {"train": 5}}}, split="test")
    expected = split_ads(add_categories(read_ads(raw_dir)), **split)
    assert ads.frame["ad"].tolist() == expected.loc[expected["split"] == "test", "ad"].tolist()


@pytest.mark.parametrize("place", ["processed", "raw"])
def test_all_is_every_ad(corpus_dir, place):
    assert len(load_ads(corpus_dir.parent / place, {}, split="all").frame) == sum(
        CATEGORIES.values()
    )


@pytest.mark.parametrize("place", ["processed", "raw"])
def test_a_larger_sample_contains_the_smaller_one(corpus_dir, place):
    def sample(max_ads):
        ads = load_ads(corpus_dir.parent / place, {"split": SPLIT}, split="test", max_ads=max_ads)
        return ads.frame["ad"].tolist()

    assert (len(sample(10)), len(sample(40))) == (10, 40)
    assert set(sample(10)) < set(sample(40)) < set(sample(None))
    assert sample(10) == sample(10) == [ad for ad in sample(None) if ad in sample(10)]


def test_both_places_sample_alike(corpus_dir):
    options = {"split": "test", "max_ads": 20}
    prepared, raw = (
        load_ads(corpus_dir.parent / p, {"split": SPLIT}, **options) for p in ("processed", "raw")
    )
    assert prepared.frame["ad"].tolist() == raw.frame["ad"].tolist()


def test_a_split_without_ads_is_an_error(corpus_dir, tmp_path):
    (tmp_path / "one.csv").write_text("ad\nOak lamp")
    with pytest.raises(ValueError, match=r"no ads in the split test of .*one\.csv"):
        load_ads(tmp_path / "one.csv", {"split": {**SPLIT, "valid": 0.0, "test": 0.0}})


def test_an_unfinished_corpus_is_not_read_as_a_folder_of_csvs(corpus_dir, tmp_path):
    (tmp_path / "ads.parquet").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="did not come to its end"):
        load_ads(tmp_path, {})


def test_the_same_split_says_nothing_whatever_the_corpus(caplog):
    for corpus in (CORPUS, {**CORPUS, "sha256": "b" * 64}):
        check_split({"corpus": CORPUS, "split": {**SPLIT, "num_ads": {"test": 3}}}, corpus, SPLIT)
    assert not caplog.records


@pytest.mark.parametrize("change", [{"seed": 1}, {"by": "ad"}, {"valid": 0.1}, {"test": 0.1}])
def test_another_split_of_the_same_corpus_is_an_error(change):
    with pytest.raises(
        ValueError, match=r"may have been trained on any of its ads\. Prepare the corpus again"
    ):
        check_split({"corpus": CORPUS, "split": SPLIT | change}, CORPUS, SPLIT)


@pytest.mark.parametrize(
    "info",
    [{}, {"split": SPLIT | {"seed": 1}}, {"corpus": {"name": "other", "sha256": "b"}, "split": {}}],
)
def test_another_split_of_another_corpus_is_a_warning(info, caplog):
    with caplog.at_level(logging.INFO):
        check_split(info, CORPUS, SPLIT)
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "some of the ads may have been trained on" in record.getMessage()
    assert "ads.zip" in record.getMessage()

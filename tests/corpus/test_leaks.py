"""The leak table counts words, copies and near copies as it says, and MinHash misses few."""

import json
import math
import os
import random
import subprocess
import sys
from fractions import Fraction
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import ad_index, leaks, split_ads, text_arrays
from adgen.corpus.ad_index import index_ads
from adgen.corpus.leaks import expected_recall, find_leaks
from adgen.corpus.sample import make_sample_ads

WORDS = ["oak", "table", "lamp", "90", "cm", "größe", "red", "tin"]
OAK = "Oak table, 90 cm (red)"


def leaks_of(train, valid, **options):
    """Returns the counts of a few validation ads beside a few training ads."""
    ads = pd.DataFrame({"ad": [*train, *valid]})
    report = find_leaks(index_ads(ads), ["train"] * len(train) + ["valid"] * len(valid), **options)
    return report.counts["valid"].to_dict()


def slow_similarities(ads, split):
    """Compares all held-out ads with all training ads; returns each one's highest similarity."""
    sets = [set("".join(c if c.isalnum() else " " for c in ad.casefold()).split()) for ad in ads]
    train = [words for words, name in zip(sets, split, strict=True) if name == "train" and words]
    return [
        max(
            (Fraction(len(words & other), len(words | other)) for other in train),
            default=Fraction(0),
        )
        for words, name in zip(sets, split, strict=True)
        if name != "train"
    ]


def pairs_of_similarity(num_shared, num_words, num_pairs):
    """Makes pairs of training and validation ads that share some of their words."""
    train, valid = [], []
    for pair in range(num_pairs):
        words = [f"w{pair}n{number}" for number in range(num_words)]
        train.append(" ".join(words[: (num_shared + num_words) // 2]))
        valid.append(" ".join(words[:num_shared] + words[(num_shared + num_words) // 2 :]))
    return train, valid


def test_copies_are_found_whatever_their_case_and_punctuation():
    assert leaks_of(
        [OAK], [OAK, "OAK-TABLE 90cm", "oak_table - 90/CM: RED!", "table oak 90 cm red"]
    ) == {
        "num_ads": 4,
        "same_text": 1,
        # The first and the third; `90cm` is one word, and the fourth has another order.
        "same_words": 2,
        "0.7": 3,
        "0.8": 3,
        "0.9": 3,
        "1.0": 3,
    }


def test_words_are_runs_of_letters_and_digits_after_casefolding():
    index = index_ads(pd.DataFrame({"ad": ["Straße 5,5", "STRASSE 5", "Ärmel ½ 日本", ""]}))
    assert np.diff(index.starts).tolist() == [
        2,
        2,
        3,
        0,
    ]  # strasse, 5 - strasse, 5 - ärmel, ½, 日本 - nothing
    assert index.words.tolist() == [0, 1, 0, 1, 2, 3, 4]


def test_a_repeated_word_is_the_same_set_but_another_sequence():
    counts = leaks_of(["tin cup"], ["tin tin cup"])
    assert (counts["1.0"], counts["same_words"]) == (1, 0)


@pytest.mark.parametrize(
    ("num_shared", "num_words", "reached"),
    [
        (4, 5, {"0.7", "0.8"}),
        (15, 19, {"0.7"}),  # 0.789
        (7, 10, {"0.7"}),
        (9, 13, set()),  # 0.692
        (9, 10, {"0.7", "0.8", "0.9"}),
        (17, 19, {"0.7", "0.8"}),  # 0.895
        (28, 35, {"0.7", "0.8"}),
        (49, 70, {"0.7"}),
    ],
)
def test_thresholds_are_met_exactly(num_shared, num_words, reached):
    words = [f"w{number}" for number in range(num_words)]
    counts = leaks_of([" ".join(words)], [" ".join(words[:num_shared])])
    assert {kind for kind in ("0.7", "0.8", "0.9", "1.0") if counts[kind]} == reached


def test_ads_without_words_have_no_twin_but_themselves():
    counts = leaks_of(["!!!", OAK], ["!!!", "???", "", OAK.upper()])
    assert (counts["same_text"], counts["same_words"], counts["0.7"]) == (1, 1, 1)
    assert leaks_of(["!!!"], ["?", OAK])["0.7"] == 0
    assert leaks_of(["!!!"], ["?", "!!!"])["same_text"] == 1


ads_and_splits = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join),
        st.sampled_from(["train", "train", "valid", "test"]),
    ),
    min_size=2,
    max_size=25,
).filter(lambda rows: 0 < sum(name == "train" for _, name in rows) < len(rows))


@given(ads_and_splits)
def test_counts_equal_those_of_all_pairs(rows):
    ads, split = zip(*rows, strict=True)
    with mock.patch.object(ad_index, "NUM_BANDS", 256):  # Misses a pair of 0.7 once in 3e30 times.
        report = find_leaks(index_ads(pd.DataFrame({"ad": ads})), split)
    slow = slow_similarities(ads, split)
    held_out = [row for row in rows if row[1] != "train"]
    train = {ad for ad, name in rows if name == "train"}
    for name in report.counts:
        here = [
            (ad, similarity)
            for (ad, other), similarity in zip(held_out, slow, strict=True)
            if other == name
        ]
        expected = {"num_ads": len(here), "same_text": sum(ad in train for ad, _ in here)}
        expected["same_words"] = sum(ad in train and bool(ad) for ad, _ in here)
        for threshold in (7, 8, 9, 10):
            expected[str(threshold / 10)] = sum(
                value >= Fraction(threshold, 10) for _, value in here
            )
        assert report.counts[name].to_dict() == expected


@pytest.mark.parametrize("by", ["family", "ad"])
def test_the_sample_ads_leak_as_much_as_all_pairs_say(by):
    ads = split_ads(make_sample_ads(800, seed=3), valid=0.1, test=0.1, by=by)
    counts = find_leaks(index_ads(ads), ads["split"]).counts.sum(axis=1)
    slow = slow_similarities(ads["ad"], ads["split"])
    for threshold in (8, 9, 10):
        assert counts[str(threshold / 10)] == sum(
            value >= Fraction(threshold, 10) for value in slow
        )
    assert 0.98 * sum(value >= Fraction(7, 10) for value in slow) <= counts["0.7"]


@pytest.mark.parametrize(("num_shared", "num_words"), [(8, 10), (7, 10), (6, 12)])
def test_minhash_finds_as_many_pairs_as_its_bands_promise(num_shared, num_words):
    num_pairs, similarity = 9000, num_shared / num_words  # So many ads are read in two chunks.
    with mock.patch.object(leaks, "THRESHOLDS", (similarity,)):
        found = leaks_of(*pairs_of_similarity(num_shared, num_words, num_pairs))[str(similarity)]
    recall = expected_recall(similarity)
    deviation = math.sqrt(num_pairs * recall * (1 - recall))
    assert abs(found - num_pairs * recall) < 5 * deviation + 1


def test_recall_worked_by_hand():
    # 0.8 ** 4 = 0.4096: a band misses with 0.5904, all 16 with 0.5904 ** 16 = 0.000218.
    assert expected_recall(0.8) == pytest.approx(1 - 0.000218, abs=1e-6)
    assert expected_recall(1.0) == 1.0
    assert expected_recall(0.0) == 0.0


def test_one_index_serves_several_splits():
    ads = make_sample_ads(300, seed=5)
    index = index_ads(ads)
    splits = [split_ads(ads, valid=0.2, test=0.2, by=by)["split"] for by in ("family", "ad")]
    together = [find_leaks(index, split).to_record() for split in splits]
    assert together == [find_leaks(index_ads(ads), split).to_record() for split in splits]
    assert together[0] != together[1]


def test_processes_sketch_what_one_sketches(monkeypatch):
    ads = make_sample_ads(300, seed=5)
    index = index_ads(ads)
    monkeypatch.setattr(ad_index, "_ADS_PER_PROCESS", 1)
    monkeypatch.setattr(text_arrays, "CHUNK_ADS", 70)
    other = index_ads(ads, num_processes=2)
    split = split_ads(ads, valid=0.2, test=0.2, by="ad")["split"]
    assert find_leaks(other, split).to_record() == find_leaks(index, split).to_record()


@given(st.lists(st.sets(st.sampled_from(WORDS)).map(sorted), min_size=2, max_size=9))
def test_no_pair_is_more_similar_than_its_bits_allow(sets):
    index = index_ads(pd.DataFrame({"ad": [" ".join([*words, "tin"]) for words in sets]}))
    sizes = np.diff(index.starts)
    for one, words in enumerate(sets):
        most = leaks._most_similar(index.bits[one], sizes[one], index.bits, sizes)
        own = {*words, "tin"}
        true = [len(own & {*other, "tin"}) / len(own | {*other, "tin"}) for other in sets]
        assert (most >= true).all()


def test_examples_are_true_pairs_and_stay_out_of_the_record():
    ads = split_ads(make_sample_ads(600, seed=2), valid=0.2, test=0.2, by="ad")
    names = dict(zip(ads["ad"], ads["split"], strict=True))
    report = find_leaks(index_ads(ads), ads["split"], num_examples=4)
    assert [pair.split for pair in report.examples] == ["valid"] * 4 + ["test"] * 4
    for pair in report.examples:
        assert (names[pair.ad], names[pair.twin]) == (pair.split, "train")
        assert pair.similarity >= 0.8
        assert slow_similarities([pair.twin, pair.ad], ["train", pair.split]) == [
            Fraction(pair.similarity).limit_denominator(200)
        ]
    record = json.dumps(report.to_record())
    assert not any(text in record for pair in report.examples for text in (pair.ad, pair.twin))
    assert find_leaks(index_ads(ads), ads["split"], num_examples=0).examples == ()


def test_record_and_summary_show_counts_and_shares():
    ads = pd.DataFrame({"ad": [OAK, "tin cup", "TIN CUP", "lamp", "glass", "oak"]})
    report = find_leaks(index_ads(ads), ["train", "train", "valid", "valid", "valid", "test"])
    record = json.loads(json.dumps(report.to_record()))
    assert record["num_train_ads"] == 2
    assert record["counts"]["valid"]["same_words"] == 1
    assert record["shares"]["valid"]["0.8"] == pytest.approx(1 / 3)
    assert record["counts"]["test"] == {
        "num_ads": 1,
        **dict.fromkeys(list(record["counts"]["test"])[1:], 0),
    }
    assert record["recall"]["0.8"] == pytest.approx(0.9998)
    assert report.summary().splitlines()[3].split() == ["same_words", "1", "33.3%", "0", "0.0%"]


def test_a_split_without_ads_is_left_out():
    report = find_leaks(index_ads(pd.DataFrame({"ad": [OAK, "lamp"]})), ["train", "test"])
    assert list(report.counts) == ["test"]


def test_figures_depend_neither_on_the_process_nor_on_the_order_of_the_ads():
    """Python salts its hashes of strings for every process."""
    code = (
        "from adgen.corpus import split_ads; from adgen.corpus.ad_index import index_ads;"
        "from adgen.corpus.leaks import find_leaks;"
        "from adgen.corpus.sample import make_sample_ads; import json;"
        "ads = split_ads(make_sample_ads(400, seed=7), valid=.2, test=.2, by='ad');"
        "report = find_leaks(index_ads(ads), ads['split']);"
        "print(json.dumps([report.to_record(), report.examples]))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout
    ads = split_ads(make_sample_ads(400, seed=7), valid=0.2, test=0.2, by="ad")
    report = find_leaks(index_ads(ads), ads["split"])
    assert json.loads(done) == [report.to_record(), [list(pair) for pair in report.examples]]
    order = random.Random(0).sample(range(len(ads)), len(ads))
    mixed = ads.iloc[order]
    assert find_leaks(index_ads(mixed), mixed["split"]).to_record() == report.to_record()


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (["train", "train"], "'train': 2, 'valid': 0, 'test': 0.*some of them train and some not"),
        (["valid", "test"], "'train': 0, 'valid': 1, 'test': 1"),
        (["train"], "Received 1 split names .* for 2 ads"),
        (["train", "validation"], "expected one of these names"),
        (["train", None], "expected one of these names"),
    ],
)
def test_a_split_that_cannot_leak_is_explained(split, message):
    index = index_ads(pd.DataFrame({"ad": [OAK, "lamp"]}))
    with pytest.raises(ValueError, match=message):
        find_leaks(index, split)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"text": ["a"]}), r"1 rows of \['text'\]; expected ads in a column 'ad'"),
        (pd.DataFrame({"ad": []}), "0 rows"),
        (pd.DataFrame({"ad": ["a", None]}, dtype=object), "Ad in row 1 is None; expected a string"),
        (pd.DataFrame({"ad": ["a", 5]}), "Ad in row 1 is 5; expected a string"),
    ],
)
def test_a_frame_without_ads_is_explained(frame, message):
    with pytest.raises(ValueError, match=message):
        index_ads(frame)


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rensa", None)
    with pytest.raises(ImportError, match=r"Install it: .*(\[|NAME=)corpus\b"):
        index_ads(pd.DataFrame({"ad": [OAK]}))

"""What generated ads share with the training ads, worked by hand and against sets of tuples."""

import statistics
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import clean_text
from adgen.evaluation.novelty import NGRAM_SIZES, novelty_by_group, novelty_figures

PIECES = st.sampled_from(["a", "A", "b", "c", "a,", "-", "ß", "&amp;", "\u00a0"])
ADS = st.lists(PIECES, max_size=7).map(" ".join)
SETS = st.integers(1, 4).flatmap(lambda size: st.lists(ADS, min_size=size, max_size=size))


def figures_of(ads, training_ads, **options):
    return novelty_figures({"generated": ads}, training_ads, **options)["generated"]


def _ngrams(words, n):
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def _letters(ad):
    return "".join(char for char in ad.casefold() if char.isalnum()) or ad.casefold()


def _share(hits):
    hits = list(hits)
    return sum(hits) / len(hits) if hits else None


def slow_figures(ads, training_ads):
    """Computes the same figures the plain way, with a set of all n-grams of the training ads."""
    ads = [clean_text(ad) for ad in ads]
    training_ads = [clean_text(ad) for ad in training_ads if clean_text(ad)]
    rows = [ad.casefold().split() for ad in ads]
    seen = set()
    for ad in training_ads:
        words = ad.casefold().split()
        seen.update(*(_ngrams(words, n) for n in range(1, len(words) + 1)))
    runs = [
        max((n for n in range(1, len(row) + 1) if seen & set(_ngrams(row, n))), default=0)
        for row in rows
    ]
    figures = {
        "num_ads": len(ads),
        "exact_copy_share": _share(ad in set(training_ads) for ad in ads),
        "folded_copy_share": _share(_letters(ad) in set(map(_letters, training_ads)) for ad in ads),
        "copied_run_mean": statistics.mean(runs),
        "copied_run_median": statistics.median(runs),
        "copied_run_max": max(runs),
        "copied_run_share": statistics.mean(
            run / len(row) if row else 0 for run, row in zip(runs, rows, strict=True)
        ),
        "repeated_word_share": _share(
            word in row[:i] for row in rows for i, word in enumerate(row)
        ),
        "repeated_trigram_share": _share(
            len(_ngrams(row, 3)) > len(set(_ngrams(row, 3))) for row in rows
        ),
        "duplicate_share": _share(ad in ads[:i] for i, ad in enumerate(ads)),
        "mean_words": statistics.mean(map(len, rows)),
        "mean_chars": statistics.mean(map(len, ads)),
    }
    for n in NGRAM_SIZES:
        ngrams = [ngram for row in rows for ngram in _ngrams(row, n)]
        figures[f"novel_{n}_share"] = _share(ngram not in seen for ngram in ngrams)
        figures[f"distinct_{n}"] = len(set(ngrams)) / len(ngrams) if ngrams else None
    return figures


def test_all_figures_of_two_ads_worked_by_hand():
    training_ads = ["Oak table with lamp", "Round oak table", "Blue tin cup"]
    figures = figures_of(["Round oak table with lamp", "Tin cup tin cup tin"], training_ads)
    # First ad, 5 words: "oak table with lamp" stands in one ad; "round oak table" and it overlap,
    # but no ad has both. Second ad, 5 words: "tin cup"; "cup tin" is in no ad. Its words 3 to 5 are
    # repeated, and "tin cup tin" is twice. Words, all known: 5 + 2 different ones of 10. Bigrams:
    # 4, all known, and (tin cup, cup tin) twice, half of them novel: 2 of 8 novel, 6 of 8 distinct.
    # Trigrams: 3, all known, and 3 novel ones of which 2 are distinct: 3 of 6 novel, 5 of 6
    # distinct. 4-grams: one of the first ad's two is known; the second ad has two. 5-grams: one
    # each.
    assert figures == pytest.approx(
        {
            "num_ads": 2,
            "exact_copy_share": 0,
            "folded_copy_share": 0,
            "copied_run_mean": 3,
            "copied_run_median": 3,
            "copied_run_max": 4,
            "copied_run_share": (4 / 5 + 2 / 5) / 2,
            "novel_1_share": 0,
            "novel_2_share": 2 / 8,
            "novel_3_share": 3 / 6,
            "novel_4_share": 3 / 4,
            "novel_5_share": 1,
            "distinct_1": 7 / 10,
            "distinct_2": 6 / 8,
            "distinct_3": 5 / 6,
            "distinct_4": 1,
            "distinct_5": 1,
            "repeated_word_share": 3 / 10,
            "repeated_trigram_share": 1 / 2,
            "duplicate_share": 0,
            "mean_words": 5,
            "mean_chars": (25 + 19) / 2,
        }
    )


def test_a_run_across_two_training_ads_is_not_copied():
    assert figures_of(["tin cup oak lid"], ["big tin cup", "oak lid"])["copied_run_max"] == 2
    assert figures_of(["tin cup oak lid"], ["big tin cup oak lid"])["copied_run_max"] == 4


def test_a_run_across_two_generated_ads_is_not_copied():
    figures = figures_of(["big tin", "cup red"], ["big tin cup red"])
    assert figures["copied_run_max"] == 2
    assert figures["distinct_2"] == 1 and figures["distinct_3"] is None


@pytest.mark.parametrize(
    ("ad", "run"),
    [
        ("oak lid", 2),  # the training ad's beginning
        ("oak lid tin", 2),
        ("cup blue", 2),  # its end
        ("red cup blue", 2),
        ("oak lid cup blue", 2),  # both, but not in a row
        ("red oak lid for cup blue and more", 5),  # all of it
        ("lid oak", 1),
        ("red", 0),
    ],
)
def test_runs_at_the_beginnings_and_ends_of_ads(ad, run):
    assert figures_of([ad], ["oak lid for cup blue"])["copied_run_max"] == run


def test_a_run_longer_than_any_reported_n_gram_is_found_to_its_end():
    words = [first + second for first in string.ascii_lowercase for second in "xyz"]
    figures = figures_of([" ".join(words)], ["zz " + " ".join(words[5:75]) + " zz"])
    assert figures["copied_run_max"] == 70
    assert figures["copied_run_share"] == pytest.approx(70 / 78)


def test_runs_ignore_case_but_not_punctuation():
    assert figures_of(["OAK Table"], ["oak tAble"])["copied_run_max"] == 2
    assert figures_of(["oak table"], ["oak table,"])["copied_run_max"] == 1


def test_copies_to_the_letter_and_copies_but_for_case_spaces_and_signs():
    training_ads = ["Oak&nbsp;table, 2 m", "Wi-Fi lamp"]
    ads = ["Oak table,  2 m", "OAK TABLE 2m!", "WiFi lamp", "Oak table, 3 m"]
    figures = figures_of(ads, training_ads)
    assert figures["exact_copy_share"] == 1 / 4
    assert figures["folded_copy_share"] == 3 / 4


def test_ads_of_signs_alone_are_compared_as_they_are():
    figures = figures_of(["!!!", "???"], ["!!!"])
    assert figures["exact_copy_share"] == figures["folded_copy_share"] == 1 / 2


def test_duplicates_are_counted_after_the_first_and_after_cleaning():
    assert (
        figures_of(["tin cup", "tin  cup", "Tin cup", "tin cup"], ["x"])["duplicate_share"] == 2 / 4
    )


def test_overlapping_trigrams_repeat():
    assert figures_of(["big big big big", "big big big"], ["x"])["repeated_trigram_share"] == 1 / 2


def test_words_and_trigrams_of_another_ad_are_no_repetition():
    figures = figures_of(["oak lid red", "oak lid red"], ["x"])
    assert figures["repeated_word_share"] == 0 and figures["repeated_trigram_share"] == 0


def test_an_ad_of_one_word_has_no_longer_n_grams():
    figures = figures_of(["cup"], ["tin cup"])
    assert (figures["copied_run_max"], figures["copied_run_share"]) == (1, 1)
    assert figures["novel_1_share"] == 0 and figures["distinct_1"] == 1
    assert all(
        figures[f"novel_{n}_share"] is figures[f"distinct_{n}"] is None for n in NGRAM_SIZES[1:]
    )
    assert figures["repeated_trigram_share"] == 0


def test_an_empty_ad_copies_nothing_and_counts_as_an_ad():
    figures = figures_of(["", "tin cup"], ["tin cup", " "])
    assert figures["exact_copy_share"] == figures["folded_copy_share"] == 1 / 2
    assert figures["copied_run_mean"] == 1 and figures["copied_run_share"] == 1 / 2
    assert figures["mean_words"] == 1


def test_empty_ads_alone_have_no_n_grams():
    figures = figures_of(["", "\u200b"], ["tin cup"])
    assert (
        figures["novel_1_share"] is figures["distinct_1"] is figures["repeated_word_share"] is None
    )
    assert figures["copied_run_max"] == figures["mean_chars"] == 0
    assert figures["duplicate_share"] == 1 / 2


@given(SETS, st.lists(ADS, max_size=6), st.integers(1, 4))
def test_the_figures_are_those_of_sets_of_tuples_whatever_the_block(ads, training_ads, block_ads):
    training_ads = ["b", *training_ads]
    figures = figures_of(ads, training_ads, block_ads=block_ads)
    assert figures == pytest.approx(slow_figures(ads, training_ads))


@given(st.lists(st.tuples(ADS, ADS, ADS), min_size=1, max_size=4), st.lists(ADS, max_size=5))
def test_sets_together_have_the_figures_of_each_alone(rows, training_ads):
    names = ("generated", "human", "other")
    sets = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    training_ads = ["a b", *training_ads]
    together = novelty_figures(sets, training_ads)
    assert list(together) == list(names)
    assert together == {name: figures_of(ads, training_ads) for name, ads in sets.items()}


@given(
    st.lists(st.tuples(ADS, ADS, st.sampled_from("xyz")), min_size=1, max_size=6),
    st.lists(ADS, max_size=5),
)
def test_groups_have_the_figures_of_their_ads_alone(rows, training_ads):
    generated, human, groups = map(list, zip(*rows, strict=True))
    sets, training_ads = {"generated": generated, "human": human}, ["a b", *training_ads]
    figures, by_group = novelty_by_group(sets, groups, iter(training_ads))
    for name, whole in novelty_figures(sets, training_ads).items():
        assert figures[name] == pytest.approx(whole)
    assert list(by_group) == sorted(set(groups))
    for group, found in by_group.items():
        places = [place for place, name in enumerate(groups) if name == group]
        chosen = {name: [ads[place] for place in places] for name, ads in sets.items()}
        assert found == novelty_figures(chosen, training_ads)


def test_a_group_for_every_ad():
    with pytest.raises(ValueError, match="Received 1 groups; expected one for each ad"):
        novelty_by_group({"generated": ["a", "b"]}, ["x"], ["a"])


def test_training_ads_may_come_from_an_iterator():
    training_ads = ["tin cup", "oak lid", "red cup"]
    assert figures_of(["red oak"], iter(training_ads)) == figures_of(["red oak"], training_ads)


def test_the_training_ads_themselves_are_copies_through_and_through():
    ads = ["Tin cup in blue for two", "Small oak table lamp with shade"]
    figures = figures_of(ads, ads)
    assert (
        figures["exact_copy_share"]
        == figures["folded_copy_share"]
        == figures["copied_run_share"]
        == 1
    )
    assert all(figures[f"novel_{n}_share"] == 0 for n in NGRAM_SIZES)


@pytest.mark.parametrize(
    ("ad_sets", "training_ads", "options", "message"),
    [
        ({}, ["a"], {}, "expected at least one set"),
        (
            {"generated": []},
            ["a"],
            {},
            r"\{'generated': 0\}; expected at least one set and one ad in each",
        ),
        ({"generated": ["a"], "human": ["a", "b"]}, ["a"], {}, "Cut every set to 1 random ads"),
        ({"generated": ["a"]}, [], {}, "no training ads"),
        ({"generated": ["a"]}, iter(["", " \u200b"]), {}, "no training ads"),
        ({"generated": "one ad"}, ["a"], {}, "Received one string"),
        ({"generated": ["a"]}, "one ad", {}, "Received one string"),
        ({"generated": ["a"]}, ["a"], {"block_ads": 0}, "block_ads=0; expected at least 1"),
    ],
)
def test_wrong_arguments_are_explained(ad_sets, training_ads, options, message):
    with pytest.raises(ValueError, match=message):
        novelty_figures(ad_sets, training_ads, **options)

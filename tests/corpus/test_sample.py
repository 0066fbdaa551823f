"""Synthetic ads are distinct, plausible, the same everywhere, and equal to the committed file."""

import csv
import io
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from adgen.corpus.sample import (
    MAX_NUM_ADS,
    SAMPLE_PROMPTS,
    _Draw,
    _if_fits,
    _load_grammar,
    main,
    make_sample_ads,
)

SAMPLE_PATH = Path(__file__).parents[2] / "data" / "sample_ads.csv"


@pytest.fixture(scope="module")
def ads():
    return make_sample_ads()


def test_the_committed_file_is_the_generators_output_byte_for_byte(tmp_path):
    main(["--output", str(tmp_path / "ads.csv")])
    assert (tmp_path / "ads.csv").read_bytes() == SAMPLE_PATH.read_bytes()


def test_the_file_is_a_plain_csv_with_two_columns_and_unix_line_ends():
    raw = SAMPLE_PATH.read_bytes()
    assert b"\r" not in raw and raw.endswith(b"\n")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"))))
    assert rows[0] == ["ad", "category"] and {len(row) for row in rows} == {2}


def test_ads_are_many_and_distinct_in_many_categories(ads):
    assert len(ads) == 6000 and ads["ad"].is_unique
    assert ads["category"].nunique() >= 8 and ads["category"].value_counts().min() >= 200


def test_ads_have_the_length_of_product_titles(ads):
    num_words = ads["ad"].str.split().str.len()
    assert num_words.min() >= 6 and num_words.max() <= 35 and 15 <= num_words.median() <= 20
    assert ads["ad"].str.len().max() <= 250


def test_words_are_spread_as_in_real_text(ads):
    counts = Counter(word for ad in ads["ad"] for word in re.findall(r"[\w'/.-]+", ad))
    assert 3000 <= len(counts) <= 6000
    assert sum(count == 1 for count in counts.values()) > len(counts) / 4


def test_ads_are_clean_text(ads):
    assert not ads["ad"].str.contains(r"[{}<>@]|  |^ | $|,,|\( |None", regex=True).any()


def test_no_word_stands_twice_in_a_row(ads):
    assert not [ad for ad in ads["ad"] if re.search(r"\b([a-z]+) \1\b", ad.lower())]


def test_every_prompt_starts_several_ads(ads):
    assert len(SAMPLE_PROMPTS) == 5
    for prompt in SAMPLE_PROMPTS:
        assert ads["ad"].str.startswith(prompt).sum() >= 4, prompt


def test_a_few_per_cent_are_seasonal_deals(ads):
    share = (
        ads["ad"]
        .str.contains(r"^(?:.* )?(?:deals|discounts|specials|savings) (?:on|for) ", regex=True)
        .mean()
    )
    assert 0.02 <= share <= 0.05


def test_same_seed_same_ads_and_other_seed_other_ads():
    first, again, other = (make_sample_ads(300, seed=seed) for seed in (3, 3, 4))
    assert first.equals(again)
    assert len(set(first["ad"]) & set(other["ad"])) < 30


def test_string_hashing_does_not_change_the_ads():
    code = (
        "from adgen.corpus.sample import make_sample_ads; "
        "print(hash(tuple(make_sample_ads(50).to_csv().encode())))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("num_ads", [-1, 0, MAX_NUM_ADS + 1])
def test_an_impossible_number_of_ads_is_refused(num_ads):
    with pytest.raises(ValueError, match=r"expected 1 to 20,000"):
        make_sample_ads(num_ads)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed is -1"):
        make_sample_ads(10, seed=-1)


def test_the_largest_number_of_ads_can_be_made():
    assert make_sample_ads(MAX_NUM_ADS, seed=7)["ad"].is_unique


@pytest.mark.parametrize(
    ("entry", "context", "text"),
    [
        ("Heatsink", "", "Heatsink"),
        ("Heatsink @Internal", "Internal SSD", "Heatsink"),
        ("Heatsink @Internal", "Portable SSD", None),
        ("Cable @!Internal,Flash", "Portable SSD", "Cable"),
        ("Cable @!Internal,Flash", "USB Flash Drive", None),
        ("4 Inch @Pan @!Dutch", "Dutch Oven", None),
    ],
)
def test_conditions_keep_features_with_the_products_they_suit(entry, context, text):
    assert _if_fits(entry, context) == text


def test_earlier_entries_are_likelier():
    draw = _Draw(0)
    counts = Counter(
        draw.ranked("abc") for _ in range(6000)
    )  # Weights 1/2, 1/3, 1/4 of a sum of 13/12.
    assert counts["a"] / 6000 == pytest.approx(6 / 13, abs=0.03)
    assert counts["c"] / 6000 == pytest.approx(3 / 13, abs=0.03)


def test_every_slot_of_the_grammar_has_a_list():
    grammar = _load_grammar()
    for category in grammar["categories"].values():
        assert set(category["brands"]) <= set(grammar["brands"])
        for kind in category["types"]:
            known = {*kind, *grammar["lists"]}
            used = {
                slot
                for entries in kind.values()
                for text in entries
                for slot in re.findall(r"{(\w+)}", text)
            }
            assert used <= known, (kind["name"], used - known)

"""Families are made and divided as the rules say, and no ad ever moves."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import SPLITS, family_id, family_key, split_ads

WORDS = [
    "sofa",
    "table",
    "lamp",
    "acme",
    "trail",
    "shoe",
    "kettle",
    "garden",
    "hose",
    "leather",
    "wallet",
    "desk",
]
EXPECTED = "8487277793052207271 test train test test valid"
DETAILS = [
    "red",
    "navy blue",
    "XL",
    "2-Pack",
    "size 7.5",
    "AC-1200X",
    "12 oz",
    "(black)",
    "100 count",
    "large",
]


def made_ads(num_ads, seed=0):
    """Makes ads of four product words and two details."""
    rng = np.random.default_rng(seed)
    rows = [[*rng.choice(WORDS, 4, replace=False), *rng.choice(DETAILS, 2)] for _ in range(num_ads)]
    return [" ".join(row) for row in rows]


def test_variants_share_a_key_that_can_be_read():
    assert (
        family_key("Acme Women's Trail-Running Shoe, Red, Size 7.5 (AC-1200X)")
        == "acme running trail women"
    )
    assert (
        family_key("ACME womens trail running shoe - navy blue, 9 W US")
        == "acme running trail women"
    )


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.lists(st.sampled_from(DETAILS), max_size=4),
    st.data(),
)
def test_details_case_and_punctuation_do_not_matter(words, details, data):
    places = data.draw(
        st.lists(st.integers(0, len(words)), min_size=len(details), max_size=len(details))
    )
    varied = list(words)
    for place, detail in zip(places, details, strict=True):
        varied.insert(place, detail)
    assert family_key(", ".join(varied).upper() + "!") == family_key(" ".join(words))


def test_what_stands_behind_the_first_words_does_not_matter():
    head = "Soft Silicone Watch Strap Clasp"
    assert family_key(head + " for Alpha, Beta") == family_key(head + " for Gamma, Delta")


def test_letters_of_a_model_number_do_not_matter_but_words_beside_a_digit_do():
    assert family_key("Acme sofa 897-24-NO-RBX-D") == family_key("Acme sofa SM-R810") == "acme sofa"
    assert family_key("Acme Strap-42mm") == family_key("Acme Strap 42mm") == "acme strap"


def test_different_products_are_different_families():
    assert family_key("Oak table, 120 cm") != family_key("Oak desk, 120 cm")


@pytest.mark.parametrize("ad", ["XL", "100-Pack", "Red / Blue", "!!!", "É 12", "12"])
def test_an_ad_of_details_only_is_its_own_family(ad):
    assert family_key(ad) == ad.casefold()


@given(st.text())
def test_every_ad_has_a_family_number_that_fits_int64(ad):
    assert 0 <= family_id(ad) < 2**63


def test_families_are_never_divided():
    ads = split_ads(made_ads(3000), valid=0.3, test=0.3)
    assert set(ads["split"]) == set(SPLITS)
    assert (ads.groupby("family")["split"].nunique() == 1).all()


def test_shares_are_about_what_was_asked_for():
    # 20,000 throws at 0.05: the standard deviation is 31, so five of them are 155.
    ads = split_ads(
        [f"{word}{'x' * i}" for i in range(1, 2001) for word in "abcdefghij"], by="family"
    )
    for name in ("valid", "test"):
        assert abs((ads["split"] == name).sum() - 1000) < 155


def test_more_ads_and_another_order_move_no_ad():
    few = made_ads(300)
    more = few + made_ads(500, seed=1)
    first = split_ads(few, valid=0.2, test=0.2)["split"].tolist()
    backwards = split_ads(more[::-1], valid=0.2, test=0.2)["split"].tolist()[::-1]
    assert backwards[:300] == first


@pytest.mark.parametrize("grown", ["valid", "test"])
def test_a_larger_share_takes_from_training_alone(grown):
    ads = made_ads(2000)
    before = split_ads(ads, valid=0.2, test=0.2)["split"]
    after = split_ads(ads, **{"valid": 0.2, "test": 0.2, grown: 0.4})["split"]
    moved = before != after
    assert moved.any()
    assert set(before[moved]) == {"train"}
    assert set(after[moved]) == {grown}


def test_the_split_does_not_depend_on_the_process():
    """The figures are written down: they hold on every machine, or old runs cannot be compared."""
    code = (
        "from adgen.corpus import split_ads, family_id;"
        "ads = ['Oak table', 'Tin cup', 'Wool hat', 'Big tent', 'Ash bat'];"
        "print(family_id('Oak table'), *split_ads(ads, valid=.3, test=.3)['split'])"
    )
    command = [sys.executable, "-c", code]
    answers = set()
    for hash_seed in ("0", "1"):
        env = {**os.environ, "PYTHONHASHSEED": hash_seed}
        answers.add(
            subprocess.run(
                command, env=env, capture_output=True, check=True, text=True
            ).stdout.strip()
        )
    assert answers == {EXPECTED}


def test_another_seed_is_another_split():
    ads = made_ads(500)
    assert split_ads(ads, seed=0)["split"].tolist() != split_ads(ads, seed=1)["split"].tolist()


def test_by_ad_divides_families_but_never_equal_ads():
    ads = made_ads(3000)
    split = split_ads(ads + ads, valid=0.3, test=0.3, by="ad")
    assert (split.groupby("family")["split"].nunique() > 1).any()
    assert (split.groupby("ad")["split"].nunique() == 1).all()


def test_the_frame_is_copied_with_its_other_columns():
    frame = pd.DataFrame({"ad": ["Oak table", "Tin cup"], "price": [1, 2]}, index=[7, 9])
    split = split_ads(frame, seed=3)
    assert list(frame.columns) == ["ad", "price"]
    assert list(split.columns) == ["ad", "price", "family", "split"]
    assert list(split.index) == [7, 9]
    assert split["family"].dtype == np.int64


def test_families_of_an_earlier_split_are_kept():
    once = split_ads(made_ads(300), seed=1)
    again = split_ads(once, valid=0.2, test=0.2, seed=2)
    assert again.equals(split_ads(made_ads(300), valid=0.2, test=0.2, seed=2))
    assert split_ads(once.assign(family=7))["split"].nunique() == 1


def test_no_ads_give_an_empty_frame():
    assert split_ads([]).empty


@pytest.mark.parametrize(
    ("ads", "options", "message"),
    [
        (["a"], {"valid": -0.1}, "valid=-0.1; expected a share"),
        (["a"], {"test": float("nan")}, "test=nan; expected a share"),
        (["a"], {"valid": 0.5, "test": 0.5}, "leave no training ads"),
        (["a"], {"by": "row"}, "by='row'; expected 'family' or 'ad'"),
        (["a"], {"seed": 1.5}, "seed=1.5; expected a whole number"),
        (["a", None], {}, "row 1"),
        ("one ad", {}, "Received one string"),
        (pd.DataFrame({"text": ["a"]}), {}, "No column 'ad'"),
    ],
)
def test_wrong_arguments_are_explained(ads, options, message):
    with pytest.raises(ValueError, match=message):
        split_ads(ads, **options)

"""Pairs for training: the ad whole, its facts as a seller enters them, nothing added."""

import pytest

from adgen.products.brands import load_brands
from adgen.products.claims import invented_numbers
from adgen.products.names import load_names
from adgen.products.pairs import pair_of
from adgen.products.product import Product, facts_of
from adgen.products.prompts import prompt_of

ADS = (
    "Sony Bluetooth Headphones, 40-Hour Battery, Noise Cancelling, Black",
    "Nike Yoga Mat, 6mm Thick, Non Slip, Purple, for Women",
    "Hanes Cotton T-Shirt for Men, Size XL, Pack of 3",
)


def pair(ad, seed="0"):
    return pair_of(ad, "sports-outdoors/mats", load_brands(), load_names(), seed=seed)


def read(prompt):
    """Returns the product that a prompt tells."""
    category, brand, name, facts, _, _ = prompt.split("\n")
    told = facts_of(*facts.split("; "))
    return Product(brand=brand, name=name, category=category, facts=told)


@pytest.mark.parametrize("ad", ADS)
def test_the_ad_claims_no_number_that_its_facts_lack(ad):
    for seed in map(str, range(20)):
        prompt, target = pair(ad, seed)
        assert target == ad
        assert invented_numbers(ad, read(prompt)) == []
        assert read(prompt).brand == ad.split()[0]


def test_facts_change_their_order_and_form_and_the_same_seed_gives_the_same():
    prompts = {pair(ADS[1], str(seed))[0] for seed in range(20)}
    assert len(prompts) > 10
    assert pair(ADS[1], "3") == pair(ADS[1], "3")
    told = " ".join(prompts)
    assert "color: purple" in told.lower() and "gender: women" in told.lower()


def test_wanted_lengths_are_those_of_the_ads():
    for ad in ADS:
        wanted = int(pair(ad)[0].split("\n")[4])
        assert wanted - 20 < len(ad) <= wanted


@pytest.mark.parametrize(
    "ad",
    [
        "Short",
        "SONY BLUETOOTH HEADPHONES, 40-HOUR BATTERY, BLACK",
        "Sony Bluetooth Headphones, Black, Free Shipping",
        "Headphones without any brand that is known, black",
    ],
)
def test_other_ads_make_no_pair(ad):
    assert pair(ad) is None


def test_a_prompt_is_a_line_each():
    product = Product(brand="Acme", name="Mat\nB", facts=("6  mm", "Colour: red"))
    assert prompt_of(product, 61) == "\nAcme\nMat B\n6 mm; Colour: red\n80\n"

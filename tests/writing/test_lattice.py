"""Ads that a product's pieces allow: whole, once each, within the length, never a dead end."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adgen.products.product import Product
from adgen.writing.casing import Casing
from adgen.writing.lattice import JointTries, Lattice
from adgen.writing.pieces import pieces_of
from adgen.writing.tries import trie_of


class Letters:
    """A vocabulary whose tokens are characters."""

    end_id = 0

    def encode(self, texts):
        return [[ord(character) for character in text] for text in texts]

    def decode(self, token_ids):
        return "".join(map(chr, token_ids))


LETTERS = Letters()
JOINTS = JointTries(LETTERS)
FACTS = (
    *("40 hours battery", "Color: black", "gender: men", "for iPhone 12", "8 x 10 in", "steel"),
    *("hand wash", "Made in: Peru", "Season: winter", "fleece lined", "stone: opal"),
    *("Author: Ana Bell", "AC-1200X", "Size: M"),
)


def lattice(product, **limits):
    return Lattice(pieces_of(product, Casing({})), LETTERS, JOINTS, **limits)


def wander(lattice, seed):
    """Chooses allowed tokens at random until an end is chosen."""
    rng, walk, ids = random.Random(seed), lattice.walk(), []
    while True:
        allowed = walk.allowed()
        assert allowed, f"nothing may follow {LETTERS.decode(ids)!r}"
        token_id = rng.choice(allowed)
        if token_id == LETTERS.end_id:
            return LETTERS.decode(ids)
        ids.append(token_id)
        walk.advance(token_id)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(FACTS), unique=True, max_size=6),
    st.sampled_from(["", "Acme"]),
    st.integers(16, 120),
    st.integers(0, 1000),
)
def test_every_walk_ends_in_an_ad_that_keeps_the_rules(facts, brand, max_chars, seed):
    product = Product(brand=brand, name="desk lamp", facts=tuple(facts))
    ways = lattice(product, max_chars=max_chars)
    ad = wander(ways, seed)
    assert len(ad) <= max_chars
    assert ad.startswith(brand)
    assert ad.count("(") == ad.count(")")
    assert not re.search(r"[,&|(-]$|\b(?:with|and|for)$|  ", ad)
    for piece in ways.pieces:
        said = [form for form in piece.forms if form in ad]
        assert said, (ad, piece)
    assert ad.count(" - ") <= 1 and ad.count("(") <= 1
    # Nothing but pieces and joints: taken out, nothing is left.
    rest = ad
    for piece in sorted(ways.pieces, key=lambda piece: -len(piece.forms[0])):
        form = max((f for f in piece.forms if f in rest), key=len)
        rest = rest.replace(form, " ", 1)
    assert not re.sub(r"[,() -]", "", rest), (ad, rest)


def test_care_and_origin_come_last_but_for_whom_it_is():
    product = Product(name="desk lamp", facts=FACTS)
    for seed in range(40):
        ad = wander(lattice(product), seed)
        tail = ad[min(ad.index("Hand Wash"), ad.index("Made in Peru")) :]
        for text in ("Battery", "8", "Black", "Steel"):
            assert text not in tail.replace("iPhone 12", ""), ad


def test_behind_the_name_words_come_first_then_colour_and_size_then_codes():
    place_of = {"Flexible Arm": 0, "Steel Base": 0, "Dark Teal": 1, "XL": 1, "AC-1200X": 2}
    facts = ("AC-1200X", "Color: dark teal", "Size: XL", "flexible arm", "steel base")
    product = Product(name="desk lamp", facts=facts)
    seen = set()
    for seed in range(60):
        _, *listed = re.split(r", | - ", ad := wander(lattice(product), seed))
        places = [place_of[text.removeprefix("Size ").rstrip(")")] for text in listed]
        assert places == sorted(places), ad
        seen.add(tuple(listed))
    assert len(seen) > 3  # free in one place, and what stands before the name or in brackets


def test_who_made_it_follows_the_name():
    facts = ("hardcover", "Author: Ana Bell", "320 pages", "gender: men")
    for seed in range(40):
        ad = wander(lattice(Product(name="novel", facts=facts)), seed)
        assert "Novel by Ana Bell" in ad, ad


def test_an_ad_says_all_that_has_room_and_tells_what_has_none():
    product = Product(brand="Acme", name="Desk Lamp", facts=("red", "dimmable", "x"))
    ways = lattice(product, max_chars=23)  # Acme, Desk Lamp: 15; and Red: 20; and X: 23
    assert [piece.source for piece in ways.dropped] == ["dimmable"]
    assert all(20 <= len(wander(ways, seed)) <= 23 for seed in range(20))


def test_what_ends_in_a_number_is_not_read_with_what_follows():
    product = Product(name="Cream", facts=("SPF 30", "day care", "8 oz", "model: 12"))
    for limit in (60, 36, 34):
        for seed in range(60):
            ad = wander(lattice(product, max_chars=limit), seed)
            assert not re.search(r"\d (?:-|\w)", re.sub(r"8 (?:oz|Oz|OZ|Oun)", "Q", ad)), ad


def test_a_limit_below_every_piece_is_refused():
    with pytest.raises(ValueError, match=r"max_chars is 3; the shortest thing to say has 4"):
        lattice(Product(name="Lamp"), max_chars=3)


def test_before_the_name_stand_short_pieces_without_joints():
    product = Product(brand="Acme", name="Lamp", facts=("red", "very long cable", "for men"))
    for seed in range(40):
        before = wander(lattice(product), seed).split("Lamp")[0].split()
        assert before[0] == "Acme"
        assert set(before[1:]) <= {"Red", "Men's"}


def test_before_the_name_an_owner_stands_first_but_for_counts():
    facts = ("gender: men", "steel", "3 pack")
    ways = lattice(Product(brand="Acme", name="desk lamp", facts=facts))
    ads = {wander(ways, seed) for seed in range(300)}
    starts = {ad.partition("Desk Lamp")[0] for ad in ads}
    owned = {start for start in starts if "Men's" in start}
    assert owned and not any("Steel" in start.partition("Men's")[0] for start in owned)
    assert any("Pack Men's" in start for start in owned)
    assert any("Men's Steel" in start for start in owned)


def test_for_and_with_belong_to_the_product_and_no_other_fact():
    product = Product(name="Lamp", facts=("foldable", "for running", "with lid", "8 oz"))
    seen = {wander(lattice(product), seed) for seed in range(80)}
    assert any(ad.startswith("Lamp for Running") for ad in seen)
    for ad in seen:
        assert not re.search(r"- (?:for|with)|(?:Foldable|oz|Oz|Running|Lid) (?:for|with)", ad), ad


def test_a_tree_knows_the_shortest_text_through_each_node():
    root = trie_of(["ab", "abcd", "x"], [[1, 2], [1, 2, 3], [9]])
    assert (root.shortest, root.children[1].shortest, root.children[9].shortest) == (1, 2, 1)
    behind = root.children[1].children[2]
    assert (behind.ends, behind.children[3].ends) == (2, 4)


@pytest.mark.parametrize(
    ("name", "facts", "wrong", "right"),
    [
        ("beanie", ("Material: wool", "Lining: fleece lined"), "Wool Fleece", "Fleece Lined Wool"),
        ("fleece lined beanie", ("Material: wool",), "Wool Fleece", "Beanie, Wool"),
        ("fleece-lined beanie", ("Material: wool",), "Wool Fleece", "Beanie, Wool"),
        ("yoga mat", ("Material: cork", "Color: white"), "Cork White", "White Cork Yoga Mat"),
        ("light blue mat", ("Material: cork",), "Cork Light", "Mat, Cork"),
        ("ring", ("Color: pink", "Stone: moonstone"), "Pink Moonstone", "Moonstone Pink Ring"),
        ("rose quartz ring", ("Color: white",), "White Rose", "Ring in White"),
        ("cherry pitter", ("Material: steel",), "Steel, Cherry", "Steel Cherry Pitter"),
    ],
)
def test_no_fact_is_read_as_a_part_of_what_follows(name, facts, wrong, right):
    ways = lattice(Product(name=name, facts=facts))
    ads = {wander(ways, seed) for seed in range(300)}
    assert not any(wrong in ad for ad in ads)
    assert any(right in ad for ad in ads), ads


def test_a_season_ends_an_ad_with_for():
    ways = lattice(Product(name="coat", facts=("Season: winter", "Color: red", "Material: wool")))
    ads = {wander(ways, seed) for seed in range(300)}
    assert not any(re.search(r"(?<!for )Winter(?:,|$|\))", ad) for ad in ads)
    assert any("Winter Wool Coat" in ad for ad in ads)
    assert any(ad.endswith(", for Winter") for ad in ads)

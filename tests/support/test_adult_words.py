"""Words of adult products are found whatever their case and accents; their neighbours are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.support.adult_words import find_adult_words, may_complete_adult_words

ADULT = {
    "Silicone Dildo with Suction Cup": "dildo",
    "BUTT-PLUG set, 3 sizes": "butt plug",
    "Stainless cock rings for men": "cock ring",
    "Rechargeable G-Spot Rabbit": "g spot",
    "Sex Toys for Couples": "sex toy",
    "Black Bed Bṍndḁge Rḗstraints": "bondage restr",
    "Ｓｅｘ　Ｄｏｌｌ": "sex doll",  # full width
    "Sex\u200b doll": "sex doll",  # a space that is not seen
    "Remote vibrator, nipple stimulator": "vibrator, nipple stim",
    "More orgasms with every vibrator": "vibrator, orgasm",
    "Vibrator with 3 speeds for women": "vibrator, women",
    "2pcs 10Dildos": "dildo",
    "Male Enhancement Pills, 60 count": "male enhanc",
}
INNOCENT = [
    "Adult Coloring Book",
    "Unisex toy box, same-sex doll house, uni-sex games",
    "Sex change adapter, 3/8 in. male to female",
    "Concrete vibrator for slabs, 2 hp",
    "Vibrating toothbrush for couples",
    "Sexy lace dress, Strapless Bra, Nude Pumps, Naked Eyeshadow",
    "Cocktail ring, peacock ring, drain cock, cockpit ring",
    "Analog watch, analysis plug, anal gland chews for dogs",
    "Men's XXX-Large shirt XXXL",
    "Dick's Sporting Goods, Moby Dick, Dickies work pants",
    "Pussy Cat hat, pussy willow stems, Pussycat bow blouse",
    "Latex condoms, 12 count; K-Y personal lubricant",
    "Vaginal moisturizer, Prostate support capsules",
    "Gag gift, paddle for kayaks, riding whip for horses",
    "Essex, Sussex, Middlesex dolls",
    "G53 spot light, S&G (91550) Spot weld, LG spotlight; Adidas penny; Titan peninsula clock",
    "Milford boots, Scunthorpe scarf",
]


@pytest.mark.parametrize(("ad", "words"), ADULT.items())
def test_words_of_adult_products_are_found(ad, words):
    assert find_adult_words(ad) == words
    assert find_adult_words(ad.upper()) == words


@pytest.mark.parametrize("ad", INNOCENT)
def test_innocent_ads_are_left_alone(ad):
    assert find_adult_words(ad) is None


@given(st.sampled_from(sorted(ADULT)), st.text(max_size=20))
def test_a_text_that_holds_them_holds_them_however_it_goes_on(ad, more):
    assert find_adult_words(ad + more) is not None


@given(st.sampled_from([*ADULT, *INNOCENT]), st.data())
def test_no_piece_completes_them_unless_it_is_said_that_it_may(ad, data):
    """Cuts an ad anywhere, as sub-words would."""
    cut = data.draw(st.integers(0, len(ad)))
    end = data.draw(st.integers(cut, len(ad)))
    if find_adult_words(ad[:cut]) is None and find_adult_words(ad[:end]) is not None:
        assert may_complete_adult_words(ad[cut:end])


def test_most_pieces_cannot_complete_them():
    pieces = [" table", " TV", ",", " 12", "-inch", " LED"]
    assert not any(may_complete_adult_words(piece) for piece in pieces)
    assert all(may_complete_adult_words(piece) for piece in ["o", "do", " dildo", "\ufffd", "LUG"])

"""What is done to many ads at once is what one function does to each of them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import family_id, text_arrays
from adgen.corpus.adult import find_adult_ads
from adgen.corpus.families import family_ids
from adgen.corpus.text_arrays import (
    as_array,
    as_strings,
    cut,
    each_text,
    first_of_equal,
    sign_table,
    text_chunks,
    with_signs,
)
from adgen.support.adult_words import find_adult_words
from adgen.support.scripts import find_words, is_spaced

# Words, signs between them, other scripts, marks and halves of characters.
PIECES = [
    "Oak",
    "oak-table",
    "AC-1200X",
    "women's",
    '5"',
    " ",
    " - ",
    "_",
    "é",
    "e\u0301",
    "手机壳",
]
PIECES += ["สีดำ", "ブラック", "®", "½", "\ud800", "", "red", "glass", "7", "--", "'"]
ads_of_pieces = st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), max_size=9)
ADULT_PIECES = ["sex", "toy", "Dildo", "g", "spot", "5", " ", "-", "é", "women", "vibrator", "uni"]
adult_texts = st.lists(st.lists(st.sampled_from(ADULT_PIECES), max_size=6).map("".join), max_size=9)


@given(ads_of_pieces)
def test_families_are_those_of_each_ad(ads):
    assert family_ids(pd.Series(ads, dtype=object)).tolist() == [family_id(ad) for ad in ads]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_families_are_those_of_each_text_whatever_it_is(texts):
    assert family_ids(pd.Series(texts, dtype=object)).tolist() == list(map(family_id, texts))


@given(ads_of_pieces)
def test_words_are_those_of_each_ad(ads):
    found = cut(
        with_signs(as_array(ads), sign_table(), lambda ad: " ".join(find_words(ad.casefold())))
    )
    words = [found.distinct[place] for place in found.places]
    by_ad = np.split(words, np.cumsum(found.counts)[:-1]) if ads else []
    assert [list(one) for one in by_ad] == [find_words(ad.casefold()) for ad in ads]


@given(adult_texts)
def test_adult_words_are_found_as_in_each_ad(texts):
    names = pd.Categorical(["pets"] * len(texts), categories=["pets"])
    ads = pd.DataFrame({"ad": pd.Series(texts, dtype=object), "category": names})
    found = find_adult_ads(ads.assign(subcategory=names)).is_adult
    assert found.tolist() == [find_adult_words(text) is not None for text in texts]


@given(st.lists(st.lists(st.sampled_from("abc")), max_size=4))
def test_the_first_of_equal_texts_is_the_one_that_no_equal_one_precedes(chunks):
    texts = [text for chunk in chunks for text in chunk]
    arrays = pa.chunked_array([as_array(chunk) for chunk in chunks], pa.large_string())
    expected = [text not in texts[:place] for place, text in enumerate(texts)]
    assert first_of_equal(arrays).tolist() == expected


@given(ads_of_pieces)
def test_texts_come_back(ads):
    assert as_strings(as_array(ads)) == ads


def test_chunks_hold_all_texts_and_nothing_else(monkeypatch):
    monkeypatch.setattr(text_arrays, "CHUNK_ADS", 2)
    ads = pd.Series(["Mug", "Tin cup", "Oak"])
    chunks = list(text_chunks(ads))
    assert [chunk.to_pylist() for chunk in chunks] == [["Mug", "Tin cup"], ["Oak"]]
    assert chunks[1].buffers()[2].to_pybytes() == b"Oak"
    assert list(each_text(ads)) == ads.tolist()


@pytest.mark.parametrize(
    ("ads", "message"),
    [
        (pd.Series(["Mug", None], dtype=object), "Ad in row 1 is None; expected a string"),
        (pd.Series(["Mug", None]), "Ad in row 1 is .*; expected a string"),
        (pd.Series([5]), "Ad in row 0 is .*5.*; expected a string"),
    ],
)
def test_what_is_no_text_is_named_with_its_row(ads, message):
    with pytest.raises(ValueError, match=message):
        list(text_chunks(ads))


@pytest.mark.parametrize(
    ("text", "answer"), [('Crème – 5"', True), ("手机壳", False), ("cafe\u0301", False), ("", True)]
)
def test_texts_with_spaces_between_words_and_without_marks_are_told(text, answer):
    assert is_spaced(text) is answer

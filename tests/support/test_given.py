"""What callers give is checked for its type, and refused in words that name it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from adgen import SubwordTokenizer, WordTokenizer, score_ads, split_ads
from adgen.support.given import a_path, a_text, an_object, texts

FRAME = pd.DataFrame({"ad": [1]})


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: a_text("text", None), "text is None; expected a text."),
        (lambda: a_text("text", FRAME), "text is a DataFrame; expected a text."),
        (lambda: list(texts("ads", "one")), "ads is 'one'; expected texts"),
        (lambda: list(texts("ads", 10**400)), "ads is an int; expected texts"),
        (lambda: list(texts("ads", ["a", b"b"])), "ads holds a bytes at 1; expected a text."),
        (lambda: a_path("path", {"x"}), "path is a set; expected a path"),
        (lambda: a_path("path", "a\0b"), "holds a NUL character"),
        (lambda: a_path("path", "x" * 5_000), "path has 5,000 characters; expected a path."),
        (lambda: a_path("path", "\ud800"), "holds half a character"),
        (lambda: an_object("part", 3, slice), "part is 3; expected a slice."),
    ],
)
def test_a_wrong_type_is_named(check, message):
    with pytest.raises(ValueError, match=r"expected") as refused:
        check()
    assert message in str(refused.value)
    assert len(str(refused.value)) < 120


def test_what_fits_comes_back():
    assert a_path("path", "a/b") == a_path("path", Path("a/b")) == Path("a/b")
    assert list(texts("ads", (text for text in ["Oak"]))) == ["Oak"]


@pytest.mark.parametrize("kind", [WordTokenizer, SubwordTokenizer])
def test_a_tokenizer_knows_its_ids_and_texts(kind, tmp_path):
    tokenizer = kind.fit(["Sony TV"] * 2)
    last = tokenizer.vocab_size - 1
    assert tokenizer.decode(np.array([last])) == tokenizer.decode([last])
    for call in (
        lambda: tokenizer.decode([-1]),
        lambda: tokenizer.token(last + 1),
        lambda: tokenizer.decode("x"),
        lambda: tokenizer.decode(None),
        lambda: tokenizer.decode(np.array(3)),
        lambda: tokenizer.encode(None),
        lambda: tokenizer.encode_ads(["Sony", 3]),
        lambda: tokenizer.encode_ads("Sony"),
        lambda: tokenizer.save(tmp_path / "a\0b"),
        lambda: kind.fit([1, 2]),
        lambda: kind(FRAME),
    ):
        with pytest.raises(ValueError, match="expected"):
            call()


def test_calls_of_the_front_door_name_what_they_were_given():
    for call in (
        lambda: split_ads(3),
        lambda: split_ads(["Oak"], valid="x"),
        lambda: split_ads(["Oak"], by=FRAME),
        lambda: score_ads(FRAME, None, ["Oak"]),
        lambda: WordTokenizer.from_word_counts({"Oak": "many"}),
        lambda: WordTokenizer.of_tokens(["Oak"], filters=FRAME),
    ):
        with pytest.raises(ValueError, match="expected"):
            call()

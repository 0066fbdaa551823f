"""Text to ids and back: the 2022 words, lossless sub-words, and ids that mean the same anywhere."""

import json
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from adgen.corpus import read_ads
from adgen.tokens.base import SPECIAL_TOKENS
from adgen.tokens.loading import load_tokenizer
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer
from adgen.tokens.words import count_words, join_words, split_words

# Ads that the 2022 experiment quotes.
HEADSET = (
    'Samsung HMD Odyssey+ Windows Mixed Reality Headset with 2 Wireless Controllers 3.5" Black'
)
WATCH = (
    "Samsung Galaxy Watch (42mm) Smartwatch (Bluetooth) Android/iOS Compatible -SM-R810 (Rose Gold)"
)
PROJECTOR = "Dell Mobile Projector M318WL 500 ANSI lumens WXGA (1280 x 800) 16:10"
TEXTS = [HEADSET, WATCH, PROJECTOR, "HD, 44 mm", "Größe: 44 mm – für Sie"]

# What ads are made of, and what could be taken for a special token.
PIECES = [
    "a",
    "TV",
    "É",
    "3",
    "44",
    " ",
    "  ",
    "\t",
    "\u00a0",
    "\x1c",
    "™",
    "–",
    "+",
    "/",
    "<",
    ">",
    "日本",
]
PIECES += [*'"()_!?.,:-;', "pad", "unk", "eos", "<eos>", "<pad>", "<unk>", "<|endoftext|>"]
AD_TEXT = st.lists(st.sampled_from(PIECES), max_size=15).map("".join)
ANY_TEXT = st.one_of(AD_TEXT, st.text())


def make_tokenizers():
    return {
        "word": WordTokenizer.fit(TEXTS),
        "subword": SubwordTokenizer.fit(TEXTS * 3, vocab_size=300),
    }


@pytest.fixture(scope="module", params=["word", "subword"])
def tokenizer(request):
    return make_tokenizers()[request.param]


SUBWORDS = make_tokenizers()["subword"]


# Words


@pytest.mark.parametrize(
    ("ad", "words"),
    [
        (HEADSET.split(" with ")[1], "2 Wireless Controllers 3 . 5 Black"),
        (
            WATCH,
            "Samsung Galaxy Watch 42mm Smartwatch Bluetooth Android/iOS Compatible - SM - R810 "
            "Rose Gold",
        ),
        (PROJECTOR, "Dell Mobile Projector M318WL 500 ANSI lumens WXGA 1280 x 800 16 : 10"),
        (
            "Gaming Edition | 4K HDR Streaming Media Player",
            "Gaming Edition | 4K HDR Streaming Media Player",
        ),
        ("snake_case wow!? a;b", "snakecase wow ! ? a ; b"),
    ],
)
def test_words_are_split_by_the_seeds_rules(ad, words):
    assert split_words(ad) == words.split(" ")


@given(ANY_TEXT)
@example("<<eos>> <(eos> <_unk> <pad<pad>>")
@example("one\x1ctwo\x85three\u3000four")
def test_encoding_splits_as_split_words_does(text):
    words = split_words(text)
    tokenizer = WordTokenizer.fit([text, "word"])
    assert [tokenizer.token(i) for i in tokenizer.encode(text)] == words


@pytest.mark.corpus
def test_encoding_splits_the_real_ads_as_split_words_does(corpus_file):
    ads = read_ads(corpus_file("amazon_tv_wearable_12k_holidays.csv"))["ad"].tolist()
    tokenizer = WordTokenizer.fit(ads)
    words = [word for ad in ads for word in split_words(ad)]
    assert [tokenizer.token(i) for i in tokenizer.encode_ads(ads, end_of_ad=False)] == words


def test_words_are_counted():
    assert count_words(["Sony TV, Sony", "(TV)"]) == {"Sony": 2, "TV": 2, ",": 1}


def test_ids_go_by_falling_count_and_equal_counts_by_spelling():
    # b and a occur twice; Z, c and é once, and their code points are 90, 99 and 233.
    tokenizer = WordTokenizer.fit(["b é a", "c b", "Z a"])
    assert [tokenizer.token(i) for i in range(3, tokenizer.vocab_size)] == ["a", "b", "Z", "c", "é"]


@given(st.lists(AD_TEXT, max_size=6))
def test_the_order_of_the_ads_does_not_change_the_ids(texts):
    tokenizer = WordTokenizer.fit([*texts, "word"])
    counts = Counter(word for text in [*texts, "word"] for word in split_words(text))
    words = [tokenizer.token(i) for i in range(3, tokenizer.vocab_size)]
    assert sorted(counts, key=lambda word: (-counts[word], word)) == words
    assert WordTokenizer.fit(["word", *reversed(texts)]).fingerprint == tokenizer.fingerprint


def test_ids_do_not_depend_on_the_process():
    code = (
        "import sys, json\n"
        "from adgen import SubwordTokenizer, WordTokenizer\n"
        "texts = json.loads(sys.argv[1])\n"
        "print(\n"
        "    WordTokenizer.fit(texts).fingerprint,\n"
        "    SubwordTokenizer.fit(texts * 3, vocab_size=300).fingerprint,\n"
        ")"
    )
    command = [sys.executable, "-c", code, json.dumps(TEXTS)]
    processes = [
        subprocess.Popen(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True
        )
        for seed in ("0", "1")
    ]
    here = " ".join(tokenizer.fingerprint for tokenizer in make_tokenizers().values())
    assert {process.communicate(timeout=60)[0].strip() for process in processes} == {here}


def test_rare_words_are_unknown_in_training_too():
    tokenizer = WordTokenizer.fit(["TV red", "TV blue", "red TV"], min_count=2)
    assert [tokenizer.token(i) for i in range(tokenizer.vocab_size)] == [
        *SPECIAL_TOKENS,
        "TV",
        "red",
    ]
    assert tokenizer.encode_ads(["TV red", "TV blue"]).tolist() == [3, 4, 2, 3, 1, 2]


@pytest.mark.parametrize(("texts", "min_count"), [(["a b"], 2), ([], 1), (['"()_'], 1)])
def test_a_vocabulary_without_words_is_refused(texts, min_count):
    with pytest.raises(ValueError, match="the vocabulary would be empty"):
        WordTokenizer.fit(texts, min_count=min_count)


# Special tokens


def test_the_special_tokens_are_three_and_come_first(tokenizer):
    assert (tokenizer.pad_id, tokenizer.unk_id, tokenizer.eos_id) == (0, 1, 2)
    assert [tokenizer.token(i) for i in range(3)] == ["<pad>", "<unk>", "<eos>"]


@given(ANY_TEXT)
@example("<eos>")
@example("<<eos>>")
@example("<(pad>")
def test_no_text_is_taken_for_a_special_token(text):
    texts = [text, "<eos> word"] * 2
    word, subword = WordTokenizer.fit(texts), SubwordTokenizer.fit(texts, vocab_size=270)
    for tokenizer in (word, subword):
        assert min(tokenizer.encode(text), default=3) > 2
        assert [tokenizer.token(i) for i in range(3)] == list(SPECIAL_TOKENS)
    assert subword.decode(subword.encode(text)) == text


def test_the_name_of_a_special_token_loses_its_brackets_as_a_word():
    assert split_words("an <eos> b<unk>c <pad >") == ["an", "eos", "bunkc", "<pad", ">"]


def test_special_tokens_are_not_decoded_but_the_unknown_word_shows():
    word, subword = make_tokenizers().values()
    assert word.decode([2, *word.encode("HD Tesla"), 2, 0]) == "HD <unk>"
    assert subword.decode([2, *subword.encode("HD Tesla"), 2, 0]) == "HD Tesla"


# Text from ids


def test_punctuation_comes_back(tokenizer):
    assert tokenizer.decode(tokenizer.encode("HD, 44 mm")) == "HD, 44 mm"


@pytest.mark.parametrize(
    ("ad", "text"),
    [
        ("Wi-Fi, Blu-Ray & WSD-F10!", None),
        ("TVs: 24-43, 16:10, 3.5 and 1,080; yes?", None),
        ("2, 3 and 1234, 567 or 12, 34", None),
        ("Apple Watch - 42 mm - Gold - SM-R810", None),
        ("Watch (GPS + Cellular, 40mm) - Gold", "Watch GPS + Cellular, 40mm - Gold"),
        (PROJECTOR, "Dell Mobile Projector M318WL 500 ANSI lumens WXGA 1280 x 800 16:10"),
        ("Retail Box -", "Retail Box -"),
        ("", ""),
    ],
)
def test_words_are_joined_as_a_person_would(ad, text):
    assert join_words(split_words(ad)) == (ad if text is None else text)


@given(AD_TEXT)
def test_joining_changes_no_word(text):
    assert split_words(join_words(split_words(text))) == split_words(text)


@given(AD_TEXT)
def test_decoding_known_words_gives_the_normal_form(text):
    tokenizer = WordTokenizer.fit([text, "word"])
    assert tokenizer.decode(tokenizer.encode(text)) == tokenizer.normalize(text)


@given(ANY_TEXT)
def test_sub_words_keep_every_string(text):
    assert SUBWORDS.decode(SUBWORDS.encode(text)) == text == SUBWORDS.normalize(text)


def test_sub_words_are_the_bytes_and_what_was_merged():
    # "aa" occurs four times, then "aaa a" has no pair left that occurs twice but "aa" + "aa".
    tokenizer = SubwordTokenizer.fit(["aaaa", "aaaa"], vocab_size=1000)
    assert tokenizer.vocab_size == 3 + 256 + 2
    assert [tokenizer.token(i) for i in tokenizer.encode("aaaaa")] == ["aaaa", "a"]


def test_a_sub_word_vocabulary_needs_room_for_the_bytes():
    assert SubwordTokenizer.fit(["aaaa"] * 2, vocab_size=259).vocab_size == 259
    with pytest.raises(
        ValueError, match="vocab_size is 258; expected a whole number from 259 to 65,536"
    ):
        SubwordTokenizer.fit(["aaaa"] * 2, vocab_size=258)


# Many ads


@pytest.mark.parametrize("num_ads", [0, 1, 8193])  # a block is 8,192
@pytest.mark.parametrize("tail", [[2], []])
def test_ads_are_encoded_one_after_the_other(tokenizer, num_ads, tail):
    ads = [(HEADSET, "", "HD, 44 mm")[index % 3] for index in range(num_ads)]
    ids = [tokenizer.encode(ad) + tail for ad in (HEADSET, "", "HD, 44 mm")]
    expected = [i for index in range(num_ads) for i in ids[index % 3]]
    actual = tokenizer.encode_ads(ads, end_of_ad=bool(tail))
    assert actual.dtype == np.int32 and actual.tolist() == expected


# Files


def test_a_saved_tokenizer_comes_back(tokenizer, tmp_path):
    tokenizer.save(tmp_path / "tokenizer.json")
    loaded = load_tokenizer(str(tmp_path / "tokenizer.json"))
    assert type(loaded) is type(tokenizer)
    assert (loaded.fingerprint, loaded.vocab_size) == (tokenizer.fingerprint, tokenizer.vocab_size)
    for text in (*TEXTS, "unseen <eos> <(eos> text", ""):
        assert loaded.encode(text) == tokenizer.encode(text)
        assert loaded.decode(loaded.encode(text)) == tokenizer.decode(tokenizer.encode(text))


def test_the_fingerprint_tells_vocabularies_apart():
    word_texts = [["a b"], ["a c"], ["b b a"], ["a b", "c"]]  # other word, other order, one more
    tokenizers = [WordTokenizer.fit(texts) for texts in word_texts]
    tokenizers += [
        SubwordTokenizer.fit(texts * 2, vocab_size=270) for texts in (["ab"], ["ac"], ["abc"])
    ]
    assert len({tokenizer.fingerprint for tokenizer in tokenizers}) == 7
    assert all(len(tokenizer.fingerprint) == 16 for tokenizer in tokenizers)


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b[:-9], lambda b: b"[1]", lambda b: b"\xff\xfe"]
)
def test_a_damaged_file_is_a_value_error(tokenizer, tmp_path, damage):
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="is not a tokenizer file"):
        load_tokenizer(path)


def test_a_tokenizer_of_someone_else_is_a_value_error(tmp_path):
    path = tmp_path / "tokenizer.json"
    Tokenizer(models.WordLevel({"<unk>": 0, "<pad>": 1, "<eos>": 2}, unk_token="<unk>")).save(
        str(path)
    )
    with pytest.raises(ValueError, match="does not begin with the tokens <pad>, <unk>, <eos>"):
        load_tokenizer(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="No tokenizer at"):
        load_tokenizer(tmp_path)

"""Cleaning repairs what is surely damaged, and leaves all else alone."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adgen.corpus import CLEANING_STEPS, clean_text
from adgen.corpus.cleaning import clean_with_steps, is_plain

# Letters, dirt and halves of dirt, so that repairs meet and uncover each other.
PIECES = [
    "a",
    "É",
    " ",
    "  ",
    "&amp;",
    "amp;",
    "&",
    "&#38;",
    "&Acirc;",
    "Â",
    "Ã",
    "©",
    "®",
    "™",
    "â",
    "€",
    "“",
    "–",
    "‚",
    "Ä",
]
PIECES += [
    "ì",
    "√",
    "¬",
    "†",
    "Ô",
    "º",
    "à",
    "（",
    "＆",
    "\u200b",
    "\u200d",
    "\u00a0",
    "\u3000",
    "\x00",
    "\x1b",
    "\x1b[3",
    "\x1b]",
    "\x9d",
    "\ufeff",
    "e",
    "\u0301",
    "\u0958",  # NFC makes it two
    "\u212b",
]
DIRTY_TEXT = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


@given(DIRTY_TEXT)
@example("&amp;amp;lt;")
@example("Ã‚Â®")
@example("＆ａｍｐ；")
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@given(DIRTY_TEXT)
def test_a_clean_ad_is_one_tidy_line_of_valid_unicode(text):
    cleaned = clean_text(text)
    assert cleaned == " ".join(cleaned.split())
    assert not set("\x00\ufeff\u200b\xa0") & set(cleaned)
    cleaned.encode("utf-8")


@given(DIRTY_TEXT)
def test_the_short_cut_for_plain_ads_changes_nothing(text):
    if is_plain(text):
        assert clean_with_steps(text) == (text, frozenset())


@given(
    st.text(
        alphabet=st.characters(min_codepoint=0xC0, max_codepoint=0x17F, exclude_characters="×÷"),
        max_size=20,
    )
)
def test_a_word_of_european_letters_survives_any_wrong_reading(word):
    """Undoes both wrong readings seen in real files, for the letters of Latin-1 and for signs.

    No word has three such letters in a row, which may look like two Chinese ones read wrongly.
    """
    latin1 = "n".join(re.findall("..?", "".join(char for char in word if char <= "ÿ")))
    for encoding in ("cp1252", "mac_roman"):
        shown = "".join(_shown(byte, encoding) for byte in latin1.encode("utf-8"))
        assert clean_text(f"a{shown}a") == f"a{latin1}a"


def _shown(byte, encoding):
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("  two \t words\n", "two words"),
        ("a\u00a0b\u3000c\u2009d\u2028e\x85f", "a b c d e f"),
        ("zero\u200bwidth \u200b space\ufeff", "zerowidth space"),
        ("soft\u00adhyphen \u200eleft", "softhyphen left"),
        ("yoga\x1b[31m mat\x1b[0m \x1b[1;2Hred", "yoga mat red"),
        ("a \x1b]0;title\x07b \x1b]8;;u\x1b\\c \x1b]no end", "a b c ]no end"),
        ("bell\x07 nul\x00 surrogate\ud800", "bell nul surrogate"),
        ("Mugs &amp; cups &quot;A&quot; 5&deg;", 'Mugs & cups "A" 5°'),
        ("a&nbsp;b&Nbsp;c &#8217; &#x2019;", "a b c ’ ’"),
        ("10&quot tablet &amp case", '10" tablet & case'),
        ("double &amp;amp; escape", "double & escape"),
        ("US ‚Äì version", "US – version"),
        ("cap‚Äôs 40¬∞ 2√ó4 jalape√±o", "cap’s 40° 2×4 jalapeño"),
        ("EN â€“ it â€™s â„¢ 5â€\x9d", "EN – it ’s ™ 5”"),
        ("cafÃ© brandÂ® 40Â° CAFÃ‰ bar", "café brand® 40° CAFÉ bar"),
        ("boxÂ\u00a0of AcmeÂ Mug", "box of Acme Mug"),
        ("ÂÆâÂçö", "安博"),
        ("（２，３）！", "(2,3)!"),
        ("Cafe\u0301 scho\u0308n", "Café schön"),
        ("\u304b\u3099 \u1112\u1161\u11ab", "が 한"),  # kana with its mark, a syllable in letters
        ("e\u200b\u0301 5 \u212b &#x65;&#769;", "é 5 Å é"),
        ("", ""),
        (" \u200b\x00 ", ""),
    ],
)
def test_repairs(dirty, clean):
    assert clean_text(dirty) == clean


@pytest.mark.parametrize(
    "text",
    [
        "naïve", "Ä", "Â", "Ã", "5° ± 2", "NESCAFÉ®", "Nescafé®™", "IRMÃ™",
        "√2 √π", "¬", "Müller & Söhne", "AT&T", "R&D;", "Salt&Pr;", "3 < 4 > 2", "“quoted” – it’s…",
        "„Äpfel“", "20 000 €", "日本語", "【gift】", "👩\u200d👧", "❤️", "é – S", "5 Å", "\ufffd",
    ],
)  # fmt: skip
def test_what_is_right_stays(text):
    assert clean_text(text) == text


def test_the_steps_that_changed_an_ad_are_named():
    text, steps = clean_with_steps("cafÃ© &amp;  bar")
    assert text == "café & bar"
    assert steps == {"entities", "mojibake", "white_space"}
    assert steps < set(CLEANING_STEPS)

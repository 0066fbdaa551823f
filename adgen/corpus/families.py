"""Finds the family of an ad: ads that differ in size, colour, count or model number share it.

The key depends on the ad's own text alone, so that a larger corpus never changes a family. It is a
rule of thumb made for shop titles in English, whose words for sizes, units and the like it knows.
In other scripts it finds the words, leaves out what has digits, and knows the usual colours of a
few languages. It knows no products and no other ads.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from adgen.support.scripts import MARK, is_mark, is_without_spaces, shape_of

# Two ads with the same first content words are one family; what follows is mostly colours, sizes
# and compatible models. In the full Amazon corpus 20% of the ads of a random validation split have
# a twin in training (word sets at least 0.8 alike); with 3, 4, 5, 6 words about 5, 7, 8 and 9%
# have. Three words already merge whole brands; with four the largest family holds 0.12% of the ads.
NUM_FAMILY_WORDS = 4
# Shorter words joined by hyphens to something with a digit belong to a model number: AC-1200X,
# 897-NO-RBX.
_MIN_LETTERS_BESIDE_DIGITS = 4
_MIN_LETTERS = 2

_NO_PART = re.compile("['’\ufe0e\ufe0f]")  # apostrophes; what asks for an emoji to be in colour
_COMPOUND = re.compile(rf"(?!{MARK})[^\W_]+(?:-[^\W_]+)*")
# Where no spaces show the words, so many letters in a row are taken for one; an ideograph counts as
# two.
_LETTERS_OF_WORD = 4

_COLOURS = """
amber apricot aqua aquamarine army ash azure beige berry black blue blush bordeaux brass bright
brown bronze burgundy camel camo camouflage caramel champagne charcoal cherry chocolate chrome clear
cobalt coffee color colored colors colour coloured colours copper coral cream crimson cyan dark
dusty ebony emerald forest fuchsia fuschia gold golden graphite gray green grey gunmetal heather
indigo ivory jade khaki lavender lemon light lilac lime magenta mahogany maroon matte mauve metallic
mint mocha multi multicolor multicolored mustard natural navy neon nickel nude oak ocean olive onyx
orange orchid pastel peach pearl pewter pink platinum plum purple rainbow red rose royal ruby rust
sage salmon sand sapphire scarlet silver slate space steel tan taupe teal transparent turquoise
vanilla violet walnut white wine yellow
"""
# Hindi, Arabic, Russian, Korean: the usual ones.
_OTHER_COLOURS = """
काला काली काले सफेद सफ़ेद लाल नीला नीली हरा हरी पीला पीली गुलाबी भूरा सुनहरा नारंगी बैंगनी
أسود سوداء أبيض بيضاء أحمر حمراء أزرق زرقاء أخضر خضراء أصفر صفراء رمادي وردي بني ذهبي فضي بنفسجي
черный чёрный черная чёрная белый белая красный красная синий синяя голубой зеленый зелёный желтый
жёлтый серый серая розовый коричневый бежевый золотой серебристый фиолетовый оранжевый
검정 검정색 블랙 흰색 화이트 빨강 레드 파랑 블루 초록 그린 노랑 옐로우 회색 그레이 핑크 브라운
골드 실버
"""
# Chinese and Japanese, Thai: anywhere in a run of letters.
_COLOURS_IN_A_RUN = re.compile(
    "[\u4e00-\u9fff]色|(?:ブラック|ホワイト|レッド|ブルー|グリーン|イエロー|グレー|ピンク|パープル"
    "|シルバー|ゴールド|ブラウン|ベージュ|オレンジ|ネイビー)"
    "|สี(?:ดำ|ขาว|แดง|น้ำเงิน|น้ำตาล|ฟ้า|เขียว|เหลือง|เทา|ชมพู|ม่วง|เงิน|ทอง|ครีม|ส้ม)"
)
_SIZES = """
adult big extra half large larger little lg long med medium mini narrow one petite plus regular
short size sized sizes small sm standard tall wide width length height toddler xl xs xxl xxs xxxl
xxxxl xlarge single double triple two three four five six seven eight nine ten twelve twin full
queen king
"""
_UNITS = """
amp amps bag bottle box bulk bundle case cm count ct dia diameter dozen each feet foot ft gal gallon
gauge gb gram grams hz inch inches kg kit kw lb lbs liter liters litre mah meter meters mg ml mm ohm
ohms ounce ounces oz pack packs pair pairs pc pcs piece pieces pk pkg pound pounds qt quart roll set
sets sq tb thread unit units us uk eu volt volts watt watts yard yards
"""
_STOP_WORDS = """
an and are at by de for from in is it its new no of on or our the this to up with without your
brand model no number part pn renewed refurbished sku style version
"""


def _singular(word: str) -> str:
    """Returns a word without a plural or possessive s: `women's`, `womens`, `women` are one."""
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word


_DROPPED = frozenset(
    map(_singular, (_COLOURS + _OTHER_COLOURS + _SIZES + _UNITS + _STOP_WORDS).split())
)


def family_key(ad: str) -> str:
    """Reduces an ad to what its variants have in common.

    Case, punctuation and tokens with digits go, then colours, sizes, units and stop words. The
    first `NUM_FAMILY_WORDS` different words of what remains are the key, in alphabetical order. An
    ad of which nothing remains is its own family. Where no spaces show the words, a few letters in
    a row stand for one.

    Args:
        ad: A clean ad.

    Returns:
        The key, never empty for an ad that is not.

    Example:
        >>> family_key("Acme Women's Trail-Running Shoe, Red, Size 7.5 (AC-1200X)")
        'acme running trail women'
        >>> family_key("XL 2-Pack")
        'xl 2-pack'
        >>> family_key("साड़ी, नीला, 5.5 m"), family_key("Acme手机壳 红色 128GB")
        ('साड़ी', 'acme 手机')
    """
    # One form of every letter (NFC); lower case can take letters apart.
    folded = ad.casefold() if ad.isascii() else _composed(_composed(ad).casefold())
    words: list[str] = []
    for word in _content_words(folded):
        if word not in words:
            words.append(word)
            if len(words) == NUM_FAMILY_WORDS:
                break
    return " ".join(sorted(words)) or folded


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _content_words(folded: str) -> Iterator[str]:
    """Yields the words that are no detail, in the order of the ad."""
    text = _NO_PART.sub("", folded)
    if text.isascii():
        yield from _spaced_words(text, text)
        return
    unspaced = ""  # letters without spaces that are no whole word yet; a space may stand anywhere
    for has_no_spaces, letters in groupby(_COLOURS_IN_A_RUN.sub("", text), is_without_spaces):
        run = "".join(letters)
        if has_no_spaces:
            *words, unspaced = _unspaced_words(unspaced + run)
            yield from words
        else:
            yield from _spaced_words(run, shape_of(run))
    if sum(not is_mark(character) for character in unspaced) >= _MIN_LETTERS:
        yield unspaced


def _spaced_words(text: str, shape: str) -> Iterator[str]:
    """Yields content words of a text in which words stand apart.

    Args:
        text: The text.
        shape: The same with `MARK` in place of every mark.
    """
    for match in _COMPOUND.finditer(shape):
        pieces = match.group().split("-")
        pure = all(map(str.isalpha, pieces))
        min_letters = _MIN_LETTERS if pure else _MIN_LETTERS_BESIDE_DIGITS
        start = match.start()
        for piece in pieces:
            num_letters = len(piece) - piece.count(MARK)
            if num_letters >= min_letters and (pure or piece.isalpha()):
                word = _singular(text[start : start + len(piece)])
                if word not in _DROPPED:
                    yield word
            start += len(piece) + 1


def _unspaced_words(run: str) -> Iterator[str]:
    """Yields what is taken for the words of letters in a row, the last of them perhaps not whole.

    A mark stays with its letter.
    """
    word, length = "", 0
    for character in run:
        if not is_mark(character):
            if length >= _LETTERS_OF_WORD:
                yield word
                word, length = "", 0
            length += 2 if unicodedata.name(character, "").startswith("CJK") else 1
        word += character
    yield word


def family_id(ad: str) -> int:
    """Returns the family's number: 63 bits of a hash of its key, the same on every machine.

    Args:
        ad: A clean ad.

    Returns:
        A number from 0 to 2**63 - 1, which fits an int64 column.

    Example:
        >>> family_id("Oak Table 120 cm") == family_id("oak TABLE, 90 cm")
        True
    """
    key = family_key(ad).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(key, digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1

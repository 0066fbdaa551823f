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
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adgen.corpus.text_arrays import as_array, as_strings, cut, sign_table, text_chunks, with_signs
from adgen.support.arrays import ranges
from adgen.support.processes import Over
from adgen.support.scripts import MARK, is_mark, is_spaced, is_without_spaces, shape_of

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
_COMPOUND_SIGNS = sign_table(kept="-")
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
    if is_spaced(text):
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
        yield from _words_of_compound(text[match.start() : match.end()])


def _words_of_compound(compound: str) -> tuple[str, ...]:
    """Returns the content words of words joined by hyphens, most often a single one."""
    is_ascii = compound.isascii()
    if is_ascii and "-" not in compound:  # most
        word = _singular(compound)
        is_one = compound.isalpha() and len(compound) >= _MIN_LETTERS and word not in _DROPPED
        return (word,) if is_one else ()
    pieces = compound.split("-")
    shapes = pieces if is_ascii else shape_of(compound).split("-")
    pure = all(map(str.isalpha, shapes))
    min_letters = _MIN_LETTERS if pure else _MIN_LETTERS_BESIDE_DIGITS
    return tuple(
        word
        for piece, shape in zip(pieces, shapes, strict=True)
        if len(shape) - shape.count(MARK) >= min_letters and (pure or shape.isalpha())
        if (word := _singular(piece)) not in _DROPPED
    )


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
    return _id_of_key(family_key(ad))


def family_ids(ads: pd.Series, over: Over = map) -> NDArray[np.int64]:
    """Returns the family's number of every ad, as `family_id` does, but of many at once.

    Args:
        ads: Clean ads, shape `(ads,)`.
        over: What calls a function for every chunk of them, such as `in_processes` gives.

    Raises:
        ValueError: One of them is not a string.

    Example:
        >>> ads = ["Oak Table 120 cm", "Crème brûlée set", "Red"]
        >>> family_ids(pd.Series(ads)).tolist() == [family_id(ad) for ad in ads]
        True
    """
    found = [np.empty(0, np.int64), *over(_ids_of_chunk, text_chunks(ads))]
    return np.concatenate(found)


def _id_of_key(key: str) -> int:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _ids_of_chunk(ads: pa.LargeStringArray) -> NDArray[np.int64]:
    """Returns the families of a chunk of ads; each different key is hashed once."""
    keys = _keys_of_words(ads)
    # One by one: other letters than ASCII's, and ads of which no word remains.
    is_alone = pc.or_(pc.invert(pc.string_is_ascii(ads)), pc.equal(keys, ""))
    alone = [family_key(ad) for ad in as_strings(ads.filter(is_alone))]
    numbered = pc.replace_with_mask(keys, is_alone, as_array(alone)).dictionary_encode()
    ids = np.array(list(map(_id_of_key, as_strings(numbered.dictionary))), np.int64)
    return ids[numbered.indices.to_numpy()]


def _keys_of_words(ads: pa.LargeStringArray) -> pa.LargeStringArray:
    """Returns the keys of ads in ASCII; what it returns for others is none."""
    # 1. Every different compound is looked at once.
    plain = pc.replace_substring(ads, "'", "")
    compounds = cut(with_signs(plain, _COMPOUND_SIGNS, lambda _: ""))
    words_of = list(map(_words_of_plain, compounds.distinct))
    # 2. Words are numbered in alphabetical order, in which a key has them.
    vocabulary = sorted({word for words in words_of for word in words})
    numbers = {word: number for number, word in enumerate(vocabulary)}
    flat = np.array([numbers[word] for words in words_of for word in words], np.int64)
    lengths = np.array([len(words) for words in words_of], np.int64)  # of each compound
    counts = lengths[compounds.places]  # words of each compound in the ads
    starts = (np.cumsum(lengths) - lengths)[compounds.places]
    words = flat[ranges(starts, counts)]  # (words,), ad after ad
    ends = np.concatenate([[0], np.cumsum(counts)])[np.cumsum(compounds.counts)]  # (ads,)
    # 3. The first different ones, joined.
    chosen = _first_distinct(words, np.concatenate([[0], ends]))
    columns = [
        pa.array(vocabulary, pa.large_string()).take(pa.array(column, mask=column < 0))
        for column in np.sort(chosen, axis=1).T
    ]
    columns[-1] = columns[-1].fill_null("")  # Arrow leaves out a row that is null everywhere
    return pc.binary_join_element_wise(
        *columns, pa.scalar(" ", pa.large_string()), null_handling="skip"
    )


def _words_of_plain(text: str) -> Sequence[str]:
    """Returns the content words of a text in ASCII without spaces."""
    if "-" not in text:
        return _words_of_compound(text)
    return [word for one in _COMPOUND.findall(text) for word in _words_of_compound(one)]


def _first_distinct(words: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the first `NUM_FAMILY_WORDS` different words of every ad.

    Args:
        words: Numbers of words from 0, ad after ad.
        starts: Where each ad's words start, then the end, shape `(ads + 1,)`.

    Returns:
        Shape `(ads, NUM_FAMILY_WORDS)`, -1 behind an ad's last word.
    """
    chosen = np.full((len(starts) - 1, NUM_FAMILY_WORDS), -1)
    num_chosen = np.zeros(len(chosen), np.int64)
    rows = np.flatnonzero(np.diff(starts))  # ads that have words left and too few chosen
    place = 0
    while len(rows):
        word = words[starts[rows] + place]
        is_new = (chosen[rows] != word[:, np.newaxis]).all(axis=1)
        chosen[rows[is_new], num_chosen[rows[is_new]]] = word[is_new]
        num_chosen[rows[is_new]] += 1
        place += 1
        has_more = starts[rows] + place < starts[rows + 1]
        rows = rows[has_more & (num_chosen[rows] < NUM_FAMILY_WORDS)]
    return chosen

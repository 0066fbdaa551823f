"""In which order facts stand behind a product's name: what it is like, how much, its codes, care.

Titles that people wrote keep no order strictly: of two facts behind the name a word's precedes a
colour's in three of four, a count's or a code's in four of seven. Readers of ads called those
clumsy in which a code or a colour cut what is said in words in two ("Suitcase, ACS01, Silver,
Aluminium, Combination").
"""

from __future__ import annotations

import re
from functools import lru_cache

from adgen.products.measures import is_measure
from adgen.products.title_tokens import tokens_of
from adgen.writing.key_words import is_code_key

# Where a fact stands; a model chooses among those of one place.
WORDS, VARIANT, CODE, LAST = range(4)

_MOST_TEXTS = 4_096  # remembered: a product's few are asked for again and again
# On the classes of words: see `lexicon` and `title_tokens`.
_COLOURS = re.compile(r"l?[ckt]*[Ck][ckCt&]*l?")
_SIZES = re.compile(r"[MNSDd&x|]+")
_CODES = re.compile(r"X(?:&?[Xn])*")
_VARIANT_KEY = re.compile(r"(?:colou?r|size)\b[^:]*:", re.IGNORECASE)
_SIZE = re.compile(r"\bsize\b", re.IGNORECASE)
_SAID_LAST = re.compile(
    r"\b(?:included|required|wash(?:able)?|clean(?: only)?|iron|dry|warranty|certified|compliant|"
    r"listed|approved|marked|cleared|sold separately)$|"
    r"^(?:free of|no|without|made in|handmade in|hand ?wash|machine wash|dry clean|do not|not|"
    r"wipe|spot clean|tumble|contains|may contain)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=_MOST_TEXTS)
def place_of(text: str, source: str = "") -> int:
    """Returns where a fact stands: `WORDS`, `VARIANT` (colour, size, count), `CODE` or `LAST`.

    Args:
        text: As the ad says it.
        source: The fact as its product has it, with its key if it has one.

    Example:
        >>> [place_of(text) for text in ("Steel Frame", "Dark Blue", "6 Pack", "AC-1200X")]
        [0, 1, 1, 2]
        >>> place_of("Machine Washable") == place_of("Made in Italy") == LAST
        True
    """
    key = source.partition(":")[0]
    if _SAID_LAST.search(text) or (is_code_key(key) and any(map(str.isdigit, text))):
        return LAST  # a model may have a name too: "Tahoe"
    if is_measure(text) or _SIZE.search(text) or _VARIANT_KEY.match(source):
        return VARIANT
    classes = tokens_of(text).classes
    if _COLOURS.fullmatch(classes) or _SIZES.fullmatch(classes):
        return VARIANT
    return CODE if _CODES.fullmatch(classes) else WORDS

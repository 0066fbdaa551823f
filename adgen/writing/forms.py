"""The texts in which an ad may say a fact: "40 hours battery" is "40-Hour Battery" too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from adgen.products.measures import Measure, find_measures, forms_of
from adgen.products.product import Fact
from adgen.writing.casing import SMALL_WORDS, Casing
from adgen.writing.key_absent import is_absent, is_hidden, is_present, said_of_present
from adgen.writing.key_needed import stands_on_feet
from adgen.writing.key_numbers import is_without_unit
from adgen.writing.key_terms import CONTAINER_KEYS, CONTENT, COUNT, COUNTED_THINGS, UNITS_IN_PACK
from adgen.writing.key_words import (
    is_code_key,
    is_of_material,
    is_one_of_containers,
    plain_key,
)
from adgen.writing.key_words import is_plural as is_plural_word
from adgen.writing.keys import sayings, stands_apart
from adgen.writing.places import SIDES

# Forms of a piece at most; the first are the usual ones.
MOST_FORMS = 24
PLURAL_UNIT = re.compile(r"\d ?(?:[Ff]eet|[A-Za-z][a-z]+(?<!bp)(?<!fp)s)$")  # 40 Hours, no Gbps
_LOWER_UNIT = re.compile(r"(?<![A-Za-z])[a-z]{4,}")
_LOWER_UNIT_OF = re.compile(r"(?<=\d )[a-z]{4,}\b")
_WARNING = re.compile(
    r"choking hazard|^warning\b|keep away from|\bprop(?:osition)? 65", re.IGNORECASE
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
# Of a chain, and no address: curb, double rope.
_LINK = re.compile(r"(?!.*\b(?:here|link|shop|view|more|yes)\b)[a-z]+(?: [a-z]+)?", re.IGNORECASE)
_SPACED_UNIT = re.compile(r"\d [A-Z][a-z]{2,}$")
_SINGULAR_UNIT = re.compile(r"\d[ -][A-Z][a-z]{2,}(?<!bps)$")  # 6 Pocket, 6-Month
_LONGEST_VALUE = 400  # characters
_CONTAINER_KEYS = CONTAINER_KEYS | {"item form"}
_COUNTS = COUNT | CONTENT | UNITS_IN_PACK
_SINGLE = re.compile(r"(?:pack of )?1(?:[ -]?(?:count|ct|pack|pk|ea|each|pcs?|piece|unit))?", re.I)
_BARE_NUMBER = re.compile(r"\W*\d{1,3}\W*")  # of four digits it is a model's
_COUNTING = frozenset(("count", "power"))  # nouns of a number's key
# Units that are things: "5 Color Modes" are five modes, and no "5-Color" ones.
_THINGS = COUNTED_THINGS | {"color", "speed", "bag", "box", "pair", "person", "stage", "way"}
# What follows a number of things and is none: "3 Boxes Each".
_NO_NOUNS = SMALL_WORDS | {
    "each",
    "apiece",
    "included",
    "inside",
    "required",
    "total",
    "only",
    "old",
}
_DEGREES = frozenset(("fahrenheit", "celsius"))
_ONE_THING = re.compile(r"^\d|\b(?:per|a|an|each|one|single) \S+$", re.IGNORECASE)
_KEY_WORD = re.compile(r"\w+(?:-\w+)*")
_MIXED = re.compile(r"\b(?:[a-z]+|[A-Z][a-z]+)[A-Z]\w*")  # pH, mAh, MagSafe
_OF_PIECES = re.compile(r"\d+-piece", re.IGNORECASE)
_LONGEST_ACRONYM = 4
_FEWEST_OF_CAPITALS, _LONGEST_OF_CAPITALS = 2, 5  # letters of an acronym
_ONE_LETTER = re.compile(r"\d ?[A-Za-z]$")
_POWER_UNIT = re.compile(r"(?<=\d)[vwa]\b")  # 20v
# "Ages 2 Year", "Ages 9 Yr and Up".
_ONE_AGE = re.compile(
    r"Ages (?!1 )[\d.\- +]+(?:Month|Year|Week|Day)\+?$|Ages [\d.\- +]+(?:Yrs?|Mos?)\b"
)


def fact_forms(fact: Fact, casing: Casing) -> tuple[str, ...]:
    """Returns the texts in which a fact may be said; none for what no ad says.

    Example:
        >>> fact_forms(Fact("40 hours battery"), Casing({}))[:2]
        ('40-Hour Battery', '40 Hour Battery')
    """
    if unsaid(fact):
        return ()
    if is_present(fact.value):
        if not fact.key:
            return ()
        text = _with_acronyms(said_of_present(fact.key), fact.key)
        is_there = fact.value.casefold() == "included" and not text.endswith("included")
        bare = text.removeprefix("with ")
        return cased([f"{bare} included" if is_there else text], casing)
    value = re.sub(r"^(?:For|With)\b", lambda match: match.group().lower(), fact.value)
    said = [_with_acronyms(text, fact.key) for text in sayings(fact.key, value)]
    if is_code_key(fact.key) or stands_on_feet(fact.key, fact.value):
        return cased(said, casing)  # a saw "150FT" is none of 150 feet
    forms = [form for text in said for form in _with_measures(text)]
    return cased([form for form in forms if not _ONE_AGE.search(form)], casing)


def cased(texts: Iterable[str], casing: Casing) -> tuple[str, ...]:
    """Returns the texts with the capitals of titles, each once."""
    return tuple(dict.fromkeys(casing.title(text) for text in texts if text))[:MOST_FORMS]


def unsaid(fact: Fact) -> str:
    """Returns why no ad says a fact; empty for others."""
    is_slug = fact.key.casefold() == "handle" and _SLUG.fullmatch(fact.value)  # Shopify's
    is_chain = fact.key.casefold() == "link" and _LINK.fullmatch(fact.value)
    if (is_hidden(fact.key) and not is_chain) or is_slug:
        return "no matter of an ad"
    if not fact.value:
        return "an empty fact"
    if is_absent(fact.value, fact.key):
        return "says what is not there"
    if _SINGLE.fullmatch(fact.value) and plain_key(fact.key) in _COUNTS:
        return "a single one"
    if is_container(fact):
        return "a container alone"
    if is_without_unit(fact.key, fact.value):
        return "a measure without its unit"
    if len(fact.value) > _LONGEST_VALUE:
        return "too long for an ad"
    if not fact.key and _WARNING.search(fact.value):
        return "a warning"
    return "a number alone" if is_bare_number(fact) else ""


def is_container(fact: Fact) -> bool:
    """Tells whether a fact says that a product comes in a box and nothing else."""
    return plain_key(fact.key) in _CONTAINER_KEYS and is_one_of_containers(fact.value)


def is_bare_number(fact: Fact) -> bool:
    """Tells whether a fact is a short number that nothing explains: "26"."""
    return not fact.key and _BARE_NUMBER.fullmatch(fact.value) is not None


def _with_acronyms(text: str, key: str) -> str:
    """Returns a text with the capitals of a key's acronyms: RAM, SSD, TV."""
    # Of a key in capitals throughout it is no word that is known: WLL, and no COLOR.
    has_words = key.isupper() and (len(key) > _LONGEST_ACRONYM or not stands_apart(key))
    found = [word for whole in _KEY_WORD.findall(key) for word in (whole, *whole.split("-"))]
    acronyms = {word.lower(): word for word in found if _is_acronym(word, has_words=has_words)}
    acronyms |= {word.lower(): word for word in _MIXED.findall(key)}
    if len(key) == 1 and key.isupper():
        acronyms[key.lower()] = key  # no second
    if is_of_material(key):
        acronyms["abs"] = "ABS"

    def written(match: re.Match[str]) -> str:
        whole = match.group()
        parts = (acronyms.get(word, word) for word in whole.split("-"))
        return acronyms.get(whole) or "-".join(parts)

    return _KEY_WORD.sub(written, text)


def _is_acronym(word: str, *, has_words: bool) -> bool:
    """Tells whether a key's word has capitals of its own: RAM, TÜV, USB-C, and EN131 in any key."""
    num_letters = sum(map(str.isalpha, word))
    if not word.isupper() or len(word) < _FEWEST_OF_CAPITALS:
        return False
    if any(map(str.isdigit, word)):
        return True
    is_short = max(map(len, word.split("-"))) <= _LONGEST_OF_CAPITALS
    return num_letters >= _FEWEST_OF_CAPITALS and is_short and not has_words


def _with_measures(text: str) -> Iterator[str]:
    """Yields a text with its first measure in each form, the others as they are.

    Several of one unit are a list that stays as it is, and so does a unit of one letter, which may
    be none: 36W of trousers, 9H of glass.
    """
    measures = find_measures(text)
    if not measures:
        yield text
        return
    measure = measures[0]
    if _OF_PIECES.fullmatch(text):  # a "2-piece" valve is one
        yield from (text.title(), text.title().replace("-", " "))
        return
    is_one = len(measures) > 1 and not text[measure.end : measures[1].start].strip()  # 5 ft 7 in
    is_list = any(other.unit == measure.unit for other in measures[1:]) or " or " in text or is_one
    if is_list or _ONE_LETTER.search(text[: measure.end]):
        text = _POWER_UNIT.sub(lambda match: match.group().upper(), text)
        yield _LOWER_UNIT_OF.sub(lambda match: match.group().title(), text)
        return
    before, after = text[: measure.start], text[measure.end :]
    usable = list(_usable_forms(measure, after))
    if before.strip() and not after.strip():  # "Tilts 360 Degrees", no "Tilts 360 Degree"
        usable = [
            form for form in usable if PLURAL_UNIT.search(form) or not _SINGULAR_UNIT.search(form)
        ] or usable
    for form in usable:
        yield f"{before}{form}{after}"


def _usable_forms(measure: Measure, after: str) -> Iterator[str]:
    """Yields the forms of a measure that suit a title and may stand before a text.

    "40-Hour" needs a noun behind it, "40 Hours" none but "Long" and its like, and "4-10-Inch" is
    no form; words in lower case ("40 hours") have a twin with capitals.
    """
    following = re.match(r"[ -]([A-Za-z]+)", after)
    word = following[1].casefold() if following else ""
    has_noun = bool(word) and after[0] == " " and word not in SIDES | _NO_NOUNS | _DEGREES
    may_be_attribute = bool(word) and word not in _NO_NOUNS
    is_one = measure.numbers == ("1",)
    are_things = measure.unit in _THINGS and is_plural_word(word)
    has_some = after.startswith(" (") and measure.unit in _THINGS and not is_one
    for form in forms_of(measure):
        is_plural = PLURAL_UNIT.search(form) is not None
        if _LOWER_UNIT.search(form) or (is_plural and (has_noun or is_one)):
            continue
        if word in _NO_NOUNS and not is_plural and _SINGULAR_UNIT.search(form) and not is_one:
            continue  # "6 Month and Up"
        if has_some and not is_plural and _SINGULAR_UNIT.search(form):
            continue  # "5 Shelf (3 Adjustable)"
        if word in SIDES and not is_plural and not is_one and _SPACED_UNIT.search(form):
            continue  # "6 Inch Tall"
        is_attribute = re.search(r"\d-[A-Za-z]", form) is not None
        if is_attribute and (word in _COUNTING | _DEGREES or are_things):
            continue  # "400-Thread Count"
        may_be = may_be_attribute or measure.unit in ("pack", "piece")
        if not is_attribute or (may_be and measure.joint != "-"):
            yield form


def agreeing(forms: Sequence[str], name: str) -> tuple[str, ...]:
    """Returns forms whose last word is plural where the name has it so: "Brass Grommets".

    Example:
        >>> agreeing(["Brass Grommet", "Brass"], "Anklets with Grommets")
        ('Brass Grommets', 'Brass')
    """
    named = set(name.casefold().split())

    def is_one_of_several(form: str) -> bool:
        last = form.casefold().split()[-1]
        is_one = _ONE_THING.search(form) is not None
        return not is_one and last not in named and f"{last}s" in named

    return tuple(f"{form}s" if is_one_of_several(form) else form for form in forms)

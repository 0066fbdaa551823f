"""A product's facts as the pieces that its ads are put together from.

Each piece is something that the ad may say once, in one of several forms: "40 hours battery" may
be "40-Hour Battery" or "40hr Battery". Nothing else is ever written but joints, so that an ad
cannot claim what the facts lack. The module knows texts, no tokens and no models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations

from adgen.products.lexicon import CLASSES, COLOUR
from adgen.products.measures import Measure, find_measures, forms_of, is_measure
from adgen.products.product import Fact, Product
from adgen.writing.casing import SMALL_WORDS, Casing
from adgen.writing.key_terms import ADJECTIVES, COLOURS, SIZES
from adgen.writing.keys import is_absent, is_hidden, is_present, said_of_present, sayings
from adgen.writing.places import SIDES, load_places

# Forms of a piece at most; the first are the usual ones.
_MOST_FORMS = 24
_JOINT = re.compile(r"(?:for|with|in|and|compatible with|fits)\b", re.IGNORECASE)
_LOWER_UNIT = re.compile(r"(?<![A-Za-z])[a-z]{4,}")
_PLURAL_UNIT = re.compile(r"\d ?(?:[Ff]eet|[A-Za-z][a-z]+s)$")  # 40 Hours, 110lbs
_SINGULAR_UNIT = re.compile(r"\d[ -][A-Z][a-z]{2,}$")  # 6 Pocket, 6-Month
# Without a noun: "40 Hour", "2-5 Year".
_OF_TIME = re.compile(
    r"(?<!\b1)[ -](?:Second|Minute|Hour|Day|Week|Month|Year|Port|Pocket|Drawer|Sheet|Layer|Tier|"
    r"Light|Channel|Shelf|Stage)\)?$"
)
_BARE_NUMBER = re.compile(r"\W*\d{1,3}\W*")  # of four digits it is a model's
_WORDS_BEFORE = 2
_OWNER = re.compile(r"(?:'s|s')$")
_PLURAL = re.compile(r"(?<=\w\w[^s])s$")
_DOING = re.compile(r"(?<=[a-z]{3})ing$")
# One ad does not say both.
_SAME_AUDIENCE = {"kids'": "children's", "for kids": "for children"}
_OF_ITSELF = {*ADJECTIVES, *COLOURS, *SIZES, "material", "finish", "weight", "capacity", "pattern"}
_ACRONYM = re.compile(r"\b[A-Z]{2,5}\b")
_LOWER_WORD = re.compile(r"\b[a-z]+\b")
_ONE_LETTER = re.compile(r"\d ?[A-Za-z]$")
_POWER_UNIT = re.compile(r"(?<=\d)[vwa]\b")  # 20v
# "Ages 2 Year", "Ages 9 Yr and Up".
_ONE_AGE = re.compile(
    r"Ages (?!1 )[\d.\- +]+(?:Month|Year|Week|Day)$|Ages [\d.\- +]+(?:Yrs?|Mos?)\b"
)
_OF_FORM = frozenset(("form", "item form", "product form", "specialty", "type", "style", "flavor"))
_NAMING = re.compile(r"[A-Za-z]{2}")  # not the 2 of a quantity, which may stand in a name
_FEWEST_AUDIENCES = 2  # that one piece names
_WORD = re.compile(r"\w[\w'’&.+-]*")


@dataclass(frozen=True)
class Piece:
    """Describes something that an ad says once.

    Attributes:
        forms: The texts in which it may be said, the usual ones first.
        leads: Whether the ad begins with it.
        is_name: Whether it is what the product is.
        source: The fact, the brand or the name as the product has it.
    """

    forms: tuple[str, ...]
    leads: bool = False
    is_name: bool = False
    source: str = ""

    @cached_property
    def joins(self) -> bool:
        """Tells whether it can only begin as a joint does, with "for" or "with"."""
        return not self._plain

    @cached_property
    def joining(self) -> tuple[str, ...]:
        """Returns the forms that follow the name directly: "for Women", "in Black"."""
        return tuple(form for form in self.forms if _JOINT.match(form))

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        no_owners = [form for form in self.forms if not _OWNER.search(form)] or self.forms
        return tuple(form for form in no_owners if not _JOINT.match(form))

    @cached_property
    def may_stand_in_brackets(self) -> bool:
        """Tells whether it is what brackets are for: a measure, a count, a colour."""
        return self.is_quantity or CLASSES.get(self.behind[0].lower()) == COLOUR

    @cached_property
    def is_owner(self) -> bool:
        """Tells whether it says before the name whose the product is: "Women's"."""
        return any(_OWNER.search(form) for form in self.before)

    @cached_property
    def is_quantity(self) -> bool:
        """Tells whether it is a measure or a count and nothing else: "3 Pack"."""
        return is_measure(self.behind[0])

    @cached_property
    def before(self) -> tuple[str, ...]:
        """Returns the forms that may stand before the name: "Women's", "6mm Thick"."""
        if self.is_name or self.leads:
            return self.forms
        return tuple(form for form in self.forms if _may_precede(form))

    @cached_property
    def behind(self) -> tuple[str, ...]:
        """Returns the forms that may stand behind the name, in brackets and after a comma."""
        whole = tuple(form for form in self._plain if not _OF_TIME.search(form))
        return whole or self._plain or self.joining

    @cached_property
    def shortest(self) -> int:
        """Returns the characters of its shortest form behind the name."""
        return min(map(len, self.behind))


def _may_precede(form: str) -> bool:
    # What ends in a number would be read with the name: "SPF 30 Day Cream".
    if _JOINT.match(form) or form[-1].isdigit() or len(form.split()) > _WORDS_BEFORE:
        return False
    if _PLURAL_UNIT.search(form):
        return False  # "5 Tiers Bookshelf"
    return load_places().may_lead(form)


def pieces_of(product: Product, casing: Casing, *, keywords: Iterable[str] = ()) -> list[Piece]:
    """Returns what an ad of a product says: brand, name, facts in their order, keywords.

    A fact that the name or the brand says already is left out, and so is one that says that
    something is not there ("lining: none"), that is no matter of ads ("SKU: 4711"), or a number
    that nothing explains ("26").

    Args:
        product: With a name.
        casing: The capitals that words have.
        keywords: Further words that the ad must hold.
    """
    pieces = _first_pieces(product, casing)
    said = [word for piece in pieces for word in _words(piece.forms[0])]
    name_measures = set(map(_volume, find_measures(product.name)))
    for fact in product.facts:
        forms = fact_forms(_without_name(fact, said), casing)
        values = [fact.value] if _NAMING.search(fact.value) else []
        is_measured = is_measure(fact.value) and name_measures.issuperset(
            map(_volume, find_measures(fact.value))
        )
        if forms and not is_measured and not _is_said((*forms, *values), said):
            pieces.append(Piece(_without_last(forms, said, fact), source=str(fact)))
    pieces = _with_one_audience(_distinct(pieces))
    for keyword in keywords:
        forms = _cased([keyword], casing)
        if not any(_is_said(forms, _words(form)) for piece in pieces for form in piece.forms):
            pieces.append(Piece(forms, source=keyword))
    return _distinct(pieces)


def fact_forms(fact: Fact, casing: Casing) -> tuple[str, ...]:
    """Returns the texts in which a fact may be said; none for what no ad says.

    Example:
        >>> fact_forms(Fact("40 hours battery"), Casing({}))[:2]
        ('40-Hour Battery', '40 Hour Battery')
    """
    if unsaid(fact):
        return ()
    if is_present(fact.value):
        return _cased([said_of_present(fact.key)], casing) if fact.key else ()
    value = re.sub(r"^(?:For|With)\b", lambda match: match.group().lower(), fact.value)
    said = [_with_acronyms(text, fact.key) for text in sayings(fact.key, value)]
    forms = [form for text in said for form in _with_measures(text)]
    return _cased([form for form in forms if not _ONE_AGE.search(form)], casing)


def _without_name(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a fact whose key does not repeat the name: a cable's "cable length" is its length."""
    # The name's last word is what the product is: a dive watch's "case diameter" is not its own.
    words = [word for word in fact.key.split() if _PLURAL.sub("", word.casefold()) != said[-1]]
    rest = " ".join(words)
    return replace(fact, key=rest) if rest.casefold() in _OF_ITSELF else fact


def _first_pieces(product: Product, casing: Casing) -> list[Piece]:
    """Returns brand and name; words at the end of one and the beginning of the other once."""
    brand_words = _words(product.brand)
    name_words = _words(product.name)
    if not brand_words or _holds(name_words, brand_words):
        return [Piece(_cased([product.name], casing), is_name=True, source=product.name)]
    if _holds(brand_words, name_words):
        return [Piece((product.brand,), leads=True, is_name=True, source=product.name)]
    brand = product.brand.split()
    name = product.name.split()
    sizes = range(1, len(name))
    shared = [n for n in sizes if _words(" ".join(brand[-n:])) == _words(" ".join(name[:n]))]
    rest = _cased([" ".join(name[max(shared, default=0) :])], casing)
    return [
        Piece((product.brand,), leads=True, source=product.brand),
        Piece(rest, is_name=True, source=product.name),
    ]


def _volume(measure: Measure) -> str:
    """Returns a measure's normal form; an ounce of a bottle is a fluid one."""
    return measure.normal_form.replace("fl oz", "ounces")


def _without_last(forms: tuple[str, ...], said: Sequence[str], fact: Fact) -> tuple[str, ...]:
    """Returns forms without the name's last word at their end: a tea's "Green Tea" is "Green".

    They stay whole where what is left could not stand before a name, and without a key, where it
    may be another name ("Bike Front Basket"), unless it is a measure.
    """
    if not all(_words(form)[-1:] == list(said[-1:]) for form in forms):
        return forms
    left = [form.rsplit(maxsplit=1)[0].rstrip(" -") if " " in form else "" for form in forms]
    has_form = fact.key.casefold() in _OF_FORM  # not "Google TV", a television's platform
    may_lead = load_places().may_lead if has_form else is_measure
    may_stand = all(_NAMING.search(one) and may_lead(one) for one in left)
    return tuple(dict.fromkeys(left)) if may_stand else forms


def _with_one_audience(pieces: list[Piece]) -> list[Piece]:
    """Returns the pieces with all whose the product is in one: "for Girls and Boys"."""
    owners = [piece for piece in pieces if piece.is_owner and piece.joining]
    if owners:  # "Men's", and not "for Adults" besides
        pieces = [piece for piece in pieces if piece.forms != ("for Adults",)]
    whose = list(dict.fromkeys(piece.joining[0].removeprefix("for ") for piece in owners))
    if len(whose) < _FEWEST_AUDIENCES:
        return pieces
    *others, last = whose
    text = f"for {', '.join(others)} and {last}"
    joined = Piece((text,), source="; ".join(piece.source for piece in owners))
    return [piece for piece in pieces if piece not in owners] + [joined]


def _stem(word: str) -> str:
    """Returns what skiing shares with ski, running with run and cycling with cycle."""
    stem = _DOING.sub("", word)
    return stem[:-1] if stem[-1:] == "e" or stem[-1:] == stem[-2:-1] else stem


def _with_acronyms(text: str, key: str) -> str:
    """Returns a text with the capitals of a key's acronyms: RAM, SSD, TV."""
    acronyms = {} if key.isupper() else {word.lower(): word for word in _ACRONYM.findall(key)}
    return _LOWER_WORD.sub(lambda match: acronyms.get(match.group(), match.group()), text)


def unsaid(fact: Fact) -> str:
    """Returns why no ad says a fact; empty for others."""
    if is_hidden(fact.key):
        return "no matter of an ad"
    if is_absent(fact.value, fact.key):
        return "says what is not there"
    return "a number alone" if is_bare_number(fact) else ""


def is_bare_number(fact: Fact) -> bool:
    """Tells whether a fact is a short number that nothing explains: "26"."""
    return not fact.key and _BARE_NUMBER.fullmatch(fact.value) is not None


def use_pieces(uses: Sequence[str], count: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Returns a piece that names common uses; none where the product's own pieces name some.

    Args:
        uses: Of its kind of product, the commonest first.
        count: Uses to name.
        pieces: The product's own.
    """
    count = min(count, len(uses))
    if not count or any(piece.joins for piece in pieces):
        return []
    forms = []
    for chosen in permutations(uses, count):
        *first, last = chosen
        forms.append(f"for {', '.join(first)} and {last}" if first else f"for {last}")
    return [Piece(tuple(forms[:_MOST_FORMS]), source="common uses")]


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
    is_list = any(other.unit == measure.unit for other in measures[1:])
    if is_list or _ONE_LETTER.search(text[: measure.end]):
        yield _POWER_UNIT.sub(lambda match: match.group().upper(), text)
        return
    before, after = text[: measure.start], text[measure.end :]
    for form in _usable_forms(measure, after):
        yield f"{before}{form}{after}"


def _usable_forms(measure: Measure, after: str) -> Iterator[str]:
    """Yields the forms of a measure that suit a title and may stand before a text.

    "40-Hour" needs a noun behind it, "40 Hours" none but "Long" and its like, and "4-10-Inch" is
    no form; words in lower case ("40 hours") have a twin with capitals.
    """
    following = re.match(r"[ -]([A-Za-z]+)", after)
    word = following[1].casefold() if following else ""
    has_noun = bool(word) and after[0] == " " and word not in SIDES | SMALL_WORDS
    may_be_attribute = bool(word) and word not in SMALL_WORDS
    is_one = measure.numbers == ("1",)
    for form in forms_of(measure):
        is_plural = _PLURAL_UNIT.search(form) is not None
        if _LOWER_UNIT.search(form) or (is_plural and (has_noun or is_one)):
            continue
        if word in SMALL_WORDS and not is_plural and _SINGULAR_UNIT.search(form) and not is_one:
            continue  # "6 Month and Up"
        is_attribute = re.search(r"\d-[A-Za-z]", form) is not None
        may_be = may_be_attribute or measure.unit in ("pack", "piece")
        if not is_attribute or (may_be and measure.joint != "-"):
            yield form


def _cased(texts: Iterable[str], casing: Casing) -> tuple[str, ...]:
    """Returns the texts with the capitals of titles, each once."""
    return tuple(dict.fromkeys(casing.title(text) for text in texts if text))[:_MOST_FORMS]


def _words(text: str) -> list[str]:
    """Returns the words of a text without case, and without the ending of a plural."""
    words = (part for word in _WORD.findall(text) for part in word.split("-") if part)
    return [_PLURAL.sub("", word.casefold()) for word in words]


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Tells whether words stand in a row among others."""
    size = len(wanted)
    return any(words[place : place + size] == wanted for place in range(len(words) - size + 1))


def _is_said(forms: Iterable[str], said: list[str]) -> bool:
    return any(_holds(said, _words(form)) for form in forms) or _is_use_said(forms, said)


def _is_use_said(forms: Iterable[str], said: Iterable[str]) -> bool:
    """Tells whether a word says a use: a ski helmet is for skiing."""
    stems = set(map(_stem, said))
    uses = (form.removeprefix("for ") for form in forms if form.startswith("for "))
    return any(_stem(use.casefold()) in stems for use in uses)


def _distinct(pieces: list[Piece]) -> list[Piece]:
    """Returns the pieces without those that say the same as an earlier one."""
    kept: list[Piece] = []
    seen: set[str] = set()
    joined = [set(_words(piece.forms[0])) for piece in pieces if piece.joins]
    for piece in pieces:
        # "Women's" beside "for Women and Girls".
        if piece.is_owner and any(set(_words(piece.behind[0])) < words for words in joined):
            continue
        forms = {_SAME_AUDIENCE.get(form, form) for form in map(str.casefold, piece.forms)}
        if not forms & seen:
            kept.append(piece)
            seen |= forms
    return kept

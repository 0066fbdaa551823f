"""One thing that an ad says, and where it may stand: before the name, behind it, in brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from adgen.products.lexicon import CLASSES, COLOUR
from adgen.products.measures import find_measures, is_measure
from adgen.writing.forms import PLURAL_UNIT
from adgen.writing.key_words import is_plural
from adgen.writing.order import LAST, WORDS, place_of
from adgen.writing.places import load_places

_JOINT = re.compile(r"(?:for|with|in|and|by|compatible with|fits)\b(?!-)", re.IGNORECASE)
# Without a noun: "40 Hour", "2-5 Year".
_OF_TIME = re.compile(
    r"(?<!\b1)[ -](?:Second|Minute|Hour|Day|Week|Month|Year|Port|Pocket|Drawer|Sheet|Layer|Tier|"
    r"Light|Channel|Shelf|Box|Stage|Capsule|Tablet|Serving|Speed|Pair|"
    r"Pound|Ounce|Foot|Gallon|Quart|Liter|Gram|Yard|Meter|Mile|Lumen|Watt|Volt|Amp)"
    r"(?:\)| \([^()]*\))?$"
)
_WORDS_BEFORE = 2
_LENGTHS = frozenset(("inch", "foot", "yard", "meter", "mm", "cm", ""))
_SIDES_BEFORE = 2  # "8x10 Rug", no "8 x 7 x 2 Inch Filter"
_INNER_JOINT = re.compile(r",| (?:with|w/|for|in|and|&) ", re.IGNORECASE)
_NAMED = re.compile(r" (?:theme|pattern|finish)$", re.IGNORECASE)
_DOSES = re.compile(r"[\d,]+ (?:Tablet|Capsule|Softgel|Caplet|Gumm)")  # no "100 Tablet Vitamin C"
_NUMBER_LAST = re.compile(r"\d[xX×]?$")  # SPF 30; no "2x 2 Pack"
_RANGE = re.compile(r"\d[A-Za-z]? ?[-–] ?\d")
OWNER = re.compile(r"(?:['’]s|s['’])$")


@dataclass(frozen=True)
class Piece:
    """Describes something that an ad says once.

    Attributes:
        forms: The texts in which it may be said, the usual ones first.
        leads: Whether the ad begins with it.
        is_name: Whether it is what the product is.
        is_apart: Whether it does not stand before the name, but to say whose the product is.
        is_doubtful: Whether it is hard to say in a few words, which `doubt` tells.
        precedes: Whether it stands right before the name: "Men's Shorts for Running", where two
            would follow it with "for".
        source: The fact, the brand or the name as the product has it.
        parts: What it is put together from, which may be said apart where it has no room.
    """

    forms: tuple[str, ...]
    leads: bool = False
    is_name: bool = False
    is_apart: bool = False
    is_doubtful: bool = False
    precedes: bool = False
    source: str = ""
    parts: tuple[Piece, ...] = ()

    @cached_property
    def joins(self) -> bool:
        """Tells whether it can only begin as a joint does, with "for" or "with"."""
        return not self._plain

    @cached_property
    def joining(self) -> tuple[str, ...]:
        """Returns the forms that follow the name directly: "for Women", "in Black"."""
        return tuple(form for form in self.forms if _JOINT.match(form))

    @cached_property
    def is_maker(self) -> bool:
        """Tells whether it is who made it, read with the name alone: "Novel by Jane Doe"."""
        return self.joins and self.forms[0].startswith("by ")

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        no_owners = [form for form in self.forms if not OWNER.search(form)] or self.forms
        joining = set(map(str.casefold, self.joining))
        return tuple(
            form
            for form in no_owners
            # A use before the name, "Winter Coat", needs "for" behind it: "Coat, Red, for Winter".
            if not _JOINT.match(form) and f"for {form}".casefold() not in joining
        )

    @cached_property
    def may_stand_in_brackets(self) -> bool:
        """Tells whether it is what brackets are for: a measure, a count, a colour."""
        return self.is_quantity or CLASSES.get(self.behind[0].lower()) == COLOUR

    @cached_property
    def is_owner(self) -> bool:
        """Tells whether it says before the name whose the product is: "Women's"."""
        return any(OWNER.search(form) for form in self.before)

    @cached_property
    def ends_in_bracket(self) -> bool:
        """Tells whether it is the name and ends in brackets: "Mop Heads (2 Pack)"."""
        return self.is_name and self.forms[0].endswith(")")

    @cached_property
    def has_joints(self) -> bool:
        """Tells whether "for ..." behind it would be read with its last words alone."""
        return _INNER_JOINT.search(self.forms[0]) is not None

    @cached_property
    def place(self) -> int:
        """Returns where it stands behind the name: `order.WORDS` to `order.LAST`."""
        return WORDS if self.is_name or self.leads else place_of(self.forms[0], self.source)

    @cached_property
    def is_last(self) -> bool:
        """Tells whether it is what ads say last: care, origin, certificates, what is included."""
        return self.place == LAST

    @cached_property
    def is_quantity(self) -> bool:
        """Tells whether it is a measure or a count and nothing else: "3 Pack"."""
        return is_measure(self.behind[0])

    @cached_property
    def before(self) -> tuple[str, ...]:
        """Returns the forms that may stand before the name: "Women's", "6mm Thick"."""
        if self.is_name or self.leads:
            return self.forms
        may_precede = OWNER.search if self.is_apart else _may_precede
        return tuple(form for form in self.forms if may_precede(form))

    @cached_property
    def behind(self) -> tuple[str, ...]:
        """Returns the forms that may stand behind the name, in brackets and after a comma."""
        named = [form for form in self._plain if _NAMED.search(form)]  # "Baking Theme"
        some = [form for form in named or self._plain if not _OF_TIME.search(form)]
        whole = tuple(
            form for form in some if "-" in form or f"{form}s" not in some
        )  # no "3,000 Page"
        return whole or self._plain or self.joining

    @cached_property
    def shortest(self) -> int:
        """Returns the characters of its shortest form behind the name."""
        return min(map(len, self.behind))


def _may_precede(form: str) -> bool:
    # What ends in a number would be read with the name: "SPF 30 Day Cream".
    # Behind a brand "Free Engraving" would be read as free of it.
    if (
        _JOINT.match(form)
        or form.startswith("Free ")
        or _NUMBER_LAST.search(form)
        or _DOSES.match(form)
        or len(form.split()) > _WORDS_BEFORE
    ):
        return False
    measures = find_measures(form)
    if (
        "," in form
        or "(" in form
        or form.count("/") > 1
        or _RANGE.search(form)
        or len(measures) > 1
    ):
        return False
    sides = measures[0].numbers if measures else ()
    if len(sides) > _SIDES_BEFORE or (len(sides) > 1 and measures[0].unit not in _LENGTHS):
        return False  # "Oxford, Mesh Harness", "3000K-6500K Lamp"
    if PLURAL_UNIT.search(form) or (" " not in form and is_plural(form)):
        return False  # "5 Tiers Bookshelf", "Leaves Blanket"
    return load_places().may_lead(form)

"""Numbers with units in a text, in one normal form, and the forms in which people write them.

"40-Hour", "40 hrs" and "40 hours" are one measure; "8x10 inch" and '8" x 10"' are one too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adgen.products.carats import CARAT, is_of_gold, weighs_stones
from adgen.products.units import NAMES, UNITS

# A number: 1,000 or 2.5 or .5 or 1/2 or 1-1/2 or 3 1/4.
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:(?:[ -]\d+)?/\d+)?|\.\d+"
_BY = r"\s*(?:[x×X*]|\bby\b)\s*"
_UNIT = "|".join(re.escape(text) for text in sorted(NAMES, key=len, reverse=True))
_END = r"(?![A-Za-z0-9]|-\d)"  # neither "10 with" nor 5W-30
_NO_WORD = r"(?![a-wyz]|x(?!\s?\.?\d))"  # but the sides of 24"x36"
# Sides of one thing: 8 x 10 x 2, each with or without its unit.
_MEASURE = re.compile(
    rf"(?<![\w.,'’′])(?<!\d/)(?<!\w-)(?P<numbers>(?:{NUMBER})(?:\s?-?\s?(?:{_UNIT})\.?{_NO_WORD})?"
    rf"(?:{_BY}(?:{NUMBER})(?:\s?-?\s?(?:{_UNIT})\.?{_NO_WORD})?)+"
    rf"|(?:{NUMBER})\s?(?:-|–|to)\s?(?:{NUMBER})(?=\s?-?\s?(?:{_UNIT}){_END})"
    rf"|(?:{NUMBER}))(?:\s?-?\s?(?P<unit>{_UNIT}){_END})?",
    re.IGNORECASE,
)
# Pack of 3, set of 2, box of 100.
_OF = re.compile(
    r"\b(?P<unit>packs?|sets?|box|boxes|bags?|pairs?|rolls?|bottles?)\s+of\s+"
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d+)\b",
    re.IGNORECASE,
)
# What stands behind a stroke: "4/Pack", but not "1/2 pack" nor "2 pairs/pack".
_A_PACK = re.compile(r"(?<![\w./])(?P<number>[1-9]\d{0,3}) ?/ ?(?P<unit>pack|pk)\b", re.IGNORECASE)
_ONE_AFTER = re.compile(r"[ -]1\b| \d+ (?:groups|rows|layers|columns|stages)\b")  # of 2 in 1
_MOST_DIGITS = 15  # of a number that somebody wrote
_LEAST_ROUNDED = 1e-4
_KELVIN_DIGITS = 4  # 4K is a resolution, 5000K a colour of light
_LENGTHS = frozenset(("inch", "foot", "yard", "meter", "mm", "cm"))
# Of what people write 20,000; not of 6000K or 1500W.
_WITH_COMMAS = frozenset(("pack", "piece", "count", "mah", "sheet", "mcg", "lumen", "btu"))
_LANES = re.compile(r"\d x\d")  # PCIe 4.0 x4 has four lanes
_CODE = re.compile(r"0\d{2,}|\d{4,}-\d{3,}")
_ONE = re.compile(rf"({NUMBER})(?:\s?-?\s?({_UNIT}){_NO_WORD})?", re.IGNORECASE)


@dataclass(frozen=True)
class Measure:
    """Describes a number with a unit, or several of one thing, where it stands in a text.

    Attributes:
        start: Its first character.
        end: Behind its last character.
        numbers: Its numbers in normal form: ("8", "10") of "8 x 10 inches", ("28", "55") of
            "28-55 inch".
        unit: The unit's name in `units.UNITS`; empty for sizes without one, such as "8x10", and
            for those of several, whose numbers have theirs: ("3 inches", "30 feet").
        joint: What stands between numbers: "x", "-", or nothing for a single one.
    """

    start: int
    end: int
    numbers: tuple[str, ...]
    unit: str
    joint: str = ""

    @property
    def normal_form(self) -> str:
        """Returns the text by which equal measures are known: "8 x 10 inches"."""
        number = f" {self.joint} ".join(self.numbers)
        return UNITS[self.unit].written[0].format(number) if self.unit else number


def find_measures(text: str) -> list[Measure]:
    """Returns the measures of a text in their order; numbers alone are none.

    Example:
        >>> [found.normal_form for found in find_measures("Hose 50ft, 1/2 in, Pack of 2")]
        ['50 feet', '1/2 inches', '2 pack']
    """
    found = [*_counted(text), *_measured(text)]
    kept: list[Measure] = []
    for measure in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or measure.start >= kept[-1].end:
            kept.append(measure)
    return kept


def is_measure(text: str) -> bool:
    """Tells whether a text is a measure and nothing else.

    Example:
        >>> is_measure("110 lbs"), is_measure("up to 110 lbs")
        (True, False)
    """
    return any(found.end - found.start == len(text) for found in find_measures(text))


def without_measures(text: str) -> str:
    """Returns a text with its measures taken out.

    Example:
        >>> without_measures("bed of 5 ft 7 in")
        'bed of  '
    """
    for measure in reversed(find_measures(text)):
        text = text[: measure.start] + text[measure.end :]
    return text


def plain_number(text: str) -> str:
    """Returns a number in normal form: "1,000.50" is "1000.5", ".5" is "0.5".

    Of more digits than people write, ten behind the point stay.

    Example:
        >>> plain_number("1,000.50")
        '1000.5'
    """
    number = text.replace(",", "")
    if number.startswith("."):
        number = f"0{number}"
    if "." in number and "/" not in number:
        # What binary numbers leave in sellers' files: 8.1999999999999993 is 8.2.
        if len(number) > _MOST_DIGITS and float(number) > _LEAST_ROUNDED:
            number = f"{float(number):.10f}"
        number = number.rstrip("0").rstrip(".")
    if "/" in number:
        return re.sub(r"[ -]+", "-", number.strip())
    return number.lstrip("0") or "0" if len(number) > 1 and number[1] != "." else number


def forms_of(measure: Measure) -> tuple[str, ...]:
    """Returns how people write a measure, its normal form first.

    Example:
        >>> forms_of(find_measures("40 hours")[0])[:3]
        ('40 hours', '40-Hour', '40 Hour')
    """
    if len(measure.numbers) == 1:
        numbers = [measure.numbers[0]]
        is_long = measure.numbers[0].isdigit() and len(measure.numbers[0]) > 3
        if is_long and measure.unit in _WITH_COMMAS:
            numbers.append(f"{int(measure.numbers[0]):,}")
    elif measure.joint == "-":
        numbers = ["-".join(measure.numbers)]
    else:
        numbers = [" x ".join(measure.numbers), "x".join(measure.numbers)]
    if not measure.unit:
        if measure.numbers[0][-1].isdigit():
            return tuple(numbers)
        titled = (side.title() if " " in side else side for side in measure.numbers)
        return (measure.normal_form, " x ".join(titled))  # 3 Inches x 30 Feet
    written = UNITS[measure.unit].written
    forms = [form.format(number) for number in numbers for form in written]
    if measure.unit == "inch" and measure.joint == "x":
        forms.append(" x ".join(f'{number}"' for number in measure.numbers))
    return tuple(dict.fromkeys(forms))


def _counted(text: str) -> Iterator[Measure]:
    for match in (*_OF.finditer(text), *_A_PACK.finditer(text)):
        word = match["unit"].casefold()
        unit = NAMES.get(word) or word.removesuffix("s")  # "12 sets" is no measure, "sets of 2" is
        yield Measure(match.start(), match.end(), (plain_number(match["number"]),), unit)


def _is_no_unit(unit: str, match: re.Match[str], text: str) -> bool:
    """Tells whether what looks like a unit is none: 4K, 3M, 5G, 8 M (a width of shoes), 2 in 1."""
    whole = match.group()
    if unit in ("G", "Nm", "mS"):
        # 5G, a 10G cable; grams are written g, nanometres nm, newton metres Nm, millisiemens mS.
        return True
    if whole.startswith("802.11") or _CODE.match(whole):
        return True  # of wireless networks: 802.11a, 802.11g; a part's number: 060340-2950A
    if unit == "A" and whole.endswith("-A"):
        return True  # of a part: 4711-A
    if unit in ("K", "k"):
        return sum(character.isdigit() for character in whole) < _KELVIN_DIGITS
    if unit == "in":
        return _ONE_AFTER.match(text, match.end()) is not None
    return whole in ("3M", "3m") or (unit in ("M", "a") and whole[-2] == " ")


def _measured(text: str) -> Iterator[Measure]:
    for match in _MEASURE.finditer(text):
        parts = _ONE.findall(match["numbers"])
        units = [unit for _, unit in parts if unit] + ([match["unit"]] if match["unit"] else [])
        unit = units[-1] if units else ""
        if _is_no_unit(unit, match, text) or is_of_gold(unit, text, match.end()):
            continue
        numbers = tuple(plain_number(number) for number, _ in parts)
        if match.start() and text[match.start() - 1] == "-" and "to" in match["numbers"]:
            continue  # -40 to 130 °C
        if not unit and (len(numbers) == 1 or _LANES.search(match["numbers"])):
            continue
        if len(set(map(_name_of, units))) > 1:
            # 12 inch x 3 feet is no "12 x 3 feet".
            if len(units) == len(numbers) and _LENGTHS.issuperset(map(_name_of, units)):
                named = zip(numbers, units, strict=True)
                sides = tuple(UNITS[_name_of(one)].written[0].format(n) for n, one in named)
                yield Measure(match.start(), match.end(), sides, "", "x")
            continue
        if units and not parts[-1][1] and not match["unit"] and _name_of(unit) not in _LENGTHS:
            continue  # 500ml x 6 are six of them
        joint = ""
        if len(numbers) > 1:
            joint = "x" if re.search(_BY, match["numbers"], re.IGNORECASE) else "-"
        name = _name_of(unit) if unit else ""
        if weighs_stones(unit, text, match.end()):
            name = CARAT
        yield Measure(match.start(), match.end(), numbers, name, joint)


def _name_of(unit: str) -> str:
    return NAMES[unit.casefold().rstrip(".")]

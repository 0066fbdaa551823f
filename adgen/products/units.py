"""Units of shopping ads: how each is read, and how people write it behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """Describes a unit.

    Attributes:
        name: Its singular, by which it is known here: "hour".
        read: What else stands for it, in lower case.
        written: Forms of a number with it, `{}` where the number stands. The first is the form in
            which facts are compared.
    """

    name: str
    read: tuple[str, ...]
    written: tuple[str, ...]


def _words(name: str, plural: str, *short: str, glued: str = "", spaced: str = "") -> Unit:
    """Describes a unit that is a word: 40 Hours, 40-Hour, 40 hours; `glued` 40H; `spaced` 40 Hr."""
    forms = [f"{{}} {plural}", f"{{}}-{name.title()}", f"{{}} {name.title()}"]
    forms += [f"{{}} {plural.title()}", f"{{}}-{name}", f"{{}} {name}"]
    forms += [f"{{}}{one}" for one in glued.split()]
    forms += [f"{{}} {one}" for one in spaced.split()]
    return Unit(name, (plural, *short), tuple(forms))


def _sign(name: str, *read: str, forms: str = "") -> Unit:
    """Describes a unit written as a sign: 6mm, 6 mm; `forms` are those beside it, `_` a space."""
    own = forms or f"{name} _{name}"
    return Unit(name, read, tuple(f"{{}}{one}".replace("_", " ") for one in own.split()))


_ALL = (
    # Lengths.
    Unit(
        "inch",
        ("inches", "in", "in.", '"', "”", "″", "''", "inchs"),
        (
            "{} inches",
            "{} Inch",
            "{}-Inch",
            "{} Inches",
            '{}"',
            "{} in",
            "{}-inch",
            "{} inch",
            "{}in",
            "{}inch",
        ),
    ),
    Unit(
        "foot",
        ("feet", "ft", "ft.", "foots", "'", "’", "′"),
        ("{} feet", "{} Feet", "{}ft", "{} ft", "{}-Foot", "{} Foot", "{} Ft"),
    ),
    _words("yard", "yards", "yd", "yds", spaced="Yds"),
    _words("meter", "meters", "metre", "metres", "m", glued="m", spaced="m"),
    _sign("mm", "millimeter", "millimeters", "millimetre", "millimetres", forms="mm _mm"),
    _sign("cm", "centimeter", "centimeters", "centimetre", "centimetres", forms="cm _cm"),
    _sign("nm", "nanometer", "nanometers"),
    _sign("mil", "mils"),
    _words("mile", "miles"),
    # Weights and volumes.
    _words("ounce", "ounces", "oz", "oz.", glued="oz", spaced="oz Oz"),
    Unit(
        "fluid ounce",
        ("fl oz", "fl. oz", "fl.oz", "fl oz.", "fl. oz.", "floz", "fluid ounces"),
        ("{} fl oz", "{} Fl Oz", "{} Fl. Oz", "{} Fluid Ounces", "{} Fluid Ounce"),
    ),
    _words("pound", "pounds", "lb", "lbs", "lb.", "lbs.", glued="lb lbs", spaced="lb lbs"),
    _words("gram", "grams", "g", "gm", "gms", glued="g", spaced="g"),
    _sign("kg", "kgs", "kilogram", "kilograms", forms="kg _kg"),
    _sign("mg", "milligram", "milligrams", forms="mg _mg"),
    _sign("mcg"),
    _sign("ml", "milliliter", "milliliters", "millilitre", "millilitres", forms="ml _ml mL _mL"),
    _words("liter", "liters", "litre", "litres", "l", glued="L", spaced="L"),
    _words("gallon", "gallons", "gal", "gal.", spaced="Gal"),
    _words("quart", "quarts", "qt", "qts", spaced="Qt"),
    _sign("cc"),
    _words("cup", "cups"),
    # Electricity, signals, computing.
    _words("watt", "watts", "w", glued="W", spaced="W"),
    _sign("kw", "kilowatt", "kilowatts", forms="kW _kW"),
    _words("volt", "volts", "v", "vac", "vdc", glued="V", spaced="V"),
    _words("amp", "amps", "a", "ampere", "amperes", glued="A", spaced="A"),
    _sign("mah", "milliamp hours", "milliamp hour", "milliampere hours", forms="mAh _mAh"),
    _sign("ah", forms="Ah _Ah"),
    _sign("wh", forms="Wh _Wh"),
    _sign("hz", "hertz", forms="Hz _Hz"),
    _sign("khz", forms="kHz _kHz"),
    _sign("mhz", forms="MHz _MHz"),
    _sign("ghz", forms="GHz _GHz"),
    _sign("ohm", "ohms", forms="Ohm _Ohm _Ohms"),
    _sign("db", "decibel", "decibels", forms="dB _dB"),
    _sign("kb", forms="KB"),
    _sign("mb", "megabyte", "megabytes", forms="MB _MB"),
    _sign("gb", "gigabyte", "gigabytes", "gig", forms="GB _GB"),
    _sign("tb", "terabyte", "terabytes", forms="TB _TB"),
    _sign("mbps", forms="Mbps _Mbps"),
    _sign("gbps", forms="Gbps _Gbps"),
    _sign("mp", "megapixel", "megapixels", forms="MP _MP _Megapixel _Megapixels"),
    _sign("dpi", forms="DPI _DPI"),
    _sign("rpm", forms="RPM _RPM"),
    _sign("mph", forms="MPH _MPH"),
    _sign("fps", forms="fps _fps"),
    _sign("ms", "millisecond", "milliseconds", forms="ms _ms"),
    _sign(
        "ft-lb",
        "ft-lbs",
        "ft-lb.",
        "ft. lbs",
        "ft lbs",
        "foot-pounds",
        "foot pounds",
        forms="_ft-lb _ft-lbs",
    ),
    _sign("in-lb", "in-lbs", "in lbs", "inch-pounds", "inch pounds", forms="_in-lb _in-lbs"),
    _sign("psi", "pounds per square inch", "pound per square inch", forms="PSI _PSI"),
    _sign("cfm", forms="CFM _CFM"),
    _sign("gpm", forms="GPM _GPM"),
    _sign("btu", "btus", forms="BTU _BTU"),
    _sign("hp", "horsepower", forms="HP _HP"),
    _sign("awg", forms="AWG _AWG"),
    _words("gauge", "gauge", "ga", glued="ga", spaced="Ga"),
    _words("lumen", "lumens", "lm", glued="lm", spaced="lm"),
    _sign("kelvin", "k", forms="K"),
    _sign("denier", forms="_Denier _denier"),
    _sign("gsm", forms="gsm _gsm"),
    _sign("spf", forms="SPF"),
    # Time, angle, share, warmth.
    _words("hour", "hours", "hr", "hrs", "h", glued="hr", spaced="Hrs"),
    _words("minute", "minutes", "min", "mins", spaced="Min Mins"),
    _words("second", "seconds", "sec", "secs", spaced="Sec"),
    _words("day", "days"),
    _words("week", "weeks"),
    _words("month", "months", "mo", "mos"),
    _words("year", "years", "yr", "yrs"),
    _words("degree", "degrees", "°", "deg", glued="°"),
    _sign("°f", "degrees f", forms="°F"),
    _sign("°c", "degrees c", forms="°C"),
    Unit("%", ("percent", "per cent", "pct"), ("{}%",)),
    Unit("karat", ("karats", "kt"), ("{} karat", "{} Karat", "{}-Karat", "{} kt")),
    _words("carat", "carats", "cttw", "ctw"),
    # Counts.
    Unit(
        "pack",
        ("packs", "pk", "pks", "packages", "pkg"),
        (
            "{} pack",
            "{}-Pack",
            "{} Pack",
            "Pack of {}",
            "{}-pack",
            "{} Packs",
            "pack of {}",
        ),
    ),
    Unit(
        "piece",
        ("pieces", "pcs", "pc", "pcs.", "pc.", "pieces set"),
        (
            "{} pieces",
            "{} Pieces",
            "{}-Piece",
            "{} Piece",
            "{} Pcs",
            "{} pcs",
            "{} piece",
            "{}-piece",
        ),
    ),
    Unit("ply", ("plies",), ("{} ply", "{} Ply", "{}-Ply", "{}-ply")),
    Unit("set", (), ("set of {}", "Set of {}")),
    Unit(
        "count",
        ("counts", "ct", "ct.", "cnt"),
        ("{} count", "{} Count", "{}-Count", "{} Ct", "{}ct", "{} ct", "{}-count"),
    ),
    *(
        _words(name, plural)
        for name, plural in (
            ("pair", "pairs"),
            ("roll", "rolls"),
            ("sheet", "sheets"),
            ("bottle", "bottles"),
            ("box", "boxes"),
            ("bag", "bags"),
            ("capsule", "capsules"),
            ("tablet", "tablets"),
            ("serving", "servings"),
            ("foot-candle", "foot-candles"),
            ("port", "ports"),
            ("pin", "pins"),
            ("channel", "channels"),
            ("speed", "speeds"),
            ("layer", "layers"),
            ("tier", "tiers"),
            ("shelf", "shelves"),
            ("drawer", "drawers"),
            ("pocket", "pockets"),
            ("light", "lights"),
            ("led", "leds"),
            ("color", "colors"),
            ("person", "persons"),
            ("stage", "stages"),
            ("way", "ways"),
            ("core", "cores"),
            ("thread", "threads"),
            ("bit", "bits"),
            ("axis", "axes"),
        )
    ),
)
UNITS: Mapping[str, Unit] = {unit.name: unit for unit in _ALL}
# What is read -> the unit's name.
NAMES: Mapping[str, str] = {
    text: unit.name for unit in reversed(_ALL) for text in (unit.name, *unit.read)
}

"""What of a cell may be a fact of a product: no price, no stock, no policy, no placeholder.

The module knows keys and values of many shops; it does not know their files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from adgen.catalogues.headers import Columns, Record, key_of
from adgen.catalogues.html_text import one_line
from adgen.catalogues.values import json_in, said
from adgen.products.avoided import said_of_avoided
from adgen.products.lexicon import CLASSES, FEATURE, MATERIAL
from adgen.products.product import Fact

# A key and its value, as they stood in the file or as they are said.
Pair = tuple[str, str]
_MOST_KINDS = 256  # of rows whose columns are remembered: the items of a feed differ
_MOST_CHARS = 200  # of a fact; what is longer is a description

# Columns that say something about a product in every format, and what a fact calls them. Others'
# words for them are facts under their own names.
_FACT_COLUMNS = {
    "Color": "color colour color_name colour_name",
    "Size": "size size_name apparel_size",
    "Material": "material materials material_type fabric fabric_type material_composition",
    "Pattern": "pattern pattern_name pattern_type",
    "Gender": "gender target_gender department_name",
    "Age group": "age_group age_range_description",
    "Style": "style style_name",
    "Shape": "shape item_shape",
    "Finish": "finish finish_type",
    "Flavor": "flavor flavour flavor_name",
    "Scent": "scent scent_name fragrance",
    "Capacity": "capacity",
    "Theme": "theme",
    "Occasion": "occasion occasion_type",
    "Season": "season",
    "Neckline": "neckline neck_style",
    "Sleeve length": "sleeve_length sleeve_type",
    "Fit": "fit fit_type",
    "Pack size": """pack_size pack_quantity package_quantity item_package_quantity pack_qty
    units_per_pack""",
}
_FOREIGN_FACT_COLUMNS = """
farbe größe grösse geschlecht muster altersgruppe couleur taille matière matériau genre motif color
talla tamaño género estampado colore taglia materiale genere fantasia kleur maat materiaal geslacht
kolor rozmiar materiał płeć wzór cor tamanho gênero género padrão цвет размер материал пол узор
色 カラー サイズ 素材 柄 颜色 尺寸 材质 barva velikost materiál renk beden malzeme färg storlek
"""
FACT_LABELS: Mapping[str, str] = {
    key_of(name): label for label, names in _FACT_COLUMNS.items() for name in names.split()
}
FACT_KEYS = frozenset((*FACT_LABELS, *map(key_of, _FOREIGN_FACT_COLUMNS.split())))

# Words of keys that never say what a product is.
_NEVER_TEXT = """
price prices msrp rrp cost preis prix precio prezzo prijs cena preço цена quantity qty stock
inventory availability available backorder shipping delivery versand livraison envío spedizione
tax vat taxable hs tariff seo meta keywords keyword image images img photo picture video gtin ean
upc isbn barcode sku asin mpn policy policies return returns refund exchange new
review reviews url link href id ids date created updated template sale promo
discount coupon featured recommends recommended swatch position sort visible visibility published
status options shipped payment disclaimer guarantee tags tag
"""
_NEVER = frozenset(_NEVER_TEXT.split())
# A shop's handle and stars, but a knife's handle material and a jacket's waterproof rating.
_NEVER_BY_ITSELF = frozenset(("handle", "rating", "ratings"))
_BESIDE_TEXT = "product item seller customer user star stars average avg overall total count value"
_BESIDE_IT = frozenset(_BESIDE_TEXT.split())
# Keys that are of the product though they hold such a word.
_OF_PRODUCT = re.compile(
    r"(?:item |box |set |unit |case )?(?:pack|package|box|set|unit|case) (?:quantity|qty)"
    r"|(?:quantity|qty) ?(?:/ ?|per )\w+"
    r"|(?:recommended|suggested) (?!.*\b(?:browse|price|retail|products?|quantity|nodes?)\b).+"
    r"|delivery (?:head|rate|volume|speed)|photo etch\w*|photo (?:size|format)"
    r"|image (?:sensor|stabili[sz]\w+|quality)|date (?:display|window|function|at)"
    r"|stock (?:material|finish|colou?r|type)|status (?:lights?|leds?)"
    r"|link (?:length|width|size|type|material|thickness|style|shape|diameter|colou?r|finish)"
)
# Those that are by what is said of them: a handle's wood and no slug, pieces and no stock.
_VALUES_OF_PRODUCT: Mapping[str, re.Pattern[str]] = {
    "handle": re.compile(r"^[^-]* [^-]*$|^[^\W\d_]+(?:wood|able|ible|steel)$", re.IGNORECASE),
    # A chain's, and no address.
    "link": re.compile(
        r"^(?!.*\b(?:here|link|shop|view|more|yes|true|no|false)\b)[a-z]+(?: [a-z]+)?$",
        re.IGNORECASE,
    ),
    "published": re.compile(r"^(?:19|20)\d\d$"),
    "rating": re.compile(r"\bIP[X\d]\d", re.IGNORECASE),
    "position": re.compile(r"^[^\W\d]{4,}\D*$"),
    "quantity": re.compile(r"^\d+ ?[a-z]{3,}", re.IGNORECASE),
    "qty": re.compile(r"^\d+ ?[a-z]{3,}", re.IGNORECASE),
    "guarantee": re.compile(r"\d ?(?:years?|yrs?|months?)\b", re.IGNORECASE),
}
# Words of keys that say, where their value is yes, how a shop shows a product.
_SWITCHES_TEXT = """
active allow bestseller clearance disable disabled enable enabled exclude excluded hidden hide home
popular show shown sync synced track tracked trending
"""
_SWITCHES = frozenset(_SWITCHES_TEXT.split())
_YES = frozenset(("yes", "true"))
_WORD = re.compile(r"[^\W\d_]+")
_NO_VALUES_TEXT = (
    "-;--;.;?;n/a;na;none;null;nil;nan;no;false;0;undefined;unknown;not specified;tbd;tba;"
    "does not apply;not applicable;see description;default title;default;other;various;nein;non;"
    "не указано;keine;ninguno;value;test"
)
_NO_VALUES = frozenset(_NO_VALUES_TEXT.split(";"))
_NO_BRANDS_TEXT = (
    "oem;generic;no brand;nobrand;no-brand;unbranded;brand;vendor;my store;not branded;no name;"
    "noname;markenlos;sans marque;sin marca;ohne marke;нет бренда;без бренда;non-branded;handmade;"
    "yes;true"
)
_NO_BRANDS = frozenset(_NO_BRANDS_TEXT.split(";")) | _NO_VALUES
_PLACEHOLDER = re.compile(
    r"\byour[ _](?:category|brand|product|title|text)\b|\blorem ipsum\b|pellentesque habitant",
    re.IGNORECASE,
)
# What shops promise is no fact of a product.
_BOILERPLATE = re.compile(
    r"\bfree (?:\w+ )?(?:shipping|returns?|delivery|exchanges?)\b|\bcash on delivery\b"
    r"|\bmoney[- ]back|\bsatisfaction guarante|\bmake sure this fits\b"
    r"|\bcustomer (?:service|support)\b|\bcontact us\b|\breturn policy\b|\bin stock\b"
    r"|\bbest price\b"
    r"|\b(?:fast|same[- ]day|express) (?:shipping|delivery|dispatch)\b"
    r"|\bkostenloser? versand\b|\blivraison gratuite\b|\benvío gratis\b|\bspedizione gratuita\b"
    r"|\bбесплатная доставка\b|送料無料",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S+://\S|www\.\S|gid:/|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE)
_CURRENCY = r"(?:[$€£¥₹₽]|\b(?:USD|EUR|GBP|CZK|RUB|JPY|INR|PLN|CHF|SEK|NOK|DKK|CAD|AUD)\b)"
_PRICE = re.compile(rf"{_CURRENCY}\s*\d[\d.,]*|\d[\d.,]*\s*{_CURRENCY}")
_LONG_NUMBER = re.compile(r"\d{20}")  # is no quantity
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_NUMBER_KEYS = ("gtin", "ean", "upc", "isbn", "barcode", "sku")
# Between attributes in one cell, and between key and value.
_PAIRS_APART = re.compile(r"\s*(?:[;|\n]|,(?=\s*[^\W\d][\w /&-]{0,30}\s*[:=]))\s*")


def fact_of(key: str, value: str) -> Fact | None:
    """Returns a fact; None where a key or value is none of what a product is.

    Example:
        >>> fact_of("eco_collection", "Yes"), fact_of("Price", "5.00")
        (Fact(value='Yes', key='Eco collection'), None)
        >>> fact_of("Dishwasher safe", "TRUE"), fact_of("Color", "TRUE")
        (Fact(value='Yes', key='Dishwasher safe'), None)
    """
    if (found := json_in(value)) is not None:
        value = said(found)
    value = one_line(value)
    key = said_key(key)
    words = set(_WORD.findall(key.casefold()))
    is_shops = not words.isdisjoint(_NEVER) or _is_of_shop(words)
    if is_shops and not _is_of_product(key.casefold(), value):
        return None
    if value.casefold() in _YES:
        # A colour is not "yes", and what a shop switches on is no fact of its product.
        is_so = key and key_of(key) not in FACT_KEYS and words.isdisjoint(_SWITCHES)
        return Fact("Yes", key) if is_so else None
    is_said = is_value(value) or said_of_avoided(key, value)
    return Fact(value, key) if is_said else None


def _is_of_product(key: str, value: str) -> bool:
    """Tells whether a key with a shop's word is of the product: a camera's image sensor."""
    if _OF_PRODUCT.fullmatch(key):
        return True
    if key == "handle" and CLASSES.get(value.casefold()) in (MATERIAL, FEATURE):
        return True
    pattern = _VALUES_OF_PRODUCT.get(key)
    return pattern is not None and pattern.search(value) is not None


def _is_of_shop(words: set[str]) -> bool:
    """Tells whether the words of a key name a shop's handle or its customers' stars."""
    return not words.isdisjoint(_NEVER_BY_ITSELF) and words <= _NEVER_BY_ITSELF | _BESIDE_IT


def is_value(value: str) -> bool:
    """Says whether a text, in one line, says something about a product."""
    return (
        0 < len(value) <= _MOST_CHARS
        and value.casefold() not in _NO_VALUES
        and value[:1] not in "{["
        and any(map(str.isalnum, value))
        and not _PLACEHOLDER.search(value)
        and not _BOILERPLATE.search(value)
        and not _ADDRESS.search(value)
        and not _PRICE.fullmatch(value)
        and not _LONG_NUMBER.search(value)
    )


def said_key(key: str) -> str:
    """Returns a key as people write it.

    Example:
        >>> said_key("eco_collection"), said_key("color_name"), said_key("Colour")
        ('Eco collection', 'Color', 'Colour')
    """
    label = FACT_LABELS.get(key_of(key)) if "_" in key else None
    if label:
        return label
    text = one_line(key).replace("_", " ").strip(" :*")
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]  # pH, dBA


def is_placeholder(text: str) -> bool:
    """Says whether a text is what a template shows, such as lorem ipsum."""
    return _PLACEHOLDER.search(text) is not None


def brand_of(text: str) -> str:
    """Returns a brand; empty where the text says that there is none."""
    brand = one_line(text)
    is_none = brand.casefold() in _NO_BRANDS or _PLACEHOLDER.search(brand)
    return "" if is_none else brand


def known_pairs(record: Record) -> Iterator[Pair]:
    """Yields what the columns say that mean the same in every format: colour, size, material."""
    for place, name in _fact_places(record.columns):
        value = record.at(place)
        if value:
            yield name, value


def damaged_number(record: Record) -> str:
    """Returns a number that a spreadsheet has shortened, as 8.80609E+12, with its column."""
    for place in _number_places(record.columns):
        value = record.at(place)
        if _SCIENTIFIC.fullmatch(value):
            return f"{value} in {record.columns.labels[place]}"
    return ""


@lru_cache(maxsize=_MOST_KINDS)
def _fact_places(columns: Columns) -> list[tuple[int, str]]:
    return [
        (place, FACT_LABELS.get(key) or said_key(columns.labels[place]))
        for place, key in enumerate(columns.keys)
        if key in FACT_KEYS
    ]


@lru_cache(maxsize=_MOST_KINDS)
def _number_places(columns: Columns) -> list[int]:
    return [
        place
        for place, key in enumerate(columns.keys)
        if any(number in key for number in _NUMBER_KEYS)
    ]


def packed_pairs(cell: str, label: str = "") -> Iterator[Pair]:
    """Yields the attributes that are packed into one cell.

    Args:
        cell: JSON, or "Color: Red; Size: M" with `;`, `|`, line breaks or commas between them. What
            has keys is cut at a comma only where another key follows: "Color: red, dark, Size: M".
        label: What an attribute without a key is of.

    Example:
        >>> list(packed_pairs("Color: Red, Size: M"))
        [('Color', 'Red'), ('Size', 'M')]
    """
    if cell[:1] in "[{":
        yield from _json_pairs(json_in(cell), label)
        return
    parts = _PAIRS_APART.split(cell)
    if len(parts) == 1 and not label and ":" not in cell and "=" not in cell:
        parts = cell.split(", ")  # "6 mm thick, purple, non slip"
    for part in parts:
        fact = Fact.of(part.replace("=", ":", 1) if ":" not in part else part)
        if fact.value:
            yield fact.key or label, fact.value


def _json_pairs(value: object, label: str) -> Iterator[Pair]:
    if isinstance(value, Mapping):
        names = {key_of(str(key)): one for key, one in value.items()}
        key = said(names.get("key") or names.get("name") or names.get("attributename"))
        if key and not names.keys().isdisjoint(("value", "attributevalue")):
            yield key, said(names.get("value", names.get("attributevalue")))
        elif label and (whole := said(value)):  # {"value": 3, "unit": "kg"}
            yield label, whole
        else:
            for name, one in value.items():
                yield from _json_pairs(one, str(name))
    elif isinstance(value, list):
        if label and not any(isinstance(one, Mapping) for one in value):
            yield label, said(value)
            return
        for one in value:
            yield from _json_pairs(one, label)
    elif isinstance(value, str) and not label:
        fact = Fact.of(value)
        yield fact.key, fact.value
    elif text := said(value):
        yield label, text


def cut(cell: str, separator: str) -> list[str]:
    r"""Cuts a list in a cell.

    A separator within brackets is none, so that `rgb(1,2,3),red` has two, nor is one behind a
    backslash.

    Example:
        >>> cut(r"rgb(1,2,3), a\, b,,c", ",")
        ['rgb(1,2,3)', 'a, b', 'c']
    """
    if "(" not in cell and "\\" not in cell:
        return [part.strip() for part in cell.split(separator) if part.strip()]
    end = re.escape(separator)
    parts = re.findall(rf"(?:\\.|\([^()]*\)|[^{end}\\]|\\)+", cell)
    return [one for part in parts if (one := part.replace("\\" + separator, separator).strip())]

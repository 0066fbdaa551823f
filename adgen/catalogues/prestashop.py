"""PrestaShop's (and thirty bees') product files, and the second file with combinations.

Lists are cut at what the header says, `x,y,z` or `x;y;z`; else at what the rows are not cut at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adgen.catalogues.categories import first_category
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, cut, known_pairs
from adgen.catalogues.headers import Columns, Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.variants import Choice, is_offered

_ID = ("productid", "id", "produktid", "idproduct", "idproduit", "idproducto", "idprodotto")
_NAME = ("name", "nom", "nombre", "nome", "naam", "nazwa", "productname")
_ACTIVE_TEXT = "active actif activo aktiv attivo actief aktywny status enabled"
_ACTIVE = tuple(_ACTIVE_TEXT.split())
_CATEGORIES_TEXT = """
categories catégories kategorien categorías categorie categorieën kategorie category catégorie
"""
_CATEGORIES = tuple(_CATEGORIES_TEXT.split())
_BRAND_TEXT = """
manufacturer brand fabricant marque hersteller marke fabricante marca produttore fabrikant
producent marka
"""
_BRAND = tuple(_BRAND_TEXT.split())
_SHORT_TEXT = """
shortdescription résumé récapitulatif kurzbeschreibung descripcióncorta resumen brevedescrizione
riepilogo summary podsumowanie
"""
_SHORT = tuple(_SHORT_TEXT.split())
_FEATURES_TEXT = """
feature features caractéristique caractéristiques merkmal merkmale funktion característica
características caratteristica caratteristiche kenmerk kenmerken cecha cechy
"""
_FEATURES = tuple(_FEATURES_TEXT.split())
_DESCRIPTION = ("description", "beschreibung", "descripción", "descrizione", "beschrijving", "opis")
_REFERENCE_TEXT = "reference référence artikelnr referencia riferimento referentie indeks"
_REFERENCE = tuple(_REFERENCE_TEXT.split())
_OF_PRESTASHOP = re.compile(r"ecotax|écotaxe|urlrewritten|urlréécrite|availablefororder")
# Behind a feature's value: its position, and whether it was made up for this product.
_POSITION = re.compile(r":\d*(?::[01])?$")
_LIST = re.compile(r"\bx\s*([;,|])\s*y")


def is_prestashop(table: Table) -> bool:
    """Says whether a table is one of PrestaShop's products."""
    columns = table.columns
    marks = (
        any(map(_OF_PRESTASHOP.search, columns.keys)),
        columns.has_any(*_FEATURES),
        any(map(_LIST.search, columns.labels)),
        columns.has_any("wholesaleprice", "prixdachat", "minimalquantity", "supplierreference"),
    )
    return columns.has_any(*_ID) and columns.has_any(*_NAME) and sum(marks) >= 2


def is_combinations(table: Table) -> bool:
    """Says whether a table is PrestaShop's second file."""
    return table.columns.has_any(*_ID) and table.columns.has_all("attribute", "value")


def read_prestashop(table: Table, options: Options) -> Drafts:
    """Reads products, and their variants where the second file is given."""
    choices = _combinations(options.combinations) if options.combinations is not None else {}
    drafts = []
    for record in table.records:
        number = id_of(record, *_ID, *_REFERENCE)
        draft = Draft(
            id=number,
            name=record.get(*_NAME),
            brand=record.get(*_BRAND),
            category=_category(table, record),
            description=record.get(*_DESCRIPTION) or record.get(*_SHORT),
            url=record.get("producturl", "url"),
            pairs=[*_features(table, record), *known_pairs(record)],
            choices=choices.pop(number, []),
        )
        draft.note(record)
        if record.get(*_ACTIVE).casefold() in ("0", "false", "no", "disabled"):
            draft.flags.append("unpublished")
        drafts.append(draft)
    return Drafts(
        drafts, [f"combinations of product {one!r}, which is not there" for one in choices]
    )


def read_combinations(table: Table, options: Options) -> Drafts:
    """Reads the second file alone: variants of products whose names stand elsewhere."""
    drafts = [Draft(id=one, choices=found) for one, found in _combinations(table).items()]
    return Drafts(drafts, ["names are in PrestaShop's file of products; give both"])


def _combinations(table: Table) -> dict[str, list[Choice]]:
    found: dict[str, list[Choice]] = {}
    for record in table.records:
        names = _parts(_cut(table, record, "attribute"))
        values = _parts(_cut(table, record, "value"))
        options = tuple(zip(names, values, strict=False))
        key = record.get("reference", "ean13")
        choice = Choice(key, options, is_offered=is_offered(record))
        found.setdefault(id_of(record, *_ID), []).append(choice)
    return found


def _parts(cells: Sequence[str]) -> list[str]:
    """Returns names or values without type and position: `Color:color:0`, `Blue:0`."""
    return [cell.partition(":")[0].strip() for cell in cells]


def _category(table: Table, record: Record) -> str:
    return first_category(part for key in _CATEGORIES for part in _cut(table, record, key))


def _features(table: Table, record: Record) -> Iterator[Pair]:
    """Yields features: `Material:Wool:1` or `Material:Wool:1:0`."""
    for key in _FEATURES:
        for part in _cut(table, record, key):
            name, _, rest = part.partition(":")
            value = _POSITION.sub("", rest)
            if value:
                yield name.strip(), value.strip()


def _cut(table: Table, record: Record, key: str) -> list[str]:
    return cut(record.get(key), _separator(table.columns, key, table.delimiter))


def _separator(columns: Columns, key: str, delimiter: str) -> str:
    for place in columns.places.get(key, ()):
        said = _LIST.search(columns.labels[place])
        if said:
            return said[1]
    return "," if delimiter == ";" else ";"

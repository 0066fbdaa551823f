"""WooCommerce's product export, whose columns are named in the language of the shop.

Names are known in eight languages; of others the order of the columns tells, which is the same in
all, as are the words under Type and under the visibility in the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from adgen.catalogues.categories import first_category
from adgen.catalogues.drafts import Draft, Drafts
from adgen.catalogues.facts import cut
from adgen.catalogues.headers import Columns, Record, key_of
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.values import listed
from adgen.catalogues.variants import Choice, choices_of, is_offered

_NAMES = {
    "ID": "id",
    "Type": "type;typ;tipo;rodzaj;тип",
    "SKU": "sku;artikelnummer;ugs;cod;ref;артикул;sku (artikelnummer);symbol",
    "Name": "name;nom;nombre;nome;naam;nazwa;имя;название",
    "Published": "published;veröffentlicht;publié;publicado;pubblicato;gepubliceerd;opublikowano;"
    "opublikowany;опубликован",
    "Visibility": "visibility in catalog;sichtbarkeit im katalog;visibilité dans le catalogue;"
    "visibilidad en el catálogo;visibilità nel catalogo;zichtbaarheid in catalogus;"
    "zichtbaarheid in de catalogus;widoczność w katalogu;visibilidade no catálogo;"
    "visibilité du catalogue;видимость в каталоге",
    "Short description": "short description;kurzbeschreibung;description courte;descripción corta;"
    "breve descrizione;descrizione breve;korte beschrijving;krótki opis;descrição curta;"
    "breve descrição;краткое описание",
    "Description": "description;beschreibung;descripción;descrizione;beschrijving;opis;descrição;"
    "описание",
    "Categories": "categories;kategorien;catégories;categorías;categorie;categorieën;kategorie;"
    "categorias;категории",
    "Parent": "parent;übergeordnet;übergeordnetes produkt;superior;principal;padre;genitore;hoofd;"
    "bovenliggend;ouder;nadrzędny;rodzic;ascendente;pai;produto pai;родительский",
    "External URL": "external url;externe url;url externe;url externa;url esterno;zewnętrzny url;"
    "adres url;внешний url",
    "Brands": "brands;marken;marques;marcas;marchi;merken;marki;бренды;brand;marke;marque;marca",
}  # fmt: skip
_KEYS: Mapping[str, str] = {
    key_of(name): field for field, names in _NAMES.items() for name in names.split(";")
}
KNOWN_KEYS = frozenset(_KEYS)
_TYPES_TEXT = """
simple variable variation grouped external downloadable virtual subscription variable-subscription
subscription_variation bundle booking
"""
_TYPES = frozenset(_TYPES_TEXT.split())
_VISIBILITIES = frozenset(("visible", "catalog", "search", "hidden"))
# Places of columns counted from the type's and the visibility's, the same in every language.
_BESIDE_TYPE = {"ID": -1, "SKU": 1}
_BESIDE_VISIBILITY = {
    "Name": -3,
    "Published": -2,
    "Short description": 1,
    "Description": 2,
    "Categories": 20,
    "Parent": 26,
}
_MOST_PLACES = 40
# "Attribute 1 name", "Nom de l'attribut 1": the word, and the number.
_ATTRIBUTE = re.compile(
    r"(?:attri|atrib|atryb|attrý|eigenschap|eigenschaft|kenmerk|атрибут|özellik|属性)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_BY_ID = re.compile(r"id:\s*(\d+)")


def is_woocommerce(table: Table) -> bool:
    """Says whether a table is WooCommerce's, in any language."""
    columns = named_columns(table)
    if not columns.has_all("type", "name"):
        return False
    return columns.has_any("visibility", "published", "shortdescription") and (
        columns.has_any("sku", "parent") or bool(_attribute_places(columns))
    )


def named_columns(table: Table) -> Columns:
    """Returns the columns under their English names."""
    columns = table.columns
    names: dict[int, str] = {}
    for place, key in enumerate(columns.keys):
        field = _KEYS.get(key)
        if field and field not in names.values():
            names[place] = field
    names |= _told_by_cells(table, set(names.values()))
    return columns.renamed(names)


def _told_by_cells(table: Table, known: set[str]) -> dict[int, str]:
    """Returns the columns that what stands in them tells, where their names are not known."""
    found: dict[int, str] = {}
    for place in range(min(len(table.columns), _MOST_PLACES)):
        words = {
            part.strip().casefold() for one in table.head for part in one.at(place).split(",")
        } - {""}
        if words and words <= _TYPES and "Type" not in known:
            found |= {place: "Type"} | _beside(place, _BESIDE_TYPE, table, known)
        elif words and words <= _VISIBILITIES and "Visibility" not in known:
            found |= {place: "Visibility"} | _beside(place, _BESIDE_VISIBILITY, table, known)
    return found


def _beside(place: int, steps: Mapping[str, int], table: Table, known: set[str]) -> dict[int, str]:
    """Returns names by place of the columns that stand so many steps from one."""
    return {
        place + step: name
        for name, step in steps.items()
        if name not in known and 0 <= place + step < len(table.columns)
    }


def read_woocommerce(table: Table, options: Options) -> Drafts:
    """Gathers variations under their parents, wherever in the file these stand."""
    columns = named_columns(table)
    places = _attribute_places(columns)
    drafts: list[Draft] = []
    by_key: dict[str, Draft] = {}
    variable: list[tuple[Draft, dict[str, list[str]]]] = []
    variations: list[Record] = []
    for record in table.with_columns(columns).records:
        kind = record.get("type").casefold()
        if "variation" in kind:
            variations.append(record)
            continue
        draft = _draft(record)
        drafts.append(draft)
        for key in _keys(record):
            by_key.setdefault(key, draft)
        values = dict(_attributes(record, places))
        if "variable" in kind:
            variable.append((draft, values))
        else:
            draft.pairs += [(name, listed(found)) for name, found in values.items()]
    for record in variations:
        key = _parent(record)
        if key in by_key:
            by_key[key].choices.append(_choice(record, places))
            by_key[key].note(record)
        else:
            drafts.append(_orphan(record, places, key))
    for draft, values in variable:
        _divide(draft, values)
    return Drafts(drafts)


def _draft(record: Record) -> Draft:
    draft = Draft(
        id=record.get("sku", "id") or f"row {record.number}",
        name=record.get("name"),
        brand=record.get("brands"),
        category=first_category(cut(record.get("categories"), ",")),
        description=record.get("description") or record.get("shortdescription"),
        url=record.get("permalink", "externalurl"),
    )
    draft.note(record)
    published = record.get("published")
    if published in ("0", "-1", "false", "no"):
        draft.flags.append("draft" if published == "-1" else "unpublished")
    if record.get("visibility").casefold() == "hidden":
        draft.flags.append("hidden in the catalogue")
    if "grouped" in record.get("type").casefold():
        draft.flags.append("group of products")
    return draft


def _keys(record: Record) -> list[str]:
    """Returns what variations may call a product."""
    number = record.get("id")
    return [key for key in (record.get("sku"), f"id:{number}" if number else "") if key]


def _parent(record: Record) -> str:
    cell = record.get("parent")
    by_id = _BY_ID.fullmatch(cell)
    return f"id:{by_id[1]}" if by_id else cell


def _choice(record: Record, places: Sequence[tuple[int, int]]) -> Choice:
    options = tuple((name, values[0]) for name, values in _attributes(record, places) if values)
    return Choice(record.get("sku", "id"), options, record.get("permalink"), is_offered(record))


def _orphan(record: Record, places: Sequence[tuple[int, int]], parent: str) -> Draft:
    draft = _draft(record)
    draft.pairs += [(name, listed(values)) for name, values in _attributes(record, places)]
    draft.flags.append(f"variant without its product: {parent or 'none named'} is not in the file")
    return draft


def _divide(draft: Draft, values: Mapping[str, Sequence[str]]) -> None:
    """Makes a variable product's attributes facts, unless its variations are told apart by them."""
    told = {key_of(name) for choice in draft.choices for name, _ in choice.options}
    rest = {name: found for name, found in values.items() if key_of(name) not in told}
    draft.pairs += [(name, found[0]) for name, found in rest.items() if len(found) == 1]
    # What no variation names comes in all of its values.
    draft.choices += choices_of((name, found) for name, found in rest.items() if len(found) > 1)


def _attribute_places(columns: Columns) -> list[tuple[int, int]]:
    """Returns the places of the names of attributes, each with that of its values."""
    first: dict[str, int] = {}
    found: dict[str, tuple[int, int]] = {}
    for place, label in enumerate(columns.labels):
        number = _NUMBER.search(label)
        if number and _ATTRIBUTE.search(label) and not label.casefold().startswith("meta:"):
            if number[0] not in first:
                first[number[0]] = place
            else:
                found.setdefault(number[0], (first[number[0]], place))
    return list(found.values())


def _attributes(
    record: Record, places: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, list[str]]]:
    for place_of_name, place_of_values in places:
        name = record.at(place_of_name)
        if name:
            yield name.removeprefix("pa_"), cut(record.at(place_of_values), ",")

"""Plain tables: a product a row, columns named as people name them, or as the caller says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from adgen.catalogues.categories import first_category, listed_categories
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, known_pairs, packed_pairs
from adgen.catalogues.headers import Columns, Record, key_of
from adgen.catalogues.options import Options, shown
from adgen.catalogues.table import Table
from adgen.catalogues.values import cell_of, json_in
from adgen.catalogues.variants import Choice, is_offered, shared_pairs

T = TypeVar("T")

# Of several columns the one named first here counts.
_COLUMN_NAMES = {
    "id": """
        id sku product_id item_id item_sku product_code code handle variant_sku article_number
        artikelnummer artikel_nr reference référence referencia codice kod артикул 商品コード 品番
        uniq_id unique_id goods_id seller_sku vendor_sku_code pid listing_id asin mpn gtin ean
    """,
    "product": """
        product product_name name title product_title item_name item_title item post_title
        bezeichnung artikelname artikelbezeichnung produktname produkt titel nom nom_du_produit
        titre produit désignation libellé nombre nombre_del_producto título titulo producto nome
        nome_prodotto prodotto titolo nome_do_produto produto naam productnaam nazwa
        nazwa_produktu название наименование товар 商品名 商品名称 产品名称 製品名 タイトル 标题
        название_товара názov název ürün_adı produktnavn produktnamn headline display_name
        product_display_name goods_name translations.default.name
    """,
    "brand": """
        brand brand_name brands marke marque marca marchio merk marka бренд ブランド ブランド名
        品牌 značka märke manufacturer hersteller fabricant fabricante produttore fabrikant
        producent производитель výrobce tillverkare manufacturer.translations.default.name vendor
    """,
    "category": """
        category categories product_category product_type category_path kategorie kategorien
        warengruppe catégorie catégories categoría categorías categoria categorie categorieën
        kategoria категория категории カテゴリ カテゴリー 类别 分类 google_product_category
        department collection type product_category_tree main_category
    """,
    "description": """
        description product_description long_description body body_html item_description
        beschreibung produktbeschreibung artikelbeschreibung descripción descripcion descrizione
        descrição descricao beschrijving omschrijving opis описание 説明 商品説明 描述 popis
        açıklama beskrivning short_description kurzbeschreibung details content
    """,
    "url": """
        url link product_url product_link permalink landing_page final_url page_url web_url href
        ссылка enlace lien
    """,
    "attributes": """
        attributes attribute facts features feature specs specifications product_specifications
        eigenschaften merkmale caractéristiques características caratteristiche kenmerken cechy
        характеристики properties bullet_points bullet_point key_features highlights about_product
        特徴 属性 bullets product_specification technical_details
    """,
    "group": "item_group_id parent_sku parent_id group_id variant_group parent",
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    field: tuple(map(key_of, names.split())) for field, names in _COLUMN_NAMES.items()
}
# Which of these names tell a header from other rows.
KNOWN_KEYS = frozenset(key for keys in _KEYS.values() for key in keys)
_HIDDEN_STATUS = ("draft", "archived", "inactive", "disabled", "unpublished", "hidden", "deleted")


def is_plain(table: Table) -> bool:
    """Says whether a table has a column with products."""
    return table.columns.has_any(*_KEYS["product"])


def check_plain(columns: Columns, options: Options, file: str) -> None:
    """Raises where no column has the products.

    Raises:
        ValueError: None has; the message shows the columns.
    """
    if "product" not in options.map and not columns.has_any(*_KEYS["product"]):
        example = next((label for label in columns.labels if label), "COLUMN")
        raise ValueError(
            f"{file} has no column of products; expected product, title or name among "
            f"{shown(columns)}. Name it: map='product={example}'."
        )


def read_plain(table: Table, options: Options) -> Drafts:
    """Reads a product a row; rows that name the same group are its variants."""
    columns = _columns(options)
    drafts: list[Draft] = []
    groups: dict[str, Draft] = {}
    points: dict[str, list[list[Pair]]] = {}  # facts without keys, of each row of a group
    for record in table.records:
        group = record.get(*columns["group"])
        draft = groups.get(group) if group else None
        sku = id_of(record, *columns["id"])
        if draft is None:
            draft = _draft(record, columns, sku)
            drafts.append(draft)
            if group:
                draft.id = group
                groups[group] = draft
                points[group] = []
        if group:
            attributes = list(_attributes(record, columns["attributes"]))
            keyed = [pair for pair in attributes if pair[0]]
            url = record.get(*columns["url"])
            told = (*known_pairs(record), *keyed)
            draft.choices.append(Choice(sku, told, url, is_offered(record)))
            if group in points:  # else the product has a row of its own, which says them
                points[group].append([pair for pair in attributes if not pair[0]])
        else:
            draft.choices += _listed_variants(record.get("variants"))
            groups.setdefault(sku, draft)
            draft.pairs += known_pairs(record)
        draft.note(record)
    for group, rows in points.items():
        groups[group].pairs = shared_pairs(rows)
    return Drafts(drafts)


def gathers_rows(table: Table, options: Options) -> bool:
    """Tells whether rows of a table name a group; takes the rows."""
    keys = _columns(options)["group"]
    return any(record.get(*keys) for record in table.records)


def row_drafts(table: Table, options: Options) -> Iterator[Draft]:
    """Yields a product a row, one at a time, of a table without groups."""
    columns = _columns(options)
    for record in table.records:
        draft = _draft(record, columns, id_of(record, *columns["id"]))
        draft.pairs += known_pairs(record)
        draft.note(record)
        yield draft


def _columns(options: Options) -> dict[str, tuple[str, ...]]:
    """Returns the keys of each field's columns, those that the caller named before all."""
    return {
        field: tuple(map(key_of, options.map[field])) if field in options.map else keys
        for field, keys in _KEYS.items()
    }


def _draft(record: Record, columns: Mapping[str, tuple[str, ...]], sku: str) -> Draft:
    draft = Draft(
        id=sku,
        name=record.get(*columns["product"]),
        brand=record.get(*columns["brand"]),
        category=first_category(listed_categories(record.get(*columns["category"]), ";")),
        description=record.get(*columns["description"]),
        url=record.get(*columns["url"]),
        pairs=list(_attributes(record, columns["attributes"])),
    )
    draft.flags += _listed(record.get("flags"), str)
    status = record.get("status", "state").casefold()
    if status in _HIDDEN_STATUS:
        draft.flags.append(status)
    if record.get("published", "active", "enabled").casefold() in ("false", "0", "no"):
        draft.flags.append("unpublished")
    return draft


def _listed_variants(cell: str) -> Iterator[Choice]:
    """Yields variants that stand in their product's cell as JSON, as `adgen products` writes."""
    for number, one in enumerate(_listed(cell, dict), 1):
        row = Record(Columns(map(str, one)), list(map(cell_of, one.values())), number)
        options = tuple(packed_pairs(row.get("attributes", "title")))
        yield Choice(row.get("sku", "id"), options, row.get("url"), is_offered(row))


def _listed(cell: str, kind: type[T]) -> list[T]:
    """Returns what a cell lists in JSON, as far as it is of a kind."""
    values = json_in(cell)
    return [one for one in values if isinstance(one, kind)] if isinstance(values, list) else []


def _attributes(record: Record, keys: tuple[str, ...]) -> Iterator[Pair]:
    """Yields packed attributes; a column that a caller named for one of them is its key."""
    for key in dict.fromkeys(keys):
        is_general = key in _KEYS["attributes"]
        for place in record.columns.places.get(key, ()):
            cell = record.at(place)
            if cell:
                label = "" if is_general else record.columns.labels[place]
                yield from packed_pairs(cell, label)

"""WooCommerce's exports: variations under their parents, columns in many languages."""

import pytest
from made_catalogues import facts

ENGLISH_TEXT = (
    "ID|Type|SKU|Name|Published|Is featured?|Visibility in catalog|Short description|Description|"
    "Date sale price starts|Date sale price ends|Tax status|Tax class|In stock?|Stock|"
    "Low stock amount|Backorders allowed?|Sold individually?|Weight (kg)|Length (cm)|Width (cm)|"
    "Height (cm)|Allow customer reviews?|Purchase note|Sale price|Regular price|Categories|Tags|"
    "Shipping class|Images|Download limit|Download expiry days|Parent|Grouped products|Upsells|"
    "Cross-sells|External URL|Button text|Position|Attribute 1 name|Attribute 1 value(s)|"
    "Attribute 1 visible|Attribute 1 global|Attribute 2 name|Attribute 2 value(s)|"
    "Attribute 2 visible|Attribute 2 global|Meta: _seo"
)
ENGLISH = ENGLISH_TEXT.split("|")
ROWS = [
    {"ID": "7", "Type": "variable", "SKU": "tee", "Name": "Cotton Tee", "Published": "1",
     "Visibility in catalog": "visible", "Description": "<p>Soft.</p>", "Weight (kg)": "0.2",
     "Categories": "Clothing, Clothing > Tees, Sale", "Attribute 1 name": "Color",
     "Attribute 1 value(s)": "Red, Blue", "Attribute 2 name": "Fabric",
     "Attribute 2 value(s)": "Cotton", "Meta: _seo": "Color"},
    {"ID": "8", "Type": "variation", "SKU": "tee-r", "Name": "Cotton Tee - Red", "Published": "1",
     "Parent": "tee", "Attribute 1 name": "Color", "Attribute 1 value(s)": "Red"},
    {"ID": "9", "Type": "variation", "SKU": "tee-b", "Name": "Cotton Tee - Blue",
     "Published": "1", "Parent": "id:7", "Attribute 1 name": "Color",
     "Attribute 1 value(s)": "Blue"},
    {"ID": "10", "Type": "simple, downloadable, virtual", "SKU": "alb", "Name": "Album",
     "Published": "0", "Visibility in catalog": "visible", "Categories": "Music",
     "Short description": "Ten songs.", "Attribute 1 name": "Label",
     "Attribute 1 value(s)": "Nordton", "Attribute 2 name": "Formats",
     "Attribute 2 value(s)": "FLAC, MP3"},
]  # fmt: skip


def check(found):
    """Checks the products of `ROWS`, whatever their columns are called."""
    assert found.format == "woocommerce"
    tee, album = found
    assert (tee.id, tee.name, tee.category) == ("tee", "Cotton Tee", "Clothing > Tees")
    assert tee.description == "Soft."
    assert facts(tee) == ["Fabric: Cotton", "Color options: 2"]
    assert [(one.id, facts(one)) for one in tee.variants] == [
        ("tee-r", ["Color: Red"]),
        ("tee-b", ["Color: Blue"]),
    ]
    assert (album.id, album.name, album.description) == ("alb", "Album", "Ten songs.")
    assert facts(album) == ["Label: Nordton", "Formats: FLAC, MP3"]
    assert album.flags == ("unpublished",)


def test_english(read, rows):
    check(read(rows(ENGLISH, *ROWS)))


# What stands in the columns that the reader asks for, in the languages of shops.
TRANSLATED = {
    "German": {"Type": "Typ", "SKU": "Artikelnummer", "Published": "Veröffentlicht",
               "Visibility in catalog": "Sichtbarkeit im Katalog", "Categories": "Kategorien",
               "Short description": "Kurzbeschreibung", "Description": "Beschreibung",
               "Parent": "Übergeordnetes Produkt", "Attribute 1 name": "Attribut 1 Name",
               "Attribute 1 value(s)": "Attribut 1 Wert(e)", "Attribute 2 name": "Attribut 2 Name",
               "Attribute 2 value(s)": "Attribut 2 Wert(e)"},
    "French": {"SKU": "UGS", "Name": "Nom", "Published": "Publié",
               "Visibility in catalog": "Visibilité dans le catalogue",
               "Categories": "Catégories", "Short description": "Description courte",
               "Attribute 1 name": "Nom de l’attribut 1",
               "Attribute 1 value(s)": "Valeur(s) de l’attribut 1",
               "Attribute 2 name": "Nom de l’attribut 2",
               "Attribute 2 value(s)": "Valeur(s) de l’attribut 2"},
    "Spanish": {"Type": "Tipo", "Name": "Nombre", "Published": "Publicado",
                "Visibility in catalog": "Visibilidad en el catálogo", "Categories": "Categorías",
                "Short description": "Descripción corta", "Description": "Descripción",
                "Parent": "Superior", "Attribute 1 name": "Nombre del atributo 1",
                "Attribute 1 value(s)": "Valor(es) del atributo 1",
                "Attribute 2 name": "Nombre del atributo 2",
                "Attribute 2 value(s)": "Valor(es) del atributo 2"},
    "Italian": {"Type": "Tipo", "SKU": "COD", "Name": "Nome", "Published": "Pubblicato",
                "Visibility in catalog": "Visibilità nel catalogo", "Categories": "Categorie",
                "Short description": "Breve descrizione", "Description": "Descrizione",
                "Parent": "Genitore", "Attribute 1 name": "Nome dell'attributo 1",
                "Attribute 1 value(s)": "Valore dell'attributo 1",
                "Attribute 2 name": "Nome dell'attributo 2",
                "Attribute 2 value(s)": "Valore dell'attributo 2"},
    "Dutch": {"Name": "Naam", "Published": "Gepubliceerd",
              "Visibility in catalog": "Zichtbaarheid in catalogus", "Categories": "Categorieën",
              "Short description": "Korte beschrijving", "Description": "Beschrijving",
              "Parent": "Hoofd", "Attribute 1 name": "Eigenschap 1 naam",
              "Attribute 1 value(s)": "Eigenschap 1 waarde(n)",
              "Attribute 2 name": "Eigenschap 2 naam",
              "Attribute 2 value(s)": "Eigenschap 2 waarde(n)"},
    "Polish": {"Type": "Rodzaj", "Name": "Nazwa", "Published": "Opublikowano",
               "Visibility in catalog": "Widoczność w katalogu", "Categories": "Kategorie",
               "Short description": "Krótki opis", "Description": "Opis", "Parent": "Nadrzędny",
               "Attribute 1 name": "Nazwa atrybutu 1",
               "Attribute 1 value(s)": "Wartości atrybutu 1",
               "Attribute 2 name": "Nazwa atrybutu 2",
               "Attribute 2 value(s)": "Wartości atrybutu 2"},
    "Portuguese": {"Type": "Tipo", "SKU": "REF", "Name": "Nome", "Published": "Publicado",
                   "Visibility in catalog": "Visibilidade no catálogo",
                   "Categories": "Categorias", "Short description": "Descrição curta",
                   "Description": "Descrição", "Parent": "Ascendente",
                   "Attribute 1 name": "Nome do atributo 1",
                   "Attribute 1 value(s)": "Valores do atributo 1",
                   "Attribute 2 name": "Nome do atributo 2",
                   "Attribute 2 value(s)": "Valores do atributo 2"},
}  # fmt: skip


@pytest.mark.parametrize("language", TRANSLATED)
def test_other_languages(read, rows, language):
    names = TRANSLATED[language]
    header = [names.get(name, name) for name in ENGLISH]
    translated = [{names.get(k, k): v for k, v in row.items()} for row in ROWS]
    check(read(rows(header, *translated)))


def test_an_unknown_language_is_read_by_the_order_of_columns(read, rows):
    """Only what stands under Type and the visibility is the same in all languages."""
    names = {
        name: f"Kolumno {chr(65 + i % 26)}{chr(97 + i // 26)}" for i, name in enumerate(ENGLISH)
    }
    for number in (1, 2):
        names |= {
            f"Attribute {number} name": f"Nomo de atributo {number}",
            f"Attribute {number} value(s)": f"Valoroj de atributo {number}",
            f"Attribute {number} visible": f"Videbla atributo {number}",
            f"Attribute {number} global": f"Komuna atributo {number}",
        }
    translated = [{names[k]: v for k, v in row.items()} for row in ROWS]
    found = read(rows(list(names.values()), *translated))
    assert found.format == "woocommerce"
    assert [one.name for one in found] == ["Cotton Tee", "Album"]


@pytest.mark.parametrize(
    ("cells", "flag"),
    [
        ({"Published": "-1"}, "draft"),
        ({"Published": "0"}, "unpublished"),
        ({"Visibility in catalog": "hidden"}, "hidden in the catalogue"),
        ({"Type": "grouped"}, "group of products"),
        ({"Description": "Lorem ipsum dolor sit amet"}, "placeholder: the description is a "
         "template's"),
    ],
)  # fmt: skip
def test_flags(read, rows, cells, flag):
    row = {"Type": "simple", "SKU": "a", "Name": "Mug", "Published": "1"} | cells
    assert read(rows(ENGLISH, row))[0].flags == (flag,)


def test_a_variation_without_its_parent_is_kept(read, rows):
    found = read(rows(ENGLISH, ROWS[1], ROWS[3]))
    assert [one.name for one in found] == ["Album", "Cotton Tee - Red"]
    assert found[1].flags == ("variant without its product: tee is not in the file",)


def test_what_no_variation_names_comes_in_all_its_values(read, rows):
    parent = ROWS[0] | {"Attribute 2 name": "Size", "Attribute 2 value(s)": "S, M"}
    (tee,) = read(rows(ENGLISH, parent, *ROWS[1:3]))
    assert [facts(one) for one in tee.variants] == [
        ["Color: Red"],
        ["Color: Blue"],
        ["Size: S"],
        ["Size: M"],
    ]


def test_brands(read, rows):
    row = {"Type": "simple", "SKU": "a", "Name": "Mug", "Published": "1"}
    by_column = rows([*ENGLISH, "Brands"], row | {"Brands": "Norrvik"})
    assert read(by_column)[0].brand == "Norrvik"
    by_attribute = row | {"Attribute 1 name": "Marke", "Attribute 1 value(s)": "Norrvik"}
    (mug,) = read(rows(ENGLISH, by_attribute))
    assert (mug.brand, mug.facts) == ("Norrvik", ())

"""A product's name with what a fact says of it, "Gas Stove", and without what is a fact itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from adgen.products.lexicon import CLASSES, COLOUR, SHADE
from adgen.products.names import load_names
from adgen.products.product import Fact, Product
from adgen.products.words import keys_of
from adgen.writing.key_words import core_of, plain_key
from adgen.writing.repetition import head_of, words_of

_MOST_ADDED = 3  # words that a fact puts before the name
_FEWEST_WORDS = 2  # of a name that a fact without a key may repeat: "Basket" may be another one
_KINDS = "type kind style form variety subtype specialty model"
_OF_KIND = frozenset(_KINDS.split())
# Keys of which a value of several words may end in a name of two words or more.
_TELLING = frozenset(("sub brand", "feature", "features", "item form", "model number", "name"))
_SHORTEST_BEFORE = 3  # letters of a word within a word: sun of sunglasses
_LONGEST_CODE = 3  # characters of a word behind a name that says which one: Vitamin B-12
_TITLES = frozenset(("title", "book title"))
_WORKS_TEXT = """book cookbook novel textbook audiobook hardcover paperback comic magazine album cd
    dvd vinyl record movie film game story biography memoir guide anthology thriller"""
_WORKS = frozenset(_WORKS_TEXT.split())  # what has a title
_OF_COLOURS = {1: (COLOUR,), 2: (COLOUR, SHADE)}  # of the last word, and of those before it
# Which begin a shade, though shoes and plants are called so: Flat Red, Moss Green, Oxford Blue.
_OF_SHADES = frozenset(("flat", "gloss", "matt", "matte", "satin", "oxford", "moss", "model"))
_ROW = re.compile(r"[,;:|/()]| (?:with|for|in|and|&|or|of|by|to) ", re.IGNORECASE)


def longer_name(brand: str, name: str, facts: Sequence[Fact]) -> tuple[str, list[Fact]]:
    """Returns the name with what a fact says before it, and the facts that are left.

    Of a fact that says the whole name at its end a title would say it twice: "Stove, Gas Stove". A
    book's own title comes first: "Quiet Rivers: Novel".

    Example:
        >>> longer_name("", "stove", [Fact("gas stove", "Stove Type"), Fact("steel")])
        ('gas stove', [Fact(value='steel', key='')])
    """
    title = next((fact for fact in facts if _is_title(name, fact)), None)
    if title is not None:
        whole = f"{title.value}: {brand} {name}" if brand else f"{title.value}: {name}"
        return whole, [fact for fact in facts if fact is not title]
    found = next((fact for fact in facts if _says_name(brand, name, fact)), None)
    if found is None:
        return name, list(facts)
    return found.value, [fact for fact in facts if fact is not found]


def _is_title(name: str, fact: Fact) -> bool:
    """Tells whether a fact is what a book or a film is called: "Quiet Rivers", of a novel."""
    is_work = head_of(name) in _WORKS and head_of(name) not in words_of(fact.value)
    return is_work and plain_key(fact.key) in _TITLES and any(map(str.isalpha, fact.value))


def without_colour(product: Product) -> Product:
    """Returns a product with the colour at the end of its name as a fact: "Yoga Mat Green".

    Behind what names a product a colour hangs on without a comma, and no fact can stand between.

    Example:
        >>> product = without_colour(Product(name="Skog Yoga Mat Green"))
        >>> product.name, [str(fact) for fact in product.facts]
        ('Skog Yoga Mat', ['Color: Green'])
    """
    words = product.name.split()
    for size in range(1, _MOST_ADDED + 1):
        rest = words[:-size]
        if rest and rest[-1].casefold() in _OF_SHADES:
            return product
        if not rest or CLASSES.get(words[-size].casefold()) not in _OF_COLOURS[min(size, 2)]:
            return product
        keys = keys_of(" ".join(rest))
        is_name = CLASSES.get(rest[-1].casefold()) != COLOUR
        if is_name and load_names().ending_at(keys, len(keys)):
            colour = Fact(" ".join(words[-size:]), "Color")
            name = " ".join(rest).rstrip(" ,-–|:")
            return replace(product, name=name, facts=(colour, *product.facts))
    return product


def _is_kind_of(word: str, name: str) -> bool:
    """Tells whether a word is a name with another word before it: sunglasses, no "portable"."""
    is_longer = len(word) - len(name) >= _SHORTEST_BEFORE
    return is_longer and not word.endswith("able") and CLASSES.get(word) is None


def _says_name(brand: str, name: str, fact: Fact) -> bool:
    """Tells whether a fact is the name with a few words before it, and nothing else.

    Or with a code behind it, "Vitamin B-12", or in one word, "Sunglasses".
    """
    wanted = words_of(name)
    said = words_of(fact.value)
    if _ROW.search(fact.value) or _ROW.search(name):
        return False
    key = plain_key(fact.key)
    is_kind = not _OF_KIND.isdisjoint((core_of(key), *key.split()[-1:]))
    if is_kind and len(said) > len(wanted) and said[: len(wanted)] == wanted:
        return all(len(word) <= _LONGEST_CODE for word in said[len(wanted) :])
    is_within = len(said) == 1 and len(wanted) == 1 and said[0].endswith(wanted[0])
    if is_kind and is_within and _is_kind_of(said[0], wanted[0]):
        return True  # sunglasses of glasses, a multivitamin of a vitamin
    added = said[: len(said) - len(wanted)]
    if not wanted or not 0 < len(added) <= _MOST_ADDED or said[len(added) :] != wanted:
        return False
    if added[0] in words_of(brand):
        return False
    if not key or key in _TELLING:
        return len(wanted) >= _FEWEST_WORDS or key == "model number"
    return is_kind or key.split() == [head_of(name)]

"""Brands: learned from titles, kept as a list, found where a title begins.

A title nearly always begins with its brand, and a brand hardly stands anywhere else, except behind
"for" or "fits". That tells "Under Armour" from "Stainless Steel" without any list of brands. A
brand that is also an ordinary word ("Champion") is known as such: it is `ordinary`. It knows
nothing of a title behind its brand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from adgen.products.lexicon import (
    ALLOY,
    AUDIENCE,
    AUDIENCE_BEFORE,
    CLASSES,
    COLOUR,
    MATERIAL,
    SIZE,
    TEXTURE,
)
from adgen.products.words import key_of, keys_of, read_list, split_words

BRANDS_FILE = "brands.txt"
ORDINARY_FILE = "ordinary.txt"
# Behind a brand's name in the list, where it is an ordinary word too.
_ORDINARY = "\tordinary"
LONGEST_BRAND = 3  # words

# How often a title must begin so, of so many titles that hold the words, to show a brand.
_MIN_STARTS = 6
_MIN_SHARE = 0.6
_MIN_STARTS_OF_NUMBER = 30  # 3M, 2XU, but not 6-Pack
# Two words, of which neither is a brand alone ("New Balance"), must show it more clearly.
_MIN_STARTS_OF_TWO = 8
_MIN_SHARE_OF_TWO = 0.85
# Words that begin many titles, but are ordinary too: "Royal", "Pilot".
_MIN_STARTS_OF_ORDINARY = 20
_MIN_SHARE_OF_ORDINARY = 0.3
# "Calvin" is nearly always followed by "Klein": then both together are the brand.
_MIN_SHARE_OF_LONGER = 0.75
# "Kate" begins brands of other words too, and "spade" hardly stands elsewhere: "Kate Spade" is one.
_MIN_STARTS_OF_NAMESAKE = 20
_MIN_SHARE_OF_NAMESAKES = 0.1  # of the titles that begin with the first word
_MIN_SHARE_OF_SECOND = 0.3  # of the titles that hold the second word
# A single word that is hardly ever used otherwise.
_MAX_ELSEWHERE_OF_RARE = 30
_MIN_SHARE_OF_DISTINCT = 0.85
_MAX_LOWER_CASE_OF_DISTINCT = 0.05
_MIN_TITLES_OF_ORDINARY = 60

# What follows is another maker's product, to which this one belongs.
_BEFORE_OTHERS = frozenset(("for", "fits", "fit", "compatible", "with", "by", "from", "like"))
# These begin titles, alone or before a brand, and are none.
_NO_BRANDS_TEXT = """
    a an and assorted authentic boy's boys boys' for from generic genuine girl's girls girls' gift
    in kids lot men men's mens new of official officially original pack pcs pair piece pieces set
    size the unisex unknown used various with women women's womens one two three us american
    architectural blooming convenience crazy creative dream exotic general global happy hello
    danish joyful jumping national native oriental southwestern superior think true wanted
"""
_NO_BRANDS = frozenset(_NO_BRANDS_TEXT.split())
_NO_ENDS = frozenset((ALLOY, AUDIENCE, AUDIENCE_BEFORE, COLOUR, MATERIAL, SIZE, TEXTURE))
# Makers whose names stand in others' titles more than at the beginning of their own.
_KNOWN_TEXT = (
    "Acura;Alfa Romeo;Audi;BMW;Bentley;Buick;Cadillac;Chevrolet;Chevy;Chrysler;Citroen;Ferrari;"
    "Fiat;Ford;Honda;Hyundai;Infiniti;Isuzu;Kawasaki;Kia;Lamborghini;Land Rover;Lexus;Maserati;"
    "Mazda;Mercedes-Benz;Mercedes;Mitsubishi;Nissan;Peugeot;Pontiac;Porsche;Renault;Subaru;Suzuki;"
    "Tesla;Toyota;Volkswagen;Volvo;Yamaha;Huawei;Lenovo;Microsoft;Motorola;Nikon;Nintendo;Nvidia;"
    "Panasonic;Samsung;Sony;Toshiba;Xiaomi;HTC;Asus;Acer;Olympus;GoPro;Fitbit;Garmin;Keurig;Cricut;"
    "Klein Tools;John Deere;Santa Cruz;Arm & Hammer;U.S. Polo Assn.;Michael Kors;Ralph Lauren;"
    "Polo Ralph Lauren;Lucky Brand;Tommie Copper"
)
_KNOWN = _KNOWN_TEXT.split(";")
_KNOWN_ORDINARY_TEXT = "Apple;Dodge;Jeep;Jaguar;Saturn;Ram;HP;LG;Google;Amazon;Black Diamond"
_KNOWN_ORDINARY = _KNOWN_ORDINARY_TEXT.split(";")


@dataclass(frozen=True)
class Brand:
    """Describes a brand.

    Attributes:
        name: As it is mostly written: "adidas".
        is_distinct: Whether its words are hardly used as ordinary words.
    """

    name: str
    is_distinct: bool


@dataclass(frozen=True)
class Brands:
    """Knows brands, and words that are none.

    Attributes:
        known: The brands.
        ordinary: Words of titles that are no brands, in lower case.
    """

    known: tuple[Brand, ...]
    ordinary: frozenset[str] = frozenset()
    _by_key: Mapping[str, Brand] = field(init=False, repr=False, compare=False)
    _firsts: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {_key(brand.name): brand for brand in self.known}
        firsts: dict[str, int] = {}
        for key in by_key:
            first, _, rest = key.partition(" ")
            firsts[first] = max(firsts.get(first, 0), 1 + len(rest.split()))
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_firsts", firsts)

    def find(self, keys: Sequence[str], start: int = 0) -> Brand | None:
        """Returns the longest brand that begins at a word.

        Args:
            keys: Words as `words.key_of` gives them.
            start: Index of the word.
        """
        for length in range(self._firsts.get(keys[start], 0), 0, -1):
            brand = self._by_key.get(" ".join(keys[start : start + length]))
            if brand is not None:
                return brand
        return None

    def __contains__(self, text: object) -> bool:
        """Tells whether a text is a brand's name, whatever its case."""
        return isinstance(text, str) and _key(text) in self._by_key


@cache
def load_brands() -> Brands:
    """Returns the brands that come with adgen, learned from the training ads of its corpus."""
    known = []
    for line in read_list(BRANDS_FILE):
        name, tab, _ = line.partition("\t")
        known.append(Brand(name, is_distinct=not tab))
    return Brands(tuple(known), frozenset(read_list(ORDINARY_FILE)))


def lines_of(brands: Iterable[Brand]) -> list[str]:
    """Returns the lines of the file of brands, sorted."""
    ordered = sorted(brands, key=lambda brand: (brand.name.casefold(), brand.name))
    return [brand.name if brand.is_distinct else brand.name + _ORDINARY for brand in ordered]


def learn_brands(titles: Sequence[str]) -> Brands:
    """Learns brands from where their names stand in titles.

    Args:
        titles: Many titles, at best one of each family of variants, whose number would count
            otherwise.
    """
    counts = _Counts(titles)
    keys = counts.brands() - {_key(name) for name in (*_KNOWN, *_KNOWN_ORDINARY)}
    brands = [Brand(counts.written(key), counts.is_distinct(key)) for key in sorted(keys)]
    brands += [Brand(name, is_distinct=True) for name in _KNOWN]
    brands += [Brand(name, is_distinct=False) for name in _KNOWN_ORDINARY]
    return Brands(tuple(brands), frozenset(counts.ordinary(keys)))


def _key(text: str) -> str:
    return " ".join(keys_of(text))


class _Counts:
    """Counts where the beginnings of titles stand in all titles."""

    def __init__(self, titles: Sequence[str]) -> None:
        split = [split_words(title) for title in titles]
        # 1. The beginnings that are frequent enough.
        starts: Counter[str] = Counter()
        for words in split:
            for length in range(1, min(LONGEST_BRAND + 1, len(words))):
                starts[" ".join(map(key_of, words[:length]))] += 1
        self.starts = {key: num for key, num in starts.items() if num >= _MIN_STARTS}
        # 2. How often each stands elsewhere, and behind what others' products are named by.
        self.elsewhere: Counter[str] = Counter()
        self.behind_others: Counter[str] = Counter()
        self.lower_case: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self.forms: dict[str, Counter[str]] = {key: Counter() for key in self.starts}
        firsts = {key.partition(" ")[0] for key in self.starts}
        for words in split:
            self._count(words, firsts)
        self.longer: dict[str, list[str]] = {}
        for key in self.starts:
            shorter = key.rpartition(" ")[0]
            if shorter:
                self.longer.setdefault(shorter, []).append(key)

    def _count(self, words: list[str], firsts: set[str]) -> None:
        keys = [key_of(word) for word in words]
        counter = self.elsewhere
        for i, key in enumerate(keys):
            if i:
                self.words[key] += 1
                self.lower_case[key] += words[i] == key
                if key in _BEFORE_OTHERS:
                    counter = self.behind_others
            if key not in firsts:
                continue
            for length in range(1, LONGEST_BRAND + 1):
                phrase = " ".join(keys[i : i + length])
                if phrase in self.starts and i + length <= len(keys):
                    if i:
                        counter[phrase] += 1
                    else:
                        self.forms[phrase][" ".join(words[:length])] += 1

    def share(self, key: str) -> float:
        """Returns the share of a phrase's places that are beginnings."""
        return self.starts[key] / (self.starts[key] + self.elsewhere[key] + 1)

    def brands(self) -> set[str]:
        """Returns the brands' keys."""
        ones = {key for key in self.starts if " " not in key and self._is_brand_of_one(key)}
        clear = {key for key in ones if self.share(key) >= _MIN_SHARE}
        twos = {
            key
            for key in self.starts
            if key.count(" ") == 1 and clear.isdisjoint(key.split()) and self._is_brand_of_two(key)
        }
        namesakes = {
            key for key in self.starts if key.count(" ") == 1 and self._is_namesake(key, ones)
        }
        extended = {self._extended(key) for key in ones | twos | namesakes}
        return {key for key in extended if not key.endswith(" &")}

    def _is_namesake(self, key: str, ones: set[str]) -> bool:
        """Tells whether two words are a brand whose first word is one by itself."""
        first, second = key.split()
        starts = self.starts[key]
        if first not in ones or second in _NO_BRANDS or not second.isalpha():
            return False
        return (
            starts >= _MIN_STARTS_OF_NAMESAKE
            and starts >= _MIN_SHARE_OF_NAMESAKES * self.starts[first]
            and starts >= _MIN_SHARE_OF_SECOND * self.words[second]
            and CLASSES.get(second, "") not in _NO_ENDS
            and self.share(key) >= _MIN_SHARE_OF_TWO
        )

    def _is_brand_of_one(self, key: str) -> bool:
        if key in _NO_BRANDS or len(key) == 1 or key.isdigit():
            return False
        starts = self.starts[key]
        if self.share(key) >= _MIN_SHARE:
            return starts >= (_MIN_STARTS_OF_NUMBER if key[0].isdigit() else _MIN_STARTS)
        if not key.isalpha() or self.lower_case[key] > _MAX_LOWER_CASE_OF_DISTINCT * starts:
            return False
        return starts >= _MIN_STARTS_OF_ORDINARY and self.share(key) >= _MIN_SHARE_OF_ORDINARY

    def _is_brand_of_two(self, key: str) -> bool:
        first, second = key.split()
        known = {key_of(name) for name in (*_KNOWN, *_KNOWN_ORDINARY)}
        if first in known or (first != "the" and not _NO_BRANDS.isdisjoint((first, second))):
            return False
        if first[0].isdigit() or second.isdigit():
            return False
        return self.starts[key] >= _MIN_STARTS_OF_TWO and self.share(key) >= _MIN_SHARE_OF_TWO

    def _extended(self, key: str) -> str:
        """Returns the brand that a beginning belongs to: "calvin" is one with "calvin klein"."""
        longer = max(self.longer.get(key, ()), key=self.starts.__getitem__, default=None)
        if longer is None or self.starts[longer] < _MIN_SHARE_OF_LONGER * self.starts[key]:
            return key
        last = longer.rpartition(" ")[2]
        if CLASSES.get(last, "") in _NO_ENDS or last in _NO_BRANDS or last.isdigit():
            return key
        if self.share(longer) < _MIN_SHARE_OF_TWO:
            return key
        return self._extended(longer)

    def written(self, key: str) -> str:
        """Returns a brand as titles mostly write it."""
        return max(self.forms[key].items(), key=lambda form: (form[1], form[0]))[0]

    def is_distinct(self, key: str) -> bool:
        """Tells whether a brand's words are hardly used otherwise."""
        if " " in key:
            return True
        starts = self.starts[key]
        if self.lower_case[key] > _MAX_LOWER_CASE_OF_DISTINCT * starts:
            return False
        if self.share(key) < _MIN_SHARE:
            return False
        is_rare = self.elsewhere[key] <= _MAX_ELSEWHERE_OF_RARE
        return is_rare or self.share(key) >= _MIN_SHARE_OF_DISTINCT

    def ordinary(self, brands: set[str]) -> list[str]:
        """Returns the frequent words that are neither brands nor hold digits."""
        return sorted(
            word
            for word, num in self.words.items()
            if num >= _MIN_TITLES_OF_ORDINARY and word not in brands and word.isalpha()
        )

"""What kinds of products are commonly used for: learned, looked up by the name's ending."""

import pytest

from adgen.products.brands import Brand, Brands
from adgen.products.lexicon import AUDIENCE, CLASSES, SIZE
from adgen.products.names import Names
from adgen.products.uses import learn_uses, lines_of_uses, load_uses, uses_of

BRANDS = Brands((Brand("Acme", True), Brand("Sony", True)))
NAMES = Names(frozenset({"yoga mat", "mug"}))


def test_uses_that_many_titles_name_are_learned():
    titles = [f"Acme Yoga Mat, Red, for Pilates and Stretching {n}mm" for n in range(20)]
    titles += [f"Acme Yoga Mat, Blue, for Camping {n}mm" for n in range(3)]
    titles += [f"Acme Mug, for Sony {n} oz" for n in range(20)]
    titles += [f"Acme Yoga Mat, for Yoga {n}mm" for n in range(20)]
    assert learn_uses(titles, BRANDS, NAMES) == {"yoga mat": ("Pilates", "Stretching")}


@pytest.mark.parametrize(
    ("name", "uses"),
    [("thick Yoga Mat", ("Gym",)), ("door mat", ("Home",)), ("mug", ()), ("", ())],
)
def test_the_longest_known_ending_counts(name, uses):
    assert uses_of(name, {"yoga mat": ("Gym",), "mat": ("Home",)}) == uses


def test_the_shipped_uses_name_no_audience_size_or_brand():
    found = load_uses()
    assert len(found) > 200
    assert lines_of_uses(found) == sorted(lines_of_uses(found))
    for uses in found.values():
        assert 0 < len(uses) <= 4
        for use in uses:
            assert not any(CLASSES.get(word) in (AUDIENCE, SIZE) for word in use.lower().split())

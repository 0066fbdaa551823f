"""What may stand before a product's name, told from titles and from what they taught."""

import pytest

from adgen.products.brands import Brand, Brands
from adgen.products.names import Names
from adgen.writing.places import learn_places, load_places


@pytest.mark.parametrize(
    "fact",
    ["Waterproof", "Stainless Steel", "Memory Foam", "12 Inch", "6mm Thick", "24-Pack", "Men's",
     "Navy Blue", "Long Sleeve", "Cordless"],
)  # fmt: skip
def test_what_modifies_may_stand_before_the_name(fact):
    assert load_places().may_lead(fact)


@pytest.mark.parametrize(
    "fact",
    ["LED Light", "Drainage Hole", "2 Batteries", "40-Hour Battery", "1/2-Inch Chuck", "Pockets",
     "Washable Cover", "3-Color Modes", "Storage Box", "Touch Control"],
)  # fmt: skip
def test_things_that_a_product_has_stand_behind_it(fact):
    assert not load_places().may_lead(fact)


def test_places_are_learned_from_titles_and_rare_words_are_not():
    brands = Brands((Brand("Acme", is_distinct=True),))
    names = Names(frozenset(["lamp"]))
    titles = [f"Acme Cold Forged Lamp, Dimmer, Rare Knob {number}" for number in range(5)]
    titles += [f"Acme Cold Forged Lamp, Dimmer, With Knob {number}" for number in range(15)]
    places = learn_places(titles, brands, names)
    assert places.leading == {"forged"}
    assert places.trailing == {"dimmer"}
    assert places.may_lead("Cold Forged")
    assert not places.may_lead("Dimmer")

"""Facts that are hard to say shortly, and titles that have enough without them."""

import pytest

from adgen.products.product import Fact, Product, facts_of
from adgen.writing.casing import Casing
from adgen.writing.doubt import is_doubtful
from adgen.writing.forms import fact_forms
from adgen.writing.parts import together
from adgen.writing.pieces import pieces_of
from adgen.writing.room import why_dropped, with_room


def doubt(text):
    key, _, value = text.partition(": ")
    fact = Fact(value, key)
    return is_doubtful(fact, fact_forms(fact, Casing({}))[0])


@pytest.mark.parametrize(
    "text",
    [
        "Length: 118 cm from shoulder, size M",
        "Increments: 1.5 kg up to 11.5, then larger steps",
        "Carrier: MCT oil from coconut",
        "Cutting capacity: branches up to 3/4 in, green wood only",
        "Cooktop type: all, including induction",
        "Ring size: 6, resizable up to 8",
        "Fastening: nickel-free poppers down the front",
        "Hook & eye: 4 rows x 3",
        "Elements: 7 in 4 groups",
        "Fretboard: walnut, 18 frets",
        "Run time: 60 min eco, 35 standard, 9 boost",
        "Bits: 10 PH, 8 PZ, 12 Torx",
        "Attachments: crevice tool, 2-in-1 brush, mini motorised pet head",
        "Cover: 60% polyester, 40% bamboo viscose, removable",
        "Laser class: 2, < 1 mW",
        "Buckle: pin, nickel-free",
        "Use: mornings, followed by SPF",
        "Voltage: dual, 110-240V",
        "Warranty: 1 yr parts, home use only",
        "Track length: 4.2 m assembled",
    ],
)
def test_what_needs_a_sentence_is_doubtful(text):
    assert doubt(text)


@pytest.mark.parametrize(
    "text",
    [
        "Material: 95% organic cotton, 5% elastane",
        "Weight: 2.3 kg",
        "Blade: SK5 high carbon steel, PTFE coated",
        "Ports: 1x Gigabit WAN, 4x Gigabit LAN",
        "Compatible with: MacBook Air, iPhone 15, Galaxy S24",
        "Hose length: 60 in",
        "Wear time: up to 12 hrs",
        "Increments: 15 settings",
        "Closure type: pull on",
        "Mattress included: no",
        "Model: CD-BP310",
        "Colors: red, blue, green",
        "Age: 3 years and up",
        "Publication year: 2024",
        "Fill: 650 fill power duck down",
        "Power: USB, adapter not included",
    ],
)
def test_what_a_few_words_say_is_not(text):
    assert not doubt(text)


def test_a_part_that_is_there_stands_behind_the_name():
    facts = facts_of("Footrest: Yes", "Foldable: Yes")
    pieces = pieces_of(Product(name="Bar Stool", facts=facts), Casing({}))
    before = {piece.source: piece.before for piece in pieces if not piece.is_name}
    assert before == {"Footrest: Yes": (), "Foldable: Yes": ("Foldable",)}


FACTS = ("Colour: black", "Weight: 2 kg", "Handle: wood", "Blade length: 20 cm", "Fits: drawers")


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("Battery life: 8 hours, 32 hours with case", "8-Hour Battery Life"),
        ("Bits: 10 PH, 8 PZ, 12 Torx", None),  # a list, of which it is one
        ("Cover: 60% polyester, 40% cotton, removable", None),
        ("Increments: 1.5 kg up to 11.5, then larger steps", None),
    ],
)
def test_of_a_long_fact_a_title_says_its_first_part_where_that_claims_no_more(fact, said):
    facts = facts_of(fact, *FACTS)
    pieces = together(pieces_of(Product(name="Gadget", facts=facts), Casing({})))
    kept, _ = with_room(pieces, 300)
    of_fact = [piece.forms[0] for piece in kept if piece.source == fact]
    assert of_fact == ([said] if said else of_fact[:0])


HARD = "Increments: 1.5 kg up to 11.5, then larger steps"


@pytest.mark.parametrize(
    ("facts", "max_chars", "is_said"),
    [((HARD, *FACTS), 150, False), ((HARD, *FACTS[:3]), 150, True), ((HARD, *FACTS), 1_000, True)],
)
def test_a_title_with_enough_to_say_leaves_the_doubtful_out(facts, max_chars, is_said):
    product = Product(name="Bread Knife", facts=facts_of(*facts))
    pieces = together(pieces_of(product, Casing({})))
    kept, dropped = with_room(pieces, max_chars)
    assert any("Increments" in piece.source for piece in kept) == is_said
    assert [why_dropped(piece) for piece in dropped] == ["takes a sentence to say"] * (not is_said)
    assert len(kept) + len(dropped) == len(pieces)

import pytest

from adgen.products.brands import Brand, Brands, learn_brands, lines_of, load_brands
from adgen.products.words import key_of, read_list, split_words

THINGS = ("mug", "lamp", "chair", "table", "bottle", "wallet", "jacket", "belt", "clock", "towel")


def titles_of(start, num=10, rest="{} thing"):
    return [f"{start} {rest.format(thing)}" for thing in THINGS[:num]]


@pytest.fixture(scope="module")
def learned():
    titles = [
        *titles_of("Zorblax"),
        *titles_of("Under Frobs"),
        *titles_of("Calvin Quill"),
        *titles_of("Rarely", num=5),
        *titles_of("Black"),
        *titles_of("Stainless Steel"),
        *titles_of("Women's"),
        *titles_of("Set of"),
        *titles_of("14k"),
        *titles_of("Mug", rest="black {} stainless steel 14k for Zorblax"),
        *titles_of("Lamp", rest="under black {} stainless steel, Set of"),
        *titles_of("Under", num=4),
    ]
    return learn_brands(titles)


@pytest.mark.parametrize("name", ["Zorblax", "Under Frobs", "Calvin Quill"])
def test_what_begins_titles_and_stands_nowhere_else_is_a_brand(learned, name):
    assert name in learned
    assert name.upper() in learned


@pytest.mark.parametrize(
    "name", ["Black", "Stainless Steel", "Women's", "Set of", "14k", "Rarely", "Calvin", "Under"]
)
def test_other_beginnings_are_none(learned, name):
    assert name not in learned


def test_a_second_word_that_stands_nowhere_else_makes_a_brand_beside_the_first():
    titles = [
        *titles_of("Kit Spado") * 2,
        *titles_of("Kit Round") * 2,
        *titles_of("Kit Black") * 2,
        *titles_of("Kit", num=5),
        *titles_of("Frobs", rest="round {} black"),
        *titles_of("Lamp", rest="round {} black") * 5,
    ]
    brands = learn_brands(titles)
    found = [brands.find(["kit", word, "mug"]).name for word in ("spado", "round", "black")]
    assert found == ["Kit Spado", "Kit", "Kit"]


def test_places_behind_for_do_not_count_against_a_brand(learned):
    # Ten titles begin with it, ten more name it behind "for".
    assert learned.find(["zorblax", "mug"]) == Brand("Zorblax", is_distinct=True)


def test_the_longest_brand_is_found():
    brands = Brands((Brand("Blue", is_distinct=False), Brand("Blue Moon", is_distinct=True)))
    assert brands.find(["a", "blue", "moon", "mug"], 1).name == "Blue Moon"
    assert brands.find(["blue", "mug"]).name == "Blue"
    assert brands.find(["mug"]) is None


def test_the_file_of_brands_is_sorted_and_says_which_are_ordinary_words_too():
    brands = [Brand("Zorblax", is_distinct=True), Brand("apple", is_distinct=False)]
    assert lines_of(brands) == ["apple\tordinary", "Zorblax"]


def test_a_nation_is_no_brand():
    assert load_brands().find(["danish", "oil"]) is None


def test_the_shipped_lists_are_as_their_maker_writes_them():
    brands = load_brands()
    assert read_list("brands.txt") == lines_of(brands.known)
    assert read_list("ordinary.txt") == sorted(brands.ordinary)
    assert read_list("names.txt") == sorted(set(read_list("names.txt")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Women's U.S. Polo, 2-Pack", ["Women's", "U.S.", "Polo", "2-Pack"]),
        ("K&S Black & Decker", ["K&S", "Black", "&", "Decker"]),
        ("", []),
    ],
)
def test_words_are_split(text, words):
    assert split_words(text) == words


def test_keys_have_no_case_and_one_apostrophe():
    assert key_of("Women’s") == key_of("WOMEN'S") == "women's"
    assert key_of("U.S.") == key_of("u.s")

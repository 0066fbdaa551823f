"""What is no text of an ad is not learned: a last look at what was read."""

import pytest

from adgen.corpus import read_ads
from adgen.corpus.look import check_beginning, check_texts


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["Mug;3", "Cup;4"], "most rows hold the delimiter ';', as in 'Mug;3', 'Cup;4'"),
        (["Mug|3", "Cup|4", "TV | big"], "hold the delimiter '|'"),
        (["Mug\t3", "Cup\t4"], "hold the delimiter '<tab>'"),
        (["Mug,3", "Cup,4", "TV,5"], "hold the delimiter ','"),
        (["<p>Mug</p>", "Cup<br/>", "TV"], "most rows hold tags"),
        (['{"ad": "Mug"}', '{"ad": "Cup"}'], "are a program's data"),
        (["{", '  "ad": "Mug",', "}"], "are a program's data"),
        (['[{"text":"Mug"},{"text":"Cup"}]'], "are a program's data"),
        (["3.50", "4", "$5.00", "10.00 USD"], "are numbers, addresses or signs"),
        (["https://a.b/c", "www.a.b"], "are numbers, addresses or signs"),
        (["0 Mug", "1 Cup", "2 TV"], "begin with their number"),
        (["1. Mug", "2. Cup", "4. TV", "5. Lamp", "6. Lid"], "begin with their number"),
        (["17,Mug", "90,Cup"], "begin with a number and a delimiter"),
    ],
)
def test_what_most_rows_show_is_said_with_three_of_them(texts, message):
    with pytest.raises(ValueError) as caught:
        check_texts(texts, "ads.csv", whole_rows=True)
    error = str(caught.value)
    assert error.startswith("ads.csv: ") and message in error
    assert error.count("', '") <= 2


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["Mug, red,12 oz"],
        ["Mug | Acme", "Cup | Acme", "TV | Acme"],
        ["Mug; red", "Cup; blue"],
        ["Mug &amp;Cup", "Cup &quot;big&quot;"],
        ["2 Pack mug", "4 Pack cup", "55 inch TV", "12oz glass"],
        ["1,000 piece puzzle", "2,000 piece puzzle", "5,000 piece puzzle"],
        ["Mug,red", "Cup, blue", "TV", "Lamp"],
        ["[2 Pack] mug", "[New] cup", "{Sale} lamp"],
        ["I <3 mugs", "Size < 5", "TV"],
        ["手机", "电视"],
        ["<b>Mug</b>", "Cup", "TV"],
    ],
)
def test_texts_of_ads_pass(texts):
    check_texts(texts, "ads.csv", whole_rows=True)


def test_delimiters_in_a_column_of_a_table_are_the_users():
    check_texts(["red;big", "blue;small"], "ads.csv", whole_rows=False)


@pytest.mark.parametrize(
    "line", ["<!DOCTYPE html>", "\ufeff<html lang='en'>", "<?xml version='1'?>"]
)
def test_a_page_is_known_by_its_first_line(line):
    with pytest.raises(ValueError, match="is a web page, or XML"):
        check_beginning(line, "ads.csv")
    check_beginning("<3 mugs", "ads.csv")


def test_a_file_is_looked_at_with_its_own_rows_alone(tmp_path):
    (tmp_path / "a.csv").write_text("".join(f"mug {number}\n" for number in range(40)))
    (tmp_path / "b.csv").write_text("ad\nMug;3\nCup;4\n")
    with pytest.raises(ValueError, match=r"^b\.csv: most rows hold the delimiter"):
        read_ads(tmp_path)


def test_a_long_file_is_refused_before_its_end(tmp_path):
    rows = "".join(f"mug no. {number};{number}\n" for number in range(2_000))
    (tmp_path / "a.csv").write_text(f"ad\n{rows}" + "fine mug of tin\n" * 9 + '"')
    with pytest.raises(ValueError, match="delimiter"):
        read_ads(tmp_path / "a.csv")


def test_the_advice_works(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ad;price\nMug;3\nCup;4\n")
    assert list(read_ads(path)["ad"]) == ["Mug", "Cup"]
    path.write_text("ad\nMug; red\nCup; blue\n")
    assert list(read_ads(path)["ad"]) == ["Mug; red", "Cup; blue"]
    path.write_text("ad\nMug| red\nCup| blue\n")
    assert list(read_ads(path)["ad"]) == ["Mug| red", "Cup| blue"]

"""Prompts of lines: each kind of file, and each kind of bad line, which costs no other line."""

import gzip
import io

import pytest

from adgen.generation.prompt_file import PromptFile
from adgen.generation.prompt_rows import MAX_LINE_BYTES


def read(data, format="text", column=None):
    """Returns (line, prompt, others, error) of each row."""
    with PromptFile(None, format, column, stream=io.BytesIO(data)).open() as table:
        return [(row.line, row.prompt, dict(row.others), row.error) for row in table.rows]


def prompts(data, format="csv", column=None):
    return [row[1] for row in read(data, format, column)]


def test_a_line_of_text_is_a_prompt_whatever_ends_it():
    assert read(b"\xef\xbb\xbfSony TV\r\nGr\xc3\xb6\xc3\x9fe\nlast") == [
        (1, "Sony TV", {}, ""),
        (2, "Größe", {}, ""),
        (3, "last", {}, ""),
    ]
    assert read(b"") == []


def test_an_empty_line_and_one_that_is_not_utf_8_are_marked_in_their_place():
    assert read(b"Mug\n \nOak \xff table\nTV\n") == [
        (1, "Mug", {}, ""),
        (2, " ", {}, "no text"),
        (3, "Oak \ufffd table", {}, "not UTF-8: byte 0xff at place 5"),
        (4, "TV", {}, ""),
    ]


@pytest.mark.parametrize("length", [MAX_LINE_BYTES, MAX_LINE_BYTES + 1, 3 * MAX_LINE_BYTES])
def test_an_endless_line_is_marked_and_not_held(length):
    [first, second, third] = read(b"Mug\n" + b"x" * length + b"\nTV\n")
    assert (first[1], third[:2], third[3]) == ("Mug", (3, "TV"), "")
    if length > MAX_LINE_BYTES - 1:
        assert second[3] == "longer than 1,000,000 bytes" and len(second[1]) == 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("Mug\nTV\n".encode("utf-16"), "UTF-16"),
        ("Mug\nTV\n".encode("utf-16-le"), "UTF-16"),
        ("кружка\n".encode("utf-16-be"), "UTF-16"),
        (b"Mug\rTV\rOak\r", "carriage return alone"),
    ],
)
def test_a_file_that_cannot_be_cut_into_lines_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        read(data)


def test_a_line_with_a_zero_byte_is_no_utf_16():
    assert [row[1] for row in read(b"Steel\0 mug\nTV\n")] == ["Steel\0 mug", "TV"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_cut_at_what_its_header_is_cut_at(delimiter):
    lines = ["id,Product Title,price", '1,"Mug, blue",5', "2,TV,", '3,"Oak ""XL""\ntable",7']
    data = "\n".join(lines).replace(",", delimiter).encode()
    expected = f"Mug{delimiter} blue"
    assert read(data, "csv") == [
        (2, expected, {"id": "1", "price": "5"}, ""),
        (3, "TV", {"id": "2", "price": ""}, ""),
        (4, 'Oak "XL"\ntable', {"id": "3", "price": "7"}, ""),
    ]


def test_a_tsv_has_tabs_whatever_its_header_holds():
    assert read(b"title, long\ttitle\nx\tMug, blue\n", "tsv") == [
        (2, "Mug, blue", {"title, long": "x"}, "")
    ]
    assert prompts(b"sep=;\nid;name\n1;Mug\n") == ["Mug"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ad,prompt", "b"),
        ("name,TITLE", "b"),
        ("Product_Name,id", "a"),
        ("id,Item Name", "b"),
        ("text,headline", "b"),
    ],
)
def test_the_column_is_found_by_its_name(header, expected):
    assert prompts(f"{header}\na,b\n".encode()) == [expected]


def test_a_column_may_be_named_and_must_then_be_there():
    assert prompts(b"title,ad\na,b\n", column="ad") == ["b"]
    with pytest.raises(ValueError, match="no column 'Ad'; it has title, ad"):
        prompts(b"title,ad\na,b\n", column="Ad")


@pytest.mark.parametrize("header", ["id,price", "Sony TV", "handle"])
def test_a_table_whose_prompts_nobody_can_name_is_refused(header):
    listed = header.replace(",", ", ")
    with pytest.raises(ValueError, match=f"has the columns {listed}, .*prompt_column"):
        prompts(f"{header}\nx,y\n".encode())


@pytest.mark.parametrize("data", [b"", b"\n", b",,\n", b"\xff,a\n1,2\n"])
def test_a_table_without_a_header_is_refused(data):
    with pytest.raises(ValueError, match="no line of column names"):
        prompts(data)


def test_bad_rows_of_a_table_are_marked_and_cost_no_other():
    data = b'id,title\n1,Mug\n2,"lost\n3,"TV"\n4\n5,a,b,c\n6,\n\n7,"Best" pillow\n8,Oak,,\n'
    data += b"9,\xffx\n10,Tin"
    rows = read(data, "csv")
    assert [row[0] for row in rows] == [2, 3, 4, 5, 6, 7, 9, 10, 11, 12]
    assert {row[1]: row[2]["id"] for row in rows if not row[3]} == {
        "Mug": "1", "TV": "3", "Oak": "8", "Tin": "10",
    }  # fmt: skip
    errors = {row[0]: (row[1], row[3]) for row in rows if row[3]}
    assert set(errors) == {3, 5, 6, 7, 9, 11}
    assert errors[3][0] == '2,"lost' and "quote" in errors[3][1]
    assert errors[5] == ("4", "1 columns; expected 2. Quote texts that hold a delimiter")
    assert errors[6][0] == "5,a,b,c" and errors[6][1].startswith("4 columns; expected 2")
    assert errors[7][1] == "no text in column 'title'"
    assert errors[9][0] == '7,"Best" pillow' and "quote" in errors[9][1]
    assert "not UTF-8" in errors[11][1]


def test_a_table_of_one_column_needs_no_quotes():
    assert prompts(b'prompt\nMug, blue, "XL"\nTV\n') == ['Mug, blue, "XL"', "TV"]


def test_columns_of_one_name_stay_apart():
    [(_, prompt, others, _)] = read(b"x,title,x,,title\n1,2,3,4,5\n", "csv")
    assert prompt == "2"
    assert others == {"x": "1", "x_2": "3", "column 4": "4", "title_2": "5"}


def test_lines_of_json_are_texts_or_objects():
    data = b'"Mug"\n\n{"title": "TV", "id": [1, null]}\n{"prompt": "Oak", "title": "no"}\n""\n'
    assert read(data, "jsonl") == [
        (1, "Mug", {}, ""),
        (3, "TV", {"id": [1, None]}, ""),
        (4, "Oak", {"title": "no"}, ""),
        (5, "", {}, ""),
    ]
    assert prompts(b'{"prompt": "a", "sku name": "b"}\n', "jsonl", "sku name") == ["b"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{bad", "broken JSON"),
        (b"[" * 200_000, "broken JSON"),
        (b"3", "neither a text nor an object"),
        (b"null", "neither a text nor an object"),
        (b'["Mug"]', "neither a text nor an object"),
        (b'{"id": 3}', "no key 'prompt'"),
        (b'{"title": 3}', "key 'title' holds no text"),
        (b'"\xff"', "not UTF-8"),
    ],
)
def test_bad_lines_of_json_are_marked_and_kept(line, error):
    rows = read(b'"Mug"\n' + line + b'\n"TV"\n', "jsonl")
    assert [row[1] for row in rows if not row[3]] == ["Mug", "TV"]
    assert error in rows[1][3]
    assert rows[1][1] == line.decode("utf-8", "replace")


def test_a_packed_file_is_read_and_a_damaged_one_refused_before_any_row(tmp_path):
    lines = b"".join(b"prompt %d\n" % number for number in range(5000))
    (tmp_path / "a.txt").write_bytes(lines)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(lines))
    plain, packed = PromptFile(tmp_path / "a.txt"), PromptFile(tmp_path / "a.txt.gz")
    assert packed.num_rows() == 5000
    assert packed.fingerprint() == plain.fingerprint()
    for name, data in (
        ("cut", gzip.compress(lines)[:-20]),
        ("none", b"prompt"),
        ("bad", b"\x1f\x8b"),
    ):
        path = tmp_path / f"{name}.txt.gz"
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"is damaged.*Copy or compress it again"):
            PromptFile(path).fingerprint()


def test_what_is_no_file_is_refused(tmp_path):
    for path, error, message in (
        (tmp_path, ValueError, "is a folder"),
        (tmp_path / "nothing", FileNotFoundError, "There is no file"),
    ):
        with pytest.raises(error, match=message), PromptFile(path).open():
            pass

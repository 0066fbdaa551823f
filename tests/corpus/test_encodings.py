"""Lines come out of every usual encoding, and what is none is named."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus.encodings import MAX_LINE_CHARS, SAMPLE_BYTES, read_lines
from adgen.corpus.reading_report import CorpusReport

TEXTS = ["ad", "Tin mug, 12 oz", "Кружка", "保温杯 500ml", "कप", "😀 cup"]


def lines_of(content):
    file = io.BufferedReader(io.BytesIO(content), SAMPLE_BYTES)
    return list(read_lines(file, "ads.csv", CorpusReport()))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_lines_are_the_same_in_every_encoding(encoding, end):
    assert lines_of((end.join(TEXTS) + end).encode(encoding)) == TEXTS


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)))
def test_utf_8_comes_back_whole(texts):
    content = "".join(f"{text}\n" for text in ["ad", *texts]).encode()
    assert lines_of(content) == ["ad", *texts]


def test_a_line_with_a_wrong_byte_is_windows_1252_and_its_neighbours_are_not():
    assert lines_of(b"caf\xe9\rcaf\xc3\xa9\ncaf\xe9 \x96 mug\n") == ["café", "café", "café – mug"]


@pytest.mark.parametrize("text", ["id,ad\n7,Steel mug\n", "id,ads\n7,Tasse à café\n"])
@pytest.mark.parametrize("place", range(18))
def test_a_text_with_a_zero_byte_is_no_utf_16(text, place):
    damaged = f"{text[:place]}\0{text[place:]}"
    assert lines_of(damaged.encode()) == damaged.split("\n")[:-1]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    ["кружка стальная", "κούπα", "ספל", "كوب فولاذي", "स्टील का मग", "แก้วน้ำ", "保温杯", "マグ"],
)
def test_utf_16_without_a_mark_is_told_in_every_script(encoding, text):
    assert lines_of(f"{text}\n{text} 2\n".encode(encoding)) == [text, f"{text} 2"]


@pytest.mark.parametrize("encoding", ["cp1251", "cp932", "gb18030", "koi8-r"])
def test_another_encoding_is_refused(encoding):
    text = {"cp1251": "стальная кружка", "koi8-r": "стальная кружка"}.get(encoding, "保温杯上品")
    with pytest.raises(ValueError, match="Save it as UTF-8"):
        lines_of(f"ad\n{text} 1\n{text} 2\n{text} 3\n".encode(encoding))


def test_a_file_without_line_ends_is_refused_before_it_is_held():
    with pytest.raises(ValueError, match="has a line of more than"):
        lines_of(b"mug " * (MAX_LINE_CHARS // 4 + 1))

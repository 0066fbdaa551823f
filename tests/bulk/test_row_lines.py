"""Rows as lines: what is written is read again, byte for byte."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.bulk.row_lines import SUFFIXES, RowLines
from adgen.bulk.rows import FAILED, OK, SKIPPED, JudgedAd, Row

FINDING = {"rule": "too-long", "severity": "error", "start": 3, "end": 9, "message": 'say "less"'}
ROWS = [
    Row(
        1,
        "a,1",
        OK,
        (
            JudgedAd("Zenko Mat, 6 mm", -1.25, {"headline": ("Zenko", "Mat")}),
            JudgedAd('5" Lamp', -2.5, {}, (FINDING,)),
        ),
        fingerprint="00ff",
    ),
    Row(2, "b\n2", FAILED, reason='Two "colours"', fingerprint="11ff"),
    Row(3, "ç", SKIPPED, reason="draft; no name", fingerprint="22ff", flags=("draft", "no name")),
]


def save(path, rows):
    lines = RowLines(path.suffix)
    path.write_bytes(lines.header + b"".join(map(lines.data, rows)))
    return lines


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_are_read_again(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    lines = save(path, ROWS)
    found = list(lines.read(path))
    assert [(row.number, row.id, row.status, row.reason) for row in found] == [
        (row.number, row.id, row.status, row.reason) for row in ROWS
    ]
    assert [row.fingerprint for row in found] == ["00ff", "11ff", "22ff"]
    assert [row.num_ads for row in found] == [2, 0, 0]
    assert lines.header + b"".join(row.data for row in found) == path.read_bytes()


def test_json_lines_hold_a_product_each(tmp_path):
    save(tmp_path / "a.jsonl", ROWS)
    first, _, third = map(json.loads, (tmp_path / "a.jsonl").read_text("utf-8").splitlines())
    assert (first["row"], first["id"], first["status"], first["score"]) == (1, "a,1", "ok", -1.25)
    assert first["findings"] == []  # the best ad's
    assert first["ads"] == [
        {
            "text": "Zenko Mat, 6 mm",
            "fields": {"headline": ["Zenko", "Mat"]},
            "score": -1.25,
            "findings": [],
        },
        {"text": '5" Lamp', "fields": {}, "score": -2.5, "findings": [FINDING]},
    ]
    assert (third["score"], third["ads"], third["flags"]) == (None, [], ["draft", "no name"])


@pytest.mark.parametrize(("suffix", "delimiter"), [(".csv", ","), (".TSV", "\t")])
def test_tables_hold_an_ad_a_line(tmp_path, suffix, delimiter):
    save(tmp_path / f"a{suffix}", ROWS)
    text = io.StringIO((tmp_path / f"a{suffix}").read_text("utf-8"), newline="")
    cells = list(csv.DictReader(text, delimiter=delimiter))
    assert [(one["row"], one["number"], one["ad"]) for one in cells] == [
        ("1", "1", "Zenko Mat, 6 mm"),
        ("1", "2", '5" Lamp'),
        ("2", "", ""),
        ("3", "", ""),
    ]
    assert json.loads(cells[0]["fields"]) == {"headline": ["Zenko", "Mat"]}
    assert json.loads(cells[1]["findings"]) == [FINDING]
    assert cells[3]["flags"] == "draft; no name"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(TEXTS, TEXTS, st.lists(TEXTS, max_size=3)), max_size=5))
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_text_comes_through(tmp_path_factory, suffix, told):
    rows = [
        Row(number, id, FAILED, tuple(JudgedAd(text, -1.0) for text in ads), reason)
        for number, (id, reason, ads) in enumerate(told, 1)
    ]
    path = tmp_path_factory.mktemp("rows") / f"a{suffix}"
    lines = save(path, rows)
    found = list(lines.read(path))
    assert [(row.id, row.reason, row.num_ads) for row in found] == [
        (id, reason, len(ads)) for id, reason, ads in told
    ]
    assert lines.header + b"".join(row.data for row in found) == path.read_bytes()


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".jsonl", '{"row": 1}\n'),
        (".jsonl", "{"),
        (".jsonl", "[]\n"),
        (".csv", "id,ad\n1,Mug\n"),
        (".csv", ""),
        (".tsv", "\t".join(("row", "id")) + "\n"),
    ],
)
def test_other_files_are_refused(tmp_path, suffix, text):
    (tmp_path / f"a{suffix}").write_text(text)
    with pytest.raises(ValueError, match="is damaged, or no file that adgen wrote"):
        list(RowLines(suffix).read(tmp_path / f"a{suffix}"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("num_lost", [1, 2, 5])
def test_a_file_that_was_cut_is_refused(tmp_path, suffix, num_lost):
    path = tmp_path / f"a{suffix}"
    lines = save(path, ROWS)
    path.write_bytes(path.read_bytes()[:-num_lost])
    with pytest.raises(ValueError, match="is damaged"):
        list(lines.read(path))

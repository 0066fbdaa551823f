"""`adgen lint`: an ad a line, what is printed, exit codes."""

import gzip
import io
import json
from types import SimpleNamespace

import pytest
from command_runs import fails, run

from adgen.bulk.row_lines import SUFFIXES, RowLines
from adgen.bulk.rows import JudgedAd, Row


@pytest.fixture
def ads(tmp_path):
    path = tmp_path / "ads.txt"
    path.write_text("FREE Tea!!\nOak Tables\n\n靴  Shop\n", encoding="utf-8")
    return path


def objects(out):
    return [json.loads(line) for line in out.splitlines()]


def test_findings_stand_under_the_text(ads, capsys):
    code, out, err = run(["lint", ads, "--format", "google-rsa"], capsys)
    assert code == 1
    lines = out.splitlines()
    assert lines[0].startswith("1: error capitals: 'FREE' shouts")
    assert lines[1:3] == ["    FREE Tea!!", "    ^^^^"]
    assert "3: error empty: There is no text." in lines
    assert lines[-2:] == ["    靴  Shop", "      ^^"]  # the letter is two columns wide
    assert err == "4 ads, 3 with errors: 4 errors, 2 warnings (google-rsa@2026-11-29)\n"


def test_json_has_an_object_a_line_in_order(ads, capsys):
    code, out, _ = run(["lint", ads, "--format", "google-rsa", "--json"], capsys)
    found = objects(out)
    assert code == 1
    assert [one["text"] for one in found] == ["FREE Tea!!", "Oak Tables", "", "靴  Shop"]
    assert [one["ok"] for one in found] == [False, True, False, False]
    first = found[0]["findings"][0]
    assert (first["rule"], first["severity"], first["start"], first["end"]) == (
        "capitals", "error", 0, 4,
    )  # fmt: skip
    assert {"message", "field", "index"} <= set(first)


def test_nothing_refused_is_exit_code_0(tmp_path, capsys):
    (tmp_path / "ads.txt").write_text("Oak Tables\nShop Lamps!\n")
    code, out, err = run(["lint", tmp_path / "ads.txt", "--format", "google-rsa"], capsys)
    assert code == 0
    assert "warning exclamation-mark" in out and "0 errors, 1 warnings" in err


def test_lines_of_json_hold_texts_fields_and_brands(tmp_path, capsys):
    path = tmp_path / "ads.jsonl"
    lines = [
        "Oak Tables",
        {"text": "Acme Shoes like Adidas", "brand": "Acme", "id": 7},
        {"headline": ["Oak", "oak"], "description": "Made by us."},
        {"id": 8},
        {"text": "Oak", "headline": "Ash"},
        {"headline": 3},
        {"text": "Oak", "brand": 3},
        [1],
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n{broken\n"
    path.write_text(text, encoding="utf-8")
    code, out, _ = run(["lint", path, "--format", "google-rsa", "--json"], capsys)
    found = objects(out)
    assert code == 1 and [one["line"] for one in found] == [1, 2, 3, 4, 5, 6, 7, 8, 10]
    rules = [[finding["rule"] for finding in one["findings"]] for one in found]
    assert rules[0] == [] and rules[1] == ["trademark"]
    assert sorted(rules[2]) == ["alike", "too-few", "too-few"]
    assert found[2]["fields"] == {"headline": ["Oak", "oak"], "description": ["Made by us."]}
    assert rules[3:] == [["unreadable"]] * 6


def test_standard_input_field_brand_and_allowed_names(capsys, monkeypatch):
    given = b"Acme is loud. ZORB is louder than Adidas.\n"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(given)))
    words = ["lint", "-", "--format", "google-rsa", "--field", "description", "--json"]
    _, out, _ = run([*words, "--brand", "Acme", "--allow", "LOUD"], capsys)
    [one] = objects(out)
    assert [finding["rule"] for finding in one["findings"]] == ["trademark"]
    assert one["findings"][0]["field"] == "description"


def test_lines_that_are_no_text_are_marked(tmp_path, capsys):
    (tmp_path / "ads.txt").write_bytes(b"Oak\n\xff\xfe\xfa\nAsh\x1b[31m\n")
    code, out, _ = run(["lint", tmp_path / "ads.txt", "--format", "ebay-title"], capsys)
    assert code == 1 and "2: error unreadable: The line is no ad: not UTF-8" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "gogle-rsa"], "Did you mean google-rsa?"),
        (["--format", "google-rsa", "--field", "titel"], "has no field 'titel'"),
        ([], "required: --format"),
    ],
)
def test_bad_input_is_refused_in_one_line(ads, capsys, words, message):
    assert message in fails(["lint", ads, *words], capsys)


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    words = ["lint", tmp_path / "none.txt", "--format", "x"]
    assert "There is no file" in fails(words, capsys)


HEADLINES = {"headline": ("Oak", "oak"), "description": ("Made by us.",)}
ROWS = [
    Row(1, "a", "ok", (JudgedAd("Givnor GIVNOR Tea", 0.1), JudgedAd("FREE\nTea", 0.2)),
        product={"brand": "GIVNOR"}),
    Row(2, "b", "skipped", reason="draft"),
    Row(3, "c", "ok", (JudgedAd("Oak", 0.1, HEADLINES),), product={"brand": "Acme"}),
    Row(4, "d", "failed", reason="no room"),
    Row(5, "e", "failed", (JudgedAd("=Oak Stools", 0.1, {"title": ("=Oak Stools",)}),)),
    Row(6, "f", "skipped", reason="draft"),
]  # fmt: skip


def save_rows(path):
    lines = RowLines(path.suffix)
    path.write_bytes(lines.header + b"".join(map(lines.data, ROWS)))
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_bulk_wrote_is_judged_ad_by_ad(tmp_path, capsys, suffix):
    path = save_rows(tmp_path / f"ads{suffix}")
    code, out, err = run(["lint", path, "--format", "google-rsa", "--json"], capsys)
    found = objects(out)
    rules = [[finding["rule"] for finding in one["findings"]] for one in found]
    assert code == 1 and [one["ad"] for one in found] == [1, 2, 1, 1]
    assert rules[0] == ["doubled-words"]  # the brand's capitals pass
    assert rules[1] == ["capitals", "spacing"]
    assert found[2]["fields"] == {"headline": ["Oak", "oak"], "description": ["Made by us."]}
    assert sorted(rules[2]) == ["alike", "too-few", "too-few"]
    assert found[3]["text"] == "=Oak Stools"  # a field of another format: its text is judged
    assert err.splitlines()[0] == "3 rows without ads: 1 failed, 2 skipped"
    assert err.splitlines()[1].startswith("4 ads, 4 with errors")
    # A row's line is its first one: below a header, and below the ads of rows before it.
    is_table = suffix != ".jsonl"
    assert [one["line"] for one in found] == ([2, 2, 6, 8] if is_table else [1, 1, 3, 5])


def test_the_ad_of_a_row_is_named_with_its_line(tmp_path, capsys):
    path = save_rows(tmp_path / "ads.csv")
    _, out, _ = run(["lint", path, "--format", "google-rsa"], capsys)
    assert "2, ad 2: error capitals: 'FREE' shouts" in out
    assert "6, ad 1: headline 2, error alike" in out


@pytest.mark.parametrize("name", ["ads.csv", "ADS.TSV", "ads.csv.gz"])
def test_other_tables_are_refused_unless_their_lines_are_said_to_be_text(tmp_path, capsys, name):
    path = tmp_path / name
    path.write_bytes(b"title, price\nOak Tables, 9\n")
    message = fails(["lint", path, "--format", "google-rsa"], capsys)
    assert "no table that adgen bulk wrote" in message and "--input-format text" in message
    if not name.endswith(".gz"):
        words = ["lint", path, "--format", "google-rsa", "--input-format", "text"]
        code, _, err = run(words, capsys)
        assert code == 0 and err.startswith("2 ads, 0 with errors")


def test_rows_of_json_that_are_none_are_unreadable(tmp_path, capsys):
    rows = [
        {"ads": 3}, {"ads": ["Oak"]}, {"ads": [{"fields": 3}]}, {"ads": [{}]},
        {"ads": [{"text": 3}]}, {"ads": [{"text": "Oak"}], "product": {"brand": 3}},
        {"ads": [{"text": "Oak"}], "product": 3},
    ]  # fmt: skip
    path = tmp_path / "ads.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    code, out, err = run(["lint", path, "--format", "google-rsa", "--json"], capsys)
    assert code == 1 and "7 errors" in err
    assert {f["rule"] for one in objects(out) for f in one["findings"]} == {"unreadable"}


@pytest.mark.parametrize(
    "line", ["{" + "x" * 5000, '{"a": "' + "y" * 5000, json.dumps({"z" * 5000: 1})]
)
def test_a_broken_line_is_quoted_by_its_beginning(tmp_path, capsys, line):
    path = tmp_path / "ads.jsonl"
    path.write_text(line)
    code, out, _ = run(["lint", path, "--format", "google-rsa"], capsys)
    assert code == 1 and "^" not in out
    assert out.splitlines()[1] == f"    {line[:80]}..." and len(out) < 500
    _, out, _ = run(["lint", path, "--format", "google-rsa", "--json"], capsys)
    [one] = objects(out)
    assert one["text"] == line[:80] and one["findings"][0]["end"] == 80 and len(out) < 700


def test_a_packed_file_that_is_cut_off_is_refused_before_any_ad(tmp_path, capsys):
    path = tmp_path / "ads.txt.gz"
    path.write_bytes(gzip.compress(b"".join(b"Acme Mug %d\n" % n for n in range(3000)))[:-12])
    code, out, err = run(["lint", str(path), "--format", "google-rsa"], capsys)
    assert (code, out) == (2, "") and "is damaged" in err

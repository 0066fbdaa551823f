"""`adgen lint`: an ad a line, what is printed, exit codes."""

import io
import json
from types import SimpleNamespace

import pytest
from command_runs import fails, run


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

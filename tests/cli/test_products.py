"""`adgen products`: what was recognised, products as JSON, refusals in one line."""

import json

import pytest

from adgen.cli.main import main

SHOP = (
    "Handle,Title,Vendor,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status\n"
    "mug,Clay Mug,Fjell,true,Color,Red,M-R,5,active\n"
    "mug,,,,,Blue,M-B,5,\n"
    "tray,Oak Tray,Fjell,true,Title,Default Title,T,9,draft\n"
    "bowl,,Fjell,true,Title,Default Title,B,9,draft\n"
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.csv").write_text(SHOP)
    (tmp_path / "table.csv").write_text("NAM,VND\nClay Mug,Fjell\n")

    def run_words(*words):
        try:
            code = main(["products", *words])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_words


def test_it_says_what_was_recognised_and_what_is_flagged(run):
    assert run("shop.csv") == (
        0,
        "Shopify (shopify), cut at ','\n3 products, 2 variants, 2 flagged, some for several "
        "reasons\n  2 draft\n  1 no name\n",
        "",
    )


def test_one_reason_each_needs_no_word(run, tmp_path):
    (tmp_path / "shop.csv").write_text(SHOP.replace("bowl,,Fjell,true", "bowl,Bowl,Fjell,true"))
    assert run("shop.csv")[1].splitlines()[1:] == ["3 products, 2 variants, 2 flagged", "  2 draft"]


def test_json_has_a_line_a_product(run):
    code, out, _ = run("shop.csv", "--json", "--shop", "https://x.example")
    mug, tray, bowl = map(json.loads, out.splitlines())
    assert code == 0
    assert mug == {
        "id": "mug",
        "brand": "Fjell",
        "product": "Clay Mug",
        "category": "",
        "attributes": ["Color options: 2"],
        "description": "",
        "url": "https://x.example/products/mug",
        "variants": [
            {"id": "M-R", "attributes": ["Color: Red"], "url": "", "is_offered": True},
            {"id": "M-B", "attributes": ["Color: Blue"], "url": "", "is_offered": True},
        ],
        "flags": [],
    }
    assert (tray["flags"], bowl["flags"]) == (["draft"], ["draft", "no name"])


def test_what_json_says_can_be_read_again(run, tmp_path):
    _, out, _ = run("shop.csv", "--json")
    (tmp_path / "again.jsonl").write_text(out)
    _, again, _ = run("again.jsonl", "--json")
    assert out == again


def test_one_product_with_variants_can_be_read_again(run, tmp_path):
    _, out, _ = run("shop.csv", "--json")
    first = next(line for line in out.splitlines() if json.loads(line)["variants"])
    (tmp_path / "one.jsonl").write_text(first + "\n")
    _, again, _ = run("one.jsonl", "--json")
    assert again == first + "\n"


def test_columns_may_be_named(run):
    code, out, _ = run("table.csv", "--map", "product=NAM,brand=VND", "--json")
    assert (code, json.loads(out)["brand"]) == (0, "Fjell")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["table.csv"], "Name it: --map product=NAM."),
        (["table.csv", "--map", "product=Name"], "--map is product=Name, and table.csv has no"),
        (["missing.csv"], "missing.csv: No such file or directory. Check the path."),
        (["."], "is a folder; expected a plain file"),
        (["table.csv", "--format", "shopware"], "invalid choice"),
        (["table.csv", "--vendor-is-brand", "--map", "product=NAM"], "is for Shopify"),
        (["shop.csv", "--combinations", "shop.csv"], "--combinations is PrestaShop's second file"),
    ],
)
def test_bad_input_is_refused_in_one_line(run, words, message):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err

"""`adgen bulk`: what it says, what it refuses, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from bulk_runs import made_product, rows_of, save_catalogue
from command_runs import fails, files_of_at_most, run
from tiny_writer import save_tiny_writer

from adgen.support.steps import partial_path


@pytest.fixture(scope="module")
def writer_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writers") / "tiny"
    save_tiny_writer(folder, rows="products")
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a catalogue of twenty products, some of them drafts or bad."""
    monkeypatch.chdir(tmp_path)
    save_catalogue(tmp_path / "c.jsonl", map(made_product, range(20)))
    return tmp_path


@pytest.fixture
def words(writer_dir):
    return ["bulk", "c.jsonl", "ads.jsonl", "--model", writer_dir, "--num-ads", 2, "--workers", 1]


def test_rows_are_written_and_counted(here, words, capsys):
    code, out, err = run(words, capsys)
    assert (code, out) == (1, "")
    rows = rows_of(here / "ads.jsonl")
    num_ads = sum(len(row["ads"]) for row in rows)
    assert err.splitlines() == [
        "c.jsonl: plain table, 20 products",
        f"{num_ads} ads of 20 products to ads.jsonl; 3 skipped; 2 failed, the first p5: "
        + rows[5]["reason"],
    ]
    before = (here / "ads.jsonl").read_bytes()
    code, _, err = run(words, capsys)
    assert code == 1 and "ads.jsonl is complete already." in err.splitlines()
    assert (here / "ads.jsonl").read_bytes() == before


def test_good_products_alone_end_with_0(here, words, capsys):
    save_catalogue(here / "c.jsonl", [made_product(1), made_product(3)])
    assert run(words, capsys)[0] == 0  # a draft is no failure


def test_a_plain_table_with_other_names_is_read_as_it_is_told(here, words, capsys):
    (here / "c.csv").write_text("code,was,maker\n7,desk lamp,Zenko\n")
    words[1] = "c.csv"
    assert "no column of products" in fails(words, capsys)
    assert run([*words, "--map", "product=was,brand=maker,id=code"], capsys)[0] == 0
    assert rows_of(here / "ads.jsonl")[0]["id"] == "7"
    assert "another columns" in fails([*words, "--map", "product=was,id=code"], capsys)


def test_failed_rows_are_retried_from_the_mended_catalogue(here, words, capsys):
    assert run(words, capsys)[0] == 1
    products = [made_product(n, product="mug") if n in (5, 16) else made_product(n)
                for n in range(20)]  # fmt: skip
    save_catalogue(here / "c.jsonl", products)
    assert "another catalogue" in fails(words, capsys)
    code, _, err = run([*words, "--retry-failed"], capsys)
    assert code == 0 and "failed" not in err
    assert rows_of(here / "ads.jsonl")[16]["status"] == "ok"
    assert "nothing is to be done" in run([*words, "--retry-failed"], capsys)[2]


def test_changes_are_shown(here, words, capsys):
    run(words, capsys)
    save_catalogue(here / "c.jsonl", [made_product(0, brand="Other"), made_product(30)])
    before = sorted(here.iterdir())
    code, out, err = run([*words, "--compare"], capsys)
    lines = out.splitlines()
    assert code == 0 and lines[:2] == ["changed  p0", "new      p30"]
    assert len(lines) == 21 and set(line.split()[0] for line in lines[2:]) == {"gone"}
    assert "1 changed, 1 new, 19 gone since ads.jsonl was written" in err
    code, out, _ = run([*words, "--compare", "--json"], capsys)
    assert json.loads(out.splitlines()[0]) == {"id": "p0", "change": "changed"}
    assert sorted(here.iterdir()) == before


def test_a_dry_run_shows_ten_products_and_writes_nothing(here, words, capsys):
    before = sorted(here.iterdir())
    code, out, err = run([*words, "--dry-run"], capsys)
    shown = [line for line in out.splitlines() if not line.startswith("    ")]
    assert code == 0 and len(shown) == 10
    assert "All 20 products: about " in err and "Nothing is written now." in err
    code, out, _ = run([*words[:2], *words[3:], "--dry-run", "--json"], capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert len({row["id"] for row in rows}) == 10 and rows[0]["ads"]
    assert sorted(here.iterdir()) == before
    # They are what the run writes.
    run(words, capsys)
    texts = {row["id"]: [ad["text"] for ad in row["ads"]] for row in rows_of(here / "ads.jsonl")}
    assert all([ad["text"] for ad in row["ads"]] == texts[row["id"]] for row in rows)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--format", "google-rsb"], "google-rsa"),
        (["--invalid", "mend"], "invalid choice"),
        (["--workers", "0"], "no whole number"),
        (["--num-ads", "0"], "--num-ads is 0"),
        (["--dry-run", "--compare"], "--dry-run and --compare are given"),
        (["--json"], "--json is for --dry-run and --compare"),
        (["--ray-address", "x"], "--ray-address is for --engine ray"),
        (["--map", "product=wares"], "wares"),
        (["--retry-failed"], "There is no finished ads.jsonl"),
        (["--compare"], "There is no finished ads.jsonl"),
        (["--invalid", "stop"], "Product 6 ('p5') has no ad, and --invalid is"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(here, words, capsys, changes, message):
    before = sorted(here.iterdir())
    assert message in fails([*words, *changes], capsys)
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.jsonl", None, "none.jsonl"),
        ("empty.csv", "", "is empty"),
        ("names.csv", "id,product\n", "no products"),
        ("two.csv", "id,product\n1,Mug\n1,Cup\n", "products 1 and 2 have one id"),
        ("cut.jsonl", '{"id": "1", "product": "Mug"}\n{"id": "2", "prod', "line 2"),
        ("cut.csv", 'id,product\n1,Mug\n2,"Cup', "cut"),
        ("cut.xml", "<rss><channel><item><title>Mug</title>", ""),
        ("ads.csv", "campaign,ad group,product\n1,2,Mug\n", "file of ads"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_said_in_a_line(
    here, words, capsys, name, text, message
):
    if text is not None:
        (here / name).write_text(text)
    before = sorted(here.iterdir())
    assert message in fails([words[0], name, *words[2:]], capsys)
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("c.jsonl", "the catalogue"),
        ("ads.xml", "expected .jsonl or .csv or .tsv"),
        ("ads", "has no ending"),
        ("mine.csv", "not of `adgen bulk`"),
    ],
)
def test_an_output_that_cannot_be_is_refused(here, words, capsys, output, message):
    (here / "mine.csv").write_text("mine\n")
    before = {path: path.read_bytes() for path in here.iterdir()}
    assert message in fails([*words[:2], output, *words[3:]], capsys)
    assert {path: path.read_bytes() for path in here.iterdir()} == before


@pytest.mark.parametrize("num_bytes", [100, 700, 2_000])
def test_a_full_disk_is_said_and_the_same_command_goes_on(here, words, capsys, num_bytes):
    run([*words[:2], "whole.jsonl", *words[3:]], capsys)
    with files_of_at_most(num_bytes):
        line = fails(words, capsys)
    assert "The file grows larger than this system allows" in line
    assert not (here / "ads.jsonl").exists()
    assert run(words, capsys)[0] == 1
    assert (here / "ads.jsonl").read_bytes() == (here / "whole.jsonl").read_bytes()


@pytest.mark.slow
def test_ctrl_c_stops_at_once_and_says_how_to_go_on(here, writer_dir):
    save_catalogue(here / "c.jsonl", map(made_product, range(3000)))
    command = ["bulk", "c.jsonl", "ads.jsonl", "--model", str(writer_dir), "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "adgen", *command],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    end = time.monotonic() + 60
    while not partial_path(here / "ads.jsonl").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    time.sleep(1)
    # As a terminal does: to all processes of the command.
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "of 3,000; the same command goes on." in err.splitlines()[-1]
    assert partial_path(here / "ads.jsonl").exists()

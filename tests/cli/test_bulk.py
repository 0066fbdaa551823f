"""`adgen bulk`: what it says, what it refuses, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext

import pytest
from bulk_runs import OwnCrew, made_product, rows_of, save_catalogue
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
        "3 skipped: draft",
        "2 failed: ... is written in Cyrillic letters, which the models of adgen have not "
        "learned. Give Latin ones.",
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
    words = words[:3]
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
        (["--compare"], "--compare writes no ads, so that --model, --workers, --num-ads would do"),
        (["--invalid", "stop"], "Product 6 ('p5') has no ad, and --invalid is"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(here, words, capsys, changes, message):
    before = sorted(here.iterdir())
    assert message in fails([*words, *changes], capsys)
    assert sorted(here.iterdir()) == before


@pytest.fixture
def unread(monkeypatch):
    """A catalogue that takes long to read, and fails the test if it is."""

    def open_products(*_, **__):
        raise AssertionError("the catalogue was read")

    monkeypatch.setattr("adgen.catalogues.streaming.open_products", open_products)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--model", "adgen-writter"], "'adgen-writter' is no model's folder: it does not exist"),
        (["--model", ""], "--model is empty; expected a path"),
        (["--model", "other"], "says model_type 'gpt2'; this engine runs 'llama'"),
        (["--format", ""], "--format is ''; expected one of amazon-media-title"),
        (["--format", "google-rsa@2020"], "expected google-rsa@ and one of 2026-11-29"),
        (["--num-candidates", "1"], "Give at least as many"),
        (["--engine", "ray", "--ray-address", "127.0.0.1:1"], "no Ray cluster at 127.0.0.1:1"),
        (["--retry-failed"], "There is no finished ads.jsonl"),
    ],
)
def test_options_are_refused_before_the_catalogue_is_read(
    here, words, capsys, unread, changes, message
):
    (here / "other").mkdir()
    (here / "other" / "config.json").write_text('{"model_type": "gpt2", "eos_token_id": 0}')
    (here / "other" / "tokenizer.json").write_bytes((words[4] / "tokenizer.json").read_bytes())
    assert message in fails([*words, *changes], capsys)


@pytest.mark.parametrize(
    ("name", "given"), [("CATALOGUE", ["", "a.jsonl"]), ("OUT", ["c.jsonl", ""])]
)
def test_empty_names_of_files_are_refused(here, words, capsys, unread, name, given):
    assert f"{name} is empty; expected a path. Give one." in fails(["bulk", *given], capsys)


def test_ray_is_missed_before_the_catalogue_is_read(here, words, capsys, unread, monkeypatch):
    monkeypatch.setattr("adgen.support.extras.find_spec", lambda package: None)
    assert "Writing with Ray needs ray. Install it" in fails([*words, "--engine", "ray"], capsys)


@pytest.mark.parametrize("is_finished", [True, False])
def test_other_settings_than_those_written_with_are_refused_before_the_catalogue_is_read(
    here, words, capsys, monkeypatch, is_finished
):
    if is_finished:
        run(words, capsys)
    else:
        with files_of_at_most(700):
            fails(words, capsys)
        assert partial_path(here / "ads.jsonl").exists()
    before = {path: path.read_bytes() for path in here.iterdir()}
    monkeypatch.setattr("adgen.catalogues.streaming.open_products", None)
    line = fails([*words, "--seed", "1"], capsys)
    assert "is there, of a run with another seed. " in line
    assert {path: path.read_bytes() for path in here.iterdir()} == before


@pytest.mark.parametrize(
    ("given", "useless"),
    [
        (["--model", "m"], "--model"),
        (["--workers", 2, "--engine", "ray"], "--workers, --engine"),
        (["--invalid", "drop", "--num-ads", 2], "--invalid, --num-ads"),
        (["--format", "google-rsa"], "--format"),
    ],
)
def test_what_compare_would_not_use_is_refused(here, words, capsys, unread, given, useless):
    line = fails([*words[:3], "--compare", *given], capsys)
    assert f"--compare writes no ads, so that {useless} would do nothing. Leave it out." in line


def test_nothing_is_compared_with_what_is_not_there(here, words, capsys, unread):
    assert "There is no finished ads.jsonl" in fails([*words[:3], "--compare"], capsys)


@pytest.mark.parametrize(
    ("num_products", "asked", "started"), [(20, 5, 1), (130, 5, 3), (130, 2, 2)]
)
def test_no_more_workers_are_started_than_there_are_blocks(
    here, words, capsys, monkeypatch, num_products, asked, started
):
    numbers = []

    class Crew(OwnCrew):
        def __init__(self, plan, number):
            numbers.append(number)
            super().__init__(plan)

    monkeypatch.setattr(
        "adgen.bulk.local_crew.open_local_crew",
        lambda plan, number: nullcontext(Crew(plan, number)),
    )
    save_catalogue(here / "c.jsonl", map(made_product, range(num_products)))
    run([*words[:-1], asked], capsys)
    assert numbers == [started]
    code, _, err = run([*words[:-1], asked, "--dry-run"], capsys)
    assert code == 0 and f"with {started} workers" in err


def test_blocks_that_are_written_already_need_no_workers(here, words, capsys, monkeypatch):
    from adgen.bulk.local_crew import open_local_crew

    numbers = []
    save_catalogue(here / "c.jsonl", map(made_product, range(200)))
    monkeypatch.setattr("adgen.bulk.run._STEP_SECONDS", 0)
    with files_of_at_most(90_000):
        fails(words, capsys)
    noted = json.loads((here / "ads.jsonl.partial.json").read_text())["done"]["num_rows"]
    assert 64 <= noted < 192

    def opened(plan, number):
        numbers.append(number)
        return open_local_crew(plan, number)

    monkeypatch.setattr("adgen.bulk.local_crew.open_local_crew", opened)
    run([*words[:-1], 9], capsys)
    assert numbers == [-(-(200 - noted) // 64)]


def test_products_with_several_reasons_are_spoken_of(here, words, capsys):
    products = [{"id": "a", "product": "", "status": "draft"}, made_product(1)]
    save_catalogue(here / "c.jsonl", products)
    lines = run(words, capsys)[2].splitlines()
    assert "; 1 skipped, some for several reasons" in lines[1]
    assert sorted(lines[2:]) == ["1 skipped: draft", "1 skipped: no name"]


def test_the_most_frequent_reasons_are_said_and_noted(here, words, capsys):
    names = ["", "лампа", "Mug SALE now", "κούπα", "x" * 600, "y" * 700, "кружка", "Mug"]
    names += ["Clearance mug", "ספל"]
    products = [{"id": str(n), "product": name} for n, name in enumerate(names)]
    products += [{"id": f"d{n}", "product": "Mug", "status": "draft"} for n in range(3)]
    save_catalogue(here / "c.jsonl", products)
    code, _, err = run(words, capsys)
    assert code == 1
    lines = err.splitlines()[2:]
    assert lines[0] == "3 skipped: draft" and len(lines) == 6
    assert (
        "2 failed: name has ... characters; expected ... at most. Give what the product is, "
        in (err)
    )
    noted = json.loads((here / "ads.jsonl.run.json").read_text())["counts"]["reasons"]
    assert noted["skipped: draft"] == 3 and noted["skipped: no name"] == 1
    shown = sum(int(line.split()[0]) for line in lines)
    assert sum(noted.values()) == shown == len(products) - 1
    assert lines[-1].endswith(" other reasons")
    # Said again of the finished file, and of a table.
    assert run(words, capsys)[2].splitlines()[-6:] == lines
    words[2] = "ads.csv"
    assert run(words, capsys)[2].splitlines()[2:] == lines


def test_what_a_terminal_would_obey_is_escaped(here, words, capsys):
    products = [
        {"id": "\x1b[31m1", "product": "лампа \x1b[32m"},
        {"id": "2\u202e", "product": "mug", "status": "draft"},
        {"id": "3", "product": "mug", "brand": "Sony", "attributes": ["\x1b]0;title\x07"]},
    ]
    save_catalogue(here / "c\x1b[35m.jsonl", products)
    words[1:3] = ["c\x1b[35m.jsonl", "ads\x07.jsonl"]
    shown = [
        *run([*words, "--dry-run"], capsys)[1:],
        *run(words, capsys)[1:],
        *run(words, capsys)[1:],
        *run([*words[:3], "--compare"], capsys)[1:],
        *run(["products", words[1]], capsys)[1:],
        fails([*words, "--seed", "1"], capsys),
    ]
    assert "\\x1b[31m1" in shown[0] and "2\\u202e" in shown[0]
    assert all(text.replace("\n", "").isprintable() for text in shown)


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

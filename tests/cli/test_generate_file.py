"""`adgen generate` with files: exit codes, what is said, what is refused before any work."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from command_runs import fails, run
from tiny_models import save_tiny_model

from adgen.generation.generator import AdGenerator

MAX_ADS = 1_000_000


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("models") / "model", reads="packed")


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "prompts.txt").write_text("Sony TV\n\nApple Watch\n")
    (tmp_path / "table.csv").write_text("id,title\n1,Sony TV\n2,Apple Watch\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_bad_line_is_said_and_kept_and_costs_no_other(here, model, capsys):
    words = ["generate", "--model", model, "--input", "prompts.txt", "--output", "ads.jsonl"]
    code, out, err = run([*words, "--max-tokens", 3], capsys)
    rows = [json.loads(line) for line in (here / "ads.jsonl").read_text().splitlines()]
    assert (code, out) == (1, "")
    assert [row["error"] for row in rows] == [None, "no text", None]
    ads = AdGenerator.from_pretrained(model).generate(["Sony TV", "Apple Watch"], max_tokens=3)
    assert [row["ad"] for row in rows if row["ad"]] == [ad.text for [ad] in ads]
    num_cut = sum(not ad.finished for [ad] in ads)
    assert (
        err.splitlines()[0]
        == "2 ads of 3 prompts to ads.jsonl; 1 bad, the first at line 2: no text"
    )
    assert f"{num_cut} of 2 ads were cut at --max-tokens 3 " in err.splitlines()[1]


def test_good_lines_alone_end_with_0_and_the_formats_go_by_the_endings(here, model, capsys):
    words = ["generate", "--model", model, "--input", "table.csv"]
    code, out, err = run(words, capsys)
    assert code == 0 and out.startswith("line,prompt,id,number,ad,finished,log_probability,error\n")
    assert err.splitlines()[0] == "2 ads of 2 prompts"
    code, out, _ = run([*words, "--format", "jsonl", "--prompt-column", "id"], capsys)
    assert [json.loads(line)["prompt"] for line in out.splitlines()] == ["1", "2"]
    code, _, _ = run([*words, "--output", "ADS.TXT"], capsys)
    assert [line[:4] for line in (here / "ADS.TXT").read_text().splitlines()] == ["Sony", "Appl"]


def test_prompts_at_hand_go_to_a_file_too(here, model, capsys):
    words = ["generate", "Sony TV", "Apple Watch", "--model", model, "--num-ads", 2]
    assert run([*words, "--output", "ads.csv"], capsys)[:2] == (0, "")
    lines = (here / "ads.csv").read_text().splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["1", "Sony TV", "1"], ["1", "Sony TV", "2"], ["2", "Apple Watch", "1"],
        ["2", "Apple Watch", "2"],
    ]  # fmt: skip


def test_standard_input_is_a_file_like_others(here, model, capsys, monkeypatch):
    def given(data):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))

    words = ["generate", "--model", model, "--input", "-"]
    given(b"Sony TV\n")
    assert run(words, capsys)[1].startswith("Sony TV")
    given(b"title\tid\nSony TV\t7\n")
    code, out, _ = run([*words, "--input-format", "tsv", "--output", "-"], capsys)
    assert out.splitlines()[1].split("\t")[:3] == ["2", "Sony TV", "7"]
    given(b'"Sony TV"\n')
    code, _, _ = run([*words, "--input-format", "jsonl", "--output", "ads.csv"], capsys)
    assert code == 0 and (here / "ads.csv").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "There is no prompt"),
        (["Sony", "--input", "prompts.txt"], "given twice"),
        (["--input", "nothing.txt"], "There is no file nothing.txt"),
        (["--input", "."], "expected .txt, .csv"),
        (["--input", ".", "--input-format", "text"], "is a folder"),
        (["--input", "table.xlsx"], "give --input-format"),
        (
            ["--input", "table.csv", "--prompt-column", "price"],
            "no column 'price'; it has id, title",
        ),
        (["--input", "prompts.txt", "--prompt-column", "price"], "--prompt-column is for csv"),
        (["--input", "prompts.txt", "--output", "ads.xml"], "give --format"),
        (["--input", "prompts.txt", "--output", "ads.csv.gz"], "ends in '.gz'"),
        (["--input", "prompts.txt", "--output", "prompts.txt"], "Choose an output apart"),
        (["--input", "prompts.txt", "--output", "table.csv"], "is there already"),
        (["--input", "prompts.txt", "--output", "a.csv", "--resume"], "Leave out --resume"),
        (["--input", "prompts.txt", "--resume"], "--resume is for an --output"),
        (["--input", "-", "--output", "a.csv", "--resume"], "--resume needs an input"),
        (["--input", "prompts.txt", "--json"], "--json is for prompts at hand"),
        (["--input", "prompts.txt", "--explain", "2"], "--explain is for prompts at hand"),
        (["Sony", "--resume"], "--resume is for --input or --output"),
        (["Sony", "--prompt-column", "a"], "--prompt-column is for --input or --output"),
        (["Sony", "--output", "a.csv", "--input-format", "csv"], "--input-format is for --input"),
        (["Sony", "--num-ads", "2147483648"], "no whole number from 1 to 1,000,000"),
        (["Sony", "--num-ads", "0"], "no whole number from 1 to 1,000,000"),
        (["Sony", "--max-tokens", "1000001"], "no whole number from 1 to 1,000,000"),
        (["Sony", "--greedy", "--num-ads", "4"], "With --greedy the most probable token"),
        (["Sony", "--top-k", "1", "--num-ads", "4"], "With --top-k 1 the most probable token"),
        (["Sony", "--min-tokens", "-1"], "--min-tokens is -1"),
    ],
)
def test_what_cannot_be_is_refused_before_a_model_is_loaded(
    here, capsys, monkeypatch, words, message
):
    monkeypatch.setattr(
        "adgen.generation.kinds.load_model_directory", lambda *_: pytest.fail("the work began")
    )
    before = sorted(here.iterdir())
    assert message in fails(["generate", *words], capsys)
    assert sorted(here.iterdir()) == before


def test_a_model_that_writes_greedily_has_one_ad_unless_it_is_told_to_draw(here, model, capsys):
    words = ["compress", model, "greedy", "--greedy", "--storage", "float32"]
    assert run(words, capsys)[0] == 0
    words = ["generate", "Sony", "--model", "greedy"]
    assert "so that a prompt has one ad" in fails([*words, "--num-ads", 3], capsys)
    assert len(run(words, capsys)[1].splitlines()) == 1
    drawn = run([*words, "--num-ads", 3, "--temperature", 3], capsys)[1]
    assert len(set(drawn.splitlines())) == 3


def test_min_tokens_keeps_ads_going_and_is_a_models_default_where_compressed_so(
    here, model, capsys
):
    error = fails(["generate", "Sony", "--model", model, "--min-tokens", 61], capsys)
    assert "--min-tokens is 61 and --max-tokens 60" in error
    words = ["compress", model, "long", "--min-tokens", 30, "--storage", "float32"]
    assert run(words, capsys)[0] == 0
    assert json.loads((here / "long" / "generation_config.json").read_text())["min_tokens"] == 30
    [ads] = AdGenerator.from_pretrained("long").generate("Sony", num_ads=50)
    assert min(len(ad.token_ids) for ad in ads) >= 30


def test_cut_ads_are_counted_of_models_that_know_an_end(here, model, capsys):
    words = ["generate", "Sony", "--num-ads", 50, "--max-tokens", 2]
    [ads] = AdGenerator.from_pretrained(model).generate("Sony", num_ads=50, max_tokens=2)
    num_cut = sum(not ad.finished for ad in ads)
    err = run([*words, "--model", model], capsys)[2]
    assert f"{num_cut} of 50 ads were cut at --max-tokens 2" in err
    stream = save_tiny_model(here / "stream", reads="stream")
    assert run([*words, "--model", stream], capsys)[2] == ""


def test_json_and_text_are_printed_piece_by_piece_and_are_what_they_were(here, model, capsys):
    generator = AdGenerator.from_pretrained(model)
    prompts = ["Sony TV", "媒", "Sony TV"]
    groups = generator.generate(prompts, num_ads=3)
    words = ["generate", *prompts, "--model", model, "--num-ads", 3]
    names = ("text", "finished", "log_probability")
    expected = [
        {"prompt": prompt, "ads": [{name: getattr(ad, name) for name in names} for ad in group]}
        for prompt, group in zip(prompts, groups, strict=True)
    ]
    assert run([*words, "--json"], capsys)[1] == json.dumps(expected, ensure_ascii=False) + "\n"
    lines = [
        line
        for prompt, group in zip(prompts, groups, strict=True)
        for line in (f"{prompt}:", *(f"  {ad.text}" for ad in group))
    ]
    assert run(words, capsys)[1].splitlines() == lines


# --- other processes: pipes, encodings, signals


def start(model, *words, encoding="utf-8", **options):
    command = [sys.executable, "-m", "adgen", "generate", "--model", str(model), *map(str, words)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, **{**pipes, **options})


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_the_terminal_cannot_show_is_escaped_and_no_ad_is_lost(model, encoding):
    out, err = start(model, "媒 é", "Sony", encoding=encoding).communicate()
    lines = out.decode(encoding).splitlines()
    shown = "\\u5a92 é:" if encoding == "cp1252" else "\\u5a92 \\xe9:"
    assert lines[0] == shown and len(lines) == 4
    assert lines[1].startswith(f"  {shown[:-1]}")
    assert b"Traceback" not in err
    for words in (["--json"], ["--format", "jsonl"]):
        out, _ = start(model, "媒 é", *words, encoding=encoding).communicate()
        value = json.loads(out.decode(encoding))
        assert (value[0] if words == ["--json"] else value)["prompt"] == "媒 é"


@pytest.mark.parametrize("words", [["Sony", "--num-ads", MAX_ADS], ["--input", "-"]])
def test_the_first_ad_does_not_wait_for_the_last_and_a_reader_may_go(model, words):
    began = time.monotonic()
    process = start(model, *words, stdin=subprocess.PIPE)
    if "--input" in words:
        process.stdin.write(b"Sony\n" * 5000)
        process.stdin.flush()  # and stays open: there may be more
    assert process.stdout.readline().startswith(b"Sony")
    process.stdout.close()
    process.stdin.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 0
    assert time.monotonic() - began < 60  # a million ads take many minutes


def test_an_interrupted_run_keeps_what_is_complete_and_goes_on(here, model):
    words = ["--input", "prompts.txt", "--output", "ads.csv", "--num-ads", 3000, "--max-tokens", 12]
    (here / "prompts.txt").write_text("Sony\nApple\n")
    process = start(model, *words)
    about = here / "ads.csv.partial.json"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if about.exists() and json.loads(about.read_text())["done"]:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    message = "Interrupted; ads.csv.partial holds what is complete. Go on with --resume."
    assert err.decode().splitlines() == [message]
    assert not (here / "ads.csv").exists()
    num_kept = json.loads(about.read_text())["num_bytes"]
    begun = (here / "ads.csv.partial").read_bytes()
    assert len(begun) >= num_kept > 0
    process = start(model, *words)
    assert process.wait() == 2 and b"Go on with --resume, or delete it" in process.stderr.read()
    process = start(model, *words, "--resume")
    assert process.wait() == 0
    text = (here / "ads.csv").read_bytes()
    assert text[:num_kept] == begun[:num_kept]
    assert start(model, *words[:2], "--output", "whole.csv", *words[4:]).wait() == 0
    assert text == (here / "whole.csv").read_bytes()
    assert sorted(path.name for path in here.glob("*.csv*")) == [
        "ads.csv",
        "table.csv",
        "whole.csv",
    ]

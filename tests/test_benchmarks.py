"""The benchmark scripts at tiny sizes.

One JSON object as the last line, with figures one can divide.
"""

import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_corpus import prepare_tiny_corpus, save_model_of, write_tiny_download
from tiny_gpt import save_tiny, tiny_model
from tiny_models import save_tiny_model
from tiny_writer import save_tiny_writer

from adgen.demo.cards import alert, cards
from adgen.demo.reviews import AdReview, TextReview
from adgen.records.record import read_record

BENCHMARKS_DIR = Path(__file__).parents[1] / "benchmarks"
AD = AdReview("adgen-lstm", "LSTM", 1, (TextReview("", "Mug", 3, None, "characters"),))
VARIANTS = {
    "seed_one_hot",
    "seed_embedding",
    "adgen_lstm",
    "adgen_embedding",
    "adgen_bfloat16_embedding",
}


def run(script, *arguments):
    command = [sys.executable, str(BENCHMARKS_DIR / script), *map(str, arguments)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def load_demo_benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS_DIR))
    spec = importlib.util.spec_from_file_location("demo_benchmark", BENCHMARKS_DIR / "demo.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("success", "html", "error"),
    [
        (True, cards([AD], {}, is_done=True), ""),
        (True, alert("No."), "the page shows an alert"),
        (True, cards([AD], {"adgen-lstm": "No."}, is_done=True), "the page shows an alert"),
        (True, cards([], {}, is_done=True), "the page shows no ad"),
        (False, "", "the page answered with an error"),
    ],
)
def test_a_request_to_the_page_without_ads_is_no_success(monkeypatch, success, html, error):
    benchmark = load_demo_benchmark(monkeypatch)
    visit = benchmark.Visit()
    output = {"data": [html]}
    first = {"msg": "process_generating", "success": True, "output": output}
    last = {"msg": "process_completed", "success": success, "output": output}
    assert not benchmark._take(visit, first, 0.0) and benchmark._take(visit, last, 0.0)
    assert visit.error == error
    assert (visit.seconds is None) == bool(error)
    assert (visit.first_seconds is None) == ("ag-card" not in html)


def test_times_that_nobody_knows_are_left_out(monkeypatch):
    figures = load_demo_benchmark(monkeypatch)._figures
    assert figures([None, 2.0, None]) == {"median": 2.0, "p95": 2.0, "max": 2.0}
    assert figures([None]) == {"median": None, "p95": None, "max": None}


@pytest.mark.parametrize(("precision", "shown"), [("float32", ""), ("int8", ", now in int8")])
def test_builds_are_compared_by_what_they_write(precision, shown, monkeypatch, tmp_path):
    if precision == "int8":
        pytest.importorskip("onnx")
        pytest.importorskip("onnxruntime")
    monkeypatch.syspath_prepend(str(BENCHMARKS_DIR))
    against = importlib.import_module("generation_against")
    root, python = BENCHMARKS_DIR.parent, Path(sys.executable)
    model = save_tiny_model(tmp_path / "m", reads="packed")
    given = {} if precision == "float32" else {"precision": precision}
    found = against._write(root, python, model, 4, given)
    found |= against._starts(root, python, model, given)
    assert all(map(is_positive, found.values()))
    assert found["batched_tokens_per_ad"] <= 60
    faster = {name: 2 * value for name, value in found.items()}
    results = {
        "against": "0123456789",
        "model": "m",
        "precision": precision,
        "batch_size": 4,
        "medians": {"before": found, "now": faster},
        "ratios": dict.fromkeys(found, 2.0),
    }
    rows = against.record_rows(results)
    assert len(rows) == 8 and "commit `0123456` → now" in rows[0][0]
    assert rows[0][0].startswith(f"ads a second, `m`{shown}, one by one")
    assert rows[0][1].endswith(": 2.00 times")


def test_without_its_history_the_usual_comparison_is_skipped_in_a_line(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.syspath_prepend(str(BENCHMARKS_DIR))
    builds = importlib.import_module("builds")

    def choose(given, place=BENCHMARKS_DIR):
        found = builds.chosen_commit(given, "0123456", place, 7)
        return found, capsys.readouterr().err

    found, said = choose("")  # a commit that there is not
    assert found is None and said.count("\n") == 1
    assert said.startswith("skipped, the comparison with 0123456: ")
    with pytest.raises(SystemExit) as ended:
        choose("0123457")
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("error: ")
    monkeypatch.setattr(builds, "ROOT", tmp_path)  # a download without .git
    found, said = choose("")
    assert found is None and "no history" in said and said.count("\n") == 1


def test_a_comparison_says_first_how_long_it_takes(monkeypatch, tmp_path, capsys):
    if not (BENCHMARKS_DIR.parent / ".git").exists():
        pytest.skip("no history to take a build from")
    monkeypatch.syspath_prepend(str(BENCHMARKS_DIR))
    choose = importlib.import_module("builds").chosen_commit
    assert choose("", "HEAD", tmp_path, 7.4) == "HEAD"
    assert "HEAD: about 7 minutes" in capsys.readouterr().err
    assert choose("", "HEAD", tmp_path / "ads", 7) is None
    assert "ads is missing" in capsys.readouterr().err


def last_line(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def is_positive(number):
    return math.isfinite(number) and number > 0


@pytest.mark.slow
def test_training_compares_both_methods(tmp_path, tiny_ads):
    tiny_ads[["ad"]].to_csv(tmp_path / "ads.csv", index=False)
    sizes = ("--steps", 2, "--epochs", 1, "--batch-size", 64)
    outputs = ("--json", "--record", tmp_path / "speed.json")
    results = last_line(run("training.py", *outputs, "--corpus", tmp_path / "ads.csv", *sizes))
    assert len(read_record(tmp_path / "speed.json").rows) == 7
    for name in ("one_hot", "embedding", "bfloat16"):
        assert is_positive(results[f"speedup_{name}"])
        assert is_positive(results[f"memory_ratio_{name}"])
        assert is_positive(results[f"memory_ratio_{name}_above_baseline"])
    seconds, peaks = results["seconds_per_step"], results["peak_memory_bytes"]
    assert set(seconds) == set(peaks) == VARIANTS
    assert results["speedup_one_hot"] == pytest.approx(
        seconds["seed_one_hot"] / seconds["adgen_lstm"], rel=1e-4
    )
    assert results["memory_ratio_embedding"] == pytest.approx(
        peaks["adgen_embedding"] / peaks["seed_embedding"], rel=1e-4
    )
    assert 0 < results["baseline_memory_bytes"] < min(peaks.values())
    for key in ("validation_perplexity", "validation_perplexity_known_words"):
        assert set(results[key]) == {"seed", "adgen", "adgen_bfloat16"}
        assert all(1 < figure < 1e6 for figure in results[key].values())
    assert (
        results["corpus"]["perplexity"]["name"] == results["corpus"]["timing"]["name"] == "ads.csv"
    )
    assert results["vocab_size"] == results["corpus"]["perplexity"]["vocab_size"]
    assert (results["steps"], results["epochs"], results["batch_size"], results["seed"]) == (
        2,
        1,
        64,
        0,
    )
    assert {"tensorflow", "tensorflow-cpu"} & set(results["versions"]) and results["hardware"][
        "num_cores"
    ] >= 1


def test_generation_measures_speed_and_cold_start(tmp_path):
    sizes = ("--vocab-size", 200, "--max-tokens", 4, "--batch-size", 8, "--repeats", 2)
    results = last_line(run("generation.py", "--json", *sizes, "--record", tmp_path / "speed.json"))
    assert set(results["ads_per_second"]) == {"ad", "packed", "shipped"}
    for controls in results["ads_per_second"].values():
        assert set(controls) == {"greedy", "temperature_0.8", "top_p_0.9", "top_k_40"}
        for speed in controls.values():
            assert is_positive(speed["single"]) and is_positive(speed["batched"])
            assert speed["tokens_per_ad"] == 4
    assert is_positive(results["batching_speedup"])
    assert 0 < results["import_seconds"]["median"] < results["cold_start_seconds"]["median"]
    for start in ("first_start_seconds", "cold_start_seconds"):
        assert 0 < results[start]["median"] <= results[start]["max"]
    assert results["imports_tensorflow"] is False
    assert results["models"]["packed"]["vocab_size"] == 200 and results["blas_threads"]
    assert results["models"]["shipped"]["tied"] is True
    record = read_record(tmp_path / "speed.json")
    assert (record.kind, record.name) == ("benchmark", "generation")
    assert record.command.endswith("--repeats 2 --record speed.json")
    assert len(record.rows) == 14 and all(label and value for label, value in record.rows)
    assert results["versions"]["numpy"] and results["hardware"]["num_cores"] >= 1


def test_generation_prints_a_table_for_a_model_of_ones_own(tmp_path):
    path = save_tiny_model(tmp_path / "model", reads="stream")
    done = run(
        "generation.py", "--model", path, "--max-tokens", 3, "--batch-size", 2, "--repeats", 1
    )
    assert done.returncode == 0, done.stderr
    assert "stream, greedy" in done.stdout and "Cold start to three ads" in done.stdout


def test_prompt_files_measures_a_file_beside_a_list(tmp_path):
    path = save_tiny_model(tmp_path / "model", reads="packed")
    sizes = ("--model", path, "--prompts", 40, "--max-tokens", 3, "--repeats", 1)
    done = run("prompt_files.py", "--json", *sizes, "--record", tmp_path / "speed.json")
    results = last_line(done)
    assert [one["num_prompts"] for one in results["runs"].values()] == [40, 40, 160]
    seconds = {name: one["cpu_seconds"] for name, one in results["runs"].items()}
    assert results["speed_ratio"] == pytest.approx(seconds["list"] / seconds["file"], rel=1e-4)
    assert is_positive(results["memory_ratio"])
    assert len(read_record(tmp_path / "speed.json").rows) == 3


@pytest.mark.slow
def test_bulk_measures_the_command_memory_and_the_pipeline(tmp_path):
    writer = save_tiny_writer(tmp_path / "writer", rows="products")
    sizes = ("--model", writer, "--products", 20, "--pipeline-products", 2, "--rows", 10, 40)
    words = (*sizes, "--workers", 1, 2, "--num-ads", 2, "--record", tmp_path / "speed.json")
    results = last_line(run("bulk.py", "--json", *words))
    assert set(results["runs"]) == {"local, 1", "local, 2"}
    for one in results["runs"].values():
        assert (one["num_rows"], one["num_products_with_ads"]) == (20, 20)
        assert one["num_distinct_ads"] > 20 and is_positive(one["cpu_seconds"])
        assert one["products_per_second"] == pytest.approx(20 / one["seconds"], rel=1e-4)
    assert {rows: one["num_rows"] for rows, one in results["memory"].items()} == {
        "10": 10,
        "40": 40,
    }
    fastest = max(one["products_per_second"] for one in results["runs"].values())
    slow = results["pipeline"]["products_per_second"]
    assert results["speedup"] == pytest.approx(fastest / slow, rel=1e-4)
    assert len(read_record(tmp_path / "speed.json").rows) == 5


def test_page_measures_weight_and_speed():
    pytest.importorskip("playwright", reason="needs Playwright")
    if shutil.which("chromium") is None:
        pytest.skip("needs Chromium, which is not installed")
    results = last_line(run("page.py", "--json", "--visits", 1, "--num-ads", 1))
    assert results["num_gzip_bytes"] < results["num_bytes"]
    assert 0 < results["seconds_to_ready"] < results["seconds_to_first_ad"]
    for name in ("page", "exact", "float32"):
        assert is_positive(results[f"{name}_ms_per_token"])


def test_lint_measures_speed_and_each_rule(tmp_path):
    sizes = ("--num-ads", 50, "--repeats", 1, "--record", tmp_path / "lint.json")
    results = last_line(run("lint.py", "--json", *sizes))
    assert all(is_positive(one["ads_per_second"]) for one in results["speed"].values())
    chars = [one["mean_chars"] for one in results["speed"].values()]
    assert chars[0] <= 30 < chars[1] <= 75 < chars[2] == chars[3]
    for rules in results["rules"].values():
        for one in rules.values():
            assert 0 <= one["precision"] <= 1 and 0 <= one["recall"] <= 1
            right = one["precision"] * one["num_found"]
            assert right == pytest.approx(one["recall"] * one["num_expected"], abs=1e-3)
    assert len(read_record(tmp_path / "lint.json").rows) == 6


def test_letter_case_prices_what_follows_each_way_of_writing(tmp_path):
    corpus = prepare_tiny_corpus(tmp_path)
    model = save_model_of(corpus, tmp_path / "model")
    sizes = ("--model", model, "--corpus", corpus, "--num-ads", 20)
    results = last_line(run("letter_case.py", "--json", *sizes))
    bits = results["bits_per_char_of_the_rest"]
    assert results["num_ads"] == 20 and all(is_positive(one) for one in bits.values())
    assert len(bits) == 3 and bits["as written"] != bits["lower case"]
    assert results["num_words_with_capitals"] + results["num_words_without"] == 60


def test_parsing_measures_what_is_found_of_known_values(tmp_path):
    values = {"Brand": {"Sony": 1}, "Color": {"Black": 1, "n/a": 1}, "Size": {"Mini": 1}}
    row = {"input": "Sony Bluetooth Headphones, Black, Zorblax Red", "target_scores": values}
    lines = [{"input": "Mug", "target_scores": {}}, row]
    (tmp_path / "some.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "others.csv").write_text(
        "id|title|modelno|brand\n0|Mug|AC-12|Acme\n1|Bosch 4-Piece Tool Box AC-1200|AC-1200|Bosch\n"
    )
    results = last_line(run("parsing.py", "--json", "--data", tmp_path))
    some, others = results["files"]["some"], results["files"]["others"]
    assert (some["num_titles"], some["num_values"], some["share_whole"]) == (1, 2, 1)
    assert some["attributes"]["Brand"] == {"num_values": 1, "share_whole": 1, "share_exact": 1}
    assert some["attributes"]["Color"]["share_of_kind"] == 1
    assert some["kinds"]["colour"] == {"num_facts": 2, "share_right": 0.5}
    assert others["attributes"]["modelno"]["share_of_kind"] == 1
    assert is_positive(others["titles_per_second"])


def test_writing_counts_what_writers_keep_and_invent(tmp_path):
    corpus = prepare_tiny_corpus(tmp_path)
    values = {
        "Brand": {"Sony": 1},
        "Color": {"Black": 1},
        "Weight": {"2 lb": 1},
        "Style": {"n/a": 1},
    }
    row = {
        "input": "Sony Headphones, Black, 3 lb, Over-Ear",
        "target_scores": values,
        "category": "audio",
    }
    # The first lacks what the second has, though its title claims it.
    other = {
        "input": "Over-Ear Headphones",
        "target_scores": {"Style": {"Over-Ear": 1}},
        "category": "audio",
    }
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "some.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(other)}")
    writer = save_tiny_writer(tmp_path / "writer", rows="products")
    record = tmp_path / "writing.json"
    sizes = ("--num-products", 5, "--num-ads", 2, "--writers", writer, "template")
    places = ("--data", tmp_path / "data", "--corpus", corpus, "--record", record)
    results = last_line(run("writing.py", "--json", *places, *sizes))
    human, written, template = (
        results["sets"]["some"]["writers"][name] for name in ("human", "writer", "template")
    )
    assert (human["facts_kept"], human["ads_with_invented_numbers"]) == (
        pytest.approx(2 / 3, abs=1e-6),
        0.5,
    )
    assert (written["facts_kept"], written["ads_with_invented_numbers"]) == (1, 0)
    assert (template["facts_kept"], template["num_ads"]) == (1, 2)
    assert (human["absent_facts_claimed"], written["absent_facts_claimed"]) == (1, 0)
    assert results["sets"]["corpus"]["num_products"] > 0
    assert read_record(record).sets["some"].writers["writer"].ads_too_long == 0


def test_a_reading_is_mixed_judged_and_counted(tmp_path):
    corpus = prepare_tiny_corpus(tmp_path)
    folder = tmp_path / "reading"
    values = {"Brand": {"Sony": 1}, "Color": {"Black": 1}}
    row = {"input": "Sony Headphones, Black", "target_scores": values, "category": "audio"}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "some.jsonl").write_text(json.dumps(row))
    places = ("--corpus", corpus, "--data", tmp_path / "data", "--output", folder)
    made = run("reading.py", "make", *places, "--writers", "template")
    assert made.returncode == 0, made.stderr
    sheet = [json.loads(line) for line in (folder / "sheet.jsonl").read_text().splitlines()]
    key = [json.loads(line) for line in (folder / "key.jsonl").read_text().splitlines()]
    sources = [row["source"] for row in key]
    assert sources.count("template") == sources.count("human") + 10 > 10
    assert not any("source" in row for row in sheet)
    verdicts = [{"id": row["id"], "kind": "clumsy" if row["id"] % 2 else "ok"} for row in sheet]
    (folder / "verdicts.jsonl").write_text("\n".join(map(json.dumps, verdicts)))
    results = last_line(run("reading.py", "count", "--output", folder, "--json"))
    # The figures are of when and with what the ads were written, not counted.
    written = json.loads((folder / "written.json").read_text())
    assert {name: results[name] for name in written} == written
    assert written["made_by"].startswith("python benchmarks/reading.py make --corpus")
    counted = results["sources"]["template"]
    expected = sum(row["id"] % 2 == 0 for row in key if row["source"] == "template")
    assert (counted["ok"], counted["num_texts"]) == (expected, sources.count("template"))
    assert [counted["products"][name]["num_texts"] for name in ("known", "unusual")] == [1, 10]
    judged = (folder / "judged-ads.jsonl").read_text().splitlines()
    assert len(judged) == sources.count("template")


def test_a_reading_of_a_file_s_products_has_these_alone(tmp_path):
    row = {"brand": "Acme", "name": "yoga mat", "category": "sports", "facts": ["Color: red"]}
    (tmp_path / "products.jsonl").write_text(json.dumps(row))
    places = ("--products", tmp_path / "products.jsonl", "--output", tmp_path / "reading")
    made = run("reading.py", "make", *places, "--writers", "template")
    assert made.returncode == 0, made.stderr
    [line] = (tmp_path / "reading" / "sheet.jsonl").read_text().splitlines()
    assert json.loads(line)["text"] == "Acme yoga mat, red"


def test_writer_speed_counts_products_and_ads(tmp_path):
    """With the writer that comes with adgen, on three made-up products."""
    lines = [
        {"brand": "Acme", "name": name, "category": "", "facts": ["Color: black", "led", "6 inch"]}
        for name in ("desk lamp", "toy car", "clock")
    ]
    products = tmp_path / "products.jsonl"
    products.write_text("\n".join(map(json.dumps, lines)))
    outputs = ("--json", "--record", tmp_path / "speed.json", "--products", products)
    results = last_line(run("writer_speed.py", *outputs, "--repeats", 1, "--num-ads", 2))
    assert is_positive(results["cpu_milliseconds_a_product"])
    assert is_positive(results["products_per_second"])
    assert (results["num_products"], results["ads_written"]) == (3, 6)
    assert len(read_record(tmp_path / "speed.json").rows) == 2


@pytest.mark.slow
def test_engines_write_the_same_number_of_tokens(tmp_path):
    tiny_model("llama").save_pretrained(tmp_path / "model")
    sizes = ("--products", 2, "--candidates", 2, "--max-tokens", 3, "--repeats", 1)
    outputs = ("--json", "--record", tmp_path / "engines.json")
    results = last_line(run("engines.py", "--model", tmp_path / "model", *sizes, *outputs))
    engines = results["engines"]
    assert {"NumPy, float32", "NumPy, float32, shared", "transformers, float32"} <= set(engines)
    for figures in engines.values():
        assert all(map(is_positive, figures.values()))
    assert len(read_record(tmp_path / "engines.json").rows) == len(engines) + len(
        results["skipped"]
    )


@pytest.mark.slow
def test_finetuning_learns_the_same_ads_every_way(tmp_path):
    base = save_tiny(tmp_path / "base", tiny_model("llama", context_length=128, spread=0.05))
    sizes = ("--base", base, "--steps", 2, "--tokens", 300, "--num-valid-ads", 5)
    outputs = ("--json", "--record", tmp_path / "finetuning.json")
    results = last_line(run("finetuning.py", *sizes, *outputs))
    runs = results["runs"]
    assert set(runs) | set(results["skipped"]) == {
        "Trainer, all weights, float32",
        "PEFT, LoRA, bfloat16",
        "adgen, all weights",
        "adgen, LoRA",
        "adgen, LoRA, int8",
    }
    for figures in runs.values():
        assert all(map(is_positive, figures.values()))
    assert len({figures["num_steps"] for figures in runs.values()}) == 1
    found = results["ratios"]["adgen, LoRA / PEFT, LoRA, bfloat16"]
    assert found["speed"] == pytest.approx(
        runs["adgen, LoRA"]["tokens_per_second"]
        / runs["PEFT, LoRA, bfloat16"]["tokens_per_second"],
        rel=1e-4,
    )
    # Both learn the same, with the same step size, order and rank.
    for found in results["ratios"].values():
        assert found["bits_per_char"] == pytest.approx(1, abs=0.01)
    rows = read_record(tmp_path / "finetuning.json").rows
    assert len(rows) == len(runs) + len(results["ratios"]) + len(results["skipped"])


@pytest.mark.parametrize("script", ["training.py", "generation.py"])
def test_sizes_that_make_no_sense_are_refused(script):
    done = run(script, "--batch-size", 0)
    assert done.returncode == 2 and "'0' is not a whole number of 1 or more" in done.stderr


@pytest.mark.parametrize(
    "script",
    [
        "bulk",
        "corpus",
        "finetuning",
        "generation",
        "gpt",
        "gpt_memory",
        "preparing",
        "prompt_files",
        "steps",
        "training",
    ],
)
def test_a_record_replaces_nothing_else_and_is_refused_before_anything_is_measured(
    script, tmp_path
):
    (tmp_path / "ads.csv").write_text("ad\nBlue mug\n")
    done = run(f"{script}.py", "--record", tmp_path / "ads.csv")
    assert done.returncode == 2
    assert "ads.csv is there and not a run record that adgen wrote" in done.stderr.splitlines()[-1]
    assert (tmp_path / "ads.csv").read_text() == "ad\nBlue mug\n"


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory):
    """A tree of CSV files as a download leaves it."""
    return write_tiny_download(tmp_path_factory.mktemp("corpus") / "raw")


def test_preparing_compares_two_builds_that_write_the_same(raw_dir, tmp_path):
    if not (BENCHMARKS_DIR.parent / ".git").exists():
        pytest.skip("no history to take a build from")
    outputs = ("--json", "--record", tmp_path / "preparing.json")
    results = last_line(run("preparing.py", "--input", raw_dir, "--against", "HEAD", *outputs))
    for build in ("before", "now"):
        assert all(map(is_positive, results["medians"][build].values()))
    assert results["ratios"]["seconds"] == pytest.approx(
        results["medians"]["now"]["seconds"] / results["medians"]["before"]["seconds"], rel=1e-4
    )
    assert len(read_record(tmp_path / "preparing.json").rows) == 3


@pytest.mark.slow
def test_corpus_measures_every_stage_and_training_on_a_part_and_on_all(raw_dir, tmp_path):
    sizes = ("--sample-ads", 100, "--steps", 1)
    outputs = ("--json", "--record", tmp_path / "corpus.json", "--output", tmp_path / "processed")
    results = last_line(run("corpus.py", "--input", raw_dir, *sizes, *outputs))
    assert set(results["stages"]) == {"prepare", "leak table", "encode, sample", "encode, all"}
    for stage in results["stages"].values():
        assert is_positive(stage["seconds"]) and is_positive(stage["peak_memory_bytes"])
    sample, whole = (results["training"][name] for name in ("sample", "all"))
    assert sample["num_train_ads"] == 100 < whole["num_train_ads"]
    expected = whole["tokens_per_second"] / sample["tokens_per_second"]
    assert results["tokens_per_second_ratio"] == pytest.approx(expected, rel=1e-4)
    minutes = whole["num_tokens"] / whole["tokens_per_second"] / 60
    assert results["epoch_minutes"] == pytest.approx(minutes, rel=1e-4)
    assert len(read_record(tmp_path / "corpus.json").rows) == 7

    steps = last_line(
        run(
            "steps.py",
            "--corpus",
            tmp_path / "processed",
            "--steps",
            1,
            "--variants",
            "preset",
            "--json",
        )
    )
    assert is_positive(steps["variants"]["preset"]["cpu_seconds_per_million_tokens"])
    assert steps["threads"] == 1


STAND_IN_FOR_FTFY = """
from types import SimpleNamespace

__version__ = "0"

def unescape(text):
    return text.replace("&amp;", "&")

def same(text):
    return text

def explain(text):
    steps = [("encode", "latin-1"), ("decode", "utf-8"), ("apply", "unescape_html")]
    return SimpleNamespace(explanation=steps if "&amp;" in text else [])

fix_text, fix_encoding, fix_and_explain = unescape, same, explain
fixes = SimpleNamespace(unescape_html=unescape, fix_character_width=same, remove_control_chars=same)
"""
TITLES = [
    "Blue mug", "Mug &amp; cup", "10&quot tray", "Two  spoons",
    "ACMEÂ mug", "Acmeâ„¢ mug", "（2） mugs", "soft\xadhyphen",
]  # fmt: skip


def stand_in(folder, name, code, monkeypatch):
    """Have `import name` find this code, whatever is installed."""
    folder.mkdir()
    (folder / f"{name}.py").write_text(code)
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


def test_cleaning_counts_what_each_repairs_and_where_they_differ(tmp_path, monkeypatch):
    stand_in(tmp_path / "code", "ftfy", STAND_IN_FOR_FTFY, monkeypatch)
    (tmp_path / "ads.csv").write_text(
        "\n".join(["ad", *TITLES, TITLES[0], "\u200b"]), encoding="utf-8"
    )
    corpus = ("--input", tmp_path / "ads.csv")
    results = last_line(
        run("cleaning.py", *corpus, "--json", "--record", tmp_path / "cleaning.json")
    )
    assert len(read_record(tmp_path / "cleaning.json").rows) == 6
    assert results["num_titles"] == 8  # neither the second of two nor the empty one
    assert results["adgen"]["changed"] == 7 and results["ftfy"]["changed"] == 1
    assert results["adgen"]["changed_by_step"] == {
        "entities": 2, "mojibake": 2, "full_width": 1, "nfc": 0, "invisible": 1, "white_space": 1,
    }  # fmt: skip
    assert results["ftfy"]["changed_by_step"] == {"fix_encoding": 1, "unescape_html": 1}
    assert is_positive(results["speedup"])
    found = {
        (step, kind): count
        for step, figures in results["with_ftfy_step"].items()
        for kind, count in figures["differences"].items()
        if count
    }
    assert found == {
        ("mojibake", "Â of a no-break space stays"): 1,
        ("mojibake", "â„¢ stays"): 1,
        ("entities", "no semicolon: &quot"): 1,
        ("full_width", "other"): 1,
        ("invisible", "soft hyphen stays"): 1,
    }
    shown = run("cleaning.py", *corpus, "--show", "mojibake").stdout
    assert shown.splitlines() == [
        "'ACMEÂ mug'", "    adgen 'ACME mug'", "    ftfy  'ACMEÂ mug'",
        "'Acmeâ„¢ mug'", "    adgen 'Acme™ mug'", "    ftfy  'Acmeâ„¢ mug'",
    ]  # fmt: skip


STAND_IN_FOR_POOCH = """
import logging
from types import SimpleNamespace

__version__ = "0"

def nothing(*_, **__):
    pass

def get_logger():
    return logging.getLogger("pooch")

def create(*_, **__):
    return SimpleNamespace(fetch=nothing)

HTTPDownloader = Unzip = nothing
"""


def test_download_plays_what_can_go_wrong(tmp_path, monkeypatch):
    stand_in(tmp_path / "code", "pooch", STAND_IN_FOR_POOCH, monkeypatch)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    sizes = ("--megabytes", 1, "--repeats", 1)
    results = last_line(
        run("download.py", *sizes, "--json", "--record", tmp_path / "download.json")
    )
    outcomes = [sides["adgen"] for sides in results["scenarios"].values()]
    assert [(one["result"], one["error"], one["requests"]) for one in outcomes] == [
        ("whole", "", 1),
        ("whole", "", 2),
        ("whole", "", 2),
        ("whole", "", 2),
        ("whole", "", 3),
        ("nothing", "FileNotFoundError", 1),
        ("whole", "", 2),
        ("whole", "", 1),
        ("nothing", "ValueError", 1),
        ("nothing", "ValueError", 1),
        ("whole", "", 1),
    ]
    # Broken at half: only the other half is sent again, unless it is another file by then.
    assert [one["files_sent"] for one in outcomes[:3]] == pytest.approx([1, 1, 1])
    assert outcomes[3]["files_sent"] > 1.4
    assert all(sides["pooch"]["result"] == "nothing" for sides in results["scenarios"].values())
    assert is_positive(results["seconds"]["adgen"]) and is_positive(results["speedup"])
    for module, lines in results["lines_of_code"].items():
        source = (BENCHMARKS_DIR.parent / f"{module.replace('.', '/')}.py").read_text(
            encoding="utf-8"
        )
        assert 0 < lines < len(source.splitlines())
    assert len(read_record(tmp_path / "download.json").rows) == 12


@pytest.mark.parametrize(("script", "library"), [("cleaning.py", "ftfy"), ("download.py", "pooch")])
def test_a_library_that_is_compared_with_must_be_there(script, library, tmp_path, monkeypatch):
    stand_in(tmp_path / "code", library, "raise ImportError", monkeypatch)
    done = run(script)
    assert done.returncode == 2 and f"is not installed: pip install {library}==" in done.stderr

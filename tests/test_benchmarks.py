"""The benchmark scripts at tiny sizes: one JSON object as the last line, with figures one can divide."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_corpus import write_tiny_download
from tiny_models import save_tiny_model

from adgen.records import read_record

BENCHMARKS_DIR = Path(__file__).parents[1] / "benchmarks"
VARIANTS = {"seed_one_hot", "seed_embedding", "adgen_lstm", "adgen_embedding"}


def run(script, *arguments):
    command = [sys.executable, str(BENCHMARKS_DIR / script), *map(str, arguments)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


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
    assert len(read_record(tmp_path / "speed.json")["rows"]) == 5
    for name in ("one_hot", "embedding"):
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
        assert 1 < results[key]["adgen"] < 1e6 and 1 < results[key]["seed"] < 1e6
    assert results["corpus"]["perplexity"]["name"] == results["corpus"]["timing"]["name"] == "ads.csv"
    assert results["vocab_size"] == results["corpus"]["perplexity"]["vocab_size"]
    assert (results["steps"], results["epochs"], results["batch_size"], results["seed"]) == (2, 1, 64, 0)
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
    assert results["cold_start_seconds"]["median"] <= results["cold_start_seconds"]["max"]
    assert results["imports_tensorflow"] is False
    assert results["models"]["packed"]["vocab_size"] == 200 and results["blas_threads"]
    assert results["models"]["shipped"]["tied"] is True
    record = read_record(tmp_path / "speed.json")
    assert (record["kind"], record["name"]) == ("benchmark", "generation")
    assert record["command"].endswith("--repeats 2 --record speed.json")
    assert len(record["rows"]) == 13 and all(label and value for label, value in record["rows"])
    assert results["versions"]["numpy"] and results["hardware"]["num_cores"] >= 1


def test_generation_prints_a_table_for_a_model_of_ones_own(tmp_path):
    path = save_tiny_model(tmp_path / "model", reads="stream")
    done = run("generation.py", "--model", path, "--max-tokens", 3, "--batch-size", 2, "--repeats", 1)
    assert done.returncode == 0, done.stderr
    assert "stream, greedy" in done.stdout and "Cold start to three ads" in done.stdout


@pytest.mark.parametrize("script", ["training.py", "generation.py"])
def test_sizes_that_make_no_sense_are_refused(script):
    done = run(script, "--batch-size", 0)
    assert done.returncode == 2 and "'0' is not a whole number of 1 or more" in done.stderr


@pytest.mark.parametrize("script", ["corpus", "generation", "gpt", "gpt_memory", "steps", "training"])
def test_a_record_replaces_nothing_else_and_is_refused_before_anything_is_measured(script, tmp_path):
    (tmp_path / "ads.csv").write_text("ad\nBlue mug\n")
    done = run(f"{script}.py", "--record", tmp_path / "ads.csv")
    assert done.returncode == 2
    assert "ads.csv is there and not a run record that adgen wrote" in done.stderr.splitlines()[-1]
    assert (tmp_path / "ads.csv").read_text() == "ad\nBlue mug\n"


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory):
    """A tree of CSV files as a download leaves it."""
    return write_tiny_download(tmp_path_factory.mktemp("corpus") / "raw")


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
    assert len(read_record(tmp_path / "corpus.json")["rows"]) == 7

    steps = last_line(
        run("steps.py", "--corpus", tmp_path / "processed", "--steps", 1, "--variants", "preset", "--json")
    )
    assert is_positive(steps["variants"]["preset"]["cpu_seconds_per_million_tokens"])
    assert steps["threads"] == 1

"""Records, README tables and pictures: every cell comes from a record."""

import json
import re
import shlex
from pathlib import Path

import pytest

from adgen.cli.main import parse
from adgen.records.record import record_from, write_record
from adgen.report.documents import check_report, write_report
from adgen.report.tables_seed import SEED_TABLE_NAME, seed_table

REPO = Path(__file__).resolve().parents[2]

FIGURES = {
    "accuracy": 0.25,
    "top_5_accuracy": 0.5,
    "cross_entropy": 4.5,
    "perplexity": 90.017,
    "hinge": 0.9,
    "bits_per_char": 1.5,
    "unknown_rate": 0.01,
}


PLACE = {
    "created": "2026-11-28T00:00:00+00:00",
    "commit": "0123456789ab",
    "versions": {"adgen": "0.1.0"},
    "hardware": {"num_cores": 2, "processor": "Chip", "memory_bytes": 1, "accelerators": []},
}


def make_record(name, reads, by, **figures):
    """A training's record as JSON has it."""
    splits = {split: FIGURES | figures for split in ("train", "valid", "test")}
    running = {"accuracy": 0.111, "top_5_accuracy": 0.222, "loss": 3.333}
    history = [
        {
            "epoch": epoch,
            "running": running,
            "train_sample": {"cross_entropy": 5.0},
            "valid": {"cross_entropy": ce},
        }
        for epoch, ce in [(1, 6.0), (2, 5.5), (3, 5.75)]
    ]
    return {
        "kind": "training",
        "name": name,
        "command": f"adgen train ads.csv --output {name}",
        **PLACE,
        "peak_memory_bytes": 2_000_000_000,
        "corpus": {"name": "ads.csv", "num_ads": 100, "sha256": "0" * 64},
        "split": {"by": by, "num_ads": {"train": 90, "valid": 5, "test": 5}},
        "config": {
            "model": "lstm",
            "reads": reads,
            "tokenizer": "word",
            "lstm_units": 256,
            "batch_size": 16,
            "epochs": 3,
        },
        "model": {
            "num_weights": 1_500_000,
            "vocab_size": 50,
            "tokenizer_fingerprint": "f",
            "num_training_tokens": 900,
            "num_examples": 112,
            "steps_per_epoch": 7,
        },
        "seconds": {"training": 120.0},
        "epochs": 3,
        "best_epoch": 2,
        "metrics": {"baseline": splits, "trained": splits},
        "history": history,
        "samples": [{"prompt": "Best", "ads": ["Best | of *all*", "second"]}],
    }


def write(path, entries):
    write_record(path, record_from(entries))


@pytest.fixture
def folders(tmp_path):
    results = tmp_path / "results"
    write(results / "worse.json", make_record("worse", "ad", "family", bits_per_char=1.75))
    write(results / "better.json", make_record("better", "packed", "family", bits_per_char=1.25))
    write(results / "seed.json", make_record("seed", "stream", "ad", bits_per_char=None))
    readme = tmp_path / "README.md"
    names = ("results", "seed", "samples", "commands", "benchmarks")
    readme.write_text(
        "\n".join(f"text\n<!-- adgen:{n} -->\nold\n<!-- /adgen:{n} -->" for n in names) + "\nend\n"
    )
    return results, tmp_path / "images", readme


def test_tables_stand_between_their_marks_and_the_rest_is_untouched(folders):
    list(write_report(*folders))
    text = folders[2].read_text()
    assert text.count("text\n<!-- adgen:") == 5
    assert text.endswith("\nend\n")
    assert "old" not in text
    first, second = (
        text.index("| 1 | better"),
        text.index("| 2 | worse"),
    )  # the better one by validation comes first
    assert first < second
    assert r"Best \| of \*all\*" in text
    assert "0.111 → 0.111 | 0.222 | 3.333 | 0.250 | 0.500 | 4.50 | 2 (5.50)" in text
    assert "*Not run here.*" in text[text.index("adgen:benchmarks") :]


def test_a_benchmark_is_shown_with_its_command_hardware_and_commit(folders):
    rows = [["a step", "2 s → 1 s"], ["memory", "half"]]
    hardware = PLACE["hardware"] | {"accelerators": ["Card"]}
    record = {
        "kind": "benchmark",
        "name": "speed",
        "command": "python benchmarks/speed.py",
        "rows": rows,
    }
    write(folders[0] / "speed.json", {**record, **PLACE, "hardware": hardware})
    list(write_report(*folders))
    text = folders[2].read_text()
    assert "| speed | a step | 2 s → 1 s | 2 cores Chip, Card | `0123456` |" in text
    assert "| speed | memory | half | 2 cores Chip, Card | `0123456` |" in text
    assert "- `python benchmarks/speed.py`" in text


def test_pictures_are_drawn(folders):
    list(write_report(*folders))
    drawn = sorted(path.name for path in folders[1].iterdir())
    assert drawn == ["learning_curves.png", "minutes.png", "seed_metrics.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in folders[1].iterdir())


def test_check_notices_a_stale_table_and_a_missing_picture(folders):
    with pytest.raises(ValueError, match="learning_curves"):
        list(check_report(*folders))
    list(write_report(*folders))
    assert list(check_report(*folders))
    folders[2].write_text(folders[2].read_text().replace("1.250", "0.250"))
    with pytest.raises(ValueError, match="Run `adgen report`"):
        list(check_report(*folders))


def test_the_seeds_results_file_has_its_columns(folders):
    list(write_report(*folders))
    header = (folders[0] / SEED_TABLE_NAME).read_text().splitlines()[0]
    published = (
        ",max_rows,Actual Rows,batch_size,total_tokens,distinct_tokens,steps_per_epoch,"
        "Baseline Categorical Accuracy,Categorical Accuracy,Baseline Categorical Crossentropy,"
        "Categorical Crossentropy,Baseline Top K Categorical Accuracy,Top K Categorical Accuracy,Model"
    )
    assert header == published + ",Split"
    row = seed_table([record_from(make_record("seed", "stream", "ad"))]).iloc[0]
    assert (row["total_tokens"], row["distinct_tokens"], row["Categorical Accuracy"]) == (
        900,
        50,
        0.111,
    )


def test_the_readme_of_this_repository_agrees_with_its_records():
    assert list(check_report(REPO / "results", REPO / "images", REPO / "README.md"))


def test_committed_records_come_from_a_clean_checkout_and_show_no_machine():
    for path in (REPO / "results").glob("*.json"):
        record = json.loads(path.read_text())
        assert re.fullmatch(r"[0-9a-f]{12}", record["commit"]), path.name
        assert " /" not in record["command"], path.name


def test_every_adgen_command_of_the_readme_parses():
    documents = (REPO / "README.md", REPO / "docs" / "results.md")
    text = "\n".join(path.read_text(encoding="utf-8") for path in documents)
    commands = re.findall(r"^\.venv/bin/adgen (.*)$", text, flags=re.MULTILINE)
    shown = re.findall(r"^ *- (?:\d+: )?`adgen (.*)`$", text, flags=re.MULTILINE)
    assert len(shown) >= 40
    commands += shown
    assert len(commands) >= 4
    for command in commands:
        parse(shlex.split(command, comments=True))


# The whole corpus


def ngram_record(name, bits, num_ngrams):
    figures = {"bits_per_char": bits, "perplexity": 54.3, "top_5_accuracy": 0.53}
    return {
        **PLACE,
        **{key: make_record(name, "packed", "family")[key] for key in ("corpus", "split")},
        "categories": None,
        "max_ads": None,
        "kind": "ngram",
        "name": name,
        "command": f"adgen ngram data --output {name}",
        "peak_memory_bytes": 3_900_000_000,
        "config": {"order": 6, "max_bytes": None, "subword_vocab_size": 400},
        "model": {
            "num_ngrams": num_ngrams,
            "num_ngrams_by_order": [num_ngrams],
            "file_bytes": 864_000_000,
            "vocab_size": 400,
            "tokenizer_fingerprint": "f",
            "num_training_tokens": 900,
        },
        "metrics": {"test": figures},
        "seconds": {"fit": 120.0},
    }


SCORED = {
    "name": "lstm",
    "weights_sha256": "0" * 64,
    "tokenizer_fingerprint": "f",
    "num_weights": 6_000_000,
    "vocab_size": 400,
}


def evaluation_record():
    categories = {
        "pets": FIGURES | {"num_ads": 12, "bits_per_char": 1.4},
        "toys": FIGURES | {"num_ads": 7},
    }
    return make_record("lstm-test", "packed", "family") | {
        "kind": "evaluation",
        "scored_split": "test",
        "max_ads": None,
        "model": SCORED,
        "figures": FIGURES | {"bits_per_char": 1.6},
        "by_category": categories,
        "seconds": {"evaluation": 60.0},
    }


def novelty_record():
    names = [f"novel_{n}_share" for n in range(1, 6)] + [f"distinct_{n}" for n in range(1, 4)]
    names += [
        "exact_copy_share",
        "folded_copy_share",
        "copied_run_mean",
        "copied_run_median",
        "copied_run_max",
        "copied_run_share",
        "repeated_word_share",
    ]
    names += ["repeated_trigram_share", "duplicate_share", "mean_words"]
    columns = {
        kind: dict.fromkeys(names, value)
        for kind, value in (("generated", 0.125), ("human", 0.25), ("human_training", 0.5))
    }
    return make_record("novelty", "packed", "family") | {
        "kind": "novelty",
        "model": SCORED,
        "scored_split": "test",
        "max_ads": None,
        "num_training_ads": 90,
        "num_ads": 5,
        "sampling": {"temperature": 0.7},
        "figures": columns,
        "by_category": {"pets": columns, "toys": columns},
        "samples": [{"category": "pets", "prompt": "Cat", "ad": "Cat tree"}],
    }


def leaks_record():
    counts = {
        "num_ads": 400,
        "same_text": 0,
        "same_words": 2,
        "0.7": 40,
        "0.8": 20,
        "0.9": 8,
        "1.0": 4,
    }
    report = {
        "num_train_ads": 9_000,
        "counts": {"valid": counts},
        "shares": {"valid": {name: count / 400 for name, count in counts.items()}},
        "recall": {"0.7": 0.9876, "0.8": 0.9998, "0.9": 1.0, "1.0": 1.0},
    }
    record = make_record("leaks", "packed", "family")
    return record | {"kind": "leaks", "leaks": {"family": report, "ad": report}}


def corpus_training(name, num_ads, bits, **config):
    record = make_record(name, "packed", "family", bits_per_char=bits)
    record["split"] = {"by": "family", "num_ads": {"train": num_ads}}
    record["config"] = record["config"] | {"epochs": 3, "tokenizer": "subword", **config}
    record["history"] = [
        {
            **entry,
            "seconds": 60.0,
            "cpu_seconds": 90.0,
            "valid": {"cross_entropy": 5.0, "bits_per_char": bits + 1 / entry["epoch"]},
        }
        for entry in record["history"]
    ]
    return record | {"categories": None, "max_ads": num_ads, "best_epoch": 3}


def steps_record():
    costs = {"preset": 50.0, "float32": 80.0}
    record = make_record("steps", "packed", "family")
    variants = {
        name: {"cpu_seconds_per_million_tokens": cost, "peak_memory_bytes": 1_500_000_000}
        for name, cost in costs.items()
    }
    return record | {"kind": "benchmark", "rows": [["preset", "50 s"]], "variants": variants}


@pytest.fixture
def corpus_folders(folders):
    results, images, readme = folders
    files = {
        "ngram": ngram_record("full", 1.408, 98_900_000),
        "ngram-8": ngram_record("small", 1.634, 2_300_000),
        "lstm": corpus_training("lstm", 2_000_000, 1.61),
        "lstm-test": evaluation_record(),
        "novelty": novelty_record(),
        "leaks": leaks_record(),
        "steps": steps_record(),
        "scaling/13k": corpus_training("13k", 13_000, 2.1),
        "scaling/all": corpus_training("all", 2_000_000, 1.7),
        "recipes/base": corpus_training("base", 200_000, 1.9, learning_rate=0.004),
        "recipes/wide": corpus_training("wide", 200_000, 1.8, learning_rate=0.004, lstm_units=512),
        "recipes/fast": corpus_training("fast", 200_000, 1.85, learning_rate=0.008),
    }
    for name, entries in files.items():
        write(results / f"{name}.json", entries)
    names = ("main", "scaling", "recipes", "verticals", "leaks", "novelty", "results", "samples")
    names += ("steps", "benchmarks")
    readme.write_text("\n".join(f"<!-- adgen:{n} -->\nold\n<!-- /adgen:{n} -->" for n in names))
    return results, images, readme


def tables(readme):
    """The cells of each table by name, without head and rule."""
    found = re.findall(
        r"<!-- adgen:([\w-]+) -->\n(.*?)\n<!-- /adgen", readme.read_text(), re.DOTALL
    )
    return {
        name: [
            [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]
        ]
        for name, text in found
    }


def test_the_corpus_tables_are_the_records(corpus_folders):
    results, images, readme = corpus_folders
    drawn = list(write_report(results, images, readme))
    shown = tables(readme)
    rows = shown["main"][1:]  # the first says which ads
    assert [(row[1], row[4]) for row in rows[:3]] == [
        ("small: Kneser-Ney 6-gram", "**1.634**"),
        ("full: Kneser-Ney 6-gram", "**1.408**"),
        ("lstm", "**1.600**"),
    ]
    assert rows[2][2:4] == ["6.0 M", "2,000,000"] and rows[2][8] == "2"  # minutes of its training
    assert rows[1][2] == "98.9 M n-grams, 864 MB"
    assert [(row[0], row[3]) for row in shown["scaling"]] == [
        ("13,000", "2.100"),
        ("2,000,000", "1.700"),
    ]
    # Three epochs of 90 CPU seconds.
    assert [(row[0], row[1], row[3], row[4]) for row in shown["recipes"]] == [
        ("wide", "lstm_units 512", "2.133", "4.5"),
        ("fast", "learning_rate 0.008", "2.183", "4.5"),
        ("base", "–", "2.233", "4.5"),
    ]
    assert shown["verticals"][0][:3] == ["pets", "12", "1.400"] and shown["verticals"][0][4:] == [
        "12%",
        "25%",
    ]
    assert shown["leaks"][0] == [
        "families",
        "valid, 400 ads",
        "0 (0.0%)",
        "2 (0.5%)",
        "40 (10.0%)",
        "20 (5.0%)",
        "8 (2.0%)",
        "4 (1.0%)",
    ]
    assert [row[:4] for row in shown["steps"]] == [
        ["preset", "50", "1.00", "1.5 GB"],
        ["float32", "80", "1.60", "1.5 GB"],
    ]
    assert not shown["benchmarks"]  # nor in the README's table
    assert ["new word 3-grams", "12.50%", "25.00%", "50.00%"] in shown["novelty"]
    assert [row[1] for row in shown["results"]] == ["better", "worse"]  # not those of the corpus
    for name in ("scaling.png", "recipes.png", "verticals.png"):
        assert (images / name).read_bytes().startswith(b"\x89PNG")
        assert any(name in line for line in drawn)
    assert list(check_report(results, images, readme))


def test_a_missing_corpus_picture_is_noticed(corpus_folders):
    results, images, readme = corpus_folders
    list(write_report(results, images, readme))
    (images / "scaling.png").unlink()
    with pytest.raises(ValueError, match=r"lacks scaling.png"):
        list(check_report(results, images, readme))


def test_without_records_the_corpus_tables_say_so(folders):
    results, images, readme = folders
    readme.write_text("<!-- adgen:leaks -->\nold\n<!-- /adgen:leaks -->")
    list(write_report(results, images, readme))
    assert "*Not run here.*" in readme.read_text()


def test_the_long_tables_stand_in_a_document_beside_the_readme(corpus_folders):
    results, images, readme = corpus_folders
    details = readme.parent / "docs" / "results.md"
    details.parent.mkdir()
    details.write_text("<!-- adgen:recipes -->\nold\n<!-- /adgen:recipes -->")
    list(write_report(results, images, readme))
    assert [row[0] for row in tables(details)["recipes"]] == ["wide", "fast", "base"]
    details.write_text(details.read_text().replace("wide", "narrow"))
    with pytest.raises(ValueError, match=r"results.md are not those of"):
        list(check_report(results, images, readme))

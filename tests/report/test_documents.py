"""Records, README tables and pictures: every cell comes from a record."""

import json
import re
import shlex
from pathlib import Path

import pytest
from made_records import (
    PLACE,
    corpus_training,
    evaluation_record,
    leaks_record,
    ngram_record,
    novelty_record,
    steps_record,
    training_record,
)

from adgen.cli.main import parse
from adgen.records.record import record_from, write_record
from adgen.report.documents import check_report, write_report
from adgen.report.screen_evaluation import as_json, as_text
from adgen.report.tables_2022 import TABLE_NAME_OF_2022, table_of_2022

REPO = Path(__file__).resolve().parents[2]


def write(path, entries):
    write_record(path, record_from(entries))


@pytest.fixture
def folders(tmp_path):
    results = tmp_path / "results"
    write(results / "worse.json", training_record("worse", "ad", "family", bits_per_char=1.75))
    write(
        results / "better.json", training_record("better", "packed", "family", bits_per_char=1.25)
    )
    write(results / "seed.json", training_record("seed", "stream", "ad", bits_per_char=None))
    readme = tmp_path / "README.md"
    names = ("results", "2022", "samples", "commands", "benchmarks")
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
    first = text.index("| 1 | better")  # the better one by validation
    second = text.index("| 2 | worse")
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
    assert drawn == ["2022_metrics.png", "learning_curves.png", "minutes.png"]
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
    header = (folders[0] / TABLE_NAME_OF_2022).read_text().splitlines()[0]
    published = (
        ",max_rows,Actual Rows,batch_size,total_tokens,distinct_tokens,steps_per_epoch,"
        "Baseline Categorical Accuracy,Categorical Accuracy,Baseline Categorical Crossentropy,"
        "Categorical Crossentropy,Baseline Top K Categorical Accuracy,Top K Categorical Accuracy,"
        "Model"
    )
    assert header == published + ",Split"
    row = table_of_2022([record_from(training_record("seed", "stream", "ad"))]).iloc[0]
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
    """Returns the cells of each table by name, without head and rule."""
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
    assert (
        rows[2][2:4] == ["6.0 M weights", "2,000,000"] and rows[2][8] == "2"
    )  # minutes of its training
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


@pytest.mark.parametrize("kind", ["missing", "folder", "latin-1"])
def test_a_bad_readme_is_refused_before_a_picture_is_drawn(kind, folders):
    results, images, readme = folders
    readme.unlink()
    if kind == "folder":
        readme.mkdir()
    elif kind == "latin-1":
        readme.write_bytes("Größe".encode("latin-1"))
    with pytest.raises((ValueError, FileNotFoundError), match=r"README\.md"):
        list(write_report(results, images, readme))
    assert not images.exists()


def test_checks_without_figures_of_training_ads_are_drawn_as_gaps(folders):
    results, images, readme = folders
    path = results / "better.json"
    entries = json.loads(path.read_text())
    entries["history"][0]["train_sample"] = {}
    path.write_text(json.dumps(entries))
    assert any("Wrote the tables" in line for line in write_report(results, images, readme))


def test_written_ads_that_were_cut_are_said():
    assert "cut" not in as_text(record_from(novelty_record()))
    record = record_from(novelty_record() | {"num_cut_ads": 3})
    assert "3 written ads were cut at the most tokens" in as_text(record)
    assert json.loads(as_json(record))["num_cut_ads"] == 3


def test_a_document_without_marks_or_that_agrees_is_not_written(folders):
    results, images, readme = folders
    list(write_report(results, images, readme))
    before = readme.stat().st_mtime_ns
    assert not [line for line in write_report(results, images, readme) if "tables" in line]
    assert readme.stat().st_mtime_ns == before
    album = readme.with_name("album.md")
    album.write_text("years of work\n")
    before = album.stat().st_mtime_ns
    assert not [line for line in write_report(results, images, album) if "tables" in line]
    assert (album.read_text(), album.stat().st_mtime_ns) == ("years of work\n", before)


def test_no_record_shows_a_path_of_a_machine():
    paths = sorted((REPO / "results").rglob("*.json"))
    assert len(paths) > 20
    outside = re.compile(r"(?<![\w.])/(?:home|root|usr|work|tmp|Users|mnt)/|\"[A-Z]:\\\\")
    for path in paths:
        assert not outside.search(path.read_text(encoding="utf-8")), path

"""The README's table of results shows the right models, on the right ads, in the right order."""

import pytest
from made_records import (
    PLAN,
    compared,
    compared_by,
    evaluation_record,
    finetuned,
    ngram_record,
    novelty_record,
    training_record,
)

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.record import record_from
from adgen.report.plots_main import draw_minutes
from adgen.report.result_groups import result_groups
from adgen.report.tables_2022 import timings_table
from adgen.report.tables_main import headline_table, main_commands, main_table

WRITTEN = {"novel_3_share": 0.6}


def rows_of(table):
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]
    return {row[1]: row for row in rows}


def tuned(name, base, test_bits, **changes):
    return (
        finetuned(name, test_bits, base=base)
        | {"command": f"adgen finetune --output runs/{name}"}
        | changes
    )


@pytest.fixture
def entries():
    """Returns records as JSON has them."""
    small = training_record("small", "packed", "family", bits_per_char=1.3)
    lstm = training_record("lstm", "packed", "family") | {"categories": None, "max_ads": None}
    test = evaluation_record() | {"command": "adgen evaluate lstm"}
    rows = [
        compared("runs/base", 0, 1.9, written_figures=WRITTEN),
        compared("runs/base", 1, 1.85),
        compared("runs/base", 4, 1.8),
        compared("runs/tuned", 0, 1.5),
        compared("runs/tuned", 4, 1.45),
        compared("runs/few", 0, 1.7, kind="ngram"),
    ]
    beside = {"human ads": {"novel_3_share": 0.5}}
    comparison = compared_by(PLAN | {"categories": ["electronics"]}, rows, beside)
    comparison |= {"command": "adgen compare --models ...", "num_scored": 500}
    return [
        small,
        lstm,
        test,
        ngram_record("few", 1.6, 2_000_000),
        ngram_record("full", 1.4, 90_000_000),
        novelty_record() | {"command": "adgen evaluate --generated 10"},
        tuned("base", "scratch", 1.6, excluded=["electronics"]),
        tuned("tuned", "runs/base", 1.5, excluded=[]),
        comparison,
    ]


@pytest.fixture
def records(entries):
    return [record_from(one) for one in entries]


def test_n_gram_models_come_first_then_the_others_the_best_last(records):
    groups = result_groups(records)
    assert [group.title for group in groups] == [
        "All categories, all test ads",
        "Electronics, 500 test ads",
        "The 13,070 ads of 2022, their test ads",
    ]
    labels = [[result.label.split(":")[0] for result in group.results] for group in groups]
    assert labels[0] == ["few", "full", "lstm", "human ads"]
    # The base, which saw no electronics, with the most example ads too; what was tuned without any.
    compared_labels = labels[1][: labels[1].index("human ads")]
    assert compared_labels == ["few", "base", "base, after 4 example ads", "tuned"]
    assert labels[2] == ["small"]


def test_a_copy_in_fewer_bytes_stands_for_its_original(entries):
    entries[-1]["rows"].append(compared("models/shipped", 0, 1.5, trained_as="tuned"))
    records = [record_from(one) for one in entries]
    labels = [result.label for result in result_groups(records)[1].results]
    assert "shipped" in labels and "tuned" not in labels and "base" in labels
    assert rows_of(main_table(records))["shipped"][8] == "2 + 2"


def test_published_models_that_were_not_run_stand_there_with_their_command(records):
    rows = rows_of(main_table(records))
    published = [model for model in PUBLISHED.values() if model.model_id]
    assert published
    for model in published:
        assert rows[model.name][4] == "not run here"
        command = f"adgen compare --models {model.model_id} --category electronics --shots 0,1,4"
        assert (
            f"{rows[model.name][0]}: `{command}`"
            in main_commands(records).partition("download their model:")[2]
        )


def test_cells_are_the_records(records):
    rows = rows_of(main_table(records))
    # Trained for two minutes, on the base of two minutes.
    assert rows["tuned"][2:10] == [
        "5.0 M weights",
        "1,234",
        "**1.500**",
        "–",
        "–",
        "80%",
        "2 + 2",
        "2.0 GB",
    ]
    assert rows["base"][7:9] == ["60%", "2"]
    assert rows["human ads"][3:10] == ["–", "–", "–", "–", "50%", "–", "–"]  # the last: electronics
    assert rows["lstm"][4:8] == ["**1.600**", "90.0", "0.500", "12%"]


def test_comparisons_of_the_same_ads_are_one_group(entries):
    rows = [
        compared("pretrained", 0, 2.5),
        compared("pretrained", 1, 2.4),
        compared("pretrained", 16, 2.2),
        compared("runs/tuned", 0, 1.2),
    ]
    plan = PLAN | {"categories": ["electronics"]}
    second = compared_by(plan, rows, {"human ads": {"novel_3_share": 0.5}})
    entries.append(second | {"command": "adgen compare pretrained", "num_scored": 500})
    entries.append(compared_by(PLAN, rows[:1], {}) | {"num_scored": 500})
    records = [record_from(one) for one in entries]
    _, electronics, _ = result_groups(records)
    labels = [result.label for result in electronics.results]
    # No record says that the pretrained one read ads; of "tuned" the later figure counts.
    assert labels[: labels.index("human ads")] == [
        "few",
        "pretrained",
        "pretrained, after 16 example ads",
        "base",
        "base, after 4 example ads",
        "tuned",
    ]
    assert electronics.results[5].bits_per_char == 1.2
    scored = (
        "scored by `adgen compare --models ...` (`0123456`) and `adgen compare pretrained` "
        "(`0123456`)\n"
    )
    assert scored in main_commands(records)
    # The same number of ads with other characters are other ads.
    other = entries[-2] | {"rows": [compared("pretrained", 0, 2.5, figures={"num_chars": 7})]}
    groups = result_groups([record_from(one) for one in [*entries, other]])
    assert [group.title for group in groups[1:3]] == ["Electronics, 500 test ads"] * 2


def test_every_number_of_the_table_has_its_command(records):
    numbers = [row[0] for row in rows_of(main_table(records)).values() if row[0]]
    commands = main_commands(records)
    assert (
        "Electronics, 500 test ads: made by the commands below, "
        "scored by `adgen compare --models ...` (`0123456`)\n" in commands
    )
    assert "`adgen finetune --output runs/tuned`" in commands
    human = numbers[[label for label in rows_of(main_table(records))].index("human ads") - 1]
    assert all(f" {number}: `" in commands for number in numbers if number != human)


def compression(name, trained_as):
    """The record of a model that was written again."""
    made = training_record(name, "packed", "family")
    environment = ("record_version", "created", "commit", "versions", "backend", "hardware")
    return {key: made[key] for key in environment if key in made} | {
        "kind": "compression",
        "name": name,
        "command": f"adgen compress runs/{trained_as} models/{name}",
        "peak_memory_bytes": 10,
        "trained_as": trained_as,
        "storage": "int8",
        "num_bytes": 7,
    }


def test_what_made_a_smaller_copy_stands_between_its_training_and_its_scoring(entries):
    entries[1] |= {"command": "adgen train --preset small", "commit": "abcdef0123"}
    entries[-1]["rows"].append(compared("models/shipped", 0, 1.5, trained_as="tuned"))
    others = [compression("lstm", "another"), compression("other", "lstm")]
    made = [compression("lstm", "lstm"), compression("shipped", "tuned"), *others]
    commands = main_commands([record_from(one) for one in [*entries, *made]])
    assert (
        ": `adgen train --preset small` (`abcdef0`), "
        "then `adgen compress runs/lstm models/lstm` (`0123456`), "
        "then `adgen evaluate lstm` (`0123456`)\n" in commands
    )
    assert (
        ": `adgen finetune --output runs/tuned` (`0123456`), "
        "then `adgen compress runs/tuned models/shipped` (`0123456`)\n" in commands
    )
    assert "another" not in commands and "models/other" not in commands


def test_without_records_nothing_is_shown():
    assert main_table([]) == main_commands([]) == "*Not run here.*"


def test_minutes_are_drawn(records, tmp_path):
    draw_minutes(result_groups(records), tmp_path / "minutes.png")
    assert (tmp_path / "minutes.png").read_bytes().startswith(b"\x89PNG")


def test_timings_of_2022_stand_beside_ours_and_what_was_not_run_says_so():
    record = record_from(training_record("2022-lstm-ad", "stream", "ad"))
    rows = [line.split(" | ") for line in timings_table([record]).splitlines()[2:]]
    assert rows[1][2:8] == ["LSTM, 60 epochs", "23 min", "2022-lstm-ad", "90", "3 epochs", "2 min"]
    assert rows[-1][3:5] == ["5 years", "not run"]


def test_the_short_table_has_a_row_a_model_and_a_column_a_set_of_ads(entries):
    entries[2]["model"] = entries[2]["model"] | {"name": "adgen-lstm"}  # of all categories: 1.6
    entries[-1]["rows"].append(compared("models/adgen-lstm", 0, 1.55))
    entries.append(ngram_record("ngram-6", 1.4, 90_000_000))
    lines = headline_table([record_from(one) for one in entries]).splitlines()
    head, _, ngram, lstm = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    assert head[1:3] == [
        "bits/char: all categories, all test ads",
        "bits/char: electronics, 500 test ads",
    ]
    assert tuple(ngram[:3]) == ("ngram-6", "**1.400**", "–")
    assert tuple(lstm[:3]) == ("adgen-lstm", "1.600", "**1.550**")

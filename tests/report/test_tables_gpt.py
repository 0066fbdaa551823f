"""README tables and pictures of the GPT experiments show what invented records say."""

import pytest
from made_records import GPT_PLACE, PLAN, WRITTEN, compared, compared_by, finetuned

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.record import record_from
from adgen.report.pictures import draw_all, picture_paths
from adgen.report.tables_gpt import comparison_table, finetuning_table, memory_table


@pytest.fixture
def comparison():
    rows = [
        compared("runs/base", 0, 1.75),
        compared("runs/base", 4, 1.5),
        compared(
            "runs/base",
            99,
            None,
            figures=None,
            written_figures=None,
            seconds_an_ad=None,
            error="too long",
        ),
        compared("openai-community/gpt2", 0, 1.9),
    ]
    beside = {"human ads": WRITTEN | {"likeness": 1.6}, "ordinary prose": {"likeness": 3.25}}
    return record_from(compared_by(PLAN | {"categories": ["electronics"]}, rows, beside))


def cells(table):
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]


def test_a_comparison_shows_its_rows_and_what_was_not_run(comparison):
    rows = cells(comparison_table([comparison]))
    assert rows[1][:5] == ["base", "4", "5.0 M", "1.500", "0.250"]
    where = ["electronics", "2 cores AMD EPYC", "`0123456`"]
    assert rows[1][-5:] == ["0.050", "1.5 GB", *where]
    assert rows[2][3] == "–"
    assert [row[6] for row in rows[4:6]] == ["1.600", "3.250"]
    missing = {row[0]: row[3] for row in rows[6:]}
    published = {name for name, model in PUBLISHED.items() if model.model_id}
    assert set(missing) == published - {"GPT-2 124M"}
    assert (
        missing["GPT-Neo 1.3B"] == "not run here: `adgen compare --models EleutherAI/gpt-neo-1.3B`"
    )
    assert comparison_table([]) == "*Not run here.*"


def test_a_model_compared_again_on_the_same_ads_stands_once(comparison):
    again = record_from(
        compared_by(PLAN | {"categories": ["electronics"]}, [compared("models/base", 0, 1.25)], {})
    )
    rows = cells(comparison_table([comparison, again]))
    assert [row[3] for row in rows if row[:2] == ["base", "0"]] == ["1.250"]
    assert [row[3] for row in rows if row[:2] == ["base", "4"]] == ["1.500"]
    of_others = record_from(
        compared_by(PLAN | {"categories": ["beauty"]}, [compared("models/base", 0, 1.25)], {})
    )
    rows = cells(comparison_table([comparison, of_others]))
    assert [row[3] for row in rows if row[:2] == ["base", "0"]] == ["1.750", "1.250"]


def test_trainings_stand_best_first():
    rows = cells(
        finetuning_table(
            [record_from(finetuned("full", 1.75)), record_from(finetuned("lora", 1.5, lora_rank=8))]
        )
    )
    assert [row[0] for row in rows] == ["lora", "full"]
    assert rows[0][2:10] == [
        "trainer, LoRA, rank 8",
        "0.00 of 5.0 M",
        "1,234",
        "500",
        "1.700",
        "1.500",
        "1.2%",
        "2",
    ]


MEMORY = {"kind": "benchmark", "name": "gpt_memory", "rows": []}


def test_memory_that_was_not_measured_is_not_shown_as_measured():
    runs = [
        {"model": "GPT-2 124M", "lora_rank": 0, "peak_memory_bytes": 4_000_000_000, "seconds": 2.5},
        {"model": "GPT-2 1558M", "lora_rank": 0, "peak_memory_bytes": None, "seconds": None},
    ]
    runs = [run | {"predicted_bytes": 5e9, "gradient_checkpointing": False} for run in runs]
    rows = cells(memory_table([record_from(GPT_PLACE | MEMORY | {"runs": runs})]))
    assert rows[0][:4] == ["GPT-2 124M", "4.0 GB (5.0), 2.5 s", "–", "–"]
    assert rows[1][1] == "not run: too large (5.0)"


def test_shots_and_sweeps_are_drawn(comparison, tmp_path):
    rows = [
        {"control": control, "value": value, "seconds_an_ad": 0.1, "figures": WRITTEN}
        for control in ("temperature", "top_k")
        for value in (1, 2)
    ]
    about = {"kind": "sweep", "name": "sweep-base", "model": "base", "scored_split": "valid"}
    chosen = {"categories": None, "num_written": 20}
    sweep = record_from(GPT_PLACE | about | chosen | {"rows": rows, "human": WRITTEN})
    drawn = draw_all([comparison, sweep], tmp_path)
    assert [path.name for path in drawn] == ["minutes.png", "shots.png", "sweep-base.png"]
    assert drawn == picture_paths([comparison, sweep], tmp_path)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)

"""README tables and pictures of the GPT experiments, from invented records."""

import pytest

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.record import record_from
from adgen.report.pictures import draw_all, picture_paths
from adgen.report.tables_gpt import comparison_table, finetuning_table, memory_table

PLACE = {
    "created": "2026-11-28T00:00:00+00:00",
    "commit": "0123456789ab",
    "versions": {"adgen": "0.1.0"},
    "hardware": {"processor": "AMD EPYC", "num_cores": 2, "memory_bytes": 1, "accelerators": []},
    "peak_memory_bytes": None,
    "corpus": {"name": "ads.zip", "num_ads": 2_000, "sha256": "0" * 64},
    "split": {"by": "family"},
    "seed": 0,
    "command": "adgen",
}
WRITTEN = {
    "likeness": 1.5,
    "novel_3_share": 0.8,
    "repeated_word_share": 0.1,
    "distinct_2": 0.9,
    "mean_words": 12.0,
}


def compared(model, shots, bits, **changes):
    row = {
        "model": model,
        "kind": "gpt",
        "trained_as": None,
        "shots": shots,
        "num_weights": 5_000_000,
        "peak_memory_bytes": 1_500_000_000,
        "figures": {"bits_per_char": bits, "word_accuracy": 0.25, "word_top_5_accuracy": 0.4},
        "written_figures": WRITTEN,
        "seconds_an_ad": 0.05,
        "samples": [],
        "error": None,
    }
    return row | changes


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
    return record_from(compared_by(PLAN, rows, beside))


PLAN = {
    "models": ["runs/base", "openai-community/gpt2"],
    "shots": [0, 4, 99],
    "categories": [],
    "split": "test",
    "prompts": ["Oak"],
    "seed": 0,
}


def compared_by(plan, rows, beside):
    """A comparison's record as JSON has it."""
    about = {"kind": "comparison", "name": "compared", "plan": plan, "num_scored": 100}
    return PLACE | about | {"rows": rows, "beside": beside}


def cells(table):
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]


def test_a_comparison_shows_its_rows_and_what_was_not_run(comparison):
    rows = cells(comparison_table([comparison]))
    assert rows[1][:5] == ["base", "4", "5.0 M", "1.500", "0.250"]
    assert rows[1][-4:] == ["0.050", "1.5 GB", "2 cores AMD EPYC", "`0123456`"]
    assert rows[2][3] == "–"
    assert [row[6] for row in rows[4:6]] == ["1.600", "3.250"]
    missing = {row[0]: row[3] for row in rows[6:]}
    published = {name for name, model in PUBLISHED.items() if model.model_id}
    assert set(missing) == published - {"GPT-2 124M"}
    assert (
        missing["GPT-Neo 1.3B"] == "not run here: `adgen compare --models EleutherAI/gpt-neo-1.3B`"
    )
    assert comparison_table([]) == "*Not run here.*"


def finetuned(name, test_bits, **config):
    """A GPT training's record as JSON has it."""
    config = {"base": "base", "engine": "trainer", "lora_rank": 0, "precision": "float32"} | config
    return PLACE | {
        "kind": "finetuning",
        "name": name,
        "config": config,
        "model": {
            "architecture": "gpt_neo",
            "num_weights": 5_000_000,
            "num_trained_weights": 4_000,
            "vocab_size": 400,
            "start_token": "<eos>",
            "num_training_tokens": 900,
            "padding_share": 0.0125,
        },
        "categories": None,
        "excluded": None,
        "max_ads": None,
        "history": [],
        "split": {"num_ads": {"train": 1_234}},
        "num_steps": 500,
        "metrics": {"valid": {"bits_per_char": 1.7}, "test": {"bits_per_char": test_bits}},
        "seconds": {"training": 120.0},
        "peak_memory_bytes": 2_000_000_000,
    }


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
    rows = cells(memory_table([record_from(PLACE | MEMORY | {"runs": runs})]))
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
    sweep = record_from(PLACE | about | chosen | {"rows": rows, "human": WRITTEN})
    drawn = draw_all([comparison, sweep], tmp_path)
    assert [path.name for path in drawn] == ["minutes.png", "shots.png", "sweep-base.png"]
    assert drawn == picture_paths([comparison, sweep], tmp_path)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)

"""Tables of README and docs/results.md, and the seed's results file, from the run records.

A table stands between `<!-- adgen:NAME -->` and `<!-- /adgen:NAME -->`; what is between them is replaced. Nothing
in a table is typed by hand: every cell comes from a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from adgen.files import replace_when_done, write_text
from adgen.pictures import draw_all, picture_paths
from adgen.plots import SPLIT_NAMES
from adgen.records import read_record
from adgen.report_corpus import CORPUS_TABLES
from adgen.report_gpt import GPT_TABLES
from adgen.tables import commit_cell, format_figure, hardware_cell, markdown_table

Record = Mapping[str, Any]


class Published(NamedTuple):
    """Training figures that the 2022 experiment published of a run; nats for the cross-entropy."""

    baseline_accuracy: float
    accuracy: float
    top_5_accuracy: float
    cross_entropy: float


# Its results file, data/lstm_results_df_holidays.csv, and the training log that its notebook shows, which is another
# run's, code/ad_generator_colab.ipynb; both of https://github.com/nirajsaran2/AdTextGeneration.
SEED_FIGURES = {
    "lstm": {
        "results file": Published(0.051, 0.818, 0.952, 0.690),
        "notebook": Published(0.051, 0.823, 0.954, 0.650),
    },
    "embedding-lstm": {
        "results file": Published(0.054, 0.813, 0.953, 0.695),
        "notebook": Published(0.043, 0.668, 0.861, 1.357),
    },
}
SEED_TABLE_NAME = "lstm_results_df.csv"
# What is too long for the README, beside it.
DETAILS_NAMES = ("docs/results.md", "docs/performance.md")


def load_records(results_dir: Path) -> list[dict[str, Any]]:
    """All run records of a folder and of those in it, by file name; `group` is the inner folder's name.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: A file is no record.
    """
    if not results_dir.is_dir():
        raise FileNotFoundError(f"No results folder {results_dir}. `adgen train --record` makes one.")
    return [
        read_record(path) | {"group": path.parent.name if path.parent != results_dir else ""}
        for path in sorted(results_dir.rglob("*.json"))
    ]


def write_report(results_dir: Path, images_dir: Path, readme_path: Path) -> Iterator[str]:
    """Draw the pictures, write the seed's results file and the README tables; yield what was written."""
    records = load_records(results_dir)
    for path in draw_all(records, images_dir):
        yield f"Drew {path}"
    seed_records = _of_kind(records, "stream")
    if seed_records:
        path = results_dir / SEED_TABLE_NAME
        with replace_when_done(path) as temporary_path:
            seed_table(seed_records).to_csv(temporary_path)
        yield f"Wrote {path}"
    for path in _documents(readme_path):
        write_text(path, _with_tables(path, records))
        yield f"Wrote the tables of {path}"


def check_report(results_dir: Path, images_dir: Path, readme_path: Path) -> Iterator[str]:
    """Yield one line if the README's tables are those of the records and every picture is there.

    Raises:
        ValueError: A table is out of date, or a picture is missing.
    """
    records = load_records(results_dir)
    missing = [path.name for path in picture_paths(records, images_dir) if not path.is_file()]
    if missing:
        raise ValueError(f"{images_dir} lacks {', '.join(missing)}. Run `adgen report`.")
    if not readme_path.is_file():
        raise FileNotFoundError(f"No README at {readme_path}. Give its path with --readme.")
    for path in _documents(readme_path):
        if _with_tables(path, records) != path.read_text(encoding="utf-8"):
            raise ValueError(f"The tables of {path} are not those of {results_dir}. Run `adgen report`.")
        yield f"{path} agrees with {len(records)} records."


def _documents(readme_path: Path) -> list[Path]:
    """The README, and what is too long for it."""
    details = [readme_path.parent / name for name in DETAILS_NAMES]
    return [path for path in (readme_path, *details) if path.is_file()]


def _with_tables(path: Path, records: Sequence[Record]) -> str:
    text = path.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        pattern = re.compile(rf"(<!-- adgen:{name} -->\n).*?(<!-- /adgen:{name} -->)", re.DOTALL)
        parts = pattern.split(text)  # text before, opening mark, closing mark, text after
        if len(parts) == 4:
            text = f"{parts[0]}{parts[1]}{make(records)}\n{parts[2]}{parts[3]}"
    return text


def _of_kind(records: Sequence[Record], *reads: str) -> list[Record]:
    return [
        r for r in records if r["kind"] == "training" and not r.get("group") and r["config"]["reads"] in reads
    ]


def seed_comparison(records: Sequence[Record]) -> str:
    """The reproduction of the 2022 experiment beside what it published, with the validation it lacked."""
    rows = []
    for model, published in SEED_FIGURES.items():
        rows += [
            _published_row(f"{model}, as published ({source})", run) for source, run in published.items()
        ]
        for by, split in SPLIT_NAMES.items():
            found = [
                record
                for record in _of_kind(records, "stream")
                if (record["config"]["model"], record["split"]["by"]) == (model, by)
            ]
            rows += [_seed_row(record) for record in found] or [
                [f"{model}, adgen", split, "not run", *["–"] * 6]
            ]
    head = [
        "model",
        "split",
        "accuracy, training (1 epoch → end)",
        "top-5",
        "cross-entropy",
        "accuracy, validation",
        "top-5",
        "cross-entropy",
        "best epoch by validation",
    ]
    return markdown_table(head, rows)


def _published_row(label: str, run: Published) -> list[str]:
    accuracy = f"{run.baseline_accuracy:.3f} → {run.accuracy:.3f}"
    figures = [accuracy, f"{run.top_5_accuracy:.3f}", f"{run.cross_entropy:.3f}"]
    return [label, "random rows", *figures, *["–"] * 4]


def _seed_row(record: Record) -> list[str]:
    first, last = record["history"][0]["running"], record["history"][-1]["running"]
    valid = record["metrics"]["trained"]["valid"]
    best = min(record["history"], key=lambda entry: entry["valid"]["cross_entropy"])
    return [
        f"{record['config']['model']}, adgen ({record['epochs']} epochs)",
        SPLIT_NAMES[record["split"]["by"]],
        f"{first['accuracy']:.3f} → {last['accuracy']:.3f}",
        f"{last['top_5_accuracy']:.3f}",
        f"{last['loss']:.3f}",
        f"{valid['accuracy']:.3f}",
        f"{valid['top_5_accuracy']:.3f}",
        f"{valid['cross_entropy']:.2f}",
        f"{best['epoch']} ({best['valid']['cross_entropy']:.2f})",
    ]


def results_table(records: Sequence[Record]) -> str:
    """One row a model trained by adgen's own rules, best bits per character on validation first."""
    # Runs on a prepared corpus have a table of their own.
    chosen = sorted(
        (record for record in _of_kind(records, "ad", "packed") if "max_ads" not in record),
        key=lambda record: record["metrics"]["trained"]["valid"]["bits_per_char"],
    )
    rows = []
    for number, record in enumerate(chosen, 1):
        trained = record["metrics"]["trained"]
        cells = [
            format_figure(name, trained[split][name])
            for name, split in [
                ("bits_per_char", "train"),
                ("bits_per_char", "valid"),
                ("bits_per_char", "test"),
                ("perplexity", "test"),
                ("top_5_accuracy", "test"),
            ]
        ]
        rows.append(
            [
                str(number),
                record["name"],
                f"{record['model']['num_weights'] / 1e6:.1f} M",
                f"{record['config']['tokenizer']}, {record['model']['vocab_size']:,}",
                *cells,
                f"{record['seconds']['training'] / 60:.0f}",
                f"{(record['peak_memory_bytes'] or 0) / 1e9:.1f} GB",
                hardware_cell(record),
                commit_cell(record),
            ]
        )
    head = [
        "",
        "model",
        "weights",
        "vocabulary",
        "bits/char, train",
        "valid",
        "**test**",
        "perplexity a token, test",
    ]
    return markdown_table([*head, "top-5, test", "minutes", "memory", "hardware", "commit"], rows)


def commands_list(records: Sequence[Record]) -> str:
    """The command behind every row."""
    lines = [f"- `{record['command']}`" for record in records]
    return "\n".join(lines) or "*Not run here.*"


def samples_table(records: Sequence[Record]) -> str:
    """The first ad that each model wrote for each prompt, nothing picked."""
    chosen = [r for r in _of_kind(records, "ad", "packed", "stream") if r["split"]["by"] == "family"]
    if not chosen:
        return "*Not run here.*"
    prompts = [sample["prompt"] for sample in chosen[0]["samples"]]
    texts = [{s["prompt"]: s["ads"][0] for s in record["samples"]} for record in chosen]
    rows = [[prompt, *(_cell(text.get(prompt, "–")) for text in texts)] for prompt in prompts]
    return markdown_table(["prompt", *(record["name"] for record in chosen)], rows)


def _cell(text: str) -> str:
    shortened = text if len(text) <= 160 else text[:157].rstrip() + "…"
    return re.sub(r"([|<>*_`\[\]])", r"\\\1", shortened)


def benchmark_table(records: Sequence[Record]) -> str:
    """The rows of the committed benchmark runs but those that have a table of their own."""
    rows: list[list[str]] = []
    for record in records:
        if record["kind"] == "benchmark" and record["name"] not in ("steps", "gpt_memory"):
            where = [hardware_cell(record), commit_cell(record)]
            rows.extend([record["name"], label, value, *where] for label, value in record["rows"])
    return markdown_table(["benchmark", "figure", "measured", "hardware", "commit"], rows)


def seed_table(records: Sequence[Record]) -> pd.DataFrame:
    """The 2022 experiment's results file: its columns, from our records of its two models.

    Figures are the running training metrics of the first and the last epoch, as there.
    """
    rows: list[dict[str, Any]] = []
    for record in records:
        first, last = record["history"][0]["running"], record["history"][-1]["running"]
        rows.append(
            {
                "max_rows": record["corpus"]["num_ads"],
                "Actual Rows": record["split"]["num_ads"]["train"],
                "batch_size": record["config"]["batch_size"],
                "total_tokens": record["model"]["num_training_tokens"],
                "distinct_tokens": record["model"]["vocab_size"],
                "steps_per_epoch": record["model"]["steps_per_epoch"],
                "Baseline Categorical Accuracy": round(first["accuracy"], 3),
                "Categorical Accuracy": round(last["accuracy"], 3),
                "Baseline Categorical Crossentropy": round(first["loss"], 3),
                "Categorical Crossentropy": round(last["loss"], 3),
                "Baseline Top K Categorical Accuracy": round(first["top_5_accuracy"], 3),
                "Top K Categorical Accuracy": round(last["top_5_accuracy"], 3),
                "Model": {"lstm": "LSTM", "embedding-lstm": "Embed LSTM"}[record["config"]["model"]],
                "Split": record["split"]["by"],
            }
        )
    return pd.DataFrame(rows)


TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "results": results_table,
    "seed": seed_comparison,
    "samples": samples_table,
    "commands": commands_list,
    "benchmarks": benchmark_table,
    **CORPUS_TABLES,
    **GPT_TABLES,
}

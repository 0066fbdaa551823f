"""Tables of the README and of docs/, and the results file of 2022, from the run records.

A table stands between `<!-- adgen:NAME -->` and `<!-- /adgen:NAME -->`; what is between them is
replaced. Nothing in a table is typed by hand: every cell comes from a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

from adgen.records.base import Record, Sample
from adgen.records.measured import (
    BenchmarkRecord,
    FirstWordsRecord,
    MemoryRecord,
    StepsRecord,
    WritingRecord,
)
from adgen.records.record import of_kind, read_record
from adgen.records.tables import (
    commit_cell,
    format_figure,
    hardware_cell,
    markdown_table,
    memory_cell,
)
from adgen.records.trained import FinetuningRecord, MixingRecord, TrainingRecord
from adgen.report.cells import NONE, minutes_cell
from adgen.report.names import shown_name
from adgen.report.pictures import draw_all, picture_paths
from adgen.report.tables_2022 import (
    TABLE_NAME_OF_2022,
    TABLES_OF_2022,
    records_of_2022,
    table_of_2022,
)
from adgen.report.tables_corpus import CORPUS_TABLES
from adgen.report.tables_gpt import GPT_TABLES, ad_trainings
from adgen.report.tables_main import MAIN_TABLES
from adgen.report.tables_writing import WRITING_TABLES
from adgen.support.files import check_output_file, check_plain_file, replace_when_done, write_text

# Of the 2022 experiment's prompts: of its domain, of a holiday, and of another domain.
_FEW_PROMPTS = ("Sony TV", "Last minute Christmas deals on Sony TV", "Tesla for Christmas")
# What is too long for the README, beside it.
DETAILS_NAMES = ("docs/results.md", "docs/performance.md", "docs/data.md")


def load_records(results_dir: Path) -> list[Record]:
    """Reads all run records of a folder and of those in it, by file name.

    A record's `group` is the inner folder's name.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: A file is no record.
    """
    _check_results_dir(results_dir)
    return [
        replace(read_record(path), group=path.parent.name if path.parent != results_dir else "")
        for path in sorted(results_dir.rglob("*.json"))
    ]


def write_report(results_dir: Path, images_dir: Path, readme_path: Path) -> Iterator[str]:
    """Draws the pictures, writes the results file of 2022 and all tables; yields what was written.

    Raises:
        FileNotFoundError: There is no such folder of records, or no README.
        ValueError: A file is no record, or what is to be written cannot replace what is there.
        OSError: Nothing can be written there.
        ImportError: matplotlib is not installed; the message names the extra.
    """
    _check_outputs(results_dir, images_dir, readme_path)
    records = load_records(results_dir)
    of_2022 = records_of_2022(records)
    path_of_2022 = results_dir / TABLE_NAME_OF_2022
    for path in [*picture_paths(records, images_dir), *([path_of_2022] if of_2022 else [])]:
        check_output_file(path)
    read = {path: _read(path) for path in _documents(readme_path)}
    texts = {path: _with_tables(text, records) for path, text in read.items()}
    for path in draw_all(records, images_dir):
        yield f"Drew {path}"
    if of_2022:
        with replace_when_done(path_of_2022) as temporary_path:
            table_of_2022(of_2022).to_csv(temporary_path)
        yield f"Wrote {path_of_2022}"
    for path, text in texts.items():
        if text != read[path]:
            write_text(path, text)
            yield f"Wrote the tables of {path}"


def check_report(results_dir: Path, images_dir: Path, readme_path: Path) -> Iterator[str]:
    """Yields a line a document if its tables are those of the records and every picture is there.

    Raises:
        ValueError: A table is out of date, or a picture is missing.
    """
    records = load_records(results_dir)
    missing = [path.name for path in picture_paths(records, images_dir) if not path.is_file()]
    if missing:
        raise ValueError(f"{images_dir} lacks {', '.join(missing)}. Run `adgen report`.")
    _check_readme(readme_path)
    for path in _documents(readme_path):
        text = _read(path)
        if _with_tables(text, records) != text:
            raise ValueError(
                f"The tables of {path} are not those of {results_dir}. Run `adgen report`."
            )
        yield f"{path} agrees with {len(records)} records."


def _check_outputs(results_dir: Path, images_dir: Path, readme_path: Path) -> None:
    """Raises where a place to write is wrong, before records are read and pictures drawn."""
    _check_results_dir(results_dir)
    _check_readme(readme_path)
    for path in _documents(readme_path):
        check_output_file(path, "a document")
    if images_dir.exists() and not images_dir.is_dir():
        raise ValueError(
            f"{images_dir} is a file; expected a folder to draw into. Give one with --images-dir."
        )


def _check_results_dir(results_dir: Path) -> None:
    if not results_dir.is_dir():
        raise FileNotFoundError(
            f"No results folder {results_dir}. `adgen train --record` makes one."
        )


def _check_readme(readme_path: Path) -> None:
    if not readme_path.exists() or readme_path.is_dir():
        raise FileNotFoundError(f"No README at {readme_path}. Give its path with --readme.")
    check_plain_file(readme_path)


def _documents(readme_path: Path) -> list[Path]:
    """Returns the paths of the README, and of what is too long for it."""
    details = [readme_path.parent / name for name in DETAILS_NAMES]
    return [path for path in (readme_path, *details) if path.exists()]


def _with_tables(text: str, records: Sequence[Record]) -> str:
    for name, make in TABLES.items():
        pattern = re.compile(rf"(<!-- adgen:{name} -->\n).*?(<!-- /adgen:{name} -->)", re.DOTALL)
        parts = pattern.split(text)  # text before, opening mark, closing mark, text after
        if len(parts) == 4:
            text = f"{parts[0]}{parts[1]}{make(records)}\n{parts[2]}{parts[3]}"
    return text


def _read(path: Path) -> str:
    check_plain_file(path)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8 ({error}). Give a Markdown file.") from None


def _lstms(records: Sequence[Record], *reads: str) -> list[TrainingRecord]:
    """Returns trainings of models that read so, but those of a group of experiments."""
    trained = of_kind(records, TrainingRecord)
    return [record for record in trained if not record.group and record.config.reads in reads]


def results_table(records: Sequence[Record]) -> str:
    """Makes a row a model trained by adgen's own rules, the best on validation first."""
    # Runs on a prepared corpus have a table of their own.
    chosen = sorted(
        (record for record in _lstms(records, "ad", "packed") if record.selection is None),
        key=lambda record: record.on("valid").bits_per_char or inf,
    )
    rows = []
    for number, record in enumerate(chosen, 1):
        cells = [
            format_figure(name, record.on(split).get(name))
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
                record.name,
                f"{record.num_weights / 1e6:.1f} M",
                f"{record.config.tokenizer}, {record.model.vocab_size:,}",
                *cells,
                minutes_cell(record.minutes),
                memory_cell(record.peak_memory_bytes),
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
    """Lists the command behind every record."""
    lines = [f"- `{record.command}`" for record in records]
    return "\n".join(lines) or "*Not run here.*"


def samples_table(records: Sequence[Record]) -> str:
    """Shows the first ad that each mixture and LSTM wrote for each prompt, nothing picked."""
    return _samples([*of_kind(records, MixingRecord), *_family_lstms(records)], records)


def gpt_samples_table(records: Sequence[Record]) -> str:
    """Shows the first ad that each GPT wrote for each prompt, nothing picked."""
    return _samples(ad_trainings(records), records)


def _family_lstms(records: Sequence[Record]) -> list[TrainingRecord]:
    """Returns LSTMs whose split keeps variants of an ad together."""
    return [
        record
        for record in _lstms(records, "ad", "packed", "stream")
        if record.split_by == "family"
    ]


def few_samples_table(records: Sequence[Record]) -> str:
    """Shows what every model wrote for a few of the prompts, a row a model."""
    models: list[TrainingRecord | FinetuningRecord | MixingRecord] = []
    models += [*of_kind(records, MixingRecord), *_family_lstms(records), *ad_trainings(records)]
    rows = []
    for record in models:
        texts = _first_ads(record.samples)
        name = shown_name(record.name, records)
        rows.append([name, *(_cell(texts.get(prompt, NONE)) for prompt in _FEW_PROMPTS)])
    return markdown_table(["", *_FEW_PROMPTS], rows)


def _samples(
    chosen: Sequence[TrainingRecord | FinetuningRecord | MixingRecord], records: Sequence[Record]
) -> str:
    if not chosen:
        return "*Not run here.*"
    prompts = [sample.prompt for sample in chosen[0].samples]
    texts = [_first_ads(record.samples) for record in chosen]
    rows = [[prompt, *(_cell(text.get(prompt, NONE)) for text in texts)] for prompt in prompts]
    names = [shown_name(record.name, records) for record in chosen]
    return markdown_table(["prompt", *names], rows)


def _first_ads(samples: Sequence[Sample]) -> dict[str, str]:
    """Returns the first ad of each prompt."""
    return {sample.prompt: sample.ads[0] for sample in samples if sample.ads}


def _cell(text: str) -> str:
    shortened = text if len(text) <= 160 else text[:157].rstrip() + "…"
    return re.sub(r"([|<>*_`\[\]])", r"\\\1", shortened)


def benchmark_table(records: Sequence[Record]) -> str:
    """Shows the rows of all benchmark runs but those that have a table of their own."""
    rows: list[list[str]] = []
    others = (StepsRecord, MemoryRecord, WritingRecord, FirstWordsRecord)
    for record in of_kind(records, BenchmarkRecord):
        if not isinstance(record, others):
            where = [hardware_cell(record), commit_cell(record)]
            rows.extend([record.name, label, value, *where] for label, value in record.rows)
    return markdown_table(["benchmark", "figure", "measured", "hardware", "commit"], rows)


TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "results": results_table,
    "samples": samples_table,
    "samples-few": few_samples_table,
    "samples-gpt": gpt_samples_table,
    "commands": commands_list,
    "benchmarks": benchmark_table,
    **MAIN_TABLES,
    **TABLES_OF_2022,
    **CORPUS_TABLES,
    **GPT_TABLES,
    **WRITING_TABLES,
}

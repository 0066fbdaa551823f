"""Writes and reads run records: one JSON file a run.

A record holds everything that a table row needs to be believed: command, commit, corpus hash,
split, settings, seed, versions, hardware, seconds, peak memory, metrics and history. The module
knows no model.
"""

from __future__ import annotations

import hashlib
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from adgen.records.base import Record
from adgen.records.judged import (
    ComparisonRecord,
    EvaluationRecord,
    MixtureRecord,
    NoveltyRecord,
    SweepRecord,
)
from adgen.records.measured import (
    BenchmarkRecord,
    FirstWordsRecord,
    LeaksRecord,
    MemoryRecord,
    ReadingRecord,
    StepsRecord,
    WritingRecord,
)
from adgen.records.trained import (
    CompressionRecord,
    FinetuningRecord,
    MixingRecord,
    NGramRecord,
    TrainingRecord,
)
from adgen.support.files import (
    NOTHING,
    OTHER_PATH,
    check_output_file,
    check_plain_file,
    read_json_object,
    write_json,
)
from adgen.support.finite import is_finite
from adgen.support.folders import FolderKind, check_beside
from adgen.support.json_files import parsed_json

R = TypeVar("R", bound=Record)

RECORD_VERSION = 1
_KINDS: Mapping[str, type[Record]] = {
    kind.kind: kind
    for kind in (
        TrainingRecord,
        FinetuningRecord,
        NGramRecord,
        MixingRecord,
        CompressionRecord,
        EvaluationRecord,
        MixtureRecord,
        NoveltyRecord,
        ComparisonRecord,
        SweepRecord,
        LeaksRecord,
        BenchmarkRecord,
    )
}
# Benchmarks with a table of their own.
_BENCHMARKS: Mapping[str, type[BenchmarkRecord]] = {
    "steps": StepsRecord,
    "gpt_memory": MemoryRecord,
    "writing": WritingRecord,
    "first_words": FirstWordsRecord,
    "reading": ReadingRecord,
}


def finish(record: R, path: str | Path | None) -> R:
    """Checks that a run's record can be read again, and writes it.

    Args:
        record: What came out, with the environment of its run.
        path: The file to write; None writes none.

    Returns:
        The record as it will be read, but for rounding.

    Raises:
        ValueError: An entry has another type than its kind of record says.
    """
    checked = cast(R, record_from(record.as_dict()))
    if path is not None:
        write_record(path, checked)
    return checked


def check_record_path(
    path: str | Path | None,
    kind: type[Record],
    *,
    beside: tuple[Path, FolderKind] | None = None,
    apart_from: Mapping[str, str | Path] = NOTHING,
) -> None:
    """Raises where a record may not be written: it is a new file, or replaces one of its kind.

    Args:
        path: The record's place; None, where no record is wanted, is always right.
        kind: What will be written there.
        beside: The folder that the same run writes, and its kind. The record may lie in it, but not
            be one of its own files.
        apart_from: What the record may not be, hold or lie in, by its name for messages.

    Raises:
        ValueError: Something else is there, a record of another kind too, or the place is wanted
            for something else.
        OSError: Nothing can be written there.
    """
    if path is None:
        return
    if beside is not None:
        check_beside(path, *beside)
    check_output_file(path, "a run record", is_ours=_is_record, apart_from=apart_from)
    found = read_json_object(Path(path)).get("kind", kind.kind)
    if found != kind.kind:
        raise ValueError(
            f"{path} is a record of kind {found!r:.40}; expected {kind.kind!r} or a new path. "
            f"{OTHER_PATH}"
        )


def _is_record(path: Path) -> bool:
    return "record_version" in read_json_object(path)


def write_record(path: str | Path, record: Record) -> None:
    """Writes a record, numbers rounded to seven digits.

    Raises:
        ValueError: What is there is no run record.
    """
    check_record_path(path, type(record))
    write_json(path, rounded({"record_version": RECORD_VERSION, **record.as_dict()}))


def read_record(path: str | Path) -> Record:
    """Reads a record as the dataclass of its kind.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is damaged, or no record of this version.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"No run record at {path}. `adgen train --record PATH` writes one.")
    check_plain_file(path)
    try:
        value = parsed_json(path.read_bytes())
        if not is_finite(value):
            raise ValueError("it holds numbers that are not finite (NaN or Infinity)")
        version = value.pop("record_version", None) if isinstance(value, dict) else None
        if version != RECORD_VERSION:
            raise ValueError(f"record_version is {version!r:.20}; expected {RECORD_VERSION}")
        return record_from(value)
    except ValueError as error:
        reason = str(error)
    raise ValueError(
        f"{path} is no run record that this adgen reads: {reason}. Run its command again."
    )


def record_from(value: Mapping[str, Any]) -> Record:
    """Returns the record that a JSON object describes, as `Record.as_dict` gave it.

    Raises:
        ValueError: The kind is unknown, an entry is missing or has another type.
    """
    kind = value.get("kind")
    name = value.get("name")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError(f"kind is {kind!r:.40}; expected one of {', '.join(_KINDS)}")
    found = _KINDS[kind]
    if found is BenchmarkRecord and isinstance(name, str):
        found = _BENCHMARKS.get(name, BenchmarkRecord)
    return found.from_dict({key: item for key, item in value.items() if key != "kind"})


def of_kind(records: Iterable[Record], kind: type[R]) -> list[R]:
    """Returns the records of one kind, in their order."""
    return [record for record in records if isinstance(record, kind)]


def rounded(value: Any, *, digits: int = 7) -> Any:
    """Returns a JSON value with its numbers rounded to so many significant digits.

    A number that is not finite, which JSON does not have, becomes None: not measured.
    """
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: rounded(item, digits=digits) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits=digits) for item in value]
    return value


def corpus_entry(name: str, ads: Iterable[str]) -> dict[str, Any]:
    """Returns a corpus's entry in records: its name, ads, and a hash of their texts in order.

    Args:
        name: A name for people, such as the file's.
        ads: The texts after cleaning and de-duplication.
    """
    digest = hashlib.sha256()
    num_ads = 0
    rest = iter(ads)
    while block := list(islice(rest, 1 << 12)):
        lines = "".join(f"{ad}\n" for ad in block)
        digest.update(lines.encode("utf-8", "surrogatepass"))
        num_ads += len(block)
    return {"name": name, "num_ads": num_ads, "sha256": digest.hexdigest()}


def command_line(arguments: Sequence[str]) -> str:
    """Returns the `adgen` command as one would paste it."""
    return shlex.join(["adgen", *map(shown_argument, arguments)])


def shown_argument(argument: str) -> str:
    """Returns an argument for a record; of a path outside the checkout only its end."""
    path = Path(argument)
    home = Path.cwd()
    if not path.is_absolute():
        return argument
    return str(path.relative_to(home)) if path.is_relative_to(home) else path.name

"""A file of prompts: its kind by its ending, compressed or not; standard input; prompts at hand.

The module knows files; what their lines mean is `prompt_rows`' business.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from adgen.generation.prompt_rows import (
    PromptRow,
    PromptTable,
    csv_table,
    json_table,
    read_lines,
    text_table,
)

SUFFIXES = {".txt": "text", ".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
FORMATS = ("text", "csv", "tsv", "jsonl")
_CHUNK_BYTES = 1 << 20


def format_by_suffix(path: Path, option: str, *, may_be_gz: bool = False) -> str:
    """Returns the format that a file's ending stands for.

    Args:
        path: The file.
        option: What says the format of a file with another ending, for messages.
        may_be_gz: Whether `.gz` may follow the ending.

    Raises:
        ValueError: The ending stands for none.
    """
    name = path.name.lower()
    if may_be_gz:
        name = name.removesuffix(".gz")
    suffix = Path(name).suffix
    if suffix not in SUFFIXES:
        gz = " (or .gz of them)" if may_be_gz else ""
        raise ValueError(
            f"{path.name} ends in {path.suffix or 'nothing'!r}; expected "
            f"{', '.join(SUFFIXES)}{gz}. Rename it, or give {option}."
        )
    return SUFFIXES[suffix]


@dataclass(frozen=True)
class PromptFile:
    """Names where prompts come from; nothing is read before it is asked for.

    Attributes:
        path: The file; None where `stream` or `prompts` are given.
        format: One of `FORMATS`.
        prompt_column: The column or key of the prompt; None takes one that is named like it.
        stream: An open stream of bytes, which can be read once.
        prompts: Prompts at hand.
    """

    path: Path | None = None
    format: str = "text"
    prompt_column: str | None = None
    stream: BinaryIO | None = None
    prompts: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Returns what messages call it."""
        return str(self.path) if self.path else "Standard input" if self.stream else "The prompts"

    @contextmanager
    def open(self) -> Iterator[PromptTable]:
        """Opens the rows.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The file is no text of its format, or has no column of prompts.
        """
        if self.stream is not None:
            yield self._table(self.stream)
        elif self.path is None:
            rows = (PromptRow(line, prompt) for line, prompt in enumerate(self.prompts, 1))
            yield PromptTable((), rows)
        else:
            with self._opened() as stream:
                yield self._table(stream)

    def fingerprint(self) -> str:
        """Returns the SHA-256 of what is read; a compressed file is tried to its end.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is damaged, or can be read once only.
        """
        if self.stream is not None:
            raise ValueError(f"{self.name} can be read once only. Give a file.")
        if self.path is None:
            return hashlib.sha256("\0".join(self.prompts).encode("utf-8", "replace")).hexdigest()
        digest = hashlib.sha256()
        with self._opened() as stream:
            try:
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise ValueError(
                    f"{self.path} is damaged ({error}). Copy or compress it again."
                ) from None
        return digest.hexdigest()

    def num_rows(self) -> int:
        """Counts the rows, of a file that can be read again."""
        with self.open() as table:
            return sum(1 for _ in table.rows)

    def _opened(self) -> BinaryIO:
        """Opens the file's bytes, unpacked."""
        path = cast(Path, self.path)
        if path.is_dir():
            raise ValueError(f"{path} is a folder. Give a file of prompts.")
        if not path.exists():
            raise FileNotFoundError(f"There is no file {path}. Give a file of prompts, or - .")
        if not path.is_file():
            raise ValueError(f"{path} is no plain file. Give - and its text as standard input.")
        is_packed = path.name.lower().endswith(".gz")
        return cast(BinaryIO, gzip.open(path, "rb") if is_packed else path.open("rb"))

    def _table(self, stream: BinaryIO) -> PromptTable:
        lines = read_lines(stream, self.name)
        if self.format == "text":
            return text_table(lines)
        if self.format == "jsonl":
            return json_table(lines, self.prompt_column)
        delimiter = "\t" if self.format == "tsv" else None
        return csv_table(lines, self.name, self.prompt_column, delimiter=delimiter)

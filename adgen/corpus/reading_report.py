"""Accounts for every row of every file of a corpus: read, repaired, or dropped and why.

This module counts; it knows neither files nor how a row is repaired.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

# So many set-aside fields are listed one by one; all of them are counted.
MAX_LISTED = 200
_MAX_NAMED = 10
DROP_REASONS = (
    "empty",
    "too_long",
    "wrong_columns",
    "duplicate",
    "duplicate_after_cleaning",
    "adult",
)


@dataclass(frozen=True)
class SetAside:
    """A field that is too long to be an ad; its text is not kept.

    Attributes:
        file: The file, relative to the folder that was read.
        line: The line on which the field starts, from 1.
        num_chars: Its length in characters.
    """

    file: str
    line: int
    num_chars: int


@dataclass
class CorpusReport:
    """Counts of one `read_ads` call. `num_rows == num_ads + sum(dropped.values())` always holds.

    Attributes:
        num_files: Files read.
        num_bytes: Their size together.
        num_empty_files: Files with nothing but white space.
        num_header_only_files: Files with a header and no row.
        num_headerless_files: Files whose first row was taken as an ad.
        num_hidden_files: Files passed over because they are hidden, or left by macOS.
        unread_files: Files, and sheets of workbooks, of kinds that are not read.
        num_cp1252_lines: Lines that were not valid UTF-8 and were read as Windows-1252, by file.
        headers: How many files have each header.
        num_rows: Ads that the files offer, after fields that swallowed their neighbours were split.
        num_distinct_raw: Different texts among these rows before cleaning, empty and too long ones
            aside.
        num_ads: Different ads kept.
        dropped: Rows not kept, by reason.
        repaired: Rows that were read otherwise than a plain CSV reader would, by kind:
            `multiline_fields` (line ends in a quoted ad became spaces), `rejoined_rows` (commas in
            an unquoted ad), `unclosed_quotes` and `stray_quotes` (quotes that are not CSV),
            `split_fields` (a field that swallowed lines) and `split_lines` (the rows made of
            these).
        cleaned: Different raw texts changed by each cleaning step; one text may be changed by
            several.
        set_aside: The fields that were too long, the first `MAX_LISTED` of them.
    """

    num_files: int = 0
    num_bytes: int = 0
    num_empty_files: int = 0
    num_header_only_files: int = 0
    num_headerless_files: int = 0
    num_hidden_files: int = 0
    unread_files: list[str] = field(default_factory=list)
    num_cp1252_lines: Counter[str] = field(default_factory=Counter)
    headers: Counter[str] = field(default_factory=Counter)
    num_rows: int = 0
    num_distinct_raw: int = 0
    num_ads: int = 0
    dropped: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(DROP_REASONS, 0)))
    repaired: Counter[str] = field(default_factory=Counter)
    cleaned: Counter[str] = field(default_factory=Counter)
    set_aside: list[SetAside] = field(default_factory=list)

    def put_aside(self, file: str, line: int, num_chars: int) -> None:
        """Counts a field that is too long, and lists it while the list is short."""
        self.dropped["too_long"] += 1
        if len(self.set_aside) < MAX_LISTED:
            self.set_aside.append(SetAside(file, line, num_chars))

    def add(self, other: CorpusReport) -> None:
        """Adds the counts of files that were read after those of this report.

        Example:
            >>> report = CorpusReport(num_files=1, num_rows=2)
            >>> report.add(CorpusReport(num_files=1, num_rows=3))
            >>> report.num_files, report.num_rows
            (2, 5)
        """
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, Counter):
                mine.update(value)
            else:
                setattr(self, name, mine + value)
        del self.set_aside[MAX_LISTED:]

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as plain dicts, lists, strings and integers.

        Example:
            >>> CorpusReport(num_files=1, num_rows=2, num_ads=2).to_dict()["num_ads"]
            2
        """
        counters = {
            name: dict(value) for name, value in vars(self).items() if isinstance(value, Counter)
        }
        plain = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        set_aside = [asdict(one) for one in self.set_aside]
        return {**plain, **counters, "unread_files": self.unread_files, "set_aside": set_aside}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> CorpusReport:
        """Rebuilds a report from `to_dict`, such as a prepared corpus's in `corpus.json`.

        Example:
            >>> CorpusReport.from_dict(CorpusReport(num_rows=3).to_dict()).num_rows
            3
        """
        counters = {
            name: Counter(value) for name, value in values.items() if isinstance(value, dict)
        }
        set_aside = [SetAside(**one) for one in values["set_aside"]]
        return cls(**{**values, **counters, "set_aside": set_aside})

    def summary(self) -> str:
        """Returns a few lines on what was read and what became of it.

        Example:
            >>> report = CorpusReport(num_files=1, num_rows=2, num_distinct_raw=2, num_ads=2)
            >>> print(report.summary())
            1 file, 0.0 MB (0 empty, 0 header only, 0 without header)
            2 rows, 2 distinct, 2 ads kept
            dropped: nothing
            repaired: nothing
            cleaned: nothing
        """
        ending = "" if self.num_files == 1 else "s"
        lines = [
            f"{self.num_files:,} file{ending}, {self.num_bytes / 1e6:,.1f} MB "
            f"({self.num_empty_files:,} empty, {self.num_header_only_files:,} header only, "
            f"{self.num_headerless_files:,} without header)",
            f"{self.num_rows:,} rows, {self.num_distinct_raw:,} distinct, "
            f"{self.num_ads:,} ads kept",
            f"dropped: {_listed(self.dropped)}",
            f"repaired: {_listed(self.repaired)}",
            f"cleaned: {_listed(self.cleaned)}",
        ]
        if any(header.casefold() != "ad" for header in self.headers):
            lines.append(f"columns read, by files: {_listed(self.headers, tidy=False)}")
        if self.num_cp1252_lines:
            lines.append(f"read as Windows-1252: {self.num_cp1252_lines.total():,} lines")
        lines += [
            f"set aside: {one.file} line {one.line:,}, {one.num_chars:,} characters"
            for one in self.set_aside[:5]
        ]
        return "\n".join(lines)

    def left_out(self) -> str:
        """Returns what was not read at all, and why; nothing where everything was.

        Example:
            >>> CorpusReport(num_hidden_files=2, unread_files=["notes.pdf"]).left_out()
            'Not read: 2 hidden files; notes.pdf, whose kind is not read.'
        """
        parts = []
        if self.num_hidden_files:
            ending = "" if self.num_hidden_files == 1 else "s"
            parts.append(f"{self.num_hidden_files:,} hidden file{ending}")
        if self.unread_files:
            more = len(self.unread_files) - _MAX_NAMED
            names = ", ".join(self.unread_files[:_MAX_NAMED])
            names += f" and {more:,} more" if more > 0 else ""
            parts.append(f"{names}, whose kind is not read")
        return f"Not read: {'; '.join(parts)}." if parts else ""


def _listed(counts: Counter[str], *, tidy: bool = True) -> str:
    """Returns counts as `1,234 this, 5 that`, the largest first."""
    shown = [
        f"{n:,} {name.replace('_', ' ') if tidy else repr(name)}"
        for name, n in counts.most_common()
        if n
    ]
    return ", ".join(shown) or "nothing"

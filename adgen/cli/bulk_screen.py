"""What `adgen bulk` shows: what was done, what a run will take, what changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.messages import SEVERAL_REASONS, in_one_line

if TYPE_CHECKING:
    from adgen.bulk.comparing import Change
    from adgen.bulk.forecast import Forecast
    from adgen.bulk.run import Counts


_MOST_REASONS = 5  # that are shown


def say(line: str) -> None:
    """Prints a line beside the output, what a terminal would obey escaped."""
    print(in_one_line(line), file=sys.stderr)


def show_counts(counts: Counts, path: Path) -> int:
    """Says what was done, and why products have no ads; returns the exit code."""
    failed = f"; {counts.num_failed:,} failed, the first {in_one_line(counts.first_failed)}"
    num_reasons = sum(counts.reasons.values())  # a failed product has one
    several = SEVERAL_REASONS * (num_reasons > counts.num_skipped + counts.num_failed)
    skipped = f"; {counts.num_skipped:,} skipped{several}"
    say(
        f"{counts.num_ads:,} ads of {counts.num_rows:,} products to {path}"
        f"{skipped * bool(counts.num_skipped)}{failed * bool(counts.num_failed)}"
    )
    # The most frequent first, of equally many the first one.
    reasons = sorted(counts.reasons.items(), key=lambda one: -one[1])
    for reason, number in reasons[:_MOST_REASONS]:
        say(f"{number:,} {reason}")
    if rest := reasons[_MOST_REASONS:]:
        say(f"{sum(number for _, number in rest):,} for {len(rest):,} other reasons")
    return 1 if counts.num_failed else 0


def show_forecast(found: Forecast, num_workers: int, *, as_json: bool) -> None:
    """Prints the ads of the products that were tried, and what a run will take."""
    from adgen.bulk.row_lines import RowLines

    lines = RowLines(".jsonl")
    for row in found.rows:
        if as_json:
            print(json.dumps(json.loads(lines.data(row))))  # in ASCII, whatever stdout takes
            continue
        reason = row.reason and f" ({row.reason})"
        print(in_one_line(f"{row.number:,}. {row.id}: {row.status}{reason}"))
        for ad in row.ads:
            print(f"    {in_one_line(ad.text)}")
    memory = ""
    if found.memory_bytes is not None:
        memory = f", {found.memory_bytes / 1e6:,.0f} MB of memory"
    print(
        f"All {found.num_products:,} products: about {_duration(found.seconds)} with "
        f"{num_workers:,} workers{memory}, {found.output_bytes / 1e6:,.1f} MB written. Nothing is "
        "written now.",
        file=sys.stderr,
    )


def show_changes(changes: Iterable[Change], path: Path, *, as_json: bool) -> None:
    """Prints which products are not as their rows say."""
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.change] = counts.get(change.change, 0) + 1
        shown = f"{change.change:8} {in_one_line(change.id)}"
        print(json.dumps(change._asdict()) if as_json else shown)
    found = ", ".join(f"{number:,} {name}" for name, number in counts.items()) or "no change"
    say(f"{found} since {path} was written")


def _duration(seconds: float) -> str:
    """Returns seconds in words, of the unit that fits."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.1f} seconds"

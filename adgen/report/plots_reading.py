"""The picture of the verdict: of a hundred ads, how many a blind reader would publish.

It knows records of readings, not how sheets are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from adgen.records.base import Record
from adgen.records.measured import FirstWordsRecord, ReadingRecord
from adgen.records.record import of_kind
from adgen.report.drawing import BLUE, DARK, GREY, new_figure, save_figure

_HUMAN = "human"
# What the writers of a reading are called where nobody knows their names.
_FROM_FACTS = {
    "default": "adgen write",
    "template": "facts in a row",
    _HUMAN: "people's titles",
}
_FROM_WORDS = {
    "adgen-mixture": "adgen generate",
    "adgen-lstm": "its LSTM alone",
    _HUMAN: "people's titles",
}


class Bar(NamedTuple):
    """One bar: what was read, and the share that each reader would publish."""

    label: str
    shares: Sequence[float]


def publishable(records: Sequence[Record]) -> dict[str, list[Bar]]:
    """Returns the bars of the last sheet of either kind that people's titles stood in.

    A sheet that several read is one: its bars have a share a reader.
    """
    groups = {
        "From a product's facts": list(_last_sheet(of_kind(records, ReadingRecord), _FROM_FACTS)),
        "From two first words": list(_last_sheet(of_kind(records, FirstWordsRecord), _FROM_WORDS)),
    }
    return {title: bars for title, bars in groups.items() if bars}


def _last_sheet(
    records: Sequence[ReadingRecord] | Sequence[FirstWordsRecord], labels: Mapping[str, str]
) -> Iterator[Bar]:
    whole = [record for record in records if set(labels) <= set(record.sources)]
    if not whole:
        return
    last = max((_made(record) for record in whole), key=lambda made: made[0])
    same = [record for record in whole if _made(record) == last]
    for source, label in labels.items():
        yield Bar(label, sorted(_share(record, source) for record in same))


def _made(record: ReadingRecord | FirstWordsRecord) -> tuple[str, str | None]:
    """Returns when and by which commit the ads of a sheet were written."""
    return record.environment.created, record.commit


def _share(record: ReadingRecord | FirstWordsRecord, source: str) -> float:
    if isinstance(record, FirstWordsRecord):
        texts = record.sources[source]
        return texts.kinds["ok"] / texts.num_texts
    read = record.sources[source]
    return read.ok / read.num_texts


def draw_publishable(groups: Mapping[str, Sequence[Bar]], path: Path) -> None:
    """Draws a bar a writer up to the mean of its readers, and a line from one to the other.

    Args:
        groups: Bars by what the ads were written from; people's titles last, in grey.
        path: The PNG to write.
    """
    figure = new_figure(0.6 + 0.5 * sum(1 + len(bars) for bars in groups.values()))
    panels = figure.subplots(len(groups), 1, sharex=True, squeeze=False)[:, 0]
    for panel, (title, bars) in zip(panels, groups.items(), strict=True):
        places = range(len(bars), 0, -1)
        means = [100 * sum(bar.shares) / len(bar.shares) for bar in bars]
        colours = [BLUE, *[GREY] * (len(bars) - 1)]
        panel.barh(places, means, color=colours, height=0.7)
        for place, bar in zip(places, bars, strict=True):
            low, high = 100 * bar.shares[0], 100 * bar.shares[-1]
            panel.plot([low, high], [place, place], color=DARK, linewidth=3)
            text = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
            panel.text(max(high, 0) + 1.5, place, text, va="center", fontsize=14)
        panel.set_yticks(places, [bar.label for bar in bars], fontsize=14)
        panel.set_title(title, fontsize=14, loc="left")
        panel.set_xlim(0, 115)
        panel.set_xticks([])
        for side in ("top", "right", "bottom"):
            panel.spines[side].set_visible(False)
    panels[-1].set_xlabel("publishable as they stand, of 100", fontsize=14)
    save_figure(figure, path, dots_per_inch=100)

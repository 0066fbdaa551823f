"""The picture of the verdict shows the last sheet, a bar a source, a share a reader."""

from made_records import PLACE

from adgen.records.record import record_from
from adgen.report.plots_reading import draw_publishable, publishable


def reading(created, ok, **changes):
    """A reading of three sources of ten texts each, of which so many are ok."""
    sources = {
        name: {"num_texts": 10, "ok": number, "clumsy": 10 - number}
        for name, number in zip(("default", "template", "human"), ok, strict=True)
    }
    entries = {"kind": "benchmark", "name": "reading", "command": "count", "rows": []}
    return record_from(PLACE | entries | {"created": created, "sources": sources} | changes)


def test_readers_of_the_last_sheet_stand_together_and_older_ones_nowhere():
    records = [
        reading("2026-01-01T00:00:00+00:00", (1, 1, 1)),
        reading("2026-02-01T00:00:00+00:00", (8, 4, 5)),
        reading("2026-02-01T00:00:00+00:00", (6, 4, 7)),
    ]
    (bars,) = publishable(records).values()
    assert [bar.shares for bar in bars] == [[0.6, 0.8], [0.4, 0.4], [0.5, 0.7]]
    assert bars[0].label == "adgen write"


def test_a_sheet_without_people_is_not_the_last(tmp_path):
    alone = reading("2026-03-01T00:00:00+00:00", (9, 9, 9))
    alone = record_from(
        {**alone.as_dict(), "sources": {"default": alone.as_dict()["sources"]["default"]}}
    )
    records = [alone, reading("2026-02-01T00:00:00+00:00", (6, 4, 7))]
    groups = publishable(records)
    assert groups["From a product's facts"][0].shares == [0.6]
    draw_publishable(groups, tmp_path / "publishable.png")
    assert (tmp_path / "publishable.png").read_bytes().startswith(b"\x89PNG")
    assert publishable([alone]) == {}

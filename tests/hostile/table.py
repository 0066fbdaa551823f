"""Tables of what hostile inputs did, by command and by kind, as text or Markdown."""

import re
from collections.abc import Callable

from adgen.records.machine import environment
from adgen.records.tables import markdown_table, text_table
from adgen.support.files import write_text

# Columns that count results.
COUNTED: dict[str, Callable] = {
    "inputs": lambda result: True,
    "done": lambda result: result.code == 0,
    "refused": lambda result: result.code == 2,
    "tracebacks": lambda result: _has(result, "traceback", "crash"),
    "hangs": lambda result: _has(result, "hang"),
    "over 4 GB": lambda result: _has(result, "memory"),
    "foreign files": lambda result: _has(result, "foreign file changed"),
    "other faults": lambda result: any(fault not in _OWN_COLUMN for fault, _ in result.faults),
}
_MOST = ("longest", "most memory")
_OWN_COLUMN = {"traceback", "crash", "hang", "memory", "foreign file changed"}
_MARKS = re.compile(r"(<!-- hostile -->\n).*?(<!-- /hostile -->)", re.DOTALL)


def as_text(results, seed):
    """Returns both tables in plain columns."""
    tables = [[[head, *COUNTED, *_MOST], *rows] for head, rows in _tables(results)]
    return "\n\n".join([*map(text_table, tables), _caption(results, seed)])


def as_markdown(results, seed):
    """Returns both tables, and where and on what they were measured."""
    tables = [markdown_table([head, *COUNTED, *_MOST], rows) for head, rows in _tables(results)]
    return "\n\n".join([_caption(results, seed), *tables])


def write_table(path, results, seed):
    """Writes the tables between the marks of a Markdown file."""
    text = path.read_text(encoding="utf-8")
    if not _MARKS.search(text):
        raise ValueError(f"{path} has no <!-- hostile --> and <!-- /hostile -->. Put them in.")
    tables = as_markdown(results, seed)
    write_text(path, _MARKS.sub(lambda marks: f"{marks[1]}{tables}\n{marks[2]}", text))


def _tables(results):
    commands = [result for result in results if result.tried["driver"] == "command"]
    calls = [result for result in results if result.tried["driver"] == "call"]
    parts = [
        ("command", commands, lambda result: result.group),
        ("name of the front door", calls, lambda result: result.group),
        ("what is hostile", results, lambda result: result.kind),
    ]
    for head, chosen, name_of in parts:
        names = sorted({name_of(result) for result in chosen})
        rows = [_row(name, [r for r in chosen if name_of(r) == name]) for name in names]
        if rows:
            yield head, [*rows, _row("all", chosen)]


def _row(name, results):
    counts = [f"{sum(map(counts, results)):,}" for counts in COUNTED.values()]
    longest = max(result.seconds for result in results)
    most = max(result.peak_bytes for result in results)
    return [name, *counts, f"{longest:.1f} s", f"{most / 1e9:.1f} GB"]


def _has(result, *faults):
    return any(fault in faults for fault, _ in result.faults)


def _caption(results, seed):
    place = environment()
    hardware = place.hardware
    return (
        f"{len(results):,} inputs, seed {seed}, commit `{(place.commit or '–')[:7]}`, "
        f"{hardware.num_cores} cores {hardware.processor}, {place.created[:10]}."
    )

"""adgen's cleaning against the library ftfy on every distinct title of a corpus.

It counts what each repairs and how fast. Four of adgen's steps are also replaced, one at a time, by
ftfy's own function for it, and the titles that come out otherwise are counted by what is different
in them. `--show` prints those titles, to be judged.

    pip install ftfy==6.3.1
    python benchmarks/cleaning.py --input data/raw --json
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from measure import hand_out, hardware_line, log, parse, ratio

from adgen.corpus import CLEANING_STEPS, clean_text, cleaning, file_texts, reading
from adgen.corpus.cleaning import clean_with_steps
from adgen.records.tables import text_table

# What a result has more of where ftfy's function stands for a step; the first that fits counts.
DIFFERENCES = {
    "mojibake": {
        "Â of a no-break space stays": "Â",
        "â„¢ stays": "â„¢",
        "† made of a broken ”": "†",
        "à made of a broken letter or space": "à",
        "U+FFFD made of ï¿½": "\ufffd",
    },
    "entities": {
        "no semicolon: &quot": "&(?:quot|amp)(?!;)",
        "title case: &Nbsp;": "&[A-Z][a-z]+;",
    },
    "full_width": {"half-width forms": "[ー。¥]"},
    "invisible": {
        "soft hyphen stays": "\xad",
        "zero-width space or joiner stays": "[\u200b-\u200d]",
        "direction mark stays": "[\u200e\u200f\u202a-\u202e]",
    },
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments, needs="ftfy==6.3.1")
    import ftfy

    titles = read_titles(options.input)
    replacements = ftfy_steps(ftfy)
    if options.show:
        for title, ours, theirs in differing(titles, options.show, replacements[options.show]):
            print(f"{title!r}\n    adgen {ours!r}\n    ftfy  {theirs!r}")
        return
    figures = measure(titles, ftfy, replacements)
    hand_out("cleaning", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--input", type=Path, default=Path("data/raw"), help="folder of CSV files")
    parser.add_argument(
        "--show", choices=DIFFERENCES, help="print the titles that come out otherwise"
    )


def read_titles(folder: Path) -> list[str]:
    """Reads a folder's distinct titles as they stand there, less those that cleaning empties."""
    with mock.patch.object(file_texts, "clean_with_steps", lambda text: (text, frozenset())):
        raw = reading.read_ads(folder)["ad"]
    return [title for title in raw if clean_text(title)]


def ftfy_steps(ftfy: Any) -> dict[str, Callable[[str], str]]:
    """Returns ftfy's function for each of our steps that it has one for."""
    return {
        "mojibake": ftfy.fix_encoding,
        "entities": ftfy.fixes.unescape_html,
        "full_width": ftfy.fixes.fix_character_width,
        "invisible": ftfy.fixes.remove_control_chars,
    }


def measure(
    titles: Sequence[str], ftfy: Any, replacements: Mapping[str, Callable[[str], str]]
) -> dict[str, Any]:
    """Cleans all titles with both, then with ftfy's function in place of one step at a time."""
    cleaned, ours = timed(clean_text, titles)
    log(f"adgen: {ours['changed']:,} changed, {ours['titles_per_second']:,.0f} titles/s")
    _, theirs = timed(ftfy.fix_text, titles)
    log(
        f"ftfy.fix_text: {theirs['changed']:,} changed, {theirs['titles_per_second']:,.0f} titles/s"
    )
    steps = {}
    for name, function in replacements.items():
        with replaced(name, function):
            others, figures = timed(clean_text, titles)
        pairs = [pair for pair in zip(cleaned, others, strict=True) if pair[0] != pair[1]]
        steps[name] = {
            **figures,
            "differ": len(pairs),
            "differences": counted(pairs, DIFFERENCES[name]),
        }
        log(f"ftfy's function as {name}: {len(pairs):,} differ")
    return {
        "num_titles": len(titles),
        "adgen": {**ours, "changed_by_step": changed_by_step(titles)},
        "ftfy": {**theirs, "changed_by_step": changed_by_fixer(titles, ftfy)},
        "speedup": ratio(ours["titles_per_second"], theirs["titles_per_second"]),
        "with_ftfy_step": steps,
        "ftfy_version": ftfy.__version__,
    }


def timed(
    function: Callable[[str], str], titles: Sequence[str]
) -> tuple[list[str], dict[str, Any]]:
    """Applies a function to all titles; returns results, and figures by second of CPU time."""
    started = time.process_time()
    results = [function(title) for title in titles]
    seconds = time.process_time() - started
    changed = sum(new != old for new, old in zip(results, titles, strict=True))
    return results, {"changed": changed, "titles_per_second": ratio(len(titles), seconds)}


def replaced(step: str, function: Callable[[str], str]) -> Any:
    """Has another function stand for one cleaning step within a `with` block."""
    return mock.patch.dict(cleaning._STEPS, {step: function})


def differing(
    titles: Iterable[str], step: str, function: Callable[[str], str]
) -> Iterable[tuple[str, str, str]]:
    """Yields the titles that come out otherwise: as it stood, adgen's result, with `function`."""
    for title in titles:
        ours = clean_text(title)
        with replaced(step, function):
            theirs = clean_text(title)
        if ours != theirs:
            yield title, ours, theirs


def counted(pairs: Iterable[tuple[str, str]], kinds: Mapping[str, str]) -> dict[str, int]:
    """Counts pairs by the first kind that the second text has more of than the first."""
    counts = Counter(dict.fromkeys([*kinds, "other"], 0))
    for ours, theirs in pairs:
        has_more = (
            kind
            for kind, pattern in kinds.items()
            if len(re.findall(pattern, theirs)) > len(re.findall(pattern, ours))
        )
        counts[next(has_more, "other")] += 1
    return dict(counts)


def changed_by_step(titles: Iterable[str]) -> dict[str, int]:
    """Counts the titles that each of adgen's steps changes."""
    counts = Counter(dict.fromkeys(CLEANING_STEPS, 0))
    for title in titles:
        counts.update(clean_with_steps(title)[1])
    return dict(counts)


def changed_by_fixer(titles: Iterable[str], ftfy: Any) -> dict[str, int]:
    """Counts the titles that each of ftfy's fixers changes; all decoding is `fix_encoding`."""
    counts: Counter[str] = Counter()
    for title in titles:
        steps = ftfy.fix_and_explain(title).explanation or ()
        counts.update({_fixer(action, parameter) for action, parameter in steps})
    return dict(counts.most_common())


def _fixer(action: str, parameter: str) -> str:
    """Returns the name of the fixer that an explained action belongs to."""
    if action in ("encode", "decode", "transcode") or parameter == "decode_inconsistent_utf8":
        return "fix_encoding"
    return parameter


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row."""
    ours, theirs = results["adgen"], results["ftfy"]
    speeds = f"{ours['titles_per_second']:,.0f} → {theirs['titles_per_second']:,.0f}"
    return [
        ("titles changed, adgen → ftfy", f"{ours['changed']:,} → {theirs['changed']:,}"),
        ("titles a second, adgen → ftfy", f"{speeds}: {results['speedup']:.1f} times as fast"),
        *(
            (
                f"titles that come out otherwise with ftfy's function as the step {name}",
                f"{step['differ']:,}",
            )
            for name, step in results["with_ftfy_step"].items()
        ),
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows, and the differences by kind."""
    print(text_table([(f"{results['num_titles']:,} titles", "measured"), *record_rows(results)]))
    print()
    kinds = [
        (name, kind, f"{count:,}")
        for name, step in results["with_ftfy_step"].items()
        for kind, count in step["differences"].items()
        if count
    ]
    print(text_table([("step", "with ftfy's function", "titles"), *kinds]))
    print()
    changed = [
        (library, name, f"{count:,}")
        for library in ("adgen", "ftfy")
        for name, count in results[library]["changed_by_step"].items()
    ]
    print(text_table([("library", "step", "titles changed"), *changed]))
    print(f"{hardware_line(results)}, ftfy {results['ftfy_version']}")


if __name__ == "__main__":
    main()

"""How many ads a second are checked on one core, and how often each rule is right.

Speed: headlines and titles made of the synthetic ads. Rules: `lint_lines.jsonl`, invented lines
with the rules that each breaks; those with `held_out` were written after the rules, and changed
none.

    python benchmarks/lint.py --json
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from measure import at_least, hand_out, hardware_line, log, parse, ratio

from adgen.corpus.sample import make_sample_ads
from adgen.formats.catalogue import read_format
from adgen.formats.lint import lint
from adgen.records.tables import text_table

LINES = Path(__file__).parent / "lint_lines.jsonl"
BRAND = "Kaldrune"  # of the synthetic ads, so that other makers' names are looked for


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = {"speed": measure_speed(options.num_ads, options.repeats), "rules": score_rules()}
    hand_out("lint", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--num-ads", type=at_least(1), default=6_000, help="synthetic ads (default: %(default)s)"
    )
    parser.add_argument(
        "--repeats", type=at_least(1), default=5, help="runs, the fastest counts (%(default)s)"
    )


def measure_speed(num_ads: int, repeats: int) -> dict[str, Any]:
    """Checks headlines and titles; returns ads by second of CPU time."""
    ads = make_sample_ads(num_ads)["ad"].tolist()
    cases = {
        "google-rsa, headlines": ("google-rsa", [cut(ad, 30) for ad in ads], ""),
        "amazon-title, within 75": ("amazon-title@2026-07-27", [cut(ad, 75) for ad in ads], ""),
        "amazon-title, as they are": ("amazon-title@2026-07-27", ads, ""),
        "amazon-title, as they are, with a brand": ("amazon-title@2026-07-27", ads, BRAND),
    }
    speed = {}
    for name, (form, texts, brand) in cases.items():
        seconds = min(seconds_of(form, texts, brand) for _ in range(repeats))
        speed[name] = {
            "ads_per_second": ratio(len(texts), seconds),
            "mean_chars": sum(map(len, texts)) / len(texts),
        }
        log(f"{name}: {speed[name]['ads_per_second']:,.0f} ads/s")
    return speed


def cut(ad: str, length: int) -> str:
    """Returns the words that an ad begins with and that fit."""
    return ad if len(ad) <= length else ad[: length + 1].rpartition(" ")[0]


def seconds_of(name: str, texts: Sequence[str], brand: str) -> float:
    """Checks texts; returns the seconds of CPU time that it took."""
    form = read_format(name)
    started = time.process_time()
    for text in texts:
        lint(text, form, brand=brand)
    return time.process_time() - started


def score_rules(path: Path = LINES) -> dict[str, dict[str, dict[str, float]]]:
    """Returns precision and recall of each rule, on the lines it was made with and on others."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        "seen": score([line for line in lines if not line.get("held_out")]),
        "held_out": score([line for line in lines if line.get("held_out")]),
    }


def score(lines: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Counts for each rule the lines that break it, are said to, and both."""
    expected: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for line in lines:
        wanted = set(line["expected"])
        findings = lint(
            line["text"],
            line["format"],
            field=line.get("field", ""),
            brand=line.get("brand", ""),
        )
        got = {finding.rule for finding in findings}
        expected.update(wanted)
        found.update(got)
        right.update(wanted & got)
    return {
        rule: {
            "num_expected": expected[rule],
            "num_found": found[rule],
            "precision": ratio(right[rule], found[rule]) if found[rule] else 1.0,
            "recall": ratio(right[rule], expected[rule]) if expected[rule] else 1.0,
        }
        for rule in sorted(expected | found)
    }


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row."""
    rows = [
        (f"ads/s checked on one core: {name}", f"{one['ads_per_second']:,.0f}")
        for name, one in results["speed"].items()
    ]
    for name, rules in results["rules"].items():
        worst = {key: min(one[key] for one in rules.values()) for key in ("precision", "recall")}
        label = "the rules were made with" if name == "seen" else "written after the rules"
        rows.append(
            (
                f"least precision, least recall of {len(rules)} rules on lines {label}",
                f"{worst['precision']:.2f}, {worst['recall']:.2f}",
            )
        )
    return rows


def show(results: Mapping[str, Any]) -> None:
    """Prints both tables."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print()
    heads = ("lines", "rule", "expected", "found", "precision", "recall")
    rows = [
        (
            name,
            rule,
            f"{one['num_expected']}",
            f"{one['num_found']}",
            f"{one['precision']:.2f}",
            f"{one['recall']:.2f}",
        )
        for name, rules in results["rules"].items()
        for rule, one in rules.items()
    ]
    print(text_table([heads, *rows]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()

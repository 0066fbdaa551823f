"""A blind reading of ads from first words: models that go on from them and people, mixed; counted.

    python benchmarks/first_words.py make --corpus data/processed --output runs/first-words
    python benchmarks/first_words.py count --output runs/first-words --json

`make` takes the first words of held-out ads, from as many categories as there are and no family
twice. Each of --models writes one ad after each, with its own settings; "human" stands for the ad
that the words are from. It writes `sheet.jsonl`: a number and a text a line, in random order,
whole, without its source. `key.jsonl` has sources and first words; the reader leaves it shut. The
reader writes `verdicts.jsonl`: a line `{"id": 1, "kind": "ok"}` a text, the kind one of

    ok             a seller of such a product could publish it as it stands, were its facts true
    nonsense       it cannot be understood, or nobody could tell what is sold
    contradiction  it says two things that cannot both be
    broken         it begins or ends in the middle, or a word, number or bracket in it is cut
    repetition     it says the same thing twice
    clumsy         clear, but nobody would write it so: order, joints, capitals

Where several apply the first of them counts. `count` opens the key, and counts kinds by source, the
share that is ok with its 95% interval (Wilson's); --record needs --reader, who read. When, with
which commit and models the ads were written `make` leaves in `written.json`. Sheets hold other
people's texts, so keep them to yourself but for the generated ads, which `count` writes to
`judged-ads.jsonl`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import blind
from measure import at_least, bad_input_ends, command_line, hand_out, hardware_line, log, parse

from adgen.corpus.source import Ads, AdSource
from adgen.corpus.splits import SPLITS
from adgen.evaluation.held_out import check_split
from adgen.generation.bulk import model_fingerprint
from adgen.generation.generator import AdGenerator
from adgen.generation.shipped import SHIPPED_LSTM, SHIPPED_MODEL, shipped_model_dir
from adgen.records.tables import text_table
from adgen.support.adult_words import find_adult_words

KINDS = tuple(kind for kind in blind.KINDS if kind != "other")  # there is no product to miss


class Beginning(NamedTuple):
    """The first words of a held-out ad."""

    prompt: str
    ad: str
    category: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes a sheet, or counts verdicts."""
    options = parse(__doc__, add_options, arguments)
    with bad_input_ends("first_words"):
        check_options(options)
        if options.action == "make":
            make(options, arguments)
            return
        figures = count(options)
        hand_out("first_words", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("action", choices=("make", "count"), help="what to do")
    parser.add_argument("--output", type=Path, required=True, help="folder of the sheet")
    parser.add_argument("--corpus", type=Path, help="make: a prepared corpus, or files of ads")
    parser.add_argument("--split", choices=SPLITS, default="valid", help="make: whose first words")
    parser.add_argument("--words", type=at_least(1), default=2, help="make: words of a prompt")
    parser.add_argument("--num-prompts", type=at_least(1), default=100, help="make: at most")
    shipped = [str(shipped_model_dir(name)) for name in (SHIPPED_MODEL, SHIPPED_LSTM)]
    parser.add_argument(
        "--models",
        nargs="+",
        default=[*shipped, blind.HUMAN],
        help='make: as `adgen generate` takes, or "human" (default: the two that come with adgen, '
        "and human)",
    )
    parser.add_argument("--seed", type=at_least(0), default=0, help="make: of prompts, ads, order")
    parser.add_argument("--reader", help="count: who read, for the record")


def check_options(options: argparse.Namespace) -> None:
    """Raises where options miss, or would do nothing.

    Raises:
        ValueError: They do.
    """
    if options.action == "make":
        if options.corpus is None:
            raise ValueError("make has no --corpus. Give a prepared corpus, or files of ads.")
        if options.record or options.reader:
            raise ValueError("make counts nothing. Leave --record and --reader to count.")
        names = list(map(_source, options.models))
        if len(names) > len(set(names)):
            raise ValueError(f"--models has two called alike: {', '.join(names)}. Rename a folder.")
    elif options.record and not options.reader:
        raise ValueError("--record has no --reader. Say who read: a person, or which model.")


def make(options: argparse.Namespace, arguments: Sequence[str] | None) -> None:
    """Writes the sheet, its key, and with what they were written."""
    blind.check_no_sheet(options.output)
    writers = {
        _source(n): AdGenerator.from_pretrained(n) for n in options.models if not _is_human(n)
    }
    ads = AdSource(options.corpus).load_split(options.split)
    for generator in writers.values():
        check_split(generator.info, ads.corpus, ads.split)
    rng = random.Random(options.seed)
    chosen = choose(ads, options, rng)
    texts = []
    if any(map(_is_human, options.models)):
        texts += [_text(one.ad, blind.HUMAN, one) for one in chosen]
    for name, generator in writers.items():
        log(f"{name}: {len(chosen):,} ads")
        written = generator.generate([one.prompt for one in chosen], seed=options.seed)
        texts += [_text(ad.text, name, one) for one, [ad] in zip(chosen, written, strict=True)]
    settings = {
        "made_by": command_line("first_words", arguments),
        "corpus": dict(ads.corpus),
        "split": options.split,
        "num_words": options.words,
        "num_prompts": len(chosen),
        "seed": options.seed,
        "models": {name: _about(generator) for name, generator in writers.items()},
    }
    blind.write_sheet(options.output, texts, rng, settings)
    log(f"{len(texts):,} texts: {options.output / blind.SHEET}")


def _is_human(name: str) -> bool:
    return _source(name) == blind.HUMAN


def _source(name: str) -> str:
    """Returns what the key calls a model: its folder's name, or its repository's."""
    return Path(name).absolute().name


def _text(text: str, source: str, beginning: Beginning) -> blind.Text:
    kept = {"prompt": beginning.prompt, "category": beginning.category}
    return blind.Text(text, source, {}, kept)


def _about(generator: AdGenerator) -> dict[str, Any]:
    return {
        "fingerprint": model_fingerprint(generator.model),
        "sampling": asdict(generator.default_sampling),
        "max_tokens": generator.default_max_tokens,
    }


def choose(ads: Ads, options: argparse.Namespace, rng: random.Random) -> list[Beginning]:
    """Returns beginnings of ads of all categories in turn, no family twice.

    Raises:
        ValueError: No ad has more words than a prompt.
    """
    found = _beginnings(ads, options.words)
    chosen = blind.spread_over_categories(found, options.num_prompts, rng, lambda one: one.category)
    if not chosen:
        raise ValueError(
            f"No {options.split} ad has more than {options.words} words. Give --words fewer."
        )
    return chosen


def _beginnings(ads: Ads, num_words: int) -> Iterator[Beginning]:
    """Yields one of each family that goes on after so many words, and may be written about."""
    families = ads.frame.drop_duplicates("family")
    for ad, category in zip(families["ad"], families["category"], strict=True):
        words = ad.split()
        prompt = " ".join(words[:num_words])
        if len(words) > num_words and find_adult_words(prompt) is None:
            yield Beginning(prompt, ad, category)


def count(options: argparse.Namespace) -> dict[str, Any]:
    """Counts the kinds of each source's texts; writes the generated ones with their kinds."""
    written = blind.read_written(options.output)
    verdicts = blind.read_verdicts(options.output, KINDS)
    sources = {
        source: {
            "num_texts": found.total(),
            "ok_interval": wilson_interval(found["ok"], found.total()),
            "kinds": {kind: found[kind] for kind in KINDS},
        }
        for source, found in blind.kinds_by_source(verdicts).items()
    }
    blind.write_judged_ads(options.output, verdicts)
    counted_on = datetime.now(timezone.utc).date().isoformat()
    return {**written, "reader": options.reader, "counted_on": counted_on, "sources": sources}


def wilson_interval(num_ok: int, num_texts: int) -> tuple[float, float]:
    """Returns the 95% interval of a share, by Wilson's score.

    Args:
        num_ok: Texts that count.
        num_texts: All texts, at least one.

    Returns:
        Its lower and upper bound, within 0 and 1.

    Source:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    """
    z = NormalDist().inv_cdf(0.975)
    share = num_ok / num_texts
    centre = share + z**2 / (2 * num_texts)
    reach = z * sqrt(share * (1 - share) / num_texts + z**2 / (4 * num_texts**2))
    whole = 1 + z**2 / num_texts
    return max(0.0, (centre - reach) / whole), min(1.0, (centre + reach) / whole)


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each source."""
    return [
        (f"{source}, publishable as it stands", _ok_cell(found))
        for source, found in results["sources"].items()
    ]


def _ok_cell(found: Mapping[str, Any]) -> str:
    """Writes a share with its interval: "45% (37 to 53%)"."""
    low, high = found["ok_interval"]
    return f"{found['kinds']['ok'] / found['num_texts']:.0%} ({100 * low:.0f} to {high:.0%})"


def show(results: Mapping[str, Any]) -> None:
    """Prints the counts."""
    faults = KINDS[1:]
    rows = [["source", "texts", "ok (95%)", *faults]]
    for source, found in results["sources"].items():
        shares = [f"{found['kinds'][kind] / found['num_texts']:.0%}" for kind in faults]
        rows.append([source, str(found["num_texts"]), _ok_cell(found), *shares])
    print(text_table(rows))
    print(hardware_line(results))


if __name__ == "__main__":
    main()

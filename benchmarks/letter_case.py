"""What capitals in a prompt are worth to a model: as written, in lower case, and as it is matched.

The first words of validation ads stand for prompts; the rest of each ad says what they lead to.

    python benchmarks/letter_case.py --corpus data/processed --json
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from measure import at_least, hand_out, hardware_line, log, parse

from adgen.corpus.choosing import spread_places
from adgen.corpus.store import load_corpus
from adgen.decoding.letter_case import CaseMatcher
from adgen.generation.kinds import open_model
from adgen.generation.trained import TrainedModel
from adgen.records.tables import text_table
from adgen.scoring.protocol import Shots

NUM_WORDS = 3  # of a prompt


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = measure(options)
    hand_out("letter_case", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--model", help="a model's folder (default: the one that comes with adgen)")
    parser.add_argument("--corpus", type=Path, required=True, help="from `adgen data prepare`")
    parser.add_argument(
        "--num-ads", type=at_least(1), default=300, help="validation ads (default: %(default)s)"
    )


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Matches the beginnings of ads, and prices what follows each way of writing them."""
    ads = validation_ads(options.corpus, options.num_ads)
    begun = [" ".join(ad.split()[:NUM_WORDS]) for ad in ads]
    rests = [ad[len(beginning) :] for ad, beginning in zip(ads, begun, strict=True)]
    model = open_model(options.model)
    log(f"{len(ads)} beginnings")
    started = time.process_time()
    matched = CaseMatcher(model.open_decoder()).match([one.lower() for one in begun])
    cpu_seconds = time.process_time() - started
    ways = {"as written": begun, "lower case": [one.lower() for one in begun], "matched": matched}
    pairs = [
        (word, found)
        for one, other in zip(begun, matched, strict=True)
        for word, found in zip(one.split(), other.split(), strict=True)
    ]
    capital = [word == found for word, found in pairs if word != word.lower()]
    small = [word == found for word, found in pairs if word == word.lower()]
    return {
        "corpus": str(options.corpus),
        "num_ads": len(ads),
        "bits_per_char_of_the_rest": {
            name: price(model, beginnings, rests) for name, beginnings in ways.items()
        },
        "share_found_again": sum(word == found for word, found in pairs) / len(pairs),
        "num_words_with_capitals": len(capital),
        "share_of_these": sum(capital) / max(1, len(capital)),
        "num_words_without": len(small),
        "share_of_those": sum(small) / max(1, len(small)),
        "cpu_seconds_a_prompt": cpu_seconds / len(ads),
    }


def validation_ads(corpus: Path, num_ads: int) -> list[str]:
    """Returns ads at equal distances that begin with a capital somewhere, and go on."""
    ads = load_corpus(corpus, splits="valid")["ad"].tolist()
    fitting = [
        ad
        for ad in ads
        if len(words := ad.split()) > NUM_WORDS
        and any(w != w.lower() for w in words[:NUM_WORDS])
        # Some letters have two in lower case.
        and len(" ".join(words[:NUM_WORDS]).lower().split()) == NUM_WORDS
    ]
    return [fitting[place] for place in spread_places(len(fitting), num_ads)]


def price(model: TrainedModel, beginnings: Sequence[str], rests: Sequence[str]) -> float:
    """Returns the bits a character of what follows the beginnings, each ad's end included."""
    ads = [beginning + rest for beginning, rest in zip(beginnings, rests, strict=True)]
    scores = model.scorer.score(ads, [Shots()] * len(ads))
    nats, first = 0.0, 0
    for ad, length in zip(ads, scores.lengths.tolist(), strict=True):
        words = model.scorer.encode_words(ad)[1]
        place = sum(number < NUM_WORDS for number in words)
        nats -= float(scores.log_probabilities[first + place : first + length].sum())
        first += length
    return nats / math.log(2) / sum(len(rest) + 1 for rest in rests)


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    bits = results["bits_per_char_of_the_rest"]
    return [
        (
            "bits/char behind a prompt as written, in lower case → matched",
            f"{bits['as written']:.3f}, {bits['lower case']:.3f} → {bits['matched']:.3f}",
        )
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the results."""
    bits = results["bits_per_char_of_the_rest"]
    print(hardware_line(results))
    print(text_table([["prompts", "bits/char"], *([name, f"{bits[name]:.3f}"] for name in bits)]))
    print(
        f"words found again: {results['share_found_again']:.1%}; "
        f"{results['share_of_these']:.1%} of {results['num_words_with_capitals']:,} with capitals, "
        f"{results['share_of_those']:.1%} of {results['num_words_without']:,} without; "
        f"{results['cpu_seconds_a_prompt']:.3f} CPU seconds a prompt"
    )


if __name__ == "__main__":
    main()

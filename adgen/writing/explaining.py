"""Why an ad reads as it does: what its writer chose from, and what it would have written else.

Of each place where there was a choice it says the likeliest tokens of all that the model knows, and
which of them the product's facts allow. It knows token ids and texts, no products.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from adgen.decoding.loop import Candidate, Step
from adgen.support.arrays import Floats
from adgen.writing.loop import Beginnings
from adgen.writing.ranking import WrittenAd
from adgen.writing.vocabulary import Vocabulary

END = "<eos>"  # of an ad, as steps show it


@dataclass(frozen=True)
class ExplainedAd:
    """Holds an ad and how it came about.

    Attributes:
        ad: The ad.
        steps: What was chosen where more than one token was allowed, in order. A candidate's
            `probability` is among the allowed ones, before the temperature.
        before: What the ad said already at each of these steps.
    """

    ad: WrittenAd
    steps: tuple[Step, ...]
    before: tuple[str, ...]


def explained(
    ad: WrittenAd,
    beginnings: Beginnings,
    token_ids: Sequence[int],
    vocabulary: Vocabulary,
    *,
    num_shown: int,
) -> ExplainedAd:
    """Explains an ad.

    Args:
        ad: The ad.
        beginnings: Of its product.
        token_ids: The ad's tokens, without the end.
        vocabulary: The model's.
        num_shown: The likeliest tokens of each step, so many of all and so many of the allowed.
    """
    steps, before = [], []
    for place, allowed, logits in _choices(beginnings, [*token_ids, vocabulary.end_id]):
        chosen = (*token_ids, vocabulary.end_id)[place]
        steps.append(_step(logits, allowed, chosen, vocabulary, num_shown))
        before.append(vocabulary.decode(token_ids[:place]))
    return ExplainedAd(ad, tuple(steps), tuple(before))


def _choices(
    beginnings: Beginnings, token_ids: Sequence[int]
) -> Iterator[tuple[int, list[int], Floats]]:
    """Yields each place with a choice, its allowed tokens, and all tokens' log-probabilities."""
    walk = beginnings.lattice.walk()
    places: list[tuple[int, list[int]]] = []
    for place, token_id in enumerate(token_ids):
        allowed = walk.allowed()
        if len(allowed) > 1:
            places.append((place, allowed))
        if place < len(token_ids) - 1:
            walk.advance(token_id)
    prompt_ids = beginnings.prompt_ids
    hidden = beginnings.llama.read([[*prompt_ids, *token_ids[:-1]]])  # (tokens, width)
    rows = hidden[[len(prompt_ids) - 1 + place for place, _ in places]]
    logits = beginnings.llama.iter_logits(rows, [len(rows)])
    for (place, allowed), (row, normaliser) in zip(places, logits, strict=True):
        yield place, allowed, row - np.float32(normaliser)


def _step(
    logits: Floats, allowed: Sequence[int], chosen: int, vocabulary: Vocabulary, num_shown: int
) -> Step:
    """Returns a step; logits are log-probabilities of all tokens, (vocab,)."""
    shares = np.exp(logits)
    of_allowed = float(shares[list(allowed)].sum())

    def candidate(token_id: int) -> Candidate:
        may_stand = token_id in allowed
        return Candidate(
            token=END if token_id == vocabulary.end_id else vocabulary.decode([token_id]),
            model_probability=float(shares[token_id]),
            probability=float(shares[token_id]) / of_allowed if may_stand else 0.0,
            may_stand=may_stand,
        )

    likeliest = np.argsort(-shares, kind="stable")[:num_shown].tolist()
    of_them = sorted(allowed, key=lambda one: -shares[one])[:num_shown]
    shown = sorted({*likeliest, *of_them}, key=lambda one: -shares[one])
    return Step(candidate(chosen), tuple(map(candidate, shown)))

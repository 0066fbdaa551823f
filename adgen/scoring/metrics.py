"""Sums over scored targets, and the figures that are made of them.

The figures are accuracy, cross-entropy, perplexity, hinge and bits per character. Scores are summed
over targets, never averaged over batches. The module knows logits, target ids and counts; it does
not know which targets to score, nor how many characters they stand for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adgen.tokens.base import UNK_ID
from adgen.tokens.encoded import EncodedAds


@dataclass(frozen=True)
class TargetScores:
    """Holds sums over scored targets; `+` adds two.

    Attributes:
        num_targets: Targets scored.
        nats: Sum of -ln p(target).
        num_correct: Targets that had the highest probability. `<unk>` is never correct: it writes
            no word.
        num_top_5: Targets among the five most probable tokens, likewise.
        hinge: Sum of max(0, 1 + highest probability of another token - p(target)), the categorical
            hinge.
        num_unknown: Targets that are `<unk>`.
    """

    num_targets: int = 0
    nats: float = 0.0
    num_correct: int = 0
    num_top_5: int = 0
    hinge: float = 0.0
    num_unknown: int = 0

    def __add__(self, other: TargetScores) -> TargetScores:
        """Returns the scores of both sets of targets together."""
        return TargetScores(
            self.num_targets + other.num_targets,
            self.nats + other.nats,
            self.num_correct + other.num_correct,
            self.num_top_5 + other.num_top_5,
            self.hinge + other.hinge,
            self.num_unknown + other.num_unknown,
        )

    def summary(
        self, *, num_chars: int | None = None, spelling_nats: float = 0.0
    ) -> dict[str, float | None]:
        """Returns averages over all targets.

        Args:
            num_chars: Characters that the targets stand for, each ad's end counted as one. None
                where the model cannot price every text: then there are no bits per character.
            spelling_nats: What the spelling of the unknown words costs, in nats, on top of `<unk>`.

        Returns:
            `accuracy`, `top_5_accuracy`, `cross_entropy` (nats a token), `perplexity` (its
            exponential), `hinge`, `bits_per_char`, `unknown_rate` (share of the targets).

        Raises:
            ValueError: There are no targets.

        Example:
            >>> scores = TargetScores(num_targets=2, nats=2 * math.log(8))
            >>> scores.summary(num_chars=6)["bits_per_char"]
            1.0
        """
        if not self.num_targets:
            raise ValueError("There are no targets to average over. Give at least one ad.")
        cross_entropy = self.nats / self.num_targets
        bits = (self.nats + spelling_nats) / math.log(2)
        return {
            "accuracy": self.num_correct / self.num_targets,
            "top_5_accuracy": self.num_top_5 / self.num_targets,
            "cross_entropy": cross_entropy,
            "perplexity": math.exp(min(cross_entropy, 700.0)),  # e^700 is near the largest float
            "hinge": self.hinge / self.num_targets,
            "bits_per_char": None if num_chars is None else bits / num_chars,
            "unknown_rate": self.num_unknown / self.num_targets,
        }


def score_targets(logits: NDArray[np.float32], targets: NDArray[np.integer]) -> TargetScores:
    """Scores one block of predictions.

    A target's rank counts the other tokens whose logit is as high or higher, so that a model that
    says nothing is never called right.

    Args:
        logits: (n, vocab), overwritten.
        targets: (n,) ids.
    """
    rows = np.arange(len(targets))
    # 1. Take off the highest logit, so that no exponential overflows.
    logits -= logits.max(axis=1, keepdims=True)
    target_logits = logits[rows, targets]  # (n,)
    # 2. Ranks. Counting a row is four times as fast as summing its booleans.
    is_as_high = logits >= target_logits[:, None]  # (n, vocab)
    rank = np.array([np.count_nonzero(row) for row in is_as_high], np.int64) - 1
    rank[targets == UNK_ID] = np.iinfo(rank.dtype).max
    # 3. The softmax's denominator, the target's share apart, so that the best other token is seen.
    logits[rows, targets] = -np.inf
    best_other = logits.max(axis=1)
    np.exp(logits, out=logits)
    log_total = np.log(logits.sum(axis=1) + np.exp(target_logits), dtype=np.float64)
    # 4. 1 + highest probability of another token - p(target): (n,).
    margin = 1 + np.exp(best_other - log_total) - np.exp(target_logits - log_total)
    return TargetScores(
        num_targets=len(targets),
        nats=float((log_total - target_logits).sum()),
        num_correct=int((rank == 0).sum()),
        num_top_5=int((rank < 5).sum()),
        hinge=float(np.maximum(margin, 0).sum()),
        num_unknown=int((targets == UNK_ID).sum()),
    )


_FIGURES = ("bits_per_char", "cross_entropy", "perplexity")


def figures_of(log_probabilities: np.ndarray, encoded: EncodedAds) -> dict[str, float | None]:
    """Returns the figures of ads whose tokens have these log-probabilities.

    Args:
        log_probabilities: (num_tokens,) natural logarithms.
        encoded: The ads; says how many characters the tokens stand for.

    Returns:
        `bits_per_char`, `cross_entropy` (nats a token) and `perplexity`.
    """
    scores = TargetScores(num_targets=len(log_probabilities), nats=-float(log_probabilities.sum()))
    summary = scores.summary(num_chars=encoded.num_chars, spelling_nats=encoded.spelling_nats)
    return {name: summary[name] for name in _FIGURES}

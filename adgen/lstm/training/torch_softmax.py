"""The softmax's cost and gradient over some candidates, in place, a block of targets at a time.

The mathematics is that of `adgen.lstm.training.losses`, where its sources stand; here each array
is written once and used again, and nothing is recorded for a backward pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_BLOCK_LOGITS = 1 << 20  # logits of a product
_LEAST_BLOCK = 128  # targets; the float32 logits of so many stay in a core's cache
_SIXTEEN = 16
_TINY = 1e-37  # the least share whose logarithm is taken
_POWER = 0.75  # of a token's count, by which it is drawn
_NEVER = -1e30  # a logit that no softmax sees


@dataclass(frozen=True)
class Candidates:
    """Holds the tokens that a step's targets are priced against.

    Attributes:
        ids: (c,) rising, each once.
        log_counts: (c,) logarithm of how often each was to be expected among the candidates, less
            that of how often it is: what its logit is too high by.
    """

    ids: NDArray[np.int64]
    log_counts: NDArray[np.float32]


class CandidateSampler:
    """Takes the most frequent tokens, and draws others, the more often the more they occur.

    What is drawn stands for the whole rest of the vocabulary, and does so best where a token is
    drawn about as often as it is probable. Token ids do not say how often that is: those of
    sub-words rise with the order in which they were merged.

    Source: Mikolov et al. 2013, "Distributed representations of words" (counts to the power 0.75).

    Args:
        counts: (vocab,) how often each token occurs, all above zero.
        num_frequent: So many of the most frequent are always taken; where they are all, none drawn.
        num_negatives: How many are drawn; one that is drawn twice counts twice.
    """

    def __init__(
        self, counts: NDArray[np.floating], *, num_frequent: int, num_negatives: int
    ) -> None:
        by_frequency = np.argsort(-counts, kind="stable")
        self._frequent = np.sort(by_frequency[:num_frequent])
        self._others = np.sort(by_frequency[num_frequent:])
        self._ends = np.cumsum(counts[self._others].astype(np.float64) ** _POWER)  # (others,)
        self._num_negatives = num_negatives

    def draw(self, rng: np.random.Generator) -> Candidates:
        """Returns the candidates of a step."""
        if not len(self._others):
            return Candidates(self._frequent, np.zeros(len(self._frequent), np.float32))
        # 1. One number in each slice of [0, 1), and the token whose part of it that is.
        num = self._num_negatives
        slices = (np.arange(num) + rng.random(num)) / num
        drawn = np.searchsorted(self._ends, slices * self._ends[-1], side="right")
        places, times = np.unique(np.minimum(drawn, len(self._ends) - 1), return_counts=True)
        # 2. The expected count of each is num_negatives times its share of all that can be drawn.
        expected = np.diff(self._ends, prepend=0)[places] * (num / self._ends[-1])
        ids = np.concatenate([self._frequent, self._others[places]])
        log_counts = np.concatenate([np.zeros(len(self._frequent)), np.log(expected / times)])
        order = np.argsort(ids)
        return Candidates(ids[order], log_counts[order].astype(np.float32))


@dataclass(frozen=True)
class Pricing:
    """Holds what targets cost, and its gradients.

    Attributes:
        nats: The sum over the targets, weighted.
        states: (n, width) gradient by the states.
        rows: (c, width) by the candidates' rows.
        biases: (c,) by the candidates' biases.
        targets: (n,) by the targets' own logits.
    """

    nats: float
    states: Tensor
    rows: Tensor
    biases: Tensor
    targets: Tensor


def price(
    states: Tensor,
    rows: Tensor,
    biases: Tensor,
    own_logits: Tensor,
    places: Tensor,
    weights: Tensor,
) -> Pricing:
    """Prices targets against candidates, of which a target is none of its own.

    Args:
        states: (n, width), float32 or bfloat16: the precision of the products.
        rows: (c, width) the candidates' output weights, of the same type.
        biases: (c,) float32, their log counts taken off.
        own_logits: (n,) float32 of the targets.
        places: (n,) where each target stands among the candidates; -1 where it does not.
        weights: (n,) float32, what a nat of each weighs.
    """
    num_targets = len(states)
    num_candidates = len(rows)
    # The target's own logit stands in the first column behind the candidates, and no softmax sees
    # those behind it.
    own_column = num_candidates
    rows = filled_up(rows, num_candidates + 1)  # (width, ...)
    width = len(rows)
    padded = torch.full((width,), _NEVER)
    padded[:num_candidates] = biases
    d_states = torch.empty_like(states)
    d_rows = torch.zeros(rows.shape, dtype=torch.float32)
    d_biases = torch.zeros_like(padded)
    own_shares = torch.empty_like(own_logits)
    inside = torch.nonzero(places >= 0)[:, 0]  # targets that are candidates
    room = torch.empty(_LEAST_BLOCK, width)
    num_at_once = max(_LEAST_BLOCK, _BLOCK_LOGITS // num_candidates)
    for start in range(0, num_targets, num_at_once):
        end = min(start + num_at_once, num_targets)
        block = slice(start, end)
        # 1. Logits of all candidates but a row's target, (b, width). The target's comes apart: near
        # probability 1 it would be lost in bfloat16.
        narrow = torch.mm(states[block], rows.T)
        here = inside[(inside >= start) & (inside < end)]
        narrow[here - start, places[here]] = _NEVER
        for first in range(start, end, _LEAST_BLOCK):
            own = slice(first, min(first + _LEAST_BLOCK, end))
            part = narrow[first - start : own.stop - start]  # (p, width)
            logits = torch.add(part, padded, out=room[: len(part)])
            logits[:, own_column] = own_logits[own]
            shares = torch.softmax(logits, 1)
            own_shares[own] = shares[:, own_column]
            # 2. The gradient by the candidates' logits: weight * p.
            shares[:, own_column] = 0
            d_biases.addmv_(shares.T, weights[own])
            part.copy_(shares.mul_(weights[own, None]))
        # 3. It goes back through the product.
        torch.mm(narrow, rows, out=d_states[block])
        d_rows += torch.mm(narrow.T, states[block])
    # 4. What the targets cost, and the gradient by their logits: weight * (p - 1).
    nats = -(own_shares.clamp_min(_TINY).log() * weights).sum(dtype=torch.float64)
    return Pricing(
        float(nats),
        d_states,
        d_rows[:num_candidates],
        d_biases[:num_candidates],
        (own_shares - 1) * weights,
    )


def filled_up(rows: Tensor, least: int) -> Tensor:
    """Returns rows and copies of the first one behind them, at least so many, by sixteens.

    oneDNN compiles and keeps a product for each shape that it meets, and rows of so many numbers
    begin where the processor's vectors do.
    """
    missing = -(-least // _SIXTEEN) * _SIXTEEN - len(rows)
    return torch.cat([rows, rows[:1].expand(missing, *rows.shape[1:])])

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

from adgen.lstm.training.candidates import log_uniform

_BLOCK_LOGITS = 1 << 20  # logits of a product
_LEAST_BLOCK = 128  # targets; the float32 logits of so many stay in a core's cache
_TINY = 1e-37  # the least share whose logarithm is taken
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


def draw_candidates(
    rng: np.random.Generator, *, num_frequent: int, num_negatives: int, vocab_size: int
) -> Candidates:
    """Takes the most frequent tokens, and draws others, one from each slice of a log-uniform tail.

    Args:
        rng: Random numbers.
        num_frequent: Tokens below this id are all taken; where they are all, nothing is drawn.
        num_negatives: How many are drawn; one that is drawn twice counts twice.
        vocab_size: Tokens.
    """
    frequent = np.arange(min(num_frequent, vocab_size))
    if num_frequent >= vocab_size:
        return Candidates(frequent, np.zeros(vocab_size, np.float32))
    drawn, counts = log_uniform(
        rng.random(num_negatives),
        num_frequent=num_frequent,
        vocab_size=vocab_size,
        library=np,
    )
    ids, first, times = np.unique(drawn.astype(np.int64), return_index=True, return_counts=True)
    expected = counts[first]
    log_counts = np.concatenate([np.zeros(num_frequent), np.log(expected / times)])
    return Candidates(np.concatenate([frequent, ids]), log_counts.astype(np.float32))


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
    d_states = torch.empty_like(states)
    d_rows = torch.zeros(rows.shape, dtype=torch.float32)
    d_biases = torch.zeros_like(biases)
    d_targets = torch.empty_like(own_logits)
    nats = torch.zeros((), dtype=torch.float64)
    num_at_once = max(_LEAST_BLOCK, _BLOCK_LOGITS // num_candidates)
    for start in range(0, num_targets, num_at_once):
        end = min(start + num_at_once, num_targets)
        block = slice(start, end)
        narrow = torch.mm(states[block], rows.T)  # (b, c)
        for first in range(start, end, _LEAST_BLOCK):
            own = slice(first, min(first + _LEAST_BLOCK, end))
            part = narrow[first - start : own.stop - start]  # (p, c)
            # 1. Logits of all candidates but a row's target, and its own behind them, (p, c + 1).
            # The target's part comes apart: near probability 1 it would be lost in bfloat16.
            logits = torch.empty(len(part), num_candidates + 1)
            others = logits[:, :-1]
            torch.add(part, biases, out=others)
            inside = torch.nonzero(places[own] >= 0)[:, 0]
            others[inside, places[own][inside]] = _NEVER
            logits[:, -1] = own_logits[own]
            # 2. What the targets cost.
            shares = torch.softmax(logits, 1)
            nats -= (shares[:, -1].clamp_min(_TINY).log() * weights[own]).sum()
            # 3. The gradient by the logits: weight * p of the others, weight * (p - 1) of a target.
            d_targets[own] = (shares[:, -1] - 1) * weights[own]
            part.copy_(shares[:, :-1].mul_(weights[own, None]))
        # 4. It goes back through the product.
        torch.mm(narrow, rows, out=d_states[block])
        d_rows += torch.mm(narrow.T, states[block])
        d_biases += narrow.sum(0, dtype=torch.float32)
    return Pricing(float(nats), d_states, d_rows, d_biases, d_targets)

"""An ad LSTM's weights, its way from tokens to states, and the gradients of a share of a batch.

The rows of the embedding that a step touches are handled apart from all other weights: a step of
thousands of targets touches a tenth of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adgen.lstm.config import LSTMConfig
from adgen.lstm.training.torch_recurrence import coupled_lstm
from adgen.lstm.training.torch_softmax import Candidates, filled_up, price
from adgen.tokens.base import PAD_ID

EMBEDDING, BIAS = "embedding", "output.bias"


@dataclass(frozen=True)
class Batch:
    """Holds a step's rows and the tokens that its targets are priced against.

    Attributes:
        rows: (batch, time + 1) token ids.
        candidates: (c,) token ids.
        log_counts: (c,) as of `adgen.lstm.training.torch_softmax.Candidates`.
        touched: (t,) rising ids of the embedding's rows that it touches.
        number: The step's, from 0.
        rate: Its step size.
    """

    rows: Tensor
    candidates: Tensor
    log_counts: Tensor
    touched: Tensor
    number: int
    rate: float

    @classmethod
    def of(
        cls, rows: NDArray[np.integer], candidates: Candidates, number: int, rate: float
    ) -> Batch:
        """Returns a batch of rows (batch, time + 1)."""
        is_touched = np.zeros(1 + max(int(rows.max()), int(candidates.ids.max())), bool)
        is_touched[rows.reshape(-1)] = True
        is_touched[candidates.ids] = True
        return cls(
            rows=torch.from_numpy(rows.astype(np.int64)),
            candidates=torch.from_numpy(candidates.ids),
            log_counts=torch.from_numpy(candidates.log_counts),
            touched=torch.from_numpy(np.flatnonzero(is_touched)),
            number=number,
            rate=rate,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Says what another process makes it of.

        Arrays are sent as their bytes; torch would hand over each tensor in a file of its own, by a
        connection of its own, which takes longer than all the rest of the sending.
        """
        arrays = [one.numpy() if isinstance(one, Tensor) else one for one in vars(self).values()]
        return _received, tuple(arrays)


def _received(*parts: Any) -> Batch:
    """Returns a batch of what was sent."""
    own: list[Any] = [
        torch.from_numpy(one) if isinstance(one, np.ndarray) else one for one in parts
    ]
    return Batch(*own)


@dataclass(frozen=True)
class Gradients:
    """Holds what a share of a batch gives.

    Attributes:
        nats: The sum over its targets, divided by the number of the whole batch's.
        rows: (t, width) gradient by the embedding's rows that the whole batch touches.
        others: Gradients by the other weights, by name.
    """

    nats: float
    rows: Tensor
    others: Mapping[str, Tensor]


@dataclass(frozen=True)
class _Read:
    """Holds what the first layer reads.

    Attributes:
        vectors: (n, width) of tokens.
        places: (time * batch,) which of them stands at each position.
        batch_size: Rows.
    """

    vectors: Tensor
    places: Tensor
    batch_size: int


class Network:
    """Takes states and gradients of an ad LSTM whose softmax is tied to its embedding.

    Args:
        config: The architecture.
        weights: By the names of a model directory, float32.
        dtype: Of the products.
        dropout: Share of every layer's outputs set to zero.
        input_dropout: Share of the embedding's.
        logit_scale: What the states are multiplied by before the softmax.
        coupled: Whether the layers' weights are those of `coupled_lstm`.
    """

    def __init__(
        self,
        config: LSTMConfig,
        weights: Mapping[str, Tensor],
        *,
        dtype: torch.dtype,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        logit_scale: float = 1.0,
        coupled: bool = False,
    ) -> None:
        self._config = config
        self._weights = weights
        self._dtype = dtype
        self._dropout = dropout
        self._input_dropout = input_dropout
        self._logit_scale = logit_scale
        self._coupled = coupled
        self._places = torch.full((config.vocab_size,), -1)

    def gradients(
        self, batch: Batch, share: slice, generator: torch.Generator | None = None
    ) -> Gradients:
        """Returns the gradients of the batch's mean cost by all weights, of a share of its rows.

        Args:
            batch: The whole batch.
            share: Which of its rows.
            generator: Random numbers for dropout; not needed without.
        """
        rows, candidates = batch.rows[share], batch.candidates
        if not len(rows):  # an epoch's last batch may have fewer rows than there are processes
            return self._no_gradients(batch)
        # (time * batch,) each: all rows' first tokens, then their second ones ...
        inputs, targets = (part.T.reshape(-1) for part in (rows[:, :-1], rows[:, 1:]))
        # 1. Narrow copies of the weights, which collect gradients.
        leaves = {
            name: values.to(self._dtype, copy=True).requires_grad_()
            for name, values in self._weights.items()
            if name not in (EMBEDDING, BIAS)
        }
        table, biases = self._weights[EMBEDDING], self._weights[BIAS]
        read, places = self._different(inputs)
        vectors = table.index_select(0, read).to(self._dtype).requires_grad_()  # (read, width)
        first = _Read(vectors, places, len(rows))
        states = self._states(first, leaves, generator)  # (time * batch, width)
        # 2. Each target against the candidates; padding weighs nothing.
        is_target = batch.rows[:, 1:] != PAD_ID
        weights = (targets != PAD_ID).float() / max(1, int(is_target.sum()))
        own_rows = table.index_select(0, targets)
        priced = price(
            states.detach(),
            table.index_select(0, candidates).to(self._dtype),
            biases[candidates] - batch.log_counts,
            (states.detach().float() * own_rows).sum(1) + biases[targets],
            self._find(candidates, targets),
            weights,
        )
        # 3. Back through the network; a target's own logit pulls at its state and its row.
        pull = priced.targets[:, None]
        states.backward(priced.states + (pull * own_rows).to(self._dtype))
        d_vectors = vectors.grad
        assert d_vectors is not None
        d_rows = torch.zeros(len(batch.touched), table.shape[1])
        parts = (
            (read, d_vectors.float()),
            (targets, pull * states.detach().float()),
            (candidates, priced.rows),
        )
        for ids, gradient in parts:
            d_rows.index_add_(0, self._find(batch.touched, ids), gradient)
        # 4. Those of the biases are of all tokens, most of them zero.
        d_biases = torch.zeros_like(biases)
        d_biases.index_add_(
            0, torch.cat([targets, candidates]), torch.cat([priced.targets, priced.biases])
        )
        others = {name: leaf.grad for name, leaf in leaves.items() if leaf.grad is not None}
        return Gradients(priced.nats, d_rows, {**others, BIAS: d_biases})

    def _no_gradients(self, batch: Batch) -> Gradients:
        """Returns what a share without rows gives."""
        nothing = {name: torch.zeros_like(one) for name, one in self._weights.items()}
        return Gradients(0.0, nothing.pop(EMBEDDING)[: len(batch.touched)], nothing)

    def _different(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the tokens that the first layer reads, and which of them stands at each position.

        Coupled gates read each different token once, but where dropout makes each another.
        """
        if not self._coupled or self._input_dropout:
            return inputs, torch.arange(len(inputs))
        read, places = torch.unique(inputs, return_inverse=True)
        return filled_up(read, len(read)), places  # nothing reads what fills up

    def _states(
        self, read: _Read, weights: Mapping[str, Tensor], generator: torch.Generator | None
    ) -> Tensor:
        """Returns the states that the softmax reads, (time * batch, width)."""
        vectors, places = _dropped(read.vectors, self._input_dropout, generator), read.places
        for layer, name in enumerate(self._config.layer_names):
            if layer:
                vectors = _dropped(vectors, self._dropout, generator)
            kernel, recurrent = weights[f"{name}.kernel"], weights[f"{name}.recurrent_kernel"]
            own = (kernel, recurrent, weights[f"{name}.bias"])
            if self._coupled:
                sequences = coupled_lstm(vectors, places, own, read.batch_size)
            else:
                sequences = _usual_lstm(vectors, own, read.batch_size)
            vectors = sequences.flatten(0, 1)
            places = torch.arange(len(vectors))
        if "projection.kernel" in weights:
            vectors = vectors @ weights["projection.kernel"]
        return self._logit_scale * _dropped(vectors, self._dropout, generator)

    def _find(self, among: Tensor, ids: Tensor) -> Tensor:
        """Returns where ids stand among others; -1 for those that do not."""
        self._places[among] = torch.arange(len(among))
        found = self._places[ids]
        self._places[among] = -1
        return found


def _usual_lstm(vectors: Tensor, weights: tuple[Tensor, Tensor, Tensor], batch_size: int) -> Tensor:
    """Returns a usual LSTM's states, (time, batch, units), of vectors (time * batch, width)."""
    kernel, recurrent, bias = weights
    sequences = vectors.view(-1, batch_size, vectors.shape[1])  # (time, batch, width)
    start = torch.zeros(1, batch_size, len(recurrent), dtype=vectors.dtype)
    flat = [kernel.T, recurrent.T, bias, torch.zeros_like(bias)]
    # torch's gates have Keras's order. One layer, no dropout of its own, one direction, time first.
    return torch.lstm(sequences, [start, start], flat, True, 1, 0.0, True, False, False)[0]


def _dropped(values: Tensor, rate: float, generator: torch.Generator | None) -> Tensor:
    """Returns values of which a share is zero, and the others larger by what is lost."""
    if not rate:
        return values
    kept = torch.rand(values.shape, generator=generator) >= rate
    return values * (kept / (1 - rate)).to(values.dtype)

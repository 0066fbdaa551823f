"""An LSTM layer with fewer products than a usual one, and its gradient, written out.

Its forget gate is one minus its input gate, its state is made of blocks that do not read each
other, and what tokens add to its gates is computed once for each different token. Its weights can
be written as those of a usual LSTM; see `as_usual`.

Source: Greff et al. 2017, "LSTM: A Search Space Odyssey" (coupled input and forget gate); Beck et
al. 2024, "xLSTM" (blocks, there called heads).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

# torch's sigmoid takes a fifth of the time of its tanh: tanh(a) = 2 sigmoid(2 a) - 1. So the
# candidate's sums are doubled on the way there. On the way back what comes through its sigmoid is
# an eighth of the gradient by its weights; powers of two are exact in bfloat16.
_AHEAD, _BACK = 2.0, 8.0
_sigmoid_back = torch.ops.aten.sigmoid_backward.grad_input  # gradient * y * (1 - y)
_tanh_back = torch.ops.aten.tanh_backward.grad_input  # gradient * (1 - y * y)


def coupled(name: str, weights: Tensor, num_blocks: int) -> Tensor:
    """Returns this layer's weights to begin with, made of those of a new usual LSTM.

    The input gate's are the forget gate's with the other sign: it begins as closed as a new LSTM's
    forget gate begins open.

    Args:
        name: Whose they are, by the names of a model directory.
        weights: (..., 4 * units) in Keras's order of gates.
        num_blocks: Parts of the state.

    Returns:
        (..., 3 * units), each block's output gate, input gate and candidate side by side; of a
        recurrent kernel (units, 3 * units / blocks), the rows of a block for its own states.
    """
    _, forget, candidate, output = weights.chunk(4, -1)
    gates = torch.stack([output, -forget, candidate], -2)  # (..., 3, units)
    by_block = gates.unflatten(-1, (num_blocks, -1)).transpose(-3, -2).flatten(-3)
    if not name.endswith("recurrent_kernel"):
        return by_block.contiguous()
    rows = enumerate(by_block.chunk(num_blocks))
    own = torch.cat([some.chunk(num_blocks, 1)[block] for block, some in rows])
    return own * num_blocks**0.5  # so many fewer states are read


def as_usual(name: str, weights: Tensor, num_blocks: int) -> Tensor:
    """Returns the weights (..., 4 * units) of a usual LSTM that computes what this layer does.

    Args:
        name: As of `coupled`.
        weights: Of the shape that `coupled` returns.
        num_blocks: As of `coupled`.
    """
    if name.endswith("recurrent_kernel"):
        weights = torch.block_diag(*weights.chunk(num_blocks))  # (units, 3 * units)
    by_block = weights.unflatten(-1, (num_blocks, 3, -1))
    output, input_gate, candidate = by_block.transpose(-3, -2).flatten(-2).unbind(-2)
    return torch.cat([input_gate, -input_gate, candidate, output], -1)


def coupled_lstm(
    vectors: Tensor,
    places: Tensor,
    weights: tuple[Tensor, Tensor, Tensor],
    batch_size: int,
) -> Tensor:
    """Returns the states after each token of sequences, (time, batch, units), with a gradient.

    Args:
        vectors: (n, width) what the layer reads, each vector once.
        places: (time * batch,) which of them stands at each position.
        weights: Kernel, recurrent kernel and bias of the shapes that `coupled` returns, and of the
            vectors' type, which is that of the products.
        batch_size: Sequences.
    """
    states: Tensor = _Layer.apply(vectors, places, *weights, batch_size)
    return states


@dataclass(frozen=True)
class _Tape:
    """Holds what the way back needs, a block's units side by side.

    All are float32 (time, blocks, batch, units), but where it says otherwise.

    Attributes:
        gates: (time, blocks, batch, 3, units) output gate, input gate, and the candidate's sigmoid.
        candidates: Doubled.
        cells: (time + 1, ...) doubled; at first zeros.
        tanh_cells: Of the cells themselves.
        states: (time + 1, ...) of the products' type; at first zeros.
    """

    gates: Tensor
    candidates: Tensor
    cells: Tensor
    tanh_cells: Tensor
    states: Tensor

    @classmethod
    def like(cls, sums: Tensor) -> _Tape:
        """Returns memory for sequences with gates (time, blocks, batch, 3 * units)."""
        time, *rest, width = sums.shape
        shape = (*rest, width // 3)
        return cls(
            gates=torch.empty(time, *rest, 3, width // 3),
            candidates=torch.empty(time, *shape),
            cells=torch.zeros(time + 1, *shape),
            tanh_cells=torch.empty(time, *shape),
            states=torch.zeros(time + 1, *shape, dtype=sums.dtype),
        )


class _Layer(torch.autograd.Function):
    """The layer, as autograd takes it."""

    @staticmethod
    def forward(
        ctx: Any,
        vectors: Tensor,
        places: Tensor,
        kernel: Tensor,
        recurrent: Tensor,
        bias: Tensor,
        batch_size: int,
    ) -> Tensor:
        """Returns the states; see `coupled_lstm`."""
        blocks = _in_blocks(recurrent)
        num_blocks, units, _ = blocks.shape
        # 1. What each vector adds to the gates.
        scale = _scale(bias, units, _AHEAD)
        sums = torch.addmm(bias * scale, vectors, kernel * scale)  # (n, 3 * units)
        # 2. What stands at each time for each block, in each sequence.
        steps = places.view(-1, 1, batch_size) * num_blocks + torch.arange(num_blocks)[:, None]
        at = steps.reshape(-1)
        own = sums.view(-1, 3 * units).index_select(0, at).view(*steps.shape, 3 * units)
        # 3. Time by time.
        tape = _forward(own, blocks * _scale(blocks, units, _AHEAD))
        ctx.save_for_backward(vectors, kernel, recurrent)
        ctx.at, ctx.tape = at, tape
        return tape.states[1:].transpose(1, 2).flatten(2)

    @staticmethod
    def backward(ctx: Any, *d_states: Tensor) -> tuple[Tensor | None, ...]:
        """Returns the gradients by what `forward` takes."""
        vectors, kernel, recurrent = ctx.saved_tensors
        blocks = _in_blocks(recurrent)
        num_blocks, units, _ = blocks.shape
        scale = _scale(kernel, units, _BACK)
        own_scale = _scale(blocks, units, _BACK)
        own = d_states[0].unflatten(2, (num_blocks, units)).transpose(1, 2).contiguous()
        d_gates, narrow = _backward(own, (blocks * own_scale).transpose(1, 2), ctx.tape)
        # 1. Every state but the last is read by the next step.
        before = ctx.tape.states[:-1].transpose(0, 1).flatten(1, 2)  # (blocks, time * batch, units)
        d_own = torch.bmm(before.transpose(1, 2), narrow.transpose(0, 1).flatten(1, 2))
        # 2. Positions that read the same vector add up, in float32.
        d_sums = torch.zeros(len(vectors) * num_blocks, 3 * units)
        d_sums.index_add_(0, ctx.at, d_gates.view(-1, 3 * units))
        d_sums = d_sums.view(len(vectors), -1)  # (n, 3 * all units)
        narrow = d_sums.to(vectors.dtype)
        d_vectors = torch.mm(narrow, (kernel * scale).T)
        d_kernel = torch.mm(vectors.T, narrow) * scale
        d_bias = (d_sums.sum(0) * scale).to(kernel.dtype)
        return d_vectors, None, d_kernel, (d_own * own_scale).flatten(0, 1), d_bias, None


def _in_blocks(recurrent: Tensor) -> Tensor:
    """Returns a recurrent kernel as (blocks, units, 3 * units), units of a block."""
    return recurrent.unflatten(0, (-1, recurrent.shape[1] // 3))


def _scale(like: Tensor, units: int, candidate: float) -> Tensor:
    """Returns a factor for each column of weights: 1, but for the candidate's."""
    factors = torch.tensor([1.0, 1.0, candidate], dtype=like.dtype).repeat_interleave(units)
    return factors.repeat(like.shape[-1] // len(factors))


def _forward(sums: Tensor, recurrent: Tensor) -> _Tape:
    """Goes through the times.

    Args:
        sums: (time, blocks, batch, 3 * units) what the inputs add to the gates.
        recurrent: (blocks, units, 3 * units); its candidates' columns are doubled, as of the sums.
    """
    tape = _Tape.like(sums)
    output, input_gate, sigmoid = (part.unbind(0) for part in tape.gates.unbind(-2))
    cells = tape.cells.unbind(0)
    states = tape.states.unbind(0)
    gates = tape.gates.flatten(-2).unbind(0)
    steps = zip(sums.unbind(0), tape.candidates.unbind(0), tape.tanh_cells.unbind(0), strict=True)
    for at, (own, candidate, tanh_cell) in enumerate(steps):
        # 1. All gates, (blocks, batch, 3 * units); before the first step there is no state.
        gates[at].copy_(torch.baddbmm(own, states[at], recurrent) if at else own).sigmoid_()
        # 2. cell = (1 - input gate) * cell before + input gate * candidate.
        torch.sub(sigmoid[at], 0.5, out=candidate).mul_(4)
        torch.lerp(cells[at], candidate, input_gate[at], out=cells[at + 1])
        # 3. state = output gate * tanh(cell).
        torch.sigmoid(cells[at + 1], out=tanh_cell)
        tanh_cell.mul_(2).sub_(1)
        torch.mul(output[at], tanh_cell, out=states[at + 1])
    return tape


def _backward(d_states: Tensor, recurrent: Tensor, tape: _Tape) -> tuple[Tensor, Tensor]:
    """Goes back through the times.

    Args:
        d_states: (time, blocks, batch, units) gradient by the states, of the products' type.
        recurrent: (blocks, 3 * units, units); its candidates' rows are `_BACK` times as large.
        tape: From the way there.

    Returns:
        (time, blocks, batch, 3 * units) gradient by the gates' sums, in float32 and in the
        products' type; the candidates' columns are to be multiplied by `_BACK`.
    """
    d_gates = torch.empty_like(tape.gates)  # (time, blocks, batch, 3, units)
    wide = d_gates.flatten(-2)
    narrow = torch.empty_like(wide, dtype=d_states.dtype)
    d_output, d_input, d_sigmoid = (part.unbind(0) for part in d_gates.unbind(-2))
    output, input_gate, sigmoid = (part.unbind(0) for part in tape.gates.unbind(-2))
    candidates = tape.candidates.unbind(0)
    cells = tape.cells.unbind(0)
    tanh_cells = tape.tanh_cells.unbind(0)
    d_state, d_cell, whole, part = torch.zeros(4, *d_states.shape[1:]).unbind(0)
    for at in reversed(range(len(d_states))):
        # 1. What comes to a state from the softmax, and from the step behind it.
        own = d_states[at]
        is_last = at == len(d_states) - 1
        d_state.copy_(own if is_last else torch.baddbmm(own, narrow[at + 1], recurrent))
        # 2. state = output gate * tanh(cell); cells are doubled.
        torch.mul(d_state, tanh_cells[at], out=whole)
        _sigmoid_back(whole, output[at], grad_input=d_output[at])
        torch.mul(d_state, output[at], out=whole)
        d_cell.add_(_tanh_back(whole, tanh_cells[at], grad_input=part), alpha=0.5)
        # 3. cell = (1 - input gate) * cell before + input gate * candidate.
        torch.sub(candidates[at], cells[at], out=part).mul_(d_cell)
        _sigmoid_back(part, input_gate[at], grad_input=d_input[at])
        torch.mul(d_cell, input_gate[at], out=whole)
        _sigmoid_back(whole, sigmoid[at], grad_input=d_sigmoid[at])
        d_cell.sub_(whole)
        narrow[at].copy_(wide[at])
    return wide, narrow

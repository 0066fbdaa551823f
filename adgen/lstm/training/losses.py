"""Cross-entropy over a large vocabulary: all of it, or frequent words and a sample of the rest.

Written in `keras.ops`, so it runs on every Keras backend. The functions know states, weights and
target ids, nothing of models or text. Ids must be sorted by falling frequency, as adgen's
tokenizers sort them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
from keras import ops

from adgen.lstm.training.candidates import log_uniform
from adgen.lstm.training.devices import on_each_device

Tensor = Any

# A logit that no softmax sees.
_NEVER = -1e30
# Targets priced at once: with 22,500 words their logits are 23 MB and stay in the cache.
_BLOCK = 256


def gather_rows(table: Tensor, ids: Tensor) -> Tensor:
    """Returns rows of a table by their ids, with a dense gradient that sums the rows of equal ids.

    The rows are those of `ops.take(table, ids, axis=0)`. TensorFlow hands an optimizer their
    gradients one by one, and Keras's Adam then squares each before it adds them up: the frequent
    tokens' second moment grows too large and they learn too slowly.

    Args:
        table: (vocab, ...) weights.
        ids: Integers of any shape.

    Returns:
        (*ids.shape, ...).
    """
    if keras.config.backend() != "tensorflow":
        return ops.take(table, ids, axis=0)

    @ops.custom_gradient
    def gather(table: Tensor) -> tuple[Tensor, Any]:
        def gradient(upstream: Tensor) -> Tensor:
            rows = ops.reshape(upstream, (-1, *table.shape[1:]))  # (number of ids, ...)
            return ops.segment_sum(rows, ops.reshape(ids, (-1,)), table.shape[0])  # (vocab, ...)

        return ops.take(table, ids, axis=0), gradient

    return gather(_as_tensor(table))


def _as_tensor(variable: Tensor) -> Tensor:
    """Returns a weight's value; a TensorFlow variable may not go through a custom gradient."""
    if keras.config.backend() != "tensorflow":
        return ops.convert_to_tensor(variable)
    import tensorflow as tf

    return tf.convert_to_tensor(variable)


def full_cross_entropy(
    states: Tensor,
    kernel: Tensor,
    bias: Tensor,
    targets: Tensor,
    *,
    weights: Tensor | None = None,
    precision: str = "float32",
) -> tuple[Tensor, Tensor]:
    """Returns the mean -ln p(target), the softmax over the whole vocabulary, and targets' ranks.

    Args:
        states: (n, units) float.
        kernel: (vocab, units) output weights, one row a token.
        bias: (vocab,).
        targets: (n,) integer ids.
        weights: (n,) weights of the mean; None weighs all alike.
        precision: "float32", or "bfloat16" for the matrix products alone; sums stay float32.

    Returns:
        The mean in nats, a scalar; and (n,) int32, the number of tokens with a higher logit than
        the target. Gradients flow through the mean.
    """
    ids = ops.arange(kernel.shape[0])  # every token is a candidate
    problem = _Problem(ops.cast(targets, "int32"), weights, ids, precision, is_ranked=True)
    rows = gather_rows(kernel, targets)  # (n, units)
    target_logits = ops.sum(states * rows, axis=-1) + gather_rows(bias, targets)  # (n,)
    return _price(states, _as_tensor(kernel), _as_tensor(bias), target_logits, problem)


class _Problem(NamedTuple):
    """The part of a pricing that is no weight of the model.

    Attributes:
        targets: (n,) ids.
        weights: (n,) weights of the mean; None weighs all alike.
        ids: (c,) the candidates' ids.
        precision: The matrix products'.
        is_ranked: Whether ranks are wanted, at a pass over the logits.
    """

    targets: Tensor
    weights: Tensor | None
    ids: Tensor
    precision: str
    is_ranked: bool = False


def _price(
    states: Tensor, kernel: Tensor, bias: Tensor, target_logits: Tensor, problem: _Problem
) -> tuple[Tensor, Tensor | None]:
    """Returns the weighted mean of the targets' nats among candidates, and ranks where wanted.

    Targets are priced in blocks, and a block's gradient is taken while its logits are at hand, so
    that neither the (n, c) logits nor their gradient ever exist as a whole.

    Args:
        states: (n, units).
        kernel: (c, units), a row a candidate.
        bias: (c,).
        target_logits: (n,); a candidate that is the row's target is left out for it.
        problem: Targets, weights, candidates, precision.
    """
    weights = ops.ones((ops.shape(states)[0],)) if problem.weights is None else problem.weights

    def price(
        states: Tensor, target_logits: Tensor, targets: Tensor, shares: Tensor
    ) -> tuple[Tensor, ...]:
        num_targets = ops.shape(states)[0]
        num_missing = (-num_targets) % _BLOCK  # in the last block

        # (n, ...) to (blocks, _BLOCK, ...), the last filled with zeros, whose share is zero too
        def in_blocks(values: Tensor) -> Tensor:
            padding = ops.zeros((num_missing, *values.shape[1:]), dtype=values.dtype)
            return ops.reshape(ops.concatenate([values, padding]), (-1, _BLOCK, *values.shape[1:]))

        in_order = problem._replace(targets=in_blocks(targets), weights=in_blocks(shares))
        total, *rank = _price_blocks(
            in_blocks(states), kernel, bias, in_blocks(target_logits), in_order
        )
        return total[None], *(ops.reshape(ranks, (-1,))[:num_targets] for ranks in rank)

    # The mean over all devices is the sum of their parts, (devices,), weighed by shares of the sum.
    shares = weights / ops.sum(weights)  # (n,)
    totals, *rank = on_each_device(price, states, target_logits, problem.targets, shares)
    return ops.sum(totals), rank[0] if rank else None


def _price_blocks(
    states: Tensor, kernel: Tensor, bias: Tensor, target_logits: Tensor, problem: _Problem
) -> tuple[Tensor, ...]:
    """Returns the weighted sum of nats, and ranks where wanted; makes the gradient on the way.

    Args:
        states: (blocks, _BLOCK, units).
        kernel: (c, units).
        bias: (c,).
        target_logits: (blocks, _BLOCK), as the problem's targets and weights.
        problem: Targets, weights, candidates, precision.
    """

    @ops.custom_gradient
    def price(
        states: Tensor, kernel: Tensor, bias: Tensor, target_logits: Tensor
    ) -> tuple[Any, Any]:
        narrow_kernel = ops.cast(kernel, problem.precision)

        def block(carry: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
            parts, outputs = _price_block(inputs, narrow_kernel, bias, problem)
            return tuple(old + part for old, part in zip(carry, parts, strict=True)), outputs

        start = (ops.zeros(()), ops.zeros_like(kernel), ops.zeros_like(bias))
        inputs = (states, target_logits, problem.targets, problem.weights)
        (total, d_kernel, d_bias), (d_states, pull, *rank) = _scan(
            block, start, inputs, problem.is_ranked
        )

        def gradient(*upstream: Tensor) -> tuple[Tensor, ...]:
            # TensorFlow hands over one argument an output, JAX one that holds them all.
            d_total = keras.tree.flatten(upstream)[0]
            return tuple(part * d_total for part in (d_states, d_kernel, d_bias, pull))

        return (total, *rank), gradient

    return price(states, kernel, bias, target_logits)


def _price_block(
    inputs: tuple[Tensor, ...], narrow_kernel: Tensor, bias: Tensor, problem: _Problem
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Returns what a block adds to sum and gradients, and what it gives for its own targets.

    With z the logits and p = exp(z) / sum(exp(z)), a target costs ln sum(exp(z)) - z[target] nats,
    whose gradient by z is p, less 1 at the target.

    Args:
        inputs: States (b, units); the targets' own logits, their ids and weights, (b,) each.
        narrow_kernel: (c, units), of the products' precision.
        bias: (c,).
        problem: Candidates and precision.

    Returns:
        The sum of weighted nats and the gradients of kernel and bias, to be added up over blocks;
        and the gradients of states (b, units) and own logits (b,), with ranks (b,) where wanted.
    """
    states, own_logits, targets, weights = inputs
    narrow = ops.cast(states, problem.precision)
    own_logits = own_logits[:, None]  # (b, 1)
    # 1. Logits of all candidates, (b, c), but of a row's target. The target's part of sum and
    # gradient comes apart: in the gradient it is small when p is near 1, and rounded to bfloat16
    # together with the rest it would be lost.
    logits = ops.cast(ops.matmul(narrow, ops.transpose(narrow_kernel)), "float32") + bias
    is_target = ops.equal(problem.ids[None, :], targets[:, None])
    logits = ops.where(is_target, _NEVER, logits)
    # 2. The softmax's sum, (b, 1), less the highest logit so that nothing overflows.
    highest = ops.maximum(ops.max(logits, axis=-1, keepdims=True), own_logits)
    exponentials = ops.exp(logits - highest)
    own = ops.exp(own_logits - highest)
    sums = ops.sum(exponentials, axis=-1, keepdims=True) + own
    # 3. What the targets cost, and how many candidates stand before them, (b,) each.
    nats = (ops.log(sums) + (highest - own_logits))[:, 0]
    rank = []
    if problem.is_ranked:
        rank = [ops.sum(ops.cast(logits > own_logits, "int32"), axis=-1)]
    # 4. The gradient by the logits: weight * p of the others, (b, c); weight * (p - 1) of the
    # target, (b,), which goes back through its own logit.
    d_logits = exponentials * (weights[:, None] / sums)
    pull = (own / sums - 1.0)[:, 0] * weights
    # 5. That of the others goes back through the product.
    narrow_d = ops.cast(d_logits, problem.precision)
    d_states = ops.cast(ops.matmul(narrow_d, narrow_kernel), "float32")  # (b, units)
    d_kernel = ops.cast(ops.matmul(ops.transpose(narrow_d), narrow), "float32")  # (c, units)
    d_bias = ops.sum(d_logits, axis=0)  # (c,)
    return (ops.sum(nats * weights), d_kernel, d_bias), (d_states, pull, *rank)


def _scan(
    block: Any, carry: tuple[Tensor, ...], inputs: tuple[Tensor, ...], is_ranked: bool
) -> tuple[Any, Any]:
    """Returns what `ops.scan` does: the last carry, and the outputs of all blocks.

    On TensorFlow it is a loop of our own, since Keras's takes outputs of the carry's shapes alone.
    """
    if keras.config.backend() != "tensorflow":
        return ops.scan(block, carry, inputs)
    import tensorflow as tf

    num_blocks = tf.shape(inputs[0])[0]
    types = ("float32", "float32", "int32")[: 3 if is_ranked else 2]
    outputs = tuple(tf.TensorArray(dtype, size=num_blocks) for dtype in types)

    def advance(index: Tensor, carry: Any, outputs: Any) -> tuple[Any, Any, Any]:
        carry, values = block(carry, tuple(values[index] for values in inputs))
        pairs = zip(outputs, values, strict=True)
        return index + 1, carry, tuple(array.write(index, value) for array, value in pairs)

    # One block at a time: two at once would not fit the cache.
    _, carry, outputs = tf.while_loop(
        lambda index, *_: index < num_blocks, advance, (0, carry, outputs), parallel_iterations=1
    )
    return carry, tuple(array.stack() for array in outputs)


def sampled_cross_entropy(
    states: Tensor,
    kernel: Tensor,
    bias: Tensor,
    targets: Tensor,
    *,
    uniforms: Tensor,
    num_frequent: int,
    weights: Tensor | None = None,
    precision: str = "float32",
) -> Tensor:
    """Returns the mean -ln p(target), with the softmax's sum estimated from some of its terms.

    The sum is taken over the frequent ids, the target, and a sample of the tail. The tail's part is
    estimated from negatives shared by all rows, each weighted by the inverse of its expected count,
    so the estimate of the sum is unbiased; a negative that is the row's target is left out.

    Args:
        states: (n, units).
        kernel: (vocab, units), rows by falling frequency.
        bias: (vocab,).
        targets: (n,) integer ids.
        uniforms: (num_negatives,) numbers in [0, 1); fresh ones every step.
        num_frequent: Ids below it are always in the sum.
        weights: (n,) weights of the mean; None weighs all alike.
        precision: As for `full_cross_entropy`.

    Returns:
        The mean in nats, a scalar; with `num_frequent` equal to the vocabulary exactly the full
        softmax's.

    Source: Bengio and Senecal 2008 (importance sampling); Jean et al. 2015, section 3 (shared
        negatives).
    """
    if num_frequent >= kernel.shape[0]:
        return full_cross_entropy(
            states, kernel, bias, targets, weights=weights, precision=precision
        )[0]
    # 1. The candidates' ids, (c,) = (num_frequent + num_negatives,).
    negatives, counts = log_uniform(
        uniforms, num_frequent=num_frequent, vocab_size=kernel.shape[0], library=ops
    )
    ids = ops.concatenate([ops.arange(num_frequent), ops.cast(negatives, "int32")])
    targets = ops.cast(targets, "int32")
    # 2. Weights of candidates and targets, (c + n, units) and (c + n,). One gather for both, since
    # each has a gradient as large as the whole kernel.
    gathered = ops.concatenate([ids, targets])
    num_candidates = ids.shape[0]
    rows = gather_rows(kernel, gathered)
    shifts = gather_rows(bias, gathered)
    # 3. A term of the sum divided by its expected count is a logit less the count's logarithm.
    corrections = ops.concatenate([ops.zeros((num_frequent,)), ops.log(counts)])
    # 4. The targets' own logits, (n,), which need no correction.
    target_logits = ops.sum(states * rows[num_candidates:], axis=-1) + shifts[num_candidates:]
    return _price(
        states,
        rows[:num_candidates],
        shifts[:num_candidates] - corrections,
        target_logits,
        _Problem(targets, weights, ids, precision),
    )[0]

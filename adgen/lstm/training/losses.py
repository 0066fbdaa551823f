"""Cross-entropy over a large vocabulary: over all of it, or over its frequent words and a sample of the rest.

Written in `keras.ops`, so it runs on every Keras backend. The functions know states, weights and
target ids, nothing of models or text. Ids must be sorted by falling frequency, as adgen's
tokenizers sort them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import keras
from keras import ops

from adgen.lstm.training.devices import on_each_device

Tensor = Any

# A logit that no softmax sees.
_NEVER = -1e30


def gather_rows(table: Tensor, ids: Tensor) -> Tensor:
    """`ops.take(table, ids, axis=0)` with a dense gradient, the rows of repeated ids summed.

    TensorFlow hands an optimizer the rows one by one, and Keras's Adam then squares each before it
    adds them up: the frequent tokens' second moment grows too large and they learn too slowly.

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
            rows = ops.reshape(upstream, (-1, *table.shape[1:]))
            return ops.segment_sum(rows, ops.reshape(ids, (-1,)), table.shape[0])

        return ops.take(table, ids, axis=0), gradient

    return gather(_as_tensor(table))


def _as_tensor(variable: Tensor) -> Tensor:
    """A weight's value; a TensorFlow variable itself may not go through a custom gradient."""
    if keras.config.backend() != "tensorflow":
        return ops.convert_to_tensor(variable)
    import tensorflow as tf

    return tf.convert_to_tensor(variable)


# Targets priced at once: with 22,500 words their logits are 23 MB and stay in the cache.
_BLOCK = 256


def full_cross_entropy(
    states: Tensor,
    kernel: Tensor,
    bias: Tensor,
    targets: Tensor,
    *,
    weights: Tensor | None = None,
    precision: str = "float32",
) -> tuple[Tensor, Tensor]:
    """Mean -ln p(target) with the softmax over the whole vocabulary, and every target's rank.

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
    problem = _Problem(
        ops.cast(targets, "int32"), weights, ops.arange(kernel.shape[0]), precision, True
    )
    target_logits = ops.sum(states * gather_rows(kernel, targets), axis=-1) + gather_rows(
        bias, targets
    )
    return _price(states, _as_tensor(kernel), _as_tensor(bias), target_logits, problem)


class _Problem(NamedTuple):
    """What is no weight: targets (n,), their weights (n,), candidates' ids (c,), the products' precision.

    `is_ranked`: whether ranks are wanted, at a pass over the logits.
    """

    targets: Tensor
    weights: Tensor | None
    ids: Tensor
    precision: str
    is_ranked: bool = False


def _price(
    states: Tensor, kernel: Tensor, bias: Tensor, target_logits: Tensor, problem: _Problem
) -> tuple[Tensor, Tensor | None]:
    """Weighted mean of the nats of targets among candidates, and each target's rank where it is wanted.

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
        filler = (-num_targets) % _BLOCK

        def in_blocks(
            values: Tensor,
        ) -> Tensor:  # (n, ...) to (blocks, _BLOCK, ...), the last filled with zeros
            padding = ops.zeros((filler, *values.shape[1:]), dtype=values.dtype)
            return ops.reshape(ops.concatenate([values, padding]), (-1, _BLOCK, *values.shape[1:]))

        in_order = problem._replace(targets=in_blocks(targets), weights=in_blocks(shares))
        total, *rank = _price_blocks(
            in_blocks(states), kernel, bias, in_blocks(target_logits), in_order
        )
        return total[None], *(ops.reshape(ranks, (-1,))[:num_targets] for ranks in rank)

    totals, *rank = on_each_device(
        price, states, target_logits, problem.targets, weights / ops.sum(weights)
    )
    return ops.sum(totals), rank[0] if rank else None


def _price_blocks(
    states: Tensor, kernel: Tensor, bias: Tensor, target_logits: Tensor, problem: _Problem
) -> tuple[Tensor, ...]:
    """Weighted sum of nats, and ranks if wanted, of (blocks, _BLOCK) targets, with the gradient made on the way."""
    precision = problem.precision

    @ops.custom_gradient
    def price(
        states: Tensor, kernel: Tensor, bias: Tensor, target_logits: Tensor
    ) -> tuple[Any, Any]:
        narrow_kernel = ops.cast(kernel, precision)

        def block(carry: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
            total, d_kernel, d_bias = carry
            block_states, own_logits, block_targets, block_weights = inputs
            narrow, own_logits = ops.cast(block_states, precision), own_logits[:, None]
            logits = ops.cast(ops.matmul(narrow, ops.transpose(narrow_kernel)), "float32") + bias
            # The target's part of sum and gradient comes apart: in the gradient it is small when p
            # is near 1, and rounded to bfloat16 together with the rest it would be lost.
            is_target = ops.equal(problem.ids[None, :], block_targets[:, None])
            logits = ops.where(is_target, _NEVER, logits)
            highest = ops.maximum(ops.max(logits, axis=-1, keepdims=True), own_logits)
            exponentials, own = ops.exp(logits - highest), ops.exp(own_logits - highest)
            sums = ops.sum(exponentials, axis=-1, keepdims=True) + own
            nats = (ops.log(sums) + (highest - own_logits))[:, 0]
            rank = (
                [ops.sum(ops.cast(logits > own_logits, "int32"), axis=-1)]
                if problem.is_ranked
                else []
            )
            d_logits = exponentials * (block_weights[:, None] / sums)  # weight * p
            pull = (own / sums - 1.0)[:, 0] * block_weights  # weight * (p - 1) of the target
            narrow_d = ops.cast(d_logits, precision)
            d_states = ops.cast(ops.matmul(narrow_d, narrow_kernel), "float32")
            d_kernel += ops.cast(ops.matmul(ops.transpose(narrow_d), narrow), "float32")
            total += ops.sum(nats * block_weights)
            return (total, d_kernel, d_bias + ops.sum(d_logits, axis=0)), (d_states, pull, *rank)

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


def _scan(
    block: Any, carry: tuple[Tensor, ...], inputs: tuple[Tensor, ...], is_ranked: bool
) -> tuple[Any, Any]:
    """`ops.scan`.

    On TensorFlow a loop of our own, since Keras's takes outputs of the carry's shapes alone.
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


def log_uniform_negatives(
    uniforms: Tensor, num_frequent: int, vocab_size: int
) -> tuple[Tensor, Tensor]:
    """Draw one id from each of `n` slices of equal probability of the log-uniform tail distribution.

    The tail is the ids from `num_frequent` on; id k has probability proportional to ln((k + 2) / (k
    + 1)), close to Zipf's law. One draw a slice (stratified sampling) repeats few ids and varies
    less than free draws.

    Args:
        uniforms: (num_negatives,) numbers in [0, 1).
        num_frequent: The first id of the tail.
        vocab_size: One more than the last id of the tail.

    Returns:
        The ids (num_negatives,) int32, and the logarithm of the expected number of times each would
        be drawn.
    """
    num_negatives = uniforms.shape[0]
    low, high = math.log(num_frequent + 1), math.log(vocab_size + 1)
    slices = (ops.arange(num_negatives, dtype="float32") + uniforms) / num_negatives
    ids = ops.cast(ops.exp(low + slices * (high - low)), "int32") - 1
    ids = ops.clip(ids, num_frequent, vocab_size - 1)
    positions = ops.cast(ids, "float32")
    # ln((k + 2) / (k + 1)) as log1p: the plain difference loses its digits where k is large.
    log_mass = ops.log(ops.log1p(1.0 / (positions + 1.0)))
    return ids, log_mass + math.log(num_negatives / (high - low))


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
    """Mean -ln p(target) with the softmax's sum over the frequent ids, the target, and a sample of the tail.

    The sum over the tail is estimated from negatives shared by all rows, each weighted by the
    inverse of its expected count, so the estimate of the sum is unbiased; a negative that is the
    row's target is left out.

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
    negatives, log_counts = log_uniform_negatives(uniforms, num_frequent, kernel.shape[0])
    ids, targets = (
        ops.concatenate([ops.arange(num_frequent), negatives]),
        ops.cast(targets, "int32"),
    )
    # One gather for candidates and targets, since each has a gradient as large as the whole kernel.
    gathered, num_candidates = ops.concatenate([ids, targets]), ids.shape[0]
    rows, shifts = gather_rows(kernel, gathered), gather_rows(bias, gathered)
    corrections = ops.concatenate([ops.zeros((num_frequent,)), ops.cast(log_counts, "float32")])
    target_logits = ops.sum(states * rows[num_candidates:], axis=-1) + shifts[num_candidates:]
    return _price(
        states,
        rows[:num_candidates],
        shifts[:num_candidates] - corrections,
        target_logits,
        _Problem(targets, weights, ids, precision),
    )[0]

"""Cross-entropy over a large vocabulary: over all of it, or over its frequent words and a sample of the rest.

Written in `keras.ops`, so it runs on every Keras backend. The functions know states, weights and target ids,
nothing of models or text. Ids must be sorted by falling frequency, as adgen's tokenizers sort them.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

Tensor = Any


def gather_rows(table: Tensor, ids: Tensor) -> Tensor:
    """`ops.take(table, ids, axis=0)` with a dense gradient, the rows of repeated ids summed.

    TensorFlow hands an optimizer the rows one by one, and Keras's Adam then squares each before it adds them up:
    the frequent tokens' second moment grows too large and they learn too slowly.

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


def all_logits(states: Tensor, kernel: Tensor, bias: Tensor, *, precision: str = "float32") -> Tensor:
    """Logits of the whole vocabulary, float32.

    Args:
        states: (n, units) float.
        kernel: (vocab, units) output weights, one row a token.
        bias: (vocab,).
        precision: "float32", or "bfloat16" for the product and its gradients alone; sums stay float32.

    Returns:
        (n, vocab).
    """
    product = ops.matmul(ops.cast(states, precision), ops.transpose(ops.cast(kernel, precision)))
    return ops.cast(product, "float32") + bias


def cross_entropy_of_logits(logits: Tensor, targets: Tensor) -> Tensor:
    """-ln p(target), (n,) nats, of logits (n, vocab) and targets (n,) with the softmax over all of them."""
    return ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)


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

    Targets are priced in blocks, and a block's gradient is taken while its logits are at hand, so that neither
    the (n, vocab) logits nor their gradient ever exist as a whole.

    Args:
        states: (n, units) float.
        kernel: (vocab, units) output weights, one row a token.
        bias: (vocab,).
        targets: (n,) integer ids.
        weights: (n,) weights of the mean; None weighs all alike.
        precision: "float32", or "bfloat16" for the matrix products alone; sums stay float32.

    Returns:
        The mean in nats, a scalar; and (n,) int32, the number of tokens with a higher logit than the target.
        Gradients flow through the mean.
    """
    num_targets = ops.shape(states)[0]
    weights = ops.ones((num_targets,)) if weights is None else weights
    filler = (-num_targets) % _BLOCK

    def in_blocks(values: Tensor) -> Tensor:  # (n, ...) to (blocks, _BLOCK, ...), the last filled with zeros
        padding = ops.zeros((filler, *values.shape[1:]), dtype=values.dtype)
        return ops.reshape(ops.concatenate([values, padding]), (-1, _BLOCK, *values.shape[1:]))

    mean, rank = _price_blocks(
        in_blocks(states),
        _as_tensor(kernel),
        _as_tensor(bias),
        targets=in_blocks(ops.cast(targets, "int32")),
        weights=in_blocks(weights / ops.sum(weights)),
        precision=precision,
    )
    return mean, ops.reshape(rank, (-1,))[:num_targets]


def _price_blocks(
    states: Tensor, kernel: Tensor, bias: Tensor, *, targets: Tensor, weights: Tensor, precision: str
) -> tuple[Tensor, Tensor]:
    """Weighted sum of nats, and ranks, of (blocks, _BLOCK) targets, with the gradient made on the way."""

    @ops.custom_gradient
    def price(states: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Any, Any]:
        narrow_kernel = ops.cast(kernel, precision)

        def block(carry: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
            total, d_kernel, d_bias = carry
            block_states, block_targets, block_weights = inputs
            narrow = ops.cast(block_states, precision)
            logits = ops.cast(ops.matmul(narrow, ops.transpose(narrow_kernel)), "float32") + bias
            target_logits = ops.take_along_axis(logits, block_targets[:, None], axis=-1)  # (_BLOCK, 1)
            rank = ops.sum(ops.cast(logits > target_logits, "int32"), axis=-1)
            highest = ops.max(logits, axis=-1, keepdims=True)
            exponentials = ops.exp(logits - highest)
            sums = ops.sum(exponentials, axis=-1, keepdims=True)
            nats = (ops.log(sums) + highest - target_logits)[:, 0]
            # d mean / d logits is weight * (p - one-hot). The target's part, small when p is near 1, comes apart:
            # rounded to bfloat16 together with the rest, it would be lost.
            is_target = ops.equal(ops.arange(kernel.shape[0])[None, :], block_targets[:, None])
            d_logits = ops.where(is_target, 0.0, exponentials * (block_weights[:, None] / sums))
            pull = (ops.exp(target_logits - highest) / sums - 1.0) * block_weights[:, None]  # (_BLOCK, 1)
            narrow_d = ops.cast(d_logits, precision)
            d_states = ops.cast(ops.matmul(narrow_d, narrow_kernel), "float32")
            d_states += pull * ops.take(kernel, block_targets, axis=0)
            d_kernel += ops.cast(ops.matmul(ops.transpose(narrow_d), narrow), "float32")
            total += ops.sum(nats * block_weights)
            return (total, d_kernel, d_bias + ops.sum(d_logits, axis=0)), (d_states, pull, rank)

        start = (ops.zeros(()), ops.zeros_like(kernel), ops.zeros_like(bias))
        (total, d_kernel, d_bias), (d_states, pull, rank) = _scan(block, start, (states, targets, weights))
        flat_targets, flat_pull = ops.reshape(targets, (-1,)), ops.reshape(pull, (-1,))
        flat_states = ops.reshape(states, (-1, states.shape[-1]))
        vocab_size = kernel.shape[0]
        d_kernel += ops.segment_sum(flat_pull[:, None] * flat_states, flat_targets, vocab_size)
        d_bias += ops.segment_sum(flat_pull, flat_targets, vocab_size)

        def gradient(*upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            return d_states * upstream[0], d_kernel * upstream[0], d_bias * upstream[0]

        return (total, rank), gradient

    return price(states, kernel, bias)


def _scan(block: Any, carry: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
    """`ops.scan`; on TensorFlow a loop of our own, since Keras's takes outputs of the carry's shapes alone."""
    if keras.config.backend() != "tensorflow":
        return ops.scan(block, carry, inputs)
    import tensorflow as tf

    num_blocks = tf.shape(inputs[0])[0]
    outputs = tuple(tf.TensorArray(dtype, size=num_blocks) for dtype in ("float32", "float32", "int32"))

    def advance(index: Tensor, carry: Any, outputs: Any) -> tuple[Any, Any, Any]:
        carry, values = block(carry, tuple(values[index] for values in inputs))
        pairs = zip(outputs, values, strict=True)
        return index + 1, carry, tuple(array.write(index, value) for array, value in pairs)

    # One block at a time: two at once would not fit the cache.
    _, carry, outputs = tf.while_loop(
        lambda index, *_: index < num_blocks, advance, (0, carry, outputs), parallel_iterations=1
    )
    return carry, tuple(array.stack() for array in outputs)


def log_uniform_negatives(uniforms: Tensor, num_frequent: int, vocab_size: int) -> tuple[Tensor, Tensor]:
    """Draw one id from each of `n` slices of equal probability of the log-uniform tail distribution.

    The tail is the ids from `num_frequent` on; id k has probability proportional to ln((k + 2) / (k + 1)), close
    to Zipf's law. One draw a slice (stratified sampling) repeats few ids and varies less than free draws.

    Args:
        uniforms: (num_negatives,) numbers in [0, 1).
        num_frequent: The first id of the tail.
        vocab_size: One more than the last id of the tail.

    Returns:
        The ids (num_negatives,) int32, and the logarithm of the expected number of times each would be drawn.
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
    states: Tensor, kernel: Tensor, bias: Tensor, targets: Tensor, *, uniforms: Tensor, num_frequent: int
) -> Tensor:
    """-ln p(target) with the softmax's sum over the frequent ids, the target, and a sample of the tail.

    The sum over the tail is estimated from negatives shared by all rows, each weighted by the inverse of its
    expected count, so the estimate of the sum is unbiased; a negative that is the row's target is left out.

    Args:
        states: (n, units).
        kernel: (vocab, units), rows by falling frequency.
        bias: (vocab,).
        targets: (n,) integer ids.
        uniforms: (num_negatives,) numbers in [0, 1); fresh ones every step.
        num_frequent: Ids below it are always in the sum.

    Returns:
        (n,) nats; with `num_frequent` equal to the vocabulary exactly the full softmax's.

    Source: Bengio and Senecal 2008 (importance sampling); Jean et al. 2015, section 3 (shared negatives).
    """
    if num_frequent >= kernel.shape[0]:
        return cross_entropy_of_logits(all_logits(states, kernel, bias), targets)
    negatives, log_counts = log_uniform_negatives(uniforms, num_frequent, kernel.shape[0])
    candidates = ops.concatenate([ops.arange(num_frequent, dtype="int32"), negatives])
    corrections = ops.concatenate([ops.zeros((num_frequent,)), ops.cast(log_counts, "float32")])
    candidate_kernel = ops.concatenate([kernel[:num_frequent], gather_rows(kernel, negatives)])
    shifts = gather_rows(bias, candidates) - corrections
    logits = ops.matmul(states, ops.transpose(candidate_kernel)) + shifts  # (n, num_frequent + num_negatives)

    target_logits = ops.sum(states * ops.take(kernel, targets, axis=0), axis=-1) + ops.take(
        bias, targets, axis=0
    )
    never = ops.cast(-1e9, logits.dtype)
    is_hit = ops.equal(negatives[None, :], targets[:, None])  # (n, num_negatives)
    frequent, tail = logits[:, :num_frequent], ops.where(is_hit, never, logits[:, num_frequent:])
    rare_target = ops.where(targets >= num_frequent, target_logits, never)[:, None]
    return ops.logsumexp(ops.concatenate([frequent, tail, rare_target], axis=-1), axis=-1) - target_logits

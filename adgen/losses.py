"""Cross-entropy over a large vocabulary: over all of it, or over its frequent words and a sample of the rest.

Written in `keras.ops`, so it runs on every Keras backend. The functions know states, weights and target ids,
nothing of models or text. Ids must be sorted by falling frequency, as adgen's tokenizers sort them.
"""

from __future__ import annotations

import math
from typing import Any

from keras import ops

Tensor = Any


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
    candidate_kernel = ops.concatenate([kernel[:num_frequent], ops.take(kernel, negatives, axis=0)])
    shifts = ops.take(bias, candidates, axis=0) - corrections
    logits = ops.matmul(states, ops.transpose(candidate_kernel)) + shifts  # (n, num_frequent + num_negatives)

    target_logits = ops.sum(states * ops.take(kernel, targets, axis=0), axis=-1) + ops.take(bias, targets, axis=0)
    never = ops.cast(-1e9, logits.dtype)
    is_hit = ops.equal(negatives[None, :], targets[:, None])  # (n, num_negatives)
    frequent, tail = logits[:, :num_frequent], ops.where(is_hit, never, logits[:, num_frequent:])
    rare_target = ops.where(targets >= num_frequent, target_logits, never)[:, None]
    return ops.logsumexp(ops.concatenate([frequent, tail, rare_target], axis=-1), axis=-1) - target_logits

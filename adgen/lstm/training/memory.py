"""The memory that the training of an LSTM needs, predicted from its settings.

The parts are weights with what Adam and a checkpoint keep of them, activations that wait for the
backward pass, the softmax's blocks, the examples, and what Python and Keras need before there is a
model. `benchmarks/memory.py` holds the prediction against measured peaks.
"""

from __future__ import annotations

from math import prod

from adgen.lstm.training.settings import TrainingConfig
from adgen.records.machine import hardware
from adgen.support.memory import check_memory

# Bytes for each weight: itself, its gradient and Adam's two moments; the weights and the variables
# that a checkpoint is made of, and the best weights so far.
_PER_WEIGHT = 16 + 20
# Numbers of a position and LSTM layer that wait for the backward pass, in units of the state: four
# gates and their inputs, the cell, its tanh, the state, and gradients of half as many.
_PER_UNIT = 18
# Targets that the softmax prices at once; logits, gradient and a copy.
_BLOCK_TARGETS = 256
_PER_LOGIT = 3
# Bytes of a cell of a window while windows are made: the id, and running sums of ends.
_PER_WINDOW_CELL = 21
_PER_PACKED_CELL = 4
_FRAMEWORK_BYTES = 800_000_000


def predict_bytes(
    config: TrainingConfig, *, vocab_size: int, num_tokens: int, on_cpu: bool = True
) -> dict[str, int]:
    """Predicts the bytes that a training needs on the machine, by what takes them.

    Args:
        config: The run's settings.
        vocab_size: Tokens of the vocabulary.
        num_tokens: Training tokens that are made into examples in memory; 0 where they are on disk.
        on_cpu: Whether the model is in the machine's own memory, and not in an accelerator's.
    """
    sizes = config.lstm_config(vocab_size)
    num_weights = sum(map(prod, sizes.weight_shapes().values()))
    num_positions = config.batch_size * config.sequence_length
    if config.reads == "packed":
        num_targets = num_positions
        num_cells = num_tokens * (config.sequence_length + 1) // config.sequence_length
        example_bytes = _PER_PACKED_CELL * num_cells + 56 * config.sequence_length
    else:
        num_targets = config.batch_size
        has_windows = config.reads == "ad"  # a stream's are views of its text
        num_cells = num_tokens * (config.sequence_length + 1)
        example_bytes = _PER_WINDOW_CELL * num_cells if has_windows else 4 * num_tokens
    candidates = min(vocab_size, config.num_frequent + config.num_negatives)
    if config.loss == "full":
        candidates = vocab_size
    per_position = sizes.num_layers * _PER_UNIT * sizes.lstm_units + 3 * (sizes.embedding_dim or 0)
    model = {
        "weights": _PER_WEIGHT * num_weights,
        "activations": 4 * num_positions * per_position,
        "softmax": 4 * _PER_LOGIT * min(num_targets, _BLOCK_TARGETS) * candidates,
    }
    return (model if on_cpu else {}) | {"examples": example_bytes, "Keras": _FRAMEWORK_BYTES}


def check_training_memory(config: TrainingConfig, *, vocab_size: int, num_tokens: int = 0) -> None:
    """Raises where a training needs more memory than the machine has, before it is taken.

    Args:
        config: The run's settings.
        vocab_size: Tokens of the vocabulary, or at least so many.
        num_tokens: As for `predict_bytes`; 0 where they are not known yet.

    Raises:
        ValueError: It does; the message has the estimate.
    """
    parts = predict_bytes(
        config,
        vocab_size=vocab_size,
        num_tokens=num_tokens,
        on_cpu=not hardware().accelerators,
    )
    largest = max(parts, key=lambda name: parts[name])
    advice = {
        "weights": "Give fewer lstm_units, num_layers or a smaller embedding_dim.",
        "activations": "Give a smaller batch_size, sequence_length or fewer lstm_units.",
        "softmax": "Give a larger min_count or a smaller subword_vocab_size.",
        "examples": "Give a smaller sequence_length or fewer ads with max_ads.",
        "Keras": "Free some memory, or take a machine with more.",
    }
    check_memory(parts, "This training", advice[largest])

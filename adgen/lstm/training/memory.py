"""The memory that the training of an LSTM needs, predicted from its settings.

The parts are weights with what Adam and a checkpoint keep of them, activations that wait for the
backward pass, the softmax's blocks, the examples, and what Python and the engine need before there
is a model. Of several processes it is the sum, what they share counted once. `benchmarks/memory.py`
holds the prediction against measured peaks.
"""

from __future__ import annotations

from math import prod

from adgen.lstm.training.settings import TrainingConfig
from adgen.records.machine import hardware
from adgen.support.memory import check_memory
from adgen.support.processes import num_cores

# Engine "keras".
# Bytes for each weight: itself, its gradient and Adam's two moments; the weights and the variables
# that a checkpoint is made of, and the best weights so far.
_PER_WEIGHT = 16 + 20
# Numbers of a position and LSTM layer that wait for the backward pass, in units of the state: four
# gates and their inputs, the cell, its tanh, the state, and gradients of half as many.
_PER_UNIT = 18
# Targets that the softmax prices at once; logits, gradient and a copy.
_BLOCK_TARGETS = 256
_PER_LOGIT = 3
_KERAS_BYTES = 800_000_000
# Engine "torch".
# Bytes for each weight: itself and Adam's two moments, which all processes share, its gradient in
# each process; narrow copies for the products, and what a checkpoint is made of.
_SHARED_PER_WEIGHT = 12
_GRADIENT_PER_WEIGHT = 4
_COPIES_PER_WEIGHT = 12
# For each position: numbers of a layer's unit that wait for the backward pass, in the products'
# precision; bytes of a unit while a layer goes back; and of the embedding's vector and gradient,
# numbers in the products' precision and bytes.
_PER_TORCH_UNIT = 14
_BACK_PER_UNIT = 15
_PER_TORCH_VECTOR = 4
_BYTES_PER_VECTOR = 8
# Targets whose logits stand in float32 at once, and copies of them.
_TORCH_TARGETS = 128
_PER_TORCH_LOGIT = 3
# While 256 ads are scored: numbers of an ad for each unit, and for each of the embedding's.
_SCORED_ADS = 256
_PER_SCORED_UNIT = 160
_PER_SCORED_VECTOR = 48
# The process with the ads, torch's libraries with CUDA's included, and each of the others, without
# the libraries, whose pages are shared.
_TORCH_BYTES = 740_000_000
_TORCH_PROCESS_BYTES = 405_000_000
# Both engines.
# Bytes of a cell of a window while windows are made: the id, and running sums of ends.
_PER_WINDOW_CELL = 21
_PER_PACKED_CELL = 4


def predict_bytes(
    config: TrainingConfig, *, vocab_size: int, num_tokens: int, on_cpu: bool = True
) -> dict[str, int]:
    """Predicts the bytes that a training needs on the machine, by what takes them.

    Args:
        config: The run's settings.
        vocab_size: Tokens of the vocabulary.
        num_tokens: Training tokens that are made into examples in memory; 0 where they are on disk.
        on_cpu: Whether Keras's model is in the machine's own memory, not in an accelerator's;
            torch's always is.
    """
    if config.engine == "torch":
        needed = _torch_bytes(config, vocab_size)
    else:
        model = _keras_model_bytes(config, vocab_size) if on_cpu else {}
        needed = model | {"Keras": _KERAS_BYTES}
    return needed | {"examples": _example_bytes(config, num_tokens)}


def _num_weights(config: TrainingConfig, vocab_size: int) -> int:
    return sum(map(prod, config.lstm_config(vocab_size).weight_shapes().values()))


def _num_candidates(config: TrainingConfig, vocab_size: int) -> int:
    """Counts the tokens that a target is compared with."""
    if config.loss == "full":
        return vocab_size
    return min(vocab_size, config.num_frequent + config.num_negatives)


def _keras_model_bytes(config: TrainingConfig, vocab_size: int) -> dict[str, int]:
    """Returns what the model takes with Keras, wherever it is."""
    sizes = config.lstm_config(vocab_size)
    num_positions = config.batch_size * config.sequence_length
    num_targets = num_positions if config.reads == "packed" else config.batch_size
    per_position = sizes.num_layers * _PER_UNIT * sizes.lstm_units + 3 * (sizes.embedding_dim or 0)
    num_logits = min(num_targets, _BLOCK_TARGETS) * _num_candidates(config, vocab_size)
    return {
        "weights": _PER_WEIGHT * _num_weights(config, vocab_size),
        "activations": 4 * num_positions * per_position,
        "softmax": 4 * _PER_LOGIT * num_logits,
    }


def num_torch_processes(config: TrainingConfig) -> int:
    """Returns how many processes of engine "torch" train: one a device, a core each."""
    return min(config.num_devices, num_cores())


def _torch_bytes(config: TrainingConfig, vocab_size: int) -> dict[str, int]:
    """Returns what all processes of engine "torch" take but for the examples."""
    num_processes = num_torch_processes(config)
    width = 4 if config.precision == "float32" else 2  # bytes of a number in products
    per_weight = _SHARED_PER_WEIGHT + _GRADIENT_PER_WEIGHT * num_processes + _COPIES_PER_WEIGHT
    per_unit = config.num_layers * _PER_TORCH_UNIT * width + _BACK_PER_UNIT
    per_vector = _PER_TORCH_VECTOR * width + _BYTES_PER_VECTOR
    per_position = per_unit * config.lstm_units + per_vector * config.embedding_dim
    num_candidates = _num_candidates(config, vocab_size)
    per_candidate = 4 * _PER_TORCH_LOGIT * _TORCH_TARGETS + per_vector * config.embedding_dim
    per_scored = _PER_SCORED_UNIT * config.lstm_units + _PER_SCORED_VECTOR * config.embedding_dim
    per_scored += vocab_size
    return {
        "weights": per_weight * _num_weights(config, vocab_size),
        "activations": config.batch_size * config.sequence_length * per_position,
        "softmax": num_processes * num_candidates * per_candidate,
        "scoring": 4 * _SCORED_ADS * per_scored,
        "torch": _TORCH_BYTES + (num_processes - 1) * _TORCH_PROCESS_BYTES,
    }


def _example_bytes(config: TrainingConfig, num_tokens: int) -> int:
    """Returns what so many tokens take as examples."""
    if config.reads == "packed":
        num_cells = num_tokens * (config.sequence_length + 1) // config.sequence_length
        return _PER_PACKED_CELL * num_cells + 56 * config.sequence_length
    if config.reads == "ad":
        return _PER_WINDOW_CELL * num_tokens * (config.sequence_length + 1)
    return 4 * num_tokens  # a stream's windows are views of its text


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
        "scoring": "Give fewer lstm_units or a smaller embedding_dim.",
        "examples": "Give a smaller sequence_length or fewer ads with max_ads.",
        "Keras": "Free some memory, or take a machine with more.",
        "torch": "Give fewer num_devices, free some memory, or take a machine with more.",
    }
    check_memory(parts, "This training", advice[largest])

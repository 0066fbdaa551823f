"""Everything that decides a training run besides its ads: one value that is checked, stored and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adgen.lstm_config import LSTMConfig, Reads

MODELS = ("lstm", "embedding-lstm")
# What a recipe sets otherwise than `TrainingConfig`.
RECIPES: dict[str, dict[str, Any]] = {
    "adgen": {},
    "packed": {
        "reads": "packed",
        "sequence_length": 64,
        "batch_size": 32,
        "lstm_units": 256,
        "embedding_dim": 256,
        "tied": True,
        "dropout": 0.5,
        "input_dropout": 0.3,
        "learning_rate": 0.006,
        "schedule": "cosine",
        "epochs": 14,
    },
    "seed": {
        "reads": "stream",
        "min_count": 1,
        "loss": "full",
        "unigram_bias": False,
        "patience": None,
    },
}
# Epochs of the 2022 experiment.
_SEED_EPOCHS = {"lstm": 60, "embedding-lstm": 100}


@dataclass(frozen=True)
class TrainingConfig:
    """A training run's settings.

    Attributes:
        model: "lstm" (no embedding layer) or "embedding-lstm".
        lstm_units: State size.
        embedding_dim: Width of the embedding layer; "lstm" has none.
        sequence_length: Tokens of context of a window, or targets of a packed row.
        num_layers: LSTM layers on top of each other.
        tied: Whether the softmax has the embedding's rows for weights.
        dropout: Share of every layer's outputs dropped in training.
        input_dropout: Share of the embedding's outputs dropped in training.
        reads: "stream", "ad" or "packed", see `LSTMConfig`.
        tokenizer: "word" or "subword".
        min_count: Words that occur fewer times in the training split are `<unk>`.
        subword_vocab_size: Tokens of the sub-word tokenizer.
        loss: "sampled" or "full".
        num_frequent: Sampled loss: most frequent ids, always in the softmax's sum.
        num_negatives: Sampled loss: other ids drawn each step.
        precision: "float32" or "bfloat16" for the softmax's products.
        unigram_bias: Start the output bias at the log frequency of each token instead of zero.
        batch_size: Windows or rows a step.
        learning_rate: Adam's step size, at first.
        schedule: What becomes of it: "constant", or "cosine", which falls along half a cosine to zero over all
            epochs (Loshchilov and Hutter 2017).
        clip_norm: Gradients of a larger norm, over all weights, are scaled down to it; None leaves them alone.
        epochs: Most epochs to train.
        patience: Epochs without a better validation cross-entropy before stopping; None never stops early and
            keeps the last weights instead of the best.
        seed: Seed of weights, dropout, order and draws.
    """

    model: str = "embedding-lstm"
    lstm_units: int = 128
    embedding_dim: int = 128
    sequence_length: int = 4
    num_layers: int = 1
    tied: bool = False
    dropout: float = 0.3
    input_dropout: float = 0.0
    reads: Reads = "ad"
    tokenizer: str = "word"
    min_count: int = 2
    subword_vocab_size: int = 4096
    loss: str = "sampled"
    num_frequent: int = 1024
    num_negatives: int = 1024
    precision: str = "float32"
    unigram_bias: bool = True
    batch_size: int = 4096
    learning_rate: float = 0.01
    schedule: str = "constant"
    clip_norm: float | None = None
    epochs: int = 20
    patience: int | None = 3
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choice("model", self.model, MODELS)
        _check_choice("tokenizer", self.tokenizer, ("word", "subword"))
        _check_choice("loss", self.loss, ("sampled", "full"))
        _check_choice("precision", self.precision, ("float32", "bfloat16"))
        _check_choice("schedule", self.schedule, ("constant", "cosine"))
        positive = ("embedding_dim", "sequence_length", "min_count", "num_negatives", "batch_size", "epochs")
        for name in (*positive, "lstm_units", "num_frequent"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 1 or more.")
        if self.patience is not None and self.patience < 1:
            raise ValueError(
                f"patience is {self.patience}; it must be 1 or more, or None to train every epoch."
            )
        if not 0 <= self.input_dropout < 1:
            raise ValueError(
                f"input_dropout is {self.input_dropout}; expected a share in [0, 1), such as 0.3."
            )
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate is {self.learning_rate}; it must be above 0, such as 0.01.")
        if self.clip_norm is not None and not self.clip_norm > 0:
            raise ValueError(f"clip_norm is {self.clip_norm}; it must be above 0, such as 1.0.")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it must be 0 or more.")
        if self.reads == "packed" and self.model == "lstm":
            raise ValueError(
                'reads is "packed", which needs an embedding layer. Choose model "embedding-lstm".'
            )
        self.lstm_config(vocab_size=4)  # checks the rest

    def lstm_config(self, vocab_size: int) -> LSTMConfig:
        """The architecture for a vocabulary of this size."""
        return LSTMConfig(
            vocab_size=vocab_size,
            lstm_units=self.lstm_units,
            embedding_dim=self.embedding_dim if self.model == "embedding-lstm" else None,
            sequence_length=None if self.reads == "packed" else self.sequence_length,
            dropout=self.dropout,
            reads=self.reads,
            num_layers=self.num_layers,
            tied=self.tied,
        )


def recipe(name: str, model: str = "embedding-lstm", **changes: Any) -> TrainingConfig:
    """The settings of a named recipe, with changes.

    Args:
        name: "adgen", our own rules on windows of words; "packed", the same on whole ads, which learned most from
            13,000 of them; or "seed", the 2022 experiment: every word kept, no end of ad, windows of running text,
            the full softmax, no early stop.
        model: "lstm" or "embedding-lstm".
        **changes: Fields to set differently; None leaves the recipe's value.

    Raises:
        ValueError: An unknown recipe, or settings that do not go together.

    Example:
        >>> recipe("seed", "lstm", seed=7).epochs
        60
    """
    _check_choice("recipe", name, tuple(RECIPES))
    _check_choice("model", model, MODELS)
    settings = {"model": model, **RECIPES[name]}
    if name == "seed":
        settings["epochs"] = _SEED_EPOCHS[model]
    return TrainingConfig(
        **settings | {field: value for field, value in changes.items() if value is not None}
    )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(choices)}.")

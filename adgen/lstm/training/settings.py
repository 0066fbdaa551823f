"""Everything that decides a training run besides its ads.

It is one value that is checked, stored and compared. It knows no Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from adgen.lstm.config import LAYERS, LSTMConfig, Reads
from adgen.support.fields import check_fields, limited
from adgen.support.ranges import (
    CHECKS,
    COUNTS,
    EPOCHS,
    LEARNING_RATES,
    NORMS,
    SEEDS,
    SHARES,
    SIZES,
    SUBWORD_VOCABULARIES,
    Range,
)

Model = Literal["lstm", "embedding-lstm", "ad-lstm"]
# What a preset sets otherwise than `TrainingConfig`.
PRESETS: dict[str, dict[str, Any]] = {
    "adgen": {},
    "packed": {
        "model": "ad-lstm",
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
    "small": {
        "model": "ad-lstm",
        "tokenizer": "subword",
        "subword_vocab_size": 16_384,
        "sequence_length": 32,
        "batch_size": 64,
        "lstm_units": 256,
        "embedding_dim": 256,
        "tied": True,
        "coupled_gates": True,
        "recurrent_blocks": 4,
        "dropout": 0.0,
        "num_frequent": 256,
        "num_negatives": 512,
        "engine": "torch",
        "num_devices": 2,
        "logit_scale": 4.0,
        "precision": "mixed_bfloat16",
        "learning_rate": 0.008,
        "schedule": "cosine",
        "warmup_steps": 200,
        "clip_norm": 1.0,
        "epochs": 1,
        "patience": None,
        "checks_per_epoch": 10,
        "num_check_ads": 2_000,
    },
    "large": {
        "model": "ad-lstm",
        "tokenizer": "subword",
        "subword_vocab_size": 16_384,
        "sequence_length": 64,
        "batch_size": 256,
        "lstm_units": 1024,
        "embedding_dim": 256,
        "num_layers": 2,
        "tied": True,
        "dropout": 0.1,
        "loss": "full",
        "precision": "mixed_bfloat16",
        "learning_rate": 0.003,
        "schedule": "cosine",
        "warmup_steps": 500,
        "clip_norm": 1.0,
        "epochs": 10,
        "patience": None,
        "checks_per_epoch": 2,
        "num_check_ads": 5_000,
        "pipeline": "tf.data",
    },
    "2022": {
        "reads": "stream",
        "min_count": 1,
        "loss": "full",
        "unigram_bias": False,
        "patience": None,
    },
}
# What a preset of engine "torch" has with engine "keras" instead, for which the lowest ids are the
# most frequent tokens.
_FOR_KERAS = {
    "num_devices": 1,
    "logit_scale": 1.0,
    "coupled_gates": False,
    "recurrent_blocks": 1,
    "num_frequent": 512,
}
_MILLION = Range(1, 1_000_000)
# Epochs of the 2022 experiment.
_EPOCHS_OF_2022 = {"lstm": 60, "embedding-lstm": 100}


@dataclass(frozen=True)
class TrainingConfig:
    """A training run's settings.

    Attributes:
        model: What is trained: "lstm" has no embedding layer, "embedding-lstm" has one, "ad-lstm"
            reads packed ads.
        lstm_units: Numbers in the state of an LSTM layer, 1 to 65,536.
        embedding_dim: Numbers in a token's vector, 1 to 65,536; model "lstm" has no such vectors.
        sequence_length: Tokens before the target in a window, or targets in a packed row; 1 to
            65,536.
        num_layers: LSTM layers on top of each other, 1 to 64.
        tied: Whether the softmax has the embedding's rows for weights.
        coupled_gates: Of engine "torch", whether an LSTM keeps of its cell what its input gate
            leaves (forget gate = 1 - input gate), which is faster; the weights that are kept are a
            usual LSTM's.
        recurrent_blocks: Of coupled gates, parts of a layer's state that do not read each other, 1
            to 1,024, of equal size; more of them are faster.
        dropout: Share of every layer's outputs dropped in training, from 0 to below 1.
        input_dropout: Share of the embedding's outputs dropped in training, from 0 to below 1.
        reads: How the model sees text: "stream", windows of running text across ads; "ad", windows
            inside an ad; "packed", whole ads with the state carried along, which "ad-lstm" alone
            does.
        tokenizer: What a token is: a "word", or a "subword".
        min_count: Words that the training split has fewer times are unknown to the model, 1 to
            1,000,000,000; of tokenizer "word".
        subword_vocab_size: Tokens of tokenizer "subword", 259 to 65,536.
        loss: "full" compares a target with all tokens, "sampled" with frequent ones and some drawn
            ones, which is faster.
        num_frequent: Of loss "sampled": so many most frequent tokens are always compared, 1 to
            1,000,000; engine "keras" takes the lowest ids for them, which are so of words.
        num_negatives: Of loss "sampled": other tokens drawn each step, 1 to 1,000,000.
        precision: "float32"; "bfloat16" for the softmax's products; "mixed_bfloat16" for the
            layers' products too.
        unigram_bias: Whether the output bias starts at the log frequency of each token, or at zero.
        logit_scale: Of engine "torch", what the states are multiplied by before the softmax, above
            0, at most 1,000; above 1 a step changes the logits more. The weights that are kept hold
            it.
        batch_size: Windows or rows a step, 1 to 1,000,000.
        learning_rate: Step size of Adam at its highest, above 0, at most 100.
        schedule: What becomes of the step size: it stays ("constant"), or falls along half a cosine
            to zero over all epochs ("cosine", Loshchilov and Hutter 2017).
        warmup_steps: Steps in which the step size first rises from zero, 0 to 1,000,000,000; of
            schedule "cosine".
        clip_norm: Gradients of a larger norm, over all weights, are scaled down to it; above 0, at
            most 1,000,000; None leaves them alone.
        epochs: Most passes over the training ads, above 0, at most 1,000,000; a fraction of one
            ends with a check.
        patience: Epochs without a better validation cross-entropy before stopping, 1 to
            1,000,000,000; None never stops early and keeps the last weights instead of the best.
        checks_per_epoch: How often an epoch is stopped to score validation and to save the run, 1
            to 1,000.
        num_check_ads: Validation ads scored then, at most, 1 to 1,000,000,000; None scores all. The
            final figures are of all.
        engine: What learns: "keras", any model on whatever its backend finds, or "torch", a tied
            "ad-lstm" on this machine's cores, a process each, which is faster there.
        pipeline: Of engine "keras", who makes batches: "keras", or "tf.data", a graph without
            Python in it, which TPUs and several devices need; it leaves out an epoch's smaller last
            batch.
        num_devices: Devices that share each batch, 1 to 1,024; more than one with pipeline
            "tf.data", or with engine "torch", whose devices are cores.
        seed: Seed of weights, dropout, order and draws, 0 to 2,147,483,647.
    """

    model: Model = "embedding-lstm"
    lstm_units: int = limited(SIZES, 128)
    embedding_dim: int = limited(SIZES, 128)
    sequence_length: int = limited(SIZES, 4)
    num_layers: int = limited(LAYERS, 1)
    tied: bool = False
    coupled_gates: bool = False
    recurrent_blocks: int = limited(Range(1, 1_024), 1)
    dropout: float = limited(SHARES, 0.3)
    input_dropout: float = limited(SHARES, 0.0)
    reads: Reads = "ad"
    tokenizer: Literal["word", "subword"] = "word"
    min_count: int = limited(COUNTS, 2)
    subword_vocab_size: int = limited(SUBWORD_VOCABULARIES, 4096)
    loss: Literal["sampled", "full"] = "sampled"
    num_frequent: int = limited(_MILLION, 1024)
    num_negatives: int = limited(_MILLION, 1024)
    precision: Literal["float32", "bfloat16", "mixed_bfloat16"] = "float32"
    unigram_bias: bool = True
    logit_scale: float = limited(Range(0, 1_000, is_above=True), 1.0)
    batch_size: int = limited(_MILLION, 4096)
    learning_rate: float = limited(LEARNING_RATES, 0.01)
    schedule: Literal["constant", "cosine"] = "constant"
    warmup_steps: int = limited(Range(0, 1_000_000_000), 0)
    clip_norm: float | None = limited(NORMS, None)
    epochs: float = limited(EPOCHS, 20)
    patience: int | None = limited(COUNTS, 3)
    checks_per_epoch: int = limited(CHECKS, 1)
    num_check_ads: int | None = limited(COUNTS, None)
    engine: Literal["keras", "torch"] = "keras"
    pipeline: Literal["keras", "tf.data"] = "keras"
    num_devices: int = limited(Range(1, 1_024), 1)
    seed: int = limited(SEEDS, 0)

    def __post_init__(self) -> None:
        check_fields(self)
        self._check_together()
        if float(self.epochs).is_integer():
            object.__setattr__(self, "epochs", int(self.epochs))
        self.lstm_config(vocab_size=4)  # checks the rest

    def _check_together(self) -> None:
        num_checks = self.epochs * self.checks_per_epoch
        if round(num_checks) < 1 or abs(num_checks - round(num_checks)) > 1e-9:
            raise ValueError(
                f"epochs is {self.epochs}, with {self.checks_per_epoch} checks an epoch; a run "
                "ends with a check. Give 1 or more epochs, or a fraction and the checks_per_epoch "
                "that it is made of, such as 1.5 and 2."
            )
        if (self.reads == "packed") != (self.model == "ad-lstm"):
            raise ValueError(
                f'model is "{self.model}" and reads is "{self.reads}"; model "ad-lstm" goes with '
                'reads "packed", the others do not. Change one of them.'
            )
        if self.tied and self.model == "lstm":
            raise ValueError(
                'tied is true, and model "lstm" has no embedding to tie the softmax to. '
                "Change one of them."
            )
        if self.warmup_steps and self.schedule == "constant":
            raise ValueError(
                f'warmup_steps is {self.warmup_steps}, which is for schedule "cosine". '
                "Give that, or leave it out."
            )
        if self.num_devices > 1 and self.batch_size % self.num_devices:
            raise ValueError(
                f"batch_size is {self.batch_size}, which {self.num_devices} devices cannot share "
                "alike. Give a multiple of num_devices."
            )
        if self.recurrent_blocks > 1 and not self.coupled_gates:
            raise ValueError(
                f"recurrent_blocks is {self.recurrent_blocks} and coupled_gates is false; coupled "
                "gates alone have blocks. Give coupled_gates=True, or leave recurrent_blocks out."
            )
        if self.lstm_units % self.recurrent_blocks:
            raise ValueError(
                f"lstm_units is {self.lstm_units}, which {self.recurrent_blocks} recurrent_blocks "
                "cannot share alike. Give a multiple of recurrent_blocks."
            )
        if self.engine == "torch":
            self._check_torch()
        else:
            self._check_keras()

    def _check_keras(self) -> None:
        """Raises where settings ask the engine "keras" for what "torch" alone has."""
        for name, nothing in (("logit_scale", 1), ("coupled_gates", False)):
            if getattr(self, name) != nothing:
                raise ValueError(
                    f'{name} is {getattr(self, name)}, which engine "torch" alone has. Give that '
                    "engine, or leave it out."
                )
        if self.num_devices > 1 and self.pipeline == "keras":
            raise ValueError(
                f'num_devices is {self.num_devices} and pipeline is "keras"; several devices need '
                'pipeline "tf.data". Give that.'
            )

    def _check_torch(self) -> None:
        """Raises where settings ask the engine "torch" for what it has not."""
        expected = {
            "model": ("ad-lstm",),
            "tied": (True,),
            "pipeline": ("keras",),
            "precision": ("float32", "mixed_bfloat16"),
        }
        for name, values in expected.items():
            value = getattr(self, name)
            if value not in values:
                raise ValueError(
                    f'engine is "torch" and {name} is {value!r}; it takes {name} '
                    f'{" or ".join(map(repr, values))}. Give that, or engine "keras".'
                )

    def lstm_config(self, vocab_size: int) -> LSTMConfig:
        """Returns the architecture for a vocabulary of this size."""
        return LSTMConfig(
            vocab_size=vocab_size,
            lstm_units=self.lstm_units,
            embedding_dim=None if self.model == "lstm" else self.embedding_dim,
            sequence_length=None if self.reads == "packed" else self.sequence_length,
            dropout=self.dropout,
            reads=self.reads,
            num_layers=self.num_layers,
            tied=self.tied,
        )


def preset_name(name: str) -> str:
    """Returns what a preset is called now; the commands of old records say "seed" of "2022"."""
    return "2022" if name == "seed" else name


def preset(name: str | None = None, model: str | None = None, **changes: Any) -> TrainingConfig:
    """Returns the settings of a named preset, with changes.

    Args:
        name: "adgen", our own rules on windows of words; "packed", whole ads of words, which
            learned most from 13,000 of them; "small" and "large", whole ads of sub-words for the
            full corpus, on two cores or on a GPU; or "2022", its experiment: every word kept,
            no end of ad, windows of running text, the full softmax, no early stop. None: "small"
            for model "ad-lstm", else "adgen".
        model: "lstm", "embedding-lstm" or "ad-lstm"; None takes the preset's own.
        **changes: Fields to set differently; None leaves the preset's value.

    Raises:
        ValueError: An unknown preset, or settings that do not go together.

    Example:
        >>> preset("2022", "lstm", seed=7).epochs
        60
    """
    name = preset_name(name or ("small" if model == "ad-lstm" else "adgen"))
    _check_choice("preset", name, tuple(PRESETS))
    settings = {"model": "embedding-lstm"} | PRESETS[name]
    if model is not None:
        _check_choice("model", model, get_args(Model))
        settings["model"] = model
    if settings["model"] == "ad-lstm":
        settings["reads"] = "packed"
    if name == "2022":
        settings["epochs"] = _EPOCHS_OF_2022.get(settings["model"], 1)
    if changes.get("engine") == "keras" and settings.get("engine") == "torch":
        settings |= _FOR_KERAS
    return TrainingConfig(
        **settings | {field: value for field, value in changes.items() if value is not None}
    )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(choices)}.")

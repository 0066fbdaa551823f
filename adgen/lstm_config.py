"""What a trained LSTM is: its sizes, how it reads text, and the arrays that follow from them.

It knows names and shapes; files are `model_directory`'s subject and the mathematics `runtime`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Reads = Literal["stream", "ad", "packed"]


@dataclass(frozen=True)
class LSTMConfig:
    """The architecture of a trained LSTM, and how it was trained to see text.

    Attributes:
        vocab_size: Tokens in the vocabulary, `<pad>`, `<unk>` and `<eos>` included.
        lstm_units: Units of the LSTM layer.
        embedding_dim: Width of a token's vector; None for the "one-hot" LSTM, which has no embedding.
        sequence_length: Tokens in a window; None for "packed", which carries its state along instead.
        dropout: Share of the LSTM's outputs dropped in training, in [0, 1); without effect on generation.
        reads: How the model was trained to see text.
            "stream": windows of the last `sequence_length` tokens of running text, without ad boundaries.
            "ad": windows of at most the last `sequence_length` tokens of the current ad, whose first context
            token is `<eos>`.
            "packed": whole ads with the state carried along, `<eos>` before each.

    Example:
        >>> config = LSTMConfig(22_500, 128, embedding_dim=64, sequence_length=4, dropout=0.3, reads="ad")
        >>> config.weight_shapes()["lstm.kernel"]
        (64, 512)
    """

    vocab_size: int
    lstm_units: int
    embedding_dim: int | None
    sequence_length: int | None
    dropout: float
    reads: Reads

    def __post_init__(self) -> None:
        _check_count("vocab_size", self.vocab_size, 4)
        _check_count("lstm_units", self.lstm_units, 1)
        if self.embedding_dim is not None:
            _check_count("embedding_dim", self.embedding_dim, 1)
        if isinstance(self.dropout, bool) or not isinstance(self.dropout, (int, float)):
            raise ValueError(f"dropout is {self.dropout!r}; expected a number in [0, 1).")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout}; expected a share in [0, 1), such as 0.3.")
        if self.reads not in get_args(Reads):
            raise ValueError(f"reads is {self.reads!r}; expected one of {', '.join(get_args(Reads))}.")
        if self.reads == "packed":
            if self.sequence_length is not None:
                raise ValueError(
                    f'sequence_length is {self.sequence_length} with reads="packed"; expected None, because '
                    'the state is carried along. Pass None, or use reads="ad".'
                )
        else:
            _check_count("sequence_length", self.sequence_length, 1)

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the name and shape of every weight; the gates' order is Keras's: i, f, c, o."""
        gates = 4 * self.lstm_units
        embedding = {} if self.embedding_dim is None else {"embedding": (self.vocab_size, self.embedding_dim)}
        return embedding | {
            "lstm.kernel": (self.embedding_dim or self.vocab_size, gates),
            "lstm.recurrent_kernel": (self.lstm_units, gates),
            "lstm.bias": (gates,),
            "output.kernel": (self.lstm_units, self.vocab_size),
            "output.bias": (self.vocab_size,),
        }


def check_weights(weights: Mapping[str, NDArray[np.floating]], config: LSTMConfig, source: str) -> None:
    """Raise unless the arrays are float32, finite, and those that `config` describes.

    Args:
        weights: The arrays by name.
        config: The architecture.
        source: Where the arrays came from, for the message.

    Raises:
        ValueError: Naming the first array that does not fit.

    Example:
        >>> config = LSTMConfig(5, 1, embedding_dim=None, sequence_length=4, dropout=0.0, reads="ad")
        >>> shapes = config.weight_shapes().items()
        >>> check_weights({name: np.zeros(shape, np.float32) for name, shape in shapes}, config, "Zeros")
    """
    shapes = config.weight_shapes()
    if set(weights) != set(shapes):
        raise ValueError(
            f"{source} hold the arrays {sorted(weights)}; the architecture expects {sorted(shapes)}. "
            "Save weights and config of the same model."
        )
    for name, shape in shapes.items():
        array = weights[name]
        if array.shape != shape or array.dtype != np.float32:
            raise ValueError(
                f"{source}: {name} is {array.dtype} {array.shape}; the architecture expects float32 {shape}. "
                "Save weights and config of the same model."
            )
        if not np.isfinite(array).all():
            raise ValueError(f"{source}: {name} holds NaN or infinity. The training diverged; train again.")


def _check_count(name: str, value: object, smallest: int) -> None:
    """Raise unless `value` is a whole number of at least `smallest`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < smallest:
        raise ValueError(f"{name} is {value!r}; expected a whole number of at least {smallest}.")

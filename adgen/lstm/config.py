"""The description of a trained LSTM: its sizes, how it reads text, and the arrays of these sizes.

It knows names and shapes; files are the subject of `directory`, the mathematics of `numpy_lstm`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Reads = Literal["stream", "ad", "packed"]


@dataclass(frozen=True)
class LSTMConfig:
    """The architecture of a trained LSTM, and how it was trained to see text.

    Attributes:
        vocab_size: Tokens in the vocabulary, `<pad>`, `<unk>` and `<eos>` included.
        lstm_units: Units of the LSTM layer.
        embedding_dim: Width of a token's vector; None for the "one-hot" LSTM, which has no
            embedding.
        sequence_length: Tokens in a window; None for "packed", which carries its state along
            instead.
        dropout: Share of the LSTM's outputs dropped in training, in [0, 1); without effect on
            generation.
        reads: How the model was trained to see text. "stream": windows of the last
            `sequence_length` tokens of running text, without ad boundaries. "ad": windows of at
            most the last `sequence_length` tokens of the current ad, whose first context token is
            `<eos>`. "packed": whole ads with the state carried along, `<eos>` before each.
        num_layers: LSTM layers on top of each other.
        tied: Whether the softmax has the embedding's rows for weights (Press and Wolf 2017; Inan et
            al. 2017). Where a state is not as wide as a row, a projection makes it so.

    Example:
        >>> config = LSTMConfig(
        ...     22_500, 128, embedding_dim=64, sequence_length=4, dropout=0.3, reads="ad"
        ... )
        >>> config.weight_shapes()["lstm.kernel"]
        (64, 512)
    """

    vocab_size: int
    lstm_units: int
    embedding_dim: int | None
    sequence_length: int | None
    dropout: float
    reads: Reads
    num_layers: int = 1
    tied: bool = False

    def __post_init__(self) -> None:
        _check_count("vocab_size", self.vocab_size, 4)
        _check_count("lstm_units", self.lstm_units, 1)
        if self.embedding_dim is not None:
            _check_count("embedding_dim", self.embedding_dim, 1)
        _check_count("num_layers", self.num_layers, 1)
        if not isinstance(self.tied, bool):
            raise ValueError(f"tied is {self.tied!r}; expected true or false.")
        if self.tied and self.embedding_dim is None:
            raise ValueError(
                "tied is true without an embedding; give embedding_dim, or leave tied out."
            )
        if isinstance(self.dropout, bool) or not isinstance(self.dropout, (int, float)):
            raise ValueError(f"dropout is {self.dropout!r}; expected a number in [0, 1).")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout}; expected a share in [0, 1), such as 0.3.")
        if self.reads not in get_args(Reads):
            raise ValueError(
                f"reads is {self.reads!r}; expected one of {', '.join(get_args(Reads))}."
            )
        if self.reads == "packed":
            if self.sequence_length is not None:
                raise ValueError(
                    f'sequence_length is {self.sequence_length} with reads="packed"; expected '
                    'None, because the state is carried along. Pass None, or use reads="ad".'
                )
        else:
            _check_count("sequence_length", self.sequence_length, 1)

    @property
    def output_dim(self) -> int:
        """Returns the width of what the softmax multiplies."""
        return self.embedding_dim if self.tied and self.embedding_dim else self.lstm_units

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the name and shape of every weight; the gates' order is Keras's: i, f, c, o."""
        units = self.lstm_units
        gates = 4 * units
        shapes: dict[str, tuple[int, ...]] = {}
        if self.embedding_dim is not None:
            shapes["embedding"] = (self.vocab_size, self.embedding_dim)
        for layer, name in enumerate(self.layer_names):
            width = units if layer else self.embedding_dim or self.vocab_size
            shapes[f"{name}.kernel"] = (width, gates)
            shapes[f"{name}.recurrent_kernel"] = (units, gates)
            shapes[f"{name}.bias"] = (gates,)
        if self.output_dim != units:
            shapes["projection.kernel"] = (units, self.output_dim)
        if not self.tied:
            shapes["output.kernel"] = (units, self.vocab_size)
        return shapes | {"output.bias": (self.vocab_size,)}

    @property
    def layer_names(self) -> list[str]:
        """Returns the LSTM layers' names: lstm, lstm_1, lstm_2 ..."""
        return [f"lstm_{layer}" if layer else "lstm" for layer in range(self.num_layers)]


def _check_count(name: str, value: object, smallest: int) -> None:
    """Raises an error unless `value` is a whole number of at least `smallest`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < smallest:
        raise ValueError(f"{name} is {value!r}; expected a whole number of at least {smallest}.")

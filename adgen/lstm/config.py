"""The description of a trained LSTM: its sizes, how it reads text, and the arrays of these sizes.

It knows names and shapes; files are the subject of `directory`, the mathematics of `numpy_lstm`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from adgen.support.fields import check_fields, limited, within
from adgen.support.ranges import SHARES, SIZES, VOCABULARIES, Range, check_number

LAYERS = Range(1, 64)
Reads = Literal["stream", "ad", "packed"]


@dataclass(frozen=True)
class LSTMConfig:
    """The architecture of a trained LSTM, and how it was trained to see text.

    Attributes:
        vocab_size: Tokens in the vocabulary, `<pad>`, `<unk>` and `<eos>` included; 4 to
            16,777,216.
        lstm_units: Units of the LSTM layer, 1 to 65,536.
        embedding_dim: Width of a token's vector, 1 to 65,536; None for the "one-hot" LSTM, which
            has no embedding.
        sequence_length: Tokens in a window, 1 to 65,536; None for "packed", which carries its state
            along instead.
        dropout: Share of the LSTM's outputs dropped in training, from 0 to below 1; without effect
            on generation.
        reads: How the model was trained to see text. "stream": windows of the last
            `sequence_length` tokens of running text, without ad boundaries. "ad": windows of at
            most the last `sequence_length` tokens of the current ad, whose first context token is
            `<eos>`. "packed": whole ads with the state carried along, `<eos>` before each.
        num_layers: LSTM layers on top of each other, 1 to 64.
        tied: Whether the softmax has the embedding's rows for weights (Press and Wolf 2017; Inan et
            al. 2017). Where a state is not as wide as a row, a projection makes it so.

    Example:
        >>> config = LSTMConfig(
        ...     22_500, 128, embedding_dim=64, sequence_length=4, dropout=0.3, reads="ad"
        ... )
        >>> config.weight_shapes()["lstm.kernel"]
        (64, 512)
    """

    vocab_size: int = field(metadata=within(VOCABULARIES))
    lstm_units: int = field(metadata=within(SIZES))
    embedding_dim: int | None = field(metadata=within(SIZES))
    sequence_length: int | None = field(metadata=within(SIZES))
    dropout: float = field(metadata=within(SHARES))
    reads: Reads
    num_layers: int = limited(LAYERS, 1)
    tied: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        if self.tied and self.embedding_dim is None:
            raise ValueError(
                "tied is true without an embedding; give embedding_dim, or leave tied out."
            )
        if self.reads == "packed":
            if self.sequence_length is not None:
                raise ValueError(
                    f'sequence_length is {self.sequence_length} with reads="packed"; expected '
                    'None, because the state is carried along. Pass None, or use reads="ad".'
                )
        else:
            check_number("sequence_length", self.sequence_length, SIZES, is_whole=True)

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

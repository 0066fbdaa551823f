"""The LSTM models as uncompiled Keras models from token ids to next-token probabilities.

`build_lstm` gives the 2022 experiment's two, LSTM -> dropout -> softmax, with or without an
embedding layer; `build_ad_lstm` gives deeper ones over whole ads. The module knows ids and weights,
no text and no training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers

from adgen.lstm.config import LSTMConfig, Reads
from adgen.lstm.training.layers import SequenceLSTM, TokenEmbedding, TokenLSTM, VocabularySoftmax

Tensor = Any


def build_lstm(
    vocab_size: int,
    *,
    sequence_length: int = 4,
    lstm_units: int = 128,
    embedding_dim: int | None = 128,
    dropout: float = 0.3,
    reads: Reads = "stream",
) -> keras.Model:
    """Builds one of the 2022 experiment's two models, uncompiled.

    Args:
        vocab_size: Number of token ids.
        sequence_length: Tokens of context.
        lstm_units: State size.
        embedding_dim: Width of the embedding layer; None for the "one-hot" LSTM, which has none.
        dropout: Share of the LSTM's outputs set to zero in training.
        reads: "stream" (windows of running text, as in 2022) or "ad" (windows of one ad, where
            `<pad>` is no input).

    Returns:
        A model from (batch, sequence_length) ids to (batch, vocab) probabilities.

    Example:
        >>> build_lstm(24_101, embedding_dim=None).count_params()  # as published in 2022
        15514789
    """
    return build_model(
        LSTMConfig(vocab_size, lstm_units, embedding_dim, sequence_length, dropout, reads)
    )


def build_ad_lstm(
    vocab_size: int,
    *,
    embedding_dim: int = 256,
    lstm_units: int = 256,
    num_layers: int = 1,
    tied: bool = True,
    dropout: float = 0.3,
    input_dropout: float = 0.0,
) -> keras.Model:
    """Builds an LSTM over packed rows of whole ads, which predicts at every position, uncompiled.

    Args:
        vocab_size: Number of token ids.
        embedding_dim: Width of a token's vector.
        lstm_units: State size of every layer.
        num_layers: LSTM layers on top of each other.
        tied: Whether the softmax has the embedding's rows for weights, see `LSTMConfig`.
        dropout: Share of every layer's outputs set to zero in training.
        input_dropout: Share of the embedding's outputs set to zero in training.

    Returns:
        A model from (batch, time) ids to (batch, time, vocab) probabilities.

    Example:
        >>> build_ad_lstm(1000, embedding_dim=16, lstm_units=32, num_layers=2).output_shape
        (None, None, 1000)
    """
    config = LSTMConfig(
        vocab_size, lstm_units, embedding_dim, None, dropout, "packed", num_layers, tied
    )
    return build_model(config, input_dropout=input_dropout)


def build_model(
    config: LSTMConfig, *, input_dropout: float = 0.0, policy: str = "float32"
) -> keras.Model:
    """Builds the model of an architecture, uncompiled; see `build_lstm` and `build_ad_lstm`.

    Args:
        config: The architecture.
        input_dropout: Share of the embedding's outputs set to zero in training.
        policy: Keras's dtype policy of the layers between embedding and softmax: "float32" or
            "mixed_bfloat16".
    """
    is_packed = config.reads == "packed"
    mask_padding = config.reads == "ad"
    embedding = None
    inputs = keras.Input((config.sequence_length,), dtype="int32", name="token_ids")
    sequences: Tensor = inputs
    if config.embedding_dim is not None:
        embedding = TokenEmbedding(
            config.vocab_size, config.embedding_dim, mask_zero=mask_padding, name="embedding"
        )
        sequences = layers.Dropout(input_dropout, dtype=policy, name="input_dropout")(
            embedding(inputs)
        )
    for layer, name in enumerate(config.layer_names):
        options: Any = {"return_sequences": is_packed or layer < config.num_layers - 1}
        options |= {"name": name, "dtype": policy}
        if layer:
            sequences = layers.Dropout(config.dropout, dtype=policy, name=f"dropout_{layer}")(
                sequences
            )
        if layer or embedding is not None:
            sequences = SequenceLSTM(config.lstm_units, **options)(sequences)
        else:
            one_hot = TokenLSTM(
                config.lstm_units, config.vocab_size, mask_padding=mask_padding, **options
            )
            sequences = one_hot(inputs)
    if config.output_dim != config.lstm_units:
        projection = layers.Dense(
            config.output_dim, use_bias=False, dtype=policy, name="projection"
        )
        sequences = projection(sequences)
    features = layers.Dropout(config.dropout, name="dropout")(sequences)
    softmax = VocabularySoftmax(
        config.vocab_size, embedding=embedding if config.tied else None, name="output"
    )
    return keras.Model(inputs, softmax(features), name="adgen_lstm")


def model_weights(model: keras.Model) -> dict[str, np.ndarray]:
    """Returns the weights of a model by the names of a model directory, float32.

    `output.kernel` is (units, vocab) there, as in a `Dense` layer.
    """
    weights = {}
    for name, variable in named_variables(model).items():
        array = np.asarray(variable, np.float32)
        weights[name] = np.ascontiguousarray(array.T if name == "output.kernel" else array)
    return weights


def named_variables(model: keras.Model) -> dict[str, keras.Variable]:
    """Returns each variable once, by its name in a model directory."""
    found = {}
    for layer in model.layers:
        for variable in layer.weights:
            if layer.name == "embedding":
                found["embedding"] = variable
            elif variable.name != "embeddings":  # a tied softmax has the embedding's too
                found[f"{layer.name}.{variable.name}"] = variable
    return found


def plain_keras_model(
    weights: Mapping[str, np.ndarray], *, sequence_length: int | None
) -> keras.Model:
    """Builds the 2022 experiment's own form of a trained model, of Keras's own layers alone.

    So plain Keras loads it. With an embedding the input is (batch, sequence_length) ids; without,
    the dense one-hot (batch, sequence_length, vocab) array of the experiment. `sequence_length`
    None: a prediction at every position. `<pad>` (id 0, or a row of zeros) is no input, as for a
    model that reads ads; other models never meet it.
    """
    names = sorted(
        name.removesuffix(".recurrent_kernel") for name in weights if "recurrent" in name
    )
    parts = [
        [weights[f"{name}.{part}"] for part in ("kernel", "recurrent_kernel", "bias")]
        for name in names
    ]
    kernel = weights["output.kernel"] if "output.kernel" in weights else weights["embedding"].T
    model = keras.Sequential(name="adgen_lstm")
    if "embedding" in weights:
        model.add(keras.Input((sequence_length,), dtype="int32"))
        _add(
            model,
            layers.Embedding(*weights["embedding"].shape, mask_zero=True),
            [weights["embedding"]],
        )
    else:
        model.add(keras.Input((sequence_length, kernel.shape[1])))
        model.add(layers.Masking())
    for index, arrays in enumerate(parts):
        is_inner = sequence_length is None or index < len(parts) - 1
        _add(model, layers.LSTM(len(arrays[1]), return_sequences=is_inner), arrays)
    if "projection.kernel" in weights:
        projection = weights["projection.kernel"]
        _add(model, layers.Dense(projection.shape[1], use_bias=False), [projection])
    _add(
        model, layers.Dense(kernel.shape[1], activation="softmax"), [kernel, weights["output.bias"]]
    )
    return model


def _add(model: keras.Sequential, layer: layers.Layer, arrays: list[np.ndarray]) -> None:
    """Adds a layer with these weights."""
    model.add(layer)
    layer.set_weights(arrays)

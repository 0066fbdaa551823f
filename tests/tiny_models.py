"""Small models with random weights, for all tests that read, write or score with one."""

from pathlib import Path

import numpy as np

from adgen.lstm.config import LSTMConfig
from adgen.lstm.directory import save_model_directory
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

TEXTS = [
    "Apple Watch Series 7, 41 mm - Midnight Wi-Fi",
    "Sony TV 55 inch: 4K Ultra HD, Wi-Fi, price $1,299.99!",
    "Samsung Galaxy Watch 4 - 44 mm - Black. Größe: 44 mm – für Sie",
    "Sony headphones: noise cancelling; 30 h; white?",
]


def word_tokenizer():
    return WordTokenizer.fit(TEXTS)


def subword_tokenizer():
    return SubwordTokenizer.fit(TEXTS * 3, vocab_size=300)


def make_config(vocab_size, *, reads="ad", embedding_dim=6, lstm_units=5, **layers_options):
    sequence_length = None if reads == "packed" else 4
    return LSTMConfig(
        vocab_size, lstm_units, embedding_dim, sequence_length, 0.3, reads, **layers_options
    )


def random_weights(config, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    return {
        name: (scale * rng.standard_normal(shape)).astype(np.float32)
        for name, shape in config.weight_shapes().items()
    }


def set_model_weights(model, weights):
    """Puts weights of a model directory into a Keras model of the same architecture."""
    from adgen.lstm.training.models import named_variables

    variables = named_variables(model)
    for name, array in weights.items():
        variables[name].assign(array.T if name == "output.kernel" else array)


def save_tiny_model(
    directory, *, reads="ad", tokenizer=None, embedding_dim=6, seed=0, info=None, **others
) -> Path:
    tokenizer = tokenizer or word_tokenizer()
    config = make_config(tokenizer.vocab_size, reads=reads, embedding_dim=embedding_dim)
    save_model_directory(
        directory,
        config=config,
        weights=random_weights(config, seed),
        tokenizer=tokenizer,
        card="# A tiny model\n",
        info=info or {"seed": seed},
        **others,
    )
    return Path(directory)

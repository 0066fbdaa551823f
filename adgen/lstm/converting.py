"""Makes a model directory of an LSTM that Keras saved, and its vocabulary.

Weights keep their values; rows and columns move to adgen's ids, which begin with `<pad>`, `<unk>`
and `<eos>`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adgen.lstm.directory import LSTM_FOLDER, save_model_directory
from adgen.lstm.keras_h5 import KerasLSTM, read_keras_h5
from adgen.lstm.keras_words import read_keras_words
from adgen.support.arrays import Floats
from adgen.support.files import sha256_of
from adgen.support.folders import check_output_dir
from adgen.tokens.base import PAD, PAD_ID, SPECIAL_TOKENS
from adgen.tokens.word_tokenizer import WordTokenizer

# Below the least likely word's bias by so much is what the old model could not give at all.
_BELOW = 30.0


@dataclass(frozen=True)
class Converted:
    """What was made of an old model.

    Attributes:
        num_words: Words of the model.
        num_left_out: Words of the vocabulary that the model has no id for.
        vocabulary: What the vocabulary's file is, in words.
        keras_version: The Keras that wrote the model.
    """

    num_words: int
    num_left_out: int
    vocabulary: str
    keras_version: str


def convert_keras_h5(
    path: str | Path,
    vocabulary: str | Path,
    output_dir: str | Path,
    *,
    sequence_length: int | None = None,
) -> Converted:
    """Writes a model directory from an `.h5` of Keras.

    It gives every word the probability that the old model gave it. A prompt shorter than the
    window is read as it is, without the padding that Keras put before it; words that the model does
    not know are read as nothing, unless it has a token for them.

    Args:
        path: The model, as for `read_keras_h5`.
        vocabulary: Its words, as for `read_keras_words`.
        output_dir: Where to write, as for `save_model_directory`.
        sequence_length: As for `read_keras_h5`.

    Returns:
        What was made.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: A file is not what is expected, the vocabulary is not the model's, or
            something else is in `output_dir`.
        ImportError: The extra `lstm` is missing.
    """
    read = {"the old model": path, "the vocabulary": vocabulary}
    check_output_dir(output_dir, LSTM_FOLDER, apart_from=read)
    words = read_keras_words(vocabulary)
    old = read_keras_h5(path, sequence_length=sequence_length)
    word_of_id = words.of_ids(old.config.vocab_size, str(vocabulary))
    places = _places(word_of_id)
    tokens = [*SPECIAL_TOKENS, *(w for w in word_of_id.values() if w not in SPECIAL_TOKENS)]
    source = np.array([places.get(token, -1) for token in tokens])
    kind = "a word index" if words.filters is None else "a Keras Tokenizer"
    name = Path(output_dir).resolve().name
    save_model_directory(
        output_dir,
        config=replace(old.config, vocab_size=len(tokens)),
        weights=_moved(old, source),
        tokenizer=WordTokenizer.of_tokens(tokens, lower=words.lower, filters=words.filters),
        card=_card(name, Path(path), old, len(tokens) - len(SPECIAL_TOKENS)),
        info={
            "name": name,
            "converted": {
                "file": Path(path).name,
                "sha256": sha256_of(path),
                "keras": old.keras_version,
            },
        },
    )
    num_left_out = sum(number >= old.config.vocab_size for number in words.index.values())
    return Converted(
        len(tokens) - len(SPECIAL_TOKENS),
        num_left_out,
        f"{kind}, {'lower case' if words.lower else 'case kept'}",
        old.keras_version,
    )


def _places(word_of_id: dict[int, str]) -> dict[str, int]:
    """Returns the old id of each token; an id 0 without a word is what Keras pads with."""
    places = {word: number for number, word in word_of_id.items()}
    if PAD_ID not in word_of_id:
        places.setdefault(PAD, PAD_ID)
    return places


def _moved(old: KerasLSTM, source: NDArray[np.int64]) -> dict[str, Floats]:
    """Returns the weights by adgen's ids.

    Args:
        old: The old model.
        source: (vocab,) the old id of each token; -1 for tokens that the old model had not.
    """
    weights = dict(old.weights)
    is_new = source < 0
    first = "lstm.kernel" if old.config.embedding_dim is None else "embedding"
    weights[first] = np.where(is_new[:, np.newaxis], np.float32(0), weights[first][source])
    weights["output.kernel"] = np.where(is_new, np.float32(0), weights["output.kernel"][:, source])
    bias = weights["output.bias"]
    weights["output.bias"] = np.where(is_new, bias.min() - np.float32(_BELOW), bias[source])
    return weights


def _card(name: str, path: Path, old: KerasLSTM, num_words: int) -> str:
    config = old.config
    return f"""# {name}

A language model of shopping ads, converted from `{path.name}` of Keras {old.keras_version}.

- Model: LSTM, {config.lstm_units} units, vocabulary of {num_words:,} words; reads "{config.reads}",
  {config.sequence_length} words at a time.
- Its training is not known; no figures were measured.

## Use

```python
from adgen import AdGenerator

generator = AdGenerator.from_pretrained("path/to/this/directory")
print(generator.generate("Sony TV", num_ads=3, seed=0)[0][0].text)
```

Limits: the model knows words, not products. It invents model numbers and features; check every ad
against the product before you publish it.
"""

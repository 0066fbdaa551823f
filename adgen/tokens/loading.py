"""A tokenizer's file to the tokenizer, of whichever kind it is.

The module knows the kinds, not what their tokens mean.
"""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer, models

from adgen.support.files import check_plain_file
from adgen.tokens.base import SPECIAL_TOKENS
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer


def load_tokenizer(path: str | Path) -> WordTokenizer | SubwordTokenizer:
    """Reads a `tokenizer.json` that a tokenizer's `save` wrote.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no tokenizer, or its special tokens are not adgen's.
    """
    path = Path(path)
    if not path.exists() or path.is_dir():
        raise FileNotFoundError(
            f"No tokenizer at {path}. A model directory holds one as tokenizer.json."
        )
    check_plain_file(path)
    try:
        backend = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for every kind of damage
        raise ValueError(
            f"{path} is not a tokenizer file ({error}). Train or copy the model again."
        ) from None
    if [backend.id_to_token(i) for i in range(3)] != list(SPECIAL_TOKENS):
        raise ValueError(
            f"{path} does not begin with the tokens {', '.join(SPECIAL_TOKENS)}; "
            "adgen did not write it."
        )
    is_word = isinstance(backend.model, models.WordLevel)
    return WordTokenizer(backend) if is_word else SubwordTokenizer(backend)

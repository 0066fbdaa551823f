"""A model's tokenizer without transformers: texts to token ids and back.

It reads the `tokenizer.json` of a folder; special tokens' names in a text are text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from adgen.support.json_files import read_json_dict

_ANEW = "Copy or train the model again."


class Vocabulary:
    """Encodes prompts and pieces of ads.

    Args:
        tokenizer: A byte-level tokenizer.
        start_id: The token before every text.
        end_id: The token that ends an ad.
    """

    def __init__(self, tokenizer: Tokenizer, start_id: int, end_id: int) -> None:
        self._tokenizer = tokenizer
        # As in training: the name of a special token is text like any other.
        self._tokenizer.encode_special_tokens = True
        self.start_id, self.end_id = start_id, end_id

    @classmethod
    def from_folder(cls, folder: Path) -> Vocabulary:
        """Reads a model's folder.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        config = read_json_dict(folder / "config.json", _ANEW)
        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"{folder}/tokenizer.json cannot be read. {_ANEW}") from error
        end = config.get("eos_token_id")
        start = config.get("bos_token_id", end)
        if not isinstance(end, int) or not isinstance(start, int):
            raise ValueError(
                f"{folder}/config.json has eos_token_id {end!r} and bos_token_id {start!r}; "
                f"expected whole numbers. {_ANEW}"
            )
        return cls(tokenizer, start, end)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Returns the token ids of each text, nothing added."""
        return [one.ids for one in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def decode(self, token_ids: Sequence[int]) -> str:
        """Returns the text of token ids, special ones left out."""
        text: str = self._tokenizer.decode(list(token_ids), skip_special_tokens=True)
        return text

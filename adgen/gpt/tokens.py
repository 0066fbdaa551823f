"""The tokenizer of a transformers model as one of adgen's: ads to ids, ids to text, an ad's end.

It knows text and ids, not models. A special token's name in an ad, such as `<|endoftext|>`, is
text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from adgen.tokens.byte_level import token_bytes
from adgen.tokens.words import word_numbers

if TYPE_CHECKING:
    from transformers import BatchEncoding, PreTrainedTokenizerFast

_BLOCK_ADS = 8192


class GPTTokenizer:
    """Gives a fast byte-level tokenizer of transformers the interface of `AdTokenizer`.

    Args:
        tokenizer: From `AutoTokenizer`; it is not changed.
        end: What ends an ad: None for the end-of-text token, else a text that is one token, such as
            a line's end.

    Raises:
        ValueError: There is no end-of-text token, or `end` is several tokens.

    Attributes:
        eos_id: The token that ends an ad.
        start_id: The token that begins a text.
        special_ids: Tokens that are no text, `eos_id` left out; they are never written.
    """

    kind = "gpt"

    def __init__(self, tokenizer: PreTrainedTokenizerFast, *, end: str | None = None) -> None:
        self.inner = tokenizer
        if tokenizer.eos_token_id is None:
            raise ValueError(
                "The tokenizer has no end-of-text token. Give a model that ends its texts."
            )
        self.start_id = int(tokenizer.eos_token_id)
        if tokenizer.bos_token_id is not None:
            self.start_id = int(tokenizer.bos_token_id)
        end_ids = [int(tokenizer.eos_token_id)] if end is None else self.encode(end)
        if len(end_ids) != 1:
            raise ValueError(
                f"The end of an ad, {end!r}, is {len(end_ids)} tokens to the model; expected one."
            )
        self.eos_id = end_ids[0]
        self.special_ids = tuple(
            sorted({int(i) for i in tokenizer.all_special_ids} - {self.eos_id})
        )
        self.pad_id = self.unk_id = self.start_id  # no ad needs them: bytes spell everything

    @property
    def vocab_size(self) -> int:
        """Counts the token ids."""
        return len(self.inner)

    @property
    def fingerprint(self) -> str:
        """Returns 16 hexadecimal digits that differ when any token or merge does."""
        state = self.inner.backend_tokenizer.to_str()
        return hashlib.sha256(state.encode()).hexdigest()[:16]

    @cached_property
    def token_bytes(self) -> Sequence[bytes]:
        """Returns the bytes of each token, of special ones and of an ad's end none."""
        tokens = self.inner.convert_ids_to_tokens(list(range(self.vocab_size)))
        special = {*self.special_ids, self.eos_id}
        return [b"" if i in special else token_bytes(token) for i, token in enumerate(tokens)]

    def encode(self, text: str) -> list[int]:
        """Returns token ids of one text, without its end."""
        token_ids: list[int] = self._encode(text)["input_ids"]
        return token_ids

    def encode_words(self, text: str) -> tuple[list[int], list[int]]:
        """Returns token ids of one text, and the number of the word that each is a part of."""
        found = self._encode(text, has_offsets=True)
        starts = [start for start, _ in found["offset_mapping"]]
        return found["input_ids"], word_numbers(text, starts)

    def encode_ads(self, ads: Sequence[str], *, end_of_ad: bool = True) -> NDArray[np.int32]:
        """Returns token ids (num_tokens,) of many ads, each with its end unless told otherwise."""
        ids, lengths = self.encode_lengths(ads)
        return ids if end_of_ad else np.delete(ids, lengths.cumsum() - 1)

    def encode_lengths(self, ads: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Returns token ids of many ads, each with its end, and the number of tokens of each.

        Returns:
            (num_tokens,) token ids and (num_ads,) lengths.
        """
        pieces, lengths = [np.zeros(0, np.int32)], [0]
        # In blocks, so that memory does not grow with the corpus.
        for start in range(0, len(ads), _BLOCK_ADS):
            rows = self._encode(list(ads[start : start + _BLOCK_ADS]))["input_ids"]
            lengths += [len(row) + 1 for row in rows]
            pieces.append(np.array([i for row in rows for i in (*row, self.eos_id)], np.int32))
        return np.concatenate(pieces), np.array(lengths[1:], np.int64)

    def decode(self, token_ids: Iterable[int]) -> str:
        """Returns the text of token ids, special tokens and the ad's end left out."""
        left_out = {*self.special_ids, self.eos_id}
        kept = [int(i) for i in token_ids if i not in left_out]
        return cast(str, self.inner.decode(kept, clean_up_tokenization_spaces=False))

    def normalize(self, text: str) -> str:
        """Returns the text itself: bytes keep everything."""
        return text

    def token(self, token_id: int) -> str:
        """Returns the token behind an id, as it stands in the vocabulary."""
        return cast(str, self.inner.convert_ids_to_tokens(int(token_id)))

    def save(self, path: str | Path) -> None:
        """Writes the tokenizer's files into the folder of `path`."""
        self.inner.save_pretrained(str(Path(path).parent))

    def _encode(self, text: str | list[str], *, has_offsets: bool = False) -> BatchEncoding:
        # Not verbose: an ad longer than the context is scored in pieces, nothing to warn of.
        return self.inner(
            text,
            add_special_tokens=False,
            split_special_tokens=True,
            verbose=False,
            return_offsets_mapping=has_offsets,
        )

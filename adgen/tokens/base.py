"""The interface that all tokenizers share, the ids of the special tokens, and their file.

Each wraps a model of Hugging Face's `tokenizers` and is saved as one `tokenizer.json`. Tokenizers
know text and ids, nothing of ads, splits or models: fit them on the training split alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from numbers import Integral
from pathlib import Path
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer

from adgen.support.files import replace_when_done
from adgen.support.given import a_path, a_switch, an_object, is_many, kind_of, texts, whole_text
from adgen.tokens.words import word_numbers

PAD, UNK, EOS = "<pad>", "<unk>", "<eos>"
SPECIAL_TOKENS = (PAD, UNK, EOS)
PAD_ID, UNK_ID, EOS_ID = range(3)
_BLOCK = 8192  # ads encoded at once, so that memory does not grow with the corpus


class AdTokenizer(Protocol):
    """Names what batches, models and generation need of a tokenizer."""

    kind: str
    pad_id: int
    unk_id: int
    eos_id: int

    @property
    def special_ids(self) -> Sequence[int]: ...  # noqa: D102

    @property
    def vocab_size(self) -> int: ...  # noqa: D102

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    @property
    def token_bytes(self) -> Sequence[bytes]: ...  # noqa: D102
    def encode(self, text: str) -> list[int]: ...  # noqa: D102
    def encode_words(self, text: str) -> tuple[list[int], list[int]]: ...  # noqa: D102
    def encode_ads(  # noqa: D102
        self, ads: Sequence[str], *, end_of_ad: bool = True
    ) -> np.ndarray: ...
    def decode(self, token_ids: Iterable[int]) -> str: ...  # noqa: D102
    def normalize(self, text: str) -> str: ...  # noqa: D102
    def token(self, token_id: int) -> str: ...  # noqa: D102
    def save(self, path: str | Path) -> None: ...  # noqa: D102


class TokenizerBase:
    """Gives a `tokenizers.Tokenizer` adgen's ids, its encoding of many ads and its file."""

    kind: str
    pad_id, unk_id, eos_id = PAD_ID, UNK_ID, EOS_ID
    special_ids = (PAD_ID, UNK_ID)  # what is never written

    def __init__(self, backend: Tokenizer) -> None:
        self._backend = an_object("backend", backend, Tokenizer)
        vocabulary = backend.get_vocab()
        self._tokens = sorted(vocabulary, key=vocabulary.__getitem__)

    @property
    def vocab_size(self) -> int:
        """Returns the number of token ids, the three special ones included."""
        return len(self._tokens)

    @property
    def backend(self) -> Tokenizer:
        """Returns the tokenizer of Hugging Face's library."""
        return self._backend

    @property
    def fingerprint(self) -> str:
        """Returns 16 hexadecimal digits that differ when any token or merge does.

        They are the same on every machine.
        """
        state = json.loads(self._backend.to_str())["model"]
        merges = state.get("merges", [])
        content = json.dumps([self.kind, self._tokens, merges], ensure_ascii=True)
        return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]

    def token(self, token_id: int) -> str:
        """Returns the token behind an id, as it stands in the vocabulary.

        Raises:
            ValueError: There is no such id.
        """
        return self._tokens[self._known([token_id])[0]]

    def _known(self, token_ids: Iterable[int]) -> list[int]:
        """Returns token ids as a list; raises ValueError where one of them is none."""
        if not is_many(token_ids):
            raise ValueError(f"token_ids is {kind_of(token_ids)}; expected a list of token ids.")
        known = list(token_ids)
        num_tokens = len(self._tokens)
        for given in known:
            if type(given) is int and 0 <= given < num_tokens:
                continue  # an `isinstance` of an abstract class takes ten times as long
            if not (isinstance(given, Integral) and 0 <= given < num_tokens):
                raise ValueError(
                    f"{kind_of(given)} is no token id; expected 0 to {num_tokens - 1:,}."
                )
        return known

    @property
    def token_bytes(self) -> Sequence[bytes]:
        """Returns what each token adds directly to the text before it, of special tokens nothing.

        Empty where tokens are words: a space or a rule sets them apart.
        """
        return ()

    def encode(self, text: str) -> list[int]:
        """Returns the token ids of one text, without `<eos>`."""
        return self._backend.encode(whole_text("text", text)).ids

    def encode_words(self, text: str) -> tuple[list[int], list[int]]:
        """Returns the token ids of one text, and the number of the word that each is a part of.

        White space separates these words, whatever the tokenizer.

        Example:
            >>> from adgen import WordTokenizer
            >>> WordTokenizer.fit(["Wi-Fi TV"]).encode_words("Wi-Fi TV")[1]
            [0, 0, 0, 1]
        """
        encoding = self._backend.encode(whole_text("text", text))
        return encoding.ids, word_numbers(text, [start for start, _ in encoding.offsets])

    def encode_ads(self, ads: Sequence[str], *, end_of_ad: bool = True) -> np.ndarray:
        """Returns the token ids of many ads, one after the other.

        Args:
            ads: The texts.
            end_of_ad: Whether `<eos>` follows every ad.

        Returns:
            int32 array (num_tokens,).
        """
        pieces: list[np.ndarray] = []
        tail = [self.eos_id] if a_switch("end_of_ad", end_of_ad) else []
        ads = list(texts("ads", ads))
        for start in range(0, len(ads), _BLOCK):
            encodings = self._backend.encode_batch(ads[start : start + _BLOCK])
            pieces.append(np.array([i for e in encodings for i in (*e.ids, *tail)], np.int32))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int32)

    def save(self, path: str | Path) -> None:
        """Writes `tokenizer.json`, which holds everything that `load_tokenizer` needs."""
        with replace_when_done(a_path("path", path)) as temporary_path:
            self._backend.save(str(temporary_path))

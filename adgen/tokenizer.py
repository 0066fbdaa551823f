"""Text to token ids and back: words by the 2022 experiment's rules, or lossless sub-words.

Both tokenizers are Hugging Face `tokenizers` models with one interface, and are saved as one `tokenizer.json`.
They know text and ids, nothing of ads, splits or models: fit them on the training split alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from adgen.files import replace_when_done
from adgen.words import (
    REMOVED_PUNCTUATION,
    SEPARATED_PUNCTUATION,
    count_words,
    join_words,
    split_words,
    word_numbers,
)

PAD, UNK, EOS = "<pad>", "<unk>", "<eos>"
SPECIAL_TOKENS = (PAD, UNK, EOS)
PAD_ID, UNK_ID, EOS_ID = range(3)
_SPACE = "\u0120"  # as byte-level vocabularies write it


class AdTokenizer(Protocol):
    """What batches, models and generation need of a tokenizer."""

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
    def word_parts(self) -> np.ndarray: ...  # noqa: D102
    def encode(self, text: str) -> list[int]: ...  # noqa: D102
    def encode_words(self, text: str) -> tuple[list[int], list[int]]: ...  # noqa: D102
    def encode_ads(self, ads: Sequence[str], *, end_of_ad: bool = True) -> np.ndarray: ...  # noqa: D102
    def decode(self, token_ids: Iterable[int]) -> str: ...  # noqa: D102
    def normalize(self, text: str) -> str: ...  # noqa: D102
    def token(self, token_id: int) -> str: ...  # noqa: D102
    def save(self, path: str | Path) -> None: ...  # noqa: D102


class _TokenizerBase:
    """What the two tokenizers share: ids, saving, and batch encoding on a `tokenizers.Tokenizer`."""

    kind: str
    pad_id, unk_id, eos_id = PAD_ID, UNK_ID, EOS_ID
    special_ids = (PAD_ID, UNK_ID)  # what is never written

    def __init__(self, backend: Tokenizer) -> None:
        self._backend = backend
        vocabulary = backend.get_vocab()
        self._tokens = sorted(vocabulary, key=vocabulary.__getitem__)

    @property
    def vocab_size(self) -> int:
        """Number of token ids, the three special ones included."""
        return len(self._tokens)

    @property
    def backend(self) -> Tokenizer:
        """The tokenizer of Hugging Face's library."""
        return self._backend

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that differ when any token or merge does; the same on every machine."""
        state = json.loads(self._backend.to_str())["model"]
        merges = state.get("merges", [])
        content = json.dumps([self.kind, self._tokens, merges], ensure_ascii=True)
        return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]

    def token(self, token_id: int) -> str:
        """The token behind an id, as it stands in the vocabulary."""
        return self._tokens[token_id]

    @property
    def word_parts(self) -> np.ndarray:
        """Ids of the tokens that make a word longer when they follow it, int64; none where tokens are words."""
        return np.zeros(0, np.int64)

    def encode(self, text: str) -> list[int]:
        """Token ids of one text, without `<eos>`."""
        return self._backend.encode(text).ids

    def encode_words(self, text: str) -> tuple[list[int], list[int]]:
        """Token ids of one text, and for each the number of the white-space separated word that it is a part of.

        Example:
            >>> WordTokenizer.fit(["Wi-Fi TV"]).encode_words("Wi-Fi TV")[1]
            [0, 0, 0, 1]
        """
        encoding = self._backend.encode(text)
        return encoding.ids, word_numbers(text, [start for start, _ in encoding.offsets])

    def encode_ads(self, ads: Sequence[str], *, end_of_ad: bool = True) -> np.ndarray:
        """Token ids of many ads, one after the other.

        Args:
            ads: The texts.
            end_of_ad: Whether `<eos>` follows every ad.

        Returns:
            int32 array (num_tokens,).
        """
        pieces: list[np.ndarray] = []
        tail = [self.eos_id] if end_of_ad else []
        for start in range(0, len(ads), 8192):  # blocks, so that memory does not grow with the corpus
            encodings = self._backend.encode_batch(list(ads[start : start + 8192]))
            pieces.append(np.array([i for e in encodings for i in (*e.ids, *tail)], np.int32))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int32)

    def save(self, path: str | Path) -> None:
        """Write `tokenizer.json`, which holds everything that `load_tokenizer` needs."""
        with replace_when_done(path) as temporary_path:
            self._backend.save(str(temporary_path))


class WordTokenizer(_TokenizerBase):
    """Words, with punctuation removed and set apart as in the 2022 experiment.

    The characters `"()_` are removed; each of `!?.,:-;` is a word of its own; the rest is split at white space.
    Ids: 0 `<pad>`, 1 `<unk>`, 2 `<eos>`, then words by falling count, equal counts by spelling. `decode` puts the
    punctuation back by rule, since the words do not say where the spaces were.

    Example:
        >>> tokenizer = WordTokenizer.fit(["Sony TV, 44 mm", "Sony TV"])
        >>> tokenizer.decode(tokenizer.encode("Sony TV, 44 mm"))
        'Sony TV, 44 mm'
    """

    kind = "word"

    @classmethod
    def fit(cls, texts: Iterable[str], *, min_count: int = 1) -> WordTokenizer:
        """Make the vocabulary of `texts`.

        Args:
            texts: The training split's texts.
            min_count: Words that occur fewer times become `<unk>`, so that training sees the unknown word.

        Raises:
            ValueError: No word reaches `min_count`.
        """
        return cls.from_word_counts(count_words(texts), min_count=min_count)

    @classmethod
    def from_word_counts(cls, word_counts: Mapping[str, int], *, min_count: int = 1) -> WordTokenizer:
        """Make the tokenizer from `count_words` of the training split."""
        kept = sorted(
            (word for word, count in word_counts.items() if count >= min_count),
            key=lambda word: (-word_counts[word], word),
        )
        if not kept:
            raise ValueError(
                f"None of the {len(word_counts):,} distinct words occurs {min_count} times, so the vocabulary "
                "would be empty. Give more text or a smaller min_count."
            )
        vocabulary = {token: index for index, token in enumerate((*SPECIAL_TOKENS, *kept))}
        backend = Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
        backend.normalizer = normalizers.Sequence(
            [
                normalizers.Replace(Regex(f"[{REMOVED_PUNCTUATION}]"), ""),
                # White space to Python, but not to the pre-tokenizer.
                normalizers.Replace(Regex("[\\x1c-\\x1f]"), " "),
                *(normalizers.Replace(Regex(f"<+{name}>+"), name) for name in ("pad", "unk", "eos")),
            ]
        )
        separated = Regex("[" + re.escape(SEPARATED_PUNCTUATION) + "]")
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(separated, "isolated")]
        )
        return cls(backend)

    def decode(self, token_ids: Iterable[int]) -> str:
        """The text of token ids: `<pad>` and `<eos>` left out, punctuation put back."""
        return join_words([self._tokens[i] for i in token_ids if i not in (PAD_ID, EOS_ID)])

    def normalize(self, text: str) -> str:
        """The text that the words of `text` stand for; it differs in removed punctuation and spaces."""
        return join_words(split_words(text))


class SubwordTokenizer(_TokenizerBase):
    """Byte-level byte-pair encoding: every string survives encode and decode unchanged.

    Ids: 0 `<pad>`, 1 `<unk>` (never needed, kept so that the ids mean the same everywhere), 2 `<eos>`, the 256
    bytes, then merges in the order they were learned, that is by falling pair count.

    Source: Sennrich et al. 2016 (aclanthology.org/P16-1162); bytes as in Radford et al. 2019.

    Example:
        >>> tokenizer = SubwordTokenizer.fit(["Sony TV (44 mm)"] * 2, vocab_size=270)
        >>> tokenizer.decode(tokenizer.encode("Größe: 44 mm"))
        'Größe: 44 mm'
    """

    kind = "subword"

    @classmethod
    def fit(cls, texts: Iterable[str], *, vocab_size: int = 4096) -> SubwordTokenizer:
        """Learn merges from `texts` until there are `vocab_size` tokens, or no pair occurs twice.

        Raises:
            ValueError: `vocab_size` has no room for the 256 bytes and the special tokens.
        """
        smallest = 256 + len(SPECIAL_TOKENS)
        if vocab_size < smallest:
            raise ValueError(
                f"A vocabulary of {vocab_size} is too small; bytes and special tokens are {smallest}. Give more."
            )
        backend = Tokenizer(models.BPE())
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=2,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        backend.train_from_iterator(texts, trainer)
        return cls(_without_added_tokens(backend))

    def decode(self, token_ids: Iterable[int]) -> str:
        """The text of token ids, special tokens left out."""
        return self._backend.decode([i for i in token_ids if i > EOS_ID], skip_special_tokens=False)

    @cached_property
    def word_parts(self) -> np.ndarray:
        """Ids of the tokens that make a word longer when they follow it, int64: they begin with a letter or digit."""
        # Most begin with a space, or with a character that stands for itself; decoding all of them takes a while.
        first = [
            token[0] if token[0] == _SPACE or token[0].isascii() else self.decode([token_id])[0]
            for token_id, token in enumerate(self._tokens)
        ]
        # A part of a character may be a part of a letter.
        is_part = [
            character != _SPACE and (character.isalnum() or character == "\ufffd") for character in first
        ]
        is_part[: EOS_ID + 1] = [False] * (EOS_ID + 1)
        return np.flatnonzero(is_part)

    def normalize(self, text: str) -> str:
        """The text itself: sub-words keep everything."""
        return text


def _without_added_tokens(backend: Tokenizer) -> Tokenizer:
    """A copy whose special tokens are plain vocabulary entries, so that '<eos>' in a text stays text."""
    state = json.loads(backend.to_str())["model"]
    merges = [tuple(merge) for merge in state["merges"]]
    copy = Tokenizer(models.BPE(vocab=state["vocab"], merges=merges))
    copy.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    copy.decoder = decoders.ByteLevel()
    return copy


def load_tokenizer(path: str | Path) -> WordTokenizer | SubwordTokenizer:
    """Read a `tokenizer.json` written by `save`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no tokenizer, or its special tokens are not adgen's.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"No tokenizer at {path}. A model directory holds one as tokenizer.json.")
    try:
        backend = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for every kind of damage
        raise ValueError(
            f"{path} is not a tokenizer file ({error}). Train or copy the model again."
        ) from None
    if [backend.id_to_token(i) for i in range(3)] != list(SPECIAL_TOKENS):
        raise ValueError(
            f"{path} does not begin with the tokens {', '.join(SPECIAL_TOKENS)}; adgen did not write it."
        )
    is_word = isinstance(backend.model, models.WordLevel)
    return WordTokenizer(backend) if is_word else SubwordTokenizer(backend)

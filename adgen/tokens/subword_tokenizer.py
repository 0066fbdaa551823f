"""A tokenizer of sub-words that loses nothing, for whole corpora. It knows text and ids alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from adgen.support.given import a_text
from adgen.support.given import texts as checked_texts
from adgen.support.ranges import SUBWORD_VOCABULARIES, check_number
from adgen.tokens.base import EOS_ID, SPECIAL_TOKENS, TokenizerBase
from adgen.tokens.byte_level import token_bytes


class SubwordTokenizer(TokenizerBase):
    """Encodes text as byte-level byte pairs: every string comes back from its ids unchanged.

    Ids: 0 `<pad>`, 1 `<unk>` (never needed, kept so that the ids mean the same everywhere), 2
    `<eos>`, the 256 bytes, then merges in the order they were learned, that is by falling pair
    count.

    Source:
        Sennrich et al. 2016 (aclanthology.org/P16-1162); bytes as in Radford et al. 2019.

    Example:
        >>> tokenizer = SubwordTokenizer.fit(["Sony TV (44 mm)"] * 2, vocab_size=270)
        >>> tokenizer.decode(tokenizer.encode("Größe: 44 mm"))
        'Größe: 44 mm'
    """

    kind = "subword"

    @classmethod
    def fit(cls, texts: Iterable[str], *, vocab_size: int = 4096) -> SubwordTokenizer:
        """Learns merges from `texts` until there are `vocab_size` tokens, or no pair occurs twice.

        Raises:
            ValueError: `vocab_size` is not 259 to 65,536; the bytes and special tokens are 259.
        """
        check_number("vocab_size", vocab_size, SUBWORD_VOCABULARIES, is_whole=True)
        backend = Tokenizer(models.BPE())
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=2,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        backend.train_from_iterator(checked_texts("texts", texts), trainer)
        return cls(_without_added_tokens(backend))

    def decode(self, token_ids: Iterable[int]) -> str:
        """Returns the text of token ids, special tokens left out."""
        written = [i for i in self._known(token_ids) if i > EOS_ID]
        return self._backend.decode(written, skip_special_tokens=False)

    @cached_property
    def token_bytes(self) -> Sequence[bytes]:
        """Returns the bytes of each token, of special ones none."""
        text = self._tokens[EOS_ID + 1 :]
        return [b""] * (EOS_ID + 1) + [token_bytes(token) for token in text]

    def normalize(self, text: str) -> str:
        """Returns the text itself: sub-words keep everything."""
        return a_text("text", text)


def _without_added_tokens(backend: Tokenizer) -> Tokenizer:
    """Returns a copy with special tokens as plain entries, so that '<eos>' in a text stays text."""
    state = json.loads(backend.to_str())["model"]
    merges = [tuple(merge) for merge in state["merges"]]
    copy = Tokenizer(models.BPE(vocab=state["vocab"], merges=merges))
    copy.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    copy.decoder = decoders.ByteLevel()
    return copy

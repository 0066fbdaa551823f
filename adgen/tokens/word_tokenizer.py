"""A tokenizer of whole words, by the 2022 experiment's rules. It knows text and ids alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from adgen.support.given import a_text, an_object, kind_of
from adgen.support.given import texts as checked_texts
from adgen.tokens.base import EOS_ID, PAD_ID, SPECIAL_TOKENS, UNK, TokenizerBase
from adgen.tokens.words import (
    REMOVED_PUNCTUATION,
    SEPARATED_PUNCTUATION,
    count_words,
    join_words,
    split_words,
)


class WordTokenizer(TokenizerBase):
    """Encodes words, with punctuation removed and set apart as in the 2022 experiment.

    The characters `"()_` are removed; each of `!?.,:-;` is a word of its own; the rest is split at
    white space.
    Ids: 0 `<pad>`, 1 `<unk>`, 2 `<eos>`, then words by falling count, equal counts by spelling.
    `decode` puts the punctuation back by rule, since the words do not say where the spaces were.

    Example:
        >>> tokenizer = WordTokenizer.fit(["Sony TV, 44 mm", "Sony TV"])
        >>> tokenizer.decode(tokenizer.encode("Sony TV, 44 mm"))
        'Sony TV, 44 mm'
    """

    kind = "word"

    @classmethod
    def fit(cls, texts: Iterable[str], *, min_count: int = 1) -> WordTokenizer:
        """Makes the vocabulary of `texts`.

        Args:
            texts: The training split's texts.
            min_count: Words that occur fewer times become `<unk>`, so that training sees the
                unknown word.

        Raises:
            ValueError: No word reaches `min_count`.
        """
        return cls.from_word_counts(count_words(checked_texts("texts", texts)), min_count=min_count)

    @classmethod
    def from_word_counts(
        cls, word_counts: Mapping[str, int], *, min_count: int = 1
    ) -> WordTokenizer:
        """Makes the tokenizer from `count_words` of the training split.

        Raises:
            ValueError: No word reaches `min_count`, or something is no count.
        """
        if not isinstance(word_counts, Mapping):
            raise ValueError(f"word_counts is {kind_of(word_counts)}; expected counts by word.")
        for word, count in word_counts.items():
            a_text("A key of word_counts", word)
            if not isinstance(count, Integral):
                raise ValueError(f"word_counts[{word!r}] is {kind_of(count)}; expected a count.")
        if not isinstance(min_count, Integral) or isinstance(min_count, bool):
            raise ValueError(f"min_count is {kind_of(min_count)}; expected a whole number.")
        kept = sorted(
            (word for word, count in word_counts.items() if count >= min_count),
            key=lambda word: (-word_counts[word], word),
        )
        if not kept:
            raise ValueError(
                f"None of the {len(word_counts):,} distinct words occurs {min_count} times, so the "
                "vocabulary would be empty. Give more text or a smaller min_count."
            )
        return cls.of_tokens([*SPECIAL_TOKENS, *kept])

    @classmethod
    def of_tokens(
        cls, tokens: Sequence[str], *, lower: bool = False, filters: str | None = None
    ) -> WordTokenizer:
        """Make the tokenizer of a vocabulary.

        Args:
            tokens: In the order of their ids, the special ones first.
            lower: Whether texts are put into lower case first.
            filters: Characters that are taken for spaces, with no other rule, as by the Tokenizer
                of Keras; None keeps the rules of the class.

        Example:
            >>> tokens = [*SPECIAL_TOKENS, "wi", "fi"]
            >>> WordTokenizer.of_tokens(tokens, lower=True, filters="-").encode("Wi-Fi")
            [3, 4]
        """
        tokens = list(checked_texts("tokens", tokens))
        an_object("lower", lower, bool)
        if filters is not None:
            a_text("filters", filters)
        backend = Tokenizer(
            models.WordLevel({token: index for index, token in enumerate(tokens)}, unk_token=UNK)
        )
        spaces = "".join(filters or "").translate(dict.fromkeys(map(ord, "\t\n\r "), None))
        backend.normalizer = normalizers.Sequence(
            [
                *([normalizers.Lowercase()] if lower else []),
                *([normalizers.Replace(Regex(f"[{re.escape(spaces)}]"), " ")] if spaces else []),
                *(
                    [normalizers.Replace(Regex(f"[{REMOVED_PUNCTUATION}]"), "")]
                    if filters is None
                    else []
                ),
                # White space to Python, but not to the pre-tokenizer.
                normalizers.Replace(Regex("[\\x1c-\\x1f]"), " "),
                *(
                    normalizers.Replace(Regex(f"<+{name}>+"), name)
                    for name in ("pad", "unk", "eos")
                ),
            ]
        )
        separated = Regex("[" + re.escape(SEPARATED_PUNCTUATION) + "]")
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.WhitespaceSplit(),
                *([pre_tokenizers.Split(separated, "isolated")] if filters is None else []),
            ]
        )
        return cls(backend)

    def decode(self, token_ids: Iterable[int]) -> str:
        """Returns the text of token ids: `<pad>` and `<eos>` left out, punctuation put back."""
        known = self._known(token_ids)
        return join_words([self._tokens[i] for i in known if i not in (PAD_ID, EOS_ID)])

    def normalize(self, text: str) -> str:
        """Returns the text that the words of `text` stand for.

        It differs in removed punctuation and spaces.
        """
        return join_words(split_words(a_text("text", text)))

"""Capitals that a prompt lacks: "sony tv" becomes "Sony TV" for a model that knows it only so.

Ads have capitals, and to a model the same word in lower case is another one, with which hardly any
ad begins. So the model itself is asked how it expects each word to be written. The module knows
tokens and probabilities, no ads and no language.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from adgen.decoding.loop import Decoder

# So many times as probable another way of writing a word must be. With 1 more words get a capital
# that have none in ads; with 20 "camera" stays as it is. `benchmarks/letter_case.py` measures it.
LEAST_RATIO = 5.0
_MOST_WORDS = 12  # of a prompt; later ones stay, since every word is judged after all before it
_MOST_SPELLINGS = 4  # of a word, out of the vocabulary
_MOST_CONTEXTS = 256  # read at once
_FIRST_LETTERS = re.compile(r"(?<![^\W_])(?<!['’])[^\W\d_]")  # of "wi-fi" w and f, of "men's" m
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?")  # a word without the signs around it


class CaseMatcher:
    """Writes the words of prompts as a model knows them.

    Args:
        decoder: The model's.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._tokenizer = decoder.tokenizer

    def match(self, prompts: Sequence[str]) -> list[str]:
        """Returns the prompts with capitals where the model expects them.

        A prompt that holds a capital is written as its writer chose. Each of the first twelve words
        is judged after those before it, as they have become.

        Args:
            prompts: Clean prompts.
        """
        words = [prompt.split(" ") if prompt == prompt.lower() else [] for prompt in prompts]
        for place in range(min(_MOST_WORDS, max(map(len, words), default=0))):
            rows = [row for row, one in enumerate(words) if place < len(one)]
            # What each prompt could be up to this word, the first of them without a change.
            texts = {
                row: [
                    " ".join([*words[row][:place], one])
                    for one in self._spellings(words[row][place])
                ]
                for row in rows
            }
            asked = [row for row in rows if len(texts[row]) > 1]
            for row, scores in zip(asked, self._scores([texts[row] for row in asked]), strict=True):
                best = int(np.argmax(scores))
                if scores[best] > scores[0] + math.log(LEAST_RATIO):
                    words[row][: place + 1] = texts[row][best].split(" ")
        return [
            " ".join(own) if own else prompt for own, prompt in zip(words, prompts, strict=True)
        ]

    def _spellings(self, word: str) -> list[str]:
        """Returns the ways of writing a word: as it is, then with capitals."""
        core = _CORE.search(word)
        if core is None or not core.group().islower():
            return [word]
        before = word[: core.start()]
        after = word[core.end() :]
        ways = dict.fromkeys([core.group(), *self._with_capitals(core.group())])
        # Some letters have no capital of their own: "ß" would be two, "ı" that of another one.
        same = [
            way
            for way in ways
            if len(way) == len(core.group()) and way.casefold() == core.group().casefold()
        ]
        return [before + way + after for way in same]

    def _with_capitals(self, word: str) -> Iterator[str]:
        yield from self._of_vocabulary[word.casefold()][:_MOST_SPELLINGS]
        yield _FIRST_LETTERS.sub(lambda match: match.group().upper(), word)
        yield word.upper()

    @cached_property
    def _of_vocabulary(self) -> defaultdict[str, list[str]]:
        """The tokens that hold a capital, the most frequent first, by what they are without."""
        tokens = self._tokenizer.token_bytes or [
            self._tokenizer.token(token_id).encode()
            for token_id in range(self._tokenizer.vocab_size)
        ]
        found: defaultdict[str, list[str]] = defaultdict(list)
        for token in tokens:
            text = token.decode(errors="ignore").strip()
            if text != text.lower() and text.isalnum() and text not in found[text.casefold()]:
                found[text.casefold()].append(text)
        return found

    def _scores(self, groups: Sequence[Sequence[str]]) -> list[list[float]]:
        """Returns log-probabilities of texts, from where the texts of a group differ, up to a sum.

        A text with a word that the model does not know has none, -inf.
        """
        scores: list[list[float]] = []
        wanted: list[tuple[int, int, list[int], int]] = []  # group, text, context, next token
        for group, texts in enumerate(groups):
            ids = [self._tokenizer.encode(text) for text in texts]
            same = _num_same(ids)
            scores.append(
                [-math.inf if self._tokenizer.unk_id in own[same:] else 0.0 for own in ids]
            )
            if max(map(len, ids)) > self._decoder.room:
                continue
            # Running text has no first word.
            first = same if self._decoder.reads_ads else max(same, 1)
            for text, own in enumerate(ids):
                wanted += [(group, text, own[:k], own[k]) for k in range(first, len(own))]
        for start in range(0, len(wanted), _MOST_CONTEXTS):
            chunk = wanted[start : start + _MOST_CONTEXTS]
            logits = self._decoder.next_logits([context for _, _, context, _ in chunk])
            targets = np.array([token_id for *_, token_id in chunk])  # (contexts,)
            values = logits[np.arange(len(chunk)), targets] - self._decoder.log_normaliser(logits)
            for (group, text, *_), value in zip(chunk, values.tolist(), strict=True):
                scores[group][text] += value
        return scores


def _num_same(rows: Sequence[Sequence[int]]) -> int:
    """Returns how many first numbers all rows have in common."""
    columns = zip(*rows, strict=False)
    return next(
        (place for place, column in enumerate(columns) if len(set(column)) > 1),
        min(map(len, rows)),
    )

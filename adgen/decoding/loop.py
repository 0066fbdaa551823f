"""The loop from prompts to finished ads: read, choose a token, append it, drop what has ended.

It joins a tokenizer, a model's reader and the sampling, and turns token ids into an ad's text. It
knows no files and no kind of model, and not how a caller's prompts are checked: that is
`generation`'s subject.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress, islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.banned import BannedWords, redraw
from adgen.decoding.borders import WordBorders
from adgen.decoding.exact import choose_exactly, exact_log_normaliser
from adgen.decoding.sampling import Sampling, choose, probabilities, sequence_generator
from adgen.support.arrays import Floats, log_normaliser
from adgen.support.threads import in_parts
from adgen.tokens.base import AdTokenizer

_MOST_BYTES = 1e9  # of what a reader keeps
# White space, and the sign for a character of which the sub-words so far hold only the first bytes.
_UNFINISHED = " \t\n\ufffd"


@dataclass(frozen=True)
class Candidate:
    """Describes a token that could come next.

    Attributes:
        token: As a reader would see it.
        model_probability: Its probability under the model.
        probability: Its probability in the draw, after all controls.
        in_turn: Its probability after each control that has an effect, in the order in which they
            are applied, of all that may stand here.
        may_stand: Whether it may stand here at all: nothing is glued to a prompt's last word, and
            some words are never written.
    """

    token: str
    model_probability: float
    probability: float
    in_turn: Mapping[str, float] = field(default_factory=dict)
    may_stand: bool = True


@dataclass(frozen=True)
class Step:
    """Tells what was chosen at one step, and from what.

    Attributes:
        chosen: The token that was drawn.
        candidates: The most probable tokens under the model, the best first.
    """

    chosen: Candidate
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Settings:
    """Says how the ads of one call are written.

    Attributes:
        sampling: The decoding controls.
        max_tokens: Tokens after the prompt at most.
        seed: The caller's seed, >= 0.
        num_candidates: Most probable tokens to record at each step; None records no steps.
        allow_adult: Whether words of adult products may be written.
        known_ads: Ads that are not written again: where one is whole, it goes on.
    """

    sampling: Sampling
    max_tokens: int
    seed: int
    num_candidates: int | None = None
    allow_adult: bool = False
    known_ads: Container[str] = ()


@dataclass
class Draft:
    """Holds an ad while it is being written.

    Attributes:
        prompt: The prompt, clean.
        prompt_ids: Its token ids.
        number: The ad's number among the ads of this prompt, from 0.
        token_ids: What the model wrote so far, a final `<eos>` included.
        log_probability: Natural logarithm, of `token_ids` under the model itself.
        finished: Whether the model has ended the ad.
        steps: One per token, when asked for.
    """

    prompt: str
    prompt_ids: list[int]
    number: int = 0
    token_ids: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    finished: bool = False
    steps: list[Step] = field(default_factory=list)


class Reader(Protocol):
    """Reads sequences side by side with a model, and says what may come next.

    `adgen.lstm.readers.StateReader` is one.
    """

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others."""

    def logits(self) -> Floats:
        """Returns the logits of every sequence's next token, (batch, vocab)."""

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone."""

    def advance(self, token_ids: NDArray[np.int64]) -> None:
        """Appends one token to every sequence; shape (batch,)."""


class Decoder:
    """Continues drafts with a trained model.

    Args:
        open_reader: Makes a reader of the model that has read nothing.
        tokenizer: The tokenizer it was trained with.
        start_ids: What stands before every ad: `<eos>`, a heading, example ads. Empty for a model
            that continues running text, in which ads have no end.
        context_length: Tokens that the model can read, start and prompt included; None for any
            number.
        bytes_per_token: What the reader keeps of each token of a sequence.
        exact: Whether tokens are chosen alike on every machine, as `decoding.exact` does, from
            logits that are the same everywhere.

    Attributes:
        reads_ads: Whether its ads have a beginning and an end.
        room: Tokens of an ad that the model can read; infinity for any number.
        log_normaliser: Gives log(sum(exp(logits))) of each row (rows, vocab).
    """

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        tokenizer: AdTokenizer,
        start_ids: Sequence[int],
        *,
        context_length: int | None = None,
        bytes_per_token: int = 0,
        exact: bool = False,
    ) -> None:
        self.reads_ads = len(start_ids) > 0
        self._bytes_per_token = bytes_per_token
        self._tokenizer = tokenizer
        self.room: float = math.inf
        if context_length is not None:
            self.room = context_length - len(start_ids)
        self._open_reader = open_reader
        self._choose = choose_exactly if exact else choose
        self.log_normaliser = exact_log_normaliser if exact else log_normaliser
        self._borders = WordBorders(tokenizer)
        self._start_ids = list(start_ids)
        # A model of running text has never seen <eos>; the probability that it gives it is noise.
        special = tuple(tokenizer.special_ids)
        self._banned = special if self.reads_ads else (*special, tokenizer.eos_id)
        self._adult_words = BannedWords(tokenizer)

    @property
    def tokenizer(self) -> AdTokenizer:
        """Returns the model's tokenizer."""
        return self._tokenizer

    def next_logits(self, beginnings: Sequence[Sequence[int]]) -> Floats:
        """Returns the logits (beginnings, vocab) of the token after each beginning of an ad."""
        reader = self._open_reader()
        reader.add([[*self._start_ids, *beginning] for beginning in beginnings])
        return reader.logits()

    def write(
        self, drafts: Iterable[Draft], settings: Settings, *, batch_size: int = 1
    ) -> Iterator[list[Draft]]:
        """Appends one token an iteration to the drafts at hand, until all have come to their end.

        A draft ends with the model's `<eos>`, at `max_tokens`, or where the context is full. Drafts
        that end make room for the next ones, so that products stay large to the last.

        Args:
            drafts: Changed in place; taken in the order given, a batch's worth at a time.
            settings: How to write.
            batch_size: Drafts written at once; fewer where the reader would keep over a gigabyte.

        Yields:
            After each step, so that a caller can look at the drafts, those that it brought to
            their end.
        """
        waiting = iter(drafts)
        batch: list[Draft] = []
        streams: list[np.random.Generator] = []
        reader = self._open_reader()
        batch_size = min(batch_size, self._most_rows(settings.max_tokens))
        while True:
            # 1. Fill the batch. Prompts are read many at once too: a few new rows cost nearly as
            # much as a quarter of the batch.
            new: list[Draft] = []
            if len(batch) <= batch_size * 3 // 4:
                new = list(islice(waiting, batch_size - len(batch)))
            if new:
                reader.add([self._start_ids + draft.prompt_ids for draft in new])
                batch += new
                # A random stream for each draft, so that its numbers do not depend on the others.
                streams += [
                    sequence_generator(settings.seed, draft.prompt, draft.number) for draft in new
                ]
            if not batch:
                return
            # 2. Choose and append a token for each.
            chosen = self._append(batch, reader.logits(), settings=settings, streams=streams)
            goes_on = [self._goes_on(draft, settings.max_tokens) for draft in batch]
            yield [draft for draft, more in zip(batch, goes_on, strict=True) if not more]
            # 3. Drop what has ended, and let the model read the tokens of the others.
            if not all(goes_on):
                reader.keep(np.flatnonzero(goes_on))
                batch = list(compress(batch, goes_on))
                streams = list(compress(streams, goes_on))
            reader.advance(chosen[goes_on])

    def _most_rows(self, max_tokens: int) -> int:
        """Returns how many sequences have room in a gigabyte, prompts apart; one at least."""
        tokens = len(self._start_ids) + min(self.room, max_tokens)
        return max(1, int(_MOST_BYTES / max(1, self._bytes_per_token * tokens)))

    def _goes_on(self, draft: Draft, max_tokens: int) -> bool:
        """Tells whether another token may follow."""
        if draft.finished or len(draft.token_ids) >= max_tokens:
            return False
        return len(draft.prompt_ids) + len(draft.token_ids) <= self.room

    def text(self, draft: Draft, *more: int) -> str:
        """Returns the ad as far as it is written: the prompt's own words, then the model's.

        With more token ids, it is the ad as it would be with them.

        The prompt is not decoded from its ids: they have lost unknown words and removed
        punctuation. What comes after it is the decoded whole less the decoded prompt, so that the
        spacing between is right.
        """
        prompt_text = self._tokenizer.decode(draft.prompt_ids) if draft.prompt_ids else ""
        whole = self._tokenizer.decode([*draft.prompt_ids, *draft.token_ids, *more])
        written = _after(whole, prompt_text)
        if not draft.prompt:
            written = written.lstrip()
        elif not prompt_text and written:
            written = f" {written}"
        return draft.prompt + written.rstrip(_UNFINISHED)

    def _append(
        self,
        drafts: Sequence[Draft],
        logits: Floats,
        *,
        settings: Settings,
        streams: Sequence[np.random.Generator],
    ) -> NDArray[np.int64]:
        """Chooses and appends the next token of each draft.

        Args:
            drafts: Changed in place.
            logits: (batch, vocab).
            settings: How to write.
            streams: Each draft's random numbers.

        Returns:
            (batch,) the token ids.
        """
        # Without the leading <eos>: penalised from the first step on, it would make ads run on.
        is_penalised = settings.sampling.repetition_penalty != 1
        so_far = [d.prompt_ids + d.token_ids for d in drafts] if is_penalised else None

        def draw(rows: slice, logits: Floats) -> NDArray[np.int64]:
            return self._choose(
                logits,
                settings.sampling,
                uniforms=np.array([stream.random() for stream in streams[rows]]),  # (rows,)
                token_ids_so_far=so_far and so_far[rows],
                banned=self._banned,
            )

        allowed = self._without_word_parts(drafts, logits)
        allowed = self._without_early_end(drafts, allowed, settings.sampling.min_tokens)
        chosen = draw(slice(None), allowed)
        chosen, allowed = redraw(
            chosen,
            allowed,
            is_refused=lambda row, token_id: self._is_refused(drafts[row], token_id, settings),
            choose_again=lambda row, logits: int(draw(slice(row, row + 1), logits)[0]),
        )
        # Under the model itself, before all controls: (batch,).
        normalisers = np.concatenate(
            in_parts(lambda rows: self.log_normaliser(logits[rows]), len(drafts))
        )  # (batch,)
        log_probabilities = logits[np.arange(len(drafts)), chosen] - normalisers
        if settings.num_candidates is not None:
            self._explain(drafts, logits, allowed, chosen=chosen, settings=settings, so_far=so_far)
        for draft, token_id, value in zip(
            drafts, chosen.tolist(), log_probabilities.tolist(), strict=True
        ):
            draft.token_ids.append(token_id)
            draft.log_probability += value
            draft.finished = token_id == self._tokenizer.eos_id
        return chosen

    def _explain(
        self,
        drafts: Sequence[Draft],
        logits: Floats,
        allowed: Floats,
        *,
        chosen: NDArray[np.int64],
        settings: Settings,
        so_far: Sequence[Sequence[int]] | None,
    ) -> None:
        """Appends a step to each draft; both arrays are (batch, vocab), the second drawn from."""
        num_candidates = settings.num_candidates or 0
        # (batch, num_candidates) the most probable tokens under the model.
        best = np.argsort(-logits, axis=1, kind="stable")[:, :num_candidates]
        allowed = allowed.copy()
        for row, token_ids in enumerate(best.tolist()):
            for token_id in token_ids:
                if self._is_refused(drafts[row], token_id, settings):
                    allowed[row, token_id] = -np.inf
        # Without a control, and after each one that has an effect: (batch, vocab).
        stages = {
            name: probabilities(allowed, sampling, token_ids_so_far=so_far, banned=self._banned)
            for name, sampling in {"": Sampling(), **settings.sampling.in_turn()}.items()
        }
        for row, draft in enumerate(drafts):
            token_ids = [int(chosen[row]), *best[row].tolist()]
            shares = {name: matrix[row, token_ids] for name, matrix in stages.items()}
            draft.steps.append(self._step(logits[row], token_ids, shares))

    def _is_refused(self, draft: Draft, token_id: int, settings: Settings) -> bool:
        """Tells whether an ad may not go on with a token, or not end here."""
        if token_id == self._tokenizer.eos_id:
            return bool(settings.known_ads) and self.text(draft) in settings.known_ads
        if settings.allow_adult:
            return False
        return self._adult_words.would_hold(token_id, partial(self.text, draft))

    def _without_word_parts(self, drafts: Sequence[Draft], logits: Floats) -> Floats:
        """Returns logits (batch, vocab) in which nothing can be glued to a prompt's last word."""
        allowed = logits
        for row, draft in enumerate(drafts):
            glued = self._borders.glued(draft.prompt, draft.token_ids)
            if len(glued):
                allowed = logits.copy() if allowed is logits else allowed
                allowed[row, glued] = -np.inf
        return allowed

    def _without_early_end(
        self, drafts: Sequence[Draft], logits: Floats, min_tokens: int
    ) -> Floats:
        """Returns logits (batch, vocab) in which no ad ends before it has so many tokens."""
        rows = [row for row, draft in enumerate(drafts) if len(draft.token_ids) < min_tokens]
        if not rows:
            return logits
        allowed = logits.copy()
        allowed[rows, self._tokenizer.eos_id] = -np.inf
        return allowed

    def _step(
        self, logits: Floats, token_ids: Sequence[int], shares: Mapping[str, NDArray[np.float64]]
    ) -> Step:
        """Describes one choice.

        Args:
            logits: (vocab,).
            token_ids: The chosen one, and the most probable ones.
            shares: (token_ids,) their probabilities without a control, and after each one.
        """
        model = np.exp(logits - self.log_normaliser(logits[np.newaxis])[0])
        found = []
        for place, token_id in enumerate(token_ids):
            allowed, *after = (float(values[place]) for values in shares.values())
            candidate = Candidate(
                token=self._surface(token_id),
                model_probability=float(model[token_id]),
                probability=(allowed, *after)[-1],
                in_turn=dict(zip(tuple(shares)[1:], after, strict=True)),
                may_stand=allowed > 0,
            )
            found.append(candidate)
        return Step(found[0], tuple(found[1:]))

    def _surface(self, token_id: int) -> str:
        """Returns a token as a reader would see it, a special one by its name."""
        special = (*self._tokenizer.special_ids, self._tokenizer.eos_id)
        return (
            self._tokenizer.token(token_id)
            if token_id in special
            else self._tokenizer.decode([token_id])
        )


def _after(whole: str, beginning: str) -> str:
    """Returns what follows `beginning` in `whole`.

    The spaces inside the beginning may have changed: a tokenizer that restores spacing by rule
    decodes 'Wi -' but 'Wi-Fi'.
    """
    if whole.startswith(beginning):
        return whole[len(beginning) :]
    num_letters = sum(not character.isspace() for character in beginning)
    for position, character in enumerate(whole):
        if num_letters == 0:
            return whole[position:]
        num_letters -= not character.isspace()
    return ""

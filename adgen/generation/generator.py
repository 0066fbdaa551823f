"""Ads from a trained model of any kind: `AdGenerator.from_pretrained(directory).generate(prompts)`.

The door for callers: it checks prompts and settings and cuts the work into batches; the loop itself
is `decoding`'s, and what a kind of model needs is `kinds`' business. It needs no TensorFlow. The
same seed gives the same ads, whatever the batch size and order of the prompts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from adgen.decoding.letter_case import CaseMatcher
from adgen.decoding.loop import Draft, Settings
from adgen.decoding.ordered import write_in_order
from adgen.decoding.sampling import Sampling
from adgen.generation.arguments import (
    as_list,
    check_no_adult_words,
    check_room,
    checked_max_tokens,
    read_defaults,
    tidy_prompt,
    whole_number,
)
from adgen.generation.generated import GeneratedAd
from adgen.generation.kinds import open_model
from adgen.generation.sharing import Shared
from adgen.generation.streaming import stream_text
from adgen.generation.trained import TrainedModel
from adgen.int8.precisions import Precision
from adgen.scoring.protocol import Shots
from adgen.support.given import a_switch, an_object, texts
from adgen.support.ranges import NUM_CANDIDATES, SEEDS, SIZES, WRITTEN

Item = TypeVar("Item")

_ADS_WORTH_A_BAR = 256


class AdGenerator(Shared):
    """Writes ads with a trained model.

    Args:
        model: From `open_model`.

    Raises:
        ValueError: If generation_config.json holds unknown or impossible settings.

    Attributes:
        model: The model.
        tokenizer: Its tokenizer.
        config: Its architecture.
        info: What adgen says of its training.
        default_sampling: The decoding controls that it writes with if a call gives none.
        default_max_tokens: Tokens after the prompt at most, likewise.

    Example:
        generator = AdGenerator.from_pretrained()
        [ads] = generator.generate("Sony TV", num_ads=3, sampling=Sampling(temperature=0.8), seed=7)
        texts = [ad.text for ad in ads]
    """

    def __init__(self, model: TrainedModel) -> None:
        self.model = an_object("model", model, TrainedModel)
        self.config = model.config
        self.tokenizer = model.tokenizer
        self.info = model.info
        self.default_sampling, self.default_max_tokens = read_defaults(model)
        self._decoder = model.open_decoder()
        self._case = CaseMatcher(self._decoder)
        self._num_shots = 0
        self.source_dir = model.source_dir

    @classmethod
    def from_pretrained(
        cls,
        directory: str | Path | None = None,
        *,
        revision: str | None = None,
        template: str | None = None,
        exact: bool = False,
        precision: Precision = "float32",
    ) -> AdGenerator:
        """Loads a model of any kind, from a folder or the Hub.

        Arguments and errors are those of `adgen.generation.kinds.open_model`.
        """
        model = open_model(
            directory, template=template, revision=revision, exact=exact, precision=precision
        )
        return cls(model)

    def with_shots(self, shots: Shots) -> AdGenerator:
        """Returns a generator of the same GPT whose ads follow example ads.

        Args:
            shots: The ads, and the category for a heading where the model's template has one.

        Raises:
            ValueError: The model is no GPT, or cannot read so many tokens.
        """
        list(texts("examples", an_object("shots", shots, Shots).examples))
        other = copy(self)
        other._decoder = self.model.open_decoder(shots)
        other._case = CaseMatcher(other._decoder)
        other._num_shots = len(shots.examples)
        return other

    def has_room_for(self, prompt: str) -> bool:
        """Tells whether the model can read a prompt, with what stands before it."""
        return len(self.tokenizer.encode(tidy_prompt(prompt, 0))) <= self._decoder.room

    def generate(
        self,
        prompts: str | Sequence[str],
        *,
        num_ads: int = 1,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        match_case: bool = True,
        allow_adult: bool = False,
        allow_copies: bool = False,
        batch_size: int = 256,
    ) -> list[list[GeneratedAd]]:
        """Writes ads that begin with the prompts.

        A prompt is cleaned as the ads that models learn from (`adgen.corpus.clean_text`). Its last
        word is whole: "Dog" does not become "Doghouse"; where words have no spaces between them, as
        in Chinese or Thai, its last letter is. Words that the model does not know are `<unk>` to
        it, but stay in the text. An ad depends on the seed, its prompt and its number alone: a
        prompt given twice gets the same ads twice.

        Args:
            prompts: One prompt or many. An empty one asks for an ad from nothing (not with "stream"
                models).
            num_ads: Ads per prompt, 1 to 1,000,000.
            sampling: The decoding controls; None takes those of the model directory.
            max_tokens: Tokens after the prompt at most, 1 to 1,000,000; None takes the model
                directory's number.
            seed: A whole number, 0 to 2,147,483,647.
            match_case: Whether a prompt without any capital, such as "sony tv", gets those that the
                model expects ("Sony TV"). The ad's text begins with the prompt so written.
            allow_adult: Whether words of adult products may be written; else a token that would
                complete one is not allowed, and a prompt that holds one is refused.
            allow_copies: Whether an ad may be one of the training ads, word for word; else it goes
                on where it would end as one. Adgen knows the training ads of the public corpus;
                models of other ads, and `exact` ones, may copy anyway.
            batch_size: Ads written at once, 1 to 65,536; without effect on the ads.

        Returns:
            For each prompt, in the order given, its `num_ads` ads; all of them stay in memory,
            which `iter_ads` spares.

        Raises:
            ValueError: A prompt is no text, of an adult product, longer than the model reads, or
                empty for a "stream" model; or a number is out of range. Nothing has been written
                then.
        """
        settings = self.settings(
            sampling,
            max_tokens=max_tokens,
            seed=seed,
            allow_adult=allow_adult,
            allow_copies=allow_copies,
        )
        return self._ads(
            prompts, num_ads, settings=settings, match_case=match_case, batch_size=batch_size
        )

    def iter_ads(
        self,
        prompts: str | Iterable[str],
        *,
        num_ads: int = 1,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        match_case: bool = True,
        allow_adult: bool = False,
        allow_copies: bool = False,
        batch_size: int = 256,
        num_candidates: int | None = None,
    ) -> Iterator[GeneratedAd]:
        """Writes the ads of `generate` and hands each out when it and those before are complete.

        Memory does not grow with the number of prompts or ads.

        Args:
            prompts: As in `generate`; an iterator, such as a generator, is read as ads are taken.
            num_ads: As in `generate`.
            sampling: As in `generate`.
            max_tokens: As in `generate`.
            seed: As in `generate`.
            match_case: As in `generate`.
            allow_adult: As in `generate`.
            allow_copies: As in `generate`.
            batch_size: As in `generate`.
            num_candidates: As in `explain`; None records no steps.

        Returns:
            The `num_ads` ads of the first prompt, then those of the second, and so on.

        Raises:
            ValueError: As `generate`, at the call; for the prompts of an iterator when they are
                read.
        """
        settings = self.settings(
            sampling,
            max_tokens=max_tokens,
            seed=seed,
            num_candidates=num_candidates,
            allow_adult=allow_adult,
            allow_copies=allow_copies,
        )
        opened = self._opened(prompts, settings, match_case)
        return self._written(opened, num_ads, settings=settings, batch_size=batch_size)

    def explain(
        self,
        prompts: str | Sequence[str],
        *,
        num_ads: int = 1,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        match_case: bool = True,
        allow_adult: bool = False,
        allow_copies: bool = False,
        num_candidates: int = 5,
    ) -> list[list[GeneratedAd]]:
        """Writes the same ads as `generate`, with the probabilities of every step.

        Args:
            prompts: As in `generate`.
            num_ads: As in `generate`.
            sampling: As in `generate`.
            max_tokens: As in `generate`.
            seed: As in `generate`.
            match_case: As in `generate`.
            allow_adult: As in `generate`.
            allow_copies: As in `generate`.
            num_candidates: Most probable tokens to list at each step, 0 to 1,000.

        Returns:
            As `generate`, with `steps` filled.

        Raises:
            ValueError: As `generate`.
        """
        settings = self.settings(
            sampling,
            max_tokens=max_tokens,
            seed=seed,
            num_candidates=num_candidates,
            allow_adult=allow_adult,
            allow_copies=allow_copies,
        )
        return self._ads(prompts, num_ads, settings=settings, match_case=match_case, batch_size=16)

    def stream(
        self,
        prompt: str,
        *,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        match_case: bool = True,
        allow_adult: bool = False,
        allow_copies: bool = False,
    ) -> Iterator[str]:
        """Writes one ad and hands it out word by word.

        Args:
            prompt: As in `generate`.
            sampling: As in `generate`.
            max_tokens: As in `generate`.
            seed: As in `generate`.
            match_case: As in `generate`.
            allow_adult: As in `generate`.
            allow_copies: As in `generate`.

        Returns:
            Pieces of text, the prompt first; joined they are what `generate` gives for the same
            seed.

        Raises:
            ValueError: As `generate`, at the call and not at the first piece.
        """
        settings = self.settings(
            sampling,
            max_tokens=max_tokens,
            seed=seed,
            allow_adult=allow_adult,
            allow_copies=allow_copies,
        )
        draft = self.open_draft(prompt, settings, match_case=match_case)
        return stream_text(self._decoder, draft, settings)

    def settings(
        self,
        sampling: Sampling | None = None,
        *,
        max_tokens: int | None = None,
        seed: int = 0,
        num_candidates: int | None = None,
        allow_adult: bool = False,
        allow_copies: bool = False,
    ) -> Settings:
        """Checks a call's settings and fills in the model directory's.

        Args:
            sampling: As in `generate`.
            max_tokens: As in `generate`.
            seed: As in `generate`.
            num_candidates: As in `explain`; None records no steps.
            allow_adult: As in `generate`.
            allow_copies: As in `generate`.

        Raises:
            ValueError: One of them is out of range.
        """
        if num_candidates is not None:
            num_candidates = whole_number("num_candidates", num_candidates, NUM_CANDIDATES)
        sampling = self.default_sampling if sampling is None else sampling
        an_object("sampling", sampling, Sampling)
        max_tokens = self.default_max_tokens if max_tokens is None else max_tokens
        return Settings(
            sampling,
            max_tokens=checked_max_tokens(max_tokens, sampling),
            seed=whole_number("seed", seed, SEEDS),
            num_candidates=num_candidates,
            allow_adult=a_switch("allow_adult", allow_adult),
            known_ads=() if a_switch("allow_copies", allow_copies) else self.model.known_ads,
        )

    def open_draft(
        self, prompt: str, settings: Settings, *, index: int = 0, match_case: bool = True
    ) -> Draft:
        """Checks a prompt and opens the first of its ads, for `write_drafts`.

        Args:
            prompt: As in `generate`.
            settings: Of `settings`.
            index: What messages call the prompt.
            match_case: As in `generate`.

        Raises:
            ValueError: The model cannot go on from the prompt.
        """
        an_object("settings", settings, Settings)
        [begun] = self._begun([tidy_prompt(prompt, index)], match_case)
        return self._draft(begun, settings, index)

    def _begun(self, prompts: Sequence[str], match_case: bool) -> Sequence[str]:
        """Returns the beginnings of ads that clean prompts ask for, with capitals if wanted."""
        return self._case.match(prompts) if a_switch("match_case", match_case) else prompts

    def _draft(self, prompt: str, settings: Settings, index: int) -> Draft:
        """Encodes a clean prompt and opens the first of its ads."""
        if not settings.allow_adult:
            check_no_adult_words(prompt, index)
        prompt_ids = self.tokenizer.encode(prompt) if prompt else []
        if not prompt_ids and not self._decoder.reads_ads:
            raise ValueError(
                f"Prompt {index} holds no word, but this model continues running text and needs "
                "one. Begin the ad, for example with 'Sony TV'."
            )
        check_room(len(prompt_ids), self._decoder.room, index, num_shots=self._num_shots)
        return Draft(prompt, prompt_ids, 0)

    def write_drafts(
        self, drafts: Iterable[tuple[Item, Draft]], settings: Settings, *, batch_size: int = 256
    ) -> Iterator[tuple[Item, GeneratedAd]]:
        """Writes drafts and hands out each ad when it and those before it are complete.

        Args:
            drafts: Of `open_draft`, each behind whatever the caller wants back with its ad.
            settings: Of `settings`.
            batch_size: As in `generate`.
        """
        an_object("settings", settings, Settings)
        batch_size = whole_number("batch_size", batch_size, SIZES)
        written = write_in_order(self._decoder, drafts, settings, batch_size=batch_size)
        return ((item, GeneratedAd.of(one, self._decoder.text(one))) for item, one in written)

    def _ads(
        self,
        prompts: str | Sequence[str],
        num_ads: int,
        *,
        settings: Settings,
        match_case: bool,
        batch_size: int,
    ) -> list[list[GeneratedAd]]:
        """Writes all ads of a call; many show a progress bar where there is a terminal."""
        prompts = as_list(prompts)
        opened = self._opened(prompts, settings, match_case)
        ads = self._written(opened, num_ads, settings=settings, batch_size=batch_size)
        if len(prompts) * num_ads > _ADS_WORTH_A_BAR:
            from tqdm.auto import tqdm

            total = len(prompts) * num_ads
            ads = iter(tqdm(ads, total=total, desc="Writing ads", unit="ad", disable=None))
        return [list(islice(ads, num_ads)) for _ in prompts]

    def _opened(
        self, prompts: str | Iterable[str], settings: Settings, match_case: bool
    ) -> Iterable[tuple[str, Draft]]:
        """Returns each prompt with the draft of its first ad; an iterator's as they are taken."""
        if isinstance(prompts, Iterator):
            return (
                (prompt, self.open_draft(prompt, settings, index=index, match_case=match_case))
                for index, prompt in enumerate(prompts)
            )
        # The case of all is matched at once.
        prompts = as_list(prompts)
        clean = [tidy_prompt(prompt, index) for index, prompt in enumerate(prompts)]
        begun = self._begun(clean, match_case)
        drafts = [self._draft(text, settings, index) for index, text in enumerate(begun)]
        return list(zip(prompts, drafts, strict=True))

    def _written(
        self,
        opened: Iterable[tuple[str, Draft]],
        num_ads: int,
        *,
        settings: Settings,
        batch_size: int,
    ) -> Iterator[GeneratedAd]:
        """Checks the numbers, and returns an iterator of the ads."""
        num_ads = whole_number("num_ads", num_ads, WRITTEN)
        drafts = (
            (prompt, Draft(first.prompt, first.prompt_ids, number))
            for prompt, first in opened
            for number in range(num_ads)
        )
        written = self.write_drafts(drafts, settings, batch_size=batch_size)
        return (replace(ad, prompt=prompt) for prompt, ad in written)

"""Ads from a trained model of any kind: `AdGenerator.from_pretrained(directory).generate(prompts)`.

The door for callers: it checks prompts and settings and cuts the work into batches; the loop itself
is `decoding`'s, and what a kind of model needs is `kinds`' business. It needs no TensorFlow. The
same seed gives the same ads, whatever the batch size and order of the prompts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.decoding.loop import Draft, Settings, Step
from adgen.decoding.sampling import Sampling
from adgen.generation.arguments import as_list, tidy_prompt, whole_number
from adgen.generation.kinds import TrainedModel, open_model
from adgen.support.given import an_object, texts

if TYPE_CHECKING:
    from adgen.scoring.protocol import Shots

_ADS_WORTH_A_BAR = 256


@dataclass(frozen=True)
class GeneratedAd:
    """Holds one ad.

    Attributes:
        prompt: The prompt as it was given.
        text: The whole ad, the prompt in front.
        token_ids: What the model wrote after the prompt; ends with `<eos>` when finished.
        finished: Whether the model ended the ad itself; False where `max_tokens` cut it.
        log_probability: Sum of the natural log-probabilities of `token_ids` under the model itself,
            that is without temperature and the other controls.
        steps: One entry per token; empty unless made by `explain`.
    """

    prompt: str
    text: str
    token_ids: tuple[int, ...]
    finished: bool
    log_probability: float
    steps: tuple[Step, ...] = ()


class AdGenerator:
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
        self.default_sampling, self.default_max_tokens = _read_defaults(model)
        self._decoder = model.open_decoder()

    @classmethod
    def from_pretrained(
        cls, directory: str | Path | None = None, *, template: str | None = None
    ) -> AdGenerator:
        """Loads a model of any kind.

        Arguments and errors are those of `adgen.generation.kinds.open_model`.
        """
        return cls(open_model(directory, template=template))

    def with_shots(self, shots: Shots) -> AdGenerator:
        """Returns a generator of the same GPT whose ads follow example ads.

        Args:
            shots: The ads, and the category for a heading where the model's template has one.

        Raises:
            ValueError: The model is no GPT, or cannot read so many tokens.
        """
        from adgen.scoring.protocol import Shots

        list(texts("examples", an_object("shots", shots, Shots).examples))
        other = copy(self)
        other._decoder = self.model.open_decoder(shots)
        return other

    def generate(
        self,
        prompts: str | Sequence[str],
        *,
        num_ads: int = 1,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        batch_size: int = 256,
    ) -> list[list[GeneratedAd]]:
        """Writes ads that begin with the prompts.

        A prompt's last word is whole: "Dog" does not become "Doghouse". Words that the model does
        not know are `<unk>` to it, but stay in the text as they are. An ad depends on the seed, its
        prompt and its number alone: a prompt given twice gets the same ads twice.

        Args:
            prompts: One prompt or many. An empty one asks for an ad from nothing (not with "stream"
                models).
            num_ads: Ads per prompt.
            sampling: The decoding controls; None takes those of the model directory.
            max_tokens: Tokens after the prompt at most; None takes the model directory's number.
            seed: A whole number >= 0.
            batch_size: Ads written at once; without effect on the ads.

        Returns:
            For each prompt, in the order given, its `num_ads` ads.

        Raises:
            ValueError: A prompt is no text, too long, or empty for a "stream" model; or a number is
                out of range.
        """
        settings = self._settings(sampling, max_tokens, seed)
        return self._ads(prompts, num_ads, settings=settings, batch_size=batch_size)

    def explain(
        self,
        prompts: str | Sequence[str],
        *,
        num_ads: int = 1,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        num_candidates: int = 5,
    ) -> list[list[GeneratedAd]]:
        """Writes the same ads as `generate`, with the probabilities of every step.

        Args:
            prompts: As in `generate`.
            num_ads: As in `generate`.
            sampling: As in `generate`.
            max_tokens: As in `generate`.
            seed: As in `generate`.
            num_candidates: Most probable tokens to list at each step.

        Returns:
            As `generate`, with `steps` filled.

        Raises:
            ValueError: As `generate`.
        """
        num_candidates = whole_number("num_candidates", num_candidates, 0)
        settings = self._settings(sampling, max_tokens, seed, num_candidates)
        return self._ads(prompts, num_ads, settings=settings, batch_size=16)

    def stream(
        self,
        prompt: str,
        *,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
    ) -> Iterator[str]:
        """Writes one ad and hands it out word by word.

        Args:
            prompt: As in `generate`.
            sampling: As in `generate`.
            max_tokens: As in `generate`.
            seed: As in `generate`.

        Returns:
            Pieces of text, the prompt first; joined they are what `generate` gives for the same
            seed.

        Raises:
            ValueError: As `generate`, at the call and not at the first piece.
        """
        settings = self._settings(sampling, max_tokens, seed)
        [draft] = self._drafts(0, prompt, 1)
        return self._stream(draft, settings)

    def _ads(
        self, prompts: str | Sequence[str], num_ads: int, *, settings: Settings, batch_size: int
    ) -> list[list[GeneratedAd]]:
        """Writes all ads of a call, batch by batch."""
        prompts = as_list(prompts)
        num_ads = whole_number("num_ads", num_ads, 1)
        batch_size = whole_number("batch_size", batch_size, 1)
        groups = [self._drafts(index, prompt, num_ads) for index, prompt in enumerate(prompts)]
        # Prompts of similar length together: less padding in a batch, and no effect on the ads.
        queue = sorted(chain.from_iterable(groups), key=lambda draft: len(draft.prompt_ids))
        _run(self._decoder.write(queue, settings, batch_size=batch_size), len(queue))
        return [
            [self._finish(prompt, draft) for draft in group]
            for prompt, group in zip(prompts, groups, strict=True)
        ]

    def _finish(self, prompt: str, draft: Draft) -> GeneratedAd:
        """Turns a finished draft into a result."""
        return GeneratedAd(
            prompt=prompt,
            text=self._decoder.text(draft),
            token_ids=tuple(draft.token_ids),
            finished=draft.finished,
            log_probability=draft.log_probability,
            steps=tuple(draft.steps),
        )

    def _stream(self, draft: Draft, settings: Settings) -> Iterator[str]:
        """Yields whole words once the next token has left them as they are.

        A token can change the spacing of the word before it, and a sub-word can be part of a
        character.
        """
        handed_out = text = draft.prompt
        if handed_out:
            yield handed_out
        for _ in self._decoder.write([draft], settings):
            before, text = text, self._decoder.text(draft)
            end = text.rfind(" ", 0, _num_common(before, text))
            if end > len(handed_out):
                yield text[len(handed_out) : end]
                handed_out = text[:end]
        if len(text) > len(handed_out):
            yield text[len(handed_out) :]

    def _settings(
        self,
        sampling: Sampling | None,
        max_tokens: int | None,
        seed: int,
        num_candidates: int | None = None,
    ) -> Settings:
        """Checks a call's settings and fills in the model directory's."""
        if sampling is not None and not isinstance(sampling, Sampling):
            raise ValueError(
                f"sampling is a {type(sampling).__name__}; expected "
                "adgen.decoding.sampling.Sampling."
            )
        sampling = self.default_sampling if sampling is None else sampling
        max_tokens = self.default_max_tokens if max_tokens is None else max_tokens
        return Settings(
            sampling,
            max_tokens=whole_number("max_tokens", max_tokens, 1),
            seed=whole_number("seed", seed, 0),
            num_candidates=num_candidates,
        )

    def _drafts(self, index: int, given: str, num_ads: int) -> list[Draft]:
        """Checks a prompt and opens its drafts."""
        prompt = tidy_prompt(given, index)
        prompt_ids = self.tokenizer.encode(prompt) if prompt else []
        if not prompt_ids and not self._decoder.reads_ads:
            raise ValueError(
                f"Prompt {index} holds no word, but this model continues running text and needs "
                "one. Begin the ad, for example with 'Sony TV'."
            )
        return [Draft(prompt, prompt_ids, number) for number in range(num_ads)]


def _read_defaults(model: TrainedModel) -> tuple[Sampling, int]:
    """Turns generation_config.json into controls and a number of tokens."""
    values = dict(model.generation_config)
    try:
        max_tokens = whole_number("max_tokens", values.pop("max_tokens", 60), 1)
        return Sampling(**values), max_tokens
    except (TypeError, ValueError) as error:
        raise ValueError(f"{model.path / 'generation_config.json'}: {error}") from None


def _num_common(first: str, second: str) -> int:
    """Returns how many characters two texts have in common at their beginning."""
    pairs = zip(first, second, strict=False)
    return next(
        (index for index, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second))
    )


def _run(steps: Iterator[int], num_ads: int) -> None:
    """Takes all steps; many ads show a progress bar where there is a terminal."""
    if num_ads <= _ADS_WORTH_A_BAR:
        for _ in steps:
            pass
        return
    from tqdm import tqdm

    with tqdm(total=num_ads, desc="Writing ads", unit="ad", disable=None) as bar:
        for num_ended in steps:
            bar.update(num_ended)

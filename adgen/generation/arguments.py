"""Checks of what callers give to a generator: prompts, controls, numbers."""

from __future__ import annotations

from collections.abc import Sequence

from adgen.corpus.cleaning import clean_text
from adgen.decoding.sampling import Sampling
from adgen.generation.trained import TrainedModel
from adgen.support.adult_words import find_adult_words
from adgen.support.given import kind_of
from adgen.support.ranges import TOKENS, Range, check_number

MAX_PROMPT_CHARS = 2_000


def as_list(prompts: object) -> list[str]:
    """Returns one prompt or many as a list; each is checked later."""
    if isinstance(prompts, str):
        return [prompts]
    try:
        return list(prompts)  # type: ignore[call-overload]
    except TypeError:
        raise ValueError(
            f"prompts is {kind_of(prompts)}; expected a text or a list of texts."
        ) from None


def tidy_prompt(given: object, index: int) -> str:
    """Checks a prompt and cleans it as the ads that models learn from; an ad is one line."""
    if not isinstance(given, str):
        raise ValueError(f"Prompt {index} is of type {type(given).__name__}; expected a text.")
    if len(given) > MAX_PROMPT_CHARS:
        raise ValueError(
            f"Prompt {index} has {len(given):,} characters; at most {MAX_PROMPT_CHARS:,} can be "
            "read. Cut it."
        )
    try:
        given.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(
            f"Prompt {index} holds half a character (a lone surrogate). Read it as UTF-8."
        ) from None
    return clean_text(given)


def check_room(num_tokens: int, room: float, index: int, *, num_shots: int) -> None:
    """Raises where a prompt has more tokens than the model has room for.

    Args:
        num_tokens: Of the prompt.
        room: Tokens of an ad that the model can read.
        index: The prompt's, for the message.
        num_shots: Example ads that stand before it.

    Raises:
        ValueError: It has.
    """
    if num_tokens > room:
        shots = f", after {num_shots} example ads" if num_shots else ""
        raise ValueError(
            f"Prompt {index} has {num_tokens:,} tokens; the model has room for {room:,}{shots}. "
            f"Cut it{' or give fewer of them' if shots else ''}."
        )


def check_no_adult_words(prompt: str, index: int) -> None:
    """Raises where a prompt holds words of an adult product."""
    words = find_adult_words(prompt)
    if words is not None:
        raise ValueError(
            f"Prompt {index} is of an adult product ({words!r}), for which no ads are written. "
            "Give another prompt, or allow_adult=True."
        )


def check_sample_prompts(prompts: Sequence[str]) -> None:
    """Raises where no samples would be written for a prompt, before the work that they are of."""
    for index, prompt in enumerate(prompts):
        check_no_adult_words(prompt, index)


def whole_number(name: str, value: object, limits: Range) -> int:
    """Returns `value` as an int; raises unless it is a whole number of a range."""
    check_number(name, value, limits, is_whole=True)
    return int(value)  # type: ignore[call-overload]


def read_defaults(model: TrainedModel) -> tuple[Sampling, int]:
    """Turns what a model's generation_config.json says into controls and a number of tokens.

    Raises:
        ValueError: A field is unknown, or a value impossible.
    """
    values = dict(model.generation_config)
    try:
        max_tokens = values.pop("max_tokens", 60)
        sampling = Sampling(**values)
        return sampling, checked_max_tokens(max_tokens, sampling)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{model.path / 'generation_config.json'}: {error}") from None


def checked_max_tokens(max_tokens: object, sampling: Sampling) -> int:
    """Returns `max_tokens`; raises unless it is in range and not below `min_tokens`."""
    checked = whole_number("max_tokens", max_tokens, TOKENS)
    if sampling.min_tokens > checked:
        raise ValueError(
            f"min_tokens is {sampling.min_tokens:,} and max_tokens {checked:,}; expected at most "
            "max_tokens. Give a smaller min_tokens or a larger max_tokens."
        )
    return checked

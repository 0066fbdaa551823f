"""Checks of what callers give to a generator: prompts and whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral

MAX_PROMPT_CHARS = 2_000
MAX_NUM_ADS = 1_000_000  # of a prompt
MAX_TOKENS = 10_000
MAX_SEED = 2**64 - 1
MAX_BATCH_SIZE = 65_536
MAX_CANDIDATES = 100


def as_list(prompts: object) -> list[str]:
    """Returns one prompt or many as a list; each is checked later."""
    if isinstance(prompts, str):
        return [prompts]
    if not isinstance(prompts, Iterable):
        raise ValueError(
            f"prompts is a {type(prompts).__name__}; expected a text or a list of texts."
        )
    return list(prompts)


def tidy_prompt(given: object, index: int) -> str:
    """Checks a prompt and sets single spaces between its words; an ad is one line."""
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
    return " ".join(given.split())


def whole_number(name: str, value: object, smallest: int, largest: int) -> int:
    """Returns `value` as an int; raises unless it is a whole number in that range."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or not smallest <= value <= largest:  # type: ignore[operator]
        raise ValueError(
            f"{name} is {value!r}; expected a whole number from {smallest} to {largest:,}."
        )
    return int(value)  # type: ignore[call-overload]

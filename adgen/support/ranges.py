"""Ranges of numbers: what a value may be, in words and as a check, the same for every number.

A number that no one bounds takes all memory, or ends in a library's own error. The module knows
numbers; what they are of it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any


@dataclass(frozen=True)
class Range:
    """Holds the bounds of a number; not-a-number and infinity lie in no range.

    Attributes:
        least: The smallest value.
        most: The largest value.
        is_above: Whether `least` itself is too small.
        is_below: Whether `most` itself is too large.

    Example:
        >>> str(Range(1, 65_536)), str(Range(0, 1, is_below=True))
        ('1 to 65,536', 'from 0 to below 1')
    """

    least: float
    most: float
    is_above: bool = False
    is_below: bool = False

    def __str__(self) -> str:
        """Says the range in words, as helps and docstrings do."""
        least = _shown(self.least)
        most = _shown(self.most)
        if self.is_above:
            return f"above {least}, at most {most}"
        return f"from {least} to below {most}" if self.is_below else f"{least} to {most}"

    def holds(self, value: float) -> bool:
        """Tells whether a value lies in the range."""
        if not self.least <= value <= self.most:  # nan is neither
            return False
        return not (
            (self.is_above and value == self.least) or (self.is_below and value == self.most)
        )


# Ranges that several settings have. Beyond 2,147,483,647 some library's seed overflows, and beyond
# a billion no count of ads, steps or tokens is meant.
SEEDS = Range(0, 2_147_483_647)
COUNTS = Range(1, 1_000_000_000)
SHARES = Range(0, 1, is_below=True)
SIZES = Range(1, 65_536)
EPOCHS = Range(0, 1_000_000, is_above=True)
LEARNING_RATES = Range(0, 100, is_above=True)
NORMS = Range(0, 1_000_000, is_above=True)
CHECKS = Range(1, 1_000)
# `<pad>`, `<unk>`, `<eos>` and a word; words of all languages together.
VOCABULARIES = Range(4, 1 << 24)
# The bytes and special tokens are 259; token ids on disk have 16 bits.
SUBWORD_VOCABULARIES = Range(259, 65_536)
MOST_SHOTS = 1_000
TOKENS = Range(1, 1_000_000)
SAMPLES = Range(1, 10_000)
WRITTEN = Range(1, 1_000_000)
NUM_CANDIDATES = Range(0, 1_000)
CORES = Range(1, 4_096)
NGRAM_ORDERS = Range(1, 32)
FILE_MEGABYTES = Range(0, 1_000_000, is_above=True)


def check_number(
    name: str,
    value: object,
    limits: Range,
    *,
    is_whole: bool,
    or_none: bool = False,
    hint: str = "",
) -> None:
    """Raises unless a value is a number of a range.

    Args:
        name: Of the value, for the message.
        value: Anything; a bool is no number.
        limits: The range.
        is_whole: Whether the number must be whole.
        or_none: Whether None would have been right too, for the message.
        hint: A sentence after the message.

    Raises:
        ValueError: It is none, or lies outside.
    """
    kind: Any = Integral if is_whole else Real
    number: Any = value
    if isinstance(value, kind) and not isinstance(value, bool) and limits.holds(number):
        return
    # A whole number may have more digits than Python writes.
    is_long = isinstance(value, int) and abs(value) >= 10**40
    shown = "a number of 40 digits or more" if is_long else f"{value!r:.40}"
    none = ", or None" if or_none else ""
    raise ValueError(
        f"{name} is {shown}; expected {expectation(limits, is_whole=is_whole)}{none}."
        + (f" {hint}" if hint else "")
    )


def expectation(limits: Range, *, is_whole: bool) -> str:
    """Returns what is expected of a number in words: "a whole number from 1 to 8"."""
    is_closed = not (limits.is_above or limits.is_below)
    return f"a {'whole ' if is_whole else ''}number {'from ' if is_closed else ''}{limits}"


def _shown(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"

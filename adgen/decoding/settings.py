"""The decoding controls: how boldly the next token is chosen.

The module knows their values and checks them; `decoding.sampling` applies them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real


@dataclass(frozen=True)
class Sampling:
    """Holds the decoding controls; the defaults draw from the model's own distribution.

    Attributes:
        temperature: Logits are divided by it: below 1 likely tokens get likelier, above 1 all get
            more alike. Above 0.
        top_k: Draw from the so many most probable tokens, 1 or more; 0 draws from all. Ties at the
            edge go to the lower token id.
        top_p: Draw from the smallest set of most probable tokens whose probabilities add up to it,
            above 0 and at most 1; 1 draws from all.
        repetition_penalty: Above 1, tokens that the ad already has become less probable; 1 is off.
            Above 0.
        greedy: Always take the most probable token. Temperature, top-k and top-p then have no say.
        min_tokens: Tokens after the prompt at least, from 0 to `max_tokens`: an ad's end is not
            drawn before. A model whose context is full ends all the same.

    Source:
        Top-p: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration".
        Repetition penalty: Keskar et al. 2019, "CTRL".

    Example:
        >>> Sampling(temperature=0.8, top_p=0.9, top_k=5).top_k
        5
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    greedy: bool = False
    min_tokens: int = 0

    @property
    def is_certain(self) -> bool:
        """Whether nothing is drawn, so that a prompt has one ad."""
        return self.greedy or self.top_k == 1

    def __post_init__(self) -> None:
        _check_number(
            "temperature", self.temperature, "Use top_k=1 for the most probable token always."
        )
        _check_number("repetition_penalty", self.repetition_penalty, "Use 1.0 for no penalty.")
        if not _is_number(self.top_p) or not 0 < self.top_p <= 1:
            raise ValueError(
                f"top_p is {self.top_p!r}; expected a number above 0 and at most 1, "
                "where 1 keeps all tokens."
            )
        _check_count("top_k", self.top_k, "where 0 keeps all tokens")
        _check_count("min_tokens", self.min_tokens, "where 0 lets an ad end at once")
        if not isinstance(self.greedy, bool):
            raise ValueError(f"greedy is {self.greedy!r}; expected True or False.")


def _is_number(value: object) -> bool:
    """Tells whether `value` is a finite real number (a bool is not)."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def _check_number(name: str, value: object, hint: str) -> None:
    """Raises ValueError unless `value` is a finite number above zero."""
    if not _is_number(value) or not value > 0:  # type: ignore[operator]
        raise ValueError(f"{name} is {value!r}; expected a finite number above 0. {hint}")


def _check_count(name: str, value: object, hint: str) -> None:
    """Raises ValueError unless `value` is a whole number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name} is {value!r}; expected a whole number of at least 0, {hint}.")

"""The decoding controls: how boldly the next token is chosen.

The module knows their values and checks them; `decoding.sampling` applies them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adgen.support.fields import check_fields, limited
from adgen.support.ranges import Range

_FACTORS = Range(0, 1_000_000, is_above=True)


@dataclass(frozen=True)
class Sampling:
    """Holds the decoding controls; the defaults draw from the model's own distribution.

    Attributes:
        temperature: Logits are divided by it: below 1 likely tokens get likelier, above 1 all get
            more alike; above 0, at most 1,000,000.
        top_k: Draw from the so many most probable tokens, 0 to 1,000,000,000; 0 draws from all.
            Ties at the edge go to the lower token id.
        top_p: Draw from the smallest set of most probable tokens whose probabilities add up to it,
            above 0, at most 1; 1 draws from all.
        repetition_penalty: Above 1, tokens that the ad already has become less probable; 1 is off;
            above 0, at most 1,000,000.
        greedy: Always take the most probable token. Temperature, top-k and top-p then have no say.
        min_tokens: Tokens after the prompt at least, 0 to 1,000,000 and no more than `max_tokens`:
            an ad's end is not drawn before. A model whose context is full ends all the same.

    Source:
        Top-p: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration".
        Repetition penalty: Keskar et al. 2019, "CTRL".

    Example:
        >>> Sampling(temperature=0.8, top_p=0.9, top_k=5).top_k
        5
    """

    temperature: float = limited(
        _FACTORS, 1.0, hint="Use top_k=1 for the most probable token always."
    )
    top_k: int = limited(Range(0, 1_000_000_000), 0, hint="0 keeps all tokens.")
    top_p: float = limited(Range(0, 1, is_above=True), 1.0, hint="1 keeps all tokens.")
    repetition_penalty: float = limited(_FACTORS, 1.0, hint="Use 1.0 for no penalty.")
    greedy: bool = False
    min_tokens: int = limited(Range(0, 1_000_000), 0, hint="0 lets an ad end at once.")

    @property
    def is_certain(self) -> bool:
        """Whether nothing is drawn, so that a prompt has one ad."""
        return self.greedy or self.top_k == 1

    def in_turn(self) -> dict[str, Sampling]:
        """Returns each control that has an effect with itself and those that are applied before it.

        Example:
            >>> list(Sampling(temperature=0.8, top_k=5).in_turn())
            ['temperature', 'top_k']
        """
        if self.greedy:
            return {"greedy": self}
        found: dict[str, Sampling] = {}
        so_far = off = Sampling(min_tokens=self.min_tokens)
        for name in ("repetition_penalty", "temperature", "top_k", "top_p"):
            value = getattr(self, name)
            if value != getattr(off, name):
                so_far = found[name] = replace(so_far, **{name: value})
        return found

    def __post_init__(self) -> None:
        check_fields(self)

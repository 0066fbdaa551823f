"""An ad as a generator hands it out."""

from __future__ import annotations

from dataclasses import dataclass

from adgen.decoding.loop import Draft, Step


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

    @classmethod
    def of(cls, draft: Draft, text: str) -> GeneratedAd:
        """Makes one of a draft that has come to its end, and of its text."""
        return cls(
            prompt=draft.prompt,
            text=text,
            token_ids=tuple(draft.token_ids),
            finished=draft.finished,
            log_probability=draft.log_probability,
            steps=tuple(draft.steps),
        )

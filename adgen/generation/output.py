"""Generated ads as text or JSON, piece by piece, as the command line shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import TextIO

from adgen.generation.generated import GeneratedAd


def is_unicode(stream: TextIO) -> bool:
    """Tells whether a stream's encoding has every letter."""
    return (stream.encoding or "").lower().startswith("utf")


def text_pieces(
    prompts: Sequence[str], ads: Iterable[GeneratedAd], num_ads: int
) -> Iterator[tuple[GeneratedAd, str]]:
    """Yields each ad with its line; with several prompts each prompt's ads stand under it.

    Args:
        prompts: The prompts.
        ads: The ads of the first prompt, then those of the second, and so on.
        num_ads: Ads of each prompt.
    """
    has_headings = len(prompts) > 1
    indent = "  " if has_headings else ""
    remaining = iter(ads)
    for prompt in prompts:
        heading = f"{prompt}:\n" if has_headings else ""
        for ad in islice(remaining, num_ads):
            lines = [ad.text, *_step_lines(ad)]
            yield ad, heading + "".join(f"{indent}{line}\n" for line in lines)
            heading = ""


def json_pieces(
    prompts: Sequence[str], ads: Iterable[GeneratedAd], num_ads: int, *, only_ascii: bool = False
) -> Iterator[tuple[GeneratedAd, str]]:
    """Yields each ad with its part of one line of JSON.

    The line is `[{"prompt", "ads": [{"text", "finished", "log_probability", "steps"?}]}]`.

    Args:
        prompts: As in `text_pieces`.
        ads: As in `text_pieces`.
        num_ads: As in `text_pieces`.
        only_ascii: Whether other letters are written as escapes.
    """
    remaining = iter(ads)
    before = "["
    for place, prompt in enumerate(prompts, 1):
        before += f'{{"prompt": {json.dumps(prompt, ensure_ascii=only_ascii)}, "ads": ['
        for number, ad in enumerate(islice(remaining, num_ads), 1):
            is_last = number == num_ads
            after = "" if not is_last else "]}" if place < len(prompts) else "]}]\n"
            yield ad, before + json.dumps(_ad_as_dict(ad), ensure_ascii=only_ascii) + after
            before = ", "


def _step_lines(ad: GeneratedAd) -> list[str]:
    """Returns a line a token of an explained ad: its probability, and the likeliest ones."""
    lines = []
    for step in ad.steps:
        candidates = ", ".join(f"{c.token!r} {c.model_probability:.3f}" for c in step.candidates)
        lines.append(
            f"  {step.chosen.token!r} {step.chosen.model_probability:.3f}  from  {candidates}"
        )
    return lines


def _ad_as_dict(ad: GeneratedAd) -> dict[str, object]:
    fields: dict[str, object] = {
        "text": ad.text,
        "finished": ad.finished,
        "log_probability": ad.log_probability,
    }
    if ad.steps:
        fields["steps"] = [
            {"chosen": asdict(step.chosen), "candidates": [asdict(c) for c in step.candidates]}
            for step in ad.steps
        ]
    return fields

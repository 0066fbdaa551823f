"""Generated ads as text or JSON, as the command line shows them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from adgen.generation.generator import GeneratedAd


def as_text(prompts: Sequence[str], ads: Sequence[Sequence[GeneratedAd]]) -> str:
    """Returns one ad a line; with several prompts each prompt's ads stand under it."""
    blocks = []
    for prompt, written in zip(prompts, ads, strict=True):
        lines = [f"{prompt}:"] if len(prompts) > 1 else []
        indent = "  " if lines else ""
        for ad in written:
            lines.append(indent + ad.text)
            lines.extend(indent + line for line in _step_lines(ad))
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _step_lines(ad: GeneratedAd) -> list[str]:
    """Returns a line a token of an explained ad: its probability, and the likeliest ones."""
    lines = []
    for step in ad.steps:
        candidates = ", ".join(f"{c.token!r} {c.model_probability:.3f}" for c in step.candidates)
        lines.append(
            f"  {step.chosen.token!r} {step.chosen.model_probability:.3f}  from  {candidates}"
        )
    return lines


def as_json(prompts: Sequence[str], ads: Sequence[Sequence[GeneratedAd]]) -> str:
    """Returns the ads as JSON on one line.

    It is `[{"prompt", "ads": [{"text", "finished", "log_probability", "steps"?}]}]`.
    """
    return json.dumps(
        [
            {"prompt": prompt, "ads": [_ad_as_dict(ad) for ad in written]}
            for prompt, written in zip(prompts, ads, strict=True)
        ],
        ensure_ascii=False,
    )


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

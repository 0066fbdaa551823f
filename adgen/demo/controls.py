"""The controls of writing as parts of a page, each with the sentence of its own field."""

from __future__ import annotations

from typing import Any

from adgen.demo.requests import Controls
from adgen.support.fields import ranges_of, texts_of

# Steps of sliders; numbers that have none are typed.
_STEPS = {"temperature": 0.05, "top_p": 0.05, "repetition_penalty": 0.05, "num_ads": 1, "top_k": 1}
_LABELS = {
    "temperature": "Temperature",
    "top_k": "Top-k",
    "top_p": "Top-p",
    "repetition_penalty": "Repetition penalty",
    "num_ads": "Number of ads",
    "seed": "Seed",
}


def add_controls(gr: Any, *names: str) -> list[Any]:
    """Adds controls to the page that is being put together.

    Args:
        gr: Gradio.
        *names: Fields of `Controls`.

    Returns:
        A component for each.
    """
    texts = texts_of(Controls)
    ranges = ranges_of(Controls)
    defaults = Controls()
    parts = []
    for name in names:
        shared = {
            "label": _LABELS[name],
            "info": texts[name],
            "value": getattr(defaults, name),
            "minimum": ranges[name].least,
            "maximum": ranges[name].most,
        }
        if name in _STEPS:
            parts.append(gr.Slider(step=_STEPS[name], **shared))
        else:
            parts.append(gr.Number(precision=0, **shared))
    return parts

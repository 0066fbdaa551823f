"""The controls of writing as parts of a page, each with the sentence of its own field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adgen.demo.requests import USUAL_FORMAT, Controls
from adgen.formats.catalogue import format_names, read_format
from adgen.support.fields import kinds_of, ranges_of, texts_of
from adgen.support.ranges import expectation

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
        }
        if name in _STEPS:
            limits = ranges[name]
            part = gr.Slider(limits.least, limits.most, step=_STEPS[name], **shared)
        else:
            part = gr.Number(**shared)
        part.preprocess = as_given
        parts.append(part)
    return parts


def add_formats(gr: Any) -> Any:
    """Adds the choice of a platform's format; an empty text is none."""
    return gr.Dropdown(
        [("no platform", ""), *((read_format(one).shown, one) for one in format_names())],
        value=USUAL_FORMAT,
        label="Platform format",
        info="Lengths and rules that the ads are written for and judged by.",
        elem_classes="ag-format",
    )


def check_filled(given: Mapping[str, Any]) -> None:
    """Raises where a control was emptied: over HTTP that is its usual value, on the page a slip.

    Raises:
        ValueError: One was; the message says what is expected.
    """
    ranges = ranges_of(Controls)
    kinds = kinds_of(Controls)
    for name in _LABELS.keys() & given.keys():
        if given[name] is None:
            expected = expectation(ranges[name], is_whole=kinds[name].type is int)
            raise ValueError(f"{_LABELS[name]} is empty; expected {expected}. Give one.")


def as_given(value: Any) -> Any:
    """Returns a control's value unchanged: the request's check says what is wrong with it.

    Gradio's own check ends the request with a message that names no field.
    """
    return value

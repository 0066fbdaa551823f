"""What a model chose from at each word, as HTML: before and after the controls."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from adgen.decoding.loop import Candidate, Step
from adgen.generation.generator import GeneratedAd

NUM_CANDIDATES = 8
_MOST_STEPS = 40


def steps_table(ad: GeneratedAd) -> str:
    """Returns an explained ad: a table a step, with each candidate's probability twice."""
    shown = ad.steps[:_MOST_STEPS]
    parts = [f'<p class="ag-words" dir="auto">{escape(ad.text)}</p>']
    parts += [_step(step, number) for number, step in enumerate(shown, 1)]
    if len(ad.steps) > len(shown):
        parts.append(f"<p>The first {_MOST_STEPS} of {len(ad.steps):,} steps are shown.</p>")
    return f'<div class="ag-hood">{"".join(parts)}</div>'


def steps_as_dicts(ad: GeneratedAd) -> list[dict[str, object]]:
    """Returns an explained ad's steps as JSON objects."""
    return [
        {"chosen": _as_dict(step.chosen), "candidates": list(map(_as_dict, step.candidates))}
        for step in ad.steps
    ]


def _step(step: Step, number: int) -> str:
    rows = "".join(_row(one, step.chosen) for one in _shown(step))
    cut = sum(one.probability == 0 for one in step.candidates)
    note = f", {cut} of these cut away" if cut else ""
    return (
        f'<details class="ag-step"{" open" * (number <= 3)}>'
        f"<summary>Word {number}: <strong>{_token(step.chosen)}</strong>{note}</summary>"
        '<table><thead><tr><th scope="col">Candidate</th><th scope="col">By the model</th>'
        f'<th scope="col">In the draw</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _shown(step: Step) -> Sequence[Candidate]:
    """Returns the likeliest candidates, and the chosen one where it is none of them."""
    tokens = {one.token for one in step.candidates}
    extra = () if step.chosen.token in tokens else (step.chosen,)
    return (*step.candidates, *extra)


def _row(one: Candidate, chosen: Candidate) -> str:
    is_chosen = one.token == chosen.token
    mark = ' class="ag-chosen"' * is_chosen
    said = ' <span class="ag-hidden">(chosen)</span>' * is_chosen
    return (
        f'<tr{mark}><th scope="row">{_token(one)}{said}</th>'
        f"<td>{_share(one.model_probability)}</td><td>{_share(one.probability)}</td></tr>"
    )


def _share(value: float) -> str:
    text = "cut" if value == 0 else f"{value:.1%}"
    return f'<span class="ag-share"><span style="width:{100 * value:.1f}%"></span></span> {text}'


def _token(one: Candidate) -> str:
    """Returns a token that can be seen: an ad's end in words."""
    return "end of ad" if one.token == "<eos>" else escape(one.token) or "␣"


def _as_dict(one: Candidate) -> dict[str, object]:
    return {
        "token": one.token,
        "model_probability": one.model_probability,
        "probability": one.probability,
    }

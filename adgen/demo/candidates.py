"""What a model chose from at each word, as HTML: by the model, and after each control in turn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from adgen.decoding.loop import Candidate, Step
from adgen.generation.generator import GeneratedAd

NUM_CANDIDATES = 8
_MOST_STEPS = 40
_LEAST_SHARE = 0.001  # that is told as a number
_LEGEND = (
    "<p>Model: a word's probability by the model. After it the controls in the order in which they "
    "are applied, repetition penalty, temperature, top-k, top-p; those without an effect are left "
    "out. A word is drawn by the last column.</p>"
)
_CONTROLS = {
    "repetition_penalty": "Penalty",
    "temperature": "Temp.",
    "top_k": "Top-k",
    "top_p": "Top-p",
    "greedy": "Greedy",
}


def steps_table(ad: GeneratedAd) -> str:
    """Returns an explained ad, a table a step."""
    shown = ad.steps[:_MOST_STEPS]
    parts = [f'<p class="ag-words" dir="auto">{escape(ad.text)}</p>', _LEGEND]
    parts += [_step(step, number) for number, step in enumerate(shown, 1)]
    if len(ad.steps) > len(shown):
        parts.append(f"<p>The first {_MOST_STEPS} of {len(ad.steps):,} steps are shown.</p>")
    return f'<div class="ag-hood">{"".join(parts)}</div>'


def _step(step: Step, number: int) -> str:
    rows = "".join(_row(one, step.chosen) for one in _shown(step))
    cut = sum(one.probability == 0 for one in step.candidates)
    note = f", {cut} of these cut away" if cut else ""
    controls = [_CONTROLS[name] for name in step.chosen.in_turn]
    names = ("Model", *(controls or ["Draw"]))
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f'<details class="ag-step"{" open" * (number <= 3)}>'
        f"<summary>Word {number}: <strong>{_token(step.chosen)}</strong>{note}</summary>"
        f'<table><thead><tr><th scope="col">Word</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
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
    after = list(one.in_turn.values()) or [one.probability]
    shares = f"<td>{_share(one.model_probability)}</td>"
    if one.may_stand:
        shares += "".join(f"<td>{_share(value)}</td>" for value in after)
    else:
        shares += f'<td colspan="{len(after)}">may not stand here</td>'
    return f'<tr{mark}><th scope="row">{_token(one)}{said}</th>{shares}</tr>'


def _share(value: float) -> str:
    bar = f'<span class="ag-share"><span style="width:{100 * value:.1f}%"></span></span>'
    return f"{bar} {_percent(value)}"


def _percent(value: float) -> str:
    """Returns a share in words: none is cut, and a small one is not told as none."""
    if value == 0:
        return "cut"
    if value < _LEAST_SHARE:
        return f"&lt;{_LEAST_SHARE:.1%}"
    return f"{value:.1%}" if value < 0.0995 else f"{value:.0%}"


def _token(one: Candidate) -> str:
    """Returns a token that can be seen: an ad's end in words."""
    return "end of ad" if one.token == "<eos>" else escape(one.token) or "␣"

"""The page's second tab: what a model chose from at each word."""

from __future__ import annotations

from typing import Any

from adgen.demo.candidates import steps_table
from adgen.demo.cards import alert
from adgen.demo.controls import add_controls, check_filled
from adgen.demo.examples import PROMPTS
from adgen.demo.service import Service
from adgen.demo.write_tab import QUEUE

_CONTROLS = ("temperature", "top_k", "top_p", "repetition_penalty", "seed")
_EMPTY = (
    '<p class="ag-empty">The likeliest words of each step appear here, before and after the '
    "controls.</p>"
)


def add_hood(gr: Any, service: Service) -> None:
    """Adds the tab's parts, and what its button does."""
    names = [one.name for one in service.generators]
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            prompt = gr.Textbox(label="First words", value="Sony TV")
            gr.Examples([[one] for one in PROMPTS[:6]], [prompt], label="Example first words")
            model = gr.Dropdown(names, value=names[0] if names else None, label="Model")
            controls = add_controls(gr, *_CONTROLS)
            button = gr.Button("Show the choices", variant="primary", elem_id="explain-button")
        with gr.Column(scale=3, min_width=320):
            output = gr.HTML(_EMPTY, elem_id="steps")

    def show_steps(*values: Any) -> str:
        given = dict(zip(("prompt", "model", *_CONTROLS), values, strict=True))
        try:
            check_filled(given)
            return steps_table(service.explain(given))
        except ValueError as error:
            return alert(str(error))

    gr.on(
        [button.click, prompt.submit],
        show_steps,
        [prompt, model, *controls],
        output,
        api_visibility="private",
        concurrency_id=QUEUE,
        concurrency_limit=1,
        show_progress="minimal",
        # Gradio passes a click over that comes before it has ended the last one's event.
        trigger_mode="always_last",
    )

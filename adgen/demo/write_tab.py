"""The page's first tab: a product or first words in, ads out while they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adgen.demo.authors import Author, usual_authors
from adgen.demo.cards import alert, cards
from adgen.demo.controls import add_controls, add_formats, check_filled
from adgen.demo.examples import PROMPTS, product_labels, product_rows
from adgen.demo.service import Service

QUEUE = "writing"  # what shares it is done one after the other
_CONTROLS = ("num_ads", "seed", "temperature", "top_k", "top_p", "repetition_penalty")
_PRODUCT_NAMES = ("brand", "product", "category", "facts", "keywords", "exclude")
_EMPTY = '<p class="ag-empty">Your ads appear here.</p>'
_FROM_PRODUCT, _FROM_WORDS = "A product", "First words"


def add_write(gr: Any, service: Service) -> None:
    """Adds the tab's parts, and what its button does."""
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            start = gr.Radio([_FROM_PRODUCT, _FROM_WORDS], value=_FROM_PRODUCT, label="Write from")
            with gr.Column() as product_group:
                product_parts = _add_product(gr)
            with gr.Column(visible=False) as prompt_group:
                prompt = _add_prompt(gr)
            form, models, controls = _add_options(gr, service)
            button = gr.Button("Write ads", variant="primary", elem_id="write-button")
        with gr.Column(scale=3, min_width=320):
            output = gr.HTML(_EMPTY, elem_id="ads")
    start.change(
        lambda value: (
            gr.Column(visible=value == _FROM_PRODUCT),
            gr.Column(visible=value == _FROM_WORDS),
            gr.CheckboxGroup(**_models_of(service, value)),
        ),
        start,
        [product_group, prompt_group, models],
        api_visibility="private",
        queue=False,
    )
    names = ("start", *_PRODUCT_NAMES, "prompt", "format", "models", *_CONTROLS)

    def write(*values: Any) -> Iterator[str]:
        yield from shown_ads(service, dict(zip(names, values, strict=True)))

    gr.on(
        [button.click, prompt.submit],
        write,
        [start, *product_parts, prompt, form, models, *controls],
        output,
        api_visibility="private",
        concurrency_id=QUEUE,
        concurrency_limit=1,
        show_progress="minimal",
        # Gradio passes a click over that comes before it has ended the last one's event.
        trigger_mode="always_last",
    )


def shown_ads(service: Service, given: dict[str, Any]) -> Iterator[str]:
    """Yields the ads of what stands on the page as HTML; what is wrong with it, kindly."""
    is_product = given.pop("start") == _FROM_PRODUCT
    if is_product:
        given.pop("prompt")
    else:
        given = {key: value for key, value in given.items() if key not in _PRODUCT_NAMES}
    write = service.write_product if is_product else service.write_prompt
    try:
        check_filled(given)
        for state in write(given):
            yield cards(state.reviews, state.errors, is_done=state.is_done)
    except ValueError as error:
        yield alert(str(error))


def _add_product(gr: Any) -> list[Any]:
    """Adds the form of a product, in the order of `_PRODUCT_NAMES`."""
    first, *_ = rows = product_rows()
    examples = gr.Column()
    with gr.Group():
        with gr.Row():
            brand = gr.Textbox(label="Brand", value=first[0], min_width=120)
            name = gr.Textbox(label="Product", value=first[1], min_width=160)
        facts = gr.Textbox(label="Facts", value=first[3], lines=4, info="One a line: Color: black")
        category = gr.Textbox(label="Category", value=first[2])
        with gr.Row():
            keywords = gr.Textbox(
                label="Keywords", info="In every ad; commas between.", min_width=140
            )
            exclude = gr.Textbox(label="Never say", info="In no ad; commas between.", min_width=140)
    with examples:
        gr.Examples(
            rows,
            [brand, name, category, facts],
            label="Example products",
            example_labels=product_labels(),
        )
    return [brand, name, category, facts, keywords, exclude]


def _add_prompt(gr: Any) -> Any:
    prompt = gr.Textbox(
        label="First words",
        value=PROMPTS[0],
        info="The ad begins with them. Models that go on from first words invent: check every ad.",
    )
    gr.Examples([[one] for one in PROMPTS], [prompt], label="Example first words")
    return prompt


def _models_of(service: Service, start: str) -> dict[str, Any]:
    """Returns the models that can write from a product or from first words, and who is ticked."""
    is_product = start == _FROM_PRODUCT
    able: Sequence[Author] = service.authors if is_product else service.generators
    ticked = usual_authors(able) if is_product else able
    labels = [
        f"{one.kind}: {one.limits}" if is_product and one.limits else one.kind for one in able
    ]
    return {
        "choices": [(f"{a.name} ({label})", a.name) for a, label in zip(able, labels, strict=True)],
        "value": [one.name for one in ticked],
    }


def _add_options(gr: Any, service: Service) -> tuple[Any, Any, list[Any]]:
    """Adds platform, models and controls."""
    form = add_formats(gr)
    models = gr.CheckboxGroup(label="Models, side by side", **_models_of(service, _FROM_PRODUCT))
    with gr.Accordion("How many, and how boldly", open=False):
        gr.Markdown(
            "The writer takes the temperature; models that go on from first words take all four."
        )
        controls = add_controls(gr, *_CONTROLS)
    return form, models, controls

"""The page's third tab: a file in, what was recognised, ads while they are written, a file out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adgen.demo.authors import Author, first_writer
from adgen.demo.cards import alert
from adgen.demo.catalogue import (
    ADS,
    MOST_BYTES,
    MOST_PRODUCTS,
    ROWS,
    Order,
    read_catalogue,
    write_export,
)
from adgen.demo.catalogue_cards import progress_bar, summary
from adgen.demo.controls import add_formats, as_given
from adgen.demo.requests import USUAL_FORMAT, plain_number
from adgen.exports.targets import TARGETS
from adgen.support.given import a_text

# Apart from writing and from each other, so that a catalogue keeps nobody waiting.
_READING_QUEUE = "reading"
_QUEUE = "catalogue"
_MEGABYTES = MOST_BYTES // 1_000_000
_EMPTY = '<p class="ag-empty">What was recognised appears here.</p>'
_READING = '<p class="ag-state" role="status">Reading your file …</p>'
# What is wrong with a visitor's file, said to the visitor.
_SAID = (ValueError, OSError)


def add_catalogue(gr: Any, authors: Sequence[Author]) -> None:
    """Adds the tab's parts, and what they do; the page's first writer writes the ads."""
    writer = first_writer(authors)
    model = None if writer is None else str(writer.folder)
    name = "the writer that comes with adgen" if writer is None else writer.name
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            inputs = _add_inputs(gr)
            gr.HTML(f"<p>The ads are written by {escape(name)}.</p>", elem_id="catalogue-writer")
            button = gr.Button("Write all ads", variant="primary", elem_id="catalogue-button")
        with gr.Column(scale=3, min_width=320):
            found = gr.HTML(_EMPTY, elem_id="recognised")
            progress = gr.HTML("", elem_id="progress")
            export = gr.DownloadButton(
                "Download the export", variant="primary", visible=False, elem_id="export"
            )
    file, *_, columns = inputs
    reading = {
        "fn": recognised,
        "inputs": [file, columns],
        "outputs": found,
        "concurrency_id": _READING_QUEUE,
        "concurrency_limit": 1,
    }
    file.change(
        **reading,
        api_name="read_catalogue",
        api_description="Says what was recognised in a seller's file, as HTML.",
    )
    gr.on([columns.submit, columns.blur], **reading, api_visibility="private")

    # Callers over HTTP get a file; that its button is seen is the page's own business.
    button.click(
        _writing_with(model),
        inputs,
        [progress, export],
        api_name="write_catalogue",
        api_description="Writes the ads of a seller's file: progress as HTML, then the export.",
        concurrency_id=_QUEUE,
        concurrency_limit=1,
        show_progress="minimal",
    ).then(
        lambda path: gr.DownloadButton(visible=path is not None),
        export,
        export,
        api_visibility="private",
        queue=False,
    )


def _writing_with(model: str | None) -> Callable[..., Iterator[tuple[str, str | None]]]:
    """Returns `written` for one model; callers over HTTP name values as its arguments are."""

    def write(
        path: Any, target: Any, url: Any, num_ads: Any, format: Any, columns: Any
    ) -> Iterator[tuple[str, str | None]]:
        yield from written(path, target, url, num_ads, format, columns, model=model)

    return write


def _add_inputs(gr: Any) -> list[Any]:
    """Adds the file and what is to become of it, in the order of `written`."""
    file = gr.File(
        label=f"Catalogue (up to {MOST_PRODUCTS:,} products, {_MEGABYTES} MB)",
        elem_id="catalogue-file",
    )
    columns = gr.Textbox(
        label="Columns",
        value="",
        info="Of a table with other headings, such as product=Titel, brand=Marke. Empty: "
        "they are recognised.",
        elem_id="catalogue-columns",
    )
    target = gr.Dropdown([ROWS, *TARGETS], value=ROWS, label="Export for")
    form = add_formats(gr)
    url = gr.Textbox(
        label="Pages of products",
        value="",
        info="For products without a page: an address with {id} in the key's place.",
    )
    num_ads = gr.Slider(ADS.least, ADS.most, value=1, step=1, label="Ads of each product")
    num_ads.preprocess = as_given
    target.change(
        lambda value: gr.Dropdown(visible=value == ROWS),
        target,
        form,
        api_visibility="private",
        queue=False,
    )
    return [file, target, url, num_ads, form, columns]


def recognised(path: str | None, columns: str = "") -> str:
    """Returns what was recognised in a file as HTML; what is wrong with it, kindly.

    Args:
        path: The uploaded file; None where there is none yet.
        columns: As for `Order`.
    """
    if path is None:
        return _EMPTY
    try:
        return summary(read_catalogue(path, a_text("columns", columns).strip()))
    except _SAID as error:
        return alert(str(error))


def written(
    path: str | None,
    target: str,
    url: str,
    num_ads: float,
    format: str = USUAL_FORMAT,
    columns: str = "",
    *,
    model: str | None = None,
) -> Iterator[tuple[str, str | None]]:
    """Yields how far a catalogue is, as HTML, and at last its export's path.

    Args:
        path: The uploaded file.
        target: As for `Order`.
        url: The same, `url_template`.
        num_ads: The same.
        format: The same.
        columns: The same.
        model: The same.
    """
    yield _READING, None
    with TemporaryDirectory(prefix="adgen-demo-") as folder:
        try:
            order = Order(
                target=target,
                num_ads=plain_number(num_ads),
                url_template=a_text("url_template", url).strip(),
                model=model,
                format=format,
                columns=a_text("columns", columns).strip(),
            )
            for progress in write_export(path, order, Path(folder)):
                made = None if progress.path is None else str(progress.path)
                yield progress_bar(progress), made
        except _SAID as error:
            yield alert(str(error)), None

"""The page's third tab: a file in, what was recognised, ads while they are written, a file out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    progress_bar,
    read_catalogue,
    summary,
    write_export,
)
from adgen.demo.requests import plain_number
from adgen.exports.targets import TARGETS
from adgen.support.given import a_text

_QUEUE = "catalogue"  # apart from writing, so that a catalogue keeps nobody waiting
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
            file = gr.File(
                label=f"Catalogue (up to {MOST_PRODUCTS:,} products, {_MEGABYTES} MB)",
                elem_id="catalogue-file",
            )
            target = gr.Dropdown([ROWS, *TARGETS], value=ROWS, label="Export for")
            url = gr.Textbox(
                label="Pages of products",
                info="For products without a page: an address with {id} in the key's place.",
            )
            num_ads = gr.Slider(ADS.least, ADS.most, value=1, step=1, label="Ads of each product")
            gr.HTML(f"<p>The ads are written by {escape(name)}.</p>", elem_id="catalogue-writer")
            button = gr.Button("Write all ads", variant="primary", elem_id="catalogue-button")
        with gr.Column(scale=3, min_width=320):
            found = gr.HTML(_EMPTY, elem_id="recognised")
            progress = gr.HTML("", elem_id="progress")
            export = gr.DownloadButton(
                "Download the export", variant="primary", visible=False, elem_id="export"
            )
    file.change(
        recognised,
        file,
        found,
        api_name="read_catalogue",
        api_description="Says what was recognised in a seller's file, as HTML.",
        concurrency_id=_QUEUE,
        concurrency_limit=1,
    )

    def shown(*values: Any) -> Iterator[tuple[str, Any]]:
        for text, path in written(*values, model=model):
            yield text, gr.DownloadButton(value=path, visible=path is not None)

    button.click(
        shown,
        [file, target, url, num_ads],
        [progress, export],
        api_name="write_catalogue",
        api_description="Writes the ads of a seller's file: progress as HTML, then the export.",
        concurrency_id=_QUEUE,
        concurrency_limit=1,
        show_progress="minimal",
    )


def recognised(path: str | None) -> str:
    """Returns what was recognised in a file as HTML; what is wrong with it, kindly."""
    if path is None:
        return _EMPTY
    try:
        return summary(read_catalogue(path))
    except _SAID as error:
        return alert(str(error))


def written(
    path: str | None, target: str, url: str, num_ads: float, *, model: str | None = None
) -> Iterator[tuple[str, str | None]]:
    """Yields how far a catalogue is, as HTML, and at last its export's path.

    Args:
        path: The uploaded file.
        target: As for `Order`.
        url: The same, `url_template`.
        num_ads: The same.
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
            )
            for progress in write_export(path, order, Path(folder)):
                made = None if progress.path is None else str(progress.path)
                yield progress_bar(progress), made
        except _SAID as error:
            yield alert(str(error)), None

"""A visitor's catalogue: what was recognised, its ads while they are written, the export.

Files lie in a folder of their own while they are at work. Names that a visitor gave a file are
shown and never used as paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from adgen.bulk.plan import BulkPlan
from adgen.catalogues.reading import Catalogue, read_products
from adgen.catalogues.recognise import PLAIN
from adgen.catalogues.streaming import open_products
from adgen.exports.targets import TARGETS
from adgen.support.given import a_text
from adgen.support.ranges import Range, check_number
from adgen.writing.settings import WriteSettings

if TYPE_CHECKING:
    from adgen.bulk.run import Counts

MOST_BYTES = 20_000_000  # of an upload
MOST_UNPACKED_BYTES = 200_000_000  # of a workbook
MOST_PRODUCTS = 2_000
LONGEST_URL = 500  # characters
ADS = Range(1, 5)  # of each product
ROWS = "rows with findings"  # what a run itself writes
_SHOWN = 5
_NAME = "ads"
_ZIP = b"PK\3\4"


@dataclass(frozen=True)
class Order:
    """Says what is to become of a catalogue.

    Attributes:
        target: A name of `TARGETS`, or `ROWS`.
        num_ads: Ads a product, 1 to 5.
        seed: The same seed gives the same ads.
        url_template: The page of products that have none, with {id} in the place of their key; 500
            characters at most.
        model: A writer's folder; None for the one that comes with adgen.

    Raises:
        ValueError: There is no such export, or a value is of another type or out of its range.
    """

    target: str = ROWS
    num_ads: int = 1
    seed: int = 0
    url_template: str = ""
    model: str | None = None

    def __post_init__(self) -> None:
        a_text("target", self.target)
        check_number("num_ads", self.num_ads, ADS, is_whole=True)
        length = len(a_text("url_template", self.url_template))
        if length > LONGEST_URL:
            raise ValueError(
                f"The pages of products have {length:,} characters; expected {LONGEST_URL} at "
                "most. Shorten it."
            )
        if self.target != ROWS and self.target not in TARGETS:
            known = ", ".join((ROWS, *TARGETS))
            raise ValueError(f"There is no export {self.target!r:.60}; expected one of {known}.")

    @property
    def plan(self) -> BulkPlan:
        """Returns how the products get their ads."""
        form = "amazon-title" if self.target == ROWS else TARGETS[self.target].format
        settings = WriteSettings(format=form, num_ads=self.num_ads, seed=self.seed)
        return BulkPlan(settings=settings, model=self.model)


@dataclass(frozen=True)
class Progress:
    """Says how far a run is.

    Attributes:
        num_done: Products that are done.
        num_products: All of them.
        num_ads: Ads written.
        num_failed: Products without an ad that may be used.
        num_skipped: Products that the catalogue flags.
        path: The export, once it is written.
        left_out: Products that are not in the export, in words.
    """

    num_done: int
    num_products: int
    num_ads: int = 0
    num_failed: int = 0
    num_skipped: int = 0
    path: Path | None = None
    left_out: str = ""


def read_catalogue(path: str | None) -> Catalogue:
    """Returns the products of an uploaded file.

    Raises:
        ValueError: There is no file, it holds no products or too many, or it is damaged.
    """
    if path is None:
        raise ValueError("There is no file yet. Drop a shop's export, a feed or a table.")
    with _own_names(Path(path)):
        _refuse_growing(Path(path))
        opened = open_products(path)
        if sum(1 for _ in islice(opened, MOST_PRODUCTS + 1)) > MOST_PRODUCTS:
            raise ValueError(
                f"The file has more products than the {MOST_PRODUCTS:,} that this page takes. "
                "Use `adgen bulk` on your own machine for more."
            )
        found = opened if isinstance(opened, Catalogue) else read_products(path)
    if not len(found):
        raise ValueError("The file holds no products. Export it again.")
    return found


def _refuse_growing(path: Path) -> None:
    """Raises where a file may take far more memory than its size says."""
    with path.open("rb") as file:
        start = file.read(4)
    is_workbook = path.suffix.lower() in (".xlsx", ".xlsm")
    if start == b"PAR1":
        raise ValueError(
            f"{path.name} is a Parquet file, which this page does not take; expected a table. Save "
            "it as CSV, or use `adgen bulk` on your own machine."
        )
    if start.startswith(b"\x1f\x8b") or (start == _ZIP and not is_workbook):
        raise ValueError(
            f"{path.name} is compressed; expected the file itself. Unpack it, and send what is in "
            "it."
        )
    if start == _ZIP:
        try:
            with ZipFile(path) as packed:
                num_bytes = sum(one.file_size for one in packed.infolist())
        except BadZipFile:
            return  # which its reader says in words of its own
        if num_bytes > MOST_UNPACKED_BYTES:
            raise ValueError(
                f"{path.name} holds {num_bytes:,} bytes once it is unpacked; expected "
                f"{MOST_UNPACKED_BYTES:,} at most. Save its products alone, as CSV."
            )


def summary(catalogue: Catalogue) -> str:
    """Returns what was recognised, as HTML."""
    flagged = catalogue.num_flagged()
    reasons = "".join(f"<li>{n:,} × {escape(why)}</li>" for why, n in flagged.most_common(8))
    notes = "".join(f"<li>{escape(note)}</li>" for note in catalogue.notes)
    rows = "".join(
        f"<tr><td>{escape(p.brand)}</td><td>{escape(p.name)}</td>"
        f"<td>{escape('; '.join(map(str, p.facts[:6])))}</td></tr>"
        for p in catalogue[:_SHOWN]
    )
    return (
        f'<div class="ag-catalogue" role="status"><p><strong>{escape(catalogue.title)}</strong>, '
        f"{escape(catalogue.about)}</p><p>{len(catalogue):,} products, "
        f"{catalogue.num_variants:,} variants</p>"
        + (f"<p>To be looked at:</p><ul>{reasons}</ul>" if reasons else "")
        + (f"<ul>{notes}</ul>" if notes else "")
        + '<div class="ag-scroll" tabindex="0" role="region" aria-label="The first products">'
        "<table><caption>The first products</caption><thead><tr>"
        '<th scope="col">Brand</th><th scope="col">Name</th><th scope="col">Facts</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div></div>"
    )


def progress_bar(progress: Progress) -> str:
    """Returns how far a run is, as HTML."""
    done = f"{progress.num_done:,} of {progress.num_products:,} products, {progress.num_ads:,} ads"
    more = f", {progress.num_failed:,} failed" * bool(progress.num_failed)
    more += f", {progress.num_skipped:,} skipped" * bool(progress.num_skipped)
    state = "Ready to download." if progress.path else "Writing …"
    left_out = f"<p>{escape(progress.left_out)}</p>" * bool(progress.left_out)
    return (
        '<div class="ag-catalogue" role="status"><progress aria-label="Products done" '
        f'max="{max(1, progress.num_products)}" value="{progress.num_done}"></progress>'
        f"<p>{done}{more}. {state}</p>{left_out}</div>"
    )


def write_export(path: str | None, order: Order, folder: Path) -> Iterator[Progress]:
    """Writes the ads of a catalogue and then its export.

    Args:
        path: The uploaded file.
        order: What is to become of it.
        folder: An empty folder to work in; the export stays there.

    Yields:
        How far it is; the last one has the export's path.

    Raises:
        ValueError: The file is none, or the export can hold no product.
    """
    from adgen.bulk.local_crew import open_local_crew
    from adgen.bulk.run import BulkJob, Counts, model_fingerprint, write_catalogue
    from adgen.bulk.source import open_source

    catalogue = read_catalogue(path)
    plan = order.plan
    suffix = ".csv" if order.target == ROWS else ".jsonl"
    rows_path = folder / f"{_NAME}{suffix}"
    with _own_names(Path(str(path)), rows_path):
        source = open_source(Path(str(path)), catalogue, only_unique=catalogue.format == PLAIN)
        job = BulkJob(source, plan, rows_path, model_fingerprint(plan))
        counts = Counts()
        with open_local_crew(plan, 1) as crew:
            for counts in write_catalogue(job, crew):
                yield _progress(counts, source.num_products)
        made, left_out = _exported(rows_path, order)
    yield replace(_progress(counts, source.num_products), path=made, left_out=left_out)


def _exported(rows_path: Path, order: Order) -> tuple[Path, str]:
    """Returns the export's path, and what is not in it."""
    if order.target == ROWS:
        return rows_path, ""
    from adgen.exports.files import export_ads

    target = TARGETS[order.target]
    path = rows_path.with_name(f"{target.name}{target.suffixes[0]}")
    found = export_ads(rows_path, path, target, url_template=order.url_template)
    reasons = ", ".join(f"{number:,}: {why}" for why, number in found.left_out.items())
    return path, f"Not in the file: {reasons}." if reasons else ""


def _progress(counts: Counts, num_products: int) -> Progress:
    return Progress(
        num_done=counts.num_rows,
        num_products=num_products,
        num_ads=counts.num_ads,
        num_failed=counts.num_failed,
        num_skipped=counts.num_skipped,
    )


@contextmanager
def _own_names(path: Path, rows_path: Path | None = None) -> Iterator[None]:
    """Has errors name things as the visitor knows them, not as they are called here."""
    names = {str(path): path.name, "url_template": "the pages of products"}
    if rows_path is not None:
        names[str(rows_path)] = "Your catalogue"
    try:
        yield
    except ValueError as error:
        text = str(error)
        for here, there in names.items():
            text = text.replace(here, there)
        raise ValueError(text) from None
    except OSError as error:
        reason = f": {error.strerror}" * bool(error.strerror)  # without the path, which is ours
        raise OSError(
            f"{path.name} cannot be worked on here{reason}. Send it again; if that does not help, "
            "use `adgen bulk` on your own machine."
        ) from None

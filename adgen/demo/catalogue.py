"""A visitor's catalogue: its products, their ads while they are written, the export.

Files lie in a folder of their own while they are at work. Names that a visitor gave a file are
shown and never used as paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from adgen.bulk.plan import BulkPlan
from adgen.catalogues.reading import Catalogue, read_products
from adgen.catalogues.recognise import PLAIN
from adgen.catalogues.streaming import open_products
from adgen.demo.requests import USUAL_FORMAT
from adgen.exports.listings import Listing, read_listings
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
_SHOWN = 5  # ads of a run that is done
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
        format: The platform's format of `ROWS`, empty for none; an export has its own.
        columns: The columns of a plain table that have other names, "product=NAME,brand=VENDOR".

    Raises:
        ValueError: There is no such export, or a value is of another type or out of its range.
    """

    target: str = ROWS
    num_ads: int = 1
    seed: int = 0
    url_template: str = ""
    model: str | None = None
    format: str = USUAL_FORMAT
    columns: str = ""

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
        a_text("format", self.format)
        a_text("columns", self.columns)

    @property
    def plan(self) -> BulkPlan:
        """Returns how the products get their ads."""
        form = (self.format or None) if self.target == ROWS else TARGETS[self.target].format
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
        is_done: Whether nothing more will come.
        reasons: How many products have no ads for each kind of reason.
        first_failed: What is wrong with the first one that failed, behind its id.
        first: The first products that have ads, once all are written.
    """

    num_done: int
    num_products: int
    num_ads: int = 0
    num_failed: int = 0
    num_skipped: int = 0
    path: Path | None = None
    left_out: str = ""
    is_done: bool = False
    reasons: Mapping[str, int] = field(default_factory=dict)
    first_failed: str = ""
    first: tuple[Listing, ...] = ()


def read_catalogue(path: str | None, columns: str = "") -> Catalogue:
    """Returns the products of an uploaded file.

    Args:
        path: The file; None where there is none yet.
        columns: As for `Order`.

    Raises:
        ValueError: There is no file, it holds no products or too many, or it is damaged.
    """
    if path is None:
        raise ValueError("There is no file yet. Drop a shop's export, a feed or a table.")
    with _own_names(Path(path)):
        _refuse_growing(Path(path))
        opened = open_products(path, map=columns or None)
        if sum(1 for _ in islice(opened, MOST_PRODUCTS + 1)) > MOST_PRODUCTS:
            raise ValueError(
                f"The file has more products than the {MOST_PRODUCTS:,} that this page takes. "
                "Use `adgen bulk` on your own machine for more."
            )
        found = (
            opened if isinstance(opened, Catalogue) else read_products(path, map=columns or None)
        )
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


def write_export(path: str | None, order: Order, folder: Path) -> Iterator[Progress]:
    """Writes the ads of a catalogue and then its export.

    Args:
        path: The uploaded file.
        order: What is to become of it.
        folder: An empty folder to work in; the export stays there.

    Yields:
        How far it is; the last one has the first ads and the export's path, unless a platform's
        tool would get no ad.

    Raises:
        ValueError: The file is none, or the export can hold no product.
    """
    from adgen.bulk.local_crew import open_local_crew
    from adgen.bulk.run import BulkJob, Counts, model_fingerprint, write_catalogue
    from adgen.bulk.source import open_source

    catalogue = read_catalogue(path, order.columns)
    plan = order.plan
    suffix = ".csv" if order.target == ROWS else ".jsonl"
    rows_path = folder / f"{_NAME}{suffix}"
    with _own_names(Path(str(path)), rows_path):
        source = open_source(
            Path(str(path)),
            catalogue,
            columns=order.columns,
            only_unique=catalogue.format == PLAIN,
        )
        job = BulkJob(source, plan, rows_path, model_fingerprint(plan))
        counts = Counts()
        with open_local_crew(plan, 1) as crew:
            for counts in write_catalogue(job, crew):
                yield _progress(counts, source.num_products)
        last = replace(_progress(counts, source.num_products), is_done=True)
        if order.target == ROWS or counts.num_ads:
            made, left_out = _exported(rows_path, order)
            last = replace(last, path=made, left_out=left_out, first=_first_of(rows_path))
    yield last


def _first_of(rows_path: Path) -> tuple[Listing, ...]:
    """Returns the first products that have ads."""
    listings = (listing for _, listing in read_listings(rows_path) if listing and listing.ads)
    return tuple(islice(listings, _SHOWN))


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
        reasons=counts.reasons,
        first_failed=counts.first_failed,
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

"""Who writes: the writer, models that go on from first words, and a template, behind one door.

Each hands out its ads while they are written. The module knows no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adgen.decoding.loop import Draft
from adgen.demo.requests import Controls
from adgen.formats.catalogue import read_format
from adgen.generation.streaming import stream_side_by_side
from adgen.products.product import Product
from adgen.support.given import texts
from adgen.writing.settings import WriteSettings
from adgen.writing.template import MAX_CHARS, template_ad

if TYPE_CHECKING:
    from adgen.generation.generator import AdGenerator
    from adgen.writing.writer import AdWriter

# Imports of models inside functions: a page with one kind loads nothing of the others.

_KINDS = {"lstm": "LSTM", "ngram": "n-gram model", "mixture": "LSTM with n-grams", "gpt": "GPT"}


@dataclass(frozen=True)
class Piece:
    """Holds an ad as far as it is written.

    Attributes:
        number: Which of its author's ads it is, from 0.
        text: The ad so far.
        fields: Texts by a format's fields; empty for a text alone.
        notes: What the author says about it, such as why a fact is not in it.
        unfilled: Fields with fewer texts than the platform takes, each with the reason.
        is_done: Whether nothing more will come.
    """

    number: int
    text: str
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    is_done: bool = True


class Author(Protocol):
    """Writes ads of products.

    Attributes:
        name: What the page calls it.
        kind: What that is: "writer", "LSTM".
        limits: What it does not know of a product; empty where it knows all facts.
    """

    name: str
    kind: str
    limits: str

    def of_product(
        self, product: Product, settings: WriteSettings, controls: Controls
    ) -> Iterator[Piece]:
        """Yields a product's ads.

        Raises:
            ValueError: It can have none.
        """


class TemplateAuthor:
    """Says brand, name and facts one after the other."""

    name = "template"
    kind = "no model"
    limits = ""

    def of_product(
        self, product: Product, settings: WriteSettings, controls: Controls
    ) -> Iterator[Piece]:
        """Yields the one ad that a template has."""
        max_chars = MAX_CHARS
        if settings.format is not None:
            max_chars = read_format(settings.format).fields[0].max_length
        yield Piece(0, template_ad(product, max_chars))


class WriterAuthor:
    """Writes from facts.

    Args:
        name: What the page calls it.
        writer: The model.
        folder: Where it lies.
    """

    kind = "writer"
    limits = ""

    def __init__(self, name: str, writer: AdWriter, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._writer = writer

    def of_product(
        self, product: Product, settings: WriteSettings, controls: Controls
    ) -> Iterator[Piece]:
        """Yields a product's ads, the best first."""
        (found,) = self._writer.write(product, settings)
        if found.error is not None:
            raise ValueError(found.error)
        for number, ad in enumerate(found.ads):
            yield Piece(number, ad.text, ad.fields, tuple(found.left_out), tuple(found.unfilled))


class GeneratorAuthor:
    """Goes on from first words; of a product from its brand and name.

    Args:
        name: What the page calls it.
        generator: The model.
    """

    limits = "goes on from brand and name; knows no facts"

    def __init__(self, name: str, generator: AdGenerator) -> None:
        self.name = name
        self.kind = _KINDS[generator.model.kind]
        self.generator = generator
        self._decoder = generator.model.open_decoder()

    def of_product(
        self, product: Product, settings: WriteSettings, controls: Controls
    ) -> Iterator[Piece]:
        """Yields ads that begin with brand and name."""
        return self.of_prompt(f"{product.brand} {product.name}".strip(), controls)

    def of_prompt(self, prompt: str, controls: Controls) -> Iterator[Piece]:
        """Yields ads that begin with a prompt, side by side, word by word."""
        settings = self.generator.settings(controls.sampling, seed=controls.seed)
        first = self.generator.open_draft(prompt, settings)
        numbers = range(controls.num_ads)
        drafts = [Draft(first.prompt, first.prompt_ids, number) for number in numbers]
        for ad in stream_side_by_side(self._decoder, drafts, settings):
            yield Piece(ad.number, ad.text, is_done=ad.is_done)


def open_authors(models: Sequence[str | None] = (None,)) -> list[Author]:
    """Opens models.

    Args:
        models: Folders, or names that `adgen write` and `adgen generate` take; None for the writer
            and the mixture that come with adgen.

    Returns:
        Them in order, and the template behind them.

    Raises:
        OSError: There is no such model.
        ValueError: It is damaged.
        ImportError: It needs an extra that is missing.
    """
    authors: list[Author] = []
    for model in dict.fromkeys(models):
        authors += _shipped() if model is None else [_opened(model)]
    taken = {TemplateAuthor.name}
    for author in authors:
        while author.name in taken:
            author.name += "'"
        taken.add(author.name)
    return [*authors, TemplateAuthor()]


def generators_of(authors: Sequence[Author]) -> list[GeneratorAuthor]:
    """Returns those that go on from first words."""
    return [author for author in authors if isinstance(author, GeneratorAuthor)]


def usual_authors(authors: Sequence[Author]) -> list[Author]:
    """Returns those that write of a product unless a visitor chooses: who knows its facts.

    Where that is the template alone, they are all.
    """
    found = [author for author in authors if not author.limits]
    return found if len(found) > 1 else list(authors)


def first_writer(authors: Sequence[Author]) -> WriterAuthor | None:
    """Returns the first one that writes from facts; None where there is none."""
    return next((author for author in authors if isinstance(author, WriterAuthor)), None)


def chosen_authors(authors: Sequence[Author], names: Sequence[str] | None) -> list[Author]:
    """Returns authors by name, in the page's order; all where nobody chose.

    Raises:
        ValueError: None is chosen, there is none of that name, or the names are no texts.
    """
    if names is None:
        return list(authors)
    names = list(texts("models", names))
    known = ", ".join(author.name for author in authors)
    odd = [name for name in names if name not in {author.name for author in authors}]
    if odd:
        raise ValueError(f"There is no model {str(odd[0])[:60]!r} here; expected some of {known}.")
    if not names:
        raise ValueError(f"Nobody is asked to write. Choose a model: {known}.")
    return [author for author in authors if author.name in names]


def _shipped() -> list[Author]:
    from adgen.generation.shipped import SHIPPED_MODEL, SHIPPED_WRITER, shipped_model_dir

    return [_opened(str(shipped_model_dir(name))) for name in (SHIPPED_WRITER, SHIPPED_MODEL)]


def _opened(model: str) -> Author:
    from adgen.writing.engines import is_writer

    name = Path(model).name or model
    folder = _folder_of_writer(model)
    if is_writer(folder):
        from adgen.writing.writer import AdWriter

        return WriterAuthor(name, AdWriter.from_pretrained(folder), folder)
    from adgen.generation.generator import AdGenerator

    return GeneratorAuthor(name, AdGenerator.from_pretrained(model))


def _folder_of_writer(model: str) -> Path:
    """Returns the folder that a writer of this name would have."""
    from adgen.writing.resources import writer_folder

    try:
        return writer_folder(model)
    except FileNotFoundError:
        return Path(model)  # of another kind, or none, which its own door says

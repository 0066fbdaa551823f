"""The writer: products in, ads out that say what the facts say and nothing else.

What an ad may say is `pieces`' subject, how it is written token by token `loop`'s.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adgen.corpus.training_ads import TrainingAds, load_training_ads
from adgen.decoding.settings import Sampling
from adgen.generation.sharing import Shared
from adgen.products.product import Product
from adgen.support.given import an_object, is_many, kind_of
from adgen.support.ranges import CORES, Range, check_number
from adgen.writing.allowed import allowed_pieces
from adgen.writing.casing import Casing
from adgen.writing.engines import Engine, open_engine
from adgen.writing.explaining import ExplainedAd, explained
from adgen.writing.formatted import PlatformFormat
from adgen.writing.forms import cased
from adgen.writing.lattice import JointTries, Lattice
from adgen.writing.loop import Beginnings, Draft, drafts_of, write_drafts
from adgen.writing.piece import Piece
from adgen.writing.plain import plain_product
from adgen.writing.ranking import WrittenAd, choose_ads, num_different
from adgen.writing.resources import (
    load_casing,
    writer_folder,
    writer_source,
)
from adgen.writing.room import why_dropped
from adgen.writing.settings import WriteSettings

# Products whose candidates are written together: so many at most, and no more than whose keys and
# values this memory holds, so many tokens of each.
_ROUND = 64
_KEPT_BYTES, _KEPT_TOKENS = 1 << 28, 256
_TOGETHER = 64  # candidates of a product that are written together
_MOST_ATTEMPTS = 3  # at so many different ads as are asked for
_SHOWN = Range(1, 100)  # tokens of a step that is explained
_BOLDER, _HIGHEST_TEMPERATURE = 4, 1_000  # what the temperature of an attempt is multiplied by


@dataclass(frozen=True)
class ProductAds:
    """Holds what came of one product.

    Attributes:
        product: As given.
        ads: Its ads, the best first; none where there is an error.
        left_out: Facts that no ad says, each with the reason.
        unfilled: Fields of the format that have fewer texts than it takes, each with the reason.
        error: Why it has no ads; None where it has.
    """

    product: Product
    ads: tuple[WrittenAd, ...] = ()
    left_out: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class _Job:
    """Holds what is to be written of one product, the number-th of a round."""

    number: int
    product: Product
    pieces: Sequence[Piece]
    left_out: Sequence[str]
    beginnings: Beginnings

    def drafts(self, settings: WriteSettings, numbers: Sequence[int]) -> list[Draft]:
        """Returns the candidates of these numbers, nothing written.

        A few share their beginnings with those of earlier attempts; many are no longer kept.
        """
        is_kept = settings.candidates <= _TOGETHER
        beginnings = self.beginnings if is_kept else self.beginnings.anew()
        prompt = repr(self.product)
        return drafts_of(self.number, beginnings, prompt, numbers=numbers, seed=settings.seed)


class AdWriter(Shared):
    """Writes ads from products' facts.

    Args:
        engine: The model.
        casing: The capitals that words have.
        training_ads: Ads that the writer does not copy if it can say something else; None where
            copies do not matter.

    Example:
        writer = AdWriter.from_pretrained()
        product = Product(brand="Acme", name="Bluetooth Headphones", facts=("40 hours battery",))
        for ad in writer.write([product])[0].ads:
            print(ad.text)
    """

    def __init__(
        self, engine: Engine, casing: Casing, training_ads: TrainingAds | None = None
    ) -> None:
        self.engine = an_object("engine", engine, Engine)
        self._casing = an_object("casing", casing, Casing)
        self._training_ads: Container[str] = ()
        if training_ads is not None:
            self._training_ads = an_object("training_ads", training_ads, TrainingAds)
        self._joints = JointTries(engine.vocabulary)
        config = engine.llama.config
        token_bytes = 8 * config.num_layers * config.num_groups * config.head_width
        self._round = min(_ROUND, max(1, _KEPT_BYTES // (_KEPT_TOKENS * token_bytes)))

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path | None = None,
        *,
        revision: str | None = None,
        precision: str = "auto",
        num_threads: int | None = None,
    ) -> AdWriter:
        """Opens a writer.

        Args:
            model: A Llama model's folder, the name of a fetched base, or an id on the Hub,
                OWNER/NAME; by default the writer that comes with adgen. A folder of that name comes
                first, and for a folder nothing is fetched.
            revision: A branch, tag or commit on the Hub; None for the newest of the branch main.
            precision: "float32" with NumPy, "int8" with the extra adgen[writer], which takes less
                time for nearly the same ads, or "auto": int8 for a large model where the extra is
                installed, else float32.
            num_threads: Processor cores that int8 uses; by default all that this process may use.

        Raises:
            OSError: There is no such folder, here or on the Hub, a file of it is missing, or the
                Hub cannot be reached.
            ValueError: It is no Llama model, or a file is damaged; there is no such precision; or
                num_threads is no number of cores.
            ImportError: The extra is missing, and int8 is asked for.
        """
        if num_threads is not None:
            check_number("num_threads", num_threads, CORES, is_whole=True, or_none=True)
        source = writer_source(model, revision)
        engine = open_engine(writer_folder(source), precision=precision, num_threads=num_threads)
        writer = cls(engine, load_casing(), load_training_ads())
        writer.source_dir = source
        return writer

    def write(
        self,
        products: Product | Iterable[Product],
        settings: WriteSettings | None = None,
        **changes: object,
    ) -> list[ProductAds]:
        """Returns the ads of each product, in order.

        Args:
            products: One or many.
            settings: How to write; by default `WriteSettings()`.
            **changes: Fields of the settings, such as `num_ads=1`.

        Raises:
            ValueError: A setting is out of its range. What is wrong with a product stands in its
                result.
        """
        many = [products] if isinstance(products, Product) else products
        changed = replace(_checked(settings), **changes)  # type: ignore[arg-type]
        return list(self.iter_ads(many, changed))

    def iter_ads(
        self, products: Iterable[Product], settings: WriteSettings | None = None
    ) -> Iterator[ProductAds]:
        """Yields the ads of each product, in order; a few products are held at once."""
        settings = _checked(settings)
        if isinstance(products, (str, bytes, Product)) or not is_many(products):
            raise ValueError(f"products is {kind_of(products)}; expected products, such as a list.")
        waiting: list[Product] = []
        for product in products:
            waiting.append(an_object("products", product, Product))
            if len(waiting) == self._round:
                yield from self._write_round(waiting, settings)
                waiting = []
        if waiting:
            yield from self._write_round(waiting, settings)

    def explain(
        self,
        product: Product,
        settings: WriteSettings | None = None,
        *,
        num_shown: int = 5,
        **changes: object,
    ) -> ExplainedAd:
        """Says what a product's first ad was chosen from, token by token.

        Args:
            product: What the ad is about.
            settings: How to write; by default `WriteSettings()`.
            num_shown: The likeliest tokens of each step, so many of all and so many of those that
                may stand there, 1 to 100.
            **changes: Fields of the settings, such as `format="amazon-title"`.

        Returns:
            The first of the ads of `write(product, settings, num_ads=1)`, of a format its title
            alone, and its steps.

        Raises:
            ValueError: A setting is out of its range, or the product cannot have an ad.

        Example:
            >>> mug = Product(brand="Acme", name="Mug", facts=("12 oz", "Color: red"))
            >>> AdWriter.from_pretrained().explain(mug).steps[0].chosen.may_stand
            True
        """
        check_number("num_shown", num_shown, _SHOWN, is_whole=True)
        one_ad: dict[str, Any] = {**changes, "num_ads": 1}
        settings = replace(_checked(settings), **one_ad)
        platform = _platform_of(settings)
        job = self._job(0, an_object("product", product, Product), settings, platform)
        sampling = Sampling(temperature=settings.temperature)
        numbers = range(settings.candidates)
        drafts = [
            draft
            for start in range(0, len(numbers), _TOGETHER)
            for draft in write_drafts(
                job.drafts(settings, numbers[start : start + _TOGETHER]), sampling
            )
        ]
        ads = [self._written(draft) for draft in drafts]
        allowed = ads if platform is None else platform.accepted(ads, job.product.brand)
        (ad,) = choose_ads(allowed, 1, self._training_ads)
        token_ids = drafts[ads.index(ad)].token_ids
        return explained(ad, job.beginnings, token_ids, self.engine.vocabulary, num_shown=num_shown)

    def _write_round(
        self, products: Sequence[Product], settings: WriteSettings
    ) -> Iterator[ProductAds]:
        """Writes a few products' candidates side by side, and chooses among them."""
        platform = _platform_of(settings)
        results: list[ProductAds] = []
        jobs: dict[int, _Job] = {}
        for number, product in enumerate(products):
            try:
                jobs[number] = self._job(number, product, settings, platform)
            except ValueError as error:
                results.append(ProductAds(product, error=str(error)))
            else:
                results.append(ProductAds(product, left_out=tuple(jobs[number].left_out)))
        found: dict[int, list[WrittenAd]] = {number: [] for number in jobs}
        chosen: dict[int, list[WrittenAd]] = {}
        # A likely ad is drawn again and again; where too few differ, more are drawn, more boldly.
        for attempt in range(1 if settings.num_candidates else _MOST_ATTEMPTS):
            wanted = [n for n in jobs if num_different(chosen.get(n, ())) < settings.num_ads]
            temperature = min(settings.temperature * _BOLDER**attempt, _HIGHEST_TEMPERATURE)
            numbers = range(settings.candidates * attempt, settings.candidates * (attempt + 1))
            for start in range(0, len(numbers), _TOGETHER):
                some = numbers[start : start + _TOGETHER]
                drafts = [draft for n in wanted for draft in jobs[n].drafts(settings, some)]
                self._write(drafts, temperature, found)
            for n in wanted:
                allowed = found[n]
                if platform is not None:
                    allowed = platform.accepted(allowed, jobs[n].product.brand)
                chosen[n] = choose_ads(allowed, settings.num_ads, self._training_ads)
        keywords = cased(settings.keywords, self._casing)
        for number, result in enumerate(results):
            ads = chosen.get(number, ())
            if platform is None or number not in jobs:
                yield replace(result, ads=tuple(ads))
            else:
                yield _filled(result, jobs[number], platform, ads, keywords, settings.num_ads)

    def _write(
        self, drafts: Sequence[Draft], temperature: float, found: dict[int, list[WrittenAd]]
    ) -> None:
        """Writes candidates to their ends, and adds each to those of its product."""
        for draft in write_drafts(drafts, Sampling(temperature=temperature)):
            found[draft.job].append(self._written(draft))

    def _written(self, draft: Draft) -> WrittenAd:
        """Returns a candidate that has ended as an ad."""
        score = draft.log_probability / (draft.num_tokens + 1)
        return WrittenAd(self.engine.vocabulary.decode(draft.token_ids), score)

    def _job(
        self,
        number: int,
        product: Product,
        settings: WriteSettings,
        platform: PlatformFormat | None,
    ) -> _Job:
        """Returns what is to be written of a product.

        Raises:
            ValueError: It cannot have an ad.
        """
        product = plain_product(product)
        max_chars = settings.max_chars
        if platform is not None:
            product, max_chars = platform.room_of(platform.listed(product), max_chars)
        pieces, left_out = allowed_pieces(product, settings, self._casing)
        of_title = pieces
        if platform is not None:
            of_title, pieces, refused = platform.allowed(pieces, product.brand)
            left_out += refused
        lattice = Lattice(
            of_title, self.engine.vocabulary, self._joints, max_chars=max_chars or 1 << 20
        )
        if any(piece.is_name or piece.leads for piece in lattice.dropped):
            raise ValueError(
                f"max_chars is {max_chars}; brand and name need more. Give a higher one, or a "
                "shorter name."
            )
        if platform is None:  # with one there are other fields, in which there may be room
            left_out += [f"{piece.source}: {why_dropped(piece)}" for piece in lattice.dropped]
        said = sum(len(piece.forms[0]) + 2 for piece in lattice.pieces)
        prompt_ids = self.engine.prompt_ids(product, min(said, max_chars or said))
        beginnings = Beginnings(self.engine.llama, prompt_ids, lattice)
        return _Job(number, product, pieces, left_out, beginnings)


def _platform_of(settings: WriteSettings) -> PlatformFormat | None:
    return None if settings.format is None else PlatformFormat(settings.format)


def _filled(
    result: ProductAds,
    job: _Job,
    platform: PlatformFormat,
    ads: Sequence[WrittenAd],
    keywords: Sequence[str],
    num_ads: int,
) -> ProductAds:
    """Returns a product's ads with all fields of a format; an error where there is too little."""
    filler = platform.filler(job.pieces, job.product.brand, keywords)
    try:
        filled, unfilled = platform.fill(filler, ads, num_ads)
    except ValueError as error:
        return ProductAds(result.product, left_out=result.left_out, error=str(error))
    left_out = (*result.left_out, *platform.unsaid(job.pieces, filled))
    return replace(result, ads=tuple(filled), left_out=left_out, unfilled=tuple(unfilled))


def _checked(settings: WriteSettings | None) -> WriteSettings:
    """Returns a caller's settings, or the usual ones."""
    return an_object("settings", WriteSettings() if settings is None else settings, WriteSettings)

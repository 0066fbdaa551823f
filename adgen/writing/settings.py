"""Settings of writing from products, checked when they are made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adgen.formats.catalogue import read_format
from adgen.support.fields import check_fields, limited
from adgen.support.given import texts
from adgen.support.ranges import SEEDS, Range


@dataclass(frozen=True)
class WriteSettings:
    """Says how ads are written from products.

    Attributes:
        num_ads: Ads a product, 1 to 100; fewer where a product has too few facts for so many
            different ones that copy no training ad.
        max_chars: Characters of an ad at most, 10 to 10,000; facts that have no room are left out,
            the last ones first; None for no limit. With a format those of its title, or of the
            sentence that stands in a title's place.
        format: A platform's format, such as google-rsa or amazon-title, whose fields ads then fill
            by its rules (docs/formats.md lists all); None for a text alone.
        keywords: Words that every ad holds.
        exclude: Words that no ad holds, whole: "lack" is not in "black".
        liveliness: Common uses of its kind of product that an ad names beyond the facts, such as
            "for Gym and Home", 0 to 3; 0 says nothing that the facts lack.
        temperature: How far candidates stray from the likeliest words, 0.001 to 1,000.
        num_candidates: Ads written for each product, of which the best are handed out, 1 to 1,000;
            None for three times `num_ads`, at least 6.
        allow_adult: Whether products for adults may have ads too.
        seed: Same seed, same ads, 0 to 2,147,483,647.
    """

    num_ads: int = limited(Range(1, 100), 3)
    max_chars: int | None = limited(Range(10, 10_000), None)
    format: str | None = None
    keywords: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    liveliness: int = limited(Range(0, 3), 0)
    temperature: float = limited(Range(0.001, 1_000), 1.0)
    num_candidates: int | None = limited(Range(1, 1_000), None)
    allow_adult: bool = False
    seed: int = limited(SEEDS, 0)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.format is not None:
            read_format(self.format)
        if self.num_candidates is not None and self.num_candidates < self.num_ads:
            raise ValueError(
                f"num_candidates is {self.num_candidates} and num_ads {self.num_ads}; the ads are "
                "chosen among the candidates. Give at least as many."
            )
        for name in ("keywords", "exclude"):
            object.__setattr__(self, name, _words(name, getattr(self, name)))

    @property
    def candidates(self) -> int:
        """Returns how many candidates a product has."""
        return self.num_candidates or max(6, 3 * self.num_ads)


def _words(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """Returns words that a caller gave, each with something in it."""
    if not given:
        return ()
    found = tuple(" ".join(word.split()) for word in texts(name, given))
    if not all(found):
        raise ValueError(f"{name} holds an empty text. Leave it out.")
    return found

"""What the page does, without a page: requests in, reviews out, one step at a time.

The page and callers over HTTP ask the same functions, so that both get the same ads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from adgen.demo.authors import Author, Piece, chosen_authors, generators_of
from adgen.demo.candidates import NUM_CANDIDATES
from adgen.demo.messages import in_page_words
from adgen.demo.requests import (
    Controls,
    check_keys,
    controls_from,
    product_from,
    prompt_from,
    settings_from,
    text_from,
)
from adgen.demo.reviews import AdReview, NearestShares, nearest_in, review, with_nearest
from adgen.generation.generator import GeneratedAd

_CONTROLS = frozenset(one.name for one in fields(Controls))
PRODUCT_KEYS = _CONTROLS | {
    *("brand", "product", "category", "facts", "format", "keywords", "exclude", "models"),
}
PROMPT_KEYS = _CONTROLS | {"prompt", "format", "models"}
EXPLAIN_KEYS = (_CONTROLS - {"num_ads"}) | {"prompt", "model"}
_PAUSE_SECONDS = 0.05  # between two states of an ad that is being written


@dataclass(frozen=True)
class State:
    """Holds what is written of a request so far.

    Attributes:
        reviews: The ads, each author's in a row.
        errors: Why an author has written nothing, by its name.
        is_done: Whether nothing more will come.
    """

    reviews: tuple[AdReview, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    is_done: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Returns it as a JSON object."""
        return {"ads": [one.as_dict() for one in self.reviews], "errors": dict(self.errors)}


class Service:
    """Writes ads for visitors.

    Args:
        authors: Who writes.
        corpus: A prepared corpus whose training ads are compared with; None for none.
    """

    def __init__(self, authors: Sequence[Author], corpus: Path | None = None) -> None:
        self.authors = list(authors)
        self.generators = generators_of(authors)
        self._nearest: NearestShares | None = None
        if corpus is not None:
            from adgen.corpus.store import load_corpus

            self._nearest = nearest_in(load_corpus(corpus, splits=["train"])["ad"].tolist())

    def write_product(self, given: Mapping[str, Any]) -> Iterator[State]:
        """Yields what is written of a product, as it grows.

        Args:
            given: Some of `PRODUCT_KEYS`; `product` is needed.

        Raises:
            ValueError: The request is none.
        """
        check_keys(given, PRODUCT_KEYS)
        controls = controls_from(given)
        product = product_from(given)
        settings = settings_from(given, controls)
        authors = chosen_authors(self.authors, given.get("models"))

        def pieces(author: Author) -> Iterator[Piece]:
            return author.of_product(product, settings, controls)

        def judged(piece: Piece, author: Author) -> AdReview:
            return review(
                piece,
                author,
                product=product,
                format_name=settings.format,
                keywords=settings.keywords,
                exclude=settings.exclude,
            )

        yield from self._written(authors, pieces, judged)

    def write_prompt(self, given: Mapping[str, Any]) -> Iterator[State]:
        """Yields what models write after first words, as it grows.

        Args:
            given: Some of `PROMPT_KEYS`; `prompt` is needed.

        Raises:
            ValueError: The request is none, or no model here goes on from first words.
        """
        check_keys(given, PROMPT_KEYS)
        controls = controls_from(given)
        prompt = prompt_from(given)
        format_name = text_from(given, "format", longest=80) or None
        by_name = {one.name: one for one in self.generators}
        if not by_name:
            raise ValueError("No model here goes on from first words. Write from a product.")
        names = given.get("models")
        authors = [
            by_name[one.name] for one in chosen_authors(self.authors, names) if one.name in by_name
        ]
        if not authors:
            raise ValueError(f"Choose a model that goes on from first words: {', '.join(by_name)}.")

        def pieces(author: Author) -> Iterator[Piece]:
            return by_name[author.name].of_prompt(prompt, controls)

        def judged(piece: Piece, author: Author) -> AdReview:
            return review(piece, author, product=None, format_name=format_name)

        yield from self._written(authors, pieces, judged)

    def explain(self, given: Mapping[str, Any]) -> GeneratedAd:
        """Returns an ad with what its model chose from at each word.

        Args:
            given: Some of `EXPLAIN_KEYS`; `prompt` is needed.

        Raises:
            ValueError: The request is none, or the model is none that can be asked.
        """
        check_keys(given, EXPLAIN_KEYS)
        controls = controls_from(given)
        prompt = prompt_from(given)
        name = given.get("model")
        found = [one for one in self.generators if name in (None, one.name)]
        if not found:
            known = ", ".join(one.name for one in self.generators) or "none"
            raise ValueError(f"{str(name)[:60]!r} shows no candidates; these do: {known}.")
        [[ad]] = found[0].generator.explain(
            prompt,
            sampling=controls.sampling,
            seed=controls.seed,
            num_candidates=NUM_CANDIDATES,
        )
        return ad

    def _written(
        self,
        authors: Sequence[Author],
        pieces: Callable[[Author], Iterator[Piece]],
        judged: Callable[[Piece, Author], AdReview],
    ) -> Iterator[State]:
        """Yields states while authors write one after the other; the last one is done."""
        done: list[AdReview] = []
        errors: dict[str, str] = {}
        last = 0.0
        for author in authors:
            latest: dict[int, Piece] = {}  # of each ad, since the last state
            own: dict[int, AdReview] = {}
            try:
                for piece in pieces(author):
                    latest[piece.number] = piece
                    if time.monotonic() - last >= _PAUSE_SECONDS:
                        own |= {number: judged(one, author) for number, one in latest.items()}
                        latest.clear()
                        yield State((*done, *_in_order(own)), dict(errors))
                        last = time.monotonic()
            except ValueError as error:
                errors[author.name] = in_page_words(str(error))
            own |= {number: judged(one, author) for number, one in latest.items()}
            done += _in_order(own)
        if self._nearest is not None:
            done = with_nearest(done, self._nearest)
        yield State(tuple(done), errors, is_done=True)


def _in_order(reviews: Mapping[int, AdReview]) -> list[AdReview]:
    """Returns an author's reviews by the numbers of their ads."""
    return [reviews[number] for number in sorted(reviews)]

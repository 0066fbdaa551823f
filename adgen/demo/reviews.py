"""What can be said of an ad: its lengths, faults, facts, and whether it is new.

Nothing is judged here that another room does not judge already; this module brings it together for
a page or a caller over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adgen.demo.authors import Author, Piece
from adgen.formats.catalogue import read_format
from adgen.formats.finding import Finding
from adgen.formats.format import Format
from adgen.formats.lengths import length_of
from adgen.formats.lint import lint
from adgen.formats.wording import said_too_often
from adgen.products.claims import is_kept
from adgen.products.product import Fact, Product

_MOST = 3  # times that a word may stand in a text without a format
_MOST_IN_A_ROW = 2
NearestShares = Callable[[Sequence[str]], Sequence[float]]


@dataclass(frozen=True)
class TextReview:
    """Describes one text of an ad.

    Attributes:
        field: Its field in the format; empty where there is no format.
        text: The text.
        length: Its length, in `unit`.
        limit: The most that the format allows; None where there is no format.
        unit: What is counted, such as "characters".
        findings: What is wrong with it.
        advised: The length that the format advises; None where it advises none.
    """

    field: str
    text: str
    length: int
    limit: int | None
    unit: str
    findings: tuple[Finding, ...] = ()
    advised: int | None = None


@dataclass(frozen=True)
class AdReview:
    """Describes an ad.

    Attributes:
        author: Who wrote it.
        kind: What that is: "writer", "LSTM".
        number: Which of the author's ads it is, from 1.
        texts: Its texts, a field's side by side.
        limits: What the author does not know of the product; empty where it knows all facts.
        whole: Findings about the ad as a whole.
        facts_used: Facts that it says.
        facts_missing: Facts that it does not say.
        is_copy: Whether it equals one of the public corpus's training ads but for case, spaces and
            punctuation; None as long as it is being written, and where it has no title.
        nearest_share: Of its words, the share of the longest run that stands in one text of the
            corpus, 0 to 1; None where no corpus is given.
        notes: What its author says.
        unfilled: Fields with fewer texts than the platform takes, each with the reason.
        is_done: Whether it is complete.
    """

    author: str
    kind: str
    number: int
    texts: tuple[TextReview, ...]
    limits: str = ""
    whole: tuple[Finding, ...] = ()
    facts_used: tuple[str, ...] = ()
    facts_missing: tuple[str, ...] = ()
    is_copy: bool | None = None
    nearest_share: float | None = None
    notes: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    is_done: bool = True

    @property
    def text(self) -> str:
        """Returns the ad as people copy it: a line a text."""
        return "\n".join(one.text for one in self.texts)

    def as_dict(self) -> dict[str, Any]:
        """Returns the review as a JSON object."""
        found = asdict(self)
        found["texts"] = [
            asdict(one) | {"findings": [finding.as_dict() for finding in one.findings]}
            for one in self.texts
        ]
        found["whole"] = [finding.as_dict() for finding in self.whole]
        return found


def review(
    piece: Piece,
    author: Author,
    *,
    product: Product | None,
    format_name: str | None,
    keywords: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> AdReview:
    """Describes an ad, or as much as is written of it.

    Args:
        piece: The ad.
        author: Who wrote it.
        product: What it is about; None where it goes on from first words.
        format_name: The platform's format that it is judged by; None for none.
        keywords: What it is to say.
        exclude: What it is not to say, whole: "lack" is not in "black".
    """
    form = None if format_name is None else read_format(format_name)
    brand = "" if product is None else product.brand
    texts, whole = _judged(piece, form, brand) if piece.is_done else (_texts_of(piece, form), ())
    told = "\n".join(one.text for one in texts)
    if piece.is_done:
        wishes = _against_wishes(told, keywords, exclude)
        whole = (*whole, *_repetitions(texts, form), *wishes)
    facts = () if product is None else product.facts
    return AdReview(
        author=author.name,
        kind=author.kind,
        number=piece.number + 1,
        texts=tuple(texts),
        limits="" if product is None else author.limits,
        whole=tuple(whole),
        facts_used=tuple(str(fact) for fact in facts if is_kept(fact, told)),
        facts_missing=tuple(str(fact) for fact in facts if not is_kept(fact, told)),
        is_copy=_is_copy(piece) if piece.is_done else None,
        notes=piece.notes,
        unfilled=piece.unfilled,
        is_done=piece.is_done,
    )


def with_nearest(reviews: Sequence[AdReview], nearest: NearestShares) -> list[AdReview]:
    """Returns reviews that say how much of each ad stands in one text of a corpus."""
    if not reviews:
        return []
    shares = nearest([" ".join(one.text.split()) for one in reviews])
    return [replace(one, nearest_share=share) for one, share in zip(reviews, shares, strict=True)]


def nearest_in(training_ads: Sequence[str]) -> NearestShares:
    """Returns what finds how much of an ad stands in one text of a corpus.

    The share is `copied_run_share` of `adgen.evaluation.novelty`, of each ad alone.
    """

    def shares(ads: Sequence[str]) -> list[float]:
        from adgen.evaluation.novelty import novelty_by_group

        groups = [f"{number:09}" for number in range(len(ads))]
        _, by_ad = novelty_by_group({"ads": ads}, groups, training_ads)
        return [float(by_ad[group]["ads"]["copied_run_share"] or 0.0) for group in groups]

    return shares


def _texts_of(piece: Piece, form: Format | None) -> list[TextReview]:
    """Returns an ad's texts with their lengths."""
    if form is None:
        return [TextReview("", piece.text, len(piece.text), None, "characters")]
    by_field: Mapping[str, Sequence[str]] = piece.fields or {form.fields[0].name: [piece.text]}
    return [
        TextReview(
            field=one.name,
            text=text,
            length=length_of(text, one.unit),
            limit=one.max_length,
            unit=one.unit,
            advised=one.advised_length,
        )
        for one in form.fields
        for text in by_field.get(one.name, ())
    ]


def _judged(
    piece: Piece, form: Format | None, brand: str
) -> tuple[list[TextReview], Sequence[Finding]]:
    """Returns an ad's texts, each with what is wrong with it, and what is wrong with the whole."""
    texts = _texts_of(piece, form)
    if form is None:
        return texts, ()
    found = lint(piece.fields or piece.text, form, brand=brand)
    numbers: dict[str, int] = {}
    judged = []
    for one in texts:
        index = numbers.get(one.field, 0)
        numbers[one.field] = index + 1
        own = tuple(f for f in found if (f.field, f.index) == (one.field, index) and _has_place(f))
        judged.append(replace(one, findings=own))
    placed = {finding for one in judged for finding in one.findings}
    return judged, tuple(finding for finding in found if finding not in placed)


def _repetitions(texts: Sequence[TextReview], form: Format | None) -> Iterator[Finding]:
    """Yields a finding for each word that a text says over and over, as a model may that is stuck.

    A platform's own rule says how often a word may stand in all; where there is none, `_MOST`.
    """
    most = _MOST if form is None else None
    found: dict[str, int] = {}
    for one in texts:
        for word, number in said_too_often(
            one.text, most=most, most_in_a_row=_MOST_IN_A_ROW
        ).items():
            found[word] = max(number, found.get(word, 0))
    for word, number in found.items():
        message = f"Says {word!r} {number:,} times. Choose another ad."
        yield Finding("repetition", "warning", 0, 0, message)


def _against_wishes(
    text: str, keywords: Sequence[str], exclude: Sequence[str]
) -> Iterator[Finding]:
    """Yields a finding for each keyword that an ad lacks and each excluded word that it holds.

    Not every author knows of them: a template and models that go on from first words do not.
    """
    for word in keywords:
        if not is_kept(Fact(word), text):
            message = f"Does not say the keyword {word!r}. Add it, or choose another ad."
            yield Finding("keyword", "error", 0, 0, message)
    for word in exclude:
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
            message = f"Says {word!r}, which is never to be said. Take it out."
            yield Finding("excluded", "error", 0, 0, message)


def _has_place(finding: Finding) -> bool:
    return finding.end > finding.start


def _is_copy(piece: Piece) -> bool | None:
    """Tells whether what the model wrote is a training ad; None of fields without a title.

    Short texts of fields are no ads, and nothing is known of them.
    """
    from adgen.corpus.training_ads import load_training_ads

    titles = piece.fields.get("title", ())
    if piece.fields and not titles:
        return None
    return (titles[0] if titles else piece.text) in load_training_ads()

"""Shortens a text to a format's limit: whole words, whole numbers, the facts that matter most.

Nothing is rewritten: a shorter text is made of the words of the longer one, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import overload

from adgen.formats.atoms import (
    BRAND,
    NEEDED,
    VARIANT,
    Atom,
    atoms_of,
    is_prose,
    text_of,
    with_needs,
)
from adgen.formats.catalogue import as_format
from adgen.formats.format import Field, Format
from adgen.formats.lengths import length_of, shown_text
from adgen.formats.lint import fields_of
from adgen.support.given import a_switch, a_text, texts

_MOST_CHARS = 10_000  # twice what any field takes
_MOST_FAILURES = 100  # atoms without room, after which no others are tried
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]")
_PART_END = re.compile(r"(?<=\w)(?=[,;:]\s|\s[–—-]\s)")
# What no text ends with: a joint whose second half is gone.
_DANGLING = re.compile(
    r"(?:[\s,;:|(\[]|(?<=\s)[/&+–—-]|"
    r"(?<!\w)(?:a|an|the|and|or|with|for|of|in|on|at|to|by|from|w/|plus|as))+$",
    re.IGNORECASE,
)


@overload
def fit(
    ad: str,
    format: Format | str,
    *,
    brand: str = "",
    name: str = "",
    keep: Collection[str] = (),
    advised: bool = False,
) -> str: ...


@overload
def fit(
    ad: Mapping[str, str | Sequence[str]],
    format: Format | str,
    *,
    brand: str = "",
    name: str = "",
    keep: Collection[str] = (),
    advised: bool = False,
) -> dict[str, list[str]]: ...


def fit(
    ad: str | Mapping[str, str | Sequence[str]],
    format: Format | str,
    *,
    brand: str = "",
    name: str = "",
    keep: Collection[str] = (),
    advised: bool = False,
) -> str | dict[str, list[str]]:
    """Shortens an ad where it is too long; what fits stays as it is.

    Of a title the name stays, then the brand, sizes, counts, colours, models and what it fits, then
    materials and for whom it is, then the rest, the first ones first. Of sentences the end goes.
    A negation and what it governs stay or go together, and no noun stays without a word that makes
    it another thing ("faux", "refurbished", "sugar-free").

    Args:
        ad: A text, of the format's first field; or texts by field.
        format: A format, or its name.
        brand: The product's brand; empty to look for it.
        name: What the product is: "Water Bottle"; empty to look for it.
        keep: Other texts that must stay where they stand.
        advised: Whether to shorten to the length that the platform advises, where it advises one.

    Returns:
        A text for a text; for texts by field lists of texts.

    Raises:
        ValueError: Name and `keep` alone are too long, nothing that fits would say what it is
            without saying something else, the text has more than 10,000 characters, or there is no
            such format or field.

    Example:
        >>> fit("Acme Insulated Steel Water Bottle with Straw Lid, 32 oz, Blue", "google-rsa")
        'Acme Water Bottle, 32 oz, Blue'
    """
    form = as_format(format)
    a_switch("advised", advised)
    names = (a_text("brand", brand), a_text("name", name), tuple(texts("keep", keep)))
    if isinstance(ad, str):
        return _fit_text(ad, form, form.fields[0], names, advised=advised)
    return {
        field: [_fit_text(text, form, form.field(field), names, advised=advised) for text in found]
        for field, found in fields_of(ad, form).items()
    }


def _fit_text(
    text: str, form: Format, field: Field, names: tuple[str, str, tuple[str, ...]], *, advised: bool
) -> str:
    """Returns a text of a field, shortened if it has to be."""
    limit = (field.advised_length if advised else None) or field.max_length

    def fits(shorter: str) -> bool:
        shown = shown_text(shorter)[0] if form.insertions else shorter
        return length_of(shown, field.unit) <= limit

    if fits(text):
        return text
    if len(text) > _MOST_CHARS:
        raise ValueError(
            f"{field.name} has {len(text):,} characters; expected {_MOST_CHARS:,} at most to be "
            "shortened. Give the text of one ad."
        )
    brand, name, keep = names
    atoms = atoms_of(text, brand=brand, name=name, keep=keep)
    whole = _whole_sentences(text, atoms, fits) if is_prose(text) else ""
    if whole:
        return whole
    kept = _chosen(text, atoms, fits)
    shown = [atoms[place] for place in kept]
    # A size, or what it is without, says nothing of what it is.
    if all(one.rank == VARIANT and not text[one.start : one.end].isalpha() for one in shown):
        is_bound = any(atom.needs or " " in text[atom.start : atom.end] for atom in atoms)
        first = "what may not be parted" if is_bound else "its first word"
        wanted = ", ".join(map(repr, filter(None, (name, *keep)))) or first
        raise ValueError(
            f"{field.name} {text!r:.80} does not fit into {limit:,}: {wanted} alone is longer. "
            "Keep less, or write it shorter."
        )
    return _written(text, atoms, kept)


def _whole_sentences(text: str, atoms: Sequence[Atom], fits: Callable[[str], bool]) -> str:
    """Returns the sentences, or else parts of a sentence, that a text begins with and that fit.

    Empty where none fits that holds all that must stay.
    """
    must = max((atom.end for atom in atoms if atom.rank >= BRAND), default=0)

    def is_whole(end: int) -> bool:
        kept = {place for place, atom in enumerate(atoms) if atom.start < end}
        return with_needs(atoms, kept) == kept and all(atoms[place].end <= end for place in kept)

    for pattern in (_SENTENCE_END, _PART_END):
        longest = ""
        for match in pattern.finditer(text):
            shorter = _DANGLING.sub("", text[: match.end()])
            if not fits(shorter):
                break
            if match.end() >= must and is_whole(match.start()):
                longest = shorter
        if longest:
            return longest
    return ""


def _chosen(text: str, atoms: Sequence[Atom], fits: Callable[[str], bool]) -> list[int]:
    """Returns the places of the atoms that are kept; none where what must stay does not fit."""
    needed = (place for place, atom in enumerate(atoms) if atom.rank == NEEDED)
    kept = sorted(with_needs(atoms, needed))
    if kept and not fits(_written(text, atoms, kept)):
        return []
    others = [place for place in range(len(atoms)) if place not in kept]
    prose = is_prose(text)
    num_failures = 0
    for place in sorted(others, key=lambda place: (-atoms[place].rank, place)):
        more = sorted(with_needs(atoms, [*kept, place]))
        if fits(_written(text, atoms, more)):
            kept = more
            continue
        num_failures += 1
        if num_failures > _MOST_FAILURES or (prose and atoms[place].rank < BRAND):
            break
    return kept


def _written(text: str, atoms: Sequence[Atom], kept: Sequence[int]) -> str:
    """Returns the text of the kept atoms without a joint at its end."""
    if len(kept) == len(atoms):
        return text
    return _DANGLING.sub("", text_of(text, atoms, kept))

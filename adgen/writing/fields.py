"""A platform's fields filled from what is said of a product: titles, headlines, sentences, paths.

Each field's name says what stands in it. A text goes in only if the platform's own rules find no
error in it; what cannot be filled is said with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from adgen.formats.finding import errors_of
from adgen.formats.format import Field, Format
from adgen.formats.lengths import length_of, said_unit
from adgen.formats.lint import lint
from adgen.products.names import load_names
from adgen.writing.addresses import path_of
from adgen.writing.headlines import each_once, headlines_of, stands_alone
from adgen.writing.repetition import holds, words_of
from adgen.writing.sentences import ended, sentences_of, with_facts
from adgen.writing.told import BEHIND, Room, Told, turned

_LEAST_ADVISED = 60  # characters; fewer are too few for a title
_SHORT = 45  # characters up to which a field is a headline, of which an ad may have several
_USUAL_COUNT = 5  # texts of a field that takes any number
_MOST_NAMES, _MOST_FACTS = 3, 8  # headlines of one kind, if there are others
_FEWEST_CALLS, _MOST_CALLS = 2, 5  # of two others one call more
_KEYWORD_HEADLINES = 3  # that should hold a keyword
_NO_NAMES = frozenset(("set", "kit", "pack", "piece", "pieces", "pair"))
_MOST_SENTENCES = 40  # of which the ads of a product take some each


@dataclass(frozen=True)
class Filled:
    """Holds an ad of a format.

    Attributes:
        fields: The texts of each field that has some, in the format's order.
        unfilled: What has fewer texts than the platform takes, with the reason.
    """

    fields: Mapping[str, tuple[str, ...]]
    unfilled: tuple[str, ...]


class FieldFiller:
    """Fills the fields of a format for one product.

    Args:
        form: The format.
        told: What is said of the product.
        brand: The product's brand, whose capitals and signs pass.
        keywords: Words that several headlines should hold.
    """

    def __init__(
        self, form: Format, told: Told, brand: str, *, keywords: Sequence[str] = ()
    ) -> None:
        self._form = form
        self._told = told
        self._brand = brand
        self._keywords = keywords
        # Whether a text has room in a field, asked again and again while its ads are made.
        self._rooms = {field.name: cache(partial(self._fits, field=field)) for field in form.fields}
        # Each by a room: all ads of the product choose among the same.
        self._headlines = cache(partial(headlines_of, told, keywords=keywords))
        self._sentences = cache(partial(sentences_of, told))

    def fill(self, title: str, number: int) -> Filled:
        """Returns the number-th ad of the product.

        Args:
            title: What a model wrote of the product.
            number: From 0; each ad has other texts first.

        Raises:
            ValueError: The product has too little for the texts that the platform needs.
        """
        fields: dict[str, tuple[str, ...]] = {}
        unfilled = []
        for field in self._form.fields:
            if field.needs and field.needs not in fields:
                continue
            texts = self._texts(field, title, number, fields)
            if texts:
                fields[field.name] = tuple(texts)
            if len(texts) < field.min_count:
                needed = "a brand" if _WAYS.get(field.name) is _brand else "more facts"
                raise ValueError(
                    f"{self._form.name} needs {field.min_count} of {field.name!r}, of "
                    f"{_room(field)} at most; the product gives {len(texts)}. "
                    f"Give {needed}, or a shorter name."
                )
            unfilled += self._missing(field, texts)
        return Filled(fields, tuple(unfilled))

    def _texts(
        self, field: Field, title: str, number: int, fields: Mapping[str, Sequence[str]]
    ) -> list[str]:
        """Returns texts for a field, each once and without an error."""
        room = self._rooms[field.name]
        way = _WAYS.get(field.name, _way_by_length)
        task = _Task(
            told=self._told,
            brand=self._brand,
            num_keywords=len(self._keywords),
            field=field,
            room=room,
            title=title,
            number=number,
            fields=fields,
            headlines=self._headlines,
            sentences=self._sentences,
        )
        found = each_once(text for text in way(task) if text and room(text))
        texts = found[: _most(field)]
        if field.short_length and texts:
            texts = _with_short(texts, found, task, way)
        if field.name == "headline" and not is_title(field):
            self._check_named(texts, field)
        return texts

    def _check_named(self, texts: Sequence[str], field: Field) -> None:
        """Raises where no headline says what the product is."""
        names = [name.casefold() for name in self._told.names]
        if not any(name in text.casefold() for text in texts for name in names):
            shortest = min(self._told.names, key=len)
            raise ValueError(
                f"{self._form.name} has {_room(field)} for a headline; the name "
                f"{shortest!r:.80} needs {len(shortest)}. Give a shorter name."
            )

    def _fits(self, text: str, *, field: Field) -> bool:
        """Tells whether a text may stand in a field."""
        if length_of(text, field.unit) > limit_of(field):
            return False
        return not errors_of(lint(text, self._form, field=field.name, brand=self._brand))

    def _missing(self, field: Field, texts: Sequence[str]) -> list[str]:
        """Returns what a field lacks, in words."""
        missing = []
        if field.max_count is None or len(texts) >= field.max_count:
            pass
        elif texts:
            missing.append(f"{field.name}: {len(texts)} of {field.max_count}; no more facts")
        else:
            new = f" that {field.differs_from} does not say" * bool(field.differs_from)
            missing.append(f"{field.name}: nothing to say{new} in {_room(field)}")
        if field.name == "headline" and field.min_count > 1:
            for keyword in self._keywords:
                wanted = words_of(keyword)
                num = sum(holds(words_of(text), wanted) for text in texts)
                if num < _KEYWORD_HEADLINES:
                    missing.append(f"keyword {keyword!r}: in {num} headlines; no more have room")
        return missing


def _room(field: Field) -> str:
    """Returns how long a text of a field may be, in words."""
    return f"{field.max_length} {said_unit(field.unit)}"


@dataclass(frozen=True)
class _Task:
    """Holds what the texts of a field are made of; as for `FieldFiller.fill`.

    `headlines` and `sentences` are those of the product that have a room.
    """

    told: Told
    brand: str
    num_keywords: int
    field: Field
    room: Room
    title: str
    number: int
    fields: Mapping[str, Sequence[str]]
    headlines: Callable[[Room], Sequence[Sequence[str]]]
    sentences: Callable[..., tuple[Sequence[str], Sequence[str]]]


def main_field(form: Format) -> Field:
    """Returns the field in which what the model writes stands: a title, or else a sentence."""
    titles = [one for one in form.fields if is_title(one)]
    return (titles or [one for one in form.fields if _takes_sentences(one)] or [*form.fields])[0]


def limit_of(field: Field) -> int:
    """Returns the length that a text of a field should not exceed.

    What is advised counts, but where only the beginning of a longer text is shown (40 of 100).
    """
    advised = field.advised_length or field.max_length
    return advised if advised >= _LEAST_ADVISED else field.max_length


def is_title(field: Field) -> bool:
    """Tells whether a field takes a whole title, with facts behind the name."""
    is_named = _WAYS.get(field.name) is _titles
    return is_named or (field.name == "headline" and field.max_length >= _SHORT)


def _with_short(
    texts: Sequence[str], found: Sequence[str], task: _Task, way: Callable[[_Task], Iterable[str]]
) -> list[str]:
    """Returns texts of a field of which one is short; where there is no short one, as they are.

    Args:
        texts: As many as the field takes.
        found: All that there are of that length.
        task: What they are made of.
        way: How they are made.
    """
    limit = task.field.short_length or 0
    shown = partial(length_of, unit=task.field.unit)
    if min(map(shown, texts)) <= limit:
        return list(texts)

    def room(text: str) -> bool:
        return shown(text) <= limit and task.room(text)

    others = (*found, *way(replace(task, room=room)))
    short = next((text for text in others if text and room(text)), texts[-1])
    is_full = task.field.max_count is not None and len(texts) >= task.field.max_count
    return [*(texts[:-1] if is_full else texts), short]


def _takes_sentences(field: Field) -> bool:
    return _WAYS.get(field.name) in (_sentences, _descriptions) and field.max_length >= _SHORT


def _most(field: Field) -> int:
    return _USUAL_COUNT if field.max_count is None else field.max_count


def _titles(task: _Task) -> Iterable[str]:
    """Yields the model's title, and shorter ones."""
    yield task.title
    facts = [piece for piece in task.told.facts if not piece.joins]
    for name in task.told.things:
        if task.room(name):
            for turn in range(max(1, len(facts))):
                yield with_facts(name, turned(facts, turn), task.room, colon=", ")
            return


def _headlines(task: _Task) -> Iterable[str]:
    """Yields headlines of every kind: keywords, brand and name, facts, calls."""
    of_keywords, names, *others = task.headlines(task.room)
    facts, pairs, calls = (turned(group, task.number) for group in others)
    yield from of_keywords[: _KEYWORD_HEADLINES * task.num_keywords]
    yield from names[:_MOST_NAMES]
    yield from facts[:_MOST_FACTS]
    yield from calls[:_FEWEST_CALLS]
    yield from (*pairs, *facts)
    says_much = len(names) + len(facts) + len(pairs) + len(of_keywords)
    yield from calls[: min(_MOST_CALLS, max(_FEWEST_CALLS + 1, says_much // 2))]
    yield from of_keywords


def _sentences(task: _Task) -> Iterable[str]:
    """Yields sentences; the model's own words first, where no title says them."""
    said = {text for texts in task.fields.values() for text in texts}
    own = ended(task.title)
    # The model's own words begin each ad.
    first = [own] if task.title and task.title not in said and task.room(own) else []
    fresh, again = task.sentences(task.room, has_first=bool(first))
    step = max(1, _most(task.field) - len(first))
    others = [*first, *turned(fresh[:_MOST_SENTENCES], task.number * step)]
    # The same under another verb only where the platform wants more.
    missing = max(0, max(task.field.min_count, 1) - len(others))
    others += turned(again, task.number * step)[:missing]
    return [text for text in others if text not in said]


def _way_by_length(task: _Task) -> Iterable[str]:
    """Yields what fits a field of no name of its own: short ones are headlines."""
    return (_headlines if task.field.max_length < _SHORT else _titles)(task)


def _descriptions(task: _Task) -> Iterable[str]:
    """Yields sentences, or facts where there is no room for any."""
    if task.field.max_length >= _SHORT:
        return _sentences(task)
    of_facts = task.headlines(task.room)[2:4]
    return [text for group in of_facts for text in turned(group, task.number)]


def _untold(task: _Task) -> Iterable[str]:
    """Yields a row of the facts that the title does not say."""
    said = words_of(" ".join(text for texts in task.fields.values() for text in texts))
    rest = [
        piece
        for piece in sorted(task.told.facts, key=lambda piece: piece.joins)
        if not any(holds(said, words_of(form)) for form in piece.forms)
    ]
    for turn, piece in enumerate(rest):
        start = piece.behind[0][0].upper() + piece.behind[0][1:]
        if task.room(start):
            yield with_facts(start, rest[turn + 1 :], task.room, colon=", ")
            return


def _highlights(task: _Task) -> Iterable[str]:
    """Yields facts alone."""
    return [piece.behind[0] for piece in task.told.facts if stands_alone(piece)]


def _brand(task: _Task) -> Iterable[str]:
    """Yields the brand."""
    return [task.brand]


def _paths(task: _Task) -> Iterable[str]:
    """Yields what may stand in an address: the name, or its last word; the brand; a plain fact."""
    names = [name for name in task.told.names if not BEHIND.search(name)]
    last = names[-1].split()[-1] if names else ""
    known = [last] if last.casefold() in load_names().known - _NO_NAMES else []
    facts = [piece.behind[0] for piece in task.told.facts if not piece.joins]
    plain = [text for text in facts if text.isascii() and not any(map(str.isdigit, text))]
    taken = {path for name in ("path1", "path2") for path in task.fields.get(name, ())}
    said = words_of(" ".join(taken).replace("-", " "))
    for path in map(path_of, (*names, *known, task.brand, *plain)):
        if path and set(words_of(path.replace("-", " "))).isdisjoint(said):
            yield path


def _nothing(task: _Task) -> Iterable[str]:
    """Yields nothing: a product's facts ask no questions."""
    return ()


_WAYS: Mapping[str, Callable[[_Task], Iterable[str]]] = {
    "title": _titles,
    "website_title": _titles,
    "long_headline": _titles,
    "short_title": _titles,
    "ad_name": _titles,
    "description": _descriptions,
    "primary_text": _sentences,
    "introductory_text": _sentences,
    "post": _sentences,
    "item_highlights": _untold,
    "subtitle": _untold,
    "highlight": _highlights,
    "business_name": _brand,
    "brand_name": _brand,
    "path1": _paths,
    "path2": _paths,
    "poll_option": _nothing,
}

"""What a platform's format changes in writing: how long, which pieces, which ads, which fields.

The platform's rules decide before anything is written: a fact that they refuse is left out, and so
is one whose words the others say too often. So what is written breaks none, and what is handed out
is looked at once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adgen.formats.catalogue import read_format
from adgen.formats.finding import Finding, errors_of
from adgen.formats.lint import lint
from adgen.products.product import COLOUR_RANGE, SIZE_RANGE, Product
from adgen.writing.fields import FieldFiller, is_title, limit_of, main_field
from adgen.writing.piece import Piece
from adgen.writing.ranking import WrittenAd
from adgen.writing.repetition import holds, words_of
from adgen.writing.told import names_of, told_of

_ROW = ", "
# Rules that count over a whole text, whatever the order.
_COUNTING = frozenset(("repeated-words", "scarce-characters"))
_SHOWN = 3  # headlines that are an ad's text where it has no title


class PlatformFormat:
    """Holds a format while ads of many products are written for it.

    Args:
        name: As for `formats.read_format`.

    Raises:
        ValueError: There is no such format.
    """

    def __init__(self, name: str) -> None:
        self.form = read_format(name)
        self._main = main_field(self.form)

    def listed(self, product: Product) -> Product:
        """Returns a product without facts of all its variants, where each is listed by itself."""
        if not (self.form.lists_variants and product.variants):
            return product
        facts = (fact for fact in product.facts if fact.key not in (COLOUR_RANGE, SIZE_RANGE))
        return replace(product, facts=tuple(facts))

    def room_of(self, product: Product, max_chars: int | None) -> tuple[Product, int]:
        """Returns a product with a name that has room, and how many characters there are.

        A name that is too long gives way to a shorter one of the same product; if there is none,
        what the platform advises to what it takes.

        Args:
            product: With any name.
            max_chars: What the caller wants, if anything.

        Raises:
            ValueError: Brand and name have no room.
        """
        stop = 0 if is_title(self._main) else 1  # the full stop behind a sentence
        brand = len(product.brand) + 1 if product.brand else 0
        names = list(names_of(product.name))
        for limit in (limit_of(self._main), self._main.max_length):
            room = min(limit - stop, max_chars or limit)
            fitting = (name for name in names if brand + len(name) <= room)
            name = next(fitting, None)
            if name is not None:
                return replace(product, name=name), room
        raise ValueError(
            f"{self.form.name} has {room} characters for the {self._main.name}; brand and name "
            f"need {brand + min(map(len, names))}. Give a shorter name."
        )

    def allowed(
        self, pieces: Sequence[Piece], brand: str
    ) -> tuple[list[Piece], list[Piece], list[str]]:
        """Returns the pieces that the title may say, all that the fields may, and what is left out.

        A word that the others say often enough keeps a piece out of the title, not of other fields.

        Raises:
            ValueError: The rules refuse the product's name or brand.
        """
        kept: list[Piece] = []
        everywhere: list[Piece] = []
        left_out: list[str] = []
        for piece in pieces:
            forms = [form for text in piece.forms if (form := self._mended(text, brand))]
            if not forms:
                error = self._faults(piece.forms[0], brand)[0]
                reason = f"{self.form.name}: {error.rule}: {error.message}"
                if piece.is_name or piece.leads:
                    raise ValueError(f"{piece.forms[0]!r:.80} cannot be said. {reason}")
                left_out.append(f"{piece.source}: {reason}")
                continue
            piece = replace(piece, forms=tuple(dict.fromkeys(forms)))
            everywhere.append(piece)
            if piece.is_name or piece.leads or not self._says_too_often(piece, kept, brand):
                kept.append(piece)
        return kept, everywhere, left_out

    def accepted(self, ads: Sequence[WrittenAd], brand: str) -> list[WrittenAd]:
        """Returns the ads whose text the platform takes in its field; the first one if none is.

        Its field is then filled without the model.
        """
        return [ad for ad in ads if not self._errors(ad.text, brand)] or list(ads[:1])

    def filler(self, pieces: Sequence[Piece], brand: str, keywords: Sequence[str]) -> FieldFiller:
        """Returns what fills the fields of a product's ads."""
        return FieldFiller(self.form, told_of(pieces, brand), brand, keywords=keywords)

    def fill(
        self, filler: FieldFiller, ads: Sequence[WrittenAd], num_ads: int
    ) -> tuple[list[WrittenAd], list[str]]:
        """Returns ads with all their fields, and what of them has too few texts.

        Where the text that a model writes is no title, several ads may have the same one and other
        headlines; ads that are the same throughout are left out.

        Raises:
            ValueError: The product has too little for the texts that the platform needs.
        """
        numbers = range(len(ads) if is_title(self._main) else num_ads)
        found: dict[frozenset[tuple[str, frozenset[str]]], WrittenAd] = {}
        unfilled: list[str] = []
        for number in numbers:
            ad = ads[min(number, len(ads) - 1)]
            filled = filler.fill(ad.text, number)
            texts = filled.fields.get(self.form.fields[0].name, (ad.text,))
            shown = " | ".join(texts[:_SHOWN])
            key = frozenset((name, frozenset(some)) for name, some in filled.fields.items())
            found.setdefault(key, replace(ad, text=shown, fields=filled.fields))
            unfilled = unfilled or list(filled.unfilled)
        return list(found.values()), unfilled

    def unsaid(self, pieces: Sequence[Piece], ads: Sequence[WrittenAd]) -> list[str]:
        """Returns the facts that no field of any ad says, each with the reason."""
        texts = [text for ad in ads for some in ad.fields.values() for text in some]
        said = [words_of(text) for text in texts]

        def is_said(piece: Piece) -> bool:
            return any(holds(words, words_of(form)) for form in piece.forms for words in said)

        # Of several facts in one piece each may have been said by itself.
        whole = (piece for piece in pieces if not is_said(piece))
        parts = (part for piece in whole for part in piece.parts or (piece,))
        return [f"{part.source}: no room" for part in parts if not is_said(part)]

    def _mended(self, form: str, brand: str) -> str:
        """Returns a form that may be said, a word that shouts in small letters; empty if none."""
        for error in self._faults(form, brand):
            if error.rule == "capitals":
                word = form[error.start : error.end].capitalize()
                form = form[: error.start] + word + form[error.end :]
        return "" if self._faults(form, brand) else form

    def _faults(self, text: str, brand: str) -> list[Finding]:
        """Returns the errors of a text that are not its length."""
        return [error for error in self._errors(text, brand) if error.rule != "too-long"]

    def _says_too_often(self, piece: Piece, said: Sequence[Piece], brand: str) -> bool:
        """Tells whether a word stands too often where a piece stands beside others."""
        row = _ROW.join([*(one.forms[0] for one in said), piece.forms[0]])
        return any(error.rule in _COUNTING for error in self._errors(row, brand))

    def _errors(self, text: str, brand: str) -> list[Finding]:
        return errors_of(lint(text, self.form, field=self._main.name, brand=brand))

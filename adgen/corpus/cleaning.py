"""Repairs the technical dirt in an ad or a prompt: spaces, entities, encodings, invisible signs.

Every repair is made only where the damage is beyond doubt, so that `naïve`, `5° ± 2` and `NESCAFÉ®`
stay as they are. This module knows one string at a time: no files, no other ads, no meaning.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from html.entities import name2codepoint

_FULL_WIDTH = re.compile("[\uff01-\uff5e]+")
_BLANK = re.compile("[\u180e\u2800\u3164]")  # look like a space but str.split() does not know them
_INVISIBLE = re.compile(
    # Whole sequences that a terminal obeys: colours and moves of its cursor, titles and links.
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    # Controls (those that are white space are left to the white-space step), soft hyphens,
    # zero-width spaces (in the Amazon ads they stand inside words and beside real spaces, so a
    # space for them would be wrong), direction marks, byte-order marks and lone surrogates, which
    # could not even be written back as UTF-8.
    "|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
    # Joiners hold emoji and Indic or Persian letters together; beside anything else they are dirt.
    r"|(?<![^\x00-\x7f\s])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f\s])"
)
_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,7});|&(?:quot|amp)(?![A-Za-z0-9;=])"
)
# Those that title-casing scrapers spoil: `&Nbsp;`.
_COMMON_ENTITIES = re.compile(
    "amp|copy|deg|[lr][ds]quo|[mn]dash|nbsp|quot|reg|times|trade", re.IGNORECASE
)
_LAST_RESORT = "\ufffd"
_NO_LETTER_OR_DIGIT = re.compile(r"[\W_]+")


def _byte_table(encoding: str) -> list[str]:
    """Returns the character that each byte shows as; an undefined byte shows as a control."""
    shown = (bytes([byte]).decode(encoding, errors="replace") for byte in range(256))
    return [chr(byte) if char == _LAST_RESORT else char for byte, char in enumerate(shown)]


def _span(table: list[str], first: int, last: int) -> str:
    """Returns the characters of a range of bytes as a regular-expression class."""
    return "[" + "".join(re.escape(char) for char in table[first : last + 1]) + "]"


CP1252 = _byte_table("cp1252")
MAC_ROMAN = _byte_table("mac_roman")


def _sequences(table: list[str]) -> str:
    """Returns a pattern of UTF-8 sequences of 3 and 4 bytes, as `table` shows them.

    Real text has no such thing. Lead bytes: E2 (punctuation and symbols), E3 80 to E3 83 (CJK
    punctuation, kana), EF (full-width forms), F0 9F (emoji), and at least two ideographs in a row.
    One ideograph alone could be the end of `Nescafé®™`.
    """
    rest = _span(table, 0x80, 0xBF)
    emoji = re.escape(table[0xF0]) + re.escape(table[0x9F]) + rest * 2
    kana = re.escape(table[0xE3]) + _span(table, 0x80, 0x83) + rest
    forms = re.escape(table[0xEF]) + _span(table, 0xB8, 0xBF) + rest
    ideographs = f"(?:{_span(table, 0xE4, 0xE9)}{rest * 2}){{2,}}"
    return f"{emoji}|{re.escape(table[0xE2])}{rest * 2}|{kana}|{forms}|{ideographs}"


def _pairs(table: list[str]) -> str:
    """Returns a pattern of 2 bytes that are a Latin-1 sign or letter, as `table` shows them."""
    return _span(table, 0xC2, 0xC3) + _span(table, 0x80, 0xBF)


# Long sequences of both encodings come before pairs: the more bytes agree, the surer the reading.
_MOJIBAKE = re.compile(
    f"(?P<cp1252>{_sequences(CP1252)})|(?P<mac_roman>{_sequences(MAC_ROMAN)})"
    f"|(?P<cp1252_pair>{_pairs(CP1252)})|(?P<mac_roman_pair>{_pairs(MAC_ROMAN)})"
)
# A no-break space (Â and A0) whose second half was turned into a plain space; no word ends in Â.
_LOST_NO_BREAK = re.compile(r"(?<=[!-~])Â(?= )")
_TO_BYTE = {
    "cp1252": {char: byte for byte, char in enumerate(CP1252)},
    "mac_roman": {char: byte for byte, char in enumerate(MAC_ROMAN)},
}
# Signs that may follow a capital Ã, Â at the end of a real word: IRMÃ™.
_CLOSING = frozenset("”’»™®©…–—‘“")
_C1_AS_CP1252 = frozenset("‘’“”–—•™…")
_PLAUSIBLE_PAIR = re.compile("[\xa0-\xff]")


def is_plain(text: str) -> bool:
    """Returns whether no repair can apply to `text`, as to most ads; takes a few hundred ns."""
    return (
        text.isascii()
        and text.isprintable()
        and "&" not in text
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
    )


def clean_text(text: str) -> str:
    """Repairs one ad.

    White space of every kind, no-break and ideographic spaces included, becomes single spaces and
    is stripped at the ends. Escape sequences of terminals, control, zero-width and other invisible
    characters go. HTML entities are decoded. Full-width ASCII (`，（２`) becomes ASCII. UTF-8 that
    was read as Windows-1252 or Mac Roman is read again where the result is beyond doubt. A letter
    and its accents become one character where Unicode has it (NFC), so that equal ads are equal.
    Cleaning an ad twice gives the same as cleaning it once.

    Args:
        text: The ad as it stood in the file.

    Returns:
        The cleaned ad, empty when nothing visible was in it.

    Example:
        >>> clean_text("  Gift&nbsp;set â€“ 2\u00a0mugs &amp; CafÃ©\u200b spoon ")
        'Gift set – 2 mugs & Café spoon'
        >>> clean_text("naïve 5° ± 2 NESCAFÉ®")
        'naïve 5° ± 2 NESCAFÉ®'
    """
    return text if is_plain(text) else clean_with_steps(text)[0]


def fold_text(text: str) -> str:
    """Returns what two ads have in common that differ in case, spaces and punctuation alone.

    Args:
        text: A cleaned ad.

    Returns:
        Its letters and digits without case; an ad of signs alone stays as it is.

    Example:
        >>> fold_text("ACME Mat - 6 mm, Red")
        'acmemat6mmred'
        >>> fold_text("&-&")
        '&-&'
    """
    folded = text.casefold()
    return _NO_LETTER_OR_DIGIT.sub("", folded) or folded


def clean_with_steps(text: str) -> tuple[str, frozenset[str]]:
    """Repairs one ad and names the repairs that changed it.

    Args:
        text: The ad as it stood in the file.

    Returns:
        The cleaned ad and the names of the steps that changed it, out of `CLEANING_STEPS`.

    Example:
        >>> cleaned, steps = clean_with_steps("Mug &amp;  spoon")
        >>> cleaned, sorted(steps)
        ('Mug & spoon', ['entities', 'white_space'])
    """
    changed = set()
    before = None
    # One repair may uncover the next (`&Acirc;&reg;`), so go on until nothing changes. It ends:
    # NFC leaves nothing to itself, and no other step makes the text longer; those that keep its
    # length only turn characters into ASCII.
    while text != before:
        before = text
        for name, step in _STEPS.items():
            stepped = step(text)
            if stepped != text:
                changed.add(name)
                text = stepped
    return text, frozenset(changed)


def _decode_entity(match: re.Match[str]) -> str:
    """Decodes one entity of HTML 4; newer names (`&Pr;`, `&In;`) look too much like `Salt&Pr;`."""
    entity = match.group()
    name = entity.strip("&;")
    if _COMMON_ENTITIES.fullmatch(name):
        name = name.lower()
    if not name.startswith("#") and name not in name2codepoint and name != "apos":
        return entity
    char = html.unescape(f"&{name};")
    return entity if char in ("", _LAST_RESORT) else char


def _decode_entities(text: str) -> str:
    return _ENTITY.sub(_decode_entity, text) if "&" in text else text


def _read_again(match: re.Match[str]) -> str:
    """Reads a suspicious run as the UTF-8 it was; leaves it where the result is not plausible."""
    run = match.group()
    kind = str(match.lastgroup)
    encoding = kind.removesuffix("_pair")
    try:
        chars = bytes(_TO_BYTE[encoding][shown] for shown in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
    if encoding == kind:
        plausible = all(
            unicodedata.category(char) not in ("Cn", "Co") and char != _LAST_RESORT
            for char in chars
        )
        return chars if plausible else run
    before = match.string[: match.start()][-1:]
    after = match.string[match.end() :][:1]
    return _pair(run, chars, encoding, before, after)


def _pair(run: str, char: str, encoding: str, before: str, after: str) -> str:
    """Judges a two-character run by its neighbours, since it may be real (`IRMÃ™`, `√π`)."""
    if encoding == "mac_roman":
        within_word = before.isalpha() or after.isalpha()
        return char if run[0] == "¬" or char == "×" or within_word else run
    if run[1] in _CLOSING and before.isupper() and not after.isalpha():
        return run
    if _PLAUSIBLE_PAIR.match(char):
        return char
    # A Windows-1252 byte that was taken for Latin-1 before the rest went wrong: `menÂ’s`.
    return run[1] if run[1] in _C1_AS_CP1252 else run


def _repair_mojibake(text: str) -> str:
    return text if text.isascii() else _LOST_NO_BREAK.sub("", _MOJIBAKE.sub(_read_again, text))


def _narrow(text: str) -> str:
    return _FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _drop_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _single_spaces(text: str) -> str:
    return " ".join(_BLANK.sub(" ", text).split())


_STEPS: dict[str, Callable[[str], str]] = {
    "entities": _decode_entities,
    "mojibake": _repair_mojibake,
    "full_width": _narrow,
    "nfc": _compose,
    "invisible": _drop_invisible,
    "white_space": _single_spaces,
}
CLEANING_STEPS = tuple(_STEPS)

"""Ways out of an ad: phone numbers, web addresses, e-mail; and prices.

Numbers of models, sizes and years are none of them. The module finds them anywhere in a text; which
platform forbids them it does not know.
"""

from __future__ import annotations

import re

_ENDS = (
    "com|net|org|edu|gov|info|biz|io|co|shop|store|online|site|app|dev|eu|de|uk|fr|nl|ca|au|jp|ru|"
    "cn|pl|br|mx"
)
WEB_ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\w\S*|"
    rf"(?<![\w@.-])(?:[a-z0-9][\w-]*\.)*[a-z0-9][\w-]+\.(?:{_ENDS})(?![\w-]|\.\w)(?:/\S*)?",
    re.IGNORECASE,
)
_DOT_BEFORE_LETTER = re.compile(r"\.(?=[A-Za-z])")
_EMAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_ADDRESS = re.compile(rf"{_EMAIL}|{WEB_ADDRESS.pattern}", re.IGNORECASE)
_AMOUNT = r"\d+(?:[.,]\d+)*"
_CURRENCY = "[$€£¥₹₽₩₺]"
_NAMED = "USD|EUR|GBP|CAD|AUD|INR|JPY|dollars?|euros?|bucks"
_PRICE = re.compile(
    rf"{_CURRENCY}\s?{_AMOUNT}|\b{_AMOUNT}\s?{_CURRENCY}|\b{_AMOUNT}\s?(?:{_NAMED})\b|"
    rf"\b(?:USD|EUR|GBP|CAD|AUD|INR)\s?{_AMOUNT}",
    re.IGNORECASE,
)
_CURRENCY_WORDS = "usd eur gbp cad aud inr jpy dollar dollars euro euros bucks"
CURRENCY_WORDS = frozenset(_CURRENCY_WORDS.split())
# Numbers as people write them in America, with a country's code, toll-free in letters, with the
# zero of Europe's towns, or any behind a word that asks to call.
_PHONE = re.compile(
    r"(?<![\w.#/-])(?:"
    r"(?:\+?1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}"
    r"|\+\d{1,3}(?:[ .\-/()]{0,3}\d){7,12}"
    r"|(?P<letters>(?:1[ -])?8(?:00|33|44|55|66|77|88)-"
    r"(?=[\dA-Z-]{0,12}[A-Z])[\dA-Z]{3,7}(?:-[\dA-Z]+)*)"
    r"|0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,4}"
    r")(?![\w-])"
    r"|(?i:\b(?:call|phone|tel|telephone|whatsapp|text)\b[.:]? ?(?:(?:us|now|today|at|on)\b:? ?)*)"
    r"\+?\(?\d(?:[ .\-/()]{0,2}\d)+"
)
_FEWEST_DIGITS = 7  # of a phone number
_HAS_PHONE = re.compile("[0-9](?:[0-9 .()/-]{6}|[0-9][0-9]-[A-Z0-9])")


def find_phones(text: str) -> list[tuple[int, int]]:
    """Returns where phone numbers stand.

    Example:
        >>> find_phones("Call 555-010-2030"), find_phones("Pads 100-200-300, 2019-2022")
        ([(0, 17)], [])
    """
    if not _HAS_PHONE.search(text):
        return []
    return [
        match.span()
        for match in _PHONE.finditer(text)
        if match["letters"] or sum(map(str.isdigit, match.group())) >= _FEWEST_DIGITS
    ]


def find_addresses(text: str) -> list[tuple[int, int]]:
    """Returns where web and e-mail addresses stand.

    Example:
        >>> find_addresses("Shop at acme.com"), find_addresses("Node.js Mug, 3.5in")
        ([(8, 16)], [])
    """
    if not _DOT_BEFORE_LETTER.search(text) and "://" not in text:
        return []
    return [match.span() for match in _ADDRESS.finditer(text) if not match[0].endswith(".NET")]


def find_prices(text: str) -> list[tuple[int, int]]:
    """Returns where prices stand.

    Example:
        >>> find_prices("Mug $9.99"), find_prices("Euro Pillow 65 cm")
        ([(4, 9)], [])
    """
    return [match.span() for match in _PRICE.finditer(text)]


def has_glued_currency(text: str) -> bool:
    """Tells whether the name of a currency stands in a text, if only as the end of 9USD."""
    return "USD" in text or "EUR" in text or "GBP" in text

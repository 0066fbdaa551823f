"""What "free" says of a key: that a thing holds none of it, or that it costs nothing."""

from __future__ import annotations

# What may cost nothing; whatever else is free of it.
_GIVEN_TEXT = """
size accessories accessory adapter advice alterations app assembly bag bonus carrier
consultation customisation customization delivery design download ebook
engraving estimate exchange exchanges fitting gift gifts guide helpline installation lesson
lessons logo manual monogram monogramming online personalisation
personalization pouch quote recipe recipes refund refunds repair repairs replacement
replacements return returns sample samples setup shipping subscription support trial
update updates upgrade upgrades warranty wrap wrapping
"""
_GIVEN = frozenset(_GIVEN_TEXT.split())


def said_of_free(plain: str) -> str:
    """Returns how it is said that something is free: services cost nothing, of the rest is none.

    Args:
        plain: The key, from `plain_key`.

    Example:
        >>> said_of_free("sugar"), said_of_free("engraving")
        ('sugar free', 'free engraving')
    """
    return f"free {plain}" if plain.split()[-1] in _GIVEN else f"{plain} free"

"""The bytes behind tokens of byte-level vocabularies, which show every byte as a character.

It knows tokens as they stand in a vocabulary, one at a time.
"""

from __future__ import annotations

from functools import cache


def token_bytes(token: str) -> bytes:
    r"""Returns the bytes of a token.

    A token that is no row of such characters, one that was added as text, stands for itself.

    Source:
        The vocabulary of GPT-2 (Radford et al. 2019), from which all byte-level ones have it.

    Example:
        >>> token_bytes("\u0120TV"), token_bytes("\u00e0\u00b8"), token_bytes("\u624b")
        (b' TV', b'\xe0\xb8', b'\xe6\x89\x8b')
    """
    table = _byte_of_character()
    try:
        return bytes([table[character] for character in token])
    except KeyError:
        return token.encode("utf-8", "surrogatepass")


@cache
def _byte_of_character() -> dict[str, int]:
    """Returns the byte that each of the 256 characters stands for.

    Visible characters of Latin-1 are their own byte; the other bytes are, in order, the characters
    from U+0100 on.
    """
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = sorted(set(range(0x100)) - set(visible))
    table = {chr(byte): byte for byte in visible}
    return table | {chr(0x100 + place): byte for place, byte in enumerate(others)}

"""Where the words of a thing end, among words that no list knows: "Leather Strap".

Found by what products are called (`names`), since a thing that comes with a product is often sold
alone too. It knows no brands, and not what a product itself is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adgen.products.names import Names
from adgen.products.title_tokens import BY_MAKER, JOINT, STOP, Tokens

_WORDS = re.compile(r"w+")
_LONGEST_THING = 3  # words behind a material or a colour
_LONGEST_UNKNOWN = 2
# What ends a phrase, or at least its words: behind it nothing goes on.
_ENDS = ",|qWFPBMNX"
# They say how a thing is, not what.
_NO_THINGS = frozenset(("each", "made", "mini", "new", "only", "plus", "round", "set", "style"))


class Things:
    """Finds the things among a title's words."""

    def __init__(self, tokens: Tokens, names: Names) -> None:
        self.tokens = tokens
        self.names = names

    def end_of_part(self, start: int, end: int, *, is_before_name: bool) -> int:
        """Returns the token behind the thing that a material or a colour before it is of.

        Args:
            start: The token behind the material or the colour.
            end: The token behind the last that may belong to it.
            is_before_name: Whether the product's own name follows there.

        Returns:
            `start` where no thing follows: what stands before the name is the product's.
        """
        words = _WORDS.match(self.tokens.classes, start, end)
        if not words or (is_before_name and words.end() == end):
            return start
        keys = self.tokens.keys[start : words.end()]
        if not _NO_THINGS.isdisjoint(keys[:_LONGEST_UNKNOWN]):
            return start
        for at in range(start + 1, min(start + _LONGEST_THING, words.end()) + 1):
            if self._is_end(at, start):
                return words.end() if len(keys) <= _LONGEST_THING else at
        following = self.tokens.classes[words.end() : words.end() + 1]
        is_short = len(keys) <= _LONGEST_UNKNOWN and following in _ENDS
        return words.end() if is_short else start

    def cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Cuts many words behind each thing and before each joint, into spans of tokens."""
        first = start
        for at in range(start + 2, end - 1):
            following = self.tokens.classes[at]
            is_end = following == JOINT or (
                following not in (STOP, BY_MAKER) and self._is_end(at, first)
            )
            if is_end and at - first > 1:
                yield first, at
                first = at
        yield first, end

    def _is_end(self, at: int, start: int) -> bool:
        """Tells whether a name ends before a token, and none that goes on."""
        keys = self.tokens.keys
        goes_on = at < len(keys) and self.names.ending_at(keys, at + 1, start)
        return self.names.ending_at(keys, at, start) > 0 and not goes_on

"""Why products have no ads, counted: messages that differ in names and numbers alone are one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adgen.bulk.rows import OK, SKIPPED

OTHERS = "other reasons"
_MOST_KINDS = 100  # that are told apart; what comes after them is counted together
_NAMED = "..."
# What a message says of one product: texts in quotes, numbers that stand alone.
_QUOTED = re.compile(r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?!\w)""")
_NUMBER = re.compile(r"(?<![\w@.-])\d[\d,.]*(?<=\d)(?![\w-])")


def kind_of(reason: str) -> str:
    """Returns a message without what it says of one product.

    Example:
        >>> kind_of("'FREE' shouts in 2 texts of google-rsa@2026-11-29; write it small.")
        '... shouts in ... texts of google-rsa@2026-11-29; write it small.'
    """
    return _NUMBER.sub(_NAMED, _QUOTED.sub(_NAMED, reason))


def kinds_of(status: str, reason: str) -> Iterator[str]:
    """Yields the kinds of a row's reason, each behind its status; a skipped one may have several.

    Example:
        >>> list(kinds_of("skipped", "draft; two brands: 'A; B' and 'C'"))
        ['skipped: draft', 'skipped: two brands']
        >>> list(kinds_of("failed", "name has 612 characters; expected 500 at most."))
        ['failed: name has ... characters; expected ... at most.']
    """
    if status == SKIPPED:
        flags = _QUOTED.sub(_NAMED, reason).split("; ")
        for flag in dict.fromkeys(flag.partition(":")[0] for flag in flags):
            yield f"{status}: {flag}"
    else:
        yield f"{status}: {kind_of(reason)}"


def counted(counts: Mapping[str, int], status: str, reason: str) -> Mapping[str, int]:
    """Returns counts by kind after one more row; the same where it has ads."""
    if status == OK:
        return counts
    found = dict(counts)
    for kind in kinds_of(status, reason):
        kind = kind if kind in found or len(found) < _MOST_KINDS else f"{status}: {OTHERS}"
        found[kind] = found.get(kind, 0) + 1
    return found

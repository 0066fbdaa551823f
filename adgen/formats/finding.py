"""What is wrong with an ad, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """Says what is wrong with a text of an ad.

    Attributes:
        rule: The rule that it breaks: "capitals".
        severity: "error" for what is refused, "warning" for what is advised against.
        start: The first character that it is about.
        end: Behind the last one; equal to `start` where it is about no character.
        message: What is wrong, and how to mend it.
        field: The ad's field.
        index: The number of the text in the field, from 0.
    """

    rule: str
    severity: str
    start: int
    end: int
    message: str
    field: str = ""
    index: int = 0  # type: ignore[assignment]  # of a tuple it is a method, which nobody misses

    def as_dict(self) -> dict[str, Any]:
        """Returns the finding as a JSON object."""
        return self._asdict()


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the findings for which a platform refuses an ad."""
    return [finding for finding in findings if finding.severity == "error"]

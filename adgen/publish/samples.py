"""What a card shows of what its model writes, and which adgen wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from adgen.publish.evidence import Training
from adgen.records.base import Sample
from adgen.records.tables import markdown_table
from adgen.records.trained import FinetuningRecord
from adgen.support.version import __version__

# Of the prompts of 2022: two of its domain, a brand, two of holidays, one of another domain.
_PROMPTS = (
    "Apple Watch",
    "Sony TV",
    "Samsung Galaxy",
    "Last minute Christmas deals on Sony TV",
    "Mothers Day discounts for Apple watch",
    "Tesla for Christmas",
)


def samples_section(training: Training | None, now: Sequence[Sample]) -> list[str]:
    """Returns what the model wrote, the first ad of each prompt; nothing where that is not known.

    Args:
        training: The record of its training, which has samples; None without one.
        now: What the published files write now, from products; empty for the record's.
    """
    samples: Sequence[Sample] = now or getattr(training, "samples", ())
    chosen = [one for one in samples if one.prompt in _PROMPTS] or list(samples[:6])
    rows = [[_cell(one.prompt), _cell(one.ads[0])] for one in chosen if one.ads]
    if not rows:
        return []
    is_writer = isinstance(training, FinetuningRecord) and training.config.has_products
    is_writer = is_writer or bool(now)
    asked = "facts of a made-up product" if is_writer else "prompt"
    flaws = (
        "Look for facts that are left out, and for such as stand in an odd place."
        if is_writer
        else "Look for made-up words, models and sizes that do not exist, and things that have "
        "nothing to do with the prompt."
    )
    by = f"by these files with adgen {__version__}, seed 0"
    if not now and training is not None:
        by = (
            f"by the weights as they were trained, with adgen at commit {training.commit}; adgen "
            "of today may write others"
        )
    return [
        "## What it writes",
        f"The first ad of each, nothing picked, written {by}:",
        markdown_table([asked, "ad"], rows),
        flaws,
    ]


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")

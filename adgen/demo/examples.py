"""Examples that stand one click away: first words of 2022, and made-up products."""

from __future__ import annotations

from adgen.generation.samples import PROMPTS_OF_2022
from adgen.writing.samples import SAMPLE_PRODUCTS

PROMPTS = PROMPTS_OF_2022


def product_rows() -> list[list[str]]:
    """Returns made-up products as a page's form takes them: brand, name, category, facts."""
    return [
        [one.brand, one.name, one.category, "\n".join(map(str, one.facts))]
        for one in SAMPLE_PRODUCTS
    ]


def product_labels() -> list[str]:
    """Returns what each of them is called: brand and name."""
    return [f"{one.brand} {one.name}" for one in SAMPLE_PRODUCTS]

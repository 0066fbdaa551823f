"""Ads written as samples for a record: the prompts of 2022, and what a model makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adgen.generation.generator import AdGenerator
from adgen.records.base import Sample

# The 2022 experiment's prompts, the last two out of its domain.
PROMPTS_OF_2022 = (
    "Apple Watch",
    "Sony TV",
    "Sony Playstation",
    "AmazonBasics",
    "Samsung Galaxy",
    "Best deals on Samsung",
    "Last minute Christmas deals on Sony TV",
    "Last minute Memorial Day deals on Samsung headphones",
    "Mothers Day discounts for Apple watch",
    "Holiday specials on",
    "Tesla for Christmas",
    "Honda on sale",
)


def write_samples(
    model_dir: Path, prompts: Sequence[str], *, num_ads: int = 2, seed: int = 0
) -> list[Sample]:
    """Writes ads of a model directory for each prompt; nothing is picked.

    Only prompts are left out that are longer than a GPT's context.
    """
    generator = AdGenerator.from_pretrained(model_dir)
    prompts = [prompt for prompt in prompts if generator.has_room_for(prompt)]
    written = generator.generate(prompts, num_ads=num_ads, seed=seed)
    return [
        Sample(prompt=prompt, ads=[ad.text for ad in ads])
        for prompt, ads in zip(prompts, written, strict=True)
    ]

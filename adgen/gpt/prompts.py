"""Texts before an ad in a model's context: a heading, and zero, one or a few example ads.

Language models that were never trained on ads continue texts; they have to be shown what kind of
text this is. The examples are training ads of the same category. The module knows texts and tokens,
not models.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from adgen.gpt.tokens import GPTTokenizer
from adgen.scoring.protocol import Shots

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Template:
    """Says how ads stand in a text.

    Attributes:
        heading: What comes first; `{category}` is replaced.
        end: What follows every ad; None is the end-of-text token.
        purpose: In words.
    """

    heading: str
    end: str | None
    purpose: str


TEMPLATES: Mapping[str, Template] = {
    "ads": Template(
        "", None, "each ad a text of its own, as models that were trained on ads read them"
    ),
    "lines": Template("", "\n", "an ad a line, and nothing else"),
    "list": Template(
        "Product titles on Amazon, {category}:\n", "\n", "a list of product titles under a heading"
    ),
}


def check_template(name: str) -> Template:
    """Returns the template of this name.

    Raises:
        ValueError: There is none.
    """
    if name not in TEMPLATES:
        raise ValueError(f"template is {name!r}; expected one of {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


def context_ids(tokenizer: GPTTokenizer, template: Template, shots: Shots) -> tuple[int, ...]:
    """Returns token ids of a text's start, its heading, and the examples with their ends."""
    heading = template.heading.format(category=shots.category.replace("-", " ").replace("/", ", "))
    ids = [tokenizer.start_id, *(tokenizer.encode(heading) if heading else [])]
    for example in shots.examples:
        ids += [*tokenizer.encode(example), tokenizer.eos_id]
    return tuple(ids)


def draw_shots(
    training_ads: pd.DataFrame, categories: Sequence[str], num_shots: int, *, seed: int = 0
) -> dict[str, Shots]:
    """Chooses example ads of each category from the training split, no two of one family.

    More shots contain fewer: what a model reads with four it also reads with sixteen. Where a
    category has too few families, ads of all categories fill up.

    Args:
        training_ads: `ad`, `category`, `family` and `split` of a prepared corpus; other splits'
            rows are refused.
        categories: The categories asked for.
        num_shots: Example ads each, 0 for none.
        seed: Of the choice.

    Returns:
        By category its shots, the first example last: what every number of shots has stands next to
        the ad.

    Raises:
        ValueError: The frame holds held-out ads, `num_shots` is negative, or there are too few
            families.
    """
    if num_shots < 0:
        raise ValueError(f"num_shots is {num_shots}; expected 0 or more.")
    held_out = sorted(set(training_ads["split"].astype(str)) - {"train"})
    if held_out:
        raise ValueError(
            f"Examples must come from the training split; received ads of {', '.join(held_out)}."
        )
    one_each = training_ads.drop_duplicates("family").drop_duplicates("ad")
    names = one_each["category"].astype(str)
    chosen = {}
    for category in dict.fromkeys(categories):
        rng = np.random.default_rng([seed, zlib.crc32(category.encode())])
        own = _shuffled(one_each[names == category], rng)
        others = _shuffled(one_each[names != category], rng) if len(own) < num_shots else []
        ads = [*own, *others][:num_shots]
        if len(ads) < num_shots:
            raise ValueError(
                f"{num_shots} example ads are asked for, but the training split has "
                f"{len(ads)} families. Give fewer."
            )
        chosen[category] = Shots(tuple(reversed(ads)), category)
    return chosen


def _shuffled(ads: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    return ads["ad"].iloc[rng.permutation(len(ads))].tolist()

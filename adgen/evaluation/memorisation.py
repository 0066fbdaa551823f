"""Whether a model writes ads or recites them: its ads and human ones beside its training ads.

The model gets the first two words of held-out ads and writes on. As those ads are of families that
training has none of, and a model writes for known families too, training ads compared with the rest
of them stand beside. The module knows a generator, texts and categories; the figures are
`evaluation.novelty`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adgen.decoding.sampling import Sampling
from adgen.evaluation.novelty import novelty_by_group
from adgen.evaluation.written_ads import ads_to_begin, first_words
from adgen.generation.generated import GeneratedAd
from adgen.generation.generator import AdGenerator
from adgen.scoring.protocol import Figures

GENERATED, HUMAN, HUMAN_TRAINING = "generated", "human", "human_training"


@dataclass(frozen=True)
class Memorisation:
    """Holds what `measure_memorisation` finds.

    Attributes:
        figures: The figures of `novelty_figures` by column: `generated`; `human`, the held-out ads
            whose first words the model got; `human_training`, training ads compared with the
            others.
        by_category: The same by category and column.
        written: Columns `category`, `prompt` and `ad`: what the model wrote, in the order of the
            categories.
        num_cut_ads: Written ads that the model did not end itself: it had come to the most tokens.
    """

    figures: dict[str, Figures]
    by_category: dict[str, dict[str, Figures]]
    written: pd.DataFrame
    num_cut_ads: int


def measure_memorisation(
    generator: AdGenerator,
    held_out: pd.DataFrame,
    training: pd.DataFrame,
    *,
    num_ads: int,
    seed: int = 0,
    sampling: Sampling | None = None,
) -> Memorisation:
    """Lets a model write ads, and compares them and as many human ones with its training ads.

    Args:
        generator: The model.
        held_out: Ads that it was not trained on; columns `ad` and `category`.
        training: All ads that it was trained on, likewise.
        num_ads: Ads of each kind, equally many of every category; categories with fewer leave
            their places to the others.
        seed: Of the choice and of the ads.
        sampling: The decoding controls; None takes the model's.

    Raises:
        ValueError: There are not so many ads.
    """
    # 1. Choose human ads of both kinds, the same number of each category.
    kinds = [ads_to_begin(ads) for ads in (held_out, training)]
    counts = _even_counts(*(Counter(kind["category"]) for kind in kinds), num_ads=num_ads)
    rng = np.random.default_rng(seed)
    human, known = (kind.iloc[_choose(kind["category"].to_numpy(), counts, rng)] for kind in kinds)
    categories = [name for name, count in counts.items() for _ in range(count)]  # (num_ads,)
    # 2. Let the model go on from the first words of the held-out ones, and compare both.
    prompts = first_words(human["ad"])
    ads = ads_one_each(generator, prompts, seed=seed, sampling=sampling)
    written = [ad.text for ad in ads]
    sets = {GENERATED: written, HUMAN: human["ad"].tolist()}
    figures, by_category = novelty_by_group(sets, categories, training["ad"].tolist())
    # 3. Compare the training ads with the rest of them.
    others = training["ad"].drop(known.index).tolist()
    known_figures, known_by_category = novelty_by_group(
        {HUMAN_TRAINING: known["ad"].tolist()}, categories, others
    )
    return Memorisation(
        figures | known_figures,
        {name: by_category[name] | known_by_category[name] for name in by_category},
        pd.DataFrame({"category": categories, "prompt": prompts, "ad": written}),
        sum(not ad.finished for ad in ads),
    )


def write_one_each(
    generator: AdGenerator,
    prompts: Sequence[str],
    *,
    seed: int = 0,
    sampling: Sampling | None = None,
) -> list[str]:
    """Writes an ad for every prompt, its text; the same prompt again gets another ad."""
    return [ad.text for ad in ads_one_each(generator, prompts, seed=seed, sampling=sampling)]


def ads_one_each(
    generator: AdGenerator,
    prompts: Sequence[str],
    *,
    seed: int = 0,
    sampling: Sampling | None = None,
) -> list[GeneratedAd]:
    """Writes an ad for every prompt, as `write_one_each`, and tells how it ended.

    Words of adult products are allowed, and prompts keep their case: it is the model that is
    judged, not what guards its ads. Whole training ads are refused as they are for everyone.
    """
    times = Counter(prompts)
    written = {}
    for num_ads in sorted(set(times.values())):
        chosen = [prompt for prompt, count in times.items() if count == num_ads]
        groups = generator.generate(
            chosen,
            num_ads=num_ads,
            seed=seed,
            sampling=sampling,
            match_case=False,
            allow_adult=True,
        )
        written.update({prompt: iter(ads) for prompt, ads in zip(chosen, groups, strict=True)})
    return [next(written[prompt]) for prompt in prompts]


def _even_counts(
    num_held_out: Mapping[str, int], num_training: Mapping[str, int], *, num_ads: int
) -> dict[str, int]:
    """Returns how many ads of each category to take: equally many, as far as both kinds go."""
    names = sorted(set(num_held_out) & set(num_training))
    available = np.array([min(num_held_out[name], num_training[name]) for name in names], np.int64)
    if not 1 <= num_ads <= available.sum():
        raise ValueError(
            f"Asked for {num_ads:,} ads; there are {available.sum():,} held-out ads with as many "
            "training ads of their categories. Give a number from 1 to that."
        )
    # Share out what is left among the categories that have more, until nothing is.
    counts = np.zeros_like(available)  # (num_categories,)
    while left := num_ads - counts.sum():
        open_places = np.flatnonzero(counts < available)[:left]
        share = max(left // len(open_places), 1)
        counts[open_places] += np.minimum(share, available[open_places] - counts[open_places])
    return {name: int(count) for name, count in zip(names, counts, strict=True) if count}


def _choose(categories: np.ndarray, counts: dict[str, int], rng: np.random.Generator) -> np.ndarray:
    """Returns the places of so many random ads of each category, one category after the other."""
    places = [
        rng.permutation(np.flatnonzero(categories == name))[:count]
        for name, count in counts.items()
    ]
    return np.concatenate(places)

"""Which of a product's candidates are handed out: likely ones that differ from each other."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from adgen.products.measures import find_measures

# What a candidate loses, in nats a token, for being wholly like one that was chosen already.
_LIKENESS_COST = 1.5


@dataclass(frozen=True)
class WrittenAd:
    """Describes an ad.

    Attributes:
        text: The ad.
        score: Natural logarithm of its probability under the model, a token; higher is likelier. Of
            a format that of the text which the model wrote for it.
        fields: The texts of each field of a platform's format; none without a format.
    """

    text: str
    score: float
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def choose_ads(
    candidates: Sequence[WrittenAd], num_ads: int, training_ads: Container[str] = ()
) -> list[WrittenAd]:
    """Returns the best candidates, each text once, the likeliest first.

    The next one is always the candidate with the highest score less its likeness to those chosen
    (maximal marginal relevance); what differs from one of them in joints alone comes last. Training
    ads are left out; where there is nothing else, the likeliest alone is returned.

    Args:
        candidates: Of one product.
        num_ads: How many, if there are so many different ones.
        training_ads: Holds the ads that must not be copied.

    Source:
        Carbonell and Goldstein (1998), "The use of MMR, diversity-based reranking".
    """
    by_score = sorted(candidates, key=lambda one: one.score)
    each_once = {one.text.casefold(): one for one in by_score}
    ranked = sorted(each_once.values(), key=lambda one: -one.score)
    left = [one for one in ranked if one.text not in training_ads] or ranked[:1]
    chosen: list[WrittenAd] = []
    while left and len(chosen) < num_ads:
        said = {_words(ad.text) for ad in chosen}
        best = max(
            left,
            key=lambda one: (
                _words(one.text) not in said,
                one.score
                - _LIKENESS_COST
                * max((likeness(one.text, other.text) for other in chosen), default=0),
            ),
        )
        chosen.append(best)
        left.remove(best)
    return chosen


def likeness(one: str, other: str) -> float:
    """Returns the share of pairs of neighbouring words that two texts have in common, 0 to 1.

    Joints and the ways of writing a measure are no difference.

    Example:
        >>> likeness("Acme 6mm Mat, Red", "Acme 6 mm Mat - Red")
        1.0
    """
    pairs = frozenset(pairwise(_words(one)))
    others = frozenset(pairwise(_words(other)))
    return len(pairs & others) / max(1, min(len(pairs), len(others)))


def num_different(ads: Iterable[WrittenAd]) -> int:
    """Counts ads that differ in more than joints and the ways of writing a measure."""
    return len({_words(ad.text) for ad in ads})


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """Returns a text's words without joints, each measure as one word in its normal form."""
    parts = []
    end = 0
    for measure in find_measures(text):
        parts += [text[end : measure.start], measure.normal_form.replace(" ", "")]
        end = measure.end
    words = [word.strip(",;|()-").casefold() for word in " ".join([*parts, text[end:]]).split()]
    return tuple(filter(None, words))

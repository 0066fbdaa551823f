"""A trained model and an n-gram model together: a token's probability is a weighted mean of both.

The weight is chosen on validation ads. The module knows models and texts; splits are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from adgen.lstm.directory import ModelDirectory
from adgen.lstm.evaluation import encode_for_evaluation, log_probabilities
from adgen.ngram.model import NGramModel
from adgen.scoring.metrics import figures_of
from adgen.tokens.spelling import SpellingModel


def mixture_figures(
    model: ModelDirectory,
    ngram: NGramModel,
    *,
    valid_ads: Sequence[str],
    ads: Sequence[str],
    num_threads: int = 1,
) -> dict[str, Any]:
    """Scores ads with a model, an n-gram model of the same tokens, and their mixture.

    Args:
        model: From `load_model_directory`; it reads ads.
        ngram: Fitted with the same tokenizer.
        valid_ads: Ads to choose the weight on.
        ads: Other ads, for the figures.
        num_threads: As for `lstm.evaluation.score_tokens`.

    Returns:
        `model_weight`, the model's share in the mixture; `num_valid_ads`; `num_ads`, `num_tokens`,
        `num_chars`; and for each of `model`, `ngram` and `mixture` its `bits_per_char`,
        `cross_entropy` and `perplexity`.

    Raises:
        ValueError: There are no ads, or the model reads a stream.
    """
    spelling = SpellingModel.from_dict(model.spelling) if model.spelling is not None else None
    valid, scored = (
        encode_for_evaluation(part, model.tokenizer, model.config, spelling)
        for part in (valid_ads, ads)
    )
    # 1. ln p of every token, (num_tokens,), by each model, on the validation ads and the others.
    num_tokens = len(valid.token_ids) + len(scored.token_ids)
    with tqdm(total=num_tokens, desc="scoring", unit="token", unit_scale=True, disable=None) as bar:
        valid_model, scored_model = (
            log_probabilities(
                model.weights,
                model.config,
                part.token_ids,
                num_threads=num_threads,
                on_progress=bar.update,
            )
            for part in (valid, scored)
        )
    valid_ngram = ngram.log_probabilities(valid.token_ids)
    scored_ngram = ngram.log_probabilities(scored.token_ids)
    # 2. The weight that suits the validation ads best, used on the others.
    weight = best_mixture_weight(valid_model, valid_ngram)
    mixture = mix(scored_model, scored_ngram, weight)
    return {
        "model_weight": weight,
        "num_valid_ads": valid.num_ads,
        "num_ads": scored.num_ads,
        "num_tokens": len(scored.token_ids),
        "num_chars": scored.num_chars,
        "model": figures_of(scored_model, scored),
        "ngram": figures_of(scored_ngram, scored),
        "mixture": figures_of(mixture, scored),
    }


def best_mixture_weight(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Returns the weight w with which w * exp(first) + (1 - w) * exp(second) is most probable.

    It is chosen on the validation split and used, with `mix`, on another.

    Args:
        first: (num_tokens,) ln p of the same tokens by one model.
        second: (num_tokens,) by the other.

    Returns:
        Between 0 and 1, to nine digits.

    Raises:
        ValueError: The arrays are empty or of different lengths.

    Example:
        >>> first, second = np.log([0.9, 0.9, 0.1]), np.log([0.5, 0.5, 0.5])
        >>> weight = best_mixture_weight(first, second)
        >>> round(weight, 6)  # where 2 * 0.4 / (0.5 + 0.4 w) = 0.4 / (0.5 - 0.4 w)
        0.416667
    """
    if first.shape != second.shape or not first.size:
        raise ValueError(
            f"Log-probabilities have shapes {first.shape} and {second.shape}; "
            "expected the same tokens, at least one."
        )
    # 1. Probabilities a and b, over the larger of both, so that they do not vanish: (num_tokens,).
    larger = np.maximum(first, second)
    a, b = (np.exp(np.asarray(x, np.float64) - larger) for x in (first, second))
    # 2. The likelihood, the sum of ln(w a + (1 - w) b), is concave in w: its slope changes sign
    # once, and halving finds where.
    low, high = 0.0, 1.0
    for _ in range(30):
        weight = (low + high) / 2
        is_rising = ((a - b) / (weight * a + (1 - weight) * b)).sum() > 0
        low, high = (weight, high) if is_rising else (low, weight)
    return (low + high) / 2


def mix(
    first: NDArray[np.floating], second: NDArray[np.floating], weight: float
) -> NDArray[np.float64]:
    """Returns ln(weight * exp(first) + (1 - weight) * exp(second)), (num_tokens,).

    Minus its sum is the mixture's nats.

    Example:
        >>> np.exp(mix(np.log([0.2]), np.log([0.6]), 0.25)).round(6)
        array([0.5])
    """
    with np.errstate(divide="ignore"):
        return np.logaddexp(first + np.log(weight), second + np.log1p(-weight))

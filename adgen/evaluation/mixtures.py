"""A trained model and an n-gram model together: a token's probability is a weighted mean of both.

The weight is chosen on validation ads. The module knows models and texts; splits are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tqdm.auto import tqdm

from adgen.lstm.directory import ModelDirectory
from adgen.lstm.evaluation import encode_for_evaluation, log_probabilities
from adgen.mixture.shares import best_mixture_weight, mix
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

"""Scores ads with a model of any kind, adgen's own or of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adgen.generation.trained import TrainedLSTM, TrainedModel
from adgen.lstm.directory import ModelDirectory
from adgen.scoring.protocol import AdScorer, Figures, Shots, scorer_figures
from adgen.support.given import an_object, texts
from adgen.support.given import kind_of as kind_in_words


def score_ads(
    model: Any,
    tokenizer: Any,
    ads: Sequence[str],
    *,
    shots: Sequence[Shots] | None = None,
    template: str | None = None,
) -> Figures:
    """Returns what ads cost a model.

    Args:
        model: What `open_model` or `load_model_directory` gives, an `NGramModel`, or a causal
            language model of transformers.
        tokenizer: Of an n-gram model or a transformers model; the others have their own (None).
        ads: Texts that the model has not been trained on, if the figures are to say something,
            clean as it read them (`adgen.corpus.clean_text`).
        shots: For each ad what stands before it, which is read and not scored; by default nothing.
            Equal ones side by side are read once. An n-gram model's context never reaches that far.
        template: How ads stand in a transformers model's context, one of
            `adgen.gpt.prompts.TEMPLATES`; by default "ads" for a model that has learned ads, else
            "list".

    Returns:
        `num_ads`, `num_tokens`, `num_chars`, `bits_per_char` (ends of ads included), `perplexity`
        (a token), `accuracy` and `top_5_accuracy` (tokens), `word_accuracy` and
        `word_top_5_accuracy`: the share of words, an ad's end being one, whose every token was the
        first choice, or among the first five, after the true text before it. `num_with_fewer_shots`
        is there where some ads are so long that the model had no room for all of their shots: they
        were scored after the last ones.

    Raises:
        ValueError: There are no ads, what stands before them leaves room for none, or the model
            reads no whole ads.

    Example:
        >>> from adgen.ngram.model import NGramModel
        >>> from adgen.tokens.word_tokenizer import WordTokenizer
        >>> ads = ["tv stand", "tv stand", "tv"]
        >>> tokenizer = WordTokenizer.fit(ads)
        >>> ngram = NGramModel.fit(tokenizer.encode_ads(ads), vocab_size=tokenizer.vocab_size)
        >>> score_ads(ngram, tokenizer, ["tv"])["accuracy"]  # of "tv" and its end; "stand" likelier
        0.5
    """
    ads = list(texts("ads", ads))
    if not ads:
        raise ValueError("There are no ads to score. Give at least one.")
    if shots is not None:
        shots = [
            an_object("Each of shots", one, Shots) for one in an_object("shots", shots, Sequence)
        ]
    if shots is not None and len(shots) != len(ads):
        raise ValueError(
            f"Received {len(ads):,} ads and shots for {len(shots):,}; expected as many. Give each "
            "ad its own."
        )
    return scorer_figures(open_scorer(model, tokenizer, template=template), ads, shots)


def open_scorer(model: Any, tokenizer: Any = None, *, template: str | None = None) -> AdScorer:
    """Returns the scorer of a model of any kind; the arguments are those of `score_ads`."""
    if isinstance(model, TrainedModel):
        return model.scorer
    if isinstance(model, ModelDirectory):
        return TrainedLSTM(model).scorer
    from adgen.ngram.model import NGramModel

    if isinstance(model, NGramModel):
        from adgen.ngram.scorer import NGramScorer

        return NGramScorer(model, tokenizer)
    from adgen.gpt.scorer import CausalScorer

    if not (hasattr(model, "config") and callable(model)):
        raise ValueError(
            f"model is {kind_in_words(model)}; expected what open_model gives, an NGramModel or a "
            "causal language model of transformers."
        )
    return CausalScorer.of(model, tokenizer, template=template)

"""A model's figures on a set of ads, with the softmax over the whole vocabulary.

Works on weights in NumPy, so that training, the command line and the notebooks report the same numbers by the
same code, with or without TensorFlow. It knows ads and models; splits are the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adgen.examples import Examples, ad_rows, ad_windows, windows
from adgen.lstm_config import LSTMConfig
from adgen.metrics import TargetScores, score_targets
from adgen.model_directory import ModelDirectory
from adgen.runtime import NumpyLSTM
from adgen.spelling import SpellingModel
from adgen.tokenizer import EOS_ID, PAD_ID, AdTokenizer
from adgen.words import split_words

# Targets scored at once: with 22,500 words their logits are 6 MB and stay in the cache.
_BLOCK = 64
# Windows of running text are taken every three tokens, as in 2022.
STREAM_STEP = 3

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class EncodedAds:
    """A split, encoded for evaluation.

    Attributes:
        token_ids: (num_tokens,) int32; every ad followed by `<eos>`, except for models that read a stream.
        num_ads: Ads.
        num_chars: Characters that the tokens stand for, each ad's end counted as one; None where the model has
            no price for unknown words or for an ad's end.
        spelling_nats: What the spelling of the unknown words costs, in nats.
    """

    token_ids: np.ndarray
    num_ads: int
    num_chars: int | None
    spelling_nats: float = 0.0


def encode_for_evaluation(
    ads: Sequence[str], tokenizer: AdTokenizer, config: LSTMConfig, spelling: SpellingModel | None
) -> EncodedAds:
    """Encode ads and count what bits per character need.

    Sub-words keep every character. Words are priced on the text they stand for: without the removed punctuation,
    with normal spacing, and each unknown word spelled by the spelling model.

    Raises:
        ValueError: There are no ads, or a model that reads a stream has no window in them.
    """
    if not len(ads):
        raise ValueError("There are no ads to evaluate in this split. Give more ads or another split.")
    has_ends = config.reads != "stream"
    token_ids = tokenizer.encode_ads(ads, end_of_ad=has_ends)
    if not has_ends and len(token_ids) <= (config.sequence_length or 0):
        raise ValueError(
            f"The split's {len(ads)} ads have {len(token_ids)} tokens, too few for a window of "
            f"{config.sequence_length} and a target. Give more ads or another split."
        )
    is_open = tokenizer.kind == "subword" or spelling is not None
    if not (has_ends and is_open):
        return EncodedAds(token_ids, len(ads), num_chars=None)
    num_chars = sum(len(tokenizer.normalize(ad)) + 1 for ad in ads)
    spelling_nats = 0.0
    if spelling is not None and tokenizer.kind == "word":
        words = [word for ad in ads for word in split_words(ad)]
        is_unknown = token_ids[token_ids != EOS_ID] == tokenizer.unk_id
        spelling_nats = float(spelling.nats([words[i] for i in np.flatnonzero(is_unknown)]).sum())
    return EncodedAds(token_ids, len(ads), num_chars, spelling_nats)


def score_tokens(weights: Weights, config: LSTMConfig, token_ids: np.ndarray) -> TargetScores:
    """Score every target that a model of this configuration has in a text.

    Args:
        weights: Arrays by the names of a model directory.
        config: The architecture; `reads` says which targets there are. "stream": every third token after its
            window of running text. "ad" and "packed": every token of every ad, `<eos>` included, from nothing
            but the ad's own beginning.
        token_ids: As `EncodedAds.token_ids`.
    """
    lstm = NumpyLSTM(weights, config)
    kernel, bias = lstm.output_kernel, lstm.output_bias
    total, room = TargetScores(), np.empty((_BLOCK, len(bias)), np.float32)
    for features, targets in _features_and_targets(lstm, token_ids):
        for start in range(0, len(targets), _BLOCK):
            block = features[start : start + _BLOCK]
            logits = np.matmul(block, kernel, out=room[: len(block)])
            logits += bias
            total += score_targets(logits, targets[start : start + _BLOCK])
    return total


def evaluate_encoded(weights: Weights, config: LSTMConfig, encoded: EncodedAds) -> dict[str, float | None]:
    """`num_ads`, `num_tokens` (targets), `num_chars`, and the figures of `TargetScores.summary`."""
    scores = score_tokens(weights, config, encoded.token_ids)
    counts = {"num_ads": encoded.num_ads, "num_tokens": scores.num_targets, "num_chars": encoded.num_chars}
    return counts | scores.summary(num_chars=encoded.num_chars, spelling_nats=encoded.spelling_nats)


def evaluate_ads(model: ModelDirectory, ads: Sequence[str]) -> dict[str, float | None]:
    """Figures of a model directory on ads.

    Args:
        model: From `load_model_directory`.
        ads: Texts that the model has not been trained on, if the figures are to say something.

    Returns:
        As `evaluate_encoded`.
    """
    spelling = SpellingModel.from_dict(model.spelling) if model.spelling is not None else None
    encoded = encode_for_evaluation(ads, model.tokenizer, model.config, spelling)
    return evaluate_encoded(model.weights, model.config, encoded)


def _features_and_targets(lstm: NumpyLSTM, token_ids: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of features (n, output_dim) and the targets (n,) they predict."""
    if lstm.config.reads == "packed":
        for rows in ad_rows(token_ids):
            is_target = rows.targets != PAD_ID
            yield lstm.sequence_features(rows.contexts)[is_target], rows.targets[is_target]
        return
    examples = _window_examples(lstm.config, token_ids)
    for start in range(0, len(examples), 4096):
        chosen = slice(start, start + 4096)
        yield lstm.features(lstm.window_state(examples.contexts[chosen])), examples.targets[chosen]


def _window_examples(config: LSTMConfig, token_ids: np.ndarray) -> Examples:
    assert config.sequence_length is not None  # window models have one
    if config.reads == "ad":
        return ad_windows(token_ids, sequence_length=config.sequence_length)
    return windows(token_ids, sequence_length=config.sequence_length, step=STREAM_STEP)

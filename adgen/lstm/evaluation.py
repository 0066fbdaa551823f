"""A model's figures on a set of ads, with the softmax over the whole vocabulary.

It works on weights in NumPy, so that training, the command line and the notebooks report the same
numbers by the same code, with or without TensorFlow. It knows ads and models; splits are the
caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from adgen.lstm.config import LSTMConfig
from adgen.lstm.directory import ModelDirectory
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.scoring.metrics import TargetScores, score_targets
from adgen.support.arrays import log_normaliser, ranges
from adgen.tokens.base import EOS_ID, PAD_ID, AdTokenizer
from adgen.tokens.encoded import EncodedAds
from adgen.tokens.examples import Examples, ad_rows, ad_windows, windows
from adgen.tokens.packing import ad_bounds
from adgen.tokens.spelling import SpellingModel
from adgen.tokens.words import split_words

# Targets multiplied at once, which BLAS wants many of, and scored at once, so that they stay in the
# cache: with 16,384 tokens their logits are 16 MB and 2 MB.
_BLOCK = 256
_SLICE = 32
_WINDOWS = 4096  # in a set; a set of whole ads has 256
# Windows of running text are taken every three tokens, as in 2022.
STREAM_STEP = 3

Weights = Mapping[str, NDArray[np.float32]]
Figures = dict[str, float | None]
# Is told how many more targets are scored.
Progress = Callable[[int], object]
_T = TypeVar("_T")


def encode_for_evaluation(
    ads: Sequence[str], tokenizer: AdTokenizer, config: LSTMConfig, spelling: SpellingModel | None
) -> EncodedAds:
    """Encodes ads and counts what bits per character need.

    Sub-words keep every character. Words are priced on the text they stand for: without the removed
    punctuation, with normal spacing, and each unknown word spelled by the spelling model.

    Raises:
        ValueError: There are no ads, or a model that reads a stream has no window in them.
    """
    if not len(ads):
        raise ValueError(
            "There are no ads to evaluate in this split. Give more ads or another split."
        )
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
    num_chars = sum(len(tokenizer.normalize(ad)) + 1 for ad in ads)  # an ad's end counts as one
    spelling_nats = 0.0
    if spelling is not None and tokenizer.kind == "word":
        words = [word for ad in ads for word in split_words(ad)]
        is_unknown = token_ids[token_ids != EOS_ID] == tokenizer.unk_id
        spelling_nats = float(spelling.nats([words[i] for i in np.flatnonzero(is_unknown)]).sum())
    return EncodedAds(token_ids, len(ads), num_chars, spelling_nats)


def score_tokens(
    weights: Weights,
    config: LSTMConfig,
    token_ids: np.ndarray,
    *,
    num_threads: int = 1,
    on_progress: Progress | None = None,
) -> TargetScores:
    """Scores every target that a model of this configuration has in a text.

    Args:
        weights: Arrays by the names of a model directory.
        config: The architecture; `reads` says which targets there are. "stream": every third token
            after its window of running text. "ad" and "packed": every token of every ad, `<eos>`
            included, from nothing but the ad's own beginning.
        token_ids: (num_tokens,) ads one after the other, as in `EncodedAds`.
        num_threads: Sets of ads scored side by side; without effect on the scores. NumPy's own
            threads are best kept at one then (OPENBLAS_NUM_THREADS=1).
        on_progress: Called now and then with the number of targets scored since.
    """

    def score(logits: np.ndarray, targets: np.ndarray) -> TargetScores:
        slices = [slice(start, start + _SLICE) for start in range(0, len(targets), _SLICE)]
        return sum((score_targets(logits[one], targets[one]) for one in slices), TargetScores())

    blocks = _each_block(weights, config, token_ids, score, num_threads, on_progress)
    return sum(blocks, TargetScores())


def log_probabilities(
    weights: Weights,
    config: LSTMConfig,
    token_ids: np.ndarray,
    *,
    num_threads: int = 1,
    on_progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Returns the logarithm of every token's probability, each ad's `<eos>` included.

    Args:
        weights: Arrays by the names of a model directory.
        config: Reads "ad" or "packed".
        token_ids: (num_tokens,) ads, each followed by `<eos>`.
        num_threads: Sets of ads scored side by side.
        on_progress: Called now and then with the number of tokens scored since.

    Returns:
        (num_tokens,) natural logarithms; minus their sum is `TargetScores.nats`.

    Raises:
        ValueError: The model reads a stream, in which not every token is a target.
    """
    if config.reads == "stream":
        raise ValueError(
            'The model reads "stream": not every token is a target. Give one that reads ads.'
        )

    # logits (n, vocab), targets (n,); ln p(target) is its logit less ln sum(exp(logits)).
    def score(logits: np.ndarray, targets: np.ndarray) -> NDArray[np.float64]:
        return logits[np.arange(len(targets)), targets] - log_normaliser(logits)

    found = np.concatenate(
        list(_each_block(weights, config, token_ids, score, num_threads, on_progress))
    )
    if config.reads == "ad":
        return found
    # Ads were scored by their length; back to the places where their tokens stand.
    starts, lengths = ad_bounds(token_ids)
    by_length = np.argsort(lengths, kind="stable")
    in_order = np.empty_like(found)
    in_order[ranges(starts[by_length], lengths[by_length])] = found
    return in_order


def evaluate_encoded(weights: Weights, config: LSTMConfig, encoded: EncodedAds) -> Figures:
    """Returns the figures of encoded ads.

    They are `num_ads`, `num_tokens` (targets), `num_chars`, and those of `TargetScores.summary`.
    """
    return _figures([encoded], [score_tokens(weights, config, encoded.token_ids)])


def evaluate_ads(model: ModelDirectory, ads: Sequence[str], *, num_threads: int = 1) -> Figures:
    """Returns the figures of a model directory on ads.

    Args:
        model: From `load_model_directory`.
        ads: Texts that the model has not been trained on, if the figures are to say something.
        num_threads: Sets of ads scored side by side.

    Returns:
        Figures as from `evaluate_encoded`.
    """
    return evaluate_groups(model, {"all": ads}, num_threads=num_threads)[0]


def evaluate_groups(
    model: ModelDirectory, groups: Mapping[str, Sequence[str]], *, num_threads: int = 1
) -> tuple[Figures, dict[str, Figures]]:
    """Returns a model directory's figures on groups of ads, such as categories; shows its progress.

    Every ad is scored once; the figures of all are those of the groups' sums.

    Args:
        model: From `load_model_directory`.
        groups: The ads of each group, by its name.
        num_threads: Sets of ads scored side by side.

    Returns:
        Figures as from `evaluate_encoded` of all ads together, and of each group.

    Raises:
        ValueError: A group has no ads, or a model that reads a stream no window in one.
    """
    spelling = SpellingModel.from_dict(model.spelling) if model.spelling is not None else None
    encoded = {
        name: encode_for_evaluation(ads, model.tokenizer, model.config, spelling)
        for name, ads in groups.items()
    }
    scores = {}
    step = STREAM_STEP if model.config.reads == "stream" else 1
    num_targets = sum(len(one.token_ids) // step for one in encoded.values())
    with tqdm(
        total=num_targets, desc="scoring", unit="token", unit_scale=True, disable=None
    ) as bar:
        for name, one in encoded.items():
            scores[name] = score_tokens(
                model.weights,
                model.config,
                one.token_ids,
                num_threads=num_threads,
                on_progress=bar.update,
            )
    by_group = {name: _figures([encoded[name]], [scores[name]]) for name in groups}
    return _figures(list(encoded.values()), list(scores.values())), by_group


def _figures(encoded: Sequence[EncodedAds], scores: Sequence[TargetScores]) -> Figures:
    """Returns the figures of all these ads together."""
    total = sum(scores, TargetScores())
    chars = [one.num_chars for one in encoded]
    num_chars = None if None in chars else sum(filter(None, chars))
    counts = {
        "num_ads": sum(one.num_ads for one in encoded),
        "num_tokens": total.num_targets,
        "num_chars": num_chars,
    }
    spelling_nats = sum(one.spelling_nats for one in encoded)
    return counts | total.summary(num_chars=num_chars, spelling_nats=spelling_nats)


def _each_block(
    weights: Weights,
    config: LSTMConfig,
    token_ids: np.ndarray,
    score: Callable[[np.ndarray, np.ndarray], _T],
    num_threads: int,
    on_progress: Progress | None,
) -> Iterator[_T]:
    """Yields `score(logits, targets)` of every block of targets; their order is that of `_sets`.

    Blocks, and with them the results, are the same whatever the number of threads.
    """
    lstm = NumpyLSTM(weights, config)

    def work(examples: Examples) -> tuple[int, list[_T]]:
        # 1. The recurrence, for the whole set: (n, output_dim) and (n,).
        features, targets = _features_and_targets(lstm, examples)
        # 2. The softmax's logits, a block at a time in the same memory.
        room = np.empty((_BLOCK, config.vocab_size), np.float32)
        results = []
        for start in range(0, len(targets), _BLOCK):
            block = features[start : start + _BLOCK]
            logits = np.matmul(block, lstm.output_kernel, out=room[: len(block)])
            logits += lstm.output_bias
            results.append(score(logits, targets[start : start + _BLOCK]))
        return len(targets), results

    with ThreadPoolExecutor(num_threads) as pool:
        run = map if num_threads == 1 else pool.map
        for num_targets, results in run(work, _sets(config, token_ids)):
            if on_progress is not None:
                on_progress(num_targets)
            yield from results


def _sets(config: LSTMConfig, token_ids: np.ndarray) -> Iterator[Examples]:
    """Yields what is read at once: windows, or whole ads of similar length.

    Ads come by their length, shortest first; equally long ones in their order.
    """
    if config.reads == "packed":
        yield from ad_rows(token_ids)
        return
    examples = _window_examples(config, token_ids)
    for start in range(0, len(examples), _WINDOWS):
        yield Examples(examples.rows[start : start + _WINDOWS])


def _features_and_targets(lstm: NumpyLSTM, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Returns features (n, output_dim) and the targets (n,) they predict."""
    if examples.is_packed:
        is_target = examples.targets != PAD_ID
        return lstm.sequence_features(examples.contexts)[is_target], examples.targets[is_target]
    return lstm.features(lstm.window_state(examples.contexts)), examples.targets


def _window_examples(config: LSTMConfig, token_ids: np.ndarray) -> Examples:
    """Returns a window for every target, as the model met them in training."""
    assert config.sequence_length is not None  # window models have one
    if config.reads == "ad":
        return ad_windows(token_ids, sequence_length=config.sequence_length)
    return windows(token_ids, sequence_length=config.sequence_length, step=STREAM_STEP)

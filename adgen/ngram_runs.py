"""The n-gram baseline from ads to its directory, figures and run record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adgen.evaluation import EncodedAds
from adgen.gpt.data import AdSource
from adgen.mixtures import figures_of
from adgen.ngram import NGramModel
from adgen.ngram_directory import (
    NGramDirectory,
    check_is_free,
    load_ngram_directory,
    save_ngram_directory,
)
from adgen.records import current_commit, environment, write_record
from adgen.token_store import TokenStore
from adgen.training_config import TrainingConfig, preset

# Ads whose every token gets its full distribution, for accuracies: some 10,000 tokens a second. Bits per character need
# only the token's own probability and are of all ads.
_ACCURACY_ADS = 2_000


@dataclass(frozen=True)
class NGramPlan:
    """What to fit, and where to.

    Attributes:
        source: The ads; `max_ads` of them, at most, are the training ads.
        output_dir: The directory to write.
        command: The command line that runs it again.
        order: Length of the longest n-gram.
        max_bytes: Prune to a compact file of at most this size; None keeps every n-gram, exactly.
        subword_vocab_size: Tokens of the tokenizer; None takes those of the preset "small".
        record_path: Where the run record goes; None writes none.
    """

    source: AdSource
    output_dir: Path
    command: str
    order: int = 6
    max_bytes: int | None = None
    subword_vocab_size: int | None = None
    record_path: Path | None = None


def run_ngram(plan: NGramPlan) -> dict[str, Any]:
    """Fit a model to the training ads, save it, score what was saved on validation and test, write the record.

    Returns:
        The run record. `metrics` has for each split `num_ads`, `num_tokens`, `num_chars`, `bits_per_char`,
        `cross_entropy` and `perplexity` of all its ads, and `accuracy` and `top_5_accuracy` of `num_accuracy_ads`
        ads at equal distances.

    Raises:
        FileNotFoundError: There are no such ads.
        ValueError: A setting is out of range, or the output directory holds something else.
    """
    check_is_free(plan.output_dir.resolve())
    commit = current_commit()
    config = preset("small")
    if plan.subword_vocab_size is not None:
        config = replace(config, subword_vocab_size=plan.subword_vocab_size)
    with _open_store(plan.source, config) as store:
        record = _fit_and_score(plan, store, commit)
    if plan.record_path is not None:
        write_record(plan.record_path, record)
    return record


@contextmanager
def _open_store(source: AdSource, config: TrainingConfig) -> Iterator[TokenStore]:
    """The ads as token ids: a corpus's own files stay for the next time, those of CSVs do not."""
    if source.is_corpus:
        yield TokenStore.open(source.path, config, source.corpus_categories(), source.max_ads)
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield TokenStore.of_ads(source.load(), Path(folder), config.subword_vocab_size)


def _fit_and_score(plan: NGramPlan, store: TokenStore, commit: str | None) -> dict[str, Any]:
    seconds: dict[str, float] = {}
    origin = _origin(plan, store)
    started = time.perf_counter()
    _fit_and_save(plan, store, origin | {"commit": commit})
    seconds["fit"] = time.perf_counter() - started
    started = time.perf_counter()
    saved = load_ngram_directory(plan.output_dir)
    splits = [split for split in ("valid", "test") if store.num_ads(split)]
    metrics = {split: _metrics(saved.model, store, split) for split in splits}
    seconds["evaluation"] = time.perf_counter() - started
    return {
        "kind": "ngram",
        "name": plan.output_dir.resolve().name,
        "command": plan.command,
        **environment(commit),
        **origin,
        "model": _model_entry(saved) | {"num_training_tokens": len(store.token_ids("train"))},
        "metrics": metrics,
        "seconds": seconds,
    }


def _origin(plan: NGramPlan, store: TokenStore) -> dict[str, Any]:
    return {
        "corpus": store.about["corpus"],
        "split": store.about["split"] | {"num_ads": store.about["num_ads"]},
        "categories": store.about["categories"],
        "excluded": list(plan.source.excluded) or None,
        "max_ads": plan.source.max_ads,
        "config": {
            "order": plan.order,
            "max_bytes": plan.max_bytes,
            "subword_vocab_size": store.about["vocab_size"],
        },
    }


def _fit_and_save(plan: NGramPlan, store: TokenStore, info: dict[str, Any]) -> None:
    model = NGramModel.fit(
        store.token_ids("train"),
        vocab_size=store.tokenizer.vocab_size,
        order=plan.order,
        max_bytes=plan.max_bytes,
    )
    is_compact = plan.max_bytes is not None
    save_ngram_directory(plan.output_dir, model, tokenizer=store.tokenizer, info=info, compact=is_compact)


def _metrics(model: NGramModel, store: TokenStore, split: str) -> dict[str, float | None]:
    everything = store.sample(split, store.num_ads(split))
    sample = store.sample(split, _ACCURACY_ADS)
    accuracies = model.score_tokens(sample.token_ids).summary()
    return {
        **_counts(everything),
        **figures_of(model.log_probabilities(everything.token_ids), everything),
        "num_accuracy_ads": sample.num_ads,
        "accuracy": accuracies["accuracy"],
        "top_5_accuracy": accuracies["top_5_accuracy"],
    }


def _counts(encoded: EncodedAds) -> dict[str, float | None]:
    return {
        "num_ads": encoded.num_ads,
        "num_tokens": len(encoded.token_ids),
        "num_chars": encoded.num_chars,
    }


def _model_entry(saved: NGramDirectory) -> dict[str, Any]:
    return {
        "num_ngrams": saved.model.num_ngrams,
        "num_ngrams_by_order": [len(keys) for keys in saved.model.tables.keys],
        "file_bytes": saved.model_bytes,
        "vocab_size": saved.model.vocab_size,
        "tokenizer_fingerprint": saved.tokenizer.fingerprint,
    }

"""The n-gram baseline: ads in, a model directory and a run record out.

It scores the model as it was saved and loaded again, so that the figures are those of the file.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adgen.corpus.source import AdSource
from adgen.ngram.directory import (
    NGRAM_FOLDER,
    NGramDirectory,
    load_ngram_directory,
    save_ngram_directory,
)
from adgen.ngram.model import NGramModel
from adgen.records.base import Corpus, Figures, Selection, Split
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, finish
from adgen.records.trained import FittedNGrams, NGramRecord, NGramSettings
from adgen.scoring.metrics import figures_of
from adgen.support.fields import check_fields, limited
from adgen.support.folders import check_output_dir
from adgen.support.ranges import NGRAM_ORDERS, SUBWORD_VOCABULARIES, Range
from adgen.tokens.store import TokenStore

# Ads whose every token gets its full distribution, for accuracies: some 10,000 tokens a second.
# Bits per character need only the token's own probability and are of all ads.
_ACCURACY_ADS = 2_000

# Sub-words of the tokenizer, as many as those of the LSTM that it is compared with.
VOCAB_SIZE = 16_384


@dataclass(frozen=True)
class NGramPlan:
    """Says what to fit, and where to.

    Attributes:
        source: The ads; `max_ads` of them, at most, are the training ads.
        output_dir: The directory to write.
        command: The command line that runs it again.
        order: Length of the longest n-gram, 1 to 32.
        max_bytes: Prune to a compact file of at most this size, 1 to 1,000,000,000,000; None keeps
            every n-gram, exactly.
        subword_vocab_size: Tokens of the tokenizer, 259 to 65,536.
        record_path: Where the run record goes; None writes none.
    """

    source: AdSource
    output_dir: Path
    command: str
    order: int = limited(NGRAM_ORDERS, 6)
    max_bytes: int | None = limited(Range(1, 10**12), None)
    subword_vocab_size: int = limited(SUBWORD_VOCABULARIES, VOCAB_SIZE)
    record_path: Path | None = None

    def __post_init__(self) -> None:
        check_fields(self)


def run_ngram(plan: NGramPlan) -> NGramRecord:
    """Fits an n-gram model to the training ads, saves it, and scores what was saved.

    Returns:
        The run record. `figures` has for each split `num_ads`, `num_tokens`, `num_chars`,
        `bits_per_char`, `cross_entropy` and `perplexity` of all its ads, and `accuracy` and
        `top_5_accuracy` of `num_accuracy_ads` ads at equal distances.

    Raises:
        FileNotFoundError: There are no such ads.
        ValueError: A setting is out of range, or the place of the output or of the record holds
            something else.
    """
    check_output_dir(plan.output_dir, NGRAM_FOLDER, apart_from={"the ads": plan.source.path})
    check_record_path(plan.record_path, NGramRecord, beside=(plan.output_dir, NGRAM_FOLDER))
    commit = current_commit()
    with open_store(plan.source, plan.subword_vocab_size) as store:
        record = _fit_and_score(plan, store, commit)
    return finish(record, plan.record_path)


@contextmanager
def open_store(source: AdSource, vocab_size: int) -> Iterator[TokenStore]:
    """Opens the ads as token ids.

    A corpus's own files stay for the next time, those of CSVs do not.
    """
    if source.is_corpus:
        yield TokenStore.open(source.path, vocab_size, source.corpus_categories(), source.max_ads)
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield TokenStore.of_ads(source.load(), Path(folder), vocab_size)


def _fit_and_score(plan: NGramPlan, store: TokenStore, commit: str | None) -> NGramRecord:
    seconds: dict[str, float] = {}
    origin = _origin(plan, store)
    started = time.perf_counter()
    _fit_and_save(plan, store, {"name": plan.output_dir.resolve().name, **origin, "commit": commit})
    seconds["fit"] = time.perf_counter() - started
    started = time.perf_counter()
    saved = load_ngram_directory(plan.output_dir)
    splits = [split for split in ("valid", "test") if store.num_ads(split)]
    metrics = {split: _metrics(saved.model, store, split) for split in splits}
    seconds["evaluation"] = time.perf_counter() - started
    return NGramRecord(
        name=plan.output_dir.resolve().name,
        command=plan.command,
        environment=environment(commit),
        corpus=Corpus.from_dict(origin["corpus"]),
        split=Split.from_dict(origin["split"]),
        selection=Selection.from_dict(
            {name: origin.get(name) for name in ("categories", "excluded", "max_ads")}
        ),
        config=NGramSettings.from_dict(origin["config"]),
        model=_model_entry(saved, len(store.token_ids("train"))),
        metrics=metrics,
        seconds=seconds,
    )


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
    save_ngram_directory(
        plan.output_dir,
        model,
        tokenizer=store.tokenizer,
        info=info,
        compact=is_compact,
        was_checked=True,
    )


def _metrics(model: NGramModel, store: TokenStore, split: str) -> Figures:
    everything = store.sample(split, store.num_ads(split))
    sample = store.sample(split, _ACCURACY_ADS)
    accuracies = model.score_tokens(sample.token_ids).summary()
    return Figures.from_dict(
        {
            "num_ads": everything.num_ads,
            "num_tokens": len(everything.token_ids),
            "num_chars": everything.num_chars,
            **figures_of(model.log_probabilities(everything.token_ids), everything),
            "num_accuracy_ads": sample.num_ads,
            "accuracy": accuracies["accuracy"],
            "top_5_accuracy": accuracies["top_5_accuracy"],
        }
    )


def _model_entry(saved: NGramDirectory, num_training_tokens: int) -> FittedNGrams:
    return FittedNGrams(
        num_ngrams=saved.model.num_ngrams,
        num_ngrams_by_order=[len(keys) for keys in saved.model.tables.keys],
        file_bytes=saved.model_bytes,
        vocab_size=saved.model.vocab_size,
        tokenizer_fingerprint=saved.tokenizer.fingerprint,
        num_training_tokens=num_training_tokens,
    )

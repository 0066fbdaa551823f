"""Mixing: an LSTM and a place of ads in, a mixture's directory and a run record out.

An n-gram model is fitted to the training ads with the LSTM's tokenizer; validation ads say how much
of each counts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm.auto import tqdm

from adgen.corpus.source import Ads, AdSource
from adgen.decoding.sampling import Sampling
from adgen.evaluation.held_out import check_split, load_for_model
from adgen.generation.folder_kinds import LSTM
from adgen.generation.kinds import check_kind
from adgen.generation.samples import PROMPTS_OF_2022, write_samples
from adgen.generation.shipped import own_or_shipped
from adgen.lstm.directory import ModelDirectory, load_model_directory
from adgen.lstm.evaluation import encode_for_evaluation, log_probabilities
from adgen.mixture.directory import (
    MIXTURE_FOLDER,
    check_lstm,
    save_mixture_directory,
)
from adgen.mixture.shares import Shares, mix
from adgen.ngram.counts import check_max_bytes
from adgen.ngram.model import NGramModel
from adgen.records.base import Corpus, Figures, Selection, Split
from adgen.records.cards import mixture_card
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, finish
from adgen.records.trained import FittedNGrams, MixingRecord, MixingSettings
from adgen.scoring.metrics import figures_of
from adgen.support.arrays import log
from adgen.support.fields import check_fields, limited
from adgen.support.folders import check_output_dir
from adgen.support.ranges import NGRAM_ORDERS, Range
from adgen.tokens.encoded import EncodedAds

# Validation ads that the shares are chosen on, and others that the figures are of, at most.
_SHARE_ADS = 20_000
_SCORED_ADS = 10_000
_BLOCK_ADS = 65_536  # encoded at once


@dataclass(frozen=True)
class MixPlan:
    """Says what to mix, and where to.

    Attributes:
        lstm_dir: The directory of an LSTM that reads whole ads, or the name of one that comes with
            adgen.
        source: The ads, divided as in the LSTM's training.
        output_dir: The directory to write.
        command: The command line that runs it again.
        order: Length of the longest n-gram, 1 to 32.
        max_bytes: The n-gram model's file is at most so large, 1 to 1,000,000,000,000.
        controls: Decoding controls, fields of `Sampling`, that become the new folder's own; the
            others are the LSTM's.
        num_threads: Sets of ads that the LSTM scores side by side, 1 to 1,024.
        record_path: Where the run record goes; None writes none.
    """

    lstm_dir: Path
    source: AdSource
    output_dir: Path
    command: str
    order: int = limited(NGRAM_ORDERS, 6)
    max_bytes: int = limited(Range(1, 10**12), 12_500_000)
    controls: Mapping[str, Any] = field(default_factory=dict)
    num_threads: int = limited(Range(1, 1_024), 1)
    record_path: Path | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        Sampling(**self.controls)  # checks them


def run_mix(plan: MixPlan) -> MixingRecord:
    """Fits an n-gram model beside an LSTM, saves both as one model, and scores what was saved.

    Returns:
        The run record.

    Raises:
        FileNotFoundError: There is no such LSTM, or there are no such ads.
        ValueError: It is another kind of model, does not read whole ads or was trained on another
            split, a setting is out of range, or the place of the output or of the record holds
            something else.
    """
    lstm_dir = Path(own_or_shipped(plan.lstm_dir))
    places = {"the LSTM": lstm_dir, "the ads": plan.source.path}
    check_output_dir(plan.output_dir, MIXTURE_FOLDER, apart_from=places)
    check_record_path(plan.record_path, MixingRecord, beside=(plan.output_dir, MIXTURE_FOLDER))
    check_kind(lstm_dir, LSTM)
    lstm = load_model_directory(lstm_dir)
    check_lstm(lstm, lstm_dir)
    check_max_bytes(plan.max_bytes, lstm.config.vocab_size)
    return finish(_Mixing(plan, lstm).run(), plan.record_path)


class _Mixing:
    """Holds a plan at work: the LSTM, the ads, the time."""

    corpus: Mapping[str, Any]
    split: Mapping[str, Any]

    def __init__(self, plan: MixPlan, lstm: ModelDirectory) -> None:
        self.plan, self.lstm = plan, lstm
        self.commit = current_commit()
        self.seconds: dict[str, float] = {}
        self.started = time.perf_counter()

    def run(self) -> MixingRecord:
        """Fits, saves, scores what was saved."""
        train, for_shares, scored = self._load()
        with TemporaryDirectory() as place:
            ngram_path = Path(place) / "ngram.safetensors"
            self._fit(train).save(ngram_path, compact=True)
            ngram = NGramModel.load(ngram_path)
            self._lap("fit")
            reading = ngram.token_readings(for_shares.token_ids)
            shares = Shares.fit(self._of_lstm(for_shares.token_ids), reading, order=ngram.order)
            mixed = self._score(ngram, shares, scored)
            self._lap("evaluation")
            fitted = self._fitted(ngram, ngram_path.stat().st_size, len(train))
            record = self._record(fitted, mixed, for_shares.num_ads)
            save_mixture_directory(
                self.plan.output_dir,
                self.plan.lstm_dir,
                ngram_path,
                shares,
                controls=self.plan.controls,
                card=mixture_card(record),
                info=self._info(record),
                was_checked=True,
            )
        samples = write_samples(self.plan.output_dir, PROMPTS_OF_2022)
        return replace(record, samples=samples)

    def _load(self) -> tuple[NDArray[np.integer], EncodedAds, EncodedAds]:
        """Returns the ids of the training ads, and validation ads for shares and for figures."""
        found = self._ads("train", self.plan.source.max_ads)
        check_split(self.lstm.info, found.corpus, found.split)
        train = self._encoded(found.frame["ad"])
        held_out = self._ads("valid", None)
        num_ads = {"train": len(found.frame), "valid": len(held_out.frame)}
        self.corpus, self.split = found.corpus, {**(found.split or {}), "num_ads": num_ads}
        valid = held_out.sample(_SHARE_ADS + _SCORED_ADS).frame["ad"].tolist()
        parts = [ad for place, ad in enumerate(valid) if place % 3], valid[::3]
        for_shares, scored = (
            encode_for_evaluation(ads, self.lstm.tokenizer, self.lstm.config, None) for ads in parts
        )
        return train, for_shares, scored

    def _ads(self, split: str, max_ads: int | None) -> Ads:
        return load_for_model(self.plan.source, self.lstm.info, split=split, max_ads=max_ads)

    def _encoded(self, ads: pd.Series) -> NDArray[np.integer]:
        """Returns the token ids of many ads, (num_tokens,), each followed by `<eos>`."""
        blocks = range(0, len(ads), _BLOCK_ADS)
        bar = tqdm(blocks, desc="encoding", unit="block", disable=None)
        encode = self.lstm.tokenizer.encode_ads
        return np.concatenate([encode(ads.iloc[at : at + _BLOCK_ADS].tolist()) for at in bar])

    def _fit(self, train: NDArray[np.integer]) -> NGramModel:
        """Fits the n-gram model to the training ads' tokens."""
        plan = self.plan
        vocab_size = self.lstm.config.vocab_size
        return NGramModel.fit(
            train, vocab_size=vocab_size, order=plan.order, max_bytes=plan.max_bytes
        )

    def _of_lstm(self, token_ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """Returns ln p of tokens, (num_tokens,), by the LSTM."""
        options = {"desc": "the LSTM reads", "unit": "token", "unit_scale": True, "disable": None}
        with tqdm(total=len(token_ids), **options) as bar:
            return log_probabilities(
                self.lstm.weights,
                self.lstm.config,
                token_ids,
                num_threads=self.plan.num_threads,
                on_progress=bar.update,
            )

    def _score(self, ngram: NGramModel, shares: Shares, scored: EncodedAds) -> dict[str, Figures]:
        """Returns the figures of each part and of both."""
        of_lstm = self._of_lstm(scored.token_ids)
        reading = ngram.token_readings(scored.token_ids)
        of_ngram = log(reading.probabilities)
        both = mix(of_lstm, of_ngram, shares.at(reading))
        counts = {
            "num_ads": scored.num_ads,
            "num_tokens": len(scored.token_ids),
            "num_chars": scored.num_chars,
        }
        logs = {"lstm": of_lstm, "ngram": of_ngram, "mixture": both}
        return {
            name: Figures.from_dict({**counts, **figures_of(found, scored)})
            for name, found in logs.items()
        }

    def _lap(self, name: str) -> None:
        """Notes the seconds since the last call."""
        now = time.perf_counter()
        self.seconds[name] = now - self.started
        self.started = now

    def _fitted(self, ngram: NGramModel, file_bytes: int, num_tokens: int) -> FittedNGrams:
        return FittedNGrams(
            num_ngrams=ngram.num_ngrams,
            num_ngrams_by_order=[len(keys) for keys in ngram.tables.keys],
            file_bytes=file_bytes,
            vocab_size=ngram.vocab_size,
            tokenizer_fingerprint=self.lstm.tokenizer.fingerprint,
            num_training_tokens=num_tokens,
        )

    def _record(
        self, fitted: FittedNGrams, mixed: dict[str, Figures], num_share_ads: int
    ) -> MixingRecord:
        plan = self.plan
        return MixingRecord(
            name=plan.output_dir.resolve().name,
            command=plan.command,
            environment=environment(self.commit),
            corpus=Corpus.from_dict(self.corpus),
            split=Split.from_dict(self.split),
            selection=Selection.from_dict(plan.source.as_dict()),
            config=MixingSettings(
                lstm=str(self.lstm.info.get("name") or plan.lstm_dir.resolve().name),
                order=plan.order,
                max_bytes=plan.max_bytes,
            ),
            model=fitted,
            num_lstm_weights=sum(int(array.size) for array in self.lstm.weights.values()),
            num_share_ads=num_share_ads,
            mixed=mixed,
            seconds=self.seconds,
        )

    def _info(self, record: MixingRecord) -> dict[str, Any]:
        """Returns what the directory says of where it comes from."""
        entries = record.as_dict()
        names = ("name", "command", "commit", "corpus", "split", "config")
        return {name: entries[name] for name in names if name in entries} | {
            "lstm": dict(self.lstm.info)
        }

"""Trained models behind one face: what each kind loads to write ads and to say what ads cost.

`kinds` opens them; what a kind computes is its own room's business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from adgen.corpus.training_ads import PUBLIC_CORPUS, load_training_ads
from adgen.decoding.loop import Decoder
from adgen.generation.folder_kinds import GPT, LSTM, MIXTURE, NGRAM
from adgen.int8.precisions import Precision, check_alone
from adgen.lstm.directory import ModelDirectory
from adgen.lstm.int8_lstm import open_lstm
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.lstm.readers import open_reader
from adgen.records.about import check_about
from adgen.scoring.protocol import AdScorer, Figures, Shots, grouped_figures
from adgen.support.given import kind_of as kind_in_words
from adgen.support.given import texts
from adgen.support.ranges import Range, check_number
from adgen.tokens.base import AdTokenizer

if TYPE_CHECKING:
    from adgen.gpt.directory import GPTDirectory
    from adgen.mixture.directory import MixtureDirectory
    from adgen.ngram.directory import NGramDirectory

_THREADS = Range(1, 1_024)
# Imports inside functions: a cold shell that writes with an LSTM waits for nothing that other
# kinds, or figures, need.


class _Directory(Protocol):
    """A model as it was loaded, of any kind."""

    @property
    def path(self) -> Path: ...
    @property
    def tokenizer(self) -> AdTokenizer: ...
    @property
    def info(self) -> Mapping[str, Any]: ...
    @property
    def config(self) -> Any: ...
    @property
    def generation_config(self) -> Mapping[str, Any]: ...


class TrainedModel(ABC):
    """Writes ads and says what ads cost, whatever its kind; `open_model` gives one.

    Args:
        directory: It as it was loaded, or the part of it that reads first words.
        info: What adgen says of its training, where that part does not.

    Attributes:
        kind: `LSTM`, `NGRAM`, `MIXTURE` or `GPT`.
        called: The kind in words.
        path: Its folder, or its id on the Hub.
        source_dir: The folder that was opened, of an adapter the adapter's own; None for an id on
            the Hub.
        tokenizer: What turns ads into its token ids.
        info: What adgen says of its training; empty for models that others trained.
        config: Its architecture, in the terms of its kind.
        generation_config: What it writes with by default: fields of `Sampling` and `max_tokens`.
        reads_ads: Whether it knows where an ad begins and ends; the 2022 experiment's models do
            not.
        exact: Whether it writes the same ads on every machine.
        precision: "float32", or "int8" of LSTMs and mixtures that multiply in it while they write.
    """

    kind: ClassVar[str]
    called: ClassVar[str]
    reads_ads = True
    source_dir: Path | None = None
    exact = False
    precision: Precision = "float32"

    def __init__(self, directory: _Directory, info: Mapping[str, Any] | None = None) -> None:
        self.path = directory.path
        self.tokenizer = directory.tokenizer
        self.info = directory.info if info is None else info
        self.config = directory.config
        self.generation_config = directory.generation_config
        check_about(self.info, self.path)

    @property
    def name(self) -> str | None:
        """Returns the name in its training's record; None where adgen did not train it."""
        return self.info.get("name")

    @property
    def known_ads(self) -> Container[str]:
        """Returns the training ads that it is kept from writing again; none for exact models.

        Raises:
            OSError: The file that comes with adgen is missing.
            ValueError: It is damaged.
        """
        corpus = self.info.get("corpus") or {}
        if self.exact or corpus.get("name") != PUBLIC_CORPUS:
            return ()
        return load_training_ads()

    @property
    @abstractmethod
    def num_weights(self) -> int:
        """Counts the numbers that training has set; an n-gram model's n-grams."""

    @property
    @abstractmethod
    def weights_path(self) -> Path | None:
        """Returns the file of the weights; None where they are not in one file here."""

    @property
    @abstractmethod
    def scorer(self) -> AdScorer:
        """Returns what says what ads cost it.

        Raises:
            ValueError: The model is an LSTM that does not read whole ads.
        """

    @abstractmethod
    def open_decoder(self, shots: Shots | None = None) -> Decoder:
        """Returns what writes with it.

        Args:
            shots: Example ads to write after, and the category for a heading; GPTs alone read them.

        Raises:
            ValueError: The model is no GPT, or the example ads are longer than its context.
        """

    def figures(
        self, groups: Mapping[str, Sequence[str]], *, num_threads: int = 1
    ) -> tuple[Figures, dict[str, Figures]]:
        """Scores groups of ads, such as categories; every ad is scored once.

        Args:
            groups: The ads of each group, by its name.
            num_threads: Sets of ads that an LSTM scores side by side; without effect on the
                figures.

        Returns:
            Figures of all ads together, and of each group.
        """
        return grouped_figures(self.scorer, _texts_of(groups))

    def _refuse(self, shots: Shots | None) -> None:
        if shots is not None:
            raise ValueError(f"Only GPTs write after example ads; {self.path} is {self.called}.")


class TrainedLSTM(TrainedModel):
    """Writes and scores with an LSTM of `adgen train`.

    Args:
        directory: Its model directory.
        exact: Whether it writes with its weights as they are stored, in whole numbers.
        precision: What it multiplies in while it writes.

    Raises:
        ValueError: `exact` is set, and they are not stored as int8, or it is to round what it
            multiplies.
    """

    kind, called = LSTM, "an LSTM"

    def __init__(
        self, directory: ModelDirectory, *, exact: bool = False, precision: Precision = "float32"
    ) -> None:
        super().__init__(directory)
        check_alone(precision, exact)
        if exact and directory.storage != "int8":
            raise ValueError(
                f"exact=True needs weights in int8; {self.path} has {directory.storage}. "
                f"Write it again: adgen compress {self.path} OUTPUT"
            )
        self.directory, self.exact, self.precision = directory, exact, precision
        self.reads_ads = directory.config.reads != "stream"

    @property
    def num_weights(self) -> int:
        """Counts the numbers in its arrays."""
        return sum(int(array.size) for array in self.directory.weights.values())

    @property
    def weights_path(self) -> Path:
        """Returns the file of its arrays."""
        return self.path / "model.safetensors"

    @cached_property
    def scorer(self) -> AdScorer:
        """Scores whole ads, the state carried along."""
        from adgen.lstm.scorer import LSTMScorer

        return LSTMScorer(self.directory)

    def open_decoder(self, shots: Shots | None = None) -> Decoder:
        """Returns what writes with it; it reads no example ads."""
        self._refuse(shots)
        lstm = self._exact_lstm() if self.exact else self._lstm()
        start_ids = [self.tokenizer.eos_id] if self.reads_ads else []
        return Decoder(lambda: open_reader(lstm, []), self.tokenizer, start_ids, exact=self.exact)

    def _lstm(self) -> NumpyLSTM:
        return open_lstm(self.directory.weights, self.config, precision=self.precision)

    def _exact_lstm(self) -> NumpyLSTM:
        from adgen.lstm.exact_lstm import ExactLSTM
        from adgen.lstm.weights import stored_matrices

        stored = stored_matrices(self.weights_path.read_bytes())
        return ExactLSTM(self.directory.weights, stored, self.config)

    def figures(
        self, groups: Mapping[str, Sequence[str]], *, num_threads: int = 1
    ) -> tuple[Figures, dict[str, Figures]]:
        """Scores groups of ads as its training did, running text and windows too."""
        from adgen.lstm.evaluation import evaluate_groups

        check_number("num_threads", num_threads, _THREADS, is_whole=True)
        return evaluate_groups(self.directory, _texts_of(groups), num_threads=num_threads)


class TrainedNGram(TrainedModel):
    """Writes and scores with an n-gram model of `adgen ngram`.

    Args:
        directory: Its directory.
    """

    kind, called = NGRAM, "an n-gram model"

    def __init__(self, directory: NGramDirectory) -> None:
        super().__init__(directory)
        self.directory = directory

    @property
    def num_weights(self) -> int:
        """Counts its n-grams of all orders."""
        return self.directory.model.num_ngrams

    @property
    def weights_path(self) -> Path:
        """Returns the file of its n-grams."""
        return self.directory.model_path

    @cached_property
    def scorer(self) -> AdScorer:
        """Scores ads; example ads are beyond its context."""
        from adgen.ngram.scorer import NGramScorer

        return NGramScorer(self.directory.model, self.tokenizer)

    def open_decoder(self, shots: Shots | None = None) -> Decoder:
        """Returns what writes with it; it reads no example ads."""
        from adgen.ngram.reader import NGramReader

        self._refuse(shots)
        model = self.directory.model
        return Decoder(lambda: NGramReader(model), self.tokenizer, [self.tokenizer.eos_id])


class TrainedMixture(TrainedModel):
    """Writes and scores with an LSTM and an n-gram model together, as `adgen mix` joins them.

    Args:
        directory: Its directory.
        precision: What its LSTM multiplies in while it writes.
    """

    kind, called = MIXTURE, "a mixture"

    def __init__(self, directory: MixtureDirectory, *, precision: Precision = "float32") -> None:
        super().__init__(directory.lstm, directory.info)
        self.directory, self.precision = directory, precision

    @property
    def num_weights(self) -> int:
        """Counts the numbers in the LSTM's arrays, and the n-grams."""
        arrays = self.directory.lstm.weights.values()
        return sum(int(array.size) for array in arrays) + self.directory.ngram.num_ngrams

    @property
    def weights_path(self) -> Path:
        """Returns the file of its n-grams; that of the LSTM's arrays is the LSTM's too."""
        return self.path / "ngram.safetensors"

    @cached_property
    def scorer(self) -> AdScorer:
        """Scores whole ads; of example ads the LSTM's state alone keeps something."""
        return self._scorer(num_threads=1)

    def _scorer(self, num_threads: int) -> AdScorer:
        from adgen.mixture.scorer import MixtureScorer

        found = self.directory
        return MixtureScorer(found.lstm, found.ngram, found.shares, num_threads=num_threads)

    def open_decoder(self, shots: Shots | None = None) -> Decoder:
        """Returns what writes with it; it reads no example ads."""
        from adgen.mixture.reader import MixtureReader

        self._refuse(shots)
        found = self.directory
        lstm = open_lstm(found.lstm.weights, self.config, precision=self.precision)
        return Decoder(
            lambda: MixtureReader(lstm, found.ngram, found.shares),
            self.tokenizer,
            [self.tokenizer.eos_id],
        )

    def figures(
        self, groups: Mapping[str, Sequence[str]], *, num_threads: int = 1
    ) -> tuple[Figures, dict[str, Figures]]:
        """Scores groups of ads, blocks of tokens side by side."""
        check_number("num_threads", num_threads, _THREADS, is_whole=True)
        return grouped_figures(self._scorer(num_threads), _texts_of(groups))


class TrainedGPT(TrainedModel):
    """Writes and scores with a causal language model of transformers.

    Args:
        directory: It and its tokenizer, loaded.
    """

    kind, called = GPT, "a GPT"

    def __init__(self, directory: GPTDirectory) -> None:
        super().__init__(directory)
        self.directory = directory

    @property
    def num_weights(self) -> int:
        """Counts the numbers in its tensors, shared ones once."""
        return self.directory.lm.num_weights

    @property
    def weights_path(self) -> Path | None:
        """Returns the file of its tensors; None where there are several, or they are the Hub's."""
        found = sorted([*self.path.glob("*.safetensors")] or self.path.glob("pytorch_model*.bin"))
        return found[0] if len(found) == 1 else None

    @cached_property
    def scorer(self) -> AdScorer:
        """Scores ads in the model's template, after example ads where they are given."""
        return self.directory.scorer

    def open_decoder(self, shots: Shots | None = None) -> Decoder:
        """Returns what writes with it, after the template's heading and example ads."""
        return (
            self.directory.open_decoder() if shots is None else self.directory.open_decoder(shots)
        )


def _texts_of(groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Returns groups of ads; raises ValueError where they are none."""
    if not isinstance(groups, Mapping):
        raise ValueError(f"groups is {kind_in_words(groups)}; expected lists of ads by name.")
    if not groups:
        raise ValueError("There are no groups of ads to score; expected at least one.")
    return {name: list(texts(f"Group {name!r}", ads)) for name, ads in groups.items()}

"""Reads the vocabulary of a Keras model: a word index, or a Keras Tokenizer, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adgen.support.json_files import parsed_json, read_json
from adgen.tokens.base import EOS, PAD, UNK

# How such vocabularies name what is no word.
_SPECIAL = {
    PAD: (PAD, "<PAD>", "[PAD]"),
    UNK: (UNK, "<UNK>", "[UNK]", "<OOV>", "<oov>"),
    EOS: (EOS, "<EOS>", "<end>"),
}
_TO_SPECIAL = {name: token for token, names in _SPECIAL.items() for name in names}
_EXPECTED = (
    "expected a JSON object of words and their indexes, such as "
    '{"sony": 1, "tv": 2}, or what tokenizer.to_json() of Keras gives'
)


@dataclass(frozen=True)
class KerasWords:
    """The words of a Keras model.

    Attributes:
        index: Id of every word; what is no word has adgen's names.
        lower: Whether texts are put into lower case.
        filters: Of a Keras Tokenizer, the characters that it takes for spaces; None of a plain word
            index.
    """

    index: Mapping[str, int]
    lower: bool
    filters: str | None = None

    def of_ids(self, num_ids: int, source: str) -> dict[int, str]:
        """Returns the word of each of a model's ids; id 0 may have none.

        Words whose index the model has no id for are left out, as by Keras's `num_words`.

        Raises:
            ValueError: Another id has no word, or two words have one id.
        """
        words: dict[int, str] = {}
        for word, number in self.index.items():
            if number >= num_ids:
                continue
            if number in words:
                raise ValueError(
                    f"{source} gives {words[number]!r} and {word!r} the index {number}; expected "
                    "an index of its own for each word."
                )
            words[number] = word
        without = [number for number in range(1, num_ids) if number not in words]
        if without:
            raise ValueError(
                f"{source} has no word for {len(without):,} of the model's {num_ids:,} ids, such "
                f"as {without[0]}. Give the vocabulary that the model was trained with."
            )
        return words


def read_keras_words(path: str | Path) -> KerasWords:
    """Reads a vocabulary.

    Args:
        path: A JSON object from words to indexes, or `tokenizer.to_json()`, written as it is or as
            one JSON text.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is neither, or a Tokenizer of characters.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no vocabulary {path}; {_EXPECTED}.")
    value = read_json(path, f"It is {_EXPECTED}.")
    value = _parsed(value, path)
    if isinstance(value, dict) and isinstance(value.get("config"), dict):
        return _read_tokenizer(value["config"], path)
    return KerasWords(_checked(value, path), lower=_is_lower(value))


def _parsed(value: Any, path: Path) -> Any:
    """Returns the value of a JSON text that is kept as a text in JSON; others as they are."""
    try:
        return parsed_json(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(f"{path} holds a text that is no JSON ({error}); {_EXPECTED}.") from None


def _read_tokenizer(config: Mapping[str, Any], path: Path) -> KerasWords:
    """Reads what `Tokenizer.to_json` of Keras says, in which objects are texts of JSON."""
    if config.get("char_level") or config.get("split", " ") != " ":
        raise ValueError(f"{path} is no Tokenizer of words between spaces; expected one.")
    index = _checked(_parsed(config.get("word_index"), path), path)
    unknown = config.get("oov_token")
    if isinstance(unknown, str) and unknown in index:
        index[UNK] = index.pop(unknown)
    most = config.get("num_words")
    if isinstance(most, int):
        index = {word: number for word, number in index.items() if number < most}
    filters = str(config.get("filters") or "")
    return KerasWords(index, lower=bool(config.get("lower", True)), filters=filters)


def _checked(value: Any, path: Path) -> dict[str, int]:
    """Returns a word index with adgen's names for what is no word."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"{path} holds a {type(value).__name__}; {_EXPECTED}.")
    for word, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise ValueError(f"{path} gives {word!r} the index {number!r}; {_EXPECTED}.")
    named: dict[str, int] = {
        str(_TO_SPECIAL.get(word, word)): number for word, number in value.items()
    }
    if len(named) < len(value):
        raise ValueError(
            f"{path} has several names for one of {', '.join(_SPECIAL)}; expected one of each."
        )
    return named


def _is_lower(words: Mapping[str, int]) -> bool:
    """Says whether no word has a capital, so that texts have to lose theirs."""
    return all(word == word.lower() for word in words if word not in _TO_SPECIAL)

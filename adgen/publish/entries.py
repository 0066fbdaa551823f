"""The entries of a card's header, in the Hub's terms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adgen.corpus.training_ads import PUBLIC_CORPUS
from adgen.generation.folder_kinds import GPT, LSTM, MIXTURE, NGRAM
from adgen.generation.sharing import library_entries
from adgen.hub.names import check_repo
from adgen.publish.evidence import Evidence
from adgen.publish.figures import model_index
from adgen.publish.licences import check_licence
from adgen.publish.subject import WRITER, Subject

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*|multilingual")
# Prompts of 2022, with titles, for the page's menu.
_WIDGET = {
    "Electronics": "Sony TV",
    "Wearables": "Apple Watch",
    "Games": "Sony Playstation",
    "Phones and tablets": "Samsung Galaxy",
    "A house brand": "AmazonBasics",
    "Christmas deals": "Last minute Christmas deals on Sony TV",
    "Memorial Day deals": "Last minute Memorial Day deals on Samsung headphones",
    "Mother's Day discounts": "Mothers Day discounts for Apple watch",
    "Out of its domain": "Tesla for Christmas",
}
# The public corpus, which is not on the Hub, for people.
_PUBLIC_CORPUS_NAME = "Amazon ad titles (paschok/Diploma)"
_TAGS = {
    LSTM: ["lstm", "keras"],
    NGRAM: ["n-gram"],
    MIXTURE: ["lstm", "n-gram"],
    GPT: [],
    WRITER: ["data-to-text"],
}


@dataclass(frozen=True)
class Said:
    """Holds what only the one who publishes can say.

    Attributes:
        licence: Of the weights, as the Hub calls it; None for that of the models that come with
            adgen, of their bases, or "unknown".
        languages: Codes of the ads' languages, such as "en".
        datasets: Ids of the training data on the Hub, OWNER/NAME.
        licence_name: Which licence `other` stands for.
    """

    licence: str | None = None
    languages: Sequence[str] = ("en",)
    datasets: Sequence[str] = ()
    licence_name: str | None = None

    def __post_init__(self) -> None:
        if self.licence is not None or self.licence_name is not None:
            check_licence(self.licence or "unknown", self.licence_name)
        check_languages(self.languages)
        for dataset in self.datasets:
            check_repo(dataset)


def check_languages(languages: Sequence[str]) -> None:
    """Raises where a language is no code.

    Raises:
        ValueError: It is none.
    """
    for language in languages:
        if not _LANGUAGE.fullmatch(str(language)):
            raise ValueError(
                f"language is {language!r:.80}; expected a code of ISO 639, such as en. Give that."
            )


def licence_of(subject: Subject, said: Said) -> str:
    """Returns the licence of the weights, as the Hub calls it."""
    if said.licence is not None:
        return said.licence
    if subject.known_base is not None:
        return subject.known_base.licence.lower()
    return "unknown" if subject.shipped_as is None else "mit"


def header_entries(
    subject: Subject, evidence: Evidence, *, repo: str, said: Said
) -> dict[str, Any]:
    """Returns a card's header.

    Args:
        subject: The model.
        evidence: Of the model.
        repo: The repository's name.
        said: What only the one who publishes can say.
    """
    corpus = subject.info.get("corpus") or {}
    is_public = corpus.get("name") == PUBLIC_CORPUS
    corpus_name = _PUBLIC_CORPUS_NAME if is_public else str(corpus.get("name") or "ads")
    test_ads = (said.datasets[0] if said.datasets else "ads", corpus_name)
    library = library_entries(subject.folder)
    base = subject.base_on_hub
    entries = {
        "license": licence_of(subject, said),
        "license_name": said.licence_name,
        "language": list(said.languages),
        **library,
        "base_model": base,
        "datasets": list(said.datasets),
        "tags": [*library["tags"], *_TAGS[subject.kind]],
        "widget": [] if subject.kind == WRITER else _widget(),
        "model-index": model_index(repo.partition("/")[2], evidence, test_ads),
    }
    return {name: value for name, value in entries.items() if value}


def _widget() -> list[dict[str, str]]:
    return [{"text": prompt, "example_title": title} for title, prompt in _WIDGET.items()]

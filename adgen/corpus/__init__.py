"""Turns dirty files into clean distinct ads with categories, families and splits.

`read_ads` reads and cleans, `split_ads` adds the columns `family` and `split`; `prepare_corpus`
does all of it once, for `load_corpus`. The room knows text and counts; it knows no tokens, batches
or models. Its public names are loaded when they are first used: cleaning a prompt needs no pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adgen.corpus.categories import add_categories, category_of
    from adgen.corpus.cleaning import CLEANING_STEPS, clean_text
    from adgen.corpus.families import NUM_FAMILY_WORDS, family_id, family_key
    from adgen.corpus.file_texts import MAX_FIELD_LINES
    from adgen.corpus.reading import MAX_AD_CHARS, read_ads
    from adgen.corpus.reading_report import DROP_REASONS, CorpusReport, SetAside
    from adgen.corpus.splits import SPLITS, split_ads
    from adgen.corpus.stats import corpus_stats
    from adgen.corpus.store import load_corpus, prepare_corpus

__all__ = [
    "CLEANING_STEPS",
    "DROP_REASONS",
    "MAX_AD_CHARS",
    "MAX_FIELD_LINES",
    "NUM_FAMILY_WORDS",
    "SPLITS",
    "CorpusReport",
    "SetAside",
    "add_categories",
    "category_of",
    "clean_text",
    "corpus_stats",
    "family_id",
    "family_key",
    "load_corpus",
    "prepare_corpus",
    "read_ads",
    "split_ads",
]

_NAMES_OF = {
    "categories": ("add_categories", "category_of"),
    "cleaning": ("CLEANING_STEPS", "clean_text"),
    "families": ("NUM_FAMILY_WORDS", "family_id", "family_key"),
    "file_texts": ("MAX_FIELD_LINES",),
    "reading": ("MAX_AD_CHARS", "read_ads"),
    "reading_report": ("DROP_REASONS", "CorpusReport", "SetAside"),
    "splits": ("SPLITS", "split_ads"),
    "stats": ("corpus_stats",),
    "store": ("load_corpus", "prepare_corpus"),
}


def __getattr__(name: str) -> Any:
    """Loads a public name's file when the name is first used."""
    for file, names in _NAMES_OF.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{file}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

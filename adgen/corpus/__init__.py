"""Turns dirty files into clean distinct ads with categories, families and splits.

`read_ads` reads and cleans, `split_ads` adds the columns `family` and `split`; `prepare_corpus`
does all of it once, for `load_corpus`. The room knows text and counts; it knows no tokens, batches
or models.
"""

from adgen.corpus.categories import add_categories, category_of
from adgen.corpus.cleaning import CLEANING_STEPS, clean_text
from adgen.corpus.families import NUM_FAMILY_WORDS, family_id, family_key
from adgen.corpus.reading import MAX_AD_CHARS, MAX_FIELD_LINES, read_ads
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

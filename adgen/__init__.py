"""adgen trains, compares and serves models that write shopping-ad text.

The names that most callers need can be imported from here; each loads its room when it is first
used, so that `import adgen` itself loads nothing. The rooms follow the way of an ad: `adgen.corpus`
reads, cleans and divides ads, `adgen.catalogues` reads sellers' products, `adgen.tokens` turns ads
into numbers, `adgen.lstm`, `adgen.ngram` and `adgen.gpt` learn from them, `adgen.generation` writes
and scores with any of them, `adgen.writing` writes ads from products, `adgen.formats` says what
platforms refuse, `adgen.bulk` writes ads of whole catalogues, `adgen.exports` hands them to the
platforms' tools, `adgen.evaluation` judges what is written, and `adgen.runs` does each of it as a
whole: a plan in, a run record out. `adgen.cli` is the command line.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from adgen.support.version import __version__ as __version__

if TYPE_CHECKING:
    from adgen.catalogues.reading import read_products
    from adgen.corpus.reading import read_ads
    from adgen.corpus.source import load_ads
    from adgen.corpus.splits import split_ads
    from adgen.corpus.store import load_corpus
    from adgen.decoding.sampling import Sampling
    from adgen.formats.catalogue import read_format
    from adgen.formats.finding import Finding
    from adgen.formats.fitting import fit
    from adgen.formats.lint import lint
    from adgen.generation.generator import AdGenerator
    from adgen.generation.kinds import open_model
    from adgen.generation.scorers import score_ads
    from adgen.lstm.training.batches import TextDataGenerator
    from adgen.lstm.training.models import build_lstm
    from adgen.lstm.training.trainer import train
    from adgen.products.product import Product, Variant
    from adgen.scoring.protocol import Shots
    from adgen.tokens.subword_tokenizer import SubwordTokenizer
    from adgen.tokens.word_tokenizer import WordTokenizer
    from adgen.writing.writer import AdWriter

__all__ = [
    "AdGenerator",
    "AdWriter",
    "Finding",
    "Product",
    "Sampling",
    "Shots",
    "SubwordTokenizer",
    "TextDataGenerator",
    "Variant",
    "WordTokenizer",
    "build_lstm",
    "fit",
    "lint",
    "load_ads",
    "load_corpus",
    "open_model",
    "read_ads",
    "read_format",
    "read_products",
    "score_ads",
    "split_ads",
    "train",
]

_HOMES = {
    "AdGenerator": "adgen.generation.generator",
    "AdWriter": "adgen.writing.writer",
    "Finding": "adgen.formats.finding",
    "Product": "adgen.products.product",
    "Sampling": "adgen.decoding.sampling",
    "Shots": "adgen.scoring.protocol",
    "SubwordTokenizer": "adgen.tokens.subword_tokenizer",
    "TextDataGenerator": "adgen.lstm.training.batches",
    "Variant": "adgen.products.product",
    "WordTokenizer": "adgen.tokens.word_tokenizer",
    "build_lstm": "adgen.lstm.training.models",
    "fit": "adgen.formats.fitting",
    "lint": "adgen.formats.lint",
    "load_ads": "adgen.corpus.source",
    "load_corpus": "adgen.corpus.store",
    "open_model": "adgen.generation.kinds",
    "read_ads": "adgen.corpus.reading",
    "read_products": "adgen.catalogues.reading",
    "read_format": "adgen.formats.catalogue",
    "score_ads": "adgen.generation.scorers",
    "split_ads": "adgen.corpus.splits",
    "train": "adgen.lstm.training.trainer",
}


def __getattr__(name: str) -> Any:
    """Loads a public name's room when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

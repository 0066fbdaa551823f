"""What a writer runs on: a Llama model's folder, its tokenizer, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adgen.llama.int8_layers import load_int8
from adgen.llama.model import Llama
from adgen.llama.weights import check_folder
from adgen.products.product import Product
from adgen.products.prompts import prompt_of
from adgen.support.files import read_json_object
from adgen.support.json_files import read_json_dict
from adgen.support.user_cache import cache_dir
from adgen.writing.precision import chosen_precision
from adgen.writing.shots import shots_prompt
from adgen.writing.vocabulary import Vocabulary

# What `rows` of a training's settings says of a model that learned to write from facts.
PRODUCT_ROWS = "products"


@dataclass(frozen=True)
class Engine:
    """Holds a model that writes.

    Attributes:
        path: Its folder.
        vocabulary: Its tokenizer.
        llama: The model itself.
        has_learned_products: Whether it was trained to write from a product's facts; others are
            shown examples.
    """

    path: Path
    vocabulary: Vocabulary
    llama: Llama
    has_learned_products: bool

    def prompt_ids(self, product: Product, num_chars: int) -> list[int]:
        """Returns the tokens that the model reads before it writes the ad of a product.

        Raises:
            ValueError: They do not leave half the context for the ad.
        """
        prompt = prompt_of(product, num_chars)
        if not self.has_learned_products:
            prompt = shots_prompt(product)
        ids = [self.vocabulary.start_id, *self.vocabulary.encode([prompt])[0]]
        most = self.llama.config.context_length // 2
        if len(ids) > most:
            raise ValueError(
                f"The product is {len(ids):,} tokens long; the model reads {most:,} before an ad. "
                "Give fewer or shorter facts."
            )
        return ids


def open_engine(folder: Path, *, precision: str = "auto", num_threads: int | None = None) -> Engine:
    """Opens a Llama model's folder.

    Args:
        folder: The folder.
        precision: One of `PRECISIONS`.
        num_threads: Processor cores that ONNX Runtime uses; by default all that this process may
            use.

    Raises:
        OSError: A file is missing.
        ValueError: It is no Llama model, a file is damaged, or there is no such precision.
        ImportError: ONNX Runtime is not installed, and int8 is asked for.
    """
    config = read_json_dict(folder / "config.json", "Copy or train the model again.")
    return Engine(
        path=folder,
        vocabulary=Vocabulary.from_folder(folder),
        llama=_load(folder, chosen_precision(folder, precision), num_threads),
        has_learned_products=_rows(config) == PRODUCT_ROWS,
    )


def check_engine(folder: Path) -> None:
    """Raises where `open_engine` would, as far as can be told without loading any weights.

    Raises:
        OSError: A file is missing.
        ValueError: It is no Llama model, or a file is damaged.
    """
    Vocabulary.from_folder(folder)
    check_folder(folder)


def _load(folder: Path, precision: str, num_threads: int | None) -> Llama:
    if precision == "int8":
        return load_int8(folder, cache_dir() / "int8", num_threads=num_threads)
    return Llama.load(folder)


def is_writer(folder: Path) -> bool:
    """Tells whether a folder holds a model that learned to write from facts."""
    return _rows(read_json_object(folder / "config.json")) == PRODUCT_ROWS


def _rows(config: object) -> object:
    """Returns what config.json says of a training's rows: adgen -> info -> config -> rows."""
    for key in ("adgen", "info", "config", "rows"):
        config = config.get(key) if isinstance(config, dict) else None
    return config

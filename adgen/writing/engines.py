"""What a writer runs on: a Llama model's folder, its tokenizer, and how it is asked."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from adgen.gpt.bases import cache_dir
from adgen.llama.config import read_config
from adgen.llama.int8_layers import load_int8
from adgen.llama.model import Llama
from adgen.llama.weights import check_folder
from adgen.products.product import Product
from adgen.products.prompts import prompt_of
from adgen.support.files import read_json_object
from adgen.support.installing import install_command
from adgen.support.json_files import read_json_dict
from adgen.writing.shots import shots_prompt
from adgen.writing.vocabulary import Vocabulary

logger = logging.getLogger(__name__)
_LARGE = 32_000_000  # weights; smaller models come with adgen and need no extra
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


def open_engine(folder: Path, *, num_threads: int | None = None) -> Engine:
    """Opens a Llama model's folder.

    Args:
        folder: The folder.
        num_threads: Processor cores that ONNX Runtime uses; by default all that this process may
            use.

    Raises:
        OSError: A file is missing.
        ValueError: It is no Llama model, or a file is damaged.
    """
    config = read_json_dict(folder / "config.json", "Copy or train the model again.")
    return Engine(
        path=folder,
        vocabulary=Vocabulary.from_folder(folder),
        llama=_load(folder, num_threads),
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


def _load(folder: Path, num_threads: int | None) -> Llama:
    """Loads a model as it is fastest here: large ones in int8, where ONNX Runtime is installed."""
    shapes = read_config(folder / "config.json").weight_shapes().values()
    if sum(map(math.prod, shapes)) < _LARGE:
        return Llama.load(folder)
    if find_spec("onnxruntime") is not None:
        return load_int8(folder, cache_dir() / "int8", num_threads=num_threads)
    logger.info(
        "Writing in float32. ONNX Runtime is faster: %s",
        install_command("writer", "onnxruntime"),
    )
    return Llama.load(folder)


def is_writer(folder: Path) -> bool:
    """Tells whether a folder holds a model that learned to write from facts."""
    return _rows(read_json_object(folder / "config.json")) == PRODUCT_ROWS


def _rows(config: object) -> object:
    """Returns what config.json says of a training's rows: adgen -> info -> config -> rows."""
    for key in ("adgen", "info", "config", "rows"):
        config = config.get(key) if isinstance(config, dict) else None
    return config

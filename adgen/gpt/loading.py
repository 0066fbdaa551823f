"""Causal language models and their tokenizers from the Hub, its cache, or a folder.

Whatever goes wrong becomes one line that says what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from adgen.gpt.adapters import folder_of
from adgen.gpt.catalogue import revision_of
from adgen.gpt.gguf_files import gguf_of, reading_options
from adgen.gpt.old_folders import (
    aitextgen_tokenizer,
    check_reads_text,
    check_report,
    check_special_ids,
    report_held_back,
)
from adgen.gpt.sizes import check_sizes
from adgen.support.extras import make_torch_loadable, needs_extra
from adgen.support.files import check_plain_file, read_json_object
from adgen.support.json_files import read_json_dict
from adgen.support.model_files import check_is_no_file

if TYPE_CHECKING:
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoTokenizer,
        PretrainedConfig,
    )

# The key of config.json under which adgen says what it did; transformers keeps and ignores it.
ADGEN_KEY = "adgen"


# Endings of the files of a folder that transformers opens, whatever else lies there.
_READ = (".json", ".safetensors", ".bin", ".txt", ".model", ".jinja")

# A causal language model of transformers and the tokenizer of its training.
ModelAndTokenizer: TypeAlias = tuple[Any, Any]


def load_causal_lm(
    name: str | Path, *, revision: str | None = None, device: str | None = None
) -> ModelAndTokenizer:
    """Loads a model and its tokenizer.

    Args:
        name: A model's id on the Hub, such as "EleutherAI/gpt-neo-125m"; a folder that
            `save_pretrained` wrote; a base that `adgen base fetch` brought; or a GGUF file, or a
            folder with one.
        revision: A commit on the Hub; by default the one that `adgen.gpt.catalogue` pins, if it
            knows the model.
        device: "cpu", "cuda", "cuda:1", "mps"; by default a GPU if there is one.

    Returns:
        The model, float32, in evaluation mode; and its tokenizer.

    Raises:
        FileNotFoundError: The folder is no model's, or the Hub cannot be reached and the cache has
            no such model.
        ValueError: The Hub knows no such model; it is no causal language model; weights of it are
            missing, or its tokenizer.
        ImportError: The extra `gpt` is missing.
    """
    make_torch_loadable()
    with needs_extra("A GPT model"):
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    with report_held_back():
        model, report = _load(
            AutoModelForCausalLM,
            name,
            revision,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # the report names them
        )
    check_report(report, str(name))
    tokenizer = aitextgen_tokenizer(Path(name), model.config) or _load(
        AutoTokenizer, name, revision
    )
    check_reads_text(tokenizer, str(name))
    check_special_ids(tokenizer, model.get_input_embeddings().num_embeddings, str(name))
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    return model.to(chosen).eval(), tokenizer


def load_config(name: str | Path, *, revision: str | None = None) -> PretrainedConfig:
    """Loads a model's configuration alone; arguments and errors are those of `load_causal_lm`."""
    make_torch_loadable()
    with needs_extra("A GPT model"):
        from transformers import AutoConfig
    config: PretrainedConfig = _load(AutoConfig, name, revision)
    return config


@contextmanager
def _chatter_held_back() -> Iterator[None]:
    """Holds back bars of weights that are loaded, and the Hub's retries; bars of downloads stay."""
    from huggingface_hub.utils import are_progress_bars_disabled, enable_progress_bars
    from transformers.utils import logging as bars

    retries = logging.getLogger("huggingface_hub.utils._http")
    level = retries.level
    retries.setLevel(logging.ERROR)
    shows_bars = bars.is_progress_bar_enabled()
    shows_downloads = not are_progress_bars_disabled()
    bars.disable_progress_bar()
    if shows_downloads:
        enable_progress_bars()
    try:
        yield
    finally:
        retries.setLevel(level)
        if shows_bars and shows_downloads:
            bars.enable_progress_bar()


def _load(
    kind: type[AutoModelForCausalLM | AutoTokenizer | AutoConfig],
    name: str | Path,
    revision: str | None,
    **options: object,
) -> Any:  # as transformers itself declares them
    """Loads with `kind.from_pretrained`; turns its errors into one line."""
    source = str(folder_of(name))
    gguf_path = gguf_of(source)
    if gguf_path is None:
        check_is_no_file(source)
    else:
        source = str(gguf_path.parent)
        options |= reading_options(gguf_path, has_weights=kind.__name__.endswith("CausalLM"))
    is_folder = Path(source).is_dir()
    if is_folder:
        if gguf_path is None:
            _check_folder(Path(source))
        options["local_files_only"] = True
    elif source.startswith((".", "/", "~")) or source.count("/") > 1:
        raise FileNotFoundError(
            f"There is no folder {source}. Give a model's folder, or its id on the Hub."
        )
    else:
        options["revision"] = revision or revision_of(source)
    try:
        with _chatter_held_back():
            return kind.from_pretrained(source, **options)
    except (ImportError, MemoryError):
        raise
    except Exception as error:  # of damaged files, libraries raise errors of all kinds
        raise _explained(source, is_folder, error) from error


def usual_template(config: PretrainedConfig) -> str:
    """Names the template of `adgen.gpt.prompts` that a model was trained for: "ads" if by adgen."""
    return "ads" if getattr(config, ADGEN_KEY, None) else "list"


def is_gpt_folder(directory: str | Path) -> bool:
    """Tells whether a folder holds a model of transformers, or one GGUF file."""
    if (Path(directory) / "config.json").exists():
        return "model_type" in read_json_object(Path(directory) / "config.json")
    return gguf_of(directory) is not None


def _check_folder(folder: Path) -> None:
    """Raises unless the folder has a model's files, each a plain one."""
    for path in folder.iterdir():
        if path.suffix in _READ and path.exists() and not path.is_dir():
            check_plain_file(path)
    if not (folder / "config.json").exists():
        raise FileNotFoundError(
            f"{folder} has no config.json; it is not a model's folder. Give one that is."
        )
    read_json_dict(folder / "config.json", "Copy or train the model again.")
    if not is_gpt_folder(folder):
        raise ValueError(
            f"{folder}/config.json names no model_type; it is not a transformers model."
        )
    if not [*folder.glob("*.safetensors"), *folder.glob("*.bin")]:
        raise FileNotFoundError(
            f"{folder} has no weights (*.safetensors). Copy or train the model again."
        )
    check_sizes(folder)


def _explained(source: str, is_folder: bool, error: Exception) -> Exception:
    """Says in one line what went wrong, and what to do."""
    first_line = " ".join(str(error).split())[:200]
    if is_folder:
        return ValueError(
            f"{source} cannot be loaded ({first_line}). Copy or train the model again."
        )
    return FileNotFoundError(
        f"{source} is neither a folder nor in the cache, and the Hub gave no such model: "
        f"{first_line} Check the id on https://huggingface.co/models; offline, download it "
        "elsewhere and give its folder."
    )

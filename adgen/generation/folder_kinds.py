"""Which kind of model a folder holds; whoever asks that asks here.

The kinds are adgen's LSTMs, n-gram models and mixtures of both, and causal language models of
transformers (GPTs).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adgen.gpt.adapters import folder_of
from adgen.gpt.gguf_files import gguf_of
from adgen.gpt.loading import is_gpt_folder
from adgen.support.model_files import check_is_no_file

LSTM, NGRAM, MIXTURE, GPT = "lstm", "ngram", "mixture", "gpt"


def kind_of(folder: str | Path) -> str:
    """Returns which kind of model a folder holds: `LSTM`, `NGRAM`, `MIXTURE` or `GPT`.

    Raises:
        FileNotFoundError: There is no such folder, or it holds no model.
        ValueError: It is a file.
    """
    path = Path(folder_of(folder))
    if gguf_of(path) is not None:
        return GPT
    check_is_no_file(path)
    if not path.is_dir():
        raise FileNotFoundError(
            f"There is no folder {folder}, and it is no id on the Hub (OWNER/NAME, where no folder "
            "OWNER is here). Give a model's folder, its id, or the name of a base (adgen base "
            "list)."
        )
    if is_gpt_folder(path):
        return GPT
    from adgen.mixture.directory import is_mixture_directory

    if is_mixture_directory(path):
        return MIXTURE
    if (path / "config.json").exists():
        return LSTM  # whose loader says what is wrong with a config.json that is none of ours
    from adgen.ngram.directory import is_ngram_directory

    if is_ngram_directory(path):
        return NGRAM
    raise FileNotFoundError(
        f"{folder} holds no model: it has neither config.json nor ngram.json. Give a folder that "
        "`adgen train`, `ngram`, `mix`, `finetune` or `pretrain` wrote, or copy it again."
    )


def info_of(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what a model's config.json or ngram.json says of its training; empty without."""
    of_gpt = config.get("adgen")
    found = (of_gpt if isinstance(of_gpt, dict) else config).get("info")
    return found if isinstance(found, dict) else {}

"""Writes a model directory again with its weights in fewer bytes.

It knows the folder's files; `weights` knows how arrays become smaller.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adgen.decoding.sampling import Sampling
from adgen.lstm.directory import (
    LSTM_FOLDER,
    load_model_directory,
    read_config,
    write_weights_and_settings,
)
from adgen.lstm.weights import Storage, to_bytes
from adgen.records.cards import card_of_stored
from adgen.support.files import resolved, write_json, write_text
from adgen.support.folders import check_output_dir, directory_when_done


def compress_model_directory(
    source_dir: str | Path,
    output_dir: str | Path,
    storage: Storage,
    *,
    controls: Mapping[str, Any] | None = None,
) -> None:
    """Writes a model directory with its weights stored in another way, which its card then says.

    Args:
        source_dir: A model directory.
        output_dir: Where to write; may be `source_dir`, which is replaced when the new one is
            complete.
        storage: What the matrices are kept as; see `adgen.lstm.weights`.
        controls: Decoding controls, fields of `Sampling`, that become the directory's own; the
            others stay.

    Raises:
        FileNotFoundError: The source or one of its files is missing.
        ValueError: The source is damaged or of an unknown format, `storage` is unknown, a control
            is impossible, or `output_dir` holds something else.
        OSError: If writing fails.
    """
    Sampling(**(controls or {}))  # checks them
    is_in_place = resolved(source_dir) == resolved(output_dir)
    apart_from = {} if is_in_place else {"the model": source_dir}
    target = check_output_dir(output_dir, LSTM_FOLDER, apart_from=apart_from)
    source = load_model_directory(source_dir)
    content = to_bytes(source.weights, storage)
    settings = read_config(source.path / "config.json")
    settings["info"]["compression"] = {"storage": storage, "figures_measured": "before"}
    with directory_when_done(target, LSTM_FOLDER) as new:
        for name in ("tokenizer.json", "spelling.json"):
            if (source.path / name).is_file():
                shutil.copyfile(source.path / name, new / name)
        card = (source.path / "README.md").read_text(encoding="utf-8")
        title = None if is_in_place else target.name
        write_text(new / "README.md", card_of_stored(card, storage, name=title))
        write_json(new / "generation_config.json", {**source.generation_config, **(controls or {})})
        write_weights_and_settings(new, content, storage, settings=settings)

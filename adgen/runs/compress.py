"""Compression: a model's folder in, the same in fewer bytes and a run record out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adgen.generation.folder_kinds import info_of
from adgen.generation.hub_models import is_hub_id
from adgen.generation.kinds import compress_model
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, finish
from adgen.records.trained import CompressionRecord
from adgen.support.files import check_apart, read_json_object, resolved


@dataclass(frozen=True)
class CompressionPlan:
    """Says what to write again, how, and where to.

    Attributes:
        model_dir: The model's folder.
        output_dir: The folder to write.
        command: The command line that runs it again.
        storage: As for `compress_model`.
        controls: As for `compress_model`.
        record_path: Where the run record goes; None writes none.
    """

    model_dir: Path
    output_dir: Path
    command: str
    storage: str | None = None
    controls: Mapping[str, Any] = field(default_factory=dict)
    record_path: Path | None = None


def run_compress(plan: CompressionPlan) -> CompressionRecord:
    """Writes a model's folder again, its weights in fewer bytes.

    Returns:
        The run record.

    Raises:
        FileNotFoundError: There is no such model.
        ValueError: `compress_model` says why; the output is the model; or the place of the record
            holds something else.
    """
    places = {"the model": plan.model_dir, "the output": plan.output_dir}
    check_record_path(plan.record_path, CompressionRecord, apart_from=places)
    if not is_hub_id(plan.model_dir):  # its full weights would be lost
        check_apart(resolved(plan.output_dir), {"the model": plan.model_dir})
    commit = current_commit()
    storage = compress_model(plan.model_dir, plan.output_dir, plan.storage, controls=plan.controls)
    files = [path for path in plan.output_dir.iterdir() if path.is_file()]
    record = CompressionRecord(
        name=plan.output_dir.resolve().name,
        command=plan.command,
        environment=environment(commit),
        trained_as=info_of(read_json_object(plan.output_dir / "config.json")).get("name"),
        storage=storage,
        num_bytes=sum(path.stat().st_size for path in files),
    )
    return finish(record, plan.record_path)

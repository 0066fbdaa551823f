"""The folder that goes to the Hub: the model's files, its card, and nothing of this machine.

What is uploaded is this folder and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from adgen.generation.folder_kinds import LSTM
from adgen.generation.sharing import copy_own_files, is_of_a_model
from adgen.generation.shipped import shipped_results_dir
from adgen.hub.header import with_header
from adgen.hub.machine_paths import without_machine_paths
from adgen.hub.names import check_repo
from adgen.publish.card import MARK, card_body
from adgen.publish.entries import Said, header_entries, licence_of
from adgen.publish.evidence import find_evidence
from adgen.publish.snippets import KERAS_FILE
from adgen.publish.subject import WRITER, Subject
from adgen.report.documents import load_records
from adgen.support.files import write_text
from adgen.support.folders import FolderKind, check_output_dir, directory_when_done
from adgen.writing.samples import product_samples

_CARD = "README.md"
_SETTINGS = ("config.json", "ngram.json", "adapter_config.json")


def _is_ours(folder: Path) -> bool:
    card = folder / _CARD
    return card.is_file() and MARK in card.read_text(encoding="utf-8", errors="replace")


PUBLISHED_FOLDER = FolderKind(
    "a folder of `adgen publish`",
    is_ours=_is_ours,
    owns=lambda path: is_of_a_model(path) or path == PurePosixPath(KERAS_FILE),
)


@dataclass(frozen=True)
class PublishPlan:
    """Says what is published, and how.

    Attributes:
        model: The model's folder.
        repo: The repository, OWNER/NAME.
        said: Licence, languages, data sets.
        records: Files of run records of the model, beside those that come with adgen.
        has_keras: Whether an LSTM's network goes along as a Keras file.
        has_pickles: Whether `pytorch_model.bin` may go along.
    """

    model: Path
    repo: str
    said: Said = field(default_factory=Said)
    records: Sequence[Path] = ()
    has_keras: bool = False
    has_pickles: bool = False


def prepare_folder(
    plan: PublishPlan, output_dir: str | Path, check: Callable[[Path], None] | None = None
) -> Path:
    """Writes the folder that goes to the Hub; on any failure what stood there is unchanged.

    Args:
        plan: What is published.
        output_dir: New, empty, or a folder that `adgen publish` wrote, which is replaced.
        check: Looks at the folder before it is put there, and raises where it may not be.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: There is no such model or record.
        ValueError: A record is of another model; a Keras file of another kind than an LSTM is asked
            for; an adapter's base is not on the Hub; or something else is in `output_dir`.
        OSError: Nothing can be written there.
        ImportError: A Keras file is asked for, and the extra `lstm` is missing.
    """
    check_repo(plan.repo)
    subject = Subject.of(plan.model)
    target = check_output_dir(output_dir, PUBLISHED_FOLDER, apart_from={"the model": plan.model})
    if plan.has_keras and subject.kind != LSTM:
        raise ValueError(f"{plan.model} is no LSTM, and has no Keras network. Leave keras out.")
    if subject.is_adapter and subject.base_on_hub is None:
        raise ValueError(
            f"{plan.model} is an adapter to {subject.base}, which others do not have. Publish the "
            "whole model: adgen compress --storage float16."
        )
    evidence = find_evidence(subject, load_records(shipped_results_dir()), plan.records)
    with directory_when_done(target, PUBLISHED_FOLDER) as new:
        copy_own_files(subject.folder, new)
        _leave_out_pickles(new, plan)
        for name in _SETTINGS:
            if (new / name).is_file():
                text = (new / name).read_text(encoding="utf-8")
                write_text(new / name, without_machine_paths(text))
        if plan.has_keras:
            from adgen.lstm.training.keras_export import export_keras

            export_keras(subject.folder, new / KERAS_FILE)
        # The card speaks of the folder as it will be there.
        there = Subject(new, subject.kind)
        licence = licence_of(subject, plan.said)
        named = plan.said.licence_name or licence
        # An adapter writes where its base is, which need not be here.
        writes = there.kind == WRITER and not there.is_adapter
        samples = product_samples(new) if writes else ()
        body = card_body(there, evidence, repo=plan.repo, licence=named, samples=samples)
        entries = header_entries(there, evidence, repo=plan.repo, said=plan.said)
        entries["license"] = licence
        write_text(new / _CARD, with_header(entries, without_machine_paths(body)))
        check_new(new, target, check)
    return target


def check_new(new: Path, target: Path, check: Callable[[Path], None] | None) -> None:
    """Checks a folder that is not in its place yet; errors name the place.

    Raises:
        ValueError: What `check` raises.
    """
    try:
        if check is not None:
            check(new)
    except ValueError as error:
        raise ValueError(str(error).replace(str(new), str(target))) from None


def _leave_out_pickles(folder: Path, plan: PublishPlan) -> None:
    """Deletes pickles where the same weights lie beside them in another form."""
    if not plan.has_pickles and any(folder.glob("*.safetensors")):
        for path in folder.glob("pytorch_model*.bin*"):
            path.unlink()

"""Models handed on: saved into another folder, or pushed to the Hub, as they were opened.

What is written are the model's own files; what else lies in its folder stays there.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from adgen.generation.folder_kinds import GPT, LSTM, MIXTURE, NGRAM, kind_of
from adgen.gpt.adapters import ADAPTER_CONFIG, is_adapter
from adgen.gpt.gguf_files import gguf_of
from adgen.hub.header import read_header, with_header, without_header
from adgen.hub.names import means_repo
from adgen.support.files import read_json_object, write_text
from adgen.support.folders import FolderKind, directory_when_done
from adgen.support.given import a_path

_CARD = "README.md"
_TAG = "adgen"
_MARK = "<!-- adgen publish"  # how the marks of published models and Spaces begin


class Shared:
    """Saves and pushes a model that was opened from a folder.

    Attributes:
        source_dir: The folder; None where the model did not come from one.
    """

    source_dir: Path | None = None

    def save_pretrained(self, directory: str | Path) -> None:
        """Writes the model into a folder, which `from_pretrained` opens.

        Args:
            directory: New, empty, or a folder of a model that adgen wrote, which is replaced.

        Raises:
            ValueError: The model came from no folder, or something else is there.
            OSError: Nothing can be written there.
        """
        copy_model(self._source(), directory)

    def push_to_hub(
        self,
        repo: str,
        *,
        private: bool = False,
        revision: str = "main",
        commit_message: str = "Push with adgen",
    ) -> str:
        """Pushes the model to the Hub with one commit.

        The model's files go as they are, after a look for pickles, tokens and paths of this
        machine. `adgen publish` cuts paths in settings and writes a whole card; here the card is
        the folder's README.md, with the tag adgen in its header.

        Args:
            repo: OWNER/NAME; made where it is missing.
            private: Whether a new repository can be seen by its owner alone.
            revision: The branch.
            commit_message: Of the commit.

        Returns:
            The commit's address.

        Raises:
            ValueError: The model came from no folder, the repository has no possible name, the
                header of README.md is no YAML, or files hold what must not become public, all of
                which the message lists.
            FileExistsError: The repository has files of a model that adgen did not publish.
            OSError: There is no token (HF_TOKEN, `hf auth login`), no right to write, or no
                connection. Nothing is committed then.
        """
        from adgen.hub.file_checks import check_files
        from adgen.hub.upload import Target, check_token, current_token, push_folder

        source = self._source()
        target = Target(repo, is_private=private, branch=revision, message=commit_message)
        check_token(target)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "model"
            copy_model(source, folder)
            card = folder / _CARD
            text = card.read_text(encoding="utf-8") if card.is_file() else f"# {source.name}\n"
            if not is_our_card(text):
                write_text(card, _with_tag(text, folder))
            check_files(folder, has_pickles=None, secret=current_token())
            return push_folder(folder, target, owns=is_of_a_model, is_our_card=is_our_card)

    def _source(self) -> Path:
        """Returns the folder; raises where there is none."""
        if self.source_dir is None:
            raise ValueError(
                "The model came from no folder, but by an id from the Hub, where it is already. "
                "Open a model from its folder."
            )
        return self.source_dir


def copy_model(source: Path, directory: str | Path) -> None:
    """Copies a model's own files into a folder.

    Raises:
        FileNotFoundError: `source` holds no model.
        ValueError: It is a GGUF file, or something else is in `directory`.
        OSError: Nothing can be written there.
    """
    with directory_when_done(a_path("directory", directory), _folder_kind(source)) as new:
        copy_own_files(source, new)


def copy_own_files(source: Path, folder: Path) -> None:
    """Copies a model's own files into a folder that is there; errors are those of `copy_model`."""
    kind = _folder_kind(source)
    for path in sorted(source.iterdir()):
        is_own = path.name == _CARD or kind.owns(PurePosixPath(path.name))
        if is_own and path.is_file():
            shutil.copyfile(path, folder / path.name)


def library_entries(folder: Path) -> dict[str, Any]:
    """Returns what a card's header says of the library that loads a model, of whatever kind."""
    library = "adgen"
    if is_adapter(folder):
        library = "peft"
    elif kind_of(folder) == GPT:
        library = "transformers"
    base = read_json_object(folder / ADAPTER_CONFIG).get("base_model_name_or_path")
    return {
        "library_name": library,
        "pipeline_tag": "text-generation",
        **({"base_model": base} if isinstance(base, str) and means_repo(base) else {}),
        "tags": [_TAG, "advertising"],
    }


def is_our_card(text: str) -> bool:
    r"""Tells whether a repository's README.md says that adgen wrote what is there.

    Example:
        >>> is_our_card("---\ntags:\n- adgen\n---\n\n# A model\n"), is_our_card("# About adgen\n")
        (True, False)
    """
    if _MARK in text:
        return True
    try:
        tags = read_header(text).get("tags")
    except ValueError:
        return False
    return isinstance(tags, list) and _TAG in tags


def _with_tag(text: str, folder: Path) -> str:
    """Returns a card whose header has the tag adgen; a whole header where it has none."""
    header = read_header(text)
    if not header:
        return with_header(library_entries(folder), text)
    tags = header.get("tags") or []
    header["tags"] = [*(tags if isinstance(tags, list) else [tags]), _TAG]
    return with_header(header, without_header(text))


def is_of_a_model(path: PurePosixPath) -> bool:
    """Tells whether a file of a repository is one that adgen writes for a model of some kind."""
    return any(kind.owns(path) for kind in _kinds().values())


def _folder_kind(source: Path) -> FolderKind:
    """Returns the kind of a model's folder; errors are those of `copy_model`."""
    kind = _kinds()["adapter" if is_adapter(source) else kind_of(source)]
    if source.is_file() or gguf_of(source) is not None:
        raise ValueError(f"{source} is a GGUF file; expected a folder of transformers. Give one.")
    return kind


def _kinds() -> dict[str, FolderKind]:
    from adgen.gpt.saving import ADAPTER_FOLDER, GPT_FOLDER
    from adgen.lstm.directory import LSTM_FOLDER
    from adgen.mixture.directory import MIXTURE_FOLDER
    from adgen.ngram.directory import NGRAM_FOLDER

    return {
        LSTM: LSTM_FOLDER,
        NGRAM: NGRAM_FOLDER,
        MIXTURE: MIXTURE_FOLDER,
        GPT: GPT_FOLDER,
        "adapter": ADAPTER_FOLDER,
    }

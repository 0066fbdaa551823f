"""Puts a folder into a repository of the Hub with one commit: all of it or nothing.

Large files travel first, and count for nothing until the commit names them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from adgen.hub.errors import in_one_line
from adgen.hub.names import check_repo

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_CARD = "README.md"
_NOTHING = "Nothing was committed."


@dataclass(frozen=True)
class Target:
    """Says where a folder goes.

    Attributes:
        repo: OWNER/NAME.
        is_space: Whether it is a Space, which runs Gradio, and no model's repository.
        is_private: Whether a new repository can be seen by its owner alone; one that is there stays
            as it is.
        branch: The branch; a new one begins at main's.
        message: Of the commit, its first line.
    """

    repo: str
    is_space: bool = False
    is_private: bool = False
    branch: str = "main"
    message: str = "Publish with adgen"

    @property
    def kind(self) -> str:
        """Returns what the Hub calls it."""
        return "space" if self.is_space else "model"


def current_token() -> str | None:
    """Returns the token that the client finds, so that no file goes along that holds it."""
    from huggingface_hub.utils import get_token

    return get_token()


def check_token(target: Target) -> str:
    """Returns the user whose token the Hub's client finds: HF_TOKEN, or that of `hf auth login`.

    Raises:
        ValueError: The repository has no possible name.
        OSError: There is no token, the Hub refuses it, or cannot be reached.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import LocalTokenNotFoundError

    check_repo(target.repo)
    with _publishing(target):
        if current_token() is None:
            raise LocalTokenNotFoundError
        return str(HfApi().whoami()["name"])


def push_folder(
    folder: Path,
    target: Target,
    *,
    owns: Callable[[PurePosixPath], bool] | None = None,
    is_our_card: Callable[[str], bool] = lambda card: False,
) -> str:
    """Commits a folder's files.

    Args:
        folder: What goes along: its files that are of ours; what else lies there stays there.
        target: Where to. A repository that is missing is made.
        owns: Says of a path whether it is of ours. What is in the repository, ours and no longer in
            the folder, the same commit deletes. None takes every file, and deletes nothing.
        is_our_card: Says of the text of the repository's README.md whether we wrote what is there.
            Where we did not, files with names of ours are neither deleted nor replaced.

    Returns:
        The commit's address.

    Raises:
        ValueError: The repository has no possible name.
        FileExistsError: It has files that others wrote under names of ours.
        OSError: There is no token, no right to write, no connection, or the Hub refuses the files.
            The branch is then as it was; where the connection broke, or the Hub failed, at the
            commit itself, perhaps not, as the message says.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, constants

    check_repo(target.repo)
    api = HfApi()
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    names = sorted(
        path.as_posix() for path in found if owns is None or owns(PurePosixPath(path.as_posix()))
    )
    with _publishing(target):
        # 1. The repository, and the branch, as far as they are missing.
        api.create_repo(
            target.repo,
            repo_type=target.kind,
            private=target.is_private or None,
            exist_ok=True,
            space_sdk="gradio" if target.is_space else None,
        )
        if target.branch != "main":
            api.create_branch(
                target.repo, branch=target.branch, repo_type=target.kind, exist_ok=True
            )
        # 2. What the folder no longer has.
        there = api.list_repo_files(target.repo, revision=target.branch, repo_type=target.kind)
        ours = [name for name in there if owns is not None and owns(PurePosixPath(name))]
        _check_card(api, target, {*ours, *names}.intersection(there), is_our_card)
        stale = [name for name in ours if name not in names]
        # 3. Large files, which no commit names yet.
        added = [CommitOperationAdd(name, folder / name) for name in names]
        api.preupload_lfs_files(target.repo, added, repo_type=target.kind, revision=target.branch)
    place = f"{constants.ENDPOINT}/{'spaces/' if target.is_space else ''}{target.repo}"
    doubt = f"It may have been committed: look at {place}/commits/{target.branch}"
    with _publishing(target, note_in_doubt=doubt):
        # 4. Everything at once.
        done = api.create_commit(
            target.repo,
            [*added, *(CommitOperationDelete(name) for name in stale)],
            commit_message=target.message,
            repo_type=target.kind,
            revision=target.branch,
        )
    return str(done.commit_url)


def _check_card(
    api: HfApi, target: Target, at_stake: set[str], is_our_card: Callable[[str], bool]
) -> None:
    """Raises where files would be deleted or replaced that others wrote.

    The README.md alone is not at stake: the Hub itself writes one into new repositories.
    """
    others = sorted(at_stake - {_CARD})
    if not others:
        return
    if _CARD in at_stake:
        card = api.hf_hub_download(
            target.repo, _CARD, repo_type=target.kind, revision=target.branch
        )
        if is_our_card(Path(card).read_text(encoding="utf-8", errors="replace")):
            return
    names = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    raise FileExistsError(
        f"{target.repo} has files that adgen did not publish (its README.md does not say so), and "
        f"publishing would replace or delete {names}. Give another name, or delete them there. "
        f"{_NOTHING}"
    )


def _publishing(
    target: Target, *, note_in_doubt: str | None = None
) -> AbstractContextManager[None]:
    """Returns what turns the client's errors into one line, which says that nothing was done."""
    return in_one_line(
        f"Publishing {target.repo}",
        target.repo,
        right="write",
        note=_NOTHING,
        note_in_doubt=note_in_doubt,
    )

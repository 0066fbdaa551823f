"""Fetches repositories of the Hub into its own cache, where they stay.

What the cache has is not fetched twice, and serves where the Hub is out of reach.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from adgen.hub.errors import in_one_line, is_of_connection

# Of a model's repository: its settings, words and arrays; no pickles, no other programs' weights.
MODEL_FILES = ("*.json", "*.safetensors", "*.txt", "*.jinja", "*.md", "LICENSE")
_FOLDERS = "*/*"


def fetch_file(repo: str, name: str, *, revision: str | None = None) -> Path | None:
    """Returns a file of a repository, in the cache; None where the repository has none.

    Args:
        repo: OWNER/NAME.
        name: The file.
        revision: A branch, tag or commit; None for the newest of the branch main.

    Raises:
        OSError: There is no such repository or revision, or the Hub cannot be reached and the cache
            has none; the message says which.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import RemoteEntryNotFoundError

    with in_one_line(f"Fetching {repo}", repo):
        try:
            return _fetched(partial(hf_hub_download, repo, name, revision=revision))
        except RemoteEntryNotFoundError:
            return None


def fetch_folder(
    repo: str, *, revision: str | None = None, files: Sequence[str] = MODEL_FILES
) -> Path:
    """Returns a folder with the files of a repository, in the cache.

    Args:
        repo: OWNER/NAME.
        revision: As for `fetch_file`.
        files: Patterns of names; files in inner folders are left.

    Raises:
        OSError: As for `fetch_file`.
    """
    from huggingface_hub import snapshot_download

    asked = partial(
        snapshot_download,
        repo,
        revision=revision,
        allow_patterns=list(files),
        ignore_patterns=_FOLDERS,
    )
    with in_one_line(f"Fetching {repo}", repo):
        return _fetched(asked)


def _fetched(fetch: Callable[..., str]) -> Path:
    """Fetches, from the cache alone where the Hub is out of reach."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(fetch())
    except Exception as error:
        cause = error.__cause__ if isinstance(error, LocalEntryNotFoundError) else error
        if cause is None or not is_of_connection(cause):
            raise
        try:
            return Path(fetch(local_files_only=True))
        except LocalEntryNotFoundError:
            raise cause from None

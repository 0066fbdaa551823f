"""Fetches repositories of the Hub into its own cache, where they stay.

What the cache has is not fetched twice, and serves where the Hub is out of reach.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from adgen.hub.errors import in_one_line, is_of_connection

# Of a model's repository: its settings, words and arrays; no pickles, no other programs' weights.
MODEL_FILES = ("*.json", "*.safetensors", "*.txt", "*.jinja", "*.md", "LICENSE")
_FOLDERS = "*/*"
_PAUSES_SECONDS = (0.5, 1.5)  # before a connection that did not come about is tried again


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
    from huggingface_hub import _CACHED_NO_EXIST, hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import RemoteEntryNotFoundError

    with in_one_line(f"Fetching {repo}", repo):
        known = try_to_load_from_cache(repo, name, revision=revision)
        try:
            if not isinstance(known, str):
                _check_reached(repo, name, revision)
            return _fetched(partial(hf_hub_download, repo, name, revision=revision))
        except RemoteEntryNotFoundError:
            return None
        except Exception as error:
            if known is _CACHED_NO_EXIST and is_of_connection(error):
                return None  # as the repository was when the Hub was last reached
            raise


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


def _check_reached(repo: str, name: str, revision: str | None) -> None:
    """Raises where no connection to the Hub comes about, after seconds.

    The client alone goes on for half a minute for a file that its cache does not have. A Hub that
    is slow to answer is left to it.
    """
    from huggingface_hub import hf_hub_url
    from huggingface_hub.errors import HTTPError
    from huggingface_hub.utils import http_backoff

    for pause in (*_PAUSES_SECONDS, None):
        url = hf_hub_url(repo, name, revision=revision)
        try:
            http_backoff("HEAD", url, timeout=10, retry_on_exceptions=(), retry_on_status_codes=())
            return
        except HTTPError as error:
            # Of the client's HTTP library, whichever it is. Time that runs out has other errors.
            if "ConnectError" not in [kind.__name__ for kind in type(error).__mro__]:
                return
            if pause is None:
                raise
        time.sleep(pause)


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

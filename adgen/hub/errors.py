"""What goes wrong on the way to the Hub, in one line: what was received, what to do.

The client's errors are many: HTTP statuses, broken connections, those of the library that carries
large files, and each may stand behind another. No message holds a token.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adgen.support.disk import DISK_ERRORS

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

_TOKENS = "https://huggingface.co/settings/tokens"
_LOG_IN = "run `hf auth login`, or set HF_TOKEN"
# Statuses of the Hub, and what to do; {repo} is the repository, {right} what a token must allow.
_ADVICE = {
    401: "it does not know the token. Make one with the right to {right} at "
    f"{_TOKENS}, and {_LOG_IN}.",
    403: "the token has no such right in {repo}. Give a repository of your own, or make a token "
    f"with the right to {{right}} at {_TOKENS}.",
    404: "it has no {repo}, or none that you may see. Check the name; of a private one, "
    f"{_LOG_IN}.",
    409: "{repo} is taken, or was changed at this moment. Run the same command again, or give "
    "another name.",
    412: "{repo} was changed at this moment. Run the same command again.",
    413: "a file is larger than it takes. Publish a smaller model (adgen compress).",
    429: "it gets too many requests. Wait a few minutes, and run the same command again.",
}
_QUIET = ("huggingface_hub", "httpx2", "httpx")


@contextmanager
def in_one_line(
    what: str, repo: str, *, right: str = "read", note: str = "", note_in_doubt: str | None = None
) -> Iterator[None]:
    """Turns errors of the client, in the block, into one of a line; keeps its notices back.

    Args:
        what: What is done, such as "Publishing".
        repo: The repository, for messages.
        right: What a token must allow, "read" or "write".
        note: What holds now, said last.
        note_in_doubt: Said in place of it where the connection broke or the Hub failed (5xx), so
            that nobody knows what it did; None for the same.

    Raises:
        PermissionError: There is no token, a wrong one, or one without the right; or the owner of
            the repository has to let one in.
        FileNotFoundError: There is no such repository, branch or file.
        ConnectionError: The Hub cannot be reached, or the connection broke.
        OSError: It answers with another error.
    """
    with _notices_held_back():
        try:
            yield
        except (KeyboardInterrupt, ImportError, MemoryError):
            raise
        except Exception as error:  # of the client and of what carries its files
            found = _explained(error, what, repo, right)
            if found is None:
                raise
            is_in_doubt = isinstance(found, ConnectionError) or _has_failed(error)
            last = note_in_doubt if is_in_doubt and note_in_doubt is not None else note
            raise type(found)(f"{found} {last}".strip()) from None


@contextmanager
def _notices_held_back() -> Iterator[None]:
    """Keeps back the client's notices of requests and of what is tried again.

    Its bars too, where there is no terminal to draw them on.
    """
    from huggingface_hub.utils import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    loggers = [logging.getLogger(name) for name in _QUIET]
    levels = [logger.level for logger in loggers]
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    hides_bars = not is_terminal and not are_progress_bars_disabled()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    if hides_bars:
        disable_progress_bars()
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if hides_bars:
            enable_progress_bars()


def _explained(error: Exception, what: str, repo: str, right: str) -> OSError | None:
    """Returns the error in one line; None for one that is not of the way to the Hub."""
    from huggingface_hub import constants, errors

    chain = _chain(error)
    for one in chain:
        if isinstance(one, errors.LocalTokenNotFoundError):
            return PermissionError(
                f"{what} needs a token of the Hub, and there is none. Make one at {_TOKENS} with "
                f"the right to {right}, and {_LOG_IN}."
            )
        if isinstance(one, errors.RevisionNotFoundError):
            return FileNotFoundError(f"{what}: {repo} has no such branch, tag or commit. Check it.")
        if isinstance(one, errors.HfHubHTTPError) and one.response is not None:
            return _of_answer(one, what, repo, right)
    if any(isinstance(one, OSError) and one.errno in DISK_ERRORS for one in chain):
        return None  # said in its own words
    if any(isinstance(one, errors.OfflineModeIsEnabled) for one in chain):
        return ConnectionError(f"{what} needs the Hub, and HF_HUB_OFFLINE keeps it away. Unset it.")
    broken = [one for one in chain if is_of_connection(one)]
    if broken:
        reason = " ".join(str(broken[-1]).split())[:120] or type(broken[-1]).__name__
        return ConnectionError(
            f"{what}: {constants.ENDPOINT} cannot be reached, or the connection broke ({reason}). "
            "Check the connection, and run the same command again."
        )
    return None


def _of_answer(error: HfHubHTTPError, what: str, repo: str, right: str) -> OSError:
    """Returns the error of what the Hub answered.

    It answers 401 too where a repository is missing or private and no token came along.
    """
    from huggingface_hub import constants, errors

    status = error.response.status_code
    said = error.server_message
    if isinstance(error, errors.GatedRepoError):
        return PermissionError(
            f"{what}: the Hub answers {status}: the owner of {repo} has to let you in. Ask at "
            f"{constants.ENDPOINT}/{repo}, and {_LOG_IN}."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        missing = _ADVICE[404].format(repo=repo)
        return FileNotFoundError(f"{what}: the Hub answers {status}: {missing}")
    kind = {401: PermissionError, 403: PermissionError, 404: FileNotFoundError}.get(status, OSError)
    reason = " ".join((said or "").split())[:200].rstrip(".")
    advice = _ADVICE.get(status, "").format(repo=repo, right=right)
    if not advice and status >= 500:
        advice = "it is not well. Wait a few minutes, and run the same command again."
    if not advice:
        advice = f"{reason or 'it gives no reason'}. Mend that, and run the same command again."
    elif reason:
        advice = f"{advice} It says: {reason}."
    return kind(f"{what}: the Hub answers {status}: {advice}")


def _has_failed(error: Exception) -> bool:
    """Tells whether the Hub answered that it failed, 5xx."""
    from huggingface_hub.errors import HfHubHTTPError

    answers = [one for one in _chain(error) if isinstance(one, HfHubHTTPError)]
    return any(one.response is not None and one.response.status_code >= 500 for one in answers)


def is_of_connection(error: BaseException) -> bool:
    """Tells whether an error is one of a connection, whichever library had it."""
    from huggingface_hub.errors import HTTPError

    return isinstance(error, (HTTPError, ConnectionError, TimeoutError))


def _chain(error: BaseException) -> list[BaseException]:
    """Returns an error and those behind it, the first cause last."""
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found

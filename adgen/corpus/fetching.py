"""Downloads one file from the web, and takes it up where it broke off.

What has come lies in a `.part` file, with notes beside it on what it is a part of. A later call
goes on from there only where the server vouches that it is still the same file; else it starts
again, so that halves of different files are never joined. This module knows HTTP and bytes; it
knows neither zips nor corpora.
"""

from __future__ import annotations

import logging
import re
import socket
import ssl
import string
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from tqdm.auto import tqdm

from adgen.support.files import check_output_file, read_json_object, write_json
from adgen.support.version import __version__

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 16
# Too slow, too many, and a server in trouble: these pass.
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_UNSATISFIABLE = 416


@dataclass(frozen=True)
class Patience:
    """The time to wait for a server.

    Attributes:
        timeout_seconds: A connection silent for so long is broken.
        pauses_seconds: Pauses before the second attempt, the third...; their number bounds that of
            the attempts.
    """

    timeout_seconds: float = 60.0
    pauses_seconds: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)


DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True)
class _Notes:
    """Notes on the file that a `.part` file is a part of: address, marks, size where known."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    num_bytes: int | None = None

    @property
    def validator(self) -> str | None:
        """The mark of the same bytes for the server; a weak ETag may stay when bytes change."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class _BrokenError(Exception):
    """The connection broke off or was not made; another attempt may succeed.

    None will where `is_final` is true on the first attempt.
    """

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason) or type(reason).__name__)
        self.is_final = isinstance(reason, (socket.gaierror, ssl.SSLCertVerificationError))


def fetch(
    url: str, part_path: str | Path, *, max_bytes: int, patience: Patience = DEFAULT_PATIENCE
) -> None:
    """Downloads a file; what an earlier call left in `part_path` is not downloaded again.

    Where the connection breaks, it is made again after a pause. The pauses start over whenever more
    has come than ever before. After a call that returned, the file is whole, and another call does
    nothing.

    Args:
        url: An http or https address.
        part_path: Where the bytes go. Notes go to the same name with `.json`; `forget` deletes
            both.
        max_bytes: The largest file that is taken.
        patience: When a connection counts as broken, and how often it is made again.

    Raises:
        ValueError: If the address is none, or the file is larger than `max_bytes`.
        FileNotFoundError: If the server has no such file.
        OSError: If the server refuses, cannot be reached or breaks off each time, or the disk is
            full. What has come stays, for another call.

    Source:
        RFC 9110, sections 13.1.5 (If-Range) and 14 (range requests).
    """
    part_path = Path(part_path)
    url = _checked_url(url)
    part_path.parent.mkdir(parents=True, exist_ok=True)
    start = most = _size(part_path)
    failures = 0
    while not _is_whole(part_path, url):
        try:
            _receive(url, part_path, max_bytes, patience.timeout_seconds)
        except ValueError:  # too large
            forget(part_path)
            raise
        except _BrokenError as broken:
            size = _size(part_path)
            if size > most:
                most = size
                failures = 0
            if failures == len(patience.pauses_seconds) or (broken.is_final and size <= start):
                kept = f" {size:,} bytes are kept; run it again to go on." if size else ""
                raise OSError(
                    f"{url} could not be downloaded: {broken}. Check the connection, or give a "
                    f"zip or a folder on this machine.{kept}"
                ) from broken
            pause = patience.pauses_seconds[failures]
            logger.info("The download broke off (%s); trying again in %g s.", broken, pause)
            time.sleep(pause)
            failures += 1


def check_part(part_path: str | Path) -> None:
    """Raises where a `.part` file or its notes would replace something that `fetch` did not write.

    Raises:
        ValueError: A file there has no notes of ours.
        OSError: Nothing can be written there.
    """
    part_path = Path(part_path)
    notes_path = _notes_path(part_path)
    has_notes = _all_notes(part_path) is not None
    is_free = has_notes or not _size(part_path)  # a kill may leave an empty part without notes
    check_output_file(part_path, "a part of a download", is_ours=lambda _: is_free)
    check_output_file(notes_path, "notes on a download", is_ours=lambda _: has_notes)


def forget(part_path: str | Path) -> None:
    """Deletes a `.part` file and its notes, if there are any."""
    part_path = Path(part_path)
    part_path.unlink(missing_ok=True)
    _notes_path(part_path).unlink(missing_ok=True)


def _checked_url(url: str) -> str:
    """Returns an address with its odd letters quoted, or refuses what is no address."""
    if re.match(r"[^/?#]*//[^/?#]*@", url):  # not repeated: it would show the password
        raise ValueError(
            "The address holds a user name or password; give one without, or download it yourself."
        )
    url = quote(url.strip(), safe=string.punctuation)
    try:
        pieces = urlsplit(url)
        is_address = (
            pieces.scheme in ("http", "https") and bool(pieces.hostname) and pieces.port != 0
        )
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(
            f"{url!r} is no address of a file; expected one like https://host/corpus.zip."
        )
    return url


def _receive(url: str, part_path: Path, max_bytes: int, timeout_seconds: float) -> None:
    """Makes one attempt: asks for what is missing, and writes what comes."""
    notes = _read_notes(part_path, url)
    offset = _size(part_path) if notes and notes.validator else 0
    headers = {"User-Agent": f"adgen/{__version__}", "Accept-Encoding": "identity"}
    if notes and notes.validator and offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": notes.validator}
    with _open(Request(url, headers=headers), part_path, timeout_seconds) as response:
        coming = _notes_of(response, url)
        if response.status != 206:
            offset = 0
        elif notes and _continues(response, coming, notes, offset):
            coming = replace(notes, num_bytes=coming.num_bytes or notes.num_bytes)
        else:
            forget(part_path)
            raise _BrokenError("the server sent another part than the one asked for")
        with part_path.open("ab" if offset else "wb") as part:
            # Before the first byte, so that whatever ends this process leaves a part that is known.
            write_json(_notes_path(part_path), asdict(coming))
            bar = tqdm(
                total=coming.num_bytes,
                initial=offset,
                desc="downloading",
                unit="B",
                unit_scale=True,
            )
            with bar:
                for chunk in _chunks(response):
                    offset += len(chunk)
                    if max(offset, coming.num_bytes or 0) > max_bytes:
                        raise ValueError(
                            f"{url} has more than {max_bytes:,} bytes; that is no ads corpus."
                        )
                    part.write(chunk)
                    bar.update(len(chunk))
    if coming.num_bytes is not None and offset < coming.num_bytes:
        raise _BrokenError(f"{offset:,} of {coming.num_bytes:,} bytes came")
    write_json(_notes_path(part_path), asdict(coming) | {"num_bytes": offset})


def _open(request: Request, part_path: Path, timeout_seconds: float) -> HTTPResponse:
    """Sends a request; tells apart what may pass and what will not."""
    url = request.full_url
    try:
        response: HTTPResponse = urlopen(request, timeout=timeout_seconds)
        return response
    except HTTPError as error:
        error.close()
        answer = f"HTTP {error.code} {error.reason}"
        if error.code == _UNSATISFIABLE and request.has_header("Range"):
            forget(part_path)  # the file has changed, or the part is no part of it
        elif error.code in (404, 410):
            raise FileNotFoundError(
                f"There is no file at {url} ({answer}). Check the address."
            ) from error
        elif error.code not in _PASSING:
            raise OSError(
                f"{url} was refused ({answer}). Check the address, or download it yourself."
            ) from error
        raise _BrokenError(answer) from error
    except URLError as error:
        raise _BrokenError(error.reason) from error
    except (OSError, HTTPException) as error:
        raise _BrokenError(error) from error


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    """Yields what comes, and tells errors of the connection from those of the disk.

    Both are `OSError`s.
    """
    try:
        while chunk := response.read(_CHUNK_BYTES):
            yield chunk
    except (OSError, HTTPException) as error:
        raise _BrokenError(error) from error


def _notes_of(response: HTTPResponse, url: str) -> _Notes:
    """Returns what the server says of the whole file."""
    if response.status == 206:
        length = response.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        length = response.headers.get("Content-Length", "")
    num_bytes = int(length) if length.isdecimal() else None
    return _Notes(
        url, response.headers.get("ETag"), response.headers.get("Last-Modified"), num_bytes
    )


def _continues(response: HTTPResponse, coming: _Notes, notes: _Notes, offset: int) -> bool:
    """Returns whether a part begins where ours ends, and is of the same file by all marks."""
    start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    pairs = zip(asdict(coming).values(), asdict(notes).values(), strict=True)
    agrees = all(new == old for new, old in pairs if new is not None and old is not None)
    return agrees and start is not None and int(start[1]) == offset > 0


def _read_notes(part_path: Path, url: str) -> _Notes | None:
    """Reads the notes on a part; None where there are none, or those of another address."""
    notes = _all_notes(part_path)
    return notes if notes and notes.url == url else None


def _all_notes(part_path: Path) -> _Notes | None:
    """Reads the notes on a part, of whatever address."""
    try:
        return _Notes(**read_json_object(_notes_path(part_path)))
    except TypeError:  # a part without readable notes is a part of nothing known
        return None


def _is_whole(part_path: Path, url: str) -> bool:
    notes = _read_notes(part_path, url)
    return notes is not None and notes.num_bytes is not None and notes.num_bytes == _size(part_path)


def _notes_path(part_path: Path) -> Path:
    return part_path.with_name(part_path.name + ".json")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0

"""adgen's download against the library pooch: what becomes of a corpus when things go wrong.

Both fetch the same zips from a web server on this machine (`tests/local_server.py`) that breaks
off, is busy or sends something else; a large one is timed. Needs Linux or macOS.

    pip install pooch==1.9.0
    python benchmarks/download.py --json
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import inspect
import io
import random
import resource
import sys
import tempfile
import time
import tokenize
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from measure import at_least, hand_out, hardware_line, log, median, parse, ratio

from adgen.corpus import archive, download, fetching
from adgen.corpus.archive import Limits
from adgen.corpus.download import download_corpus
from adgen.corpus.fetching import Patience
from adgen.records.tables import text_table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from local_server import Website, serving

TIMEOUT_SECONDS = 5.0
RETRIES = 3
LIMITS = Limits(max_bytes=5_000_000)
OTHER_SHA256 = "0" * 64
NO_CODE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
_TEXTS = random.Random(0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments, needs="pooch==1.9.0")
    import pooch

    pooch.get_logger().setLevel("ERROR")
    figures = {**measure(options.megabytes, options.repeats), "pooch_version": pooch.__version__}
    hand_out("download", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--megabytes", type=at_least(1), default=86, help="size of the zip that is timed"
    )
    parser.add_argument("--repeats", type=at_least(1), default=3, help="timed downloads of each")


def with_adgen(url: str, folder: Path, *, retries: int, sha256: str | None) -> None:
    """Fetches and unpacks as `adgen data download` does, which takes no checksum."""
    patience = Patience(TIMEOUT_SECONDS, (0.0,) * retries)
    download_corpus(url, folder / "raw", limits=LIMITS, patience=patience)


def with_pooch(url: str, folder: Path, *, retries: int, sha256: str | None) -> None:
    """Fetches and unpacks as pooch's documentation shows it."""
    import pooch

    base_url, name = url.rsplit("/", 1)
    registry = {name: sha256}
    files = pooch.create(
        folder, base_url=f"{base_url}/", registry=registry, retry_if_failed=retries
    )
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT_SECONDS)
    files.fetch(name, downloader=downloader, processor=pooch.Unzip())


SIDES: dict[str, Callable[..., None]] = {"adgen": with_adgen, "pooch": with_pooch}


@dataclass(frozen=True)
class Call:
    """One call, and how the server and the disk are meanwhile.

    Attributes:
        content: What the server has at the address.
        etag: Its mark there.
        cuts: Bytes after which the connection breaks, a request each.
        answers: Status codes given instead of the file, a request each.
        retries: How often the caller may try again.
        sha256: The checksum that the caller expects, if any.
        max_file_bytes: Where the disk is full: the largest file that can be written.
    """

    content: bytes
    etag: str = '"v1"'
    cuts: tuple[int, ...] = ()
    answers: tuple[int, ...] = ()
    retries: int = RETRIES
    sha256: str | None = None
    max_file_bytes: int | None = None


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Packs files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def _lines(num_lines: int) -> bytes:
    """Returns lines of random digits."""
    return b"".join(b"%x\n" % _TEXTS.getrandbits(256) for _ in range(num_lines))


FILES = {"mugs.csv": b"ad\nBlue mug\n", "cups.csv": _lines(15_000)}  # about 1 MB, half of it packed
OTHER_FILES = {"mugs.csv": b"ad\nRed mug\n", "cups.csv": _lines(15_000)}
FOLDER = "corpus-master/data/"
GOOD = zipped({FOLDER + name: content for name, content in FILES.items()})
OTHER = zipped({FOLDER + name: content for name, content in OTHER_FILES.items()})
HALF = len(GOOD) // 2
FULL_DISK = (len(GOOD) + len(FILES["cups.csv"])) // 2  # room for the zip, not for what is in it
SCENARIOS: dict[str, tuple[Call, ...]] = {
    "nothing goes wrong": (Call(GOOD),),
    "the connection breaks at half": (Call(GOOD, cuts=(HALF,)),),
    "it breaks for good; a second call": (Call(GOOD, cuts=(HALF,), retries=0), Call(GOOD)),
    "the same, of another file by then": (Call(GOOD, cuts=(HALF,), retries=0), Call(OTHER, '"v2"')),
    "the server is busy twice (503)": (Call(GOOD, answers=(503, 503)),),
    "there is no such file (404)": (Call(GOOD, answers=(404,) * (RETRIES + 1)),),
    "a web page comes; a second call": (Call(b"<html>Sign in</html>"), Call(GOOD)),
    "the disk is full; a second call": (Call(GOOD, max_file_bytes=FULL_DISK), Call(GOOD)),
    "a member is called ../../evil.csv": (Call(zipped({"../../evil.csv": b"ad\n", **FILES})),),
    "a bomb, 20 MB in 20 kB": (Call(zipped({"bomb.csv": bytes(20_000_000)})),),
    "another SHA-256 than expected": (Call(GOOD, sha256=OTHER_SHA256),),
}


def measure(megabytes: int, repeats: int) -> dict[str, Any]:
    """Plays all scenarios with both, times a large file, counts lines."""
    scenarios = {}
    for what, calls in SCENARIOS.items():
        scenarios[what] = {side: played(get, calls) for side, get in SIDES.items()}
        outcomes = ", ".join(f"{side} {_shown(one)}" for side, one in scenarios[what].items())
        log(f"{what}: {outcomes}")
    content = zipped({"ads.csv": _TEXTS.randbytes(megabytes * 1_000_000)})
    seconds = {
        side: median([timed(get, content) for _ in range(repeats)]) for side, get in SIDES.items()
    }
    modules = {
        module.__name__: inspect.getsource(module) for module in (fetching, archive, download)
    }
    return {
        "scenarios": scenarios,
        "seconds": seconds,
        "speedup": ratio(seconds["pooch"], seconds["adgen"]),
        "megabytes": megabytes,
        "repeats": repeats,
        "lines_of_code": {name: lines_of_code(source) for name, source in modules.items()},
    }


def played(get: Callable[..., None], calls: Sequence[Call]) -> dict[str, Any]:
    """Makes the calls one after another; returns what is in the folder then, and what it took."""
    error = ""
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Website()) as site,
        mock.patch("time.sleep"),
    ):
        for call in calls:
            site.content = call.content
            site.etag = call.etag
            site.cuts = list(call.cuts)
            site.answers = list(call.answers)
            try:
                with full_disk(call.max_file_bytes), contextlib.redirect_stderr(io.StringIO()):
                    get(site.url, Path(name), retries=call.retries, sha256=call.sha256)
                error = ""
            except Exception as caught:  # pooch lets errors of requests and zipfile through
                error = type(caught).__name__
        found = {path.name: path.read_bytes() for path in Path(name).rglob("*.csv")}
    expected = OTHER_FILES if calls[-1].content == OTHER else FILES
    return {
        "result": _result(found, expected),
        "error": error,
        "requests": len(site.ranges),
        "files_sent": site.num_bytes_sent / len(calls[-1].content),
    }


def _result(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> str:
    """Says what is in the folder, in a word."""
    if not found:
        return "nothing"
    if found == expected:
        return "whole"
    is_cut = any(name in expected and content != expected[name] for name, content in found.items())
    return "cut short" if is_cut else "other files"


@contextlib.contextmanager
def full_disk(max_file_bytes: int | None) -> Iterator[None]:
    """Lets no file grow beyond a size, as on a full disk; None for no limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (soft if max_file_bytes is None else max_file_bytes, hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def timed(get: Callable[..., None], content: bytes) -> float:
    """Returns the seconds from the call to the unpacked file."""
    limits = Limits(max_bytes=2 * len(content))
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Website(content)) as site,
        mock.patch(f"{__name__}.LIMITS", limits),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        started = time.perf_counter()
        get(site.url, Path(name), retries=0, sha256=None)
        return time.perf_counter() - started


def lines_of_code(source: str) -> int:
    """Counts lines that are neither blank nor comment nor docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    texts = [node.body[0] for node in nodes if ast.get_docstring(node) is not None]
    in_docstrings = {
        line for text in texts for line in range(text.lineno, (text.end_lineno or text.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    spans = [
        range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in NO_CODE
    ]
    return len({line for span in spans for line in span} - in_docstrings)


def _shown(one: Mapping[str, Any]) -> str:
    """Writes a result, the error and the requests in a few words."""
    error = f" ({one['error']})" if one["error"] else ""
    requests = f"{one['requests']} request{'' if one['requests'] == 1 else 's'}"
    return f"{one['result']}{error}, {requests}, {one['files_sent']:.1f} files sent"


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row."""
    seconds = results["seconds"]
    times = f"{seconds['adgen']:.2f} s, {seconds['pooch']:.2f} s"
    return [
        *(
            (f"{what}: adgen, pooch", f"{_shown(sides['adgen'])}; {_shown(sides['pooch'])}")
            for what, sides in results["scenarios"].items()
            if sides["adgen"] != sides["pooch"]
        ),
        (f"{results['megabytes']} MB from this machine, unpacked: adgen, pooch", times),
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the scenarios, the times and the lines."""
    rows = [(what, *map(_shown, sides.values())) for what, sides in results["scenarios"].items()]
    seconds = [f"{value:.2f} s" for value in results["seconds"].values()]
    rows.append((f"{results['megabytes']} MB from this machine", *seconds))
    print(text_table([("", *SIDES), *rows]))
    print()
    lines = [(name, str(count)) for name, count in results["lines_of_code"].items()]
    print(text_table([("module", "lines of code"), *lines]))
    print(f"{hardware_line(results)}, pooch {results['pooch_version']}")


if __name__ == "__main__":
    main()

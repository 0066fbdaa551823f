"""The page under load: visitors who write, read, and write again, all at once.

A server in a process of its own serves the page of `adgen demo` on this machine. Each visitor joins
the queue as a browser does, waits for ads of a product of its own by the models of the page, reads
for `--pause` seconds, and comes again.

    python benchmarks/demo.py --json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from measure import at_least, hand_out, hardware_line, log, median, parse

from adgen.records.tables import text_table

_API = "gradio_api"
_LONGEST_SECONDS = 300
_AD, _ALERT = 'class="ag-card', 'class="ag-alert'  # in the page's HTML
_COLOURS = ("black", "white", "red", "blue", "green")


@dataclass
class Visit:
    """Holds one request of a visitor.

    Attributes:
        seconds: Until all its ads were there; None where it failed.
        first_seconds: Until its first one was.
        place: The place in the queue that it was told first; None if none was.
        error: What went wrong; empty if nothing did.
    """

    seconds: float | None = None
    first_seconds: float | None = None
    place: int | None = None
    error: str = ""


@dataclass
class Crowd:
    """Holds what all visitors have seen.

    Attributes:
        visits: Those that came to an end.
        lock: Held by who adds one.
    """

    visits: list[Visit] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    found = measure(options)
    hand_out("demo", found, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--visitors", type=at_least(1), default=50, help="at once")
    parser.add_argument("--seconds", type=at_least(1), default=60, help="in which they come")
    parser.add_argument("--pause", type=at_least(0), default=20, help="seconds that each reads")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Has visitors come for so many seconds; those who wait then are waited for."""
    with serving() as (address, seconds_up):
        log(f"The page answered after {seconds_up:.1f} seconds.")
        number = _function_number(address)
        crowd = Crowd()
        end = time.monotonic() + options.seconds
        threads = [
            threading.Thread(target=_visit, args=(address, number, who, end, options, crowd))
            for who in range(options.visitors)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    visits = crowd.visits
    done = [one for one in visits if one.seconds is not None]
    errors = [one.error for one in visits if one.error]
    for text in sorted(set(errors)):
        log(f"{errors.count(text)} times: {text}")
    return {
        "visitors": options.visitors,
        "seconds": options.seconds,
        "pause_seconds": options.pause,
        "seconds_up": seconds_up,
        "num_requests": len(visits),
        "num_errors": len(errors),
        "num_told_their_place": sum(one.place is not None for one in done),
        "most_before": max((one.place or 0 for one in done), default=0),
        "first_ad_seconds": _figures([one.first_seconds for one in done]),
        "all_ads_seconds": _figures([one.seconds for one in done]),
    }


@contextmanager
def serving() -> Iterator[tuple[str, float]]:
    """Serves the page until the end of the block; gives its address and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        log_path = Path(folder) / "log.txt"
        environment = {**os.environ, "GRADIO_TEMP_DIR": folder, "OMP_NUM_THREADS": "1"}
        started = time.monotonic()
        with log_path.open("w") as file:
            command = [sys.executable, "-m", "adgen", "demo", "--port", "0"]
            process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
        try:
            address = _wait(process, log_path)
            yield address, time.monotonic() - started
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], log_path: Path) -> str:
    """Returns the page's address once it is ready."""
    while process.poll() is None:
        text = log_path.read_text(encoding="utf-8")
        found = re.search(r"http://\S+", text)
        if found and "Ready." in text:
            return found[0]
        time.sleep(0.02)
    raise OSError(f"The server ended: {log_path.read_text(encoding='utf-8')[-500:]}")


def _function_number(address: str) -> int:
    """Returns the number of the page's function behind its button."""
    with urlopen(f"{address}/config", timeout=30) as answer:
        functions = json.load(answer)["dependencies"]
    return next(int(one["id"]) for one in functions if one["api_name"] == "write")


def _visit(
    address: str, number: int, who: int, end: float, options: argparse.Namespace, crowd: Crowd
) -> None:
    """Comes again and again, at first at a moment of its own."""
    chance = random.Random(who)
    time.sleep(chance.uniform(0, min(options.pause, options.seconds) / 2))
    turn = 0
    while time.monotonic() < end:
        turn += 1
        visit = _write(address, number, f"{who}-{turn}", chance)
        with crowd.lock:
            crowd.visits.append(visit)
        time.sleep(min(options.pause, max(0.0, end - time.monotonic())))


def _write(address: str, number: int, name: str, chance: random.Random) -> Visit:
    """Asks for ads once, as the page does."""
    visit = Visit()
    body = {"data": _form(chance), "fn_index": number, "session_hash": name}
    started = time.monotonic()
    try:
        request = Request(
            f"{address}/{_API}/queue/join",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=_LONGEST_SECONDS) as answer:
            answer.read()
        stream_url = f"{address}/{_API}/queue/data?session_hash={name}"
        with urlopen(stream_url, timeout=_LONGEST_SECONDS) as stream:
            for line in stream:
                if line.startswith(b"data: ") and _take(visit, json.loads(line[6:]), started):
                    return visit
        visit.error = "the stream ended early"
    except HTTPError as error:
        visit.error = f"status {error.code}"
    except (OSError, HTTPException, ValueError, KeyError) as error:
        visit.error = type(error).__name__  # also of an answer that is cut off, or none of the page
    return visit


def _take(visit: Visit, message: Mapping[str, Any], started: float) -> bool:
    """Notes what a message of the queue says; returns whether it is the last one."""
    kind = message["msg"]
    now = time.monotonic() - started
    if kind == "estimation" and visit.place is None:
        visit.place = message["rank"]
    elif kind == "process_generating" and visit.first_seconds is None:
        if _AD in str(message["output"]):
            visit.first_seconds = now
    elif kind == "process_completed":
        visit.error = _what_is_wrong(message)
        visit.seconds = None if visit.error else now
        return True
    return False


def _what_is_wrong(message: Mapping[str, Any]) -> str:
    """Returns why the last message of a request has no ads, or not those of all models."""
    shown = str(message["output"])
    if not message["success"]:
        return "the page answered with an error"
    if _ALERT in shown:
        return "the page shows an alert"
    return "" if _AD in shown else "the page shows no ad"


def _form(chance: random.Random) -> list[Any]:
    """Returns what stands on the page as a visitor leaves it, in the order of its parts."""
    facts = f"Color: {chance.choice(_COLOURS)}\n{chance.randint(2, 60)} hours battery"
    product = ["Acme", "bluetooth headphones", "electronics", facts, "", ""]
    models = ["adgen-writer-small", "adgen-mixture", "template"]
    controls = [3, chance.randint(0, 1_000), 0.7, 0, 1, 1.2]
    return ["A product", *product, "", "amazon-title", models, *controls]


def _figures(times: Sequence[float | None]) -> dict[str, float | None]:
    """Returns the median, the 95th percentile and the longest; None where there are none.

    Those that nobody knows are left out.
    """
    seconds = [one for one in times if one is not None]
    if not seconds:
        return {"median": None, "p95": None, "max": None}
    p95 = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return {"median": median(seconds), "p95": p95, "max": max(seconds)}


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    first = results["first_ad_seconds"]
    whole = results["all_ads_seconds"]
    return [
        ("the page is there after", f"{results['seconds_up']:.1f} s"),
        (
            f"{results['visitors']} visitors, {results['seconds']} s",
            f"{results['num_requests']} requests, {results['num_errors']} errors, "
            f"up to {results['most_before']} before one in the queue",
        ),
        ("to the first ad", _shown(first)),
        ("to all ads", _shown(whole)),
    ]


def _shown(figures: Mapping[str, float | None]) -> str:
    if figures["median"] is None:
        return "–"
    return f"median {figures['median']:.1f} s, 95th percentile {figures['p95']:.1f} s"


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()

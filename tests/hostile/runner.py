"""Runs hostile inputs, one forked process each, in a private folder; yields how each ended.

The libraries are imported once: a worker for each of the large ones (torch, TensorFlow), since the
two do not bear each other, forks for every input. No process that reads an input has root's rights.
"""

import json
import os
import random
import shutil
import sys
import tempfile
import traceback
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from .calls import CallInput, draw_call
from .commands import GOOD, CommandInput, draw_command, words_of
from .forks import Limits, run_forked
from .oracles import judge
from .place import Place, build_good, state_of
from .private import enter, own

DRIVERS = {"command": CommandInput, "call": CallInput}
_CALLS = 0.3  # share of the inputs that are calls
# Before any library is loaded: tiny models gain nothing from threads, and nothing may be fetched.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "HF_HUB_OFFLINE": "1",
    "KERAS_BACKEND": "tensorflow",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}


@dataclass(frozen=True)
class Result:
    """How an input ended.

    Attributes:
        tried: The input, as `asdict` has it.
        group: Its command, or the name that it calls.
        kind: What is hostile about it.
        code: Its exit code.
        seconds: How long it took.
        peak_bytes: Its memory at its highest.
        faults: What is wrong with it: (fault, detail).
        said: The end of what it said.
    """

    tried: dict
    group: str
    kind: str
    code: int
    seconds: float
    peak_bytes: int
    faults: list
    said: str


def draw_inputs(num_inputs, seed, things, drivers=tuple(DRIVERS)):
    """Draws inputs, always the same for a seed, whatever their number."""
    draw = random.Random(seed)
    drawn = []
    for _ in range(num_inputs):
        is_call = drivers == ("call",) or ("call" in drivers and draw.random() < _CALLS)
        drawn.append(draw_call(draw) if is_call else draw_command(draw, things))
    return drawn


def read_input(fields):
    """Returns the input that `asdict` made a JSON object of."""
    return DRIVERS[fields.get("driver", "command")](**fields)


def run_inputs(choose, limits):
    """Makes the place, runs inputs there, removes the place.

    Args:
        choose: Returns the inputs, given the files of the good things by name.
        limits: Their `Limits`.

    Yields:
        First in words what shuts the inputs in and how many they are, then a `Result` each.
    """
    with _private_place() as place:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _inside(place, choose, limits, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield Result(**json.loads(line)) if number else json.loads(line)
        _, status = os.waitpid(child, 0)
        if status:
            raise RuntimeError("The process that runs the inputs has died; see above.")


@contextmanager
def _private_place():
    top = Path(tempfile.mkdtemp(prefix="adgen-hostile-"))
    top.chmod(0o755)
    place = Place(top)
    try:
        place.make()
        own(top)
        yield place
    finally:
        for folder in top.rglob("*"):
            with suppress(OSError):
                if folder.is_dir() and not folder.is_symlink():
                    folder.chmod(0o700)
        shutil.rmtree(top, ignore_errors=True)


def _inside(place, choose, limits, writing):
    """Is the process that has no rights; never returns."""
    code = 1
    try:
        holds = enter(place.top)
        os.environ.update(_ENVIRONMENT, HOME=str(place.home), TMPDIR=str(place.temporary))
        tempfile.tempdir = None
        _make_good(place)
        inputs = choose({thing: place.files_of(thing) for thing in place.things()})
        # From here on the good things are foreign too.
        with os.fdopen(writing, "w", encoding="utf-8") as file:

            def send(value):
                file.write(json.dumps(value) + "\n")
                file.flush()

            send([holds, len(inputs)])
            for needs in ("", "torch", "tensorflow"):
                chosen = [tried for tried in inputs if tried.needs == needs]
                if chosen:
                    _in_a_child(lambda n=needs, c=chosen: _work(place, n, c, limits, send))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _make_good(place):
    """Makes the good things in a child that prints nothing."""
    limits = Limits(seconds=600)

    def build():
        build_good(place.good)
        return 0

    made = run_forked(build, here=place.box, streams=place.streams, limits=limits)
    if made.code:
        raise RuntimeError(f"The good things could not be made: {made.err}")


def _in_a_child(action):
    """Does something in a child, so that no library of it is loaded here."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError("A worker has died; see above.")


def _work(place, needs, inputs, limits, send):
    """Imports what good lines import, then runs inputs."""
    for name in _modules_of(place, needs, limits):
        with suppress(Exception):
            import_module(name)
    good, foreign = state_of(place.good), state_of(place.foreign)
    for tried in inputs:
        send(asdict(_run(place, tried, limits, {"good": good, "foreign": foreign})))


def _modules_of(place, needs, limits):
    """Returns the modules that are loaded after some good lines."""
    lines = [words_of(command, line) for command, lines in GOOD.items() for line in lines]
    chosen = [words for words in lines if CommandInput(words, "").needs == needs]
    listed = place.streams / "modules"

    def run_all():
        if needs == "torch":
            chosen.reverse()
        for words in chosen[:12]:
            with suppress(BaseException):
                CommandInput(words, "").run()
        listed.write_text("\n".join(name for name in sys.modules if not name.startswith("__m")))
        return 0

    place.lay([word for words in chosen for word in words], [])
    run_forked(run_all, here=place.box, streams=place.streams, limits=limits)
    place.clear()
    return listed.read_text().split("\n") if listed.exists() else []


def _run(place, tried, limits, never):
    place.clear()
    place.lay(tried.words, tried.damages)
    before = state_of(place.box)
    outcome = run_forked(
        tried.run,
        here=place.box,
        streams=place.streams,
        limits=limits,
        stdin=tried.stdin.encode("utf-8", "surrogatepass"),
        encoding=tried.encoding,
        file_bytes=tried.file_bytes,
    )
    temporary = [path.name for path in place.temporary.iterdir()]
    faults = list(judge(tried, outcome, before, state_of(place.box), temporary))
    for name, state in never.items():
        now = state_of(place.top / name)
        changed = [path for path in state if now.get(path) != state[path]]
        if changed:
            faults.append(("foreign file changed", f"{name}/{changed[0]}"))
            never[name] = now
    said = f"{outcome.out[-300:]}\n{outcome.err[-1500:]}"
    return Result(
        asdict(tried),
        tried.group,
        tried.kind,
        outcome.code,
        outcome.seconds,
        outcome.peak_bytes,
        faults,
        said,
    )

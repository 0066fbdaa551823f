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
from pkgutil import walk_packages

from .calls import CallInput, draw_call
from .commands import CommandInput, draw_command
from .forks import Limits, run_forked
from .oracles import judge
from .place import Place, build_good, state_of
from .private import enter, own

DRIVERS = {"command": CommandInput, "call": CallInput}
_CALLS = 0.3  # share of the inputs that are calls
# Before any library is loaded: tiny models gain nothing from threads, and nothing may be fetched.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
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
        home, temporary = str(place.home), str(place.temporary)
        os.environ.update(_ENVIRONMENT, HOME=home, TORCHINDUCTOR_CACHE_DIR=home, TMPDIR=temporary)
        tempfile.tempdir = None
        sys.dont_write_bytecode = True  # of what libraries write and import: it would be left over
        place.clear()
        place.lay_foreign()
        _make_good(place)
        _import([name for name in _modules_of_adgen() if "lstm.training" not in name])
        with os.fdopen(writing, "w", encoding="utf-8") as file:

            def send(value):
                file.write(json.dumps(value) + "\n")
                file.flush()

            # TensorFlow's first: it chooses, since signatures are read from what is imported.
            _in_a_child(lambda: _work_with_tensorflow(place, choose, holds, limits, send))
            _in_a_child(lambda: _work_with_torch(place, limits, send))
            _work(place, "", limits, send)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _make_good(place):
    """Makes the good things in a child that prints nothing, and notes what it has imported."""

    def build():
        build_good(place.good)
        (place.streams / "modules").write_text("\n".join(sys.modules))
        return 0

    limits = Limits(seconds=600)
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


def _modules_of_adgen():
    import adgen

    found = walk_packages(adgen.__path__, "adgen.")
    return ["h5py", "matplotlib.pyplot", *(m.name for m in found if "__main__" not in m.name)]


def _import(names):
    for name in names:
        with suppress(Exception):
            import_module(name)


def _work_with_tensorflow(place, choose, holds, limits, send):
    _import(_modules_of_adgen())
    inputs = choose({thing: place.files_of(thing) for thing in place.things()})
    send([holds, len(inputs)])
    (place.streams / "inputs").write_text(json.dumps([asdict(one) for one in inputs]))
    _work(place, "tensorflow", limits, send)


def _work_with_torch(place, limits, send):
    names = (place.streams / "modules").read_text().split("\n")
    _import([name for name in names if not name.startswith("_")])
    _work(place, "torch", limits, send)


def _work(place, needs, limits, send):
    """Runs the chosen inputs that need one library, which is loaded."""
    chosen = map(read_input, json.loads((place.streams / "inputs").read_text()))
    never = {"good": state_of(place.good), "foreign": state_of(place.foreign)}
    for tried in chosen:
        if tried.needs == needs:
            send(asdict(_run(place, tried, limits, never)))


def _run(place, tried, limits, never):
    place.clear()
    place.lay(tried.words, tried.damages)
    if tried.free_bytes is not None:
        place.fill(tried.free_bytes)
    before = state_of(place.box)
    outcome = run_forked(
        tried.run,
        here=place.box,
        streams=place.streams,
        limits=limits,
        stdin=tried.stdin.encode("utf-8", "surrogatepass"),
        encoding=tried.encoding,
    )
    temporary = [path.name for path in place.temporary.iterdir()]
    faults = list(judge(tried, outcome, before, state_of(place.box), temporary))
    for name, state in never.items():
        now = state_of(getattr(place, name))
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

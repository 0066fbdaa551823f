"""A Llama model in int8 by ONNX Runtime, converted once into a folder of the user's cache.

ONNX Runtime computes the stretches between attentions and the logits; attention, caches and
everything else stay with NumPy, so that a reader works as with float32. It knows files and
sessions, not what the graphs compute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adgen.int8.graph import product_model
from adgen.int8.kernels import weight_type
from adgen.int8.precisions import check_packages
from adgen.int8.sessions import open_session
from adgen.llama.int8_graph import (
    ATTENDED,
    CARRIED,
    FINISHED,
    HIDDEN,
    LOGITS,
    PROJECTED,
    int8_stretches,
)
from adgen.llama.model import Llama
from adgen.llama.weights import WEIGHTS, load_folder
from adgen.support.arrays import Floats
from adgen.support.files import read_json_object, write_json
from adgen.support.folders import FolderKind, at_top, directory_when_done
from adgen.support.processes import num_cores

_FORMAT = "adgen-int8-3"  # another number when the graphs change
_NOTES = "adgen_int8.json"
_STRETCHES = "stretch-*.onnx"
_OUTPUT = "output.onnx"
INT8_FOLDER = FolderKind(
    "a converted model",
    is_ours=lambda folder: (folder / _NOTES).is_file(),
    owns=at_top(_NOTES, _STRETCHES, _OUTPUT),
)


class Int8Layers:
    """Computes stretches in int8; methods as in `adgen.llama.layers.Layers`.

    Args:
        paths: A graph for each stretch, in order, and the output layer's behind them.
        num_threads: Processor cores to use.
    """

    def __init__(self, paths: Sequence[Path], num_threads: int) -> None:
        self._sessions = [open_session(path, num_threads) for path in paths]

    def first(self, embedded: Floats) -> tuple[Floats, Floats]:
        """Returns the rows themselves and the first layer's queries, keys, values."""
        [projected] = self._sessions[0].run([PROJECTED], {HIDDEN: embedded})
        return embedded, projected

    def between(self, layer: int, hidden: Floats, attended: Floats) -> tuple[Floats, Floats]:
        """Finishes a layer and begins the next one."""
        hidden, projected = self._sessions[layer + 1].run(
            [CARRIED, PROJECTED], {HIDDEN: hidden, ATTENDED: attended}
        )
        return hidden, projected

    def last(self, hidden: Floats, attended: Floats) -> Floats:
        """Finishes the last layer and returns the output layer's input, (tokens, width)."""
        [finished] = self._sessions[-2].run([FINISHED], {HIDDEN: hidden, ATTENDED: attended})
        result: Floats = finished
        return result

    def logits(self, finished: Floats) -> Floats:
        """Returns the logits of all tokens, (tokens, vocab)."""
        [logits] = self._sessions[-1].run([LOGITS], {FINISHED: finished})
        result: Floats = logits
        return result

    def row_period(self) -> int:
        """Returns 1: a row's whole numbers are added up exactly, in whatever order."""
        return 1


def load_int8(folder: str | Path, cache_dir: Path, *, num_threads: int | None = None) -> Llama:
    """Returns a folder's model with its layers in int8, converted where that was not done yet.

    The embedding stays float32 and is read from the folder.

    Args:
        folder: A Llama model in transformers' layout.
        cache_dir: Where converted models lie, a folder each; made where it is missing.
        num_threads: Processor cores to use; by default all that this process may use.

    Raises:
        ImportError: onnx or onnxruntime is missing; the message names the command that installs
            them.
        FileNotFoundError: As in `load_folder`.
        ValueError: As in `load_folder`.
        OSError: The conversion cannot be written.
    """
    check_packages()
    converted = _converted(Path(folder), cache_dir)
    config, ends = load_folder(folder, ["model.embed_tokens.weight", "lm_head.weight"])
    paths = [*sorted(converted.glob(_STRETCHES)), converted / _OUTPUT]
    return Llama(config, ends, Int8Layers(paths, num_threads or num_cores()))


def _converted(folder: Path, cache_dir: Path) -> Path:
    """Returns the folder of a model's graphs, made now if there is none of this very file."""
    weights = (folder / WEIGHTS).resolve()
    if not weights.is_file():
        load_folder(folder)  # says what is missing
    # A folder for each kind of weights: processors that share a home take nothing from another.
    kept_as = weight_type()
    key = f"{weights} {kept_as}"
    place = cache_dir / hashlib.sha256(key.encode()).hexdigest()[:16]
    status = weights.stat()
    notes: dict[str, Any] = {
        "format": _FORMAT,
        "source": str(weights),
        "bytes": status.st_size,
        "changed_ns": status.st_mtime_ns,
    }
    if read_json_object(place / _NOTES) == notes:
        return place
    config, arrays = load_folder(folder)
    with directory_when_done(place, INT8_FOLDER) as new:
        for number, graph in enumerate(int8_stretches(arrays, config, kept_as)):
            path = new / _STRETCHES.replace("*", f"{number:04}")
            path.write_bytes(graph.SerializeToString())
        output = product_model(arrays[config.output_name].T, FINISHED, LOGITS, weight_type=kept_as)
        (new / _OUTPUT).write_bytes(output.SerializeToString())
        write_json(new / _NOTES, notes)
    return place

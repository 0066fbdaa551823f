"""Names a model file of another program that was given where a model's folder is expected."""

from __future__ import annotations

from pathlib import Path

from adgen.support.files import check_plain_file

_KERAS = (
    "a model file of Keras; adgen reads folders. An .h5 becomes one by: "
    "adgen convert OLD.h5 OUTPUT --vocabulary WORDS.json"
)
_OTHERS = {
    ".h5": _KERAS,
    ".hdf5": _KERAS,
    ".keras": f"{_KERAS} (a .keras file is first loaded in Keras and saved as .h5)",
    ".gguf": "a GGUF file, which holds a GPT; expected another kind of model. Give its folder.",
    ".bin": "a file of weights alone; give the folder that it is in, with its config.json.",
    ".safetensors": "a file of weights alone; give the folder that it is in, with its config.json.",
}


def check_is_no_file(path: str | Path) -> None:
    """Raises where a file was given for a model.

    Raises:
        ValueError: It is a file; the message says of which kind, and what to give instead.

    Example:
        >>> check_is_no_file("a/folder/or/nothing")
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        check_plain_file(path)
        what = _OTHERS.get(
            path.suffix.casefold(), "a file; a model is a folder. Give the folder that it is in."
        )
        raise ValueError(f"{path} is {what}")

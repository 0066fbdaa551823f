"""What must not become public in the files of a folder that goes to the Hub.

The module reads files; of models and ads it knows nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from adgen.hub.file_texts import texts_of
from adgen.hub.machine_paths import machine_paths

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
_SECRETS = re.compile(
    r"\bhf_[A-Za-z0-9]{20,}|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}"
    r"|\bsk-[\w-]{32,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bxox[abprs]-[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


def check_files(
    folder: Path,
    *,
    has_pickles: bool | None = False,
    secret: str | None = None,
    skips: Callable[[PurePosixPath], bool] = lambda path: False,
) -> None:
    """Raises where files hold what must not become public, and says of all what it is.

    Args:
        folder: What goes to the Hub.
        has_pickles: Whether pickles may go along; None where they never may, as in a Space.
        secret: The token that is in use, which no file may hold.
        skips: Says of a path in the folder whether it is not looked at, since it is public already
            or does not go along.

    Raises:
        ValueError: A file is a pickle, holds a token, or names a path of this machine.
    """
    found: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if skips(PurePosixPath(name)):
            continue
        if not has_pickles and _is_pickle(path):
            allow = "" if has_pickles is None else ", or allow it with --allow-pickle"
            found.append(
                f"{name} is a pickle, which can run programs where it is loaded. Write the model "
                f"as safetensors (adgen compress --storage float32){allow}."
            )
        for text in texts_of(path):
            found += [one for one in _in_text(text, name, secret) if one not in found]
    if found:
        raise ValueError(" ".join(found))


def _in_text(text: str, name: str, secret: str | None) -> Iterator[str]:
    """Yields what a file's text holds that must not become public."""
    found = _SECRETS.search(text)
    if found or (secret and secret in text):
        kind = found.group()[:4] if found else "your"
        yield (
            f"{name} holds what looks like a token or key ({kind}...). Take it out, and make a new "
            "one if it is real."
        )
    paths = machine_paths(text)
    if paths:
        yield f"{name} names a path of this machine, {paths[0]:.80}. Take it out of that file."


def _is_pickle(path: Path) -> bool:
    """Tells whether a file is a pickle, by its ending or what it holds."""
    if path.suffix in _PICKLES:
        return True
    with path.open("rb") as file:
        beginning = file.read(2)
    if beginning[:1] == b"\x80" and beginning[1:] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(Path(name).suffix in _PICKLES[3:] for name in archive.namelist())

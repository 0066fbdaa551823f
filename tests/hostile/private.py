"""Takes a process's power to harm: no writes but in one folder, no network, no root.

On Linux as root: mount and network namespaces of its own, in which all but the folder is
read-only, and then another user. Without root: the same in a user namespace, where the system
allows one. What the system refuses is left out; `enter` says what holds. The folder `disk` in it
becomes a small disk of its own, which can be filled.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

NOBODY = 65534
_NEW_USER, _NEW_MOUNTS, _NEW_NETWORK = 0x10000000, 0x00020000, 0x40000000
_PRIVATE, _RECURSIVE, _BIND = 1 << 18, 16384, 4096
_MOUNT_SETATTR, _AT_RECURSIVE, _READ_ONLY = 442, 0x8000, 1
_KEEP_CAPABILITIES, _AMBIENT, _RAISE = 8, 47, 2
_CAPSET = {"x86_64": 126, "aarch64": 91}
_READ_SEARCH = 2
_READ_ALL = 1 << _READ_SEARCH


def own(folder):
    """Gives a folder and all in it to the user that `enter` becomes."""
    if os.geteuid() == 0:
        for path in [Path(folder), *Path(folder).rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def enter(folder):
    """Shuts this process in; returns in words what holds."""
    holds = []
    if sys.platform == "linux" and _enter_namespaces(Path(folder)):
        holds.append("all but the folder read-only")
        holds.append("no network")
    if os.geteuid() == 0:
        _become_nobody()
        holds.append(f"user {NOBODY}")
    elif os.getuid() == 0:
        raise PermissionError("Still root; expected another user.")
    return ", ".join(holds) or "the user's own rights"


def _enter_namespaces(folder):
    is_root = os.geteuid() == 0
    user, group = os.getuid(), os.getgid()
    flags = _NEW_MOUNTS | _NEW_NETWORK | (0 if is_root else _NEW_USER)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        return False
    if not is_root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    here = os.fsencode(folder)
    failed = (
        libc.mount(b"none", b"/", None, _PRIVATE | _RECURSIVE, None)
        or libc.mount(here, here, None, _BIND, None)
        or _set_read_only(libc, b"/", True)
        or _set_read_only(libc, here, False)
        or libc.mount(b"tmpfs", here + b"/disk", b"tmpfs", 0, b"size=64m,mode=777")
    )
    _set_read_only(libc, b"/dev", False)
    return not failed


def _set_read_only(libc, path, is_read_only):
    # struct mount_attr: bits to set, bits to clear, propagation, user namespace.
    bits = struct.pack("QQQQ", *((_READ_ONLY, 0) if is_read_only else (0, _READ_ONLY)), 0, 0)
    return libc.syscall(_MOUNT_SETATTR, -100, path, _AT_RECURSIVE, bits, len(bits))


def _become_nobody():
    """Becomes another user, who may read what root's Python needs and write nothing of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    number = _CAPSET.get(os.uname().machine)
    if number is not None:
        header = struct.pack("Ii", 0x20080522, 0)
        libc.syscall(number, header, struct.pack("IIIIII", *[_READ_ALL] * 3, 0, 0, 0))
        libc.prctl(_AMBIENT, _RAISE, _READ_SEARCH, 0, 0)  # so that processes started here have it

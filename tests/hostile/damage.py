"""Damages a good file: its bytes, or one value in its JSON, with its checksum set right or not."""

import hashlib
import json
import os
import random
import shutil

DAMAGES = (
    "null",
    "empty",
    "half",
    "bits",
    "nested",
    "latin-1",
    "gone",
    "folder",
    "fifo",
    "loop",
    "other",
    "value",
    "value",
    "value",
    "signed value",
    "signed value",
    "key",
)
_ODD_VALUES = (
    None,
    True,
    -1,
    0,
    1,
    2**31,
    2**63,
    10**400,
    1e308,
    -0.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "../foreign/letters/notes.txt",
    "\ud800",
    "1" * 5_000,
    [],
    [None],
    {},
    {"": None},
)


def damage(path, how, seed):
    """Does one damage to a file; what chance decides, the seed does."""
    draw = random.Random(seed)
    old = path.read_bytes()
    if how in ("gone", "folder", "fifo", "loop"):
        path.unlink()
        if how == "folder":
            path.mkdir()
        elif how == "fifo":
            os.mkfifo(path)
        elif how == "loop":
            path.symlink_to(path.name)
        return
    if how == "other":
        siblings = [p for p in sorted(path.parent.iterdir()) if p.is_file() and p != path]
        if siblings:
            shutil.copy(draw.choice(siblings), path)
        return
    path.write_bytes(_damaged(old, how, draw))
    if how == "signed value":
        _sign(path, old)


def _damaged(old, how, draw):
    if how in ("value", "signed value", "key"):
        return _with_other_value(old, how, draw)
    if how == "half":
        return old[: draw.randrange(max(1, len(old)))]
    if how == "bits":
        new = bytearray(old or b"x")
        for _ in range(1 + len(new) // 200):
            new[draw.randrange(len(new))] = draw.randrange(256)
        return bytes(new)
    fixed = {"null": b"null", "empty": b"", "nested": b"[" * 100_000}
    return fixed.get(how) if how in fixed else old.replace(b"e", b"\xe9")


def _with_other_value(old, how, draw):
    """Puts another value at one place of a JSON file; flips a byte where it is none."""
    try:
        whole = json.loads(old)
    except (ValueError, RecursionError):
        return _damaged(old, "bits", draw)
    places = list(_places(whole))
    if not places:
        return b"null"
    # Few places lie near the top, where the keys have meanings; a vocabulary has thousands.
    depth = draw.choice(sorted({depth for *_, depth in places}))
    holder, key, _ = draw.choice([place for place in places if place[2] == depth])
    if how == "key" and isinstance(holder, dict):
        holder[key + "s"] = holder.pop(key)
    else:
        holder[key] = draw.choice(_ODD_VALUES)
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def _places(value, depth=0):
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in list(keys):
        yield value, key, depth
        yield from _places(value[key], depth + 1)


def _sign(path, old):
    """Writes the new checksum wherever the folder's JSON files name the old one."""
    before, after = (hashlib.sha256(content).hexdigest() for content in (old, path.read_bytes()))
    for beside in path.parent.glob("*.json"):
        if beside.is_file() and beside != path:
            beside.write_bytes(beside.read_bytes().replace(before.encode(), after.encode()))

"""Where adgen keeps, for one user, what can be fetched or made again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """Returns the user's cache folder for adgen, which need not be there yet.

    It is `$ADGEN_CACHE`; else `adgen` in `$XDG_CACHE_HOME`, or in `~/.cache`, where the Hub's own
    cache lies too.

    Raises:
        RuntimeError: None of these is set, and the system knows no home of this user.
    """
    own = os.environ.get("ADGEN_CACHE")
    if own:
        return Path(own).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "adgen"

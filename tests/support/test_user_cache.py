"""Where the user's cache lies: as two settings say, else at home."""

from pathlib import Path

import pytest

from adgen.support.user_cache import cache_dir


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"ADGEN_CACHE": "/mine", "XDG_CACHE_HOME": "/xdg"}, "/mine"),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/adgen"),
        ({"XDG_CACHE_HOME": ""}, "/home/me/.cache/adgen"),
        ({"ADGEN_CACHE": "~/mine"}, "/home/me/mine"),
    ],
)
def test_settings_come_before_the_home(monkeypatch, settings, expected):
    for name in ("ADGEN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", "USERPROFILE": "/home/me", **settings}.items():
        monkeypatch.setenv(name, value)
    assert cache_dir() == Path(expected)

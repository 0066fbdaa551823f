"""Gradio, imported so that it calls nobody and writes nothing.

While it is imported, Gradio writes stub files for editors beside its own code, which takes a third
of the time and, in an installation that cannot be written to, has no effect. A page needs none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from adgen.support.extras import needs_extra
from adgen.support.given import kind_of

_MAKES_STUBS = "gradio.component_meta"
_MAKER = "create_or_modify_pyi"
_MOVER = "async_move_resource_to_block_cache"
_FILE = '{"path": ..., "meta": {"_type": "gradio.FileData"}}, its path from /gradio_api/upload'
_FILE_ROUTES = ("/file=", "/file/")


def load_gradio() -> Any:
    """Returns Gradio.

    Raises:
        ImportError: The extra `demo` is missing.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    with needs_extra("The demo"), _without_stubs():
        import gradio
    return gradio


def refuse_addresses(page: Any) -> None:
    """Has a page take files that are sent to it, and fetch none from an address.

    Gradio would fetch whatever address a caller gives in a file's place, of any part of the page.
    """
    from gradio import Error

    def local_only(move: Callable[[str | None], Awaitable[str | None]]) -> Any:
        async def moved(path: str | None) -> str | None:
            if path is not None and "://" in path:
                raise Error("Send the file itself, not its address.")
            return await move(path)

        return moved

    for block in page.blocks.values():
        move = getattr(block, _MOVER, None)
        if move is not None:
            setattr(block, _MOVER, local_only(move))


def say_mistakes(page: Any) -> None:
    """Has a page tell callers over HTTP of too few values, and of what is no file, in words.

    Gradio would end such a call with an error that says nothing.
    """
    from gradio import Error, File

    def check(function: Any, values: Sequence[Any]) -> None:
        parts = function.inputs
        if len(values) < len(parts):
            names = ", ".join(str(getattr(part, "label", None) or "request") for part in parts)
            raise Error(f"data holds {len(values)} values; expected {len(parts)}: {names}.")
        for part, value in zip(parts, values, strict=False):
            if isinstance(part, File) and value is not None and not _is_file(value):
                raise Error(f"The file is {kind_of(value)}; expected {_FILE}. Upload it first.")

    page.validate_inputs = check


def _is_file(value: Any) -> bool:
    """Tells whether a value names a file as Gradio has it."""
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        return False
    meta = value.get("meta")
    return isinstance(meta, dict) and meta.get("_type") == "gradio.FileData"


class LocalFiles:
    """Answers 403 to who asks a route of files for an address, and passes all else on.

    Gradio would fetch the address and hand on what is there, for everybody who reaches the page.

    Args:
        app: The ASGI application behind it.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Takes a request, as ASGI has it."""
        if scope["type"] != "http" or not _asks_for_address(scope["path"]):
            await self._app(scope, receive, send)
            return
        head = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 403, "headers": head})
        body = b"Files of this page alone are served here, and no addresses.\n"
        await send({"type": "http.response.body", "body": body})


def _asks_for_address(path: str) -> bool:
    """Tells whether an address follows a route of files, percent-encoded once more or not."""
    plain = unquote(path)
    return any("://" in plain.partition(route)[2] for route in _FILE_ROUTES)


class _StublessLoader(Loader):
    """Loads a module as another loader does, without its maker of stubs."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Makes the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Runs the module, and takes the maker's place if there is one."""
        self._loader.exec_module(module)
        if hasattr(module, _MAKER):
            setattr(module, _MAKER, lambda *_: None)


class _Finder(MetaPathFinder):
    """Finds the module that makes stubs."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the module's specification with another loader; None for other modules."""
        if name != _MAKES_STUBS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _StublessLoader(spec.loader)
        return spec


@contextmanager
def _without_stubs() -> Iterator[None]:
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)

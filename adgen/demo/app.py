"""The page: put together, opened on this machine, or opened in a Space.

Gradio is imported inside functions.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from adgen.demo.loading import LocalFiles, load_gradio, refuse_addresses, say_mistakes
from adgen.demo.starting import starting_page

HOST, PORT = "127.0.0.1", 7860
_MOST_WAITING = 200  # visitors in the queue; more are told to come back
_KEPT_SECONDS = 3_600  # of what visitors upload and download
_TITLE = "adgen: shopping ads from facts"
_HEAD = """
<div class="ag-head"><h1>adgen</h1><p>Shopping ads that say what the facts say: written here, on
this machine, and judged by the platforms' own rules.</p></div>
"""


def build_page(models: Sequence[str | None] = (None,), *, corpus: Path | None = None) -> Any:
    """Loads models and puts the page together, a `gradio.Blocks`.

    Args:
        models: As for `adgen.demo.authors.open_authors`.
        corpus: A prepared corpus, to say how much of an ad stands in one of its training ads.

    Raises:
        OSError: There is no such model or corpus.
        ValueError: One is damaged.
        ImportError: The extra `demo` is missing, or what a model needs.
    """
    gr = load_gradio()
    from adgen.demo.api import add_api
    from adgen.demo.authors import open_authors
    from adgen.demo.catalogue_tab import add_catalogue
    from adgen.demo.hood_tab import add_hood
    from adgen.demo.service import Service
    from adgen.demo.write_tab import add_write

    service = Service(open_authors(models), corpus)
    page = gr.Blocks(
        title=_TITLE, analytics_enabled=False, delete_cache=(_KEPT_SECONDS, _KEPT_SECONDS)
    )
    with page:
        gr.HTML(_HEAD)
        with gr.Tabs():
            with gr.Tab("Write"):
                add_write(gr, service)
            with gr.Tab("Under the hood"):
                add_hood(gr, service)
            with gr.Tab("Catalogue"):
                add_catalogue(gr, service.authors)
        add_api(gr, service)
    refuse_addresses(page)
    say_mistakes(page)
    page.queue(max_size=_MOST_WAITING, default_concurrency_limit=1, api_open=False)
    return page


def launch(
    models: Sequence[str | None] = (None,),
    *,
    host: str = HOST,
    port: int = PORT,
    corpus: Path | None = None,
) -> None:
    """Opens the page and serves it until Ctrl-C.

    A small page answers at once and goes on to the real one when that is loaded.

    Args:
        models: As for `build_page`.
        host: The address to listen at; by default this machine's own visitors alone are served.
        port: The port; 0 for any free one.
        corpus: As for `build_page`.

    Raises:
        OSError: The port is taken; or as for `build_page`.
        ValueError: As for `build_page`.
        ImportError: As for `build_page`.
    """
    # Which package would be faster is of no use to who opens a page.
    logging.getLogger("adgen.writing.engines").setLevel(logging.WARNING)
    with starting_page(host, port) as found_port:
        _say(f"adgen demo: http://{_shown(host)}:{found_port} (loading; Ctrl-C ends it)")
        page = build_page(models, corpus=corpus)
    logging.getLogger("httpx").setLevel(
        logging.WARNING
    )  # Gradio asks its own page whether it is up
    _pass_proxies_by(host)
    page.launch(**_options(host, found_port))
    _say("Ready.")
    page.block_thread()


def launch_space() -> None:
    """Opens the page of a Space's folder, with the model beside its app.py if any.

    In a Space, where the variable SPACE_ID is set, it listens to all addresses; elsewhere to this
    machine alone, or at the address of the variable GRADIO_SERVER_NAME. The port is that of the
    variable GRADIO_SERVER_PORT, else 7860.

    Raises:
        OSError: As for `launch`.
        ValueError: The variable is no port; or as for `launch`.
    """
    if multiprocessing.parent_process() is not None:
        return  # a worker of the catalogue, which reads app.py again
    given = os.environ.get("GRADIO_SERVER_PORT") or str(PORT)
    if not given.isdecimal() or not 0 < int(given) < 1 << 16:
        raise ValueError(f"GRADIO_SERVER_PORT is {given!r:.20}; expected a port, 1 to 65,535.")
    script = getattr(sys.modules["__main__"], "__file__", None)
    folder = Path(script or "app.py").resolve().parent / "model"
    usual = "0.0.0.0" if os.environ.get("SPACE_ID") else HOST
    host = os.environ.get("GRADIO_SERVER_NAME") or usual
    launch((str(folder) if folder.is_dir() else None,), host=host, port=int(given))


def _options(host: str, port: int) -> dict[str, Any]:
    """Returns how the page is served."""
    from starlette.middleware import Middleware

    from adgen.demo.catalogue import MOST_BYTES
    from adgen.demo.theme import page_theme

    return {
        "server_name": host,
        "server_port": port,
        "share": False,
        "quiet": True,
        "show_error": False,
        "prevent_thread_lock": True,
        "run_history": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
        "footer_links": [],
        "app_kwargs": {"middleware": [Middleware(LocalFiles)]},
        "max_file_size": MOST_BYTES,
        "theme": page_theme(),
        "css": files("adgen.demo").joinpath("page.css").read_text(encoding="utf-8"),
        "js": files("adgen.demo").joinpath("page.js").read_text(encoding="utf-8"),
    }


def _pass_proxies_by(host: str) -> None:
    """Has no proxy asked for this machine's own addresses: Gradio asks its page whether it is up.

    The addresses are added to those that the variables NO_PROXY and no_proxy hold.
    """
    own = ("127.0.0.1", "localhost", _shown(host).strip("[]"))
    for name in ("NO_PROXY", "no_proxy"):
        known = [one for one in os.environ.get(name, "").split(",") if one.strip()]
        os.environ[name] = ",".join(dict.fromkeys((*known, *own)))


def _shown(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host


def _say(text: str) -> None:
    """Says on stderr how far it is, at once, whoever reads it."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()

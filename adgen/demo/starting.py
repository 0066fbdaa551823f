"""A small page that answers at once, until the real one is loaded and takes its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files


class _Handler(BaseHTTPRequestHandler):
    """Answers every request with the waiting page."""

    def do_GET(self) -> None:
        """Sends the page, as one that is not there yet."""
        body = files("adgen.demo").joinpath("starting.html").read_bytes()
        self.send_response(503)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "1")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def starting_page(host: str, port: int) -> Iterator[int]:
    """Serves the waiting page until the end of the block.

    Args:
        host: The address to listen at.
        port: The port; 0 for any free one.

    Yields:
        The port.

    Raises:
        OSError: The port is taken, or the address is none of this machine.
    """
    try:
        server = ThreadingHTTPServer((host, port), _Handler)
    except OSError as error:
        raise OSError(
            f"{host}:{port} cannot be listened at: {error.strerror or error}. Give another --port "
            "or --host."
        ) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()

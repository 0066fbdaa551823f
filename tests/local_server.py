"""Serves one file from a web server on this machine that can be told how to misbehave."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Website:
    """The file, and how it is served.

    `cuts` are taken from the front, one a request: the number of bytes after which the connection
    breaks, None for never. `answers` likewise: status codes to give instead of the file, None for
    the file.
    """

    content: bytes = b""
    etag: str | None = '"v1"'
    last_modified: str | None = None
    has_ranges: bool = True
    says_length: bool = True
    shifts_ranges_by: int = 0
    cuts: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    ranges: list = field(default_factory=list)  # of each request, in order; None where it had none
    num_bytes_sent: int = 0  # of the file, all requests together
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        website = self.server.website
        website.ranges.append(self.headers["Range"])
        status = website.answers.pop(0) if website.answers else None
        if status is None:
            self._send_file(website)
        else:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _send_file(self, website):
        total, start = len(website.content), 0
        is_same = self.headers["If-Range"] in (None, website.etag, website.last_modified)
        if website.has_ranges and self.headers["Range"] and is_same:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            if start >= total:
                self.send_error(416)
                return
            start += website.shifts_ranges_by
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        else:
            self.send_response(200)
        for name, value in (("ETag", website.etag), ("Last-Modified", website.last_modified)):
            if value:
                self.send_header(name, value)
        cut = website.cuts.pop(0) if website.cuts else None
        self._send_body(website.content[start:], cut, website.says_length)

    def _send_body(self, body, cut, says_length):
        self.close_connection = True
        self.server.website.num_bytes_sent += len(body[:cut])
        if says_length:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:cut])
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body[:cut]), 1000):
            chunk = body[:cut][start : start + 1000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        if cut is None:
            self.wfile.write(b"0\r\n\r\n")


@contextmanager
def serving(website):
    """Serves `website` at `website.url` until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.website = website
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    website.url = f"http://127.0.0.1:{server.server_port}/corpus.zip"
    try:
        yield website
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The small page that answers before the real one."""

import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from adgen.demo.starting import starting_page


def test_it_answers_at_once_and_leaves_the_port_free():
    with starting_page("127.0.0.1", 0) as port:
        with pytest.raises(HTTPError) as caught:
            urlopen(f"http://127.0.0.1:{port}/anything")
        assert caught.value.code == 503  # a page that is not there yet
        assert b"adgen is starting" in caught.value.read()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def test_a_port_that_is_taken_is_an_error_that_names_the_option():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(OSError, match="Give another --port"),
            starting_page("127.0.0.1", taken.getsockname()[1]),
        ):
            raise AssertionError("it listens")

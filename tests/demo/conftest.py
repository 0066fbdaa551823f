"""One server and one browser for all tests of the page; they skip, with a reason, without them."""

import pytest
from demo_server import CHROMIUM, needs, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    needs("gradio")
    with serving(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    needs("gradio", "playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Chromium's own sandbox does not work as root.
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()

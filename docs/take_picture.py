"""Takes the picture of the demo that README and guide show, images/demo.png, in Debian's Chromium.

    .venv/demo/bin/python docs/take_picture.py [--output FILE]

It opens the page as `adgen demo` does, writes ads for the first example product, and stops it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from adgen.support.files import replace_when_done

REPO = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 1280, 1180  # pixels
PATIENCE = 120_000  # milliseconds


def main() -> None:
    """Takes the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=REPO / "images" / "demo.png")
    output = parser.parse_args().output
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is missing. Install it: apt-get install chromium")
    with serving() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.get_by_text("Acme bluetooth headphones").first.click()
        page.get_by_label("adgen-mixture").check()  # the others are chosen already
        page.click("#write-button")
        page.wait_for_function(
            "() => document.querySelector('#ads .ag-state')?.textContent === 'Done.'"
        )
        # Gradio shows what it still works on in half of its colours.
        page.wait_for_selector("#ads [data-testid=status-tracker].hide", state="attached")
        page.evaluate("window.scrollTo(0, 0)")
        with replace_when_done(output) as new:
            page.screenshot(path=new, type="png")
        browser.close()


@contextmanager
def serving() -> Iterator[str]:
    """Serves the page with the models that come with adgen; gives its address."""
    command = [sys.executable, "-m", "adgen", "demo", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=REPO) as process:
        try:
            yield _address(process.stderr or ())
        finally:
            process.terminate()


def _address(lines: Iterable[str]) -> str:
    for line in lines:
        print(line, end="", file=sys.stderr)
        if found := re.search(r"http://[\w.:]+", line):
            return found[0]
    sys.exit("The demo ended before it was ready; what it said stands above.")


if __name__ == "__main__":
    main()

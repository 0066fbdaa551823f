"""What the page that runs the LSTM in a browser weighs, and how fast it writes in Chromium.

Seconds count from the beginning of a first visit, over a server of this machine; "first ad" is
that of the prompt "sony tv". Tokens are those of ads with the model's own settings, beside the
same ads of `adgen generate --exact` and those of float32, one at a time.

    python benchmarks/page.py --json
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from measure import at_least, hand_out, hardware_line, log, median, parse

from adgen.generation.generator import AdGenerator
from adgen.records.tables import text_table

BUILD = Path(__file__).resolve().parents[1] / "site" / "build.py"
PROMPT = "Sony TV"
READY = "#prompt-form .primary:not([disabled])"
# Milliseconds and tokens of ads, in the page itself.
WRITE = """async ([prompt, numAds]) => {
  const { AdWriter } = await import(new URL("engine/writer.js", document.baseURI));
  const model = (name) => fetch(`model/${name}`);
  const writer = new AdWriter({
    weights: await (await model("model.safetensors")).arrayBuffer(),
    tokenizer: await (await model("tokenizer.json")).json(),
    tables: await (await model("tables.json")).json(),
  });
  const settings = { temperature: 0.7, topK: 0, topP: 1, repetitionPenalty: 1.2, greedy: false };
  const times = [];
  for (let seed = 0; seed < numAds; seed += 1) {
    const start = performance.now();
    const steps = [...writer.write(prompt, 0, { ...settings, seed, maxTokens: 60 })];
    times.push((performance.now() - start) / steps.length);
  }
  return times;
}"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments, needs="playwright")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page"
        subprocess.run([sys.executable, BUILD, page], check=True, stdout=subprocess.DEVNULL)
        contents = [path.read_bytes() for path in page.rglob("*") if path.is_file()]
        figures = {
            "num_bytes": sum(map(len, contents)),
            "num_gzip_bytes": sum(len(gzip.compress(content)) for content in contents),
            **in_browser(page, options.visits, options.num_ads),
            "exact_ms_per_token": in_python(options.num_ads, exact=True),
            "float32_ms_per_token": in_python(options.num_ads, exact=False),
        }
    hand_out("page", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--visits", type=at_least(1), default=5, help="first visits (%(default)s)")
    parser.add_argument("--num-ads", type=at_least(1), default=8, help="ads (%(default)s)")


class Quiet(SimpleHTTPRequestHandler):
    """Gives files and says nothing of it."""

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


def in_browser(page: Path, num_visits: int, num_ads: int) -> dict[str, Any]:
    """Visits the page anew, several times; returns medians."""
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(page)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    seconds: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for _ in range(num_visits):
            tab = browser.new_context().new_page()
            started = time.perf_counter()
            tab.goto(address)
            tab.wait_for_selector(READY)
            ready = time.perf_counter() - started
            tab.click(READY)
            tab.wait_for_selector("#ads li:not(.writing)")
            seconds.append((ready, time.perf_counter() - started))
            log(f"ready after {ready:.2f} s, first ad after {seconds[-1][1]:.2f} s")
            tab.wait_for_selector(READY)
        times = tab.evaluate(WRITE, [PROMPT, num_ads])
        version = browser.version
        browser.close()
    server.shutdown()
    return {
        "chromium": version,
        "seconds_to_ready": median([ready for ready, _ in seconds]),
        "seconds_to_first_ad": median([first for _, first in seconds]),
        "page_ms_per_token": median(times),
    }


def in_python(num_ads: int, *, exact: bool) -> float:
    """Writes ads one at a time; returns the median of their milliseconds a token."""
    generator = AdGenerator.from_pretrained(exact=exact)
    times = []
    for seed in range(num_ads):
        started = time.perf_counter()
        [[ad]] = generator.generate(PROMPT, seed=seed)
        times.append(1000 * (time.perf_counter() - started) / len(ad.token_ids))
    return median(times)


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row."""
    sizes = f"{results['num_bytes'] / 1e6:.1f} MB, {results['num_gzip_bytes'] / 1e6:.1f} MB gzipped"
    return [
        ("the page", sizes),
        ("seconds until the model is ready", f"{results['seconds_to_ready']:.1f}"),
        ("seconds until the first ad", f"{results['seconds_to_first_ad']:.1f}"),
        ("ms a token in the page", f"{results['page_ms_per_token']:.1f}"),
        ("ms a token, generate --exact", f"{results['exact_ms_per_token']:.1f}"),
        ("ms a token, generate", f"{results['float32_ms_per_token']:.1f}"),
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the table."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(f"{hardware_line(results)}; Chromium {results['chromium']}")


if __name__ == "__main__":
    main()

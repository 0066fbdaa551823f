"""The page in Chromium: the same ads, offline, nothing to other hosts, texts that stay texts."""

import csv
import functools
import hashlib
import io
import re
import shlex
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from adgen.cli.main import main
from adgen.support.version import __version__

READY = "#prompt-form .primary:not([disabled])"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> & <b>Bold</b>"


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class Server:
    """Gives a folder's files at an address of this machine, until it is stopped."""

    def __init__(self, folder):
        handler = functools.partial(Handler, directory=folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def server(built_site):
    server = Server(built_site)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def page(browser, server):
    """The page with its model loaded, and what it asked for and complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.asked, page.errors = [], []
    context.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(server.url)
    page.wait_for_selector(READY)
    yield page
    context.close()


def write(page, prompt, **settings):
    """Asks for ads of a prompt; returns their texts."""
    for name, value in settings.items():
        page.fill(f"#{name.replace('_', '-')}", str(value))
    page.fill("#prompt", prompt)
    page.click(READY)
    wait_for_end(page, "#prompt-form")
    page.click("#reset")
    return page.locator("#ads .text").evaluate_all(
        "all => all.map(one => one.parentNode.querySelector('.given').textContent"
        " + one.textContent)"
    )


def wait_for_end(page, form):
    page.wait_for_selector(f"{form} .primary:not([disabled])")


def test_first_ad_comes_within_three_seconds_of_loading(browser, server):
    page = browser.new_page()
    page.goto(server.url)
    start = time.monotonic()
    page.wait_for_selector(READY)
    page.click(READY)
    page.wait_for_selector("#ads li:not(.writing)")
    assert time.monotonic() - start < 3
    page.close()


def test_the_footer_names_the_version_and_the_model(page, built_site):
    content = (built_site / "model" / "model.safetensors").read_bytes()
    shown = page.text_content("#versions")
    assert shown.startswith(f"adgen {__version__};")
    assert shown.endswith(hashlib.sha256(content).hexdigest())


def test_page_weighs_less_than_25_megabytes(built_site):
    assert sum(path.stat().st_size for path in built_site.rglob("*") if path.is_file()) < 25e6


@pytest.mark.parametrize(
    ("prompt", "settings"),
    [
        ("apple watch", {"num_ads": 2, "seed": 7}),
        ('It\'s 手机壳 "$HOME"', {"num_ads": 1, "seed": 2147483647, "temperature": 1.2}),
        ("-5 degrees", {"num_ads": 2, "top_k": 30, "top_p": 0.9, "max_tokens": 12}),
        ("lego", {"num_ads": 3, "top_k": 1, "repetition_penalty": 1.3}),
    ],
)
def test_the_shown_command_writes_the_same_ads(page, capsys, prompt, settings):
    shown = write(page, prompt, **settings)
    assert len(shown) == (1 if settings.get("top_k") == 1 else settings["num_ads"])
    name, *arguments = shlex.split(page.text_content("#command"))
    assert name == "adgen"
    assert main(arguments) == 0
    assert shown == capsys.readouterr().out.splitlines()


def test_page_works_without_a_network_after_the_first_visit(browser, built_site):
    server = Server(built_site)
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("#offline:not([hidden])")
    before = write(page, "Sony TV", num_ads=1, seed=3, max_tokens=8)
    server.stop()
    [kept] = page.evaluate("caches.keys()")
    assert server.url in kept
    page.goto(server.url)
    page.wait_for_selector(READY)
    assert write(page, "Sony TV", num_ads=1, seed=3, max_tokens=8) == before
    context.close()


def test_nothing_is_asked_of_other_hosts_and_nothing_can_be(page, server):
    write(page, "secret product", num_ads=1, max_tokens=3)
    asked = [url.removeprefix("blob:") for url in page.asked]
    assert {url[: len(server.url)] for url in asked} == {server.url}
    assert not any("secret" in url for url in page.asked)
    assert len(page.workers) == 1
    for place in (page, *page.workers):
        refused = place.evaluate(
            "() => new Promise(resolve => {"
            " self.addEventListener('securitypolicyviolation', e => resolve(e.violatedDirective));"
            " fetch('http://127.0.0.2:9/').catch(() => setTimeout(resolve, 2000)); })"
        )
        assert refused == "connect-src"


def test_markup_in_a_prompt_is_text(page):
    [text] = write(page, HOSTILE, num_ads=1, max_tokens=3)
    assert text.startswith(HOSTILE)
    assert page.locator("#ads img, #ads b").count() == 0
    assert page.title() != "broken"
    assert page.errors == []


def test_table_of_products_becomes_a_safe_csv(page):
    rows = [
        ["SKU", "Brand", "Product_Name", "Price"],
        ["1", "Sony", "TV, 55 inch", "9"],
        ["2", "", HOSTILE, "9"],
        ["3", "=HYPERLINK(1)", "mug", "9"],
        ["4", "LEGO", 'Lego "City"\nset', "9"],
        ["5", "Sony", "", "9"],
        ["6", "", "sex toy", "9"],
        ["7", "Sony", "\u200b", "9"],
    ]
    content = io.StringIO()
    csv.writer(content, delimiter=";").writerows(rows)
    page.fill("#num-ads", "2")
    page.fill("#max-tokens", "4")
    page.fill("#table", content.getvalue())
    page.click("#table-form .primary")
    wait_for_end(page, "#table-form")
    assert page.locator("#rows img, #rows b").count() == 0
    with page.expect_download() as download:
        page.click("#download")
    page.click("#reset")
    text = download.value.path().read_text(encoding="utf-8-sig")
    written = list(csv.DictReader(io.StringIO(text, newline="")))
    prompts = ["Sony TV, 55 inch", HOSTILE, "'=HYPERLINK(1) mug", 'Lego "City"\nset']
    assert [row["prompt"] for row in written[:8:2]] == prompts
    assert [row["number"] for row in written] == ["1", "2"] * 4 + ["1", "1", "1"]
    assert all(row["ad"].startswith(" ".join(row["prompt"].split())) for row in written[:8])
    assert [row["ad"] for row in written[8:]] == ["", "", ""]
    assert "no product" in written[8]["error"]
    assert "adult product" in written[9]["error"]
    assert "no product" in written[10]["error"]
    assert page.text_content("#status") == "Wrote 8 ads; 3 prompts were refused."
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(re.match(r"[=+\-@\t\r]", cell) for cell in row)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "The table is empty"),
        ("brand,product\n", "no product"),
        ("colour,size\nred,9\n", '"colour", "size"; expected one named'),
        ("product\n" + "mug\n" * 1001, "1001 products"),
    ],
)
def test_table_without_products_is_refused_with_its_reason(page, table, message):
    page.fill("#table", table)
    page.click("#table-form .primary")
    assert message in page.text_content("#status.bad")


def test_a_file_is_opened_or_refused_with_its_reason(page):
    name, kind = "products.csv", "text/csv"
    page.set_input_files(
        "#file", {"name": name, "mimeType": kind, "buffer": "product\nKüche".encode("utf-16")}
    )
    for _ in range(100):  # the page's policy lets nobody evaluate text while waiting
        if page.input_value("#table") == "product\nKüche":
            break
        page.wait_for_timeout(100)
    assert page.input_value("#table") == "product\nKüche"
    page.set_input_files(
        "#file", {"name": name, "mimeType": kind, "buffer": "product\nKüche".encode("latin-1")}
    )
    page.wait_for_selector("#status.bad:has-text('Save it as UTF-8')")
    assert page.input_value("#table") == "product\nKüche"


def test_a_prompt_that_is_too_long_is_refused_whole(page):
    assert write(page, "x" * 2001) == [""]
    assert "2001 characters" in page.text_content("#ads .note.bad")


def test_the_command_of_a_prompt_that_zsh_would_expand_is_quoted(page):
    write(page, "=mug", num_ads=1, max_tokens=3)
    assert page.text_content("#command").endswith(" -- '=mug'")


def test_a_refused_prompt_gets_a_reason_and_no_command(page):
    assert write(page, "sex toy") == [""]
    assert "adult product" in page.text_content("#ads .note.bad")
    assert not page.is_visible("#command")


def test_stop_keeps_what_is_written(page):
    page.fill("#num-ads", "50")
    page.fill("#prompt", "Sony")
    page.click(READY)
    page.wait_for_selector("#ads li:nth-child(2)")
    page.click("#prompt-form [data-stop]")
    wait_for_end(page, "#prompt-form")
    page.fill("#num-ads", "3")
    assert page.text_content("#status").startswith("Stopped; ")
    assert 2 <= page.locator("#ads li").count() < 50
    assert page.locator("#ads .writing").count() == 0


def test_stop_names_every_product_without_an_ad(page):
    page.fill("#num-ads", "1")
    page.fill("#table", "product\n" + "mug\n" * 30)
    page.click("#table-form .primary")
    page.wait_for_selector("#rows tr:nth-child(2)")
    assert page.is_disabled("#download")
    assert page.is_disabled("#copy-all")
    page.click("#table-form [data-stop]")
    wait_for_end(page, "#table-form")
    with page.expect_download() as download:
        page.click("#download")
    page.click("#reset")
    page.fill("#num-ads", "3")
    text = download.value.path().read_text(encoding="utf-8-sig")
    written = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [int(row["row"]) for row in written] == list(range(1, 31))
    assert written[-1]["error"] == "Stopped."
    assert all((row["ad"] == "") == (row["error"] != "") for row in written)


def of_changed_engine(browser, server, source):
    """A page whose engine draws tokens with another source."""
    page = browser.new_page()
    page.route(
        "**/engine/sampling.js",
        lambda route: route.fulfill(body=source, content_type="text/javascript"),
    )
    page.goto(server.url)
    return page


def test_an_error_of_the_engine_ends_the_run(browser, server, built_site):
    source = (built_site / "engine" / "sampling.js").read_text()
    head = re.search(r"export function choose\(.*\) \{", source)[0]
    source = source.replace(head, head + " throw new TypeError('a fault');")
    page = of_changed_engine(browser, server, source)
    page.wait_for_selector(READY)
    page.click("#table-form .primary")
    page.wait_for_selector("#status.bad")
    assert "stopped with an error (a fault)" in page.text_content("#status")
    assert page.locator("#rows .note").all_text_contents() == ["Stopped."] * 3
    assert page.is_enabled(READY)
    page.close()


def test_an_engine_that_the_browser_cannot_read_is_said(browser, server):
    page = of_changed_engine(browser, server, "export function choose( {")
    page.wait_for_selector("#status.bad")
    assert "browser too old" in page.text_content("#status")
    page.close()


def test_impossible_settings_are_refused(page):
    page.fill("#temperature", "0")
    page.fill("#prompt", "never written")
    page.click(READY)
    assert page.locator("#temperature:invalid").count() == 1
    assert not page.is_visible("#prompt-form [data-stop]")
    page.click("#reset")


def test_keyboard_alone_writes_ads(page):
    page.focus("#prompt")
    page.fill("#max-tokens", "3")
    page.focus("#prompt")
    page.keyboard.press("Control+A")
    page.keyboard.type("mug")
    page.keyboard.press("Enter")
    page.wait_for_selector("#status:has-text('Wrote 3 ads')")
    assert page.locator("#ads .given").first.text_content().lower() == "mug"
    page.click("#reset")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_every_field_has_a_label(page):
    without = "all => all.filter(one => one.labels.length === 0).map(one => one.id)"
    assert page.locator("input, textarea").evaluate_all(without) == []


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_stand_out_as_wcag_asks(built_site, scheme):
    style = (built_site / "style.css").read_text()
    colours = dict(
        re.findall(r"--([\w-]+): (#\w{6})", re.findall(r":root \{(.*?)\}", style, re.S)[scheme])
    )
    pairs = [(text, ground) for text in ("ink", "soft") for ground in ("page", "card", "tint")]
    pairs += [("ink", "notice"), ("ink", "field"), ("bad", "card"), ("bad", "tint")]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent", "page")]
    for text, ground in pairs:
        low, high = sorted([luminance(colours[text]), luminance(colours[ground])])
        assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)
    low, high = sorted([luminance(colours["edge"]), luminance(colours["field"])])
    assert (high + 0.05) / (low + 0.05) >= 3  # the frames of fields

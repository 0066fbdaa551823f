"""The page's functions over HTTP, and hostile callers."""

import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from bulk_runs import made_product
from demo_server import needs
from local_server import Website, serving

MUG = {"brand": "Acme", "product": "Mug", "facts": ["red"], "models": ["template"]}


def post(url, value):
    body = json.dumps(value).encode()
    with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=30) as answer:
        return json.load(answer)


def call(server, name, *values):
    """Calls a function as curl would; returns the last event and its data."""
    base = f"{server}/gradio_api/call/{name}"
    ident = post(base, {"data": values})["event_id"]
    with urlopen(f"{base}/{ident}", timeout=60) as stream:
        lines = stream.read().decode().splitlines()
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return events[-1], json.loads(data[-1])


def upload(server, name, content):
    body = (
        b'--X\r\nContent-Disposition: form-data; name="files"; filename="'
        + name.encode()
        + b'"\r\nContent-Type: text/csv\r\n\r\n'
        + content
        + b"\r\n--X--\r\n"
    )
    head = {"Content-Type": "multipart/form-data; boundary=X"}
    with urlopen(Request(f"{server}/gradio_api/upload", body, head), timeout=30) as answer:
        [path] = json.load(answer)
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def test_the_functions_are_there_by_name(server):
    with urlopen(f"{server}/gradio_api/info") as answer:
        names = set(json.load(answer)["named_endpoints"])
    assert names == {
        "/write_product",
        "/write_prompt",
        "/explain",
        "/read_catalogue",
        "/write_catalogue",
    }


def test_ads_of_a_product(server):
    event, [found] = call(server, "write_product", MUG)
    assert event == "complete" and found["errors"] == {}
    [ad] = found["ads"]
    assert [one["text"] for one in ad["texts"]] == ["Acme Mug, red"]
    assert (ad["facts_used"], ad["facts_missing"], ad["is_copy"]) == (["red"], [], False)


def test_ads_of_first_words_are_the_same_for_the_same_seed(server):
    request = {"prompt": "Sony TV", "num_ads": 2, "seed": 7}
    _, first = call(server, "write_prompt", request)
    _, again = call(server, "write_prompt", request)
    _, other = call(server, "write_prompt", request | {"seed": 8})
    assert first == again != other
    assert len(first[0]["ads"]) == 2


def test_an_explained_ad(server):
    event, [found] = call(server, "explain", {"prompt": "Sony TV", "top_k": 1})
    assert event == "complete" and found["text"].startswith("Sony TV")
    chosen = found["steps"][0]["chosen"]
    assert chosen["probability"] == 1 > chosen["model_probability"]


def test_a_catalogue_by_gradios_client(server, tmp_path):
    needs("gradio_client")
    from gradio_client import Client, handle_file

    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(made_product(1)))
    client = Client(server, verbose=False, download_files=str(tmp_path / "down"))
    assert "1 product," in client.predict(handle_file(path), api_name="/read_catalogue")
    html, export = client.predict(
        handle_file(path),
        target="rows with findings",
        format="google-rsa",
        columns="product=product",
        api_name="/write_catalogue",
    )
    assert "Ready to download" in html
    assert "Zenko" in Path(export).read_text(encoding="utf-8")
    found = client.predict(MUG, api_name="/write_product")
    assert found["ads"][0]["texts"][0]["text"] == "Acme Mug, red"


@pytest.mark.parametrize(
    ("name", "request_", "message"),
    [
        ("write_product", {"brand": "Acme"}, "What is the product"),
        ("write_product", {**MUG, "brand": "a" * 100_000}, "has 100,000 characters"),
        ("write_product", {**MUG, "facts": "a" * 100_000}, "has 100,000 characters"),
        ("write_product", {**MUG, "category": "a" * 1_000_000}, "has 1,000,000 characters"),
        ("write_product", {**MUG, "odd": 1}, "'odd' is unknown"),
        ("write_product", {**MUG, "num_ads": 1_000}, "num_ads is 1000"),
        ("write_product", {**MUG, "format": "xx"}, "format is 'xx'; expected one of"),
        ("write_product", {**MUG, "models": ["../../etc"]}, "There is no model"),
        ("write_product", {**MUG, "models": 5}, "models is 5; expected texts"),
        ("write_product", {**MUG, "models": [5]}, "models holds 5 at 0"),
        ("write_product", [1], "expected an object"),
        ("write_prompt", {"prompt": "a" * 100_000}, "has 100,000 characters"),
        ("explain", {"prompt": "Sony", "model": "template"}, "shows no candidates"),
    ],
)
def test_what_is_wrong_with_a_request_is_said(server, name, request_, message):
    event, data = call(server, name, request_)
    assert event == "error" and message in data["error"]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("write_product", [], "data holds 0 values; expected 1"),
        ("write_catalogue", [None, "rows with findings"], "data holds 2 values; expected 6: "),
        ("read_catalogue", ["mine.csv", ""], "The file is 'mine.csv'; expected {"),
        ("read_catalogue", [{"path": "mine.csv"}, ""], "expected {"),
        ("read_catalogue", [5, ""], "The file is 5; expected {"),
    ],
)
def test_what_is_no_call_is_said(server, name, values, message):
    event, data = call(server, name, *values)
    assert event == "error" and message in data["error"]


@pytest.mark.parametrize("num_ads", ["a", None, 99, 1.5, [1]])
def test_a_number_of_ads_that_is_none_is_said(server, num_ads):
    value = upload(server, "mine.csv", b"id,product\n1,Mug\n")
    values = (value, "rows with findings", "", num_ads, "", "")
    event, [html, export] = call(server, "write_catalogue", *values)
    assert event == "complete" and export is None and "num_ads is" in html


def test_an_address_in_a_files_place_is_not_fetched(server):
    # 192.0.2.1 is nobody's: to fetch from there would take until the time is over.
    there = {"path": "http://192.0.2.1/mine.csv", "meta": {"_type": "gradio.FileData"}}
    for name, *values in (
        ("read_catalogue", there, ""),
        ("write_product", {**MUG, "brand": there}),
    ):
        started = time.monotonic()
        event, data = call(server, name, *values)
        assert event == "error" and "not its address" in data["error"]
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("route", ["file=", "file/"])
@pytest.mark.parametrize("border", ["://", "%3A%2F%2F", "%253A%252F%252F"])
def test_the_route_of_files_fetches_no_address(server, route, border):
    with serving(Website(b"secret")) as website:
        address = website.url.replace("://", border)
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{server}/gradio_api/{route}{address}", timeout=30)
    assert caught.value.code == 403 and b"no addresses" in caught.value.read()
    assert website.ranges == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", __file__])
def test_a_file_that_nobody_sent_is_not_read(server, path):
    value = {"path": path, "meta": {"_type": "gradio.FileData"}}
    event, data = call(server, "read_catalogue", value, "")
    assert event == "error" and "root" not in json.dumps(data)
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{server}/gradio_api/file={path}")
    assert caught.value.code in (403, 404)


@pytest.mark.parametrize(
    "name", ["../../../../tmp/evil.csv", "..\\..\\evil.csv", "<img src=x onerror=alert(1)>.csv"]
)
def test_a_name_of_an_upload_leads_nowhere(server, name):
    value = upload(server, name, b"id,product\n1,Mug\n")
    assert ".." not in Path(value["path"]).parts and not set(Path(value["path"]).name) & set(
        "\\/<>"
    )
    event, [html] = call(server, "read_catalogue", value, "")
    assert event == "complete" and "1 product," in html and "<img" not in html


def test_an_upload_of_a_gigabyte_is_refused_early(server):
    parts = urlsplit(server)
    head = (
        "POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n"
        "Content-Type: multipart/form-data; boundary=X\r\n\r\n"
        '--X\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    )
    num_sent = 0
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as line:
        line.sendall(head.encode())
        line.setblocking(False)
        answer = b""
        deadline = time.monotonic() + 60
        while not answer and num_sent < 1_000_000_000 and time.monotonic() < deadline:
            try:
                num_sent += line.send(b"a" * 1_000_000)
            except BlockingIOError:
                time.sleep(0.01)
            except ConnectionError:
                break
            with suppress(BlockingIOError):
                answer = line.recv(200)
    assert answer.startswith(b"HTTP/1.1 413") and num_sent < 200_000_000
    assert call(server, "write_product", MUG)[0] == "complete"  # others are not disturbed


def test_a_file_is_recognised_while_anothers_catalogue_is_written(server):
    lines = "".join(json.dumps(made_product(n)) + "\n" for n in range(300))
    value = upload(server, "mine.jsonl", lines.encode())
    base = f"{server}/gradio_api/call/write_catalogue"
    values = [value, "rows with findings", "", 1, "amazon-title", ""]
    ident = post(base, {"data": values})["event_id"]
    with urlopen(f"{base}/{ident}", timeout=120) as stream:
        while "of 300 products" not in stream.readline().decode():
            pass
        other = upload(server, "other.csv", b"id,product\n1,Mug\n")
        event, [html] = call(server, "read_catalogue", other, "")
        assert event == "complete" and "1 product," in html
        rest = stream.read().decode()
    assert "300 of 300 products" in rest  # which came after the answer


def test_ads_are_written_while_a_catalogue_is(server):
    lines = "".join(json.dumps(made_product(n)) + "\n" for n in range(300))
    value = upload(server, "mine.jsonl", lines.encode())
    base = f"{server}/gradio_api/call/write_catalogue"
    ident = post(base, {"data": [value, "rows with findings", "", 1, "amazon-title", ""]})[
        "event_id"
    ]
    assert call(server, "write_product", MUG)[0] == "complete"
    with urlopen(f"{base}/{ident}", timeout=120) as stream:
        text = stream.read().decode()
    assert "300 of 300 products" in text and "event: complete" in text

"""A download goes on where it broke off, joins no parts of two files, and says why it failed."""

import errno
import json
import random
import socket

import pytest
from local_server import Website, serving

from adgen.corpus import fetching
from adgen.corpus.fetching import Patience, fetch, forget

CONTENT = random.Random(0).randbytes(300_000)
OTHER = random.Random(1).randbytes(300_000)
NO_PAUSES = Patience(timeout_seconds=5, pauses_seconds=(0, 0, 0))
ONE_ATTEMPT = Patience(timeout_seconds=5, pauses_seconds=())


@pytest.fixture
def website():
    with serving(Website(CONTENT)) as site:
        yield site


@pytest.fixture
def part_path(tmp_path):
    return tmp_path / "raw.zip.part"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1,corpus.invalid")


def get(website, part_path, patience=NO_PAUSES, max_bytes=10**6):
    fetch(website.url, part_path, max_bytes=max_bytes, patience=patience)
    return part_path.read_bytes()


def break_off(website, part_path, after):
    """Leaves a part, as a call whose connection breaks does."""
    website.cuts.append(after)
    with pytest.raises(OSError, match="bytes are kept; run it again to go on"):
        get(website, part_path, ONE_ATTEMPT)
    assert part_path.read_bytes() == website.content[:after]
    website.ranges.clear()


def test_a_file_comes_whole_in_one_request(website, part_path):
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None]


def test_a_whole_file_is_not_asked_for_again_until_forgotten(website, part_path):
    get(website, part_path)
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None]
    forget(part_path)
    assert list(part_path.parent.iterdir()) == []
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None, None]
    forget(part_path)
    forget(part_path)  # nothing to delete is no error


def test_a_broken_connection_goes_on_where_it_broke(website, part_path):
    website.cuts = [100_000, 50_000]
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_so_it_does_where_the_server_does_not_say_how_much_will_come(website, part_path):
    website.says_length = False
    website.cuts = [200_000]
    assert get(website, part_path) == CONTENT
    start = int(website.ranges[1].removeprefix("bytes=").removesuffix("-"))
    assert 100_000 < start <= 200_000  # what was under way when it broke may be lost


def test_a_later_call_goes_on_too(website, part_path):
    break_off(website, part_path, 120_000)
    assert get(website, part_path) == CONTENT
    assert website.ranges == ["bytes=120000-"]


def test_a_date_serves_where_there_is_no_strong_etag(website, part_path):
    website.etag, website.last_modified = 'W/"weak"', "Mon, 01 Jan 2024 10:00:00 GMT"
    break_off(website, part_path, 120_000)
    assert get(website, part_path) == CONTENT
    assert website.ranges == ["bytes=120000-"]


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_mark_to_go_by_it_starts_again(website, part_path, etag):
    website.etag = etag
    break_off(website, part_path, 120_000)
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None]


def test_a_server_that_ignores_ranges_sends_all_again(website, part_path):
    website.has_ranges = False
    website.cuts = [100_000]
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None, "bytes=100000-"]


def test_halves_of_different_files_are_never_joined(website, part_path):
    break_off(website, part_path, 120_000)
    website.content, website.etag = OTHER, '"v2"'
    assert get(website, part_path) == OTHER
    assert website.ranges == ["bytes=120000-"]


def test_not_even_by_a_server_that_ignores_if_range(website, part_path):
    break_off(website, part_path, 120_000)
    notes_path = part_path.with_name(part_path.name + ".json")
    notes = json.loads(notes_path.read_text())
    # As if the part were of a file with another date; the server still honours the range.
    notes_path.write_text(json.dumps(notes | {"last_modified": "Mon, 01 Jan 2024 10:00:00 GMT"}))
    website.last_modified = "Tue, 02 Jan 2024 10:00:00 GMT"
    assert get(website, part_path) == CONTENT
    assert website.ranges == ["bytes=120000-", None]


def test_a_part_of_another_address_is_not_continued(website, part_path):
    with serving(Website(OTHER)) as other:
        break_off(other, part_path, 120_000)
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None]


def test_a_part_without_notes_is_not_continued(website, part_path):
    part_path.write_bytes(OTHER[:1000])
    assert get(website, part_path) == CONTENT


@pytest.mark.parametrize("notes", ["", "[]", '{"url": 1, "size": 2}'])
def test_nor_one_with_unreadable_notes(website, part_path, notes):
    part_path.write_bytes(OTHER[:1000])
    part_path.with_name(part_path.name + ".json").write_text(notes)
    assert get(website, part_path) == CONTENT


def test_another_part_than_the_one_asked_for_is_not_joined(website, part_path):
    break_off(website, part_path, 120_000)
    website.shifts_ranges_by = 7
    assert get(website, part_path) == CONTENT
    assert website.ranges == ["bytes=120000-", None]


def test_a_range_that_cannot_be_starts_again(website, part_path):
    break_off(website, part_path, 120_000)
    website.content = OTHER[:50_000]  # under the same ETag: the range begins behind the file's end
    assert get(website, part_path) == OTHER[:50_000]
    assert website.ranges == ["bytes=120000-", None]


def test_an_interrupt_leaves_the_part(website, part_path, monkeypatch):
    read_all = fetching._chunks

    def interrupted(response):
        yield next(read_all(response))
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "_chunks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        get(website, part_path)
    num_bytes = part_path.stat().st_size
    assert 0 < num_bytes < len(CONTENT)
    monkeypatch.undo()
    assert get(website, part_path) == CONTENT
    assert website.ranges == [None, f"bytes={num_bytes}-"]


def test_pauses_grow_and_begin_anew_when_more_has_come(website, part_path, monkeypatch, caplog):
    caplog.set_level("INFO")
    pauses = []
    monkeypatch.setattr(fetching.time, "sleep", pauses.append)
    website.answers = [503, 503, None, 503, 429]
    website.cuts = [100_000]
    assert get(website, part_path, Patience(5, (1, 2, 4))) == CONTENT
    # Twice nothing; then a third of the file, which starts the pauses again; then twice nothing.
    assert pauses == [1, 2, 1, 2, 4]
    assert "trying again in 4 s" in caplog.text


def test_a_server_that_always_breaks_off_at_the_same_place_is_given_up(website, part_path):
    website.has_ranges = False
    website.cuts = [100_000] * 10
    with pytest.raises(
        OSError,
        match=r"could not be downloaded: 100,000 of 300,000 bytes came.*100,000 bytes are kept",
    ):
        get(website, part_path)
    assert len(website.ranges) == 4  # the first, and one after each pause


@pytest.mark.parametrize("code", [404, 410])
def test_no_such_file_is_said_at_once(website, part_path, code):
    website.answers = [code]
    with pytest.raises(FileNotFoundError, match=rf"no file at http://127.*HTTP {code}"):
        get(website, part_path)
    assert len(website.ranges) == 1 and not part_path.exists()


@pytest.mark.parametrize("code", [400, 401, 403, 416])
def test_a_refusal_is_said_at_once(website, part_path, code):
    website.answers = [code]
    with pytest.raises(OSError, match=rf"was refused \(HTTP {code}"):
        get(website, part_path)
    assert len(website.ranges) == 1


def test_without_a_network_it_does_not_wait(part_path, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(fetching.time, "sleep", lambda _: pytest.fail("paused"))
    with pytest.raises(
        OSError, match=r"Name or service not known. Check the connection, or give a zip"
    ) as caught:
        fetch("http://corpus.invalid/a.zip", part_path, max_bytes=10, patience=Patience())
    assert "\n" not in str(caught.value)


def test_a_server_that_does_not_listen_is_tried_again(part_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.zip"
    pauses = []
    monkeypatch.setattr(fetching.time, "sleep", pauses.append)
    with pytest.raises(OSError, match="refused"):
        fetch(url, part_path, max_bytes=10, patience=Patience(5, (1, 2)))
    assert pauses == [1, 2]


def test_a_silent_server_is_a_broken_connection(part_path):
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(OSError, match="timed out"),
    ):
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.zip"
        fetch(
            url,
            part_path,
            max_bytes=10,
            patience=Patience(timeout_seconds=0.1, pauses_seconds=(0,)),
        )


@pytest.mark.parametrize("says_length", [True, False])
def test_a_file_beyond_the_limit_is_refused(website, part_path, says_length):
    website.says_length = says_length
    assert get(website, part_path, max_bytes=len(CONTENT)) == CONTENT
    forget(part_path)
    with pytest.raises(ValueError, match="more than 299,999 bytes"):
        get(website, part_path, max_bytes=len(CONTENT) - 1)
    assert list(part_path.parent.iterdir()) == []  # of no use


def test_a_full_disk_is_no_broken_connection(website, part_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching, "write_json", full)
    with pytest.raises(OSError, match="No space left on device"):
        get(website, part_path)
    assert len(website.ranges) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://host/a.zip", "expected one like https://"),
        ("https:///a.zip", "expected one like https://"),
        ("file:///etc/passwd", "expected one like https://"),
        ("http://host:port/a.zip", "expected one like https://"),
        ("http://[::1/a.zip", "expected one like https://"),
        ("https://me:secret@host/a.zip", "user name or password"),
        ("ftp://secret@host:x/a.zip", "user name or password"),
    ],
)
def test_what_is_no_address_is_refused(part_path, url, message):
    part_path.write_bytes(b"of another address")
    with pytest.raises(ValueError, match=message) as caught:
        fetch(url, part_path, max_bytes=10)
    assert "secret" not in str(caught.value)
    assert part_path.exists()


def test_spaces_and_other_letters_in_an_address_are_quoted(website, part_path):
    website.url += "?name=große Tüte%20x"
    assert get(website, part_path) == CONTENT

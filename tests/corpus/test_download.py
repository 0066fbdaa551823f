"""A corpus folder is whole or as it was, names its source, and replaces no one else's files."""

import errno
import hashlib
import io
import json
import sys
import zipfile
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import pytest
from hostile import write_files
from local_server import Website, serving

from adgen.corpus import archive, download, read_ads
from adgen.corpus.archive import Limits
from adgen.corpus.download import CorpusSource, download_corpus
from adgen.corpus.fetching import Patience

FILES = {"home/mugs.csv": "ad\nBlue mug\n", "toys/games/chess.csv": "ad\nWooden chess set\n"}
NUM_BYTES = 12 + 20
OTHER = {"pets/bowls.csv": "ad\nSteel bowl\n"}
ONE_ATTEMPT = Patience(timeout_seconds=5, pauses_seconds=())


def zip_bytes(files, prefix="Corpus-master/data/"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Corpus-master/README.md", "# Ads")
        for name, text in files.items():
            packed.writestr(prefix + name, text)
    return buffer.getvalue()


def holds(raw_dir):
    """Returns the texts of a corpus folder by name, without its manifest."""
    paths = [
        path for path in raw_dir.rglob("*") if path.is_file() and path != raw_dir / "source.json"
    ]
    return {path.relative_to(raw_dir).as_posix(): path.read_bytes().decode() for path in paths}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def here(tmp_path):
    """Returns the folder in which `raw` is made, and nothing else."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def raw_dir(here):
    return here / "raw"


@pytest.fixture
def zip_path(tmp_path):
    path = tmp_path / "corpus.zip"
    path.write_bytes(zip_bytes(FILES))
    return path


@pytest.fixture
def website(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Website(zip_bytes(FILES))) as site:
        yield site


def fail_unpacking(monkeypatch, error):
    """Has `error` raised after the first file was unpacked; returns a function that mends it."""
    unpack = archive._unpack

    def unpack_one_and_fail(*arguments):
        unpack(*arguments)
        raise error

    monkeypatch.setattr(archive, "_unpack", unpack_one_and_fail)
    return lambda: monkeypatch.setattr(archive, "_unpack", unpack)


# --- from this machine


def test_a_zip_becomes_a_folder_that_says_what_it_was_made_of(zip_path, raw_dir, here):
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    corpus = download_corpus(zip_path, raw_dir)
    assert holds(raw_dir) == FILES
    assert names(here) == ["raw"]
    sha256 = hashlib.sha256(zip_path.read_bytes()).hexdigest()
    assert corpus == CorpusSource("corpus.zip", sha256, 2, NUM_BYTES, corpus.date)
    assert before <= datetime.fromisoformat(corpus.date) <= datetime.now(timezone.utc)
    manifest = json.loads((raw_dir / "source.json").read_text())
    assert manifest == asdict(corpus) | {"files": sorted(FILES)}
    assert sorted(read_ads(raw_dir)["ad"]) == ["Blue mug", "Wooden chess set"]


def test_a_folder_becomes_the_same_folder(tmp_path, raw_dir):
    mine = write_files(tmp_path / "mine", {f"a/b/{name}": text for name, text in FILES.items()})
    write_files(mine, {"notes.txt": "x", ".hidden/c.csv": "x", "a/b/.c.csv": "x"})
    corpus = download_corpus(str(mine), str(raw_dir))
    assert holds(raw_dir) == FILES
    assert (corpus.source, corpus.num_files, corpus.num_bytes) == ("mine", 2, NUM_BYTES)
    # As `sha256sum` prints the files, one a line, and the sum of that.
    lines = [
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in FILES.items()
    ]
    assert corpus.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert holds(mine).keys() >= {"notes.txt"}  # copied, not moved


def test_a_folders_checksum_depends_on_names_and_contents_alone(tmp_path):
    def checksum(name, files):
        return download_corpus(write_files(tmp_path / name, files), tmp_path / f"{name}-raw").sha256

    first = checksum("one", FILES)
    assert checksum("two", dict(reversed(FILES.items()))) == first
    assert checksum("three", {**FILES, "home/mugs.csv": "ad\nBlue jug\n"}) != first
    assert checksum("four", {"home/jugs.csv": FILES["home/mugs.csv"], **FILES}) != first


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_the_same_source_again_is_left_alone_until_restarted(
    kind, tmp_path, zip_path, raw_dir, caplog
):
    caplog.set_level("INFO")
    source = zip_path if kind == "zip" else write_files(tmp_path / "mine", FILES)
    first = download_corpus(source, raw_dir)
    made = (raw_dir / "source.json").stat().st_ino
    assert "Nothing to do" not in caplog.text
    assert download_corpus(source, raw_dir) == first
    assert (raw_dir / "source.json").stat().st_ino == made
    assert "is complete: 2 files" in caplog.text and "Nothing to do" in caplog.text
    download_corpus(source, raw_dir, restart=True)
    assert (raw_dir / "source.json").stat().st_ino != made
    assert holds(raw_dir) == FILES


def test_another_source_replaces_all_of_the_first(tmp_path, zip_path, raw_dir, here):
    download_corpus(zip_path, raw_dir)
    corpus = download_corpus(write_files(tmp_path / "mine", OTHER), raw_dir)
    assert holds(raw_dir) == {"bowls.csv": OTHER["pets/bowls.csv"]}
    assert json.loads((raw_dir / "source.json").read_text())["source"] == corpus.source == "mine"
    assert names(here) == ["raw"]


def test_no_path_of_this_machine_is_written_down(tmp_path, zip_path, raw_dir):
    for source in (zip_path, write_files(tmp_path / "mine", FILES)):
        download_corpus(source, raw_dir)
        assert str(tmp_path) not in (raw_dir / "source.json").read_text()


def test_a_missing_source_is_explained(tmp_path, raw_dir):
    with pytest.raises(
        FileNotFoundError, match=r"absent.zip does not exist. Expected a zip, a folder"
    ):
        download_corpus(tmp_path / "absent.zip", raw_dir)


def test_a_folder_without_csv_files_is_refused(tmp_path, raw_dir, here):
    with pytest.raises(ValueError, match=r"No \*.csv file"):
        download_corpus(write_files(tmp_path / "mine", {"a.txt": "x"}), raw_dir)
    assert names(here) == []


def test_source_and_target_may_not_lie_in_each_other(tmp_path, zip_path, raw_dir, here):
    download_corpus(zip_path, raw_dir)
    inside = raw_dir / "corpus.zip"
    inside.write_bytes(zip_path.read_bytes())
    for source in (raw_dir, raw_dir / "home", here, inside):
        with pytest.raises(ValueError, match="lie in each other"):
            download_corpus(source, raw_dir, restart=True)
    assert inside.exists()


# --- what is in the way


def test_an_empty_folder_is_filled_and_missing_ones_are_made(zip_path, raw_dir, tmp_path):
    raw_dir.mkdir()
    download_corpus(zip_path, raw_dir)
    download_corpus(zip_path, tmp_path / "deep" / "er" / "raw")
    assert holds(raw_dir) == holds(tmp_path / "deep" / "er" / "raw") == FILES


@pytest.mark.parametrize(
    "files",
    [
        {"my_ads.csv": "ad\n"},
        {"source.json": '{"source": "mine"}'},
        {"source.json": "[]"},
        {"source.json": "x"},
    ],
)
@pytest.mark.parametrize("restart", [False, True])
def test_files_of_others_are_never_replaced(files, restart, zip_path, raw_dir):
    write_files(raw_dir, files)
    with pytest.raises(ValueError, match="not a corpus folder that adgen wrote"):
        download_corpus(zip_path, raw_dir, restart=restart)
    assert {name: (raw_dir / name).read_text() for name in files} == files


def test_a_file_in_the_way_is_refused(zip_path, raw_dir):
    raw_dir.write_text("mine")
    with pytest.raises(ValueError, match="is a file; expected a corpus folder"):
        download_corpus(zip_path, raw_dir)
    assert raw_dir.read_text() == "mine"


def test_what_a_file_manager_leaves_behind_is_no_change(zip_path, raw_dir):
    corpus = download_corpus(zip_path, raw_dir)
    write_files(raw_dir, {".DS_Store": "x", "home/Thumbs.db": "x"})
    assert download_corpus(zip_path, raw_dir) == corpus


@pytest.mark.parametrize("change", ["add", "remove", "edit"])
def test_a_changed_folder_is_replaced_only_when_restarted(change, zip_path, raw_dir):
    download_corpus(zip_path, raw_dir)
    path = raw_dir / ("home/jugs.csv" if change == "add" else "home/mugs.csv")
    path.unlink() if change == "remove" else path.write_text("ad\nRed mug of mine\n")
    changed = holds(raw_dir)
    with pytest.raises(
        ValueError, match=r"was changed: it holds . CSV files of .* source.json says 2 of 32"
    ):
        download_corpus(zip_path, raw_dir)
    assert holds(raw_dir) == changed
    download_corpus(zip_path, raw_dir, restart=True)
    added = {"home/jugs.csv": "ad\nRed mug of mine\n"} if change == "add" else {}
    assert holds(raw_dir) == FILES | added


def test_what_others_laid_into_the_folder_stays(tmp_path, zip_path, raw_dir):
    download_corpus(zip_path, raw_dir)
    others = {"notes.txt": "mine", ".git/HEAD": "ref: main", "home/prices.json": "[]"}
    write_files(raw_dir, others)
    corpus = download_corpus(zip_path, raw_dir)  # nothing of the corpus was changed
    assert download_corpus(zip_path, raw_dir, restart=True).sha256 == corpus.sha256
    assert holds(raw_dir) == FILES | others
    for path in ("notes.txt", ".git/HEAD", "home/prices.json"):
        (raw_dir / path).unlink()
    download_corpus(write_files(tmp_path / "other", OTHER), raw_dir)
    assert holds(raw_dir) == {"bowls.csv": OTHER["pets/bowls.csv"]}
    assert names(raw_dir) == [
        ".git",
        "bowls.csv",
        "source.json",
    ]  # adgen's folders go with their files


def test_of_a_folder_whose_manifest_names_no_files_every_csv_is_adgens(tmp_path, zip_path, raw_dir):
    download_corpus(zip_path, raw_dir)
    manifest = json.loads((raw_dir / "source.json").read_text())
    del manifest["files"]
    (raw_dir / "source.json").write_text(json.dumps(manifest))
    download_corpus(write_files(tmp_path / "mine", OTHER), raw_dir)
    assert holds(raw_dir) == {"bowls.csv": OTHER["pets/bowls.csv"]}


@pytest.mark.parametrize("files", [{"raw.zip.part": "mine"}, {"raw.zip.part.json": "[1]"}])
@pytest.mark.parametrize("restart", [False, True])
def test_a_part_that_is_not_adgens_is_never_replaced(files, restart, website, raw_dir, here):
    write_files(here, files)
    with pytest.raises(ValueError, match=r"is there and not .* that adgen wrote"):
        download_corpus(website.url, raw_dir, restart=restart)
    assert {name: (here / name).read_text() for name in names(here)} == files
    assert website.ranges == []


def test_a_link_to_a_folder_stays_a_link(zip_path, raw_dir, tmp_path):
    (tmp_path / "large_disk").mkdir()
    raw_dir.symlink_to(tmp_path / "large_disk", target_is_directory=True)
    download_corpus(zip_path, raw_dir)
    download_corpus(zip_path, raw_dir, restart=True)
    assert raw_dir.is_symlink() and holds(tmp_path / "large_disk") == FILES


# --- whole or as it was


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("is_there", [False, True])
def test_a_full_disk_or_an_interrupt_leaves_the_folder_as_it_was(
    error, is_there, tmp_path, zip_path, raw_dir, here, monkeypatch
):
    if is_there:
        download_corpus(write_files(tmp_path / "mine", OTHER), raw_dir)
    fail_unpacking(monkeypatch, error)
    with pytest.raises(type(error)):
        download_corpus(zip_path, raw_dir)
    assert names(here) == (["raw"] if is_there else [])
    assert not is_there or holds(raw_dir) == {"bowls.csv": OTHER["pets/bowls.csv"]}


def test_a_failed_exchange_puts_the_old_folder_back(tmp_path, zip_path, raw_dir, here, monkeypatch):
    download_corpus(zip_path, raw_dir)
    rename = Path.rename

    def rename_old_only(path, target):
        if path.name == "new":
            raise PermissionError(errno.EACCES, "in use")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_old_only)
    with pytest.raises(PermissionError):
        download_corpus(write_files(tmp_path / "mine", OTHER), raw_dir)
    assert holds(raw_dir) == FILES and names(here) == ["raw"]


@pytest.mark.parametrize("name", ["../../evil.csv", "/evil.csv"])
def test_a_hostile_zip_leaves_nothing_anywhere(name, tmp_path, raw_dir, here):
    evil_path = tmp_path / "evil.zip"
    evil_path.write_bytes(zip_bytes({name: "ad\n"}, prefix=""))
    with pytest.raises(ValueError, match="do not trust this archive"):
        download_corpus(evil_path, raw_dir)
    assert names(here) == [] and names(tmp_path) == ["data", "evil.zip"]


def test_limits_are_passed_on(zip_path, raw_dir, website):
    with pytest.raises(ValueError, match="at most 1"):
        download_corpus(zip_path, raw_dir, limits=Limits(max_members=1))
    with pytest.raises(ValueError, match="more than 10 bytes"):
        download_corpus(website.url, raw_dir, limits=Limits(max_bytes=10))


# --- from the web


def test_without_a_source_the_public_archive_is_downloaded(website, raw_dir, here, monkeypatch):
    assert (
        download.PUBLIC_ARCHIVE
        == "https://github.com/paschok/Diploma/archive/refs/heads/master.zip"
    )
    monkeypatch.setattr(download, "PUBLIC_ARCHIVE", website.url)
    corpus = download_corpus(None, raw_dir)
    assert holds(raw_dir) == FILES
    assert corpus.source == website.url
    assert corpus.sha256 == hashlib.sha256(website.content).hexdigest()
    assert names(here) == ["raw"]  # no part is left


def test_a_downloaded_corpus_is_not_downloaded_again_until_restarted(website, raw_dir):
    first = download_corpus(website.url, raw_dir)
    assert download_corpus(website.url, raw_dir) == first
    assert len(website.ranges) == 1
    website.content = zip_bytes(OTHER)
    assert download_corpus(website.url, raw_dir, restart=True).sha256 != first.sha256
    assert holds(raw_dir) == {"bowls.csv": OTHER["pets/bowls.csv"]}


def test_a_killed_download_goes_on_in_the_next_call(website, raw_dir, here):
    website.cuts = [100]
    with pytest.raises(OSError, match="100 bytes are kept"):
        download_corpus(website.url, raw_dir, patience=ONE_ATTEMPT)
    assert names(here) == ["raw.zip.part", "raw.zip.part.json"]
    download_corpus(website.url, raw_dir)
    assert holds(raw_dir) == FILES and names(here) == ["raw"]
    assert website.ranges == [None, "bytes=100-"]


def test_restarting_forgets_what_had_come(website, raw_dir):
    website.cuts = [100]
    with pytest.raises(OSError, match="kept"):
        download_corpus(website.url, raw_dir, patience=ONE_ATTEMPT)
    download_corpus(website.url, raw_dir, restart=True)
    assert website.ranges == [None, None]


def test_what_was_downloaded_outlives_a_full_disk(website, raw_dir, here, monkeypatch):
    mend = fail_unpacking(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space left"):
        download_corpus(website.url, raw_dir)
    assert names(here) == ["raw.zip.part", "raw.zip.part.json"]
    mend()
    download_corpus(website.url, raw_dir)
    assert holds(raw_dir) == FILES and len(website.ranges) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>Sign in</html>", "A web page came"),
        (zip_bytes(FILES)[:-40], "The zip is cut short"),
    ],
)
def test_what_is_no_zip_is_not_kept(content, message, website, raw_dir, here):
    good, website.content = website.content, content
    with pytest.raises(ValueError, match=message):
        download_corpus(website.url, raw_dir)
    assert names(here) == []
    website.content = good
    download_corpus(website.url, raw_dir)
    assert holds(raw_dir) == FILES


def test_an_address_without_a_file_leaves_the_old_folder(website, zip_path, raw_dir, here):
    download_corpus(zip_path, raw_dir)
    website.answers = [404]
    with pytest.raises(FileNotFoundError, match="HTTP 404"):
        download_corpus(website.url, raw_dir)
    assert holds(raw_dir) == FILES and names(here) == ["raw"]


def test_the_same_zip_from_elsewhere_changes_nothing(website, zip_path, raw_dir, here, caplog):
    caplog.set_level("INFO")
    first = download_corpus(zip_path, raw_dir)
    assert download_corpus(website.url, raw_dir) == first
    assert "Nothing to do" in caplog.text and names(here) == ["raw"]


# --- from Kaggle


@pytest.fixture
def kaggle(tmp_path, monkeypatch):
    """Puts a kagglehub in place that has the corpus in its cache; returns the calls to it."""
    cache, calls = write_files(tmp_path / "cache", FILES), []

    def dataset_download(handle, *, force_download=False):
        calls.append((handle, force_download))
        return str(cache)

    stub = ModuleType("kagglehub")
    stub.dataset_download = dataset_download
    monkeypatch.setitem(sys.modules, "kagglehub", stub)
    return calls


def test_kaggle_gives_the_same_folder(kaggle, raw_dir):
    corpus = download_corpus("kaggle", raw_dir)
    assert holds(raw_dir) == FILES
    assert (corpus.source, corpus.num_files) == ("kaggle: sachsene/amazons-advertisements", 2)
    download_corpus("kaggle", raw_dir)
    download_corpus("kaggle", raw_dir, restart=True)
    handle = "sachsene/amazons-advertisements"
    assert kaggle == [(handle, False), (handle, True)]


def test_without_kagglehub_the_extra_is_named(raw_dir, monkeypatch):
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(ImportError, match=r"Install it: .*(\[|NAME=)kaggle\b"):
        download_corpus("kaggle", raw_dir)


def test_an_error_of_kagglehub_is_one_of_ours(kaggle, raw_dir, here, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("403")

    monkeypatch.setattr(sys.modules["kagglehub"], "dataset_download", refuse)
    with pytest.raises(OSError, match=r"Kaggle did not give .* \(403\)"):
        download_corpus("kaggle", raw_dir)
    assert names(here) == []

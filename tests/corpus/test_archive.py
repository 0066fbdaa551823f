"""Hostile, damaged and odd archives are refused before they are unpacked, others unpacked whole."""

import errno
import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import archive as archive_module
from adgen.corpus.archive import Limits, check_members, is_csv, unpack_csvs

MUGS = "ad\nBlue mug\nTin mug, 2 pack\n"


def zip_bytes(files, compression=zipfile.ZIP_DEFLATED):
    """Packs texts by name, or by `ZipInfo`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def member(name, *, size=10, mode=stat.S_IFREG | 0o644, flag_bits=0, method=zipfile.ZIP_DEFLATED):
    """Makes a member as it stands in an archive's directory."""
    info = zipfile.ZipInfo()
    info.filename = name  # as read, without the changes that the constructor makes
    info.file_size, info.external_attr = size, mode << 16
    info.flag_bits, info.compress_type = flag_bits, method
    return info


def written(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def unpack(tmp_path):
    """Unpacks bytes; returns what `unpack_csvs` returns, and what is in the folder then."""

    def run(content, **options):
        (tmp_path / "a.zip").write_bytes(content)
        (tmp_path / "out").mkdir()
        return unpack_csvs(tmp_path / "a.zip", tmp_path / "out", **options), written(
            tmp_path / "out"
        )

    return run


def patched(content, old, new, *, count=-1):
    """Replaces bytes of a zip, which must be there and keep their number."""
    assert old in content and len(old) == len(new)
    return content.replace(old, new, count)


# --- what is unpacked


def test_csv_files_go_below_their_deepest_common_folder(unpack):
    files = {
        "Corpus-master/README.md": "# Corpus",
        "Corpus-master/data/ads/home/mugs.csv": MUGS,
        "Corpus-master/data/ads/home/kitchen/pans.csv": "ad\nIron pan\n",
        "Corpus-master/data/ads/all.csv": "",
    }
    counts, found = unpack(zip_bytes(files))
    assert found == {
        "home/mugs.csv": MUGS.encode(),
        "home/kitchen/pans.csv": b"ad\nIron pan\n",
        "all.csv": b"",
    }
    assert counts == (3, len(MUGS) + 12)


def test_a_single_file_needs_no_folder(unpack):
    assert unpack(zip_bytes({"a/b/mugs.csv": MUGS}))[1] == {"mugs.csv": MUGS.encode()}


def test_folders_that_begin_alike_are_not_one_folder(unpack):
    assert set(unpack(zip_bytes({"home/a.csv": "", "homes/a.csv": ""}))[1]) == {
        "home/a.csv",
        "homes/a.csv",
    }


def test_what_is_no_csv_or_hidden_stays_packed(unpack):
    files = dict.fromkeys(
        ["a.csv", "a.csv.gz", "csv", "__MACOSX/._a.csv", ".ipynb_checkpoints/a.csv", "b.csv/"], ""
    )
    assert set(unpack(zip_bytes(files))[1]) == {"a.csv"}


def test_capital_endings_become_small_so_that_reading_finds_the_files(unpack):
    assert set(unpack(zip_bytes({"home/MUGS.CSV": ""}))[1]) == {"MUGS.csv"}


def test_stored_members_and_names_of_other_alphabets_are_fine(unpack):
    content = zip_bytes({"Küche/чашки.csv": MUGS, "b.csv": ""}, zipfile.ZIP_STORED)
    assert unpack(content)[1] == {"Küche/чашки.csv": MUGS.encode(), "b.csv": b""}


def test_backslashes_of_windows_divide_folders():
    chosen = check_members([member(r"ads\home\a.csv"), member("ads/toys/b.csv")], 100)
    assert [path for _, path in chosen] == [
        PurePosixPath("home/a.csv"),
        PurePosixPath("toys/b.csv"),
    ]


_NAME = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\:"),
    min_size=1,
    max_size=8,
)


@given(st.lists(st.lists(_NAME, min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_is_chosen_lies_inside_the_folder(names):
    try:
        chosen = check_members([member("/".join(parts) + ".csv") for parts in names], 1000)
    except ValueError:
        return
    root = Path("raw").resolve()
    for _, path in chosen:
        assert (root / path).resolve().is_relative_to(root)


# --- names and kinds that are refused


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "ads/../../a.csv",
        "ads/..",
        "..",
        r"ads\..\..\a.csv",
        "ads/.. /a.csv",
        "ads/.../a.csv",
        "/etc/a.csv",
        r"\\server\share\a.csv",
        "C:/a.csv",
        "c:a.csv",
        "ads/D:/a.csv",
        "ads/a\n.csv",
        "../evil.sh",
    ],
)
def test_names_that_lead_elsewhere_condemn_the_archive(name):
    with pytest.raises(ValueError, match="expected a path inside the archive's own folder"):
        check_members([member("ads/good.csv"), member(name)], 1000)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind):
    with pytest.raises(ValueError, match=r"'a.csv' is a link or device; expected a plain file"):
        check_members([member("a.csv", mode=kind | 0o777)], 1000)


def test_a_link_that_stays_packed_harms_nobody():
    chosen = check_members([member("docs", mode=stat.S_IFLNK | 0o777), member("docs/a.csv")], 1000)
    assert [path.name for _, path in chosen] == ["a.csv"]


def test_encrypted_and_oddly_packed_members_are_refused():
    with pytest.raises(ValueError, match=r"'a.csv' is encrypted"):
        check_members([member("a.csv", flag_bits=0x1)], 1000)
    with pytest.raises(ValueError, match="packed by method 14; expected deflate"):
        check_members([member("a.csv", method=zipfile.ZIP_LZMA)], 1000)


@pytest.mark.parametrize(
    "names", [("a.csv", "a.csv"), ("Home/a.csv", "home/A.CSV"), ("x/./a.csv", "x//a.csv")]
)
def test_names_that_are_one_file_on_some_systems_are_refused(names):
    with pytest.raises(ValueError, match="are one file on some systems"):
        check_members([member(name) for name in (*names, "z.csv")], 1000)


def test_an_archive_without_csv_files_is_refused():
    with pytest.raises(ValueError, match=r"No \*.csv file"):
        check_members([member("README.md"), member("a.csv/")], 1000)


# --- bombs


def test_limits_hold_up_to_the_last_byte_and_member():
    members = [
        member("a.csv", size=600),
        member("b.csv", size=400),
        member("picture.png", size=10**12),
    ]
    check_members(members, 100, limits=Limits(max_members=3, max_bytes=1000, max_ratio=10))
    with pytest.raises(ValueError, match="has 3 members; at most 2"):
        check_members(members, 100, limits=Limits(max_members=2))
    with pytest.raises(ValueError, match="100 bytes unpack to 1,000; at most 999 are"):
        check_members(members, 100, limits=Limits(max_bytes=999))
    with pytest.raises(ValueError, match="100 bytes unpack to 1,000; at most 990 are"):
        check_members(members, 100, limits=Limits(max_ratio=9.9))


def test_a_bomb_is_refused_before_anything_is_written(unpack, tmp_path):
    bomb = zip_bytes(
        {"a.csv": "", "bomb.csv": b"\0" * 2_000_000}
    )  # 2 MB of zeros pack to about 2 KB
    with pytest.raises(ValueError, match="unpack to 2,000,000"):
        unpack(bomb)
    assert written(tmp_path / "out") == {}


def lying(text, *, claimed, checksum):
    """Packs a text whose two headers claim another size and checksum."""
    content = zip_bytes({"a.csv": text}, zipfile.ZIP_DEFLATED)
    content = patched(content, struct.pack("<L", zlib.crc32(text)), struct.pack("<L", checksum))
    return patched(content, struct.pack("<L", len(text)), struct.pack("<L", claimed))


def test_a_file_longer_than_it_claims_is_cut_off_and_refused(unpack, tmp_path):
    bomb = b"\0" * 3_000_000
    with pytest.raises(ValueError, match="damaged"):
        unpack(lying(bomb, claimed=100, checksum=zlib.crc32(bomb)))
    assert sum(map(len, written(tmp_path / "out").values())) <= 100


def test_a_file_shorter_than_it_claims_is_refused(unpack):
    text = MUGS.encode()
    with pytest.raises(ValueError, match="has not the 99 bytes that it claims"):
        unpack(lying(text, claimed=99, checksum=zlib.crc32(text)))


def test_bytes_are_counted_and_not_believed(unpack, tmp_path, monkeypatch):
    """Stops where `zipfile` would hand out more than a header claims."""
    content, handed_out = zip_bytes({"a.csv": "0123456789"}), []

    class Endless(io.RawIOBase):
        def read(self, size=-1):
            handed_out.append(size)
            return b"x" * size

    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: Endless())
    with pytest.raises(ValueError, match="has not the 10 bytes"):
        unpack(content)
    assert len(handed_out) == 1 and written(tmp_path / "out") == {"a.csv": b""}


# --- damage


def test_changed_bytes_are_noticed_by_the_checksum(unpack):
    content = zip_bytes({"a.csv": "ad\nBlue mug\n"}, zipfile.ZIP_STORED)
    with pytest.raises(ValueError, match=r"damaged \(Bad CRC-32 for file 'a.csv'\)"):
        unpack(patched(content, b"Blue", b"Glue"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "A web page came instead of a zip"),
        (b"\n  <html>", "A web page came"),
        (zip_bytes({"a.csv": MUGS})[:-30], "The zip is cut short"),
        (b"ad\nBlue mug\n", r"Not a zip: it begins with b'ad\\nBlue mug\\n'"),
        (b"", "Not a zip"),
    ],
)
def test_what_is_no_zip_is_named(unpack, content, message):
    with pytest.raises(ValueError, match=message):
        unpack(content)


_GOOD = zip_bytes({"c/a/x.csv": MUGS * 5, "c/ü/y.csv": MUGS, "c/README": "hello"})


@given(
    st.lists(
        st.tuples(st.integers(0, len(_GOOD) - 1), st.binary(max_size=2)), min_size=1, max_size=4
    )
)
def test_any_damage_gives_one_kind_of_error(tmp_path_factory, changes):
    content = bytearray(_GOOD)
    for place, new in changes:
        content[place : place + 1] = new  # one byte becomes none, one or two
    folder = tmp_path_factory.mktemp("damage")
    (folder / "a.zip").write_bytes(content)
    try:
        unpack_csvs(folder / "a.zip", folder / "out")
    except ValueError as error:
        assert str(error)


def test_an_offset_before_the_files_start_is_damage(unpack):
    content = zip_bytes({"a.csv": MUGS})
    size_of_directory = struct.pack("<L", 46 + len("a.csv"))
    with pytest.raises(ValueError, match="damaged"):
        unpack(patched(content, size_of_directory, struct.pack("<L", 10**6)))


def test_a_full_disk_is_not_damage(unpack, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive_module, "_unpack", full)
    with pytest.raises(OSError, match="No space left"):
        unpack(zip_bytes({"a.csv": MUGS}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.csv", True), ("a.CsV", True), ("x/.a.csv", False), (".x/a.csv", False), ("csv", False)],
)
def test_which_names_are_csv_files(name, expected):
    assert is_csv(PurePosixPath(name)) is expected

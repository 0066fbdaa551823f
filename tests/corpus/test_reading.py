"""A CSV file is understood, however badly it was written, and every row is accounted for."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import MAX_AD_CHARS, MAX_FIELD_LINES, CorpusReport, SetAside, clean_text, read_ads
from adgen.corpus.csv_rows import iter_rows
from adgen.corpus.reading import read_with_report
from adgen.corpus.reading_report import MAX_LISTED
from adgen.support.processes import in_processes


@pytest.fixture
def read(tmp_path):
    """Writes a file and returns its ads."""
    return lambda content, **options: read_reported(tmp_path, content, **options)[0]


def read_reported(folder, content, **options):
    """Writes a file and returns its ads and report."""
    path = folder / "ads.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ads, report = checked(path, **options)
    assert read_ads(path, **options).equals(ads)
    return ads, report


def lines_of(text):
    """Returns the lines of a text, as a file's are read."""
    return [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]


def checked(path, **options):
    """Returns ads and their report as a dict, in which every row was kept or has a reason."""
    ads, report = read_with_report(path, **options)
    report = report.to_dict()
    assert report["num_rows"] == len(ads) + sum(report["dropped"].values())
    assert report["num_ads"] == len(ads) == ads["ad"].nunique()
    assert report["num_distinct_raw"] == len(ads) + report["dropped"]["duplicate_after_cleaning"]
    json.dumps(report)
    return ads, report


@pytest.mark.parametrize(
    ("content", "ads"),
    [
        ("ad\nred cup\nblue cup\n", ["red cup", "blue cup"]),
        ("\ufeffad\r\nred cup\r\nblue cup", ["red cup", "blue cup"]),
        ("a\rred cup\rblue cup\r", ["red cup", "blue cup"]),
        ("\tad\nred cup\n", ["red cup"]),
        (' "AD" \nred cup\n', ["red cup"]),
        ('"ad"\nred cup\n', ["red cup"]),
        ("Subject_line\nred cup\n", ["red cup"]),
        ("red cup\nblue cup\n", ["red cup", "blue cup"]),
        ("Cup, red\nCup, blue\n", ["Cup, red", "Cup, blue"]),
        ('ad\n"Cup, red"\n', ["Cup, red"]),
        ("ad\nCup, red,12 oz\n", ["Cup, red,12 oz"]),
        ('ad\n"Cup, red",12 oz\n', ["Cup, red, 12 oz"]),
        ("ad,,\nCup,,\n", ["Cup"]),
        ('ad\n"5"" pipe"\n', ['5" pipe']),
        ('ad\nTV 32"\npipe, 5" x 6"\n', ['TV 32"', 'pipe, 5" x 6"']),
        ('ad\n"Best" pillow\n', ['"Best" pillow']),
        ('ad\n"Cup\nwith lid"\n', ["Cup with lid"]),
        ('ad\n"\r\n    Cup\r\n        "\r\nTin\r\n', ["Cup", "Tin"]),
        ('ad\n"Cup, red\n"Cup, blue"\nTin\n', ["Cup, red", "Cup, blue", "Tin"]),
        ('ad\n"5"" pipe, red\nTin\n"Cup"\n', ['5" pipe, red', "Tin", "Cup"]),
        ('ad\nTin\n"Cup', ["Tin", "Cup"]),
        ("ad\n\nCup\n   \nTin\n", ["Cup", "Tin"]),
        ("ad\nCu\x00p\n", ["Cup"]),
        # A line with one wrong byte is read as Windows-1252 as a whole; cleaning then mends its
        # UTF-8 part.
        (b"ad\ncaf\xe9 \x96 caf\xc3\xa9\ncaf\xc3\xa9\n", ["café – café", "café"]),
        ("ad\nCup\n".encode("utf-16"), ["Cup"]),
        ("id,ad,price\n1,Cup,2\n2,\"Tin, big\",3\n", ["Cup", "Tin, big"]),
        ("id,Ad\n1,Cup, red\n", ["Cup, red"]),
        (",ad\n0,Cup\n", ["Cup"]),
    ],
)  # fmt: skip
def test_one_row_is_one_ad(read, content, ads):
    assert list(read(content)["ad"]) == ads


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30
        ).filter(lambda text: text.strip() and text.count("\n") + text.count("\r") < 3),
        min_size=1,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_csv_module_writes_is_read_back(texts, line_end):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator=line_end).writerows(
        [text] for text in texts
    )
    rows = list(iter_rows(lines_of(buffer.getvalue())))
    assert [row.columns for row in rows] == [
        [text.replace("\r\n", "\n").replace("\r", "\n")] for text in texts
    ]


@given(st.lists(st.text('a", \n', max_size=12), max_size=8))
def test_no_line_is_lost_or_read_twice(parts):
    lines = lines_of("\n".join(parts))
    starts = [row.line for row in iter_rows(lines)]
    assert starts == sorted(set(starts))
    covered = {
        row.line + offset for row in iter_rows(lines) for offset in range(row.text.count("\n") + 1)
    }
    assert covered >= {number for number, line in enumerate(lines, 1) if line.strip()}


def test_the_first_of_equal_ads_stays_and_merges_by_cleaning_are_told_apart(tmp_path):
    ads, report = read_reported(tmp_path, "ad\ntin cup\nlid\ntin cup\ntin  cup\n")
    assert list(ads["ad"]) == ["tin cup", "lid"]
    assert report["dropped"]["duplicate"] == 1
    assert report["dropped"]["duplicate_after_cleaning"] == 1
    assert report["num_distinct_raw"] == 3


def test_a_field_that_swallowed_a_page_is_split_into_its_lines(tmp_path):
    lines = [f"cup number {number}" for number in range(MAX_FIELD_LINES + 1)]
    ads, report = read_reported(tmp_path, 'ad\n"' + "\n".join(lines) + '"\nlast\n')
    assert list(ads["ad"]) == [*lines, "last"]
    assert report["repaired"] == {"split_fields": 1, "split_lines": MAX_FIELD_LINES + 1}


def test_a_short_field_over_lines_is_one_ad(tmp_path):
    lines = [f"line {number}" for number in range(MAX_FIELD_LINES)]
    ads, report = read_reported(tmp_path, 'ad\n"' + "\n".join(lines) + '"\n')
    assert list(ads["ad"]) == [" ".join(lines)]
    assert report["repaired"] == {"multiline_fields": 1}


def test_what_is_too_long_for_an_ad_is_set_aside_without_its_text(tmp_path):
    rows = ["a" * MAX_AD_CHARS, "b" * (MAX_AD_CHARS + 1), "\x00" * 150_000]
    ads, report = read_reported(tmp_path, "\n".join(["ad", *rows]))
    assert list(ads["ad"]) == ["a" * MAX_AD_CHARS]
    assert report["set_aside"] == [
        {"file": "ads.csv", "line": 3, "num_chars": MAX_AD_CHARS + 1},
        {"file": "ads.csv", "line": 4, "num_chars": 150_000},
    ]
    assert len(read_reported(tmp_path, "ad\n" + "a" * 2500 + "\n", max_ad_chars=3000)[0]) == 1


def test_empty_fields_and_rows_without_the_column_are_counted(tmp_path):
    ads, report = read_reported(tmp_path, 'ad,price\n"",1\nCup,2\nCup, red,3\n')
    assert list(ads["ad"]) == ["Cup"]
    dropped = report["dropped"]
    assert (dropped["empty"], dropped["wrong_columns"]) == (1, 1)


def test_lines_that_are_not_utf_8_are_counted(tmp_path):
    _, report = read_reported(tmp_path, b"ad\ncaf\xe9\ncaf\xc3\xa9 bar\n")
    assert report["num_cp1252_lines"] == {"ads.csv": 1}


def test_a_folder_is_read_to_the_bottom_in_the_order_of_its_paths(tmp_path):
    (tmp_path / "b").mkdir()
    for name, text in {
        "b/a.csv": "ad\ntwo\n",
        "a.csv": "one cup\n",
        "c.csv": "ad\n",
        "d.csv": "",
        "e.txt": "no",
    }.items():
        (tmp_path / name).write_text(text)
    ads, report = checked(tmp_path)
    assert list(ads["ad"]) == ["one cup", "two"]
    assert (report["num_files"], report["num_empty_files"], report["num_header_only_files"]) == (
        4,
        1,
        1,
    )
    assert (report["num_headerless_files"], report["headers"]) == (1, {"ad": 2})


def test_every_ad_has_the_file_that_had_it_first(tmp_path):
    for name, lines in {
        "b/cups.csv": "tin cup\nred cup\n",
        "b/empty.csv": "",
        "a.csv": "red cup\n\n",
        "c.csv": "tin  cup\nlid\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("ad\n" + lines)
    ads = read_ads(tmp_path)
    assert ads.values.tolist() == [
        ["red cup", "a.csv"],
        ["tin cup", "b/cups.csv"],
        ["lid", "c.csv"],
    ]
    assert ads["file"].cat.categories.tolist() == ["a.csv", "b/cups.csv", "b/empty.csv", "c.csv"]


def test_the_file_of_a_single_file_is_its_name(read):
    assert list(read("ad\ntin cup\nlid\n")["file"]) == ["ads.csv", "ads.csv"]


def test_a_column_is_found_by_its_name_whatever_its_case(read):
    assert list(read("Id,Title\n1,Cup\n", text_column="title")["ad"]) == ["Cup"]


def test_a_missing_column_is_named_with_those_that_are_there(read):
    with pytest.raises(
        ValueError,
        match=r"no column 'ad'.*'Product Name' \(Cup\), 'price' \(2\).*text_column='Product Name'",
    ):
        read("Product Name,price\nCup,2\n")


@pytest.mark.parametrize("content", ["", "\n\n", "sep=;\n", "ad\n", '"ad"\n""\n'])
def test_a_file_without_ads_is_an_error(read, content):
    with pytest.raises(ValueError, match=r"No ads in .*ads.csv"):
        read(content)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04rest", b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 20]
)
def test_a_file_that_is_not_text_is_an_error(read, content):
    with pytest.raises(ValueError, match=r"ads.csv is not text"):
        read(content)


def test_a_path_without_files_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        read_ads(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="No file of ads in or below"):
        read_ads(tmp_path)


def test_the_summary_says_what_became_of_the_rows():
    report = CorpusReport(num_files=2, num_rows=5, num_distinct_raw=3, num_ads=2)
    report.dropped["duplicate"] = 2
    report.put_aside("a.csv", 7, 9000)
    report.num_cp1252_lines["a.csv"] = 4
    assert report.set_aside == [SetAside("a.csv", 7, 9000)]
    assert report.summary().splitlines() == [
        "2 files, 0.0 MB (0 empty, 0 header only, 0 without header)",
        "5 rows, 3 distinct, 2 ads kept",
        "dropped: 2 duplicate, 1 too long",
        "repaired: nothing",
        "cleaned: nothing",
        "read as Windows-1252: 4 lines",
        "set aside: a.csv line 7, 9,000 characters",
    ]


def test_processes_read_what_one_reads(tmp_path):
    for number in range(4):
        rows = ["lid", f"Cup {number}", "tin  cup", "", "a" * 3000, "Mug&amp;lid", "\x00"]
        (tmp_path / f"{number}.csv").write_text("\n".join(["ad", *rows, f'"lost {number}']))
    ads, report = checked(tmp_path)
    with in_processes(2) as over:
        others, of_others = read_with_report(tmp_path, over=over)
    assert others.equals(ads) and of_others.to_dict() == report
    assert list(ads["ad"])[:5] == ["lid", "Cup 0", "tin cup", "Mug&lid", "lost 0"]
    assert report["dropped"] == {
        "empty": 4,
        "too_long": 4,
        "wrong_columns": 0,
        "duplicate": 9,
        "duplicate_after_cleaning": 0,
        "adult": 0,
    }
    assert report["cleaned"] == {"white_space": 1, "entities": 1, "invisible": 4}


def test_a_file_that_another_process_cannot_read_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("ad\nlid\n")
    (tmp_path / "b.csv").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(ValueError, match=r"b.csv is not text"), in_processes(2) as over:
        read_with_report(tmp_path, over=over)


def test_a_text_that_cleaning_makes_equal_to_a_later_one_is_the_first(tmp_path):
    (tmp_path / "a.csv").write_text("ad\ntin  cup\n")
    (tmp_path / "b.csv").write_text("ad\ntin cup\nlid\ntin   cup\n")
    ads, report = checked(tmp_path)
    assert ads.values.tolist() == [["tin cup", "a.csv"], ["lid", "b.csv"]]
    assert report["dropped"]["duplicate_after_cleaning"] == 2
    assert report["cleaned"] == {"white_space": 2}


def test_fields_of_several_files_that_are_too_long_are_listed_up_to_a_limit(tmp_path):
    for name in "ab":
        rows = [f"{number} " + "a" * 2000 for number in range(MAX_LISTED - 50)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["ad", "Cup", *rows]))
    _, report = checked(tmp_path)
    assert report["dropped"]["too_long"] == 2 * MAX_LISTED - 100
    assert [one["file"] for one in report["set_aside"]] == ["a.csv"] * 150 + ["b.csv"] * 50


@pytest.mark.corpus
def test_the_wearables_have_13070_rows_of_which_12880_differ(corpus_file):
    ads, report = checked(corpus_file("amazon_tv_wearable_12k_holidays.csv"))
    assert (report["num_rows"], report["num_distinct_raw"], len(ads)) == (13_070, 12_880, 12_879)
    assert ads["ad"].map(clean_text).equals(ads["ad"])


@pytest.mark.corpus
def test_the_worst_files_give_an_ad_a_line(tmp_path, corpus_file):
    names = (
        "amazon_fitness_team-sports_tennis.csv",
        "amazon_industrial-scientific_janitorial-sanitation.csv",
    )
    with zipfile.ZipFile(corpus_file("Diploma-master.zip")) as archive:
        for member in archive.namelist():
            if member.endswith(names) and "__MACOSX" not in member:
                (tmp_path / Path(member).name).write_bytes(archive.read(member))
    _, tennis = checked(tmp_path / names[0])
    # 6,557 lines, the first of them the header and the last one empty.
    assert tennis["num_rows"] == 6_555
    assert tennis["repaired"]["unclosed_quotes"] == 50
    both, report = checked(tmp_path)
    assert both["ad"].str.len().max() <= MAX_AD_CHARS
    assert [one["num_chars"] for one in report["set_aside"]] == [154_143]

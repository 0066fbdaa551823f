"""A prepared corpus holds what reading gave, is loaded in parts, and is whole or absent."""

import hashlib
import json
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from adgen.corpus import (
    SPLITS,
    category_of,
    family_id,
    load_corpus,
    prepare_corpus,
    reading,
    split_ads,
)
from adgen.corpus.download import download_corpus
from adgen.corpus.sample import make_sample_ads
from adgen.corpus.store import read_about

COLUMNS = ["ad", "category", "subcategory", "family", "split"]
SHARES = {"valid": 0.2, "test": 0.1}


def write_tree(folder, files):
    for name, ads in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ad\n" + "".join(f'"{ad}"\n' for ad in ads))
    return folder


def made_tree(folder, num_ads=600, seed=0):
    """Writes a file for every category of the sample, in two folders."""
    ads = make_sample_ads(num_ads, seed=seed)
    names = ads["category"].str.replace(r"[ &]+", "-", regex=True)
    files = {
        f"{'home' if 'k' in name else 'more__things'}/amazon_{name}.csv": group["ad"].str.replace(
            '"', '""'
        )
        for name, group in ads.groupby(names)
    }
    return write_tree(folder, files)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Returns a folder with a prepared corpus, and the frame that `prepare_corpus` returned."""
    folder = tmp_path_factory.mktemp("corpus")
    ads = prepare_corpus(made_tree(folder / "raw"), folder / "processed", seed=3, **SHARES)
    return folder / "processed", ads


def test_a_small_tree_worked_by_hand(tmp_path):
    files = {
        "amazon_lamps.csv": ["Brass lamp"],
        "home_garden/amazon_home_garden_hoses.csv": [
            "Garden hose 10 m",
            "Garden hose 20 m",
            "Brass lamp",
        ],
        "home_garden/amazon_home_garden.csv": ["Rain  barrel", "Garden hose 10 m"],
        "men__shoes/amazon_men_shoes_boots.csv": [],
    }
    prepare_corpus(write_tree(tmp_path / "raw", files), tmp_path / "processed", valid=0, test=0)
    ads = load_corpus(tmp_path / "processed")
    # In the order of the paths, "." before "_"; a text belongs to the first file that has it.
    assert ads[["ad", "category", "subcategory"]].values.tolist() == [
        ["Brass lamp", "lamps", "lamps"],
        ["Rain barrel", "home-garden", "home-garden"],
        ["Garden hose 10 m", "home-garden", "home-garden"],
        ["Garden hose 20 m", "home-garden", "hoses"],
    ]
    assert ads["family"].tolist() == [family_id(ad) for ad in ads["ad"]]
    assert ads["family"][2] == ads["family"][3]
    assert set(ads["split"]) == {"train"}


def test_loading_gives_what_preparing_gave(prepared):
    folder, ads = prepared
    loaded = load_corpus(folder)
    assert_frame_equal(loaded, ads, check_flags=False)
    assert list(loaded.columns) == COLUMNS
    assert loaded["family"].dtype == np.int64
    assert {name: loaded[name].dtype.name for name in ("category", "subcategory", "split")} == {
        "category": "category",
        "subcategory": "category",
        "split": "category",
    }
    assert loaded["split"].cat.categories.tolist() == list(SPLITS)
    assert read_about(folder)["split"] == {"valid": 0.2, "test": 0.1, "seed": 3, "by": "family"}


def test_rows_are_those_of_the_plain_way(tmp_path, prepared):
    raw_dir = made_tree(tmp_path / "raw")
    rows = []
    for path in sorted(raw_dir.rglob("*.csv"), key=Path.as_posix):
        texts = pd.read_csv(path)["ad"].tolist()
        rows += [
            (ad, *category_of(path.relative_to(raw_dir).as_posix()), family_id(ad)) for ad in texts
        ]
    split = split_ads([row[0] for row in rows], seed=3, **SHARES)["split"]
    loaded = load_corpus(prepared[0])
    assert list(loaded[COLUMNS[:-1]].itertuples(index=False, name=None)) == rows
    assert loaded["split"].tolist() == split.tolist()


def test_processes_write_the_same_bytes(tmp_path, prepared, monkeypatch):
    monkeypatch.setattr(reading, "_BYTES_PER_PROCESS", 1)
    raw_dir = made_tree(tmp_path / "raw")
    prepare_corpus(raw_dir, tmp_path / "processed", seed=3, num_processes=2, **SHARES)
    written = (tmp_path / "processed" / "ads.parquet").read_bytes()
    assert written == (prepared[0] / "ads.parquet").read_bytes()


def test_the_report_says_what_the_corpus_is(prepared):
    folder, ads = prepared
    about = json.loads((folder / "corpus.json").read_text())
    text = "".join(ad + "\n" for ad in ads["ad"])
    corpus = {
        "name": "raw",
        "num_ads": len(ads),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    assert about["corpus"] == corpus == read_about(folder)["corpus"]
    assert about["split"] == {"valid": 0.2, "test": 0.1, "seed": 3, "by": "family"}
    assert about["num_ads_by_split"] == ads["split"].astype(str).value_counts().to_dict()
    assert about["num_ads_by_category"] == ads["category"].astype(str).value_counts().to_dict()
    assert about["report"]["num_rows"] == 600
    assert set(about["seconds"]) == {"read", "split", "hash", "write"}
    assert {path.name for path in folder.iterdir()} == {"ads.parquet", "corpus.json"}


def test_a_downloaded_corpus_keeps_the_name_of_its_source(tmp_path):
    mine = write_tree(
        tmp_path / "mine", {"pets/cats.csv": ["Cat tree"], "lamps.csv": ["Brass lamp"]}
    )
    download_corpus(mine, tmp_path / "raw")
    ads = prepare_corpus(tmp_path / "raw", tmp_path / "processed")
    assert read_about(tmp_path / "processed")["corpus"]["name"] == "mine"
    assert ads["category"].tolist() == ["lamps", "pets"]
    assert (
        json.loads((tmp_path / "processed" / "corpus.json").read_text())["source"]["num_files"] == 2
    )


@pytest.mark.parametrize("categories", [None, "home", ["home", "more/things"]])
@pytest.mark.parametrize("splits", [None, "test", ["valid", "train"], ("test",)])
def test_parts_are_those_of_the_whole(prepared, categories, splits):
    folder, _ = prepared
    whole = load_corpus(folder)
    part = load_corpus(folder, categories=categories, splits=splits)
    keep = pd.Series(True, index=whole.index)
    for column, names in (("category", categories), ("split", splits)):
        if names is not None:
            keep &= whole[column].isin([names] if isinstance(names, str) else names)
    assert 0 < len(part) == keep.sum()
    assert part.values.tolist() == whole[keep].values.tolist()
    assert part.index.tolist() == list(range(len(part)))
    assert set(part["category"].cat.categories) == set(part["category"])


@pytest.mark.parametrize("options", [{}, {"splits": "train"}, {"categories": "home", "seed": 7}])
def test_samples_lie_within_each_other_in_the_order_of_the_corpus(prepared, options):
    folder, _ = prepared
    whole = load_corpus(folder, **{key: value for key, value in options.items() if key != "seed"})
    places = {ad: place for place, ad in enumerate(whole["ad"])}
    samples = [
        load_corpus(folder, max_ads=size, **options)["ad"].tolist() for size in (1, 13, 50, 10_000)
    ]
    assert [len(sample) for sample in samples] == [1, 13, 50, len(whole)]
    for smaller, larger in pairwise(samples):
        assert set(smaller) <= set(larger)
    for sample in samples:
        assert [places[ad] for ad in sample] == sorted(places[ad] for ad in sample)


def test_samples_are_random_and_depend_on_the_seed(prepared):
    folder, ads = prepared
    draws = [load_corpus(folder, max_ads=60, seed=seed)["ad"].tolist() for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    # Every ad is as likely: the mean place of 50 * 20 ads is the middle, give or take 600 /
    # sqrt(12,000).
    places = {ad: place for place, ad in enumerate(ads["ad"])}
    drawn = [load_corpus(folder, max_ads=20, seed=seed)["ad"].map(places) for seed in range(50)]
    assert abs(np.mean(drawn) - (len(ads) - 1) / 2) < 5 * 600 / 12_000**0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"categories": "more/thing"},
            r"No category 'more/thing'; expected some of more/things, home\.",
        ),
        ({"categories": ["home", "hat"]}, r"No category 'hat'"),
        ({"splits": "validation"}, r"No split 'validation'; expected some of valid, train, test\."),
        ({"splits": []}, "at least one split"),
        ({"max_ads": 0}, "max_ads is 0; expected a whole number from 1 to"),
    ],
)
def test_what_is_not_there_is_answered_by_what_is(prepared, options, message):
    with pytest.raises(ValueError, match=message):
        load_corpus(prepared[0], **options)


def test_without_a_corpus_the_commands_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"adgen data download.*adgen data prepare"):
        load_corpus(tmp_path / "nowhere")


@pytest.fixture
def damaged(tmp_path):
    """Prepares a corpus to do harm to."""
    raw_dir = write_tree(
        tmp_path / "raw", {"lamps.csv": ["Brass lamp"], "pets/cats.csv": ["Cat tree"]}
    )
    prepare_corpus(raw_dir, tmp_path / "processed")
    return tmp_path / "processed"


def test_another_ads_file_is_noticed(damaged, tmp_path):
    raw_dir = write_tree(
        tmp_path / "other", {"lamps.csv": ["Brass lump"], "pets/cats.csv": ["Cat tree"]}
    )
    prepare_corpus(raw_dir, tmp_path / "others")
    (damaged / "ads.parquet").write_bytes((tmp_path / "others" / "ads.parquet").read_bytes())
    with pytest.raises(
        ValueError, match=r"not the file that corpus.json describes.*adgen data prepare"
    ):
        load_corpus(damaged)


@pytest.mark.parametrize("kind", ["cut", "one bit"])
def test_a_damaged_ads_file_is_noticed(damaged, kind):
    content = bytearray((damaged / "ads.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (damaged / "ads.parquet").write_bytes(content[:-9] if kind == "cut" else content)
    with pytest.raises(ValueError, match="not the file that"):
        load_corpus(damaged)


def test_missing_and_damaged_parts_are_told_apart(damaged):
    about = json.loads((damaged / "corpus.json").read_text())
    (damaged / "corpus.json").write_text(json.dumps(about | {"store_version": 99}))
    with pytest.raises(ValueError, match="version 99; expected 1"):
        load_corpus(damaged)
    for content, message in (
        ("{", "is not readable JSON"),
        ("[]", "holds a list; expected a JSON object"),
        ("{}", "of version None; expected 1"),
        (json.dumps(about | {"split": 3}), "is damaged: split is 3; expected an object"),
    ):
        (damaged / "corpus.json").write_text(content)
        with pytest.raises(ValueError, match=message):
            load_corpus(damaged)
    (damaged / "corpus.json").unlink()
    with pytest.raises(FileNotFoundError, match="did not come to its end"):
        load_corpus(damaged)
    (damaged / "corpus.json").write_text(json.dumps(about))
    (damaged / "ads.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"ads.parquet is missing"):
        load_corpus(damaged)


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_kill_at_any_moment_leaves_a_whole_corpus_or_none(tmp_path, monkeypatch):
    """Stops a process at its k-th change of the disk, and loads what is there then."""
    old = write_tree(tmp_path / "old", {"lamps.csv": ["Brass lamp"], "pets/cats.csv": ["Cat tree"]})
    new = write_tree(tmp_path / "new", {"lamps.csv": ["Oil lamp"], "pets/cats.csv": ["Cat tree"]})
    outcomes = []
    for last in count():
        folder = tmp_path / f"processed-{last}"
        prepare_corpus(old, folder)
        changes = count()
        with monkeypatch.context() as patched:
            for name in ("replace", "unlink", "write_bytes"):
                method = getattr(Path, name)

                def change(
                    self, *arguments, _method=method, _last=last, _changes=changes, **options
                ):
                    if next(_changes) >= _last:
                        raise Killed
                    return _method(self, *arguments, **options)

                patched.setattr(Path, name, change)
            try:
                prepare_corpus(new, folder)
                finished = True
            except Killed:
                finished = False
        try:
            outcomes.append(load_corpus(folder)["ad"][0])
        except FileNotFoundError as error:
            assert "adgen data prepare" in str(error)
            outcomes.append(None)
        if finished:
            break
    # Old until `corpus.json` goes, nothing until it is back, then new.
    assert outcomes == sorted(outcomes, key=["Brass lamp", None, "Oil lamp"].index)
    assert [outcomes[0], outcomes[-1]] == ["Brass lamp", "Oil lamp"]
    assert None in outcomes


def test_what_cannot_be_read_leaves_the_old_corpus(damaged, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        prepare_corpus(tmp_path / "nowhere", damaged)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="No file of ads in"):
        prepare_corpus(tmp_path / "empty", damaged)
    assert load_corpus(damaged)["ad"].tolist() == ["Brass lamp", "Cat tree"]


def test_wrong_split_arguments_are_told_before_anything_is_read(tmp_path):
    with pytest.raises(ValueError, match=r"valid=2"):
        prepare_corpus(tmp_path / "nowhere", tmp_path / "processed", valid=2)
    assert list(tmp_path.iterdir()) == []


def test_no_processes_are_refused_before_anything_is_written(tmp_path):
    raw_dir = write_tree(tmp_path / "raw", {"lamps.csv": ["Brass lamp"]})
    with pytest.raises(ValueError, match="num_processes is 0; expected a whole number from 1"):
        prepare_corpus(raw_dir, tmp_path / "processed", num_processes=0)
    assert not (tmp_path / "processed").exists()


@pytest.mark.corpus
@pytest.mark.slow
def test_the_public_corpus_is_prepared_as_documented(corpus_file, tmp_path):
    """Checks the figures of data/README.md.

    Counted line by line with pandas alone, there are 2,490,077 different ads in the same 40
    categories: 74 more, of the 78 ads that go over several lines.
    """
    download_corpus(corpus_file("Diploma-master.zip"), tmp_path / "raw")
    ads = prepare_corpus(tmp_path / "raw", tmp_path / "processed", keep_adult=True)
    assert ads["category"].nunique() == 40
    assert read_about(tmp_path / "processed")["report"]["num_rows"] == 3_226_757
    assert len(ads) == ads["ad"].nunique() == 2_490_003
    assert (ads.groupby("family")["split"].nunique() == 1).all()
    sample = load_corpus(tmp_path / "processed", splits="valid", max_ads=1000)
    assert len(sample) == 1000
    assert sample["ad"].isin(ads.loc[ads["split"] == "valid", "ad"]).all()

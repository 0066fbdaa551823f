"""What a notebook works on.

Real ads where they are, synthetic ones elsewhere, and what it says of it.
"""

import shutil
import sys

import pandas as pd
import pytest
from tiny_corpus import prepare_tiny_corpus, write_tiny_download

from adgen.corpus import prepare_corpus
from adgen.notebook.workspace import CSV_NAME, Workspace


def download_of_electronics(folder):
    raw = write_tiny_download(folder / "download")
    (raw / "garden").rename(raw / "electronics")
    return raw


def test_the_nearest_folder_with_data_is_the_root(tmp_path):
    (tmp_path / "data").mkdir()
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    assert Workspace.find("smoke", notebooks).root == tmp_path
    assert Workspace.find("smoke", tmp_path / "nowhere").root == tmp_path


def test_an_unknown_setting_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'big'; expected one of smoke, default, colab"):
        Workspace.find("big", tmp_path)


def test_colab_is_the_setting_on_colab_alone(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    assert Workspace.find(start=tmp_path).setting == "default"
    monkeypatch.setitem(sys.modules, "google.colab", object())
    prepare_tiny_corpus(tmp_path / "data")
    assert Workspace.find(start=tmp_path).setting == "colab"
    assert Workspace.find("smoke", tmp_path).setting == "smoke"


def test_without_data_there_are_synthetic_ads_and_it_says_so(tmp_path):
    (tmp_path / "data").mkdir()
    workspace = Workspace.find("smoke", tmp_path)
    assert workspace.describe().count("synthetic ads instead") == 2
    ads = workspace.corpus()
    assert set(ads.columns) >= {"ad", "category", "split"} and ads["category"].nunique() == 12
    assert len(workspace.small_ads()) == 900
    before = workspace.corpus_dir.stat().st_mtime_ns
    assert workspace.corpus_dir.stat().st_mtime_ns == before  # made once


def test_ads_of_electronics_stand_in_for_those_of_2022(tmp_path):
    prepare_corpus(download_of_electronics(tmp_path), tmp_path / "data" / "processed")
    workspace = Workspace.find("default", tmp_path)
    assert (
        workspace.describe()
        == "Setting default: the public corpus, ads of electronics instead of those of 2022."
    )
    expected = workspace.corpus(categories="electronics")["ad"]
    assert sorted(workspace.small_ads()["ad"]) == sorted(expected) and len(
        workspace.corpus()
    ) > len(expected)


def test_colab_fetches_the_corpus_once(tmp_path, monkeypatch):
    raw = download_of_electronics(tmp_path)
    fetched = []

    def download(source, raw_dir):
        fetched.append(source)
        shutil.copytree(raw, raw_dir)

    monkeypatch.setattr("adgen.notebook.workspace.download_corpus", download)
    for _ in range(2):
        workspace = Workspace.find("colab", tmp_path)
        assert workspace.has_corpus and "the public corpus" in workspace.describe()
    assert fetched == [None]  # the public archive


def test_a_notebook_that_needs_no_corpus_fetches_none(tmp_path, monkeypatch):
    monkeypatch.setattr("adgen.notebook.workspace.download_corpus", None)
    assert not Workspace.find("colab", tmp_path, needs_corpus=False).has_corpus


def test_real_ads_are_taken_where_they_are_but_not_by_smoke(tmp_path):
    prepare_tiny_corpus(tmp_path / "data")
    pd.DataFrame({"ad": ["Tin cup", "Oak table"]}).to_csv(tmp_path / "data" / CSV_NAME, index=False)
    real, smoke = (Workspace.find(setting, tmp_path) for setting in ("default", "smoke"))
    assert real.describe() == "Setting default: the public corpus, the 13,070 ads of 2022."
    assert sorted(real.corpus()["category"].unique()) == ["garden", "pets", "toys"]
    assert real.small_ads()["ad"].tolist() == ["Tin cup", "Oak table"]
    assert not smoke.has_corpus and len(smoke.small_ads()) == 900

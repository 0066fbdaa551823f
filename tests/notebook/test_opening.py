"""How a notebook begins: what it prints is what is so, and what is missing is said first."""

import subprocess
import sys
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from tiny_corpus import prepare_tiny_corpus

from adgen import notebook
from adgen.corpus import split_ads
from adgen.corpus.sample import make_sample_ads
from adgen.notebook.workspace import CSV_NAME
from adgen.records.machine import current_commit
from adgen.support import extras


@pytest.fixture
def no_gpu(monkeypatch):
    def missing(words, **others):
        raise FileNotFoundError(words[0])

    stub = SimpleNamespace(run=missing, TimeoutExpired=subprocess.TimeoutExpired)
    monkeypatch.setattr("adgen.notebook.opening.subprocess", stub)


def opened(capsys):
    notebook.set_up("report")
    return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())


def test_it_prints_hardware_versions_commit_and_seeds(capsys, no_gpu):
    said = opened(capsys)
    assert " cores" in said["Hardware"] and said["GPU"] == "none"
    assert f"numpy {np.__version__}" in said["Versions"]
    assert said["Commit"] == (current_commit() or "not known")
    assert mpl.rcParams["axes.grid"] and mpl.rcParams["figure.figsize"] == [8, 3.5]


def test_the_seeds_are_those_that_hold(capsys, no_gpu):
    said = opened(capsys)["Seeds, where a cell gives none"]
    seed = int(said.split("splits ")[1].split(",")[0])
    ads = make_sample_ads(300, seed=1)
    assert split_ads(ads)["split"].equals(split_ads(ads, seed=seed)["split"])
    assert not split_ads(ads)["split"].equals(split_ads(ads, seed=seed + 1)["split"])


def test_the_gpu_is_the_driver_s(capsys, monkeypatch):
    def smi(words, **others):
        assert words[0] == "nvidia-smi"
        return SimpleNamespace(returncode=0, stdout="Tesla T4\n")

    monkeypatch.setattr("adgen.notebook.opening.subprocess", SimpleNamespace(run=smi))
    assert opened(capsys)["GPU"] == "Tesla T4"


def test_without_a_gpu_colab_says_where_there_is_one(capsys, no_gpu, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert opened(capsys)["GPU"] == "none; Runtime, Change runtime type, T4 GPU gives one"


def test_a_missing_extra_is_said_with_its_fix_before_anything_else(capsys, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(ImportError, match=r"This notebook needs torch\. Install it: .*gpt"):
        notebook.set_up("report", "gpt")
    with pytest.raises(ValueError, match=r"extra is 'reports'; expected one of .*report"):
        notebook.set_up("reports")
    assert capsys.readouterr().out == ""


def test_without_the_corpus_it_says_how_to_get_it(capsys, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    notebook.open_workspace("smoke")
    assert "adgen data" not in capsys.readouterr().out
    notebook.open_workspace()
    said = capsys.readouterr().out
    assert "synthetic ads" in said and "adgen data download, then adgen data prepare" in said


def test_it_says_which_ads_and_that_nobody_timed_colab(capsys, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    prepare_tiny_corpus(tmp_path / "data")
    (tmp_path / "data" / CSV_NAME).write_text("ad\nTin cup\n")
    monkeypatch.chdir(tmp_path)
    assert notebook.open_workspace("smoke").root == tmp_path
    assert "not run on a GPU or TPU" not in capsys.readouterr().out
    assert notebook.open_workspace("colab").setting == "colab"
    assert "not run on a GPU or TPU" in capsys.readouterr().out


def test_a_notebook_without_ads_hears_nothing_of_them(capsys, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    workspace = notebook.open_workspace(needs_corpus=False)
    assert capsys.readouterr().out == "Setting default.\n"
    assert workspace.root == tmp_path

"""The README.

Its length, and every command that it shows, run with small settings in an empty folder.
"""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_gpt import save_tiny, tiny_model
from tiny_writer import save_tiny_writer

from adgen.cli.main import main
from adgen.corpus.sample import make_sample_ads
from adgen.gpt.bases import BASES, NOTES

REPO = Path(__file__).resolve().parents[1]
README = (REPO / "README.md").read_text(encoding="utf-8")

# What makes a command take seconds; given twice, the last of an option counts.
_FEW_STEPS = "--max-steps 2 --checks 1 --num-check-ads 4"
_SMALL = {
    "data download": "--source download",
    "train": "--epochs 1 --lstm-units 8 --embedding-dim 8",
    "compare": "--num-ads 3 --num-written 3 --max-training-ads 50 --prompts Sony",
    "finetune": _FEW_STEPS,
    "pretrain": f"{_FEW_STEPS} --num-layers 2 --width 32 --num-heads 2 --vocab-size 400",
    "sweep": "--ads data/processed --num-written 3 --max-training-ads 50",
}


def blocks(kind=""):
    """The README's blocks of code in a language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [text for language, text in found if language == kind]


def shown_commands():
    """Every `adgen` command of the README's blocks, in order, as words."""
    lines = [line for block in blocks() for line in block.splitlines()]
    return [
        shlex.split(line, comments=True)[1:]
        for line in lines
        if line.startswith((".venv/bin/adgen", "adgen "))
    ]


def small(words):
    """A command with settings that take seconds."""
    name = " ".join(words[:2]) if words[0] == "data" else words[0]
    # The base here is a small one, which the adapter that comes with adgen does not fit.
    words = ["smollm2-135m" if word == "adgen-writer" else word for word in words]
    return [*words, *_SMALL.get(name, "").split()]


@pytest.fixture(scope="module")
def new_folder(tmp_path_factory):
    """A folder as a new user has it, the Hub's models and the download small ones made here."""
    folder = tmp_path_factory.mktemp("readme")
    ads = make_sample_ads(900, seed=5)["ad"]
    (folder / "data").mkdir()
    (folder / "examples").symlink_to(REPO / "examples")
    ads[:300].to_frame().to_csv(folder / "data" / "sample_ads.csv", index=False)
    for category, part in (("electronics", ads[:500]), ("pets", ads[500:])):
        (folder / "download" / category).mkdir(parents=True)
        part.to_frame().to_csv(folder / "download" / category / "ads.csv", index=False)
    maker = [sys.executable, REPO / "data" / "make_catalogue.py", "12", "--output", "shop.csv"]
    subprocess.run(maker, cwd=folder, check=True)
    for name in ("openai-community/gpt2", "EleutherAI/gpt-neo-125m"):
        save_tiny(folder / name, tiny_model(context_length=1024))
    (folder / "models").symlink_to(REPO / "models")
    base = BASES["smollm2-135m"]
    fetched = save_tiny_writer(folder / "cache" / "bases" / base.name)
    (fetched / NOTES).write_text(json.dumps({"sha256": base.member_sha256}))
    return folder


@pytest.mark.slow
def test_every_command_runs(new_folder, monkeypatch, capsys):
    monkeypatch.chdir(new_folder)
    monkeypatch.setenv("ADGEN_CACHE", str(new_folder / "cache"))  # with the base fetched
    assert main(["quickstart", "--max-ads", "300", "--epochs", "1"]) == 0  # what `make run` calls
    commands = shown_commands()
    assert len(commands) >= 15
    for words in commands:
        status = main(small(words))
        assert (status, capsys.readouterr().err if status else "") == (0, ""), words


def test_the_python_shown_runs(capsys):
    (block,) = blocks("python")
    exec(compile(block, "README.md", "exec"), {})
    from_facts, from_words = capsys.readouterr().out.splitlines()
    assert from_facts.startswith("Acme ") and "Non Slip" in from_facts
    assert from_words.startswith("Sony TV")


def test_every_make_target_shown_exists():
    targets = re.findall(r"^make (\w+)", "\n".join(blocks()), flags=re.MULTILINE)
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    assert {"install", "run", "test"} <= set(targets)
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_it_is_short_enough_to_be_read():
    assert len(README.splitlines()) <= 250


def test_every_notebook_opens_in_colab_from_the_readme_and_every_question_leads_to_one():
    for path in sorted((REPO / "notebooks").glob("*.ipynb")):
        badge = re.search(
            r"\[!\[Open in Colab\].*?\.ipynb\)", path.read_text(encoding="utf-8")
        ).group(0)
        assert path.name in badge and badge in README and f"(notebooks/{path.name})" in README
    questions = README.split("### The seven questions")[1].split("\n## ")[0]
    numbered = re.findall(
        r"^(\d)\. \*\*\[.*\?\]\(notebooks/\w+\.ipynb\)\*\* ", questions, flags=re.MULTILINE
    )
    assert numbered == list("1234567")


def test_every_picture_is_shown_somewhere():
    documents = (REPO / "docs").glob("*.md")
    shown = README + "".join(document.read_text(encoding="utf-8") for document in documents)
    assert all(f"images/{path.name})" in shown for path in (REPO / "images").iterdir())


def test_the_citation_names_the_version_of_the_package():
    project = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.*)"', project, flags=re.MULTILINE).group(1)
    citation = (REPO / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {version}" in citation

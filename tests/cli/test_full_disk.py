"""Disks that take no more: one clear line, and all that was there before is there still.

A limit of the size of files (RLIMIT_FSIZE) stands for a full disk and lets every writer fail where
it really would: Python, Rust, HDF5, Arrow, torch. A full disk itself is a tiny one in memory, in a
mount namespace of its own, where the system gives one.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from command_runs import SMALL, files_of_at_most
from hostile import tree
from tiny_corpus import prepare_tiny_corpus, save_model_of
from tiny_gpt import own_tokenizer, tiny_model
from tiny_models import save_tiny_model

from adgen.cli.main import main

COMMITTED = Path(__file__).resolve().parents[2] / "results" / "adgen-lstm.json"
NGRAM = ["ngram", "data/processed", "--subword-vocab-size", "400", "--order", "2"]
TRAIN = ["train", "data/raw/toys/amazon_toys_all.csv", *SMALL]
FINETUNE = ["finetune", "data/processed", "--base", "gpt", "--max-steps", "2", "--batch-tokens"]
# Commands, and sizes of files that are too small for one of theirs each.
WRITERS = {
    "ngram": ([*NGRAM, "--output", "out"], (100, 3_000, 12_000)),
    "compress": (["compress", "model", "out"], (100, 3_000)),
    "prepare": (["data", "prepare", "data/raw", "--no-leaks", "--output", "out"], (100, 9_000)),
    "download, folder": (["data", "download", "--source", "data/raw", "--output", "out"], (9_000,)),
    "download, zip": (["data", "download", "--source", "mine.zip", "--output", "out"], (100,)),
    "record": (["evaluate", "model", "data/processed", "--record", "out.json"], (100,)),
    "report": (["report", "--images-dir", "out"], (100, 9_000)),
}
KERAS = {
    "train": ([*TRAIN, "--epochs", "1", "--output", "out"], (9_000,)),
    "export": (["export", "model", "out.keras"], (2_000,)),
    "export, h5": (["export", "model", "out.h5"], (2_000,)),
}
TORCH = {
    "finetune": ([*FINETUNE, "64", "--output", "out"], (30_000,)),
    "finetune, bin": ([*FINETUNE, "64", "--export-bin", "--output", "out"], (30_000,)),
    "compress, GPT": (["compress", "gpt", "out", "--storage", "float16"], (1_000, 30_000)),
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A working folder with all that the commands read."""
    here = tmp_path_factory.mktemp("everything")
    corpus = prepare_tiny_corpus(here / "data")
    save_model_of(corpus, here / "model")
    with ZipFile(here / "mine.zip", "w") as archive:
        archive.writestr("ads/toys.csv", "ad\n" + "Wooden chess set\n" * 50)
    (here / "results").mkdir()
    shutil.copyfile(COMMITTED, here / "results" / "adgen-lstm.json")
    (here / "README.md").write_text("<!-- adgen:commands -->\n<!-- /adgen:commands -->\n")
    return here


@pytest.fixture(scope="module")
def gpt(everything):
    """A GPT folder of adgen's beside it."""
    from adgen.gpt.saving import save_gpt_directory
    from adgen.gpt.tokens import GPTTokenizer

    tokenizer = GPTTokenizer(own_tokenizer())
    save_gpt_directory(everything / "gpt", tiny_model(), tokenizer, card="# A\n", info={})


def check_writer(here, words, sizes, capsys):
    """Runs a command with too little room, and then with enough."""
    before = tree(here)
    for num_bytes in sizes:
        capsys.readouterr()
        with files_of_at_most(num_bytes):
            code = main(words)
        errors = capsys.readouterr().err
        assert code == 2, (num_bytes, errors)
        assert "Traceback" not in errors
        [line] = [line for line in errors.splitlines() if "error:" in line]
        assert "The file grows larger than this system allows" in line
        assert "what was there before is unchanged" in line
        left = {name for name in tree(here) if name.split("/")[0] != "out.checkpoint"}
        assert left - {"data/processed/tokens"} <= set(before)
    assert main(words) == 0
    assert (here / words[words.index("--output") + 1] if "--output" in words else here).exists()


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_cannot_be_written_is_said_and_nothing_lost(
    everything, tmp_path, monkeypatch, capsys, name
):
    here = tmp_path / "here"
    shutil.copytree(everything, here)
    monkeypatch.chdir(here)
    check_writer(here, *WRITERS[name], capsys)


@pytest.mark.parametrize("name", KERAS)
def test_keras_and_its_writers_say_the_same(everything, tmp_path, monkeypatch, capsys, name):
    here = tmp_path / "here"
    shutil.copytree(everything, here)
    if "export" in name:  # whose layers are those of 2022
        shutil.rmtree(here / "model")
        save_tiny_model(here / "model", reads="stream")
    monkeypatch.chdir(here)
    check_writer(here, *KERAS[name], capsys)


@pytest.mark.parametrize("name", TORCH)
def test_torch_and_its_writers_say_the_same(everything, gpt, tmp_path, monkeypatch, capsys, name):
    here = tmp_path / "here"
    shutil.copytree(everything, here)
    monkeypatch.chdir(here)
    check_writer(here, *TORCH[name], capsys)
    assert not (here / "out.checkpoint").exists()


def test_what_stood_there_is_replaced_only_by_what_is_whole(
    everything, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(everything)
    output = str(tmp_path / "out")
    words = [*NGRAM, "--output", output]
    assert main(words) == 0
    before = tree(tmp_path)
    for num_bytes in (100, 3_000, 12_000):
        with files_of_at_most(num_bytes):
            assert main([*words[:-4], "--order", "3", "--output", output]) == 2
        assert tree(tmp_path) == before


# In its own mount namespace: a disk of some kilobytes, and a command that writes to it.
ON_A_TINY_DISK = """
import sys, os
from pathlib import Path
from adgen.cli.main import main
code = main(sys.argv[1:])
left = sorted(path.name for path in Path("disk").rglob("*"))
print("code", code, "left", left)
"""


def on_a_tiny_disk(here, kilobytes, *words):
    """Runs a command whose `disk` holds so much; skips where there are no such namespaces."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    (here / "disk").mkdir(exist_ok=True)
    mount = f"mount -t tmpfs -o size={kilobytes}k tiny disk"
    if subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount], cwd=here, capture_output=True, check=False
    ).returncode:
        pytest.skip("the system gives no mount namespace")
    script = f'{mount} && exec "$0" -c "$@"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, sys.executable, ON_A_TINY_DISK, *words],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        [*NGRAM, "--output", "disk/out"],
        ["compress", "model", "disk/out"],
        ["data", "prepare", "data/raw", "--no-leaks", "--output", "disk/out"],
        ["data", "download", "--source", "data/raw", "--output", "disk/out"],
    ],
    ids=["ngram", "compress", "prepare", "download"],
)
def test_a_full_disk_is_said_in_one_line_and_left_as_it_was(everything, words):
    done = on_a_tiny_disk(everything, 16, *words)
    assert "code 2 left []" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr
    assert "The disk is full (disk/out" in done.stderr.replace(str(everything) + "/", "")


def test_packing_rows_on_a_full_disk_raises_and_does_not_end_the_process(everything):
    """Pages that are written through memory end a process (SIGBUS) where they find no room."""
    script = """
import sys, shutil, os
from pathlib import Path
from adgen.tokens.store import TokenStore
from adgen.support.disk import DISK_ERRORS
store = TokenStore.open(Path("disk/processed"), 400)
file = os.open("disk/filler", os.O_CREAT | os.O_WRONLY)
size = 0
try:
    while True:
        size += os.write(file, b"x" * 4096)
except OSError:
    os.ftruncate(file, size - 8192)  # two pages are left
try:
    store.packed(512, 0)
except OSError as error:
    print("number", error.errno in DISK_ERRORS)
"""
    source = everything / "data" / "processed"
    (everything / "disk").mkdir(exist_ok=True)
    mount = "mount -t tmpfs -o size=2m tiny disk"
    command = f'{mount} && cp -r "{source}" disk/ && exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command, sys.executable, script],
        cwd=everything,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("the system gives no mount namespace")
    assert done.stdout == "number True\n", (done.returncode, done.stderr)

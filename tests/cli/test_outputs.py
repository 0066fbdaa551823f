"""No command replaces what is not adgen's, and each says so in one line before any work.

`OUT` and `RECORD` stand in a command's words for the place that is tried.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from hostile import lay_others, make_socket, tree, write_files
from tiny_corpus import prepare_tiny_corpus
from tiny_models import save_tiny_model

from adgen.cli.main import main
from adgen.lstm.training.checkpoints import save_checkpoint
from adgen.ngram.directory import FORMAT as NGRAM_FORMAT
from adgen.records.judged import EvaluationRecord
from adgen.records.record import check_record_path, read_record, write_record

COMMITTED = Path(__file__).resolve().parents[2] / "results" / "adgen-lstm.json"

FOLDERS = {
    "train": ["train", "data/raw/toys/amazon_toys_all.csv", "--output", "OUT"],
    "train, corpus": ["train", "data/processed", "--output", "OUT"],
    "ngram": ["ngram", "data/processed", "--output", "OUT"],
    "mix": ["mix", "model", "data/processed", "--output", "OUT"],
    "finetune": ["finetune", "data/processed", "--base", "base", "--output", "OUT"],
    "finetune, adgen's": ["finetune", "data/processed", "--base", "gpt", "--output", "OUT"],
    "pretrain": ["pretrain", "data/processed", "--output", "OUT"],
    "compress": ["compress", "model", "OUT"],
    "compress, GPT": ["compress", "gpt", "OUT", "--storage", "float16"],
    "convert": ["convert", "old.h5", "OUT", "--vocabulary", "words.json"],
    "download": ["data", "download", "--source", "mine.zip", "--output", "OUT"],
    "download, web": (
        ["data", "download", "--source", "https://example.invalid/a.zip", "--output", "OUT"]
    ),
    "prepare": ["data", "prepare", "data/raw", "--no-leaks", "--output", "OUT"],
    "quickstart": ["quickstart", "--data-dir", "data", "--output", "OUT"],
}
# What each reads, which may not be, hold or lie in its output; in the order of the commands.
READ = {
    "train": ["data/raw/toys/amazon_toys_all.csv"],
    "train, corpus": ["data/processed"],
    "ngram": ["data/processed"],
    "mix": ["model", "data/processed"],
    "finetune": ["base", "data/processed"],
    "finetune, adgen's": ["gpt", "data/processed"],
    "pretrain": ["data/processed"],
    "convert": ["old.h5", "words.json"],
    "prepare": ["data/raw"],
    "quickstart": ["data/raw"],
}
RECORDS = {
    **{
        name: [*FOLDERS[name], "--record", "RECORD"]
        for name in ("train", "train, corpus", "ngram", "mix")
    },
    **{name: [*FOLDERS[name], "--record", "RECORD"] for name in ("finetune", "pretrain")},
    "compress": [*FOLDERS["compress"], "--record", "RECORD"],
    "prepare": ["data", "prepare", "data/raw", "--leaks", "--output", "OUT", "--record", "RECORD"],
    "evaluate": ["evaluate", "model", "data/processed", "--record", "RECORD"],
    "evaluate, written": (
        ["evaluate", "model", "data/processed", "--generated", "5", "--record", "RECORD"]
    ),
    "evaluate, mixture": (
        ["evaluate", "model", "data/processed", "--mix", "ngram", "--record", "RECORD"]
    ),
    "compare": ["compare", "model", "gpt", "--record", "RECORD"],
    "sweep": ["sweep", "model", "--record", "RECORD"],
}
# Which kind of record each writes.
KINDS = {
    "train": "training",
    "ngram": "ngram",
    "mix": "mixing",
    "compress": "compression",
    "finetune": "finetuning",
    "pretrain": "finetuning",
    "prepare": "leaks",
    "evaluate": "evaluation",
    "evaluate, written": "novelty",
    "evaluate, mixture": "mixture",
    "compare": "comparison",
    "sweep": "sweep",
}
# Where the first step of work is: reading ads, loading a model, a download.
WORK = [
    "adgen.corpus.read_ads",
    "adgen.corpus.download._sha256_of_files",
    "adgen.corpus.download.fetch",
    "adgen.corpus.download.sha256_of",
    "adgen.corpus.store.read_with_report",
    "adgen.generation.kinds.load_model_directory",
    "adgen.runs.evaluate.open_model",
    "adgen.runs.finetune.load_causal_lm",  # before what it imports, or it would keep the other
    "adgen.runs.mix.load_model_directory",
    "adgen.lstm.training.keras_export.load_model_directory",
    "adgen.lstm.converting.read_keras_words",
    "adgen.corpus.source.load_corpus",
    "adgen.corpus.source.read_with_report",
    "adgen.gpt.saving.load_causal_lm",
    "adgen.gpt.loading.load_causal_lm",
    "adgen.gpt.loading.load_config",
    "adgen.lstm.compressing.load_model_directory",
    "adgen.lstm.directory.load_model_directory",
    "adgen.report.documents.draw_all",
    "adgen.tokens.store.load_corpus",
    "adgen.tokens.store.read_about",
]


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Makes a working folder with all that the commands read; of models only their marks."""
    here = tmp_path_factory.mktemp("everything")
    prepare_tiny_corpus(here / "data")
    save_tiny_model(here / "model")
    write_files(here, {"old.h5": "an old model", "words.json": '{"sony": 1}'})
    about = {"format": NGRAM_FORMAT, "sha256": {}, "info": {}}
    write_files(here / "ngram", {"ngram.json": json.dumps(about)})
    weights = {"model.safetensors": "weights", "tokenizer.json": "{}", "README.md": "# A model"}
    write_files(here / "base", {**weights, "config.json": '{"model_type": "gpt_neo"}'})
    ours = {"model_type": "gpt_neo", "adgen": {"info": {}, "writing": {}}}
    write_files(here / "gpt", {**weights, "config.json": json.dumps(ours)})
    with ZipFile(here / "mine.zip", "w") as archive:
        archive.writestr("ads/toys.csv", "ad\nWooden chess set\n")
    (here / "record.json").write_bytes(COMMITTED.read_bytes())
    return here


@pytest.fixture
def here(everything, tmp_path, monkeypatch):
    """Makes a copy of the working folder and goes there; no work may begin in it."""
    folder = tmp_path / "outside" / "here"
    shutil.copytree(everything, folder)
    monkeypatch.chdir(folder)

    def begun(*_, **__):
        pytest.fail("the work began")

    for name in WORK:
        monkeypatch.setattr(name, begun)
    return folder


def refused(words, capsys):
    """Returns the line of a command that must exit with 2 and leave everything as it was."""
    top = Path.cwd().parent
    before = tree(top)
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    [line] = captured.err.splitlines()
    assert line.startswith("adgen ") and ": error: " in line
    assert tree(top) == before
    return line


def put(words, **places):
    return [str(places.get(word, word)) for word in words]


def _link(folder, goal):
    (folder / "link").symlink_to(goal)
    return "link"


def _circle(folder):
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")
    return "one"


def _pipe(folder):
    os.mkfifo(folder / "pipe")
    return "pipe"


def _foreign(folder, **files):
    write_files(folder / "thesis", files or {"chapter.txt": "years of work"})
    return "thesis"


HOSTILE_FOLDERS = {
    "of others": _foreign,
    "with a repository": lambda here: _foreign(here, **{".git/HEAD": "ref: refs/heads/main"}),
    "of transformers": lambda here: "base",
    "of a config alone": lambda here: _foreign(here, **{"config.json": '{"format": "mine"}'}),
    "with marks that are none": lambda here: _foreign(
        here,
        **{name: "[1]" for name in ("config.json", "ngram.json", "corpus.json", "source.json")},
    ),
    "a file": lambda here: "mine.zip",
    "below a file": lambda here: "mine.zip/deep/out",
    "a pipe": _pipe,
    "a link to one of others": lambda here: _link(here, _foreign(here)),
    "a link to a file": lambda here: _link(here, "mine.zip"),
    "a circle of links": _circle,
    "the working folder": lambda here: ".",
    "the working folder by its name": lambda here: here,
    "its parent": lambda here: "..",
    "its parent by a link": lambda here: _link(here, ".."),
    "the parent of that": lambda here: "../..",
}


@pytest.mark.parametrize("place", HOSTILE_FOLDERS)
@pytest.mark.parametrize("command", FOLDERS)
def test_an_output_that_is_not_adgens_is_refused(here, capsys, command, place):
    path = HOSTILE_FOLDERS[place](here)
    line = refused(put(FOLDERS[command], OUT=path), capsys)
    assert len(line) < 600


@pytest.mark.parametrize("command", FOLDERS)
def test_adgens_folders_of_another_kind_are_refused(here, capsys, command):
    kinds = {"train": "model", "compress": "model", "convert": "model", "ngram": "ngram"}
    kinds |= {"train, corpus": "model", "quickstart": "model", "prepare": "data/processed"}
    kinds |= {"finetune": "gpt"}
    kinds |= {name: "gpt" for name in ("finetune, adgen's", "pretrain", "compress, GPT")}
    for other in {"model", "ngram", "gpt", "data/processed"} - {kinds.get(command)}:
        refused(put(FOLDERS[command], OUT=other), capsys)


@pytest.mark.parametrize("command", FOLDERS)
def test_a_place_that_takes_nothing_is_refused(here, capsys, monkeypatch, command):
    make = tempfile.mkdtemp

    def locked(suffix=None, prefix=None, dir=None):
        if Path(dir).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied")
        return make(suffix, prefix, dir)

    monkeypatch.setattr(tempfile, "mkdtemp", locked)
    (here / "locked").mkdir()
    line = refused(put(FOLDERS[command], OUT="locked/deep/out"), capsys)
    assert "cannot be written" in line and "Permission denied" in line


@pytest.mark.parametrize(
    ("command", "read"), [(name, path) for name in READ for path in READ[name]]
)
def test_an_output_may_not_be_hold_or_lie_in_what_is_read(here, capsys, command, read):
    (here / "link").symlink_to(read)
    holder = (here / read).parent
    if holder != here and command != "prepare":
        mark = {"train": "model", "ngram": "ngram"}.get(
            command, "model" if "train," in command else "gpt"
        )
        for path in (here / ("model" if command == "quickstart" else mark)).iterdir():
            shutil.copy(path, holder)  # so that it would be replaced
        refused(put(FOLDERS[command], OUT=holder), capsys)
    outputs = [read, f"./{read}", f"data/../{read}", here / read, "link"]
    if (here / read).is_dir():
        outputs += [f"{read}/new", "link/new/deep"]
    for output in outputs:
        line = refused(put(FOLDERS[command], OUT=output), capsys)
        assert "Choose" in line


@pytest.mark.parametrize(
    ("model", "words"), [("model", FOLDERS["compress"]), ("gpt", FOLDERS["compress, GPT"])]
)
def test_a_compressed_model_may_not_lie_in_or_hold_the_one_it_is_made_of(
    here, capsys, model, words
):
    assert "lies in the model" in refused(put(words, OUT=f"{model}/small"), capsys)
    shutil.copytree(model, "holder")
    shutil.copytree(model, "holder/inner")
    words = put(words, OUT="holder", **{model: "holder/inner"})
    assert "holds the model" in refused(words, capsys)


def test_a_gpt_that_adgen_did_not_write_is_not_compressed(here, capsys):
    line = refused(["compress", "base", "new", "--storage", "float16"], capsys)
    assert "base was not written by adgen" in line


@pytest.mark.parametrize("output", ["model", "link"])
def test_a_model_is_not_compressed_onto_itself(here, output, capsys):
    (here / "link").symlink_to("model")
    before = tree(here / "model")
    assert "is the model" in refused(["compress", "model", output], capsys)
    assert tree(here / "model") == before


# --- records


def _socket(folder):
    make_socket(folder / "socket")
    return "socket"


def _text(folder, text, name="other.json"):
    (folder / name).write_text(text)
    return name


HOSTILE_RECORDS = {
    "a text": lambda here: _text(here, "years of work", "thesis.txt"),
    "JSON that is no record": lambda here: _text(here, '{"kind": "mine"}'),
    "JSON that is no object": lambda here: _text(here, "[1]"),
    "an empty file": lambda here: _text(here, ""),
    "a CSV of ads": lambda here: "data/raw/toys/amazon_toys_all.csv",
    "the ads of a corpus": lambda here: "data/processed/ads.parquet",
    "what says of a corpus": lambda here: "data/processed/corpus.json",
    "a model's file": lambda here: "model/config.json",
    "a folder": lambda here: "model",
    "the working folder": lambda here: ".",
    "a link to a record": lambda here: _link(here, "record.json"),
    "a link to nothing": lambda here: _link(here, "nowhere"),
    "a circle of links": _circle,
    "a pipe": _pipe,
    "a socket": _socket,
    "below a file": lambda here: "mine.zip/record.json",
}


@pytest.mark.parametrize("place", HOSTILE_RECORDS)
@pytest.mark.parametrize("command", RECORDS)
def test_a_record_replaces_a_record_and_nothing_else(here, capsys, command, place):
    path = HOSTILE_RECORDS[place](here)
    refused(put(RECORDS[command], OUT="runs/new", RECORD=path), capsys)


@pytest.mark.parametrize("command", [name for name in RECORDS if "OUT" in RECORDS[name]])
def test_a_record_may_not_be_in_the_way_of_the_output(here, capsys, command):
    own = {"ngram": "ngram.json", "prepare": "corpus.json"}.get(command, "README.md")
    records = ["runs/new", "runs", f"runs/new/{own}"]
    if command not in ("ngram", "mix", "compress", "prepare"):
        records += ["runs/new.checkpoint", "runs/new.checkpoint/record.json"]
    for record in records:
        refused(put(RECORDS[command], OUT="runs/new", RECORD=record), capsys)


def test_a_record_is_checked_again_when_it_is_written(tmp_path):
    record = read_record(COMMITTED)
    write_record(tmp_path / "a.json", record)
    write_record(tmp_path / "a.json", replace(record, name="another"))
    assert read_record(tmp_path / "a.json").name == "another"
    (tmp_path / "b.json").write_text('{"kind": "mine"}')
    with pytest.raises(ValueError, match="is there and not a run record that adgen wrote"):
        write_record(tmp_path / "b.json", record)
    assert (tmp_path / "b.json").read_text() == '{"kind": "mine"}'
    check_record_path(None, EvaluationRecord)


# --- checkpoints


def _checkpoint_of_the_other_sort(folder, is_file):
    if is_file:
        save_checkpoint(folder, [], weights={}, progress={})
    else:
        settings = {"base": "x", "engine": "trainer", "batch_tokens": 8}
        write_files(folder, {"settings.json": json.dumps(settings)})


@pytest.mark.parametrize("restart", [[], ["--restart"]])
@pytest.mark.parametrize("kind", ["text", "folder", "link", "other sort", "settings"])
@pytest.mark.parametrize("command", ["train", "train, corpus", "finetune", "pretrain"])
def test_what_is_no_checkpoint_is_never_deleted(here, capsys, command, kind, restart):
    is_lstm = command.startswith("train")
    place = here / "runs" / "new.checkpoint"
    place.parent.mkdir()
    if kind == "text":
        place.write_text("years of work")
    elif kind == "folder":
        write_files(place, {"checkpoint-1/notes.txt": "years of work"})
    elif kind == "settings":
        write_files(place, {"settings.json": '{"theme": "dark"}', "trained_model/a.txt": "x"})
    elif kind == "link":
        place.symlink_to(here / ("mine.zip" if is_lstm else _foreign(here)))
    else:
        _checkpoint_of_the_other_sort(place, is_file=not is_lstm)
    refused([*put(FOLDERS[command], OUT="runs/new"), *restart], capsys)


def test_a_base_may_not_be_a_checkpoint_that_the_run_deletes(here, capsys):
    place = here / "runs" / "new.checkpoint"
    _checkpoint_of_the_other_sort(place, is_file=False)
    shutil.copytree("base", place / "checkpoint-4")
    words = ["finetune", "data/processed", "--base", "runs/new.checkpoint/checkpoint-4"]
    assert "holds the base" in refused([*words, "--output", "runs/new"], capsys)


# --- single files


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("model.pickle", "ends in '.pickle'; expected .keras or .h5"),
        ("folder.keras", "is a folder"),
        ("link.h5", "is a link"),
        ("pipe.h5", "no plain file"),
        ("mine.zip/model.keras", "mine.zip is a file"),
    ],
)
def test_an_export_goes_to_a_plain_file_of_its_kind(here, capsys, path, message):
    (here / "folder.keras").mkdir()
    (here / "link.h5").symlink_to("mine.zip")
    os.mkfifo(here / "pipe.h5")
    assert message in refused(["export", "model", path], capsys)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--readme", "nowhere.md"], "No README at nowhere.md"),
        (["--readme", "data"], "No README at data"),
        (["--readme", "link.md"], "is a link"),
        (["--images-dir", "mine.zip"], "is a file; expected a folder to draw into"),
        (["--images-dir", "mine.zip/images"], "mine.zip is a file"),
        (["--images-dir", "taken"], "learning_curves.png is a folder"),
        (["--results-dir", "nowhere"], "No results folder nowhere"),
    ],
)
def test_a_report_says_first_what_it_cannot_write(here, capsys, monkeypatch, words, message):
    names = {"taken/learning_curves.png": "picture"}
    monkeypatch.setattr(
        "adgen.report.documents.picture_paths",
        lambda records, folder: [folder / Path(p).name for p in names],
    )
    (here / "README.md").write_text("Nothing marked.\n")
    (here / "link.md").symlink_to("README.md")
    (here / "taken" / "learning_curves.png").mkdir(parents=True)
    (here / "results").mkdir()
    shutil.copy("record.json", "results")
    assert message in refused(["report", *words], capsys)


GENERATE = ["generate", "--model", "model", "--input", "prompts.txt", "--output", "OUT"]


@pytest.mark.parametrize("place", [name for name in HOSTILE_RECORDS if name != "an empty file"])
def test_ads_are_written_to_a_new_file_and_nowhere_else(here, capsys, place):
    (here / "prompts.txt").write_text("Sony TV\n")
    path = HOSTILE_RECORDS[place](here)
    refused([*put(GENERATE, OUT=path), "--format", "csv"], capsys)


@pytest.mark.parametrize("output", ["prompts.txt", "./prompts.txt", "link", "model/ads.txt"])
def test_ads_are_not_written_into_what_is_read(here, capsys, output):
    (here / "prompts.txt").write_text("Sony TV\n")
    (here / "link").symlink_to("prompts.txt")
    refused([*put(GENERATE, OUT=output), "--format", "text"], capsys)


@pytest.mark.parametrize("name", ["ads.csv.partial", "ads.csv.partial.json"])
@pytest.mark.parametrize("resume", [[], ["--resume"]])
def test_a_file_that_looks_like_an_interrupted_run_is_left_alone(here, capsys, name, resume):
    (here / "prompts.txt").write_text("Sony TV\n")
    (here / name).write_text("years of work")
    refused([*put(GENERATE, OUT="ads.csv"), *resume], capsys)


def test_the_work_begins_where_a_file_of_ads_is_new_or_empty(here):
    (here / "prompts.txt").write_text("Sony TV\n")
    (here / "empty.csv").touch()
    for path in ("new.csv", "new/ads.csv", "empty.csv"):
        with pytest.raises(pytest.fail.Exception, match="the work began"):
            main(put(GENERATE, OUT=path))


def test_a_quickstart_says_first_that_its_record_or_picture_cannot_be_written(here, capsys):
    (here / "runs" / "new-learning-curve.png").mkdir(parents=True)
    assert "is a folder; expected a picture" in refused(
        put(FOLDERS["quickstart"], OUT="runs/new"), capsys
    )
    (here / "runs" / "new.json").write_text("mine")
    assert "new.json is there and not a run record" in refused(
        put(FOLDERS["quickstart"], OUT="runs/new"), capsys
    )


def test_a_list_of_leaks_that_is_not_adgens_is_never_deleted(here, capsys):
    (here / "data" / "processed" / "leaks.json").write_text('{"water": "kitchen"}')
    line = refused(put(FOLDERS["prepare"], OUT="data/processed"), capsys)
    assert "leaks.json is there and not a run record" in line


# --- nothing heavy, and what may be written


IN_A_FRESH_PROCESS = """
import json, sys
from adgen.cli.main import main
codes = [main(words) for words in json.loads(sys.argv[1])]
heavy = ("tensorflow", "keras", "torch", "transformers", "matplotlib")
print(codes, [name for name in heavy if name in sys.modules])
"""


def test_a_refusal_needs_no_heavy_package(here):
    words = [put(command, OUT=_foreign(here)) for command in FOLDERS.values()]
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, json.dumps(words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{[2] * len(words)} []\n", done.stderr


@pytest.mark.parametrize("command", RECORDS)
def test_a_record_replaces_only_one_of_its_kind(here, capsys, command):
    kind = KINDS.get(command) or KINDS[command.split(",")[0]]
    other = "training" if kind == "evaluation" else "evaluation"
    (here / "record.json").write_text(json.dumps({"record_version": 1, "kind": other}))
    line = refused(put(RECORDS[command], OUT="runs/new", RECORD="record.json"), capsys)
    assert f"record.json is a record of kind '{other}'; expected '{kind}'" in line


@pytest.mark.parametrize("command", [*FOLDERS, "evaluate"])
def test_the_work_begins_where_all_may_be_written(here, command):
    """Shows that the tests above fail where work begins."""
    words = RECORDS.get(command) or FOLDERS[command]
    kind = KINDS.get(command.split(",")[0])
    (here / "record.json").write_text(json.dumps({"record_version": 1, "kind": kind}))
    with pytest.raises(pytest.fail.Exception, match="the work began"):
        main(put(words, OUT="runs/new", RECORD="record.json"))


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("train", "model"),
        ("train, corpus", "model"),
        ("quickstart", "model"),
        ("ngram", "ngram"),
        ("finetune", "gpt"),
        ("pretrain", "gpt"),
        ("prepare", "data/processed"),
    ],
)
def test_the_work_begins_where_an_own_folder_is_replaced(here, command, output):
    others = lay_others(here / output)
    (here / "link").symlink_to(output)
    for path in (output, "link"):
        with pytest.raises(pytest.fail.Exception, match="the work began"):
            main(put(FOLDERS[command], OUT=path))
    found = tree(here / output)
    assert {name: found[name] for name in others} == others

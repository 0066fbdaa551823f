"""`adgen train`: directory and record, ads by category, presets, Ctrl-C, a full disk."""

import errno
import json
import shutil
from pathlib import Path

import pytest
from command_runs import SMALL, fails, run
from hostile import lay_others, tree
from tiny_corpus import prepare_tiny_corpus, write_tiny_download


def test_train_writes_directory_and_record_and_drops_the_checkpoint(trained):
    output, record_path = trained
    record = json.loads(record_path.read_text())
    assert record["config"]["model"] == "embedding-lstm"
    assert set(record["metrics"]) == {"baseline", "trained"}
    assert set(record["metrics"]["trained"]) == {"train", "valid", "test"}
    needed = (
        "commit",
        "corpus",
        "split",
        "seed",
        "versions",
        "hardware",
        "seconds",
        "peak_memory_bytes",
        "history",
    )
    assert not [name for name in needed if name not in record]
    assert len(record["corpus"]["sha256"]) == 64
    assert not list(output.parent.glob("*.checkpoint"))
    assert "adgen train" in record["command"]


@pytest.mark.parametrize("content", ["", "ad\n", "\n\n\n"])
def test_a_csv_without_ads_is_refused(content, tmp_path, capsys):
    path = tmp_path / "empty.csv"
    path.write_text(content)
    assert "empty.csv" in fails(["train", path, "--output", tmp_path / "out"], capsys)
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_the_old_model_as_it_was(
    trained, csv_path, tmp_path, monkeypatch, capsys
):
    directory = tmp_path / "model"
    shutil.copytree(trained[0], directory)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    words = ["train", csv_path, "--output", directory, *SMALL, "--epochs", "1"]
    assert "disk is full" in fails(words, capsys)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} <= {"model", "model.checkpoint"}


def test_ctrl_c_saves_the_best_weights_and_the_same_command_goes_on(
    csv_path, tmp_path, monkeypatch, capsys
):
    from adgen.lstm.training.trainer import Trainer

    run_part = Trainer.run_part

    def interrupted(self, callbacks):
        if self.progress.epoch == 1:
            raise KeyboardInterrupt
        return run_part(self, callbacks)

    words = ["train", csv_path, "--output", tmp_path / "model", *SMALL]
    monkeypatch.setattr(Trainer, "run_part", interrupted)
    code, _, error = run(words, capsys)
    assert code == 130
    assert "run the same command again" in error
    assert run(["generate", "Best deals", "--model", tmp_path / "model"], capsys)[0] == 0
    monkeypatch.setattr(Trainer, "run_part", run_part)
    code, _, error = run(words, capsys)
    assert code == 0
    assert "Resumed after epoch 1" in error


@pytest.fixture
def folder_of_csvs(tmp_path):
    return write_tiny_download(tmp_path / "raw")


def test_ads_of_csvs_are_chosen_by_category_and_number(folder_of_csvs, tmp_path, capsys):
    words = [
        "train",
        folder_of_csvs,
        "--output",
        tmp_path / "out",
        "--record",
        tmp_path / "out.json",
        *SMALL,
    ]
    chosen = ["--exclude", "toys", "--max-ads", 120, "--text-column", "ad", "--valid", 0.2]
    assert run([*words, "--epochs", 1, *chosen], capsys)[0] == 0
    record = json.loads((tmp_path / "out.json").read_text())
    num_ads = record["split"]["num_ads"]
    assert num_ads["train"] == 120
    assert 60 <= num_ads["valid"] <= 140  # a fifth of 500, to whole families
    assert (record["excluded"], record["max_ads"], record["split"]["valid"]) == (["toys"], 120, 0.2)
    assert record["corpus"]["num_ads"] == 900
    assert record["categories"] is None


def test_a_setting_of_none_is_typed_none(csv_path, tmp_path, capsys):
    words = [
        "train",
        csv_path,
        "--output",
        tmp_path / "out",
        "--record",
        tmp_path / "out.json",
        *SMALL,
    ]
    assert "--patience none" in fails([*words, "--valid", 0, "--epochs", 1], capsys)
    assert run([*words, "--valid", 0, "--epochs", 1, "--patience", "none"], capsys)[0] == 0
    assert json.loads((tmp_path / "out.json").read_text())["config"]["patience"] is None


def test_a_corpus_trains_sub_words(tmp_path, capsys):
    corpus_dir = prepare_tiny_corpus(tmp_path)
    words = ["train", corpus_dir, "--output", tmp_path / "out", "--record", tmp_path / "out.json"]
    tiny = [
        "--lstm-units",
        8,
        "--embedding-dim",
        8,
        "--subword-vocab-size",
        300,
        "--category",
        "garden",
    ]
    fast = [
        "--checks-per-epoch",
        1,
        "--num-negatives",
        20,
        "--num-frequent",
        20,
        "--precision",
        "float32",
    ]
    assert run([*words, *tiny, *fast], capsys)[0] == 0
    record = json.loads((tmp_path / "out.json").read_text())
    assert (record["config"]["model"], record["categories"]) == ("ad-lstm", ["garden"])
    message = fails([*words, "--preset", "packed"], capsys)
    assert "trains --model ad-lstm with --tokenizer subword" in message
    assert "--valid would do nothing" in fails([*words, "--valid", 0.2], capsys)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--model", "lstm", "--embedding-dim", "8"],
            "--embedding-dim is for --model embedding-lstm and ad-lstm",
        ),
        (["--loss", "full", "--num-negatives", "8"], "--num-negatives is for --loss sampled"),
        (["--min-count", "2", "--tokenizer", "subword"], "--min-count is for --tokenizer word"),
        (["--subword-vocab-size", "300"], "--subword-vocab-size is for --tokenizer subword"),
        (["--warmup-steps", "3"], "--warmup-steps is 3, which is for --schedule cosine"),
        (["--model", "lstm", "--tied", "yes"], "--tied is yes, and --model lstm has no embedding"),
    ],
)
def test_a_setting_that_would_do_nothing_is_refused(words, message, csv_path, tmp_path, capsys):
    assert message in fails(["train", csv_path, "--output", tmp_path / "out", *words], capsys)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("is_new", [True, False])
def test_files_of_others_stay_when_training_replaces_the_directory(
    is_new, trained, csv_path, tmp_path, monkeypatch, capsys
):
    from adgen.lstm.training.trainer import Trainer

    directory, others = tmp_path / "model", {}
    if not is_new:
        shutil.copytree(trained[0], directory)
        others = lay_others(directory)
    run_part = Trainer.run_part

    def run_while_others_write(self, callbacks):
        directory.mkdir(exist_ok=True)
        (directory / "train.log").write_text("a line")
        return run_part(self, callbacks)

    monkeypatch.setattr(Trainer, "run_part", run_while_others_write)
    words = ["train", csv_path, "--output", directory, *SMALL, "--epochs", "1"]
    assert run(words, capsys)[0] == 0
    found = tree(directory)
    assert {name: found.pop(name) for name in others} == others
    assert found.pop("train.log")[2] == b"a line"
    assert run(["generate", "Best", "--model", directory], capsys)[0] == 0


def test_a_training_that_diverges_leaves_the_old_model_and_its_remedy_works(
    trained, csv_path, tmp_path, capsys
):
    directory = tmp_path / "model"
    shutil.copytree(trained[0], directory)
    before = tree(tmp_path)
    words = ["train", csv_path, "--output", directory, *SMALL]
    error = fails([*words, "--learning-rate", "90"], capsys)
    assert "The training diverged" in error
    assert tree(tmp_path) == before
    advice = "--restart and a lower --learning-rate 0.01 (it is 90), or with --clip-norm 1"
    assert advice in error
    code, out, _ = run([*words, "--restart", "--learning-rate", "0.01", "--clip-norm", "1"], capsys)
    assert code == 0
    assert "Model directory" in out


def test_yes_or_no_settings_are_named_as_they_are_typed(tmp_path, capsys):
    (tmp_path / "ads.csv").write_text("ad\nTin cup\n")
    words = ["train", tmp_path / "ads.csv", "--output", tmp_path / "out", "--lstm-units", 12]
    line = fails([*words, "--recurrent-blocks", 3], capsys)
    assert "--coupled-gates is no;" in line and "Give --coupled-gates yes," in line
    line = fails([*words, "--coupled-gates", "yes", "--engine", "keras"], capsys)
    assert "--coupled-gates is yes, which --engine torch alone has" in line

"""The command line: stable forms, and bad input in one line with exit code 2 and nothing half-written."""

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adgen.cli.main import main
from adgen.sample import make_sample_ads

SETTINGS = [
    "--lstm-units",
    "12",
    "--embedding-dim",
    "8",
    "--batch-size",
    "512",
    "--epochs",
    "2",
    "--reads",
    "ad",
]


@pytest.fixture(scope="module")
def csv_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "ads.csv"
    make_sample_ads(400)[["ad"]].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def trained(csv_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    output, record = folder / "model", folder / "record.json"
    words = ["train", str(csv_path), "--model", "embedding-lstm", "--seed", "0", "--output", str(output)]
    assert main([*words, "--record", str(record), *SETTINGS]) == 0
    return output, record


def run(words, capsys):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def fails(words, capsys):
    """The one error line of a command that must end with exit code 2."""
    try:
        code = main([str(word) for word in words])
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    lines = [line for line in captured.err.splitlines() if "error:" in line]
    assert len(lines) == 1
    assert "Traceback" not in captured.err
    return lines[0]


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


def test_evaluate_prints_one_json_object_that_agrees_with_the_record(trained, csv_path, capsys):
    output, record_path = trained
    code, out, _ = run(["evaluate", output, csv_path, "--split", "valid", "--json"], capsys)
    figures = json.loads(out)
    assert code == 0
    expected = json.loads(record_path.read_text())["metrics"]["trained"]["valid"]
    names = [
        "num_ads",
        "accuracy",
        "top_5_accuracy",
        "cross_entropy",
        "perplexity",
        "bits_per_char",
        "unknown_rate",
    ]
    assert [figures[name] for name in names] == pytest.approx([expected[name] for name in names], rel=1e-6)


def test_evaluate_all_scores_every_ad_of_the_file(trained, csv_path, capsys):
    code, out, _ = run(["evaluate", trained[0], csv_path, "--split", "all", "--json"], capsys)
    assert (code, json.loads(out)["num_ads"]) == (0, 400)


def test_generate_is_reproducible_and_begins_with_the_prompt(trained, capsys):
    words = [
        "generate",
        "Velquist Halcyon",
        "Best deals on",
        "--model",
        trained[0],
        "--num-ads",
        3,
        "--seed",
        5,
    ]
    first, second = run([*words, "--json"], capsys)[1], run([*words, "--json"], capsys)[1]
    assert first == second
    [one, two] = json.loads(first)
    assert len(one["ads"]) == len(two["ads"]) == 3
    assert all(ad["text"].startswith("Best deals on") for ad in two["ads"])


def test_generate_takes_every_decoding_control(trained, capsys):
    words = ["generate", "Best deals on", "--model", trained[0], "--temperature", 0.8, "--top-k", 5]
    words += ["--top-p", 0.9, "--repetition-penalty", 3.0, "--num-ads", 2]
    code, out, _ = run(words, capsys)
    assert (code, len(out.splitlines())) == (0, 2)
    greedy = [
        run(["generate", "Best", "--model", trained[0], "--greedy", "--seed", s], capsys)[1] for s in (1, 2)
    ]
    assert greedy[0] == greedy[1]


def test_explain_shows_what_was_chosen_from(trained, capsys):
    words = ["generate", "Best deals on", "--model", trained[0], "--explain", 3, "--max-tokens", 2, "--json"]
    [ad] = json.loads(run(words, capsys)[1])[0]["ads"]
    assert 1 <= len(ad["steps"]) <= 2
    for step in ad["steps"]:
        candidates = [candidate["model_probability"] for candidate in step["candidates"]]
        assert len(candidates) == 3
        assert candidates == sorted(candidates, reverse=True)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_export_writes_a_file_that_plain_keras_loads(trained, tmp_path, capsys, suffix):
    path = tmp_path / f"model{suffix}"
    assert run(["export", trained[0], path], capsys)[0] == 0
    code = f"import keras; print(keras.models.load_model({str(path)!r}, safe_mode=True).count_params())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 1000


def test_generate_loads_neither_tensorflow_nor_pandas_nor_pyarrow(trained):
    code = (
        "import sys; from adgen.cli.main import main;"
        f"main(['generate', 'Best', '--model', {str(trained[0])!r}]);"
        "print([name for name in ('tensorflow', 'keras', 'pandas', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "nowhere.csv", "--output", "out"], "nowhere.csv"),
        (["train", "CSV", "--output", "out", "--epochs", "0"], "epochs is 0"),
        (["train", "CSV", "--output", "out", "--reads", "aloud"], "reads is 'aloud'"),
        (["train", "CSV", "--output", "out", "--dropout", "1.5"], "dropout is 1.5"),
        (["train", "CSV", "--output", "out", "--valid", "0.9", "--test", "0.2"], "0.9"),
        (["train", "CSV", "--output", "out", "--learning-rate", "nan"], "learning_rate is nan"),
        (["train", "CSV", "--output", "out", "--unknown-option"], "--unknown-option"),
        (["train"], "Give a CSV or --corpus DIR"),
        (["train", "CSV", "--corpus", "data"], "Give a CSV or --corpus DIR, one of them"),
        (["train", "CSV", "--max-ads", "5"], "--max-ads are for --corpus"),
        (["train", "--corpus", "nowhere"], "adgen data prepare"),
        (
            ["train", "--corpus", "nowhere", "--preset", "packed"],
            'trains model "ad-lstm" with tokenizer "subword"',
        ),
        (["compress", "nowhere", "out", "--storage", "int4"], "int4"),
        (["compress", "nowhere", "out"], "nowhere"),
        (["sing"], "sing"),
        (["evaluate", "MODEL", "nowhere.csv"], "nowhere.csv"),
        (["evaluate", "nowhere", "CSV"], "nowhere"),
        (["evaluate", "MODEL", "CSV", "--split", "dev"], "dev"),
        (["evaluate", "MODEL", "CSV", "--temperature", "0.5"], "--generated N"),
        (["evaluate", "MODEL", "CSV", "--generated", "0", "--record", "a.json"], "Asked for 0 ads"),
        (["evaluate", "MODEL", "CSV", "--generated", "5", "--top-p", "2"], "top_p is 2"),
        (["evaluate", "MODEL", "CSV", "--generated", "5", "--split", "train"], "--split valid or test"),
        (["evaluate", "MODEL", "CSV", "--generated", "5", "--by-category"], "not allowed with"),
        (["evaluate", "MODEL", "CSV", "--mix", "nowhere"], "nowhere lacks ngram.json"),
        (["ngram", "nowhere"], "adgen data download"),
        (["ngram", "nowhere", "--max-mb", "small"], "small"),
        (["generate", "x", "--model", "nowhere"], "nowhere"),
        (["generate", "x", "--model", "MODEL", "--temperature", "-1"], "temperature is -1"),
        (["generate", "x", "--model", "MODEL", "--top-p", "2"], "top_p is 2"),
        (["generate", "x", "--model", "MODEL", "--top-k", "-3"], "top_k is -3"),
        (["generate", "x", "--model", "MODEL", "--num-ads", "0"], "num_ads is 0"),
        (["generate", "x" * 100_000, "--model", "MODEL"], "100,000"),
        (["generate", "x", "--model", "MODEL", "--colour"], "--colour"),
        (["export", "MODEL", "model.pickle"], ".pickle"),
        (["report", "--results-dir", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_gets_one_line_and_writes_nothing(
    words, message, trained, csv_path, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    places = {"CSV": str(csv_path), "MODEL": str(trained[0])}
    error = fails([places.get(word, word) for word in words], capsys)
    assert message in error
    assert len(error) < 600
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "ad\n", "\n\n\n"])
def test_a_csv_without_ads_is_refused(content, tmp_path, capsys):
    path = tmp_path / "empty.csv"
    path.write_text(content)
    assert "empty.csv" in fails(["train", path, "--output", tmp_path / "out"], capsys)
    assert not (tmp_path / "out").exists()


def _damage(directory: Path, kind: str) -> None:
    weights = directory / "model.safetensors"
    if kind == "truncated":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif kind == "tampered":
        content = bytearray(weights.read_bytes())
        content[-1] ^= 1
        weights.write_bytes(bytes(content))
    elif kind == "no config":
        (directory / "config.json").unlink()
    else:
        (directory / "config.json").write_text("{")


@pytest.mark.parametrize("kind", ["truncated", "tampered", "no config", "broken config"])
def test_a_damaged_model_directory_is_refused(kind, trained, csv_path, tmp_path, capsys):
    directory = tmp_path / "model"
    shutil.copytree(trained[0], directory)
    _damage(directory, kind)
    assert "model" in fails(["generate", "x", "--model", directory], capsys)
    assert "model" in fails(["evaluate", directory, csv_path], capsys)


def test_a_full_disk_leaves_the_old_model_as_it_was(trained, csv_path, tmp_path, monkeypatch, capsys):
    directory = tmp_path / "model"
    shutil.copytree(trained[0], directory)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    words = ["train", csv_path, "--output", directory, *SETTINGS, "--epochs", "1"]
    assert "disk is full" in fails(words, capsys)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} <= {"model", "model.checkpoint"}


def test_ctrl_c_saves_the_best_weights_and_the_same_command_goes_on(csv_path, tmp_path, monkeypatch, capsys):
    from adgen.training import Trainer

    run_part = Trainer.run_part

    def interrupted(self, callbacks):
        if self.progress.epoch == 1:
            raise KeyboardInterrupt
        return run_part(self, callbacks)

    words = ["train", csv_path, "--output", tmp_path / "model", *SETTINGS]
    monkeypatch.setattr(Trainer, "run_part", interrupted)
    code, _, error = run(words, capsys)
    assert code == 130
    assert "run the same command again" in error
    assert run(["generate", "Best deals", "--model", tmp_path / "model"], capsys)[0] == 0
    monkeypatch.setattr(Trainer, "run_part", run_part)
    code, _, error = run(words, capsys)
    assert code == 0
    assert "Resumed after epoch 1" in error


def test_version_and_help(capsys):
    for words, shown in [
        (["--version"], "adgen 0."),
        (["--help"], "generate"),
        (["train", "--help"], "--batch-size"),
    ]:
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == 0
        assert shown in capsys.readouterr().out

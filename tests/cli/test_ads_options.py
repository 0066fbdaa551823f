"""Wherever ads are read, the same files are read, and their column can be named."""

import argparse

import pytest

from adgen.cli.main import COMMANDS, build_parser, main

# Commands that read ads from files of the user's; `data` is one for each of its actions.
READERS = {
    "data prepare",
    "data stats",
    "train",
    "ngram",
    "mix",
    "evaluate",
    "compare",
    "sweep",
    "finetune",
    "pretrain",
    "quickstart",
}


def parsers():
    """Returns the parser of every command and action, by its words."""
    found = {}
    for name in COMMANDS:
        groups = [one for one in build_parser([name])._actions if is_group(one)]
        parser = groups[0].choices[name]
        actions = [one for one in parser._actions if is_group(one)]
        if actions:
            found |= {f"{name} {word}": one for word, one in actions[0].choices.items()}
        else:
            found[name] = parser
    return found


def is_group(action):
    return isinstance(action, argparse._SubParsersAction)


def test_the_column_can_be_named_wherever_ads_are_read():
    with_column = {
        name
        for name, parser in parsers().items()
        if any("--text-column" in action.option_strings for action in parser._actions)
    }
    assert with_column == READERS


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Makes a folder with a catalogue the current one."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n};Steel mug no. {n};<p>Mug</p>;3\n" for n in range(50))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shop.csv").write_text(f"id;Title;Body (HTML);Price (USD)\n{rows}")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["data", "prepare", "data/shop.csv", "--no-leaks"],
        ["data", "stats", "data/shop.csv"],
        ["ngram", "data/shop.csv"],
    ],
)
def test_a_catalogue_is_refused_with_the_option_to_give_and_read_with_it(shop, words, capsys):
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "'Title' (Steel mug no. 0), 'Body (HTML)' (<p>Mug</p>)" in error
    assert error.endswith("for example --text-column Title.\n")
    assert [path.name for path in shop.rglob("*")] == ["data", "shop.csv"]
    assert main([*words, "--text-column", "Titel"]) == 2
    assert "no column 'Titel'" in capsys.readouterr().err
    assert main([*words, "--text-column", "Body (HTML)"]) == 2
    assert "most rows hold tags, as in '<p>Mug</p>'" in capsys.readouterr().err
    assert main([*words, "--text-column", "Title"]) == 0


def test_what_is_left_out_is_said(shop, capsys):
    (shop / "data" / "notes.pdf").write_text("x")
    (shop / "data" / "._shop.csv").write_text("x")
    said = "Not read: 1 hidden file; notes.pdf, whose kind is not read."
    words = ["data", "prepare", "data", "--output", "out", "--no-leaks", "--text-column", "2"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert said in out and "columns read, by files: 1 'Title'" in out
    assert main(["data", "stats", "data", "--text-column", "2"]) == 0
    assert said in capsys.readouterr().err

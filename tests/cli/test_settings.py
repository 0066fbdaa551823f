"""Options of settings: the field's text is the help, its type the choices; the default is said."""

import argparse
from dataclasses import dataclass, fields
from typing import Literal

import pytest

from adgen.cli.settings import add_settings, given, help_of
from adgen.decoding.settings import Sampling
from adgen.gpt.training.new_model import NewModel
from adgen.gpt.training.settings import FinetuneConfig
from adgen.lstm.training.settings import TrainingConfig
from adgen.support.fields import check_fields, texts_of


@dataclass(frozen=True)
class Oven:
    """An oven.

    Attributes:
        mode: How it heats: "grill" or
            "bake".
        minutes: How long; None for as long as it takes.
        is_hot: Whether it is hot, 100% or so.
        weight: Kilograms.

    Source:
        None: made up.
    """

    mode: Literal["grill", "bake"] = "bake"
    minutes: int | None = None
    is_hot: bool = False
    weight: float = 1.5


def parse(words, **options):
    parser = argparse.ArgumentParser()
    add_settings(parser, "oven", Oven, **options)
    return parser, parser.parse_args(words)


def test_texts_run_over_lines_and_end_with_the_section():
    assert texts_of(Oven)["mode"] == 'How it heats: "grill" or "bake".'
    assert list(texts_of(Oven)) == ["mode", "minutes", "is_hot", "weight"]


@pytest.mark.parametrize("settings", [TrainingConfig, FinetuneConfig, NewModel, Sampling])
def test_every_setting_of_a_command_has_its_text(settings):
    assert list(texts_of(settings)) == [field.name for field in fields(settings)]


def test_helps_are_the_fields_texts_with_their_defaults(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = " ".join(parse([])[0].format_help().split())
    assert '--mode {grill,bake} how it heats: "grill" or "bake" (default: bake)' in shown
    assert "--minutes N how long; none for as long as it takes (default: none)" in shown
    assert "--is-hot whether it is hot, 100% or so (default: no)" in shown
    assert "--weight X kilograms (default: 1.5)" in shown
    assert "(default: the model's own)" in parse([], default="the model's own")[0].format_help()
    assert "(default: 9)" in parse([], defaults={"minutes": 9})[0].format_help()


def test_only_what_is_given_arrives():
    assert given(parse([])[1], Oven) == {}
    words = ["--mode", "grill", "--minutes", "none", "--is-hot", "--weight", "2"]
    assert given(parse(words)[1], Oven) == {
        "mode": "grill",
        "minutes": None,
        "is_hot": True,
        "weight": 2.0,
    }
    assert given(parse(["--is-hot", "no"], has_flags=False)[1], Oven) == {"is_hot": False}


@pytest.mark.parametrize("words", [["--mode", "boil"], ["--minutes", "few"], ["--weight", "none"]])
def test_other_values_are_refused(words, capsys):
    with pytest.raises(SystemExit):
        parse(words)
    assert words[0] in capsys.readouterr().err


def test_choices_are_checked_in_python_too():
    with pytest.raises(ValueError, match="mode is 'boil'; expected one of grill, bake"):
        check_fields(Oven(mode="boil"))


def test_a_name_keeps_its_capital():
    assert help_of("LSTM layers.") == "LSTM layers"

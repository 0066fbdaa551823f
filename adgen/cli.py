"""The command line: `adgen <command>`. Argument parsing and one call a command; no logic of its own.

Heavy modules are imported inside the commands, so that `adgen generate` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from adgen import __version__

_MODELS = ("lstm", "embedding-lstm")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}. See {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 2 bad input, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    args = _build_parser().parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    args.words = words
    try:
        return args.run(args)
    except BrokenPipeError:
        # The reader of our output has gone; silence the interpreter's own flush at exit too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Interrupted.", file=sys.stderr)
        return 130
    except (ValueError, ImportError, OSError) as error:
        print(f"adgen {args.command}: error: {_one_line(error)}", file=sys.stderr)
        return 2


def _one_line(error: Exception) -> str:
    text = str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        text = f"The disk is full ({error.filename or 'while writing'}). Free some space; nothing was changed."
    elif isinstance(error, OSError) and error.strerror and error.filename:
        text = f"{error.filename}: {error.strerror}."
    return " ".join(text.split())


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="adgen", description="Train, compare and serve models that write shopping-ad text.")
    parser.add_argument("--version", action="version", version=f"adgen {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _add_quickstart(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_generate(commands)
    _add_export(commands)
    _add_report(commands)
    return parser


def _command(commands: argparse._SubParsersAction, name: str, help_text: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=help_text,
        description=help_text,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        argument_default=None,
    )


def _add_quickstart(commands: argparse._SubParsersAction) -> None:
    parser = _command(commands, "quickstart", "Read a corpus, train a small model on it and write ads.")
    parser.add_argument("--data-dir", default="data", help="folder to look for a corpus in")
    parser.add_argument("--output", default="runs/quickstart", help="model directory to write")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random")
    parser.add_argument("--max-ads", type=int, default=12_000, help="most ads to train and score on")
    parser.add_argument("--epochs", type=int, default=12, help="most epochs")
    parser.set_defaults(run=_quickstart)


def _quickstart(args: argparse.Namespace) -> int:
    _quiet_tensorflow()
    from adgen.quickstart import QuickstartPlan, run_quickstart

    plan = QuickstartPlan(args.data_dir, args.output, args.max_ads, args.epochs, args.seed)
    for text in run_quickstart(plan):
        print(text, flush=True)
    return 0


def _add_train(commands: argparse._SubParsersAction) -> None:
    parser = _command(commands, "train", "Train a model on a CSV of ads, or a folder of them.")
    parser.add_argument("csv", help="one-column CSV, or a folder of them")
    parser.add_argument("--output", required=True, help="model directory to write")
    parser.add_argument("--model", choices=_MODELS, default="embedding-lstm", help="with or without embedding layer")
    parser.add_argument(
        "--recipe", choices=("adgen", "seed"), default="adgen", help="our own rules, or the 2022 experiment's"
    )
    parser.add_argument("--text-column", default="ad", help="column that holds the ads")
    parser.add_argument("--name", help="name of model and record; the output folder's name if not given")
    parser.add_argument("--record", help="write the run record to this JSON file")
    parser.add_argument("--restart", action="store_true", help="ignore the checkpoint of an unfinished run")
    _add_split_options(parser)
    _add_setting_options(parser)
    parser.set_defaults(run=_train)


def _add_split_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("split")
    group.add_argument("--split-by", choices=("family", "ad"), default="family", help="keep variants together or not")
    group.add_argument("--valid", type=float, default=0.05, help="share of validation ads")
    group.add_argument("--test", type=float, default=0.05, help="share of test ads")
    group.add_argument("--split-seed", type=int, default=0, help="seed of the split")


_SETTINGS = {
    "epochs": (int, "most epochs"),
    "batch_size": (int, "windows or rows a step"),
    "seed": (int, "seed of weights, dropout, order and draws"),
    "lstm_units": (int, "state size"),
    "embedding_dim": (int, "width of the embedding layer"),
    "sequence_length": (int, "words of context of a window, or targets of a packed row"),
    "dropout": (float, "share of the LSTM's outputs dropped"),
    "reads": (str, "stream, ad or packed: how the model sees text"),
    "tokenizer": (str, "word or subword"),
    "min_count": (int, "rarer words are unknown"),
    "subword_vocab_size": (int, "tokens of the sub-word tokenizer"),
    "loss": (str, "sampled or full softmax"),
    "precision": (str, "float32 or bfloat16 softmax products (full loss)"),
    "learning_rate": (float, "Adam's step size"),
    "patience": (int, "epochs without a better validation figure before stopping"),
}


def _add_setting_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings (not given: the recipe's value)")
    for name, (kind, help_text) in _SETTINGS.items():
        group.add_argument("--" + name.replace("_", "-"), type=kind, help=help_text, default=argparse.SUPPRESS)


def _train(args: argparse.Namespace) -> int:
    _quiet_tensorflow()
    from pathlib import Path

    from adgen.cards import metrics_table
    from adgen.corpus import read_ads, split_ads
    from adgen.records import command_line
    from adgen.runs import RunPlan, run_training
    from adgen.training_config import recipe

    changes = {name: getattr(args, name) for name in _SETTINGS if hasattr(args, name)}
    config = recipe(args.recipe, args.model, **changes)
    ads = read_ads(args.csv, text_column=args.text_column)
    ads = split_ads(ads, valid=args.valid, test=args.test, seed=args.split_seed, by=args.split_by)
    output_dir = Path(args.output)
    plan = RunPlan(
        name=args.name or output_dir.resolve().name,
        corpus_name=Path(args.csv).resolve().name,
        output_dir=output_dir,
        record_path=Path(args.record) if args.record else None,
        command=command_line(args.words),
    )
    record = run_training(ads, config, plan, restart=args.restart)
    print(metrics_table(record["metrics"]))
    print(f"\nModel directory: {output_dir}")
    return 0


def _add_evaluate(commands: argparse._SubParsersAction) -> None:
    parser = _command(commands, "evaluate", "Print a model's figures on a split of a CSV of ads.")
    parser.add_argument("model", metavar="DIR", help="model directory")
    parser.add_argument("csv", metavar="CSV", help="one-column CSV, or a folder of them")
    parser.add_argument(
        "--split",
        choices=("train", "valid", "test", "all"),
        default="test",
        help="which ads, split as in the model's training; all: every ad of the file",
    )
    parser.add_argument("--text-column", default="ad", help="column that holds the ads")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    import json

    from adgen.cards import FIGURES, format_figure
    from adgen.corpus import read_ads, split_ads
    from adgen.evaluation import evaluate_ads
    from adgen.model_directory import load_model_directory

    model = load_model_directory(args.model)
    ads = read_ads(args.csv, text_column=args.text_column)
    if args.split != "all":
        split = model.info.get("split", {})
        chosen = {name: split[name] for name in ("valid", "test", "seed", "by") if name in split}
        ads = split_ads(ads, **chosen)
        ads = ads[ads["split"] == args.split]
    figures = evaluate_ads(model, ads["ad"].tolist())
    if args.json:
        print(json.dumps({"split": args.split, **figures}))
        return 0
    print(f"{figures['num_ads']:,} ads, {figures['num_tokens']:,} targets ({args.split})")
    for name, label in FIGURES.items():
        print(f"{label:24}{format_figure(name, figures[name])}")
    return 0


def _add_generate(commands: argparse._SubParsersAction) -> None:
    parser = _command(commands, "generate", "Write ads that begin with the prompts.")
    parser.add_argument("prompts", nargs="+", metavar="PROMPT", help="first words of an ad")
    parser.add_argument("--model", required=True, metavar="DIR", help="model directory")
    parser.add_argument("--num-ads", type=int, default=1, help="ads per prompt")
    parser.add_argument("--max-tokens", type=int, help="tokens after the prompt at most")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same ads")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--explain", type=int, metavar="K", help="show the K most probable tokens of every step")
    group = parser.add_argument_group("decoding (not given: the model directory's values)")
    group.add_argument("--greedy", action="store_true", default=argparse.SUPPRESS, help="most probable token always")
    for name, kind in {"temperature": float, "top_k": int, "top_p": float, "repetition_penalty": float}.items():
        option = "--" + name.replace("_", "-")
        group.add_argument(option, type=kind, default=argparse.SUPPRESS, help=name.replace("_", " "))
    parser.set_defaults(run=_generate)


def _generate(args: argparse.Namespace) -> int:
    # One prompt's products are too small for threads to help, and waking them costs a cold start dear.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from dataclasses import replace

    from adgen.generation import AdGenerator
    from adgen.writing import as_json, as_text

    generator = AdGenerator.from_pretrained(args.model)
    controls = ("temperature", "top_k", "top_p", "repetition_penalty", "greedy")
    changes = {name: getattr(args, name) for name in controls if hasattr(args, name)}
    options = {
        "num_ads": args.num_ads,
        "sampling": replace(generator.default_sampling, **changes),
        "max_tokens": args.max_tokens,
        "seed": args.seed,
    }
    if args.explain is None:
        ads = generator.generate(args.prompts, **options)
    else:
        ads = generator.explain(args.prompts, num_candidates=args.explain, **options)
    print(as_json(args.prompts, ads) if args.json else as_text(args.prompts, ads))
    return 0


def _add_export(commands: argparse._SubParsersAction) -> None:
    parser = _command(commands, "export", "Write a model directory as a plain Keras file (.keras or .h5).")
    parser.add_argument("model", metavar="DIR", help="model directory")
    parser.add_argument("path", metavar="FILE", help="file to write, ending in .keras or .h5")
    parser.set_defaults(run=_export)


def _export(args: argparse.Namespace) -> int:
    _quiet_tensorflow()
    from adgen.export import export_keras

    print(f"Wrote {export_keras(args.model, args.path)}")
    return 0


def _add_report(commands: argparse._SubParsersAction) -> None:
    parser = _command(commands, "report", "Draw images and write README tables from the run records.")
    parser.add_argument("--results-dir", default="results", help="folder of run records")
    parser.add_argument("--images-dir", default="images", help="folder to draw into")
    parser.add_argument("--readme", default="README.md", help="file whose marked tables are written")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 2 if a table is out of date")
    parser.set_defaults(run=_report)


def _report(args: argparse.Namespace) -> int:
    from pathlib import Path

    from adgen.report import check_report, write_report

    paths = Path(args.results_dir), Path(args.images_dir), Path(args.readme)
    for line in check_report(*paths) if args.check else write_report(*paths):
        print(line)
    return 0


def _quiet_tensorflow() -> None:
    """Keep TensorFlow's start-up notices out of the output; errors still show."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


if __name__ == "__main__":
    sys.exit(main())

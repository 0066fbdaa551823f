"""The part of `adgen generate` that reads and writes files: prompts of a file, ads to a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.options import option_of

if TYPE_CHECKING:
    from adgen.decoding.settings import Sampling
    from adgen.generation.bulk import BulkPlan, Counts
    from adgen.generation.generator import AdGenerator
    from adgen.generation.prompt_file import PromptFile

_FORMATS = ("text", "csv", "tsv", "jsonl")


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of files of prompts and ads."""
    group = parser.add_argument_group(
        "files of prompts",
        "A row that has no prompt, or one that the model cannot go on from, is marked and kept; "
        "the exit code is then 1.",
    )
    group.add_argument(
        "--input",
        metavar="FILE",
        help="prompts, one a line or row: .txt, .csv, .tsv or .jsonl, .gz of them, or - for "
        "standard input",
    )
    group.add_argument(
        "--input-format",
        choices=_FORMATS,
        help="what the input is (default: by its ending; text for standard input)",
    )
    group.add_argument(
        "--prompt-column",
        metavar="NAME",
        help="the column of a table or key of JSON that holds the prompts (default: one named "
        "prompt, title, name or the like)",
    )
    group.add_argument(
        "--output",
        metavar="FILE",
        help="a new file, .txt, .csv, .tsv or .jsonl, or - for standard output (default: -)",
    )
    group.add_argument(
        "--format",
        choices=_FORMATS,
        help="of the output: ads alone, or with line, prompt and what stood beside it (default: by "
        "the output's ending; for standard output the input's)",
    )
    group.add_argument(
        "--resume", action="store_true", help="go on with an output that was interrupted"
    )


def write_file(
    args: argparse.Namespace, open_generator: Callable[[], tuple[AdGenerator, Sampling]]
) -> int:
    """Writes the ads of prompts to a file or to standard output.

    Args:
        args: The command's.
        open_generator: Loads the model, once all else has been checked.

    Returns:
        The exit code: 1 where a row has no ad.

    Raises:
        ValueError: The input cannot be read, or the output not be written.
    """
    from adgen.generation.bulk import BulkPlan, print_ads, write_ads

    for name, option in (("json", "--json"), ("num_candidates", "--explain")):
        if getattr(args, name):
            raise ValueError(
                f"{option} is for prompts at hand and ads on the screen. With files give "
                "--format jsonl, or leave it out."
            )
    source = _source(args)
    output = None if args.output in (None, "-") else Path(args.output)
    ads_format = _output_format(args, source, output)
    if output is not None:
        _check_output(args, source, output)
    elif args.resume:
        raise ValueError("--resume is for an --output that is a file. Leave it out.")
    if source.stream is None:
        with source.open():  # what its columns are is asked before the model is loaded
            pass
    generator, sampling = open_generator()
    settings = generator.settings(
        sampling,
        max_tokens=args.max_tokens,
        seed=args.seed,
        allow_adult=args.allow_adult,
        allow_copies=args.allow_copies,
    )
    plan = BulkPlan(source, ads_format, settings, args.num_ads, match_case=not args.keep_case)
    if output is not None:
        counts = _finish_file(write_ads(generator, plan, output, resume=args.resume), plan, output)
    else:
        counts = _last(print_ads(generator, plan, sys.stdout), plan, to_file=False)
    _say(counts, output)
    say_cut(generator, counts.num_cut, counts.num_ads, args.max_tokens)
    return 1 if counts.num_bad else 0


def say_cut(generator: AdGenerator, num_cut: int, num_ads: int, max_tokens: int | None) -> None:
    """Says how many ads did not come to their end; of models that know no end nothing."""
    if num_cut and generator.model.reads_ads:
        limit = generator.default_max_tokens if max_tokens is None else max_tokens
        print(
            f"{num_cut:,} of {num_ads:,} ads were cut at --max-tokens {limit} or where the model's "
            "context is full.",
            file=sys.stderr,
        )


def _source(args: argparse.Namespace) -> PromptFile:
    """Returns where the prompts come from."""
    from adgen.generation.prompt_file import PromptFile, format_by_suffix

    if args.input is None:
        for name in ("input_format", "prompt_column"):
            if getattr(args, name):
                raise ValueError(f"{option_of(name)} is for --input. Leave it out.")
        return PromptFile(prompts=tuple(args.prompts))
    is_stdin = args.input == "-"
    if args.input_format is not None:
        found = args.input_format
    elif is_stdin:
        found = "text"
    else:
        found = format_by_suffix(Path(args.input), "--input-format", may_be_gz=True)
    if args.prompt_column is not None and found == "text":
        raise ValueError("--prompt-column is for csv, tsv and jsonl; the input is plain text.")
    if is_stdin:
        return PromptFile(None, found, args.prompt_column, stream=sys.stdin.buffer)
    return PromptFile(Path(args.input), found, args.prompt_column)


def _output_format(args: argparse.Namespace, source: PromptFile, output: Path | None) -> str:
    """Returns the format of the output."""
    from adgen.generation.prompt_file import format_by_suffix

    if args.format is not None:
        return str(args.format)
    return source.format if output is None else format_by_suffix(output, "--format")


def _check_output(args: argparse.Namespace, source: PromptFile, output: Path) -> None:
    """Raises where the output cannot be written, or could not be continued."""
    from adgen.support.steps import check_steps

    apart_from = {}
    if source.path is not None:
        apart_from["the input"] = source.path
    if args.model is not None and Path(args.model).exists():
        apart_from["the model"] = Path(args.model)
    if args.resume and source.stream is not None:
        raise ValueError("--resume needs an input that can be read again. Give a file.")
    check_steps(output, resume=args.resume, apart_from=apart_from)


def _finish_file(steps: Iterable[Counts], plan: BulkPlan, output: Path) -> Counts:
    """Takes all steps; says of an interrupted run how to go on."""
    try:
        return _last(steps, plan, to_file=True)
    except KeyboardInterrupt:
        from adgen.support.steps import partial_path

        if not partial_path(output).exists():
            raise KeyboardInterrupt(
                "Interrupted before the first ad; nothing is written."
            ) from None
        how = "Go on with --resume." if plan.source.stream is None else "Delete it to begin again."
        raise KeyboardInterrupt(
            f"Interrupted; {partial_path(output)} holds what is complete. {how}"
        ) from None


def _last(steps: Iterable[Counts], plan: BulkPlan, *, to_file: bool) -> Counts:
    """Takes all steps, under a progress bar where there is a terminal; returns the last counts."""
    from tqdm import tqdm

    from adgen.generation.bulk import Counts

    counts = Counts()
    # Ads that are printed on a terminal show themselves how far the run is.
    is_shown = sys.stderr.isatty() and (to_file or not sys.stdout.isatty())
    total = None
    if is_shown and plan.source.stream is None:
        total = plan.source.num_rows() * plan.num_ads
    with tqdm(total=total, desc="Writing ads", unit="ad", disable=not is_shown) as bar:
        for counts in steps:
            bar.update(counts.num_lines - bar.n)
    return counts


def _say(counts: Counts, output: Path | None) -> None:
    """Says in a line what was done."""
    where = f" to {output}" if output is not None else ""
    bad = f"; {counts.num_bad:,} bad, the first at {counts.first_error}" if counts.num_bad else ""
    print(f"{counts.num_ads:,} ads of {counts.num_rows:,} prompts{where}{bad}", file=sys.stderr)

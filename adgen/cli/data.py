"""`adgen data`: a corpus brought here, prepared for training, shown in figures."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.options import (
    FILES_HELP,
    SPLITS,
    add_ads,
    add_ads_options,
    add_output,
    add_record,
    add_split_options,
    add_text_column,
    ads_path,
    ads_source,
    split_arguments,
)

if TYPE_CHECKING:
    import pandas as pd

HELP = "Bring a corpus here, prepare it for training, show its figures."
USAGE = "ACTION"
# The column of `corpus_stats`, its title and how its figures are shown.
_STATS_COLUMNS = {
    "num_ads": ("ads", "{:,}"),
    "share": ("share", "{:.1%}"),
    "num_words": ("words", "{:,}"),
    "num_distinct_words": ("distinct", "{:,}"),
    "mean_words": ("words/ad", "{:.1f}"),
    "median_words": ("median", "{:.0f}"),
    "max_words": ("longest", "{:,}"),
    "mean_chars": ("chars/ad", "{:.1f}"),
    "median_chars": ("median", "{:.0f}"),
    "max_chars": ("longest", "{:,}"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's actions, each with its options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (usage, help_text, add, _) in _ACTIONS.items():
        added = actions.add_parser(
            name,
            prog=f"adgen data {name}",
            help=help_text,
            description=help_text,
            usage=f"adgen data {name} {usage}",
        )
        added.set_defaults(parser=added)
        add(added)


def _add_download(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="address or path of a zip, a folder, or kaggle (default: the public archive)",
    )
    add_output(parser, default="data/raw")
    parser.add_argument(
        "--restart", action="store_true", help="bring it anew, whatever is there of it"
    )


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    add_ads(parser, old="--input", default="data/raw", help_text=FILES_HELP)
    add_output(parser, default="data/processed")
    parser.add_argument(
        "--leaks",
        action=argparse.BooleanOptionalAction,
        help="count held-out ads with a twin in training, under a split by family and one by ad "
        "(default: where rensa is installed)",
    )
    parser.add_argument(
        "--keep-adult",
        action="store_true",
        help="keep the ads of adult products (default: they are left out and counted)",
    )
    add_record(parser)
    group = parser.add_argument_group("ads")
    add_text_column(group)
    add_split_options(group)


def _add_stats(parser: argparse.ArgumentParser) -> None:
    add_ads(parser, old="--corpus", default="data/processed")
    parser.add_argument(
        "--split", choices=SPLITS, default="all", help="which ads (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_ads_options(parser)


def run(args: argparse.Namespace) -> int:
    """Runs an action."""
    return _ACTIONS[args.action][3](args)


def download(args: argparse.Namespace) -> int:
    """Brings the corpus into a folder."""
    from adgen.corpus.download import download_corpus

    corpus = download_corpus(args.source, args.output, restart=args.restart)
    print(
        f"{args.output}: {corpus.num_files:,} CSV files, {corpus.num_bytes / 1e6:,.1f} MB, from "
        f"{corpus.source}"
    )
    return 0


def prepare(args: argparse.Namespace) -> int:
    """Prepares a corpus: reads, cleans, splits and writes it, and counts held-out ads' twins."""
    from adgen.corpus import CorpusReport, prepare_corpus
    from adgen.corpus.store import CORPUS_FOLDER, LEAKS_NAME, read_about
    from adgen.records.measured import LeaksRecord
    from adgen.records.record import check_record_path
    from adgen.support.processes import num_cores

    has_leaks = _wants_leaks(args)
    ads_dir = ads_path(args)
    check_record_path(Path(args.output) / LEAKS_NAME, LeaksRecord)
    if args.record:
        beside = (Path(args.output), CORPUS_FOLDER)
        apart_from = {"the ads": ads_dir}
        check_record_path(args.record, LeaksRecord, beside=beside, apart_from=apart_from)
    ads = prepare_corpus(
        ads_dir,
        args.output,
        text_column=args.text_column,
        keep_adult=args.keep_adult,
        num_processes=num_cores(),
        **split_arguments(args),
    )
    (Path(args.output) / LEAKS_NAME).unlink(missing_ok=True)  # an earlier corpus's
    about = read_about(Path(args.output))
    report = CorpusReport.from_dict(about["report"])
    print("\n".join(filter(None, (report.summary(), report.left_out()))))
    _print_adult(about["adult"])
    num_categories = ads["category"].nunique()
    print(f"{num_categories:,} categories; {_counts(ads)}, split by {about['split']['by']}")
    print(f"Corpus: {args.output}")
    if has_leaks:
        _print_leaks(ads, args)
    return 0


def _print_adult(counts: dict[str, int]) -> None:
    """Says how many ads are of adult products, and what became of them."""
    by_category, by_words = counts["num_by_category"], counts["num_by_words"]
    if by_category + by_words:
        print(
            f"adult products: {by_category:,} by category and {by_words:,} by words, "
            + ("kept" if counts["kept"] else "left out; --keep-adult keeps them")
        )


def stats(args: argparse.Namespace) -> int:
    """Prints a corpus's figures by category."""
    import json

    from adgen.corpus import corpus_stats
    from adgen.records.record import rounded

    source = ads_source(args)
    if args.split == "all" and source.split:
        raise ValueError(
            "--split all takes every ad, however they are divided. Leave out how, or give another "
            "split."
        )
    ads = source.load_split(args.split)
    table = corpus_stats(ads.frame)
    if args.json:
        rows = rounded(table.to_dict(orient="index"))
        total = rows.pop("total")
        about = {"corpus": ads.corpus, "split": args.split}
        print(json.dumps({**about, "total": total, "categories": rows}))
        return 0
    titles, forms = zip(*_STATS_COLUMNS.values(), strict=True)
    formatters = [form.format for form in forms]
    print(table[list(_STATS_COLUMNS)].to_string(header=list(titles), formatters=formatters))
    return 0


def _wants_leaks(args: argparse.Namespace) -> bool:
    """Says whether to make the leak table, before the long part.

    It is made where it is asked for, or possible where nothing was said.
    """
    from importlib.util import find_spec

    from adgen.support.extras import missing_package

    if args.leaks is False:
        if args.record:
            raise ValueError(
                "--record writes the leak table's record; leave out --no-leaks, or --record."
            )
        return False
    if find_spec("rensa") is not None:
        return True
    error = missing_package("The leak table", "rensa")
    if args.leaks or args.record:
        raise error
    logging.info("%s", error)
    return False


def _counts(ads: pd.DataFrame) -> str:
    counts = ads["split"].value_counts(sort=False)
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _print_leaks(ads: pd.DataFrame, args: argparse.Namespace) -> None:
    """Prints the leak tables of the split by family and of that by ad.

    Their counts are written to files, but no ad is.
    """
    from adgen.corpus import split_ads
    from adgen.corpus.ad_index import index_ads
    from adgen.corpus.leaks import find_leaks
    from adgen.corpus.store import LEAKS_NAME, read_about, timed
    from adgen.records.base import Corpus, Split
    from adgen.records.machine import environment
    from adgen.records.measured import LeakCounts, LeaksRecord
    from adgen.records.record import command_line, finish
    from adgen.support.processes import num_cores

    about = read_about(Path(args.output))
    split = {name: value for name, value in about["split"].items() if name != "by"}
    splits = {
        by: split_ads(ads[["ad", "family"]], by=by, **split)["split"] for by in ("family", "ad")
    }
    if not all(0 < (names == "train").mean() < 1 for names in splits.values()):
        message = (
            "No leak table: it needs training ads and others. Give larger shares, or more ads."
        )
        if args.leaks or args.record:
            raise ValueError(message)
        logging.info(message)
        return
    seconds: dict[str, float] = {}
    with timed("leaks, index", seconds):
        index = index_ads(ads, num_processes=num_cores())
    counts = {}
    for by, names in splits.items():
        with timed(f"leaks, split by {by}", seconds):
            leaks = find_leaks(index, names)
        counts[by] = LeakCounts.from_dict(leaks.to_record())
        print(
            f"\nHeld-out ads with a twin among the training ads, split by {by}:\n{leaks.summary()}"
        )
        for pair in leaks.examples:
            print(f"  {pair.similarity:.2f} {pair.split}: {pair.ad}\n       train: {pair.twin}")
    record = LeaksRecord(
        name=Path(args.record).stem if args.record else "leaks",
        command=command_line(args.words),
        environment=environment(),
        corpus=Corpus.from_dict(about["corpus"]),
        split=Split.from_dict(split),
        seconds=seconds,
        leaks=counts,
    )
    for path in filter(None, (Path(args.output) / LEAKS_NAME, args.record)):
        finish(record, path)
        print(f"\nLeaks: {path}")


# Usage, help, options and action of each.
_ACTIONS = {
    "download": (
        "[options]",
        "Bring a corpus into a folder of CSV files.",
        _add_download,
        download,
    ),
    "prepare": (
        "[ADS] [options]",
        "Read, clean, de-duplicate and split a corpus.",
        _add_prepare,
        prepare,
    ),
    "stats": ("[ADS] [options]", "Print the figures of ads by category.", _add_stats, stats),
}

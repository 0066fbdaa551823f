"""The command `python -m tests.hostile`: tries hostile inputs, and prints what came of them."""

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from .forks import Limits
from .runner import DRIVERS, draw_inputs, read_input, run_inputs
from .table import as_text, write_table

_SHOWN = 400  # characters of a line


def main():
    """Runs the command; returns 1 where an input has a fault."""
    args = _parser().parse_args()
    results = []
    found = run_inputs(lambda things: _inputs(args, things), Limits(args.seconds))
    holds, num_inputs = next(found)
    print(f"Shut in by: {holds}.", file=sys.stderr)
    with ExitStack() as stack:
        failed = stack.enter_context(Path(args.failed).open("w")) if args.failed else None
        for result in tqdm(found, total=num_inputs, unit="input", disable=None):
            results.append(result)
            _show(result, args, failed)
    if not results:
        print("No input was chosen.", file=sys.stderr)
        return 2
    print(as_text(results, args.seed))
    if args.write:
        write_table(Path(args.write), results, args.seed)
    return 1 if any(result.faults for result in results) else 0


def _inputs(args, things):
    if args.replay:
        return [read_input(line) for line in _replayed(args.replay)]
    drivers = (args.driver,) if args.driver else tuple(DRIVERS)
    drawn = draw_inputs(args.inputs, args.seed, things, drivers)
    return [one for one in drawn if args.only in (None, one.group, one.kind)]


def _show(result, args, failed):
    line = json.dumps(result.tried)
    for fault, detail in result.faults:
        print(f"\n{fault}: {detail[:_SHOWN]}\n  {line[:_SHOWN]}", file=sys.stderr)
    if result.faults and failed:
        print(line, file=failed, flush=True)
    if args.replay:
        print(f"{line[:_SHOWN]}\nexit code {result.code}\n{result.said}")


def _replayed(text):
    """Returns the inputs of a file of JSON lines, or of the line itself."""
    path = Path(text)
    lines = [text] if text.startswith("{") else path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile", description="Try hostile inputs on adgen."
    )
    parser.add_argument(
        "--inputs", type=int, metavar="N", default=300, help="how many (default: 300)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", default=0, help="same seed, same inputs (default: 0)"
    )
    parser.add_argument(
        "--driver", choices=tuple(DRIVERS), help="command lines or calls alone (default: both)"
    )
    parser.add_argument(
        "--only", metavar="NAME", help="inputs of this command or kind alone (default: all)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        metavar="X",
        default=60,
        help="time until an input is killed (default: 60)",
    )
    parser.add_argument(
        "--failed", metavar="FILE", help="write each failing input to this file, a JSON line each"
    )
    parser.add_argument(
        "--replay",
        metavar="LINES",
        help="run these inputs alone: a file that --failed wrote, or one line of it",
    )
    parser.add_argument(
        "--write", metavar="FILE", help="write the table between the markers of this Markdown file"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

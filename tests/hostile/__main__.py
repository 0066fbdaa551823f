"""The command `python -m tests.hostile`: tries hostile inputs, and prints what came of them."""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm  # noqa: E402

from .forks import Limits  # noqa: E402
from .runner import DRIVERS, draw_inputs, read_input, run_inputs  # noqa: E402
from .table import as_text, write_table  # noqa: E402


def main():
    args = _parser().parse_args()
    lines = _replayed(args.replay) if args.replay else None

    def choose(things):
        if lines is not None:
            return [read_input(line) for line in lines]
        drawn = draw_inputs(args.inputs, args.seed, things, (args.driver,) if args.driver else tuple(DRIVERS))
        wanted = [one for one in drawn if not args.only or args.only in (one.group, one.kind)]
        return wanted

    results = []
    found = run_inputs(choose, Limits(args.seconds))
    holds, num_inputs = next(found)
    print(f"Shut in by: {holds}.", file=sys.stderr)
    failed = Path(args.failed).open("w", encoding="utf-8") if args.failed else None
    for result in tqdm(found, total=num_inputs, unit="input", disable=None):
        results.append(result)
        if result.faults:
            line = json.dumps(result.tried)
            print(f"\n{result.faults}\n{line}", file=sys.stderr)
            if failed:
                print(line, file=failed, flush=True)
        if args.replay:
            print(f"exit code {result.code}, {result.seconds:.1f} s\n{result.said}")
    print(as_text(results, args.seed))
    if args.write:
        write_table(Path(args.write), results, args.seed, holds)
    return 1 if any(result.faults for result in results) else 0


def _replayed(text):
    """Returns the inputs of a file of JSON lines, or of the line itself."""
    path = Path(text)
    lines = [text] if text.startswith("{") else path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile", description="Try hostile inputs on adgen."
    )
    parser.add_argument("--inputs", type=int, metavar="N", default=300, help="how many (default: 300)")
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="same seed, same inputs (default: 0)")
    parser.add_argument("--driver", choices=tuple(DRIVERS), help="command lines or calls alone (default: both)")
    parser.add_argument("--only", metavar="NAME", help="inputs of this command or kind alone (default: all)")
    parser.add_argument("--seconds", type=float, metavar="X", default=60, help="time until an input is killed (default: 60)")
    parser.add_argument("--failed", metavar="FILE", help="write each failing input to this file, a JSON line each")
    parser.add_argument("--replay", metavar="LINES", help="run these inputs alone: a file that --failed wrote, or one line of it")
    parser.add_argument("--write", metavar="FILE", help="write the table between the markers of this Markdown file")
    return parser


if __name__ == "__main__":
    sys.exit(main())

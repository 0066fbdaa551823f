"""Driver 1: hostile command lines, made from the parsers of all commands.

Options, their types and choices come from the parsers, so that a new option is tried unnamed here.
`GOOD` has for every command lines that do their work on tiny things; most inputs are one of
them with one hostile thing, since those get furthest.
"""

import argparse
import sys
from dataclasses import dataclass, field
from functools import cache

from .damage import DAMAGES
from .place import ODD
from .values import COLUMNS, NUMBERS, PATHS, TEXTS

_FAST = "--lstm-units 4 --embedding-dim 4 --batch-size 32 --epochs 1 --patience none"
_GPT = "--max-steps 1 --batch-tokens 256 --max-tokens 32 --num-check-ads 3 --precision float32"
_NEW = "--num-layers 2 --width 16 --num-heads 2 --vocab-size 300 --context-length 64"
_FEW = "--num-ads 2 --num-written 2 --prompts Oak --shots 0,1 --max-training-ads 20"
# By command, lines that succeed. PLACES says which of the things may stand for another.
GOOD = {
    "quickstart": ["--data-dir data --output out --max-ads 100 --epochs 1"],
    "data download": ["--source ads.zip --output out", "--source download --output out"],
    "data prepare": [
        "download --output out",
        "ads.csv --output out --no-leaks --valid 0.2 --test 0.2",
    ],
    "data stats": ["corpus", "ads.csv --split train --json"],
    "train": [
        f"ads.csv --output out {_FAST} --model embedding-lstm --record out.json",
        f"corpus --output out {_FAST} --model ad-lstm --max-ads 60 --subword-vocab-size 300",
        f"ads.csv --output lstm {_FAST} --preset 2022 --max-ads 40",
    ],
    "ngram": [
        "ads.csv --output out --order 3 --subword-vocab-size 300 --record out.json",
        "corpus --output ngram --order 2 --subword-vocab-size 400 --max-mb 0.05",
    ],
    "mix": ["packed corpus --order 2 --max-mb 0.05 --output out --record out.json"],
    "evaluate": [
        "packed corpus --max-ads 10 --record out.json",
        "lstm ads.csv --split all --max-ads 10 --json",
        "packed corpus --generated 2",
        "packed corpus --mix ngram --max-ads 10",
        "ngram corpus --by-category --max-ads 10",
        "mixture corpus --max-ads 10",
    ],
    "generate": [
        "Oak --model lstm --max-tokens 5",
        "Oak Sony\u00a0TV --model packed --num-ads 3 --temperature 0.7 --json",
        "Sony --model ngram --explain 3 --max-tokens 4",
        "Sony --model mixture --max-tokens 4",
        "Oak --model gpt --max-tokens 4",
        "Oak --model base --max-tokens 3 --top-k 5",
        "Sony --max-tokens 3",
    ],
    "write": [
        "--product Lamp --brand Acme --fact led --fact black --num-ads 2 --json",
        "--product Lamp --fact Size:\u00a010 --max-chars 40 --liveliness 1",
    ],
    "products": ["ads.csv --map product=ad", "ads.csv --map product=ad --format plain --json"],
    "lint": [
        "prompts.txt --format google-rsa --json",
        "ads.csv --format amazon-title --brand Acme --allow LED --input-format text",
    ],
    "bulk": [
        "prompts.txt out.jsonl --map product=Sony\u00a0TV --num-ads 1 --workers 1 --invalid drop",
        "ads.csv out.csv --map product=ad --dry-run --json --liveliness 1",
        "ads.csv --map product=ad --dry-run --format ebay-title",
    ],
    "export-ads": [
        "rows.jsonl out.xml --to merchant-feed",
        "rows.jsonl out.csv --to woocommerce --key-column ID",
        "rows.jsonl out.csv --to shopify",
    ],
    "base list": [""],
    "compress": ["packed out --storage int8 --temperature 0.8", "gpt out", "lstm lstm"],
    "compare": [f"packed ngram --ads corpus {_FEW} --record out.json", f"gpt --ads corpus {_FEW}"],
    "sweep": [
        "packed --ads corpus --num-written 2 --max-training-ads 20 --record out.json",
        "gpt --ads corpus --num-written 1 --max-training-ads 5 --json",
    ],
    "finetune": [
        f"ads.csv --base base --output out {_GPT} --record out.json",
        f"corpus --base gpt --output out {_GPT} --max-ads 30 --lora-rank 2",
        f"ads.csv --base base --output out {_GPT} --dry-run",
    ],
    "pretrain": [f"ads.csv --output out {_GPT} {_NEW}"],
    "export": ["lstm out.keras", "packed out.h5"],
    "convert": ["old.h5 out --vocabulary words.json"],
    "publish": [
        "lstm --repo me/ads --dry-run --output out",
        "ngram --repo me/ads --dry-run --output out --license mit --language en",
    ],
    "report": ["--results-dir results --images-dir images --readme README.md"],
}
# How often a command is drawn, and the package that it loads: what trains takes seconds.
SHARES = {
    "generate": 8,
    "evaluate": 6,
    "ngram": 4,
    "data prepare": 4,
    "data stats": 4,
    "compress": 4,
    "compare": 1,
    "sweep": 1,
}
_TENSORFLOW = ("train", "export", "quickstart")
_TORCH = ("finetune", "pretrain")
_TORCH_THINGS = {"gpt", "base", "openai-community", "nobody"}
_PATH_WORDS = {"ADS", "DIR", "FILE", "MODEL", "OUTPUT", "OLD.h5", "WORDS.json", "SOURCE", "BASE"}


@dataclass(frozen=True)
class CommandInput:
    """A command line and what it meets; plain values, so that it can be written as JSON.

    Attributes:
        words: The command line.
        kind: What is hostile about it.
        damages: What is done to files: (path, damage, seed).
        stdin: What it can read.
        encoding: Of its output.
        free_bytes: What is free on its disk; None for plenty.
    """

    words: list
    kind: str
    damages: list = field(default_factory=list)
    stdin: str = ""
    encoding: str = "utf-8"
    free_bytes: int | None = None
    driver: str = "command"

    @property
    def group(self):
        """Returns the command."""
        return command_of(self.words)

    @property
    def needs(self):
        """Returns the package that it is likely to load: what is loaded once serves many."""
        things = {str(word).partition("/")[0] for word in self.words}
        if self.group in _TENSORFLOW:
            return "tensorflow"
        return "torch" if self.group in _TORCH or things & _TORCH_THINGS else ""

    def run(self):
        """Runs the command; returns its exit code."""
        from adgen.cli.main import main

        sys.argv = ["adgen", *self.words]
        return main(self.words)


def command_of(words):
    """Returns the command that words begin with, with its action."""
    return next((name for name in GOOD if words[: len(name.split())] == name.split()), "none")


def words_of(command, line):
    """Returns a line of GOOD as words."""
    return [*command.split(), *line.split(" ")]


def all_commands():
    """Returns the names of all commands there are, with their actions."""
    from adgen.cli.main import COMMANDS

    names = []
    for name in COMMANDS:
        inner = [a for a in _parser(name)._actions if isinstance(a, argparse._SubParsersAction)]
        names += [f"{name} {action}" for one in inner for action in one.choices] or [name]
    return names


@cache
def _parser(name):
    from adgen.cli.main import build_parser

    found, words = build_parser(name.split()), name.split()
    for word in words:
        inner = next(a for a in found._actions if isinstance(a, argparse._SubParsersAction))
        found = inner.choices[word]
    return found


def options_of(command):
    """Returns the options of a command, former spellings too."""
    return [a for a in _parser(command)._actions if a.option_strings]


def draw_command(draw, things):
    """Draws a hostile input.

    Args:
        draw: A `random.Random`.
        things: The good things of the place: files by name.
    """
    weights = [SHARES.get(name, 2) for name in GOOD]
    command = draw.choices(list(GOOD), weights)[0]
    words = words_of(command, draw.choice(GOOD[command]))
    make = draw.choices([make for make, _ in _MAKERS], [weight for _, weight in _MAKERS])[0]
    return make(draw, command, words, things)


def _good(draw, command, words, things):
    return CommandInput(words, "nothing hostile")


def _hostile_option(draw, command, words, things):
    option = draw.choice(options_of(command))
    return CommandInput([*words, *_given(draw, option)], "value of an option")


def _two_options(draw, command, words, things):
    chosen = [draw.choice(options_of(command)) for _ in range(2)]
    extra = [word for option in chosen for word in _given(draw, option)]
    return CommandInput([*words, *extra], "two options")


def _twice(draw, command, words, things):
    options = [word for word in words if word.startswith("--")]
    if not options:
        return _hostile_option(draw, command, words, things)
    name = draw.choice(options)
    place = words.index(name)
    again = words[place : place + 2] if draw.random() < 0.5 else [name]
    return CommandInput([*words, *again], "an option twice or bare")


def _hostile_number(draw, command, words, things):
    places = [n for n, word in enumerate(words) if word.replace(".", "").isdigit()]
    if not places:
        return _hostile_option(draw, command, words, things)
    place = draw.choice(places)
    words = [*words[:place], draw.choice(NUMBERS), *words[place + 1 :]]
    return CommandInput(words, "number")


def _hostile_path(draw, command, words, things):
    """Puts an odd path in the place of a good one: read or written."""
    outputs = {"out", "out.json", "out.keras", "out.h5", "images"}
    places = [n for n, word in enumerate(words) if word in outputs or word in things]
    place = draw.choice(places) if places else len(words)
    words = [*words[:place], _path(draw, things), *words[place + 1 :]]
    return CommandInput(words, "path")


def _hostile_ads(draw, command, words, things):
    ads = [n for n, word in enumerate(words) if word in ("ads.csv", "corpus", "download")]
    if not ads:
        return _hostile_path(draw, command, words, things)
    place = draw.choice(ads)
    words = [*words[:place], "odd/" + draw.choice(list(ODD)), *words[place + 1 :]]
    return CommandInput(words, "file of ads")


def _damaged(draw, command, words, things):
    used = [word for word in words if word in things]
    if not used:
        return _hostile_option(draw, command, words, things)
    files = things[draw.choice(used)]
    chosen = draw.choice([f for f in files if f.endswith(".json")] or files)
    chosen = chosen if draw.random() < 0.6 else draw.choice(files)
    how = draw.choice(DAMAGES)
    damages = [[chosen, how, draw.randrange(10_000)]]
    return CommandInput(words, "damaged file", damages)


def _text(draw, command, words, things):
    texts = [n for n, word in enumerate(words) if word in ("Oak", "Sony", "Sony\u00a0TV")]
    if not texts:
        free = [a for a in options_of(command) if _kind(a) == "text"]
        return (
            CommandInput([*words, *_given(draw, draw.choice(free))], "text")
            if free
            else (_hostile_option(draw, command, words, things))
        )
    place = draw.choice(texts)
    words = [*words[:place], draw.choice(TEXTS), *words[place + 1 :]]
    encoding = draw.choice(["utf-8", "ascii", "cp1252"])
    return CommandInput(words, "text", encoding=encoding)


def _full_disk(draw, command, words, things):
    return CommandInput(words, "full disk", free_bytes=draw.choice([0, 4_096, 8_192, 32_768]))


def _stdin(draw, command, words, things):
    given = draw.choice(["", "\n", "Oak\nSony TV\n", "\0", "\ud800", "x" * 100_000, "[" * 9_999])
    places = [n for n, word in enumerate(words) if word in things or word == "Oak"]
    if places:
        place = draw.choice(places)
        words = [*words[:place], draw.choice(["-", "/dev/stdin"]), *words[place + 1 :]]
    return CommandInput(words, "standard input", stdin=given)


def _mixture(draw, command, words, things):
    first = _MAKERS[draw.randrange(1, 7)][0](draw, command, words, things)
    second = _MAKERS[draw.randrange(1, 7)][0](draw, command, first.words, things)
    return CommandInput(second.words, "two things", [*first.damages, *second.damages])


def _nonsense(draw, command, words, things):
    pool = [*PATHS, *NUMBERS, *TEXTS, *things, *words]
    options = [name for action in options_of(command) for name in action.option_strings]
    words = [
        draw.choice(pool if draw.random() < 0.6 else options or pool)
        for _ in range(draw.randrange(6))
    ]
    # As it is, it works for minutes.
    brief = ["--max-ads", "100", "--epochs", "1"] if command == "quickstart" else []
    return CommandInput([*command.split(), *brief, *words], "nonsense")


_MAKERS = [
    (_good, 1),
    (_hostile_option, 8),
    (_hostile_number, 5),
    (_hostile_path, 5),
    (_hostile_ads, 5),
    (_damaged, 8),
    (_text, 4),
    (_two_options, 3),
    (_twice, 1),
    (_full_disk, 2),
    (_stdin, 1),
    (_mixture, 3),
    (_nonsense, 2),
]


def _kind(action):
    """Returns what an option takes: nothing, a choice, a number, a path, a text."""
    if action.nargs == 0:
        return "nothing"
    if action.choices:
        return "choice"
    if action.metavar in _PATH_WORDS:
        return "path"
    return "number" if action.metavar in ("N", "X", "K", "N,N,...") else "text"


def _given(draw, action):
    kind, name = _kind(action), draw.choice(action.option_strings)
    if kind == "nothing":
        return [name]
    if kind == "choice":
        return [name, str(draw.choice([*action.choices, *action.choices, "x", ""]))]
    if kind == "number":
        return [name, draw.choice(NUMBERS)]
    if kind == "path":
        return [name, draw.choice([*PATHS, *("odd/" + odd for odd in ODD)])]
    return [name, draw.choice([*TEXTS, *COLUMNS])]


def _path(draw, things):
    return draw.choice(
        [draw.choice(PATHS), "odd/" + draw.choice(list(ODD)), draw.choice(sorted(things))]
    )

"""Errors in the words of the command line: one line, options in place of Python arguments.

The library says `top_p is 2; expected ...`, `use greedy=True`, `schedule "cosine"`; whoever typed a
command knows `--top-p`, `--greedy`, `--schedule cosine`. The module knows names of options, not
what they mean.
"""

from __future__ import annotations

import argparse
import logging
import re
import shlex
from collections.abc import Collection, Mapping

from adgen.support.disk import DISK_ERRORS

# Behind a number of products whose reasons, listed below it, are more.
SEVERAL_REASONS = ", some for several reasons"
# Of a message: what was received stands first, how to repair it last.
_MOST_CHARS, _FIRST_CHARS, _LAST_CHARS = 500, 280, 200
# Behind what the system says, which never says what to do.
_REMEDIES = {
    FileNotFoundError: " Check the path.",
    PermissionError: " Change its permissions, or give another path.",
    IsADirectoryError: " Give a file.",
    NotADirectoryError: " Check the path.",
}
YES_OR_NO = "yes|no"  # how the help shows the value of such an option
_YES_OR_NO = {"True": "yes", "False": "no"}
_VALUE = r"""'[^']*'|"[^"]*"|-?\d[\w.,]*\w|-?\w+"""


def one_line(error: Exception, options: Mapping[str, str], yes_or_no: Collection[str] = ()) -> str:
    """Returns what went wrong in one line.

    Args:
        error: What a command raised.
        options: From `options_of`.
        yes_or_no: From `yes_or_no_of`.
    """
    text = str(error)
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        what = DISK_ERRORS[error.errno].format(error.filename or "while writing")
        text = f"{what}; what was there before is unchanged."
    elif isinstance(error, OSError) and error.strerror and error.filename:
        remedy = next((say for kind, say in _REMEDIES.items() if isinstance(error, kind)), "")
        text = f"{error.filename}: {error.strerror}.{remedy}"
    return in_one_line(in_options(text, options, yes_or_no))


def in_one_line(text: str) -> str:
    r"""Returns a text as a terminal can show it in a line, a very long one without its middle.

    Example:
        >>> in_one_line("Red \x1b[31m\ntext")
        'Red \\x1b[31m text'
    """
    line = shown(" ".join(text.split()))
    return line if len(line) <= _MOST_CHARS else f"{line[:_FIRST_CHARS]} ... {line[-_LAST_CHARS:]}"


def shown(text: str) -> str:
    r"""Returns a text as a terminal can show it: what it would obey is escaped, spaces stay.

    Example:
        >>> shown("Red  \x1b[31mtext")
        'Red  \\x1b[31mtext'
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


class PlainFormatter(logging.Formatter):
    """Writes log messages as a terminal can show them, line by line."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns a message, what a terminal would obey escaped."""
        return "\n".join(map(shown, super().format(record).split("\n")))


def options_of(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Returns the options that a command's help shows, by the names of their values in Python."""
    return {
        action.dest: action.option_strings[0]
        for action in parser._actions
        if action.option_strings and action.help != argparse.SUPPRESS
    }


def yes_or_no_of(parser: argparse.ArgumentParser) -> frozenset[str]:
    """Returns the names in Python of the values that a command takes as yes or no."""
    return frozenset(action.dest for action in parser._actions if action.metavar == YES_OR_NO)


def in_options(text: str, options: Mapping[str, str], yes_or_no: Collection[str] = ()) -> str:
    """Writes a message of the library with options in place of arguments.

    Args:
        text: The message.
        options: Option by argument, of the command that was typed.
        yes_or_no: Arguments whose options take yes or no; the options of others that are true or
            false are flags.

    Example:
        >>> in_options("top_p is 2; use greedy=True", {"top_p": "--top-p", "greedy": "--greedy"})
        '--top-p is 2; use --greedy'
        >>> in_options("tied is true; give tied=False", {"tied": "--tied"}, {"tied"})
        '--tied is yes; give --tied no'
    """
    if not options:
        return text
    name = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    # 1. name=value, and name "value" or name None: an option with its value, a flag without.
    text = re.sub(
        rf"(?<![\w./-])({name})(?:=({_VALUE})| (\"[^\"]+\"|None\b|True\b|False\b))",
        lambda m: _given(m, options, yes_or_no),
        text,
    )
    if yes_or_no:
        text = re.sub(
            rf"(?<![\w./-])({'|'.join(sorted(yes_or_no))}) is (True|False|true|false)\b",
            lambda m: f"{m[1]} is {_YES_OR_NO[m[2].capitalize()]}",
            text,
        )
    # 2. A plain word names an option where a sentence begins with it: "epochs is 0",
    # "... and reads is".
    text = re.sub(
        rf"(^|[.;] |\b(?:and|or) )({name})(?= is\b)", lambda m: m[1] + options[m[2]], text
    )
    # 3. A name with an underscore is no English word; after a colon it is a key of the file
    # named before.
    python_name = "|".join(one for one in name.split("|") if "_" in one)
    if python_name:
        text = re.sub(
            rf"(?<![\w./'\"-])(?<!: )({python_name})(?![\w/'\"]|\.\w)",
            lambda m: options[m[1]],
            text,
        )
    return re.sub(r"\bor None\b", "or none", text)


def _given(match: re.Match[str], options: Mapping[str, str], yes_or_no: Collection[str]) -> str:
    option = options[match[1]]
    value = (match[2] or match[3]).strip("'\"")
    if match[1] in yes_or_no and value in _YES_OR_NO:
        return f"{option} {_YES_OR_NO[value]}"
    if value == "True":
        return option
    return f"{option} {'none' if value == 'None' else _quoted(value)}"


def _quoted(value: str) -> str:
    return shlex.quote(value)

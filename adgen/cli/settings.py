"""Options of settings dataclasses: one for every field, with the field's own text as help.

It imports nothing that needs NumPy, so that `adgen COMMAND --help` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from adgen.cli.messages import YES_OR_NO
from adgen.cli.options import option_of
from adgen.support.fields import FieldKind, kinds_of, texts_of

if TYPE_CHECKING:
    from adgen.decoding.settings import Sampling


def add_settings(
    parser: argparse.ArgumentParser,
    title: str,
    settings: type,
    *,
    leave_out: Iterable[str] = (),
    default: str | None = None,
    defaults: Mapping[str, Any] | None = None,
    has_flags: bool = True,
) -> None:
    """Adds an option for every field of a settings dataclass.

    What is not given stays away from the parsed arguments.

    Args:
        parser: The command's.
        title: Heading of the options in the help.
        settings: The dataclass; its docstring has the helps, its types the choices.
        leave_out: Fields without an option.
        default: What a setting is where it is not given, in words; None shows each field's own
            default.
        defaults: Defaults other than the fields' own.
        has_flags: Whether a yes-or-no setting, off by default, is an option without a value; else
            it takes yes or no.
    """
    group = parser.add_argument_group(title)
    texts = texts_of(settings)
    kinds = kinds_of(settings)
    for field in fields(settings):
        if field.name in leave_out:
            continue
        value = (defaults or {}).get(field.name, field.default)
        shown = default or ("none" if value is None else _default_in_words(value))
        group.add_argument(
            option_of(field.name),
            default=argparse.SUPPRESS,
            help=f"{help_of(texts[field.name])} (default: {shown})",
            **_arguments_of(kinds[field.name], has_flags=has_flags),
        )


def help_of(text: str) -> str:
    """Returns a field's text as an option's help: no capital, no full stop, None as it is typed."""
    text = text.removesuffix(".").replace("None", "none").replace("%", "%%")
    return text[0].lower() + text[1:] if text[1].islower() else text


def add_decoding_options(
    parser: argparse.ArgumentParser, *, default: str = "the model's own"
) -> None:
    """Adds the decoding controls."""
    from adgen.decoding.settings import Sampling

    add_settings(parser, "decoding controls", Sampling, default=default)


def given(args: argparse.Namespace, settings: type) -> dict[str, Any]:
    """Returns the fields of a settings dataclass that the command line gives."""
    names = [field.name for field in fields(settings)]
    return {name: getattr(args, name) for name in names if hasattr(args, name)}


def given_controls(args: argparse.Namespace) -> dict[str, Any]:
    """Returns the decoding controls that the command line gives.

    Raises:
        ValueError: One of them would have no say.
    """
    from adgen.decoding.settings import Sampling

    controls = given(args, Sampling)
    silent = [option_of(name) for name in ("temperature", "top_k", "top_p") if name in controls]
    if controls.get("greedy") and silent:
        raise ValueError(
            f"--greedy takes the most probable token, so that {', '.join(silent)} would do "
            "nothing. Leave one out."
        )
    return controls


def given_sampling(args: argparse.Namespace) -> Sampling | None:
    """Returns the decoding controls that the command line gives; None where it gives none."""
    from adgen.decoding.settings import Sampling

    controls = given_controls(args)
    return Sampling(**controls) if controls else None


def refuse_unused(names: Iterable[str], needs: Mapping[str, tuple[bool, str]]) -> None:
    """Raises if a setting was given that another one makes useless.

    Args:
        names: The settings given.
        needs: For a setting whether it is used, and in words what uses it.
    """
    for name in names:
        is_used, what = needs.get(name, (True, ""))
        if not is_used:
            raise ValueError(f"{option_of(name)} is for {what} and would do nothing. Leave it out.")


def _default_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _arguments_of(kind: FieldKind, *, has_flags: bool) -> dict[str, Any]:
    """Returns what `add_argument` needs for a field of a kind."""
    if kind.type is bool:
        return {"action": "store_true"} if has_flags else {"type": _yes_or_no, "metavar": YES_OR_NO}
    if kind.choices:
        return {"choices": kind.choices}
    plain = kind.type
    return {
        "type": _or_none(plain) if kind.may_be_none else plain,
        "metavar": {int: "N", str: "NAME"}.get(plain, "X"),
    }


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither yes nor no. Give one of them")
    return text == "yes"


def _or_none(kind: type) -> Callable[[str], Any]:
    """Makes a type for `argparse`: a value, or the word none."""

    def read(text: str) -> Any:
        return None if text == "none" else kind(text)

    read.__name__ = kind.__name__  # argparse names it where a value is wrong
    return read

"""`adgen lint`: what platforms refuse in ads, line by line of a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from adgen.formats.finding import Finding
    from adgen.formats.format import Format
    from adgen.generation.prompt_file import PromptFile

HELP = "Say what a platform refuses or advises against in ads."
USAGE = "FILE --format NAME [options]"
_JSON_SUFFIXES = (".jsonl", ".ndjson")


class _Line(NamedTuple):
    """One line of the input: an ad, whose brand it is, and what is wrong with the line itself."""

    number: int
    ad: str | dict[str, Any]
    brand: str = ""
    error: str = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="an ad a line: .jsonl holds JSON (a text, or an object with `text` or the format's "
        "fields, and with `brand` where it is known), all else is text; .gz of them; - for "
        "standard input",
    )
    parser.add_argument(
        "--format",
        required=True,
        metavar="NAME",
        help="the platform's format, such as google-rsa, or amazon-title@2025-01-21 for one of a "
        "day; docs/formats.md lists them",
    )
    parser.add_argument(
        "--input-format",
        choices=("text", "jsonl"),
        help="what the input is (default: by its ending; text for standard input)",
    )
    parser.add_argument(
        "--field",
        default="",
        metavar="NAME",
        help="the field that a text is judged as (default: the format's first)",
    )
    parser.add_argument(
        "--brand",
        default="",
        metavar="NAME",
        help="the brand of all ads whose line names none; other makers' names are then found",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="TEXT",
        help="a name whose capitals and signs pass; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print a line of JSON an ad")


def run(args: argparse.Namespace) -> int:
    """Prints what is wrong with each ad; returns 1 where anything is refused."""
    from adgen.formats.catalogue import read_format
    from adgen.formats.lint import lint
    from adgen.generation.output import is_unicode

    form = read_format(args.format)
    if args.field:
        form.field(args.field)
    only_ascii = not is_unicode(sys.stdout)
    counts: Counter[str] = Counter()
    for line in _lines(args, form):
        field = args.field if isinstance(line.ad, str) else ""
        brand = line.brand or args.brand
        found = (
            (_unreadable(line),)
            if line.error
            else lint(line.ad, form, field=field, brand=brand, allow=args.allow)
        )
        counts.update(finding.severity for finding in found)
        counts["ads"] += 1
        counts["refused"] += any(finding.severity == "error" for finding in found)
        if args.json:
            print(json.dumps(_as_json(line, found), ensure_ascii=only_ascii))
        else:
            for finding in found:
                _show(line, finding)
    print(
        f"{counts['ads']:,} ads, {counts['refused']:,} with errors: {counts['error']:,} errors, "
        f"{counts['warning']:,} warnings ({form.id})",
        file=sys.stderr,
    )
    return 1 if counts["error"] else 0


def _source(args: argparse.Namespace) -> tuple[PromptFile, bool]:
    """Returns where the lines come from, and whether they are JSON."""
    from adgen.generation.prompt_file import PromptFile

    if args.file == "-":
        return PromptFile(stream=sys.stdin.buffer), args.input_format == "jsonl"
    by_ending = args.file.lower().removesuffix(".gz").endswith(_JSON_SUFFIXES)
    is_json = by_ending if args.input_format is None else args.input_format == "jsonl"
    return PromptFile(Path(args.file)), is_json


def _lines(args: argparse.Namespace, form: Format) -> Iterator[_Line]:
    """Yields the lines of the input; blank ones of JSON are none."""
    source, is_json = _source(args)
    with source.open() as table:
        for row in table.rows:
            is_blank = not row.prompt.strip()
            if is_blank and not is_json:
                yield _Line(row.line, row.prompt)
            elif row.error and not is_blank:
                yield _Line(row.line, row.prompt, error=row.error)
            elif is_json and not is_blank:
                yield _json_line(row.line, row.prompt, form)
            elif not is_blank:
                yield _Line(row.line, row.prompt)


def _json_line(number: int, text: str, form: Format) -> _Line:
    """Reads a line of JSON: a text, or an object with one, or with fields of the format."""
    from adgen.formats.lint import fields_of
    from adgen.support.json_files import parsed_json

    try:
        value = parsed_json(text)
        if isinstance(value, str):
            return _Line(number, value)
        if not isinstance(value, dict):
            raise ValueError("it is neither a text nor an object")
        brand = value.get("brand") or ""
        if not isinstance(brand, str):
            raise ValueError("brand is no text")
        names = [field.name for field in form.fields]
        by_field = {name: value[name] for name in names if name in value}
        if isinstance(value.get("text"), str) and not by_field:
            return _Line(number, value["text"], brand)
        if "text" in value or not by_field:
            raise ValueError(f"expected either text or some of {', '.join(names)}")
        return _Line(number, fields_of(by_field, form), brand)
    except ValueError as error:
        return _Line(number, text, error=f"broken JSON, or no ad: {error}")


def _unreadable(line: _Line) -> Finding:
    from adgen.formats.finding import Finding

    return Finding("unreadable", "error", 0, len(line.ad), f"The line is no ad: {line.error}.")


def _as_json(line: _Line, found: tuple[Finding, ...]) -> Mapping[str, Any]:
    """Returns what is printed of an ad."""
    ad = {"text": line.ad} if isinstance(line.ad, str) else {"fields": line.ad}
    ok = all(finding.severity != "error" for finding in found)
    return {
        "line": line.number,
        **ad,
        "ok": ok,
        "findings": [finding.as_dict() for finding in found],
    }


def _show(line: _Line, finding: Finding) -> None:
    """Prints a finding, and its place under the text."""
    from adgen.formats.lengths import length_of

    where = f"{finding.field} {finding.index + 1}, " if isinstance(line.ad, dict) else ""
    print(f"{line.number}: {where}{finding.severity} {finding.rule}: {_shown(finding.message)}")
    texts = [line.ad] if isinstance(line.ad, str) else line.ad.get(finding.field, [])
    text = texts[min(finding.index, len(texts) - 1)] if texts else ""
    before, found = text[: finding.start], text[finding.start : finding.end]
    width = length_of(_shown(found), "width")
    if text.strip() and width:
        print(f"    {_shown(text)}\n    {' ' * length_of(_shown(before), 'width')}{'^' * width}")


def _shown(text: str) -> str:
    """Returns a text as a terminal can show it in a line; spaces stay."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )

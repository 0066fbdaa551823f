"""`adgen lint`: what platforms refuse in ads, line by line of a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from adgen.cli.messages import in_one_line, shown
from adgen.formats.finding import Finding, errors_of
from adgen.support.given import a_path

if TYPE_CHECKING:
    from adgen.formats.format import Format
    from adgen.generation.prompt_file import PromptFile

HELP = "Say what a platform refuses or advises against in ads."
USAGE = "FILE --format NAME [options]"
_JSON_SUFFIXES = (".jsonl", ".ndjson")
_TABLE_SUFFIXES = (".csv", ".tsv")
_MOST_QUOTED = 80  # characters that are shown of what is no ad
_MOST_OF_REASON = 200


class _Line(NamedTuple):
    """One ad of the input, whose brand it is, and what is wrong with its line itself.

    Attributes:
        number: Its line in the input, from 1.
        ad: A text, or texts by field; of a line that is no ad, the line.
        brand: Empty where the line names none.
        error: Why the line is no ad.
        place: Which of its line's ads it is, from 1; 0 where a line is one ad.
        passed_over: The status of a row of `adgen bulk` without ads.
    """

    number: int
    ad: str | dict[str, Any]
    brand: str = ""
    error: str = ""
    place: int = 0
    passed_over: str = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="an ad a line: .jsonl holds JSON (a text, or an object with `text` or the format's "
        "fields, and with `brand` where it is known), all else is text; .gz of them; - for "
        "standard input; or what adgen bulk wrote: .jsonl, .csv or .tsv",
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
    passed_over: Counter[str] = Counter()
    for line in _lines(args, form):
        if line.passed_over:
            passed_over[line.passed_over] += 1
            continue
        field = args.field if isinstance(line.ad, str) else ""
        brand = line.brand or args.brand
        found = (
            (_unreadable(line),)
            if line.error
            else lint(line.ad, form, field=field, brand=brand, allow=args.allow)
        )
        counts.update(finding.severity for finding in found)
        counts["ads"] += 1
        counts["refused"] += bool(errors_of(found))
        if args.json:
            print(json.dumps(_as_json(line, found), ensure_ascii=only_ascii))
        else:
            for finding in found:
                _show(line, finding)
    if passed_over:
        kinds = ", ".join(f"{count:,} {status}" for status, count in sorted(passed_over.items()))
        without_ads = f"{passed_over.total():,} rows without ads: {kinds}"
        print(in_one_line(without_ads), file=sys.stderr)
    print(
        f"{counts['ads']:,} ads, {counts['refused']:,} with errors: {counts['error']:,} errors, "
        f"{counts['warning']:,} warnings ({form.id})",
        file=sys.stderr,
    )
    return 1 if counts["error"] else 0


def _lines(args: argparse.Namespace, form: Format) -> Iterator[_Line]:
    """Returns the ads of the input."""
    name = str(a_path("FILE", args.file)).lower()
    if args.input_format is None and name.removesuffix(".gz").endswith(_TABLE_SUFFIXES):
        return _table_lines(Path(args.file), form)
    return _file_lines(args, form)


def _source(args: argparse.Namespace) -> tuple[PromptFile, bool]:
    """Returns where the lines come from, and whether they are JSON."""
    from adgen.generation.prompt_file import PromptFile

    if args.file == "-":
        return PromptFile(stream=sys.stdin.buffer), args.input_format == "jsonl"
    by_ending = args.file.lower().removesuffix(".gz").endswith(_JSON_SUFFIXES)
    is_json = by_ending if args.input_format is None else args.input_format == "jsonl"
    return PromptFile(Path(args.file)), is_json


def _file_lines(args: argparse.Namespace, form: Format) -> Iterator[_Line]:
    """Yields the ads of lines of text or of JSON; blank ones of JSON are none."""
    source, is_json = _source(args)
    if args.file.lower().endswith(".gz"):
        source.fingerprint()  # which reads it to its end: a damaged one is refused before any ad
    with source.open() as table:
        for row in table.rows:
            is_blank = not row.prompt.strip()
            if is_blank and not is_json:
                yield _Line(row.line, row.prompt)
            elif row.error and not is_blank:
                yield _Line(row.line, row.prompt, error=row.error)
            elif is_json and not is_blank:
                yield from _json_lines(row.line, row.prompt, form)
            elif not is_blank:
                yield _Line(row.line, row.prompt)


def _table_lines(path: Path, form: Format) -> Iterator[_Line]:
    """Yields the ads of a table that `adgen bulk` wrote.

    Raises:
        ValueError: It is another table.
    """
    from adgen.bulk.row_lines import RowLines
    from adgen.support.files import check_plain_file

    check_plain_file(path)
    lines = RowLines(path.suffix)
    with path.open("rb") as file:
        is_of_bulk = file.readline(len(lines.header)) == lines.header != b""
    if not is_of_bulk:
        raise ValueError(
            f"{path} is no table that adgen bulk wrote; expected one, or an ad a line as text or "
            "JSON (.jsonl). Give its ads so, or --input-format text to judge its lines as they are."
        )
    number = 2  # the first line has the names of the columns
    for row in lines.read(path):
        try:
            yield from _ads_of_row(number, lines.entries(row), form)
        except (ValueError, KeyError, TypeError) as error:
            yield _Line(number, row.data.decode(), error=f"damaged: {error}")
        number += row.data.count(b"\n")


def _json_lines(number: int, text: str, form: Format) -> Iterator[_Line]:
    """Yields the ads of a line of JSON: a text, an object that is one, or a row of several."""
    from adgen.support.json_files import parsed_json

    try:
        value = parsed_json(text)
        if isinstance(value, str):
            found = [_Line(number, value)]
        elif not isinstance(value, dict):
            raise ValueError("it is neither a text nor an object")
        elif "ads" in value:
            found = list(_ads_of_row(number, value, form))
        else:
            found = [_Line(number, _ad_of(value, form), _brand_of(value))]
    except ValueError as error:
        found = [_Line(number, text, error=f"broken JSON, or no ad: {error}")]
    yield from found


def _ads_of_row(number: int, row: Mapping[str, Any], form: Format) -> Iterator[_Line]:
    """Yields the ads of a row of `adgen bulk`.

    Raises:
        ValueError: It is no such row.
    """
    product = row.get("product") or {}
    ads = row["ads"]
    if not isinstance(ads, list) or not isinstance(product, dict):
        raise ValueError("ads is no list, or product is no object")
    brand = _brand_of(product) or _brand_of(row)
    if not ads:
        yield _Line(number, "", passed_over=str(row.get("status") or "without a status"))
    for place, ad in enumerate(ads, 1):
        if not isinstance(ad, dict):
            raise ValueError(f"its ad {place} is no object")
        fields = ad.get("fields") or {}
        if not isinstance(fields, dict):
            raise ValueError(f"the fields of its ad {place} are no object")
        of_format = _known_fields(fields, form)
        judged = of_format or ({"text": ad["text"]} if "text" in ad else fields)
        yield _Line(number, _ad_of(judged, form), brand, place=place)


def _brand_of(value: Mapping[str, Any]) -> str:
    brand = value.get("brand") or ""
    if not isinstance(brand, str):
        raise ValueError("brand is no text")
    return brand


def _known_fields(value: Mapping[str, Any], form: Format) -> dict[str, Any]:
    names = [field.name for field in form.fields]
    return {name: value[name] for name in names if name in value}


def _ad_of(value: Mapping[str, Any], form: Format) -> str | dict[str, Any]:
    """Returns the ad of an object: its text, or its fields of the format.

    Raises:
        ValueError: It has neither, or both.
    """
    from adgen.formats.lint import fields_of

    by_field = _known_fields(value, form)
    text = value.get("text")
    if isinstance(text, str) and not by_field:
        return text
    if "text" in value or not by_field:
        names = ", ".join(field.name for field in form.fields)
        raise ValueError(f"expected either text or some of {names}")
    return fields_of(by_field, form)


def _unreadable(line: _Line) -> Finding:
    reason = line.error[:_MOST_OF_REASON].rstrip(".")
    message = f"The line is no ad: {reason}. Mend it, or leave it out."
    return Finding("unreadable", "error", 0, len(_quoted(line.ad)), message)


def _quoted(ad: str | dict[str, Any]) -> str:
    """Returns the beginning of a line that is no ad."""
    return ad[:_MOST_QUOTED] if isinstance(ad, str) else ""


def _as_json(line: _Line, found: tuple[Finding, ...]) -> Mapping[str, Any]:
    """Returns what is printed of an ad."""
    if line.error:
        ad: dict[str, Any] = {"text": _quoted(line.ad)}
    else:
        ad = {"text": line.ad} if isinstance(line.ad, str) else {"fields": line.ad}
    if line.place:
        ad["ad"] = line.place
    ok = not errors_of(found)
    return {
        "line": line.number,
        **ad,
        "ok": ok,
        "findings": [finding.as_dict() for finding in found],
    }


def _show(line: _Line, finding: Finding) -> None:
    """Prints a finding, and its place under the text."""
    from adgen.formats.lengths import length_of

    number = f"{line.number}, ad {line.place}" if line.place else str(line.number)
    where = f"{finding.field} {finding.index + 1}, " if isinstance(line.ad, dict) else ""
    print(f"{number}: {where}{finding.severity} {finding.rule}: {shown(finding.message)}")
    if line.error:
        print(f"    {shown(_quoted(line.ad))}{'...' if len(line.ad) > _MOST_QUOTED else ''}")
        return
    texts = [line.ad] if isinstance(line.ad, str) else line.ad.get(finding.field, [])
    text = texts[min(finding.index, len(texts) - 1)] if texts else ""
    before, found = text[: finding.start], text[finding.start : finding.end]
    width = length_of(shown(found), "width")
    if text.strip() and width:
        print(f"    {shown(text)}\n    {' ' * length_of(shown(before), 'width')}{'^' * width}")

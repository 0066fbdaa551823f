"""`adgen publish`: a model or its demo on the Hugging Face Hub."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _ArgumentGroup as Group

    from adgen.support.folders import FolderKind

HELP = "Publish a model, or the demo, on the Hugging Face Hub; or see what would be published."
USAGE = "{MODEL --repo | [MODEL] --space} OWNER/NAME [--dry-run] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "model",
        nargs="?",
        metavar="MODEL",
        help="the model's folder; for --space its id on the Hub too (default there: the models "
        "that come with adgen)",
    )
    parser.add_argument("--model", dest="model_option", metavar="MODEL", help="the same as MODEL")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--repo", metavar="OWNER/NAME", help="the model goes here, with its card")
    where.add_argument(
        "--space", metavar="OWNER/NAME", help="the demo goes here, a Space that runs it"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="write and check what would be uploaded, ask nobody, upload nothing",
    )
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        help="keep what is uploaded in this folder (default: runs/publish/NAME for --dry-run, else "
        "none)",
    )
    _add_repository(parser.add_argument_group("repository"))
    _add_card(parser.add_argument_group("card"))
    _add_files(parser.add_argument_group("files"))


def _add_repository(hub: Group) -> None:
    hub.add_argument(
        "--private",
        action="store_true",
        help="a new repository can be seen by its owner alone; one that is there stays as it is",
    )
    hub.add_argument("--branch", default="main", metavar="NAME", help="(default: %(default)s)")
    hub.add_argument(
        "--message",
        default="Publish with adgen",
        metavar="TEXT",
        help="of the commit (default: %(default)s)",
    )


def _add_card(card: Group) -> None:
    card.add_argument(
        "--record",
        action="append",
        default=[],
        dest="records",
        metavar="FILE",
        help="a run record of the model: training, evaluation, novelty, leaks; may be repeated "
        "(default: those that come with adgen)",
    )
    card.add_argument(
        "--license",
        metavar="ID",
        help="of the weights, as the Hub spells it, such as mit (default: mit for models that come "
        "with adgen, a known base's for those made of it, else unknown)",
    )
    card.add_argument(
        "--license-name",
        metavar="NAME",
        help="which licence --license other stands for",
    )
    card.add_argument(
        "--language",
        action="append",
        dest="languages",
        metavar="CODE",
        help="of the ads; may be repeated (default: en)",
    )
    card.add_argument(
        "--dataset",
        action="append",
        default=[],
        dest="datasets",
        metavar="ID",
        help="the training ads, where they are on the Hub; may be repeated",
    )


def _add_files(files: Group) -> None:
    files.add_argument(
        "--keras",
        action="store_true",
        help="an LSTM's network as a Keras file too, model.keras; needs the extra adgen[lstm]",
    )
    files.add_argument(
        "--allow-pickle",
        action="store_true",
        help="let pytorch_model.bin go along, which can run programs where it is loaded",
    )


def run(args: argparse.Namespace) -> int:
    """Publishes a model or the demo."""
    from adgen.hub.upload import Target, check_token

    if args.model is not None and args.model_option is not None:
        raise ValueError("MODEL is given twice. Give it once.")
    args.model = args.model or args.model_option
    if args.repo and args.model is None:
        raise ValueError("MODEL is missing. Give a model's folder, such as models/adgen-lstm.")
    _check_options(args)
    repo = args.repo or args.space
    target = Target(
        repo,
        is_space=args.repo is None,
        is_private=args.private,
        branch=args.branch,
        message=args.message,
    )
    if not args.dry_run:
        check_token(target)  # before any work
    with tempfile.TemporaryDirectory() as place:
        output_dir = Path(place, "new")
        if args.output is not None or args.dry_run:
            output_dir = Path(args.output or Path("runs", "publish", repo.partition("/")[2]))
        prepare = _prepare_space if target.is_space else _prepare_model
        folder, kind = prepare(args, output_dir)
        if args.dry_run:
            print(f"Nothing was uploaded. What would be is in {folder}; read its README.md")
            return 0
        from adgen.generation.sharing import is_our_card
        from adgen.hub.upload import push_folder

        address = push_folder(folder, target, owns=kind.owns, is_our_card=is_our_card)
        print(f"Published {address}")
    return 0


def _check_options(args: argparse.Namespace) -> None:
    """Raises where an option would do nothing."""
    useless = {
        "--record": args.records,
        "--language": args.languages,
        "--dataset": args.datasets,
        "--keras": args.keras,
        "--allow-pickle": args.allow_pickle,
    }
    given = [option for option, value in useless.items() if value]
    if args.space and given:
        raise ValueError(
            f"{', '.join(given)} is for a model's repository, and does nothing for a Space. Leave "
            "it out."
        )


def _prepare_model(args: argparse.Namespace, output_dir: Path) -> tuple[Path, FolderKind]:
    """Writes a model's folder and checks it."""
    from adgen.hub.file_checks import check_files
    from adgen.hub.upload import current_token
    from adgen.publish.checks import check_card, check_opens
    from adgen.publish.entries import Said
    from adgen.publish.folder import PUBLISHED_FOLDER, PublishPlan, prepare_folder

    plan = PublishPlan(
        Path(args.model),
        args.repo,
        said=Said(
            args.license,
            tuple(args.languages or ("en",)),
            tuple(args.datasets),
            args.license_name,
        ),
        records=[Path(path) for path in args.records],
        has_keras=args.keras,
        has_pickles=args.allow_pickle,
    )
    wrote: list[str] = []

    def check(folder: Path) -> None:
        check_card((folder / "README.md").read_text(encoding="utf-8"))
        check_files(folder, has_pickles=plan.has_pickles, secret=current_token())
        wrote.append(check_opens(folder))

    folder = prepare_folder(plan, output_dir, check)
    _print_files(folder, PUBLISHED_FOLDER)
    print(f"Checked: card, no pickle, no token, no path of this machine; it writes: {wrote[0]}")
    return folder, PUBLISHED_FOLDER


def _prepare_space(args: argparse.Namespace, output_dir: Path) -> tuple[Path, FolderKind]:
    """Writes a Space's folder and checks it."""
    from adgen.hub.file_checks import check_files
    from adgen.hub.upload import current_token
    from adgen.publish.checks import check_opens, check_space_card
    from adgen.publish.space import (
        SPACE_FOLDER,
        SpacePlan,
        check_starts,
        is_of_package,
        prepare_space,
    )

    plan = SpacePlan(args.space, args.model, args.license or "mit", args.license_name)

    def check(folder: Path) -> None:
        check_space_card((folder / "README.md").read_text(encoding="utf-8"))
        check_files(folder, has_pickles=None, secret=current_token(), skips=is_of_package)
        check_starts(folder)
        if (folder / "model").is_dir():
            check_opens(folder / "model")

    folder = prepare_space(plan, output_dir, check)
    model = folder / "model"
    _print_files(folder, SPACE_FOLDER)
    if args.model is not None and not model.is_dir():
        print(f"{args.model} is not looked at before the Space starts; GPTs' packages go along")
    print(
        "Checked: header, no pickle, no token, no path of this machine; the demo loads from the "
        f"folder{' and the model opens' if model.is_dir() else ''}"
    )
    return folder, SPACE_FOLDER


def _print_files(folder: Path, kind: FolderKind) -> None:
    """Prints sizes and names of what goes along, of an inner folder its files together."""
    for path in sorted(folder.iterdir()):
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        note = "" if kind.owns(PurePosixPath(path.name)) else " (stays here, is not uploaded)"
        print(f"{sum(one.stat().st_size for one in files):>12,}  {path.name}{note}")

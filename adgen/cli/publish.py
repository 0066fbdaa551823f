"""`adgen publish`: a model or its demo on the Hugging Face Hub."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adgen.hub.upload import Target

HELP = "Publish a model, or its demo, on the Hugging Face Hub; or see what would be published."
USAGE = "MODEL --repo OWNER/NAME [--dry-run] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("model", metavar="MODEL", help="the model's folder")
    parser.add_argument("--repo", required=True, metavar="OWNER/NAME", help="where it goes")
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
    hub = parser.add_argument_group("repository")
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
    card = parser.add_argument_group("card")
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
    files = parser.add_argument_group("files")
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
    """Publishes a model."""
    from adgen.hub.upload import Target, check_token

    target = Target(args.repo, is_private=args.private, branch=args.branch, message=args.message)
    if not args.dry_run:
        check_token(target)  # before any work
    if args.output is None and not args.dry_run:
        with tempfile.TemporaryDirectory() as place:
            return _publish(args, target, Path(place) / "model")
    name = args.repo.partition("/")[2]
    return _publish(args, target, Path(args.output or Path("runs", "publish", name)))


def _publish(args: argparse.Namespace, target: Target, output_dir: Path) -> int:
    """Prepares and checks a model's folder, and pushes it unless nothing is to be uploaded."""
    from adgen.publish.checks import check_card, check_files, check_opens
    from adgen.publish.entries import Said
    from adgen.publish.folder import PUBLISHED_FOLDER, PublishPlan, prepare_folder

    plan = PublishPlan(
        Path(args.model),
        args.repo,
        said=Said(args.license, tuple(args.languages or ("en",)), tuple(args.datasets)),
        records=[Path(path) for path in args.records],
        has_keras=args.keras,
        has_pickles=args.allow_pickle,
    )
    folder = prepare_folder(plan, output_dir)
    check_card((folder / "README.md").read_text(encoding="utf-8"))
    check_files(folder, has_pickles=plan.has_pickles, secret=_secret())
    wrote = check_opens(folder)
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.name}")
    print(f"Checked: card, no pickle, no token, no path of this machine; it writes: {wrote}")
    if args.dry_run:
        print(f"Nothing was uploaded. What would be is in {folder}; read its README.md")
        return 0
    from adgen.hub.upload import push_folder

    print(f"Published {push_folder(folder, target, owns=PUBLISHED_FOLDER.owns)}")
    return 0


def _secret() -> str | None:
    """Returns the token in use, so that no file holds it."""
    from huggingface_hub.utils import get_token

    return get_token()

"""A Space of the Hub that runs adgen's demo: a folder with a few files, adgen itself and a model.

adgen is in no package index, and while a Space is built pip sees requirements.txt and no other file
of it, so that a wheel there would not be found. So the package lies in the folder, beside app.py,
where Python looks first; requirements.txt names what it needs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path, PurePosixPath

from adgen.generation.folder_kinds import GPT
from adgen.generation.hub_models import is_hub_id
from adgen.generation.sharing import copy_model
from adgen.generation.shipped import SHIPPED_MODEL, SHIPPED_WRITER, shipped_model_dir
from adgen.hub.header import with_header
from adgen.hub.names import check_repo
from adgen.publish.folder import check_new
from adgen.publish.licences import check_licence
from adgen.publish.subject import Subject
from adgen.support.files import NOTHING, write_text
from adgen.support.folders import FolderKind, check_output_dir, directory_when_done
from adgen.support.version import __version__

GRADIO = "6.31.0"
_PYTHON = "3.11"
_MARK = "<!-- adgen publish, a Space -->"
_PACKAGE = Path(__file__).resolve().parents[1]
_FILES = ("app.py", "requirements.txt", "README.md")
_APP = '''"""Runs adgen's demo."""

from adgen.demo.app import launch_space

launch_space()
'''
_APP_OF_HUB_MODEL = '''"""Runs adgen's demo with a model of the Hub."""

from pathlib import Path

from adgen.demo.app import launch_space
from huggingface_hub import snapshot_download

folder = Path(snapshot_download("{model}", local_dir=Path(__file__).parent / "model"))
if (folder / "adapter_config.json").is_file():
    raise SystemExit("{model} is an adapter, whose base is not here. Name a whole model.")
launch_space()
'''
_README = """{mark}

# {name}

The demo of [adgen](https://github.com/adgen-project/adgen) {version}, which writes shopping ads
from a product's facts, or on from an ad's first words.
{what}
Ads can be wrong: hold each against its product before you publish it.

`app.py` starts it, `adgen/` is the package. On a machine of your own:
`pip install -r requirements.txt`, then `python app.py`.
"""


def _is_ours(folder: Path) -> bool:
    readme = folder / "README.md"
    return readme.is_file() and _MARK in readme.read_text(encoding="utf-8", errors="replace")


SPACE_FOLDER = FolderKind(
    "a Space's folder of `adgen publish`",
    is_ours=_is_ours,
    owns=lambda path: path.parts[0] in (*_FILES, "adgen", "model"),
)


@dataclass(frozen=True)
class SpacePlan:
    """Says which Space is published.

    Attributes:
        repo: The Space, OWNER/NAME.
        model: A model's folder, which goes along, or its id on the Hub; None for those that come
            with adgen.
        licence: Of the Space, as the Hub calls it.
        licence_name: Which licence `other` stands for.
    """

    repo: str
    model: str | None = None
    licence: str = "mit"
    licence_name: str | None = None

    def __post_init__(self) -> None:
        check_licence(self.licence, self.licence_name)


def prepare_space(
    plan: SpacePlan, output_dir: str | Path, check: Callable[[Path], None] | None = None
) -> Path:
    """Writes the folder of a Space; on any failure what stood there is unchanged.

    Args:
        plan: The Space.
        output_dir: New, empty, or a Space's folder that `adgen publish` wrote, which is replaced.
        check: As for `adgen.publish.folder.prepare_folder`.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: There is no such model.
        ValueError: The model is an adapter, or something else is in `output_dir`.
        OSError: Nothing can be written there.
        ImportError: adgen runs without being installed.
    """
    check_repo(plan.repo)
    subject = None if plan.model is None or is_hub_id(plan.model) else Subject.of(plan.model)
    if subject is not None and subject.is_adapter:
        raise ValueError(
            f"{plan.model} is an adapter, whose base a Space does not have. Give a whole model, or "
            "none, for those that come with adgen."
        )
    # Of what kind a model of the Hub is shows when the Space fetches it.
    may_be_gpt = subject.kind == GPT if subject is not None else plan.model is not None
    needs = requirements("gpt" if may_be_gpt else None)
    apart_from = NOTHING if subject is None else {"the model": subject.folder}
    target = check_output_dir(output_dir, SPACE_FOLDER, apart_from=apart_from)
    with directory_when_done(target, SPACE_FOLDER) as new:
        _copy_package(new / "adgen")
        if subject is not None:
            copy_model(subject.folder, new / "model")
        by_id = plan.model is not None and subject is None
        write_text(new / "app.py", _APP_OF_HUB_MODEL.format(model=plan.model) if by_id else _APP)
        write_text(new / "requirements.txt", "\n".join([f"gradio=={GRADIO}", *needs, ""]))
        write_text(new / "README.md", _readme(plan, by_id=by_id))
        check_new(new, target, check)
    return target


def requirements(extra: str | None = None) -> list[str]:
    """Returns what adgen needs, and what an extra of it needs, as pip takes it.

    Raises:
        ImportError: adgen runs without being installed, and so nothing says what it needs.
    """
    try:
        lines = requires("adgen") or []
    except PackageNotFoundError:
        raise ImportError(
            "A Space's requirements.txt says what adgen needs, which its installation knows; adgen "
            "runs from a folder here. Install it: pip install FOLDER."
        ) from None
    found = []
    for line in lines:
        requirement, _, marker = line.partition(";")
        of_extra = re.search(r"""extra == ['"]([\w-]+)['"]""", marker)
        if of_extra is None or of_extra[1] == extra:
            found.append(requirement.strip())
    return found


def check_starts(folder: Path) -> None:
    """Loads the demo from a Space's folder in a fresh process.

    Raises:
        ValueError: It cannot be loaded; the message says why.
    """
    code = "import adgen.demo.app, adgen; print(adgen.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},  # nothing more in the folder
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise ValueError(f"The demo cannot be loaded from {folder}: {lines[-1][:300]}.")


def _copy_package(place: Path) -> None:
    """Copies adgen, and the models that come with it and need no extra."""
    shutil.copytree(_PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    for name in (SHIPPED_MODEL, SHIPPED_WRITER):
        copy_model(shipped_model_dir(name), place / "shipped" / name)


def _readme(plan: SpacePlan, *, by_id: bool) -> str:
    """Returns the Space's README.md, whose header says how it is run."""
    name = plan.repo.partition("/")[2]
    what = "Its models are those that come with adgen."
    if plan.model is not None:
        what = f"Its model is {plan.model}." if by_id else "Its model lies in `model/`."
    header = {
        "title": name,
        "emoji": "🛒",
        "colorFrom": "blue",
        "colorTo": "green",
        "sdk": "gradio",
        "sdk_version": GRADIO,
        "python_version": _PYTHON,
        "app_file": "app.py",
        "pinned": False,
        "license": plan.licence,
        **({"license_name": plan.licence_name} if plan.licence_name else {}),
        "short_description": "Shopping ads from a product's facts",
        **({"models": [plan.model]} if by_id else {}),
    }
    body = _README.format(mark=_MARK, name=name, version=__version__, what=what)
    return with_header(header, body)


def is_of_package(path: PurePosixPath) -> bool:
    """Tells whether a file of a Space is adgen's own, which everybody can read anyway."""
    return path.parts[0] == "adgen"

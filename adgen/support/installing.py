"""Names the command that installs an extra, from where this adgen was installed, and its packages.

adgen is in no index, and a stranger may take its name there, so no command asks an index for it: a
checkout has its Makefile, a wheel or a repository its address, and whatever else there is gets the
packages of the extra by their own names.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_NAME = "adgen"


def install_command(extras: str, package: str) -> str:
    """Returns the command of a shell that installs extras into the environment of this process.

    Args:
        extras: Their names, with commas between.
        package: The package that is missed, for code that lies about without being installed.
    """
    checkout = _checkout()
    if checkout is not None and Path(sys.prefix).resolve() == checkout / ".venv":
        place = [] if checkout == Path.cwd() else ["-C", str(checkout)]
        return shlex.join(["make", *place, "extra", f"NAME={extras}"])
    if checkout is not None:
        return _pip("--editable", f"{checkout}[{extras}]")
    try:
        installed = distribution(_NAME)
    except PackageNotFoundError:
        return _pip(package)
    address = _address(json.loads(installed.read_text("direct_url.json") or "{}"))
    if address is not None:
        return _pip(f"{_NAME}[{extras}] @ {address}")
    return _pip(*_requirements(installed, extras.split(",")))


def requirements(*extras: str) -> list[str]:
    """Returns what adgen and some of its extras need, as pip takes it.

    Args:
        *extras: Their names.

    Raises:
        PackageNotFoundError: adgen is not installed.
    """
    installed = distribution(_NAME)
    always = [line for line in installed.requires or [] if "extra ==" not in line]
    return list(dict.fromkeys([*always, *_requirements(installed, list(extras))]))


def _checkout() -> Path | None:
    """Returns the folder of the checkout that this code lies in; None where it was installed."""
    folder = Path(__file__).resolve().parents[2]
    is_checkout = (folder / "pyproject.toml").is_file() and (folder / "Makefile").is_file()
    return folder if is_checkout else None


def installed_commit() -> str | None:
    """Returns the commit that pip installed adgen from; None where it came from no repository."""
    try:
        about = json.loads(distribution(_NAME).read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    commit = about.get("vcs_info", {}).get("commit_id")
    return None if commit is None else str(commit)[:12]


def _address(direct_url: dict[str, Any]) -> str | None:
    """Returns what pip and uv take after `@`: the address that this was installed from.

    None where it is not known, or has gone.

    Source:
        https://packaging.python.org/en/latest/specifications/direct-url
    """
    url = direct_url.get("url")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file" and not Path(unquote(parts.path)).exists():
        return None
    repository = direct_url.get("vcs_info")
    if repository:
        return f"{repository['vcs']}+{url}@{repository['commit_id']}"
    return str(url)


def _requirements(installed: Distribution, extras: list[str]) -> list[str]:
    """Returns the packages of extras as they are required, those of extras within them too."""
    found: list[str] = []
    for line in installed.requires or []:
        requirement, _, marker = line.partition(";")
        if any(re.search(rf"""extra == ['"]{re.escape(extra)}['"]""", marker) for extra in extras):
            inner = re.match(rf"{_NAME}\[([\w,-]+)\]", requirement.strip())
            found += (
                _requirements(installed, inner[1].split(","))
                if inner
                else [requirement.strip() + _other_conditions(marker)]
            )
    return list(dict.fromkeys(found))


def _other_conditions(marker: str) -> str:
    """Returns a marker without what it says of extras."""
    rest = re.sub(r"""(\s*\band\b)?\s*\(?extra == ['"][\w-]+['"]\)?\s*""", "", marker).strip()
    return f"; {rest}" if rest else ""


def _pip(*what: str) -> str:
    """Returns the command of pip, or of uv where the environment has no pip."""
    words = [sys.executable, "-m", "pip", "install"]
    if find_spec("pip") is None:
        words = ["uv", "pip", "install", "--python", sys.executable]
    return shlex.join([*words, *what])

"""Writes guides, results, glossary and API as one site: `python docs/make_pages.py [OUTPUT]`.

Sphinx makes the pages from a folder that is laid out for it: the repository's Markdown at the same
places, the README as the front page, and a page a room for the API. Links to files that are no
pages lead to the repository. A warning of Sphinx is an error; nothing is loaded from other hosts.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path, PurePosixPath

import sphinx
from docutils.nodes import document
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.ext.autodoc.mock import mock

import adgen
from adgen.support.folders import FolderKind, directory_when_done
from adgen.support.version import __version__

REPO = Path(__file__).resolve().parents[1]
OUTPUT = REPO / "build" / "docs"
FRONT_PAGE = "README.md"
# The pages by their places in the menu; the front page stands above them.
MENU = {
    "Guides": (
        "docs/data.md",
        "docs/catalogues.md",
        "docs/formats.md",
        "docs/exports.md",
        "docs/demo.md",
        "docs/site.md",
        "docs/publishing.md",
        "docs/scale.md",
    ),
    "Results": ("docs/results.md", "docs/performance.md", "docs/robustness.md"),
    "Reference": ("docs/glossary.md", "api/index.rst"),
    "Project": (
        "docs/design.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "data/README.md",
        "findings/README.md",
    ),
}
# What the menu calls pages whose own heading says too little there, or too much.
MENU_TITLES = {
    "docs/demo.md": "The demo",
    "docs/exports.md": "Exports",
    "docs/performance.md": "Performance",
    "docs/site.md": "The page without a server",
}
# Packages that take long to load, or come with extras: names are read without them.
NOT_NEEDED = ["gradio", "matplotlib", "onnx", "onnxruntime", "ray", "tensorflow", "torch"]
NOT_NEEDED += ["transformers"]
SETTINGS = {
    "project": "adgen",
    "version": __version__,
    "release": __version__,
    "extensions": ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"],
    "default_role": "py:obj",  # `name` in a docstring is a link where there is such a name
    "smartquotes": False,
    "highlight_language": "none",
    "autodoc_mock_imports": NOT_NEEDED,
    "autodoc_member_order": "bysource",
    "autodoc_typehints_format": "short",
    "python_use_unqualified_type_names": True,
    "add_module_names": False,
    "python_maximum_signature_line_length": 88,
    "napoleon_numpy_docstring": False,
    "napoleon_use_ivar": True,
    "toc_object_entries": False,  # a room has hundreds
    "myst_heading_anchors": 4,
    "html_theme": "furo",
    "html_title": "adgen",
    "html_static_path": [str(Path(__file__).with_name("pages.css"))],
    "html_css_files": ["pages.css"],
    "html_copy_source": False,
    "html_use_index": False,
    "html_domain_indices": False,
    "html_show_sourcelink": False,
    "html_show_copyright": False,
}
if sphinx.version_info >= (8, 2):  # Python 3.10 has Sphinx 8.1
    SETTINGS["autodoc_use_type_comments"] = False  # there are none, and the search takes long
_OWN_FOLDERS = {"_images", "_sources", "_static", "api", "data", "docs", "findings"}
_OWN_PAGES = {"CHANGELOG.html", "CONTRIBUTING.html", "index.html", "search.html"}
_OWN = _OWN_FOLDERS | _OWN_PAGES | {".buildinfo", "objects.inv", "searchindex.js"}
_KIND = FolderKind(
    "adgen's documentation",
    is_ours=lambda folder: _has_our_inventory(folder),
    owns=lambda path: path.parts[0] in _OWN,
)
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_PYTHON = ".. highlight:: python"
_FENCED = re.compile(r"(^```.*?^```$)", flags=re.MULTILINE | re.DOTALL)
_PICTURE_ELSEWHERE = re.compile(r"!\[([^\]]*)\]\(https?://[^)\s]+\)")
_RELATIVE_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?\)")


def main() -> int:
    """Writes the site; returns the exit code."""
    os.environ["KERAS_BACKEND"] = "numpy"  # nothing is trained
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", default=OUTPUT, type=Path, help="folder to write")
    try:
        build(parser.parse_args().output)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def build(output: Path) -> None:
    """Writes the site into a folder, whole or not at all.

    Args:
        output: A new folder, an empty one, or one that this has written before.

    Raises:
        ValueError: Something else is in the folder, or Sphinx warns of something.
        OSError: Writing fails.
    """
    with tempfile.TemporaryDirectory() as folder, directory_when_done(output, _KIND) as new:
        source = Path(folder) / "source"
        lay_out(source)
        doctrees = Path(folder) / "doctrees"
        app = Sphinx(
            source,
            None,
            new,
            doctrees,
            "html",
            confoverrides=SETTINGS,
            status=None,
            warning=sys.stderr,
            warningiserror=True,
        )
        # Napoleon, which reads the sections of docstrings, has priority 500.
        app.connect("autodoc-process-docstring", _as_restructured_text, priority=400)
        app.connect("doctree-read", _find_names_as_they_are)
        app.build()
        if app.statuscode:
            raise ValueError("Sphinx warns of the above. Mend it there, and build again.")


def lay_out(source: Path) -> None:
    """Writes what Sphinx reads: Markdown pages with their pictures, and the API's stubs.

    Raises:
        ValueError: A page of `docs/` is missing from the menu.
    """
    pages = [FRONT_PAGE, *(page for group in MENU.values() for page in group)]
    lost = {f"docs/{path.name}" for path in (REPO / "docs").glob("*.md")} - {*pages}
    if lost:
        raise ValueError(f"{', '.join(sorted(lost))} is not in MENU of {__file__}. Add it there.")
    shutil.copytree(REPO / "images", source / "images")
    for page in pages:
        if page.endswith(".md"):
            place = source / (page if page != FRONT_PAGE else "index.md")
            place.parent.mkdir(parents=True, exist_ok=True)
            text = with_site_links((REPO / page).read_text(encoding="utf-8"), page, {*pages})
            place.write_text(text, encoding="utf-8")
    with (source / "index.md").open("a", encoding="utf-8") as front:
        front.write("".join(_menu(caption, group) for caption, group in MENU.items()))
    write_api_pages(source / "api")


def with_site_links(text: str, page: str, pages: set[str]) -> str:
    """Returns a page's Markdown with links that lead on from the site.

    Args:
        text: As it stands in the repository, where links lead to its files.
        page: Its path in the repository.
        pages: The paths of all pages.

    Returns:
        The same with links to files that are no pages as addresses of the repository, and with
        pictures of other hosts as their words. Blocks of code stay.
    """

    def lead_on(match: re.Match[str]) -> str:
        target = os.path.normpath(PurePosixPath(page).parent / match[1])
        if target == FRONT_PAGE:
            found = os.path.relpath("index.md", PurePosixPath(page).parent)
        elif target in pages or target.startswith("images/"):
            return match[0]
        else:
            kind = "tree" if (REPO / target).is_dir() else "blob"
            found = f"{repository()}/{kind}/main/{target}"
        return f"]({found}{match[2] or ''})"

    parts = _FENCED.split(text)
    for number in range(0, len(parts), 2):
        words = _PICTURE_ELSEWHERE.sub(r"\1", parts[number])
        parts[number] = _RELATIVE_LINK.sub(lead_on, words)
    return "".join(parts)


def repository() -> str:
    """Returns the address at which the repository is published."""
    project = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    match = re.search(r'^Repository = "(.*)"$', project, flags=re.MULTILINE)
    if match is None:
        raise ValueError("pyproject.toml has no Repository in [project.urls]. Add it there.")
    return match[1]


def _menu(caption: str, group: tuple[str, ...]) -> str:
    """Returns a part of the menu, as MyST reads it."""
    names = []
    for page in group:
        place = f"/{PurePosixPath(page).with_suffix('')}"
        names.append(f"{MENU_TITLES[page]} <{place}>" if page in MENU_TITLES else place)
    lines = ["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```", ""]
    return "\n".join(lines)


def write_api_pages(folder: Path) -> None:
    """Writes a page of public names, and one a room with all its modules, for autodoc."""
    folder.mkdir(parents=True)
    rooms = dict(_rooms())
    toctree = ["", ".. toctree::", "   :hidden:", "", *(f"   {room}" for room in rooms)]
    front = [*_heading("API", "="), ".. automodule:: adgen", "", *_heading("Public names", "-")]
    rows = [*_heading("Rooms", "-"), *(f"* :doc:`{room}`: {said}" for room, said in rooms.items())]
    lines = [*front, *_public_names(), "", *rows, *toctree, ""]
    (folder / "index.rst").write_text("\n".join(lines), encoding="utf-8")
    for room in rooms:
        lines = [_PYTHON, "", *_heading(room, "="), f".. automodule:: {room}", ""]
        for path in sorted((REPO / room.replace(".", "/")).glob("[!_]*.py")):
            module = f"{room}.{path.stem}"
            lines += [*_heading(module, "-"), f".. automodule:: {module}", "   :members:", ""]
        (folder / f"{room}.rst").write_text("\n".join(lines), encoding="utf-8")


def _rooms() -> Iterator[tuple[str, str]]:
    """Yields every room, such as "adgen.lstm.training", and the first line of its docstring."""
    for path in sorted((REPO / "adgen").glob("*/**/__init__.py")):
        room = ".".join(path.parent.relative_to(REPO).parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield room, (ast.get_docstring(tree) or "").splitlines()[0]


def _public_names() -> Iterator[str]:
    """Yields every name of the front door as a link to where it is defined, and what it is."""
    with mock(NOT_NEEDED):
        for name in sorted(adgen.__all__):
            found = getattr(adgen, name)
            first_line = (getdoc(found) or "").partition("\n")[0]
            yield f"* `{name} <{found.__module__}.{name}>`: {first_line}"


def _heading(text: str, line: str) -> list[str]:
    return [text, line * len(text), ""]


def _as_restructured_text(_app: Sphinx, *given: object) -> None:
    """Changes a docstring's lines where Markdown's habits mean something else to Sphinx.

    An example without prompts becomes a block of code; what stands between backticks and is no
    name becomes code as it is.
    """
    lines = given[-1]
    assert isinstance(lines, list)
    for number, line in enumerate(lines[:-1]):
        if line.strip() == "Example:" and not lines[number + 1].lstrip().startswith(">>>"):
            lines[number] = f"{line}:"
            lines.insert(number + 1, "")
    text = _CODE.sub(
        lambda found: found[0] if re.fullmatch(r"[^\W\d][\w.]*", found[1]) else f"`{found[0]}`",
        "\n".join(lines),
    )
    lines[:] = text.split("\n")


def _find_names_as_they_are(_app: Sphinx, doctree: document) -> None:
    """Has types of signatures looked up by their whole names, not by their ends in all modules."""
    for node in doctree.findall(pending_xref):
        node.attributes.pop("refspecific", None)


def _has_our_inventory(folder: Path) -> bool:
    """Returns whether Sphinx's list of names in a folder says that it is of adgen."""
    inventory = folder / "objects.inv"
    return inventory.is_file() and b"# Project: adgen\n" in inventory.read_bytes()[:200]


if __name__ == "__main__":
    sys.exit(main())

"""The law of docs/design.md: which room may import which, what is heavy, how large things may be.

All imports count: those at the top of a file, those inside functions, and those for the type
checker alone.
"""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
PACKAGE = REPO / "adgen"
DESIGN = (REPO / "docs" / "design.md").read_text(encoding="utf-8")
# The package's face names modules in a table of its own, which tests/test_front_door.py checks.
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)

# From the ground up: a room imports itself and rooms of lower floors, never its neighbours.
FLOORS = [
    ["support"],
    ["records", "hub"],
    ["products", "corpus", "report"],
    ["tokens", "catalogues", "formats"],
    ["decoding", "scoring"],
    ["int8"],
    ["lstm", "ngram", "gpt", "llama"],
    ["lstm.training", "gpt.training", "mixture"],
    ["generation"],
    ["writing"],
    ["bulk", "evaluation"],
    ["exports", "runs", "publish"],
    ["demo", "notebook"],
    ["cli"],
]
# One file stands lower than its room: names and sizes of published models, which tables show too.
LENT = {"adgen.gpt.catalogue": "support"}
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# Packages that take long to load or are not part of the core, and the rooms that may import them,
# inside functions too. "at once": at the top of a file; what a room loads at once, the rooms above
# load with it.
HEAVY = {
    "pandas",
    "pyarrow",
    "tensorflow",
    "keras",
    "jax",
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "matplotlib",
    "onnx",
    "onnxruntime",
    "ray",
    "huggingface_hub",
    "gradio",
}
MAY_IMPORT = {
    "hub": {"huggingface_hub"},
    "corpus": {"pandas", "pyarrow"},
    "catalogues": {"pyarrow"},
    "report": {"pandas", "matplotlib"},
    "tokens": {"pandas"},
    "gpt": {"pandas", "torch", "transformers", "huggingface_hub"},
    "int8": {"onnx", "onnxruntime"},
    "llama": {"onnx", "onnxruntime"},
    "lstm.training": {"pandas", "tensorflow", "keras", "jax", "torch"},
    "gpt.training": {"pandas", "torch", "transformers", "peft", "accelerate"},
    "bulk": {"ray"},
    "evaluation": {"pandas"},
    "runs": {"pandas"},
    "notebook": {"pandas", "matplotlib"},
    "publish": {"huggingface_hub"},
    "demo": {"gradio"},
    "cli": {"pandas"},
}
# What importing every file of a room loads; rooms not named load none of the heavy packages.
TABLES = {"pandas", "pyarrow"}
LOADS_AT_ONCE = {
    "corpus": TABLES,
    "report": TABLES,
    "tokens": TABLES,
    "lstm.training": TABLES
    | {"tensorflow", "keras", "jax", "torch"}
    | {"matplotlib", "huggingface_hub"},  # Keras brings what it finds
    "gpt.training": TABLES,
    "evaluation": TABLES,
    "runs": TABLES,
    "notebook": TABLES,
    "publish": TABLES,
}


def module_of(path):
    name = ".".join(path.relative_to(REPO).with_suffix("").parts)
    return name.removesuffix(".__init__")


def room_of(module):
    parts = module.split(".")[1:]
    return ".".join(parts[:2]) if ".".join(parts[:2]) in FLOOR_OF else parts[0]


MODULES = {module_of(path): path for path in FILES}


@cache
def imported_names(module):
    """Everything that a file imports, wherever in it, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def arrows(module):
    """The modules of the house that a file imports."""
    found = set()
    for name in imported_names(module):
        while name and name not in MODULES:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {"", module}


@pytest.mark.parametrize("module", MODULES)
def test_imports_lead_down(module):
    room = room_of(module)
    for other in sorted(arrows(module)):
        target = LENT.get(other) or room_of(other)
        if target != room and other != module.rpartition(".")[0]:
            assert FLOOR_OF[target] < FLOOR_OF[room], (
                f"{module} ({room}) imports {other} ({target})"
            )


def test_imports_form_no_circle():
    finished = set()

    def visit(module, trail):
        assert module not in trail, f"circular import: {' -> '.join((*trail, module))}"
        if module not in finished:
            for other in sorted(arrows(module)):
                visit(other, (*trail, module))
            finished.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("module", MODULES)
def test_heavy_packages_are_imported_where_the_table_says(module):
    packages = {name.partition(".")[0] for name in imported_names(module)}
    assert packages & HEAVY <= MAY_IMPORT.get(room_of(module), set())


@pytest.mark.parametrize("room", FLOOR_OF)
def test_a_room_loads_no_more_than_the_table_says(room):
    modules = [m for m in MODULES if room_of(m) == room and not m.endswith("__main__")]
    code = f"import {', '.join(modules)}, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert set(modules) <= loaded
    assert loaded & HEAVY <= LOADS_AT_ONCE.get(room, set())


def test_the_command_line_starts_without_numpy():
    code = "import adgen.cli.main, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "numpy" not in done.stdout.split()


def lines_of_code(path):
    """Lines that are neither blank nor comments nor docstrings."""
    text = path.read_text(encoding="utf-8")
    prose = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            prose |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") and n not in prose
        for n, line in lines
    )


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_stay_small(path):
    assert lines_of_code(path) <= 250


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_lines_have_at_most_100_columns(path):
    wide = [
        n
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 100
    ]
    assert not wide


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_functions_have_at_most_50_lines_of_code(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 50, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_statement_does_one_thing(path):
    """`a, b = f(), g()` hides two statements in one line, unless it swaps or names plain values."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else []
            calls = [part for part in parts if _calls_something(part)]
            assert len(calls) <= 1, f"line {node.lineno} does {len(calls)} things"


def _calls_something(expression):
    return any(isinstance(node, ast.Call) for node in ast.walk(expression))


def test_the_design_shows_every_file_of_every_room():
    tree = DESIGN[DESIGN.index("## The house") : DESIGN.index("## The law")]
    for module in MODULES:
        if not MODULES[module].stem.startswith("__"):
            assert re.search(rf"\b{MODULES[module].stem}\b", tree), f"{module} is not in the tree"


def test_the_package_is_its_rooms():
    names = {path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    rooms = {room.partition(".")[0] for room in FLOOR_OF}
    assert names == rooms | {"__init__.py", "__main__.py"}

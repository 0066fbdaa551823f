"""The rules of docs/design.md: who may import what, and how large things may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
MODULES = sorted((REPO / "adgen").rglob("*.py"))

CORE = [
    "extras",
    "records.tables",
    "files",
    "corpus",
    "sample",
    "tokenizer",
    "packing",
    "examples",
    "ngram",
    "novelty",
    "metrics",
    "spelling",
    "lstm_config",
    "model_directory",
    "sampling",
    "runtime",
    "decoding",
    "generation",
    "evaluation",
    "records.record",
    "records.machine",
    "records.cards",
    "writing",
    "training_config",
    "training_data",
    "token_store",
    "held_out",
    "memorisation",
    "mixtures",
    "evaluation_runs",
    "ngram_directory",
    "ngram_runs",
    "evaluation_text",
    "scoring",
    "cli.main",
]
HEAVY = ("tensorflow", "keras", "torch", "transformers", "jax", "matplotlib")


def _loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ast.literal_eval(done.stdout))


def test_the_core_imports_nothing_heavy():
    loaded = _loaded_by("; ".join(f"import adgen.{name}" for name in CORE))
    assert {f"adgen.{name}" for name in CORE} <= loaded
    assert not loaded & set(HEAVY)


def test_gpt_modules_load_torch_when_they_are_used_and_not_before():
    names = [
        f"adgen.gpt.{path.stem}" for path in (REPO / "adgen" / "gpt").glob("*.py") if path.stem != "__init__"
    ]
    assert not _loaded_by(f"import {', '.join(names)}") & {
        "torch",
        "transformers",
        "peft",
        "pytorch_lightning",
    }


def test_generation_and_the_command_line_do_without_pandas():
    assert not {"pandas", "pyarrow"} & _loaded_by(
        "import adgen.generation.generator, adgen.generation.output, adgen.cli.main"
    )


def test_the_command_line_starts_without_numpy():
    assert "numpy" not in _loaded_by("import adgen.cli.main")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPO)))
def test_modules_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPO)))
def test_functions_have_at_most_50_lines_of_code(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 50, f"{node.name} has {lines} lines"


def test_every_module_stands_in_the_design():
    design = (REPO / "docs" / "design.md").read_text(encoding="utf-8")
    table = design[design.index("## The package") : design.index("Rules, checked by a test")]
    names = {path.stem for path in MODULES} - {"__init__", "cli"}
    missing = sorted(name for name in names if f"`{name}`" not in table and f"`{name}/`" not in table)
    assert not missing


def test_imports_form_no_circle():
    imports = {}
    for path in MODULES:
        name = ".".join(path.relative_to(REPO).with_suffix("").parts)
        found = set()
        for node in ast.parse(
            path.read_text(encoding="utf-8")
        ).body:  # module level only: what runs at import
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("adgen"):
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name.startswith("adgen")}
        imports[name] = found
    finished: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"circular import: {' -> '.join((*trail, name))}"
        if name in imports and name not in finished:
            for other in imports[name]:
                visit(other, (*trail, name))
            finished.add(name)

    for name in imports:
        visit(name, ())

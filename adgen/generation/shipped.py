"""Where models and run records are that come with adgen.

In the package when it was installed, else in a checkout.
"""

from __future__ import annotations

from pathlib import Path

SHIPPED_MODEL = "adgen-lstm"
SHIPPED_GPT = "adgen-gpt-electronics"


def shipped_model_dir(name: str = SHIPPED_MODEL) -> Path:
    """The directory of a model that comes with adgen.

    Args:
        name: `SHIPPED_MODEL`, which needs no extra, or `SHIPPED_GPT`, which needs the extra `gpt`.

    Raises:
        FileNotFoundError: This installation has none of that name.
    """
    for folder in _places(name, Path("models", name)):
        if (folder / "config.json").is_file():
            return folder
    raise FileNotFoundError(
        f"This installation of adgen has no model {name}. Give a model directory with --model, or install adgen again."
    )


def shipped_results_dir() -> Path:
    """The run records behind every published figure, as `adgen.report.documents.load_records` reads them.

    Raises:
        FileNotFoundError: This installation has none.
    """
    for folder in _places("results", Path("results")):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("This installation of adgen has no run records. Install adgen again.")


def _places(name: str, in_checkout: Path) -> tuple[Path, Path]:
    """Where a folder is when the package was installed, and where in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return package / "shipped" / name, package.parent / in_checkout

"""The places of the models and run records that come with adgen.

They are in the package when it was installed, else in a checkout.
"""

from __future__ import annotations

from pathlib import Path

SHIPPED_MODEL = "adgen-mixture"
SHIPPED_LSTM = "adgen-lstm"
SHIPPED_GPT = "adgen-gpt-electronics"
SHIPPED_WRITER = "adgen-writer-small"
SHIPPED_ADAPTER = "adgen-writer"


def shipped_model_dir(name: str = SHIPPED_MODEL) -> Path:
    """Returns the directory of a model that comes with adgen.

    Args:
        name: `SHIPPED_MODEL`, `SHIPPED_LSTM`, which it is made of, or `SHIPPED_WRITER`, which need
            no extra; `SHIPPED_GPT`, which needs the extra `gpt`; or `SHIPPED_ADAPTER`, which needs
            its base too.

    Raises:
        FileNotFoundError: This installation has none of that name.
    """
    for folder in _places(name, Path("models", name)):
        if (folder / "config.json").is_file():
            return folder
    raise FileNotFoundError(
        f"This installation of adgen has no model {name}. Give a model directory with --model, or "
        "install adgen again."
    )


def own_or_shipped(name: str | Path) -> str | Path:
    """Returns the folder of a model that comes with adgen by its name; else what was given.

    A folder of that name here comes first.

    Example:
        >>> own_or_shipped("adgen-lstm").name, own_or_shipped("runs/mine")
        ('adgen-lstm', 'runs/mine')
    """
    is_shipped = str(name) in (SHIPPED_MODEL, SHIPPED_LSTM, SHIPPED_GPT)
    return shipped_model_dir(str(name)) if is_shipped and not Path(name).exists() else name


def shipped_results_dir() -> Path:
    """Returns the folder of the run records behind every published figure.

    `adgen.report.documents.load_records` reads it.

    Raises:
        FileNotFoundError: This installation has none.
    """
    for folder in _places("results", Path("results")):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("This installation of adgen has no run records. Install adgen again.")


def _places(name: str, in_checkout: Path) -> tuple[Path, Path]:
    """Returns a folder's place in an installed package, and in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return package / "shipped" / name, package.parent / in_checkout

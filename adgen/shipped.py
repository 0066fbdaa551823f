"""Where the models are that come with adgen: in the package when it was installed, in `models/` of a checkout."""

from __future__ import annotations

from pathlib import Path

SHIPPED_MODEL = "adgen-lstm"


def shipped_model_dir(name: str = SHIPPED_MODEL) -> Path:
    """The directory of a model that comes with adgen.

    Args:
        name: Its name.

    Raises:
        FileNotFoundError: This installation has none of that name.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "shipped" / name, package.parent / "models" / name):
        if (folder / "config.json").is_file():
            return folder
    raise FileNotFoundError(
        f"This installation of adgen has no model {name}. Give a model directory with --model, or install adgen again."
    )

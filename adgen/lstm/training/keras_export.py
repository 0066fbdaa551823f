"""A trained model as one Keras file, as the 2022 experiment saved it.

It knows folders and files; `models` knows the layers.
"""

from __future__ import annotations

from pathlib import Path

from adgen.lstm.directory import load_model_directory
from adgen.support.disk import reserve
from adgen.support.extras import needs_extra
from adgen.support.files import check_output_file, replace_when_done

_OVERHEAD_BYTES = 1 << 20  # more than architecture and names ever take


def export_keras(model_dir: str | Path, path: str | Path) -> Path:
    """Writes a model directory as `.keras` or `.h5`, made of Keras's own layers alone.

    Args:
        model_dir: The model directory.
        path: The file to write.

    Returns:
        The path.

    Raises:
        FileNotFoundError: There is no such model directory.
        ValueError: The file's ending is another; a folder, a link or a device is in its place; or
            the directory is damaged.
        ImportError: Keras is not installed; the message names the extra.
    """
    path = Path(path)
    check_output_file(path, "a Keras file", suffixes=(".keras", ".h5"))
    model = load_model_directory(model_dir)
    with needs_extra("Exporting"):
        from adgen.lstm.training.models import plain_keras_model
    keras_model = plain_keras_model(model.weights, sequence_length=model.config.sequence_length)
    num_bytes = sum(array.nbytes for array in model.weights.values())
    with replace_when_done(path) as temporary_path:
        reserve(temporary_path, num_bytes + _OVERHEAD_BYTES)
        keras_model.save(temporary_path)
    return path

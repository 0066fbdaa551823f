"""Run notebooks from top to bottom on the ads in `data/` and keep what they show, in place.

    python notebooks/render.py notebooks/*.ipynb

A notebook that fails stays as it was. Progress bars, which are dead once the kernel is, are not
kept; what compiled libraries print goes to the terminal.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from tqdm.auto import tqdm

from adgen.support.files import write_text

_WIDGET = "application/vnd.jupyter.widget-view+json"


def render(path: Path) -> None:
    """Run one notebook in its folder and write it again with its outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=None,
        store_widget_state=False,
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [
                output for output in cell.outputs if _WIDGET not in output.get("data", {})
            ]
    write_text(path, nbformat.writes(notebook) + "\n")


if __name__ == "__main__":
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    for name in tqdm(sys.argv[1:], unit="notebook"):
        render(Path(name))

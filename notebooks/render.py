"""Run notebooks from top to bottom on the ads in `data/` and keep what they show, in place.

    python notebooks/render.py notebooks/*.ipynb

What each took, minutes and memory, is written into its first cell. A notebook that fails stays as
it was. Progress bars, which are dead once the kernel is, are not kept; what compiled libraries
print goes to the terminal.
"""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import nbformat
import psutil
from nbclient import NotebookClient
from tqdm.auto import tqdm

from adgen.support.files import write_text
from adgen.support.processes import num_cores

_WIDGET = "application/vnd.jupyter.widget-view+json"
_TOOK = re.compile(r"^\| \d+ CPU cores? \| .* \|$", flags=re.MULTILINE)


class MemoryWatch(Thread):
    """Looks every second at the memory of this process's children, theirs included.

    Attributes:
        peak_bytes: The most that they held together; pages that they share count for each.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._is_over = Event()

    def __enter__(self) -> MemoryWatch:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        """Looks until the block ends."""
        while not self._is_over.wait(1):
            self.peak_bytes = max(self.peak_bytes, _children_bytes())


def _children_bytes() -> int:
    total = 0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has ended meanwhile
            total += child.memory_info().rss
    return total


def took(seconds: float, peak_bytes: int) -> str:
    """Returns the line of a notebook's first cell that says what running it took here."""
    cores = num_cores() or 1
    minutes = max(1, round(seconds / 60))
    return (
        f"| {cores} CPU core{'s' * (cores > 1)} | {minutes} minute{'s' * (minutes > 1)}, "
        f"{peak_bytes / 1e9:.1f} GB of memory |"
    )


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
    start = time.perf_counter()
    with MemoryWatch() as watch:
        client.execute()
    line = took(time.perf_counter() - start, watch.peak_bytes)
    notebook.cells[0].source = _TOOK.sub(line, notebook.cells[0].source)
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

"""What every notebook needs: where it runs, its folders, and how results are shown.

A notebook begins with `set_up` and `open_workspace`; the rest shows what runs gave.

Example:
    >>> from adgen import notebook
    >>> notebook.Workspace.find("smoke").setting
    'smoke'
"""

from adgen.notebook.opening import open_workspace as open_workspace
from adgen.notebook.opening import set_up as set_up
from adgen.notebook.showing import checks_frame as checks_frame
from adgen.notebook.showing import drawn as drawn
from adgen.notebook.showing import file_sizes as file_sizes
from adgen.notebook.showing import left_aligned as left_aligned
from adgen.notebook.showing import published_records as published_records
from adgen.notebook.training import train_in as train_in
from adgen.notebook.workspace import Workspace as Workspace

__all__ = [
    "Workspace",
    "checks_frame",
    "drawn",
    "file_sizes",
    "left_aligned",
    "open_workspace",
    "published_records",
    "set_up",
    "train_in",
]

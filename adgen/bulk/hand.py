"""What a worker does, wherever it runs: opens its writer once, and answers block after block."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adgen.bulk.crew import Numbered
from adgen.bulk.plan import BulkPlan
from adgen.bulk.rows import Row
from adgen.support.version import __version__

if TYPE_CHECKING:
    from adgen.bulk.row_writer import RowWriter

Answer = list[Row] | Exception
# What the plan, a model's folder or the machine is to blame for, and the caller is told.
_SAID = (ValueError, OSError, ImportError)


class Hand:
    """Writes rows with one core.

    Args:
        plan: How.
        version: adgen's where the run was begun; another would write other rows.
    """

    def __init__(self, plan: BulkPlan, version: str = __version__) -> None:
        self._plan = plan
        self._version = version
        self._writer: RowWriter | None = None

    def write(self, block: Sequence[Numbered]) -> Answer:
        """Returns a block's rows, or why this worker can write none at all."""
        try:
            if self._writer is None:
                self._writer = self._open()
            return self._writer.write(block)
        except _SAID as error:
            return error

    def _open(self) -> RowWriter:
        if self._version != __version__:
            raise ValueError(
                f"A worker has adgen {__version__}; the run was begun with {self._version}. "
                "Install one version on all machines."
            )
        # Threads of one worker would only wait for those of another. NumPy is loaded after this.
        os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
        from adgen.bulk.row_writer import RowWriter

        return RowWriter.open(self._plan, num_threads=1)

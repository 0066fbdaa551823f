"""What the tests of this room share: a small writer that never learned anything."""

import pytest
from tiny_writer import save_tiny_writer

from adgen.bulk.plan import BulkPlan
from adgen.writing.settings import WriteSettings


@pytest.fixture(scope="session")
def writer_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writers") / "tiny"
    save_tiny_writer(folder, rows="products")
    return folder


@pytest.fixture
def plan(writer_dir):
    """A plan that is quickly done."""
    return BulkPlan(WriteSettings(num_ads=2, num_candidates=2), model=str(writer_dir))

"""Processes that write: the same rows however many there are, and whoever is killed."""

import os
import shutil
import signal

import pytest
from bulk_runs import OwnCrew, job_of, made_product, save_catalogue, written

from adgen.bulk import source as source_module
from adgen.bulk.local_crew import open_local_crew
from adgen.bulk.plan import BulkPlan
from adgen.bulk.run import write_catalogue
from adgen.products.product import Product
from adgen.writing.resources import writer_folder


@pytest.fixture
def job(tmp_path, plan, monkeypatch):
    monkeypatch.setattr(source_module, "BLOCK_SIZE", 4)
    catalogue = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(80)))
    return lambda name: job_of(catalogue, tmp_path / name, plan)


@pytest.mark.parametrize("num_workers", [1, 3])
def test_rows_do_not_depend_on_the_workers(job, plan, num_workers):
    _, whole = written(job("own.jsonl"), OwnCrew(plan))
    with open_local_crew(plan, num_workers) as crew:
        assert written(job("ads.jsonl"), crew)[1] == whole


def test_a_killed_worker_is_replaced_and_no_row_is_lost_or_twice(job, plan):
    _, whole = written(job("own.jsonl"), OwnCrew(plan))
    killed = set()
    with open_local_crew(plan, 2) as crew:
        for counts in write_catalogue(job("ads.jsonl"), crew):
            process = crew._processes[0][0] if counts.num_rows >= 8 else None
            if process and process.pid not in killed and len(killed) < 2:
                killed.add(process.pid)
                os.kill(process.pid, signal.SIGKILL)
    assert len(killed) == 2  # the first one's place was taken by another
    assert job("ads.jsonl").path.read_bytes() == whole


def test_workers_end_with_the_run(plan):
    with open_local_crew(plan, 2) as crew:
        crew.begin(0, [(1, Product(id="a", name="mug"))])
        processes = [process for process, _ in crew._processes]
    assert not any(process.is_alive() for process in processes)


def test_a_writer_that_cannot_be_opened_is_said(tmp_path):
    shutil.copy(writer_folder() / "config.json", tmp_path)
    with open_local_crew(BulkPlan(model=str(tmp_path)), 1) as crew:
        crew.begin(0, [(1, Product(id="a", name="mug"))])
        with pytest.raises(ValueError, match=r"tokenizer\.json cannot be read"):
            crew.next_done()

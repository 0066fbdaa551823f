"""Rows cut into parts: all of them once, in their order, in as many threads as may be used."""

import os
import threading

import pytest

from adgen.support import processes, threads
from adgen.support.threads import in_parts


@pytest.fixture
def four_cores(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(processes, "num_cores", lambda: 4)
    threads._pool.cache_clear()
    yield
    threads._pool.cache_clear()


@pytest.mark.parametrize(
    ("num_rows", "num_parts"),
    [(0, 1), (1, 1), (31, 1), (32, 2), (33, 2), (63, 2), (64, 4), (1000, 4)],
)
def test_every_row_is_in_one_part_and_parts_come_in_order(four_cores, num_rows, num_parts):
    parts = in_parts(lambda rows: list(range(rows.start, rows.stop)), num_rows)
    assert [row for part in parts for row in part] == list(range(num_rows))
    assert len(parts) == num_parts


def test_all_parts_but_the_last_are_whole_blocks(four_cores):
    starts = [rows.start for rows in in_parts(lambda rows: rows, 250)]
    assert len(starts) == 4 and not any(start % 16 for start in starts)


def test_parts_run_at_the_same_time(four_cores):
    barrier = threading.Barrier(4, timeout=30)  # which a part alone would not pass
    assert len(in_parts(lambda _: barrier.wait(), 256)) == 4


@pytest.mark.parametrize(("limit", "num_parts"), [("1", 1), ("3", 3), ("9", 4), ("all", 4)])
def test_omp_num_threads_is_heeded(four_cores, monkeypatch, limit, num_parts):
    monkeypatch.setenv("OMP_NUM_THREADS", limit)
    assert len(in_parts(lambda rows: rows, 256)) == num_parts


def test_a_part_that_is_cut_again_waits_for_nobody(four_cores):
    def cut_again(rows):
        return in_parts(lambda again: (rows.start, again.stop), 256)

    found = in_parts(cut_again, 256)
    assert [again[0][0] for again in found] == [0, 64, 128, 192]


def test_a_forked_process_has_threads_of_its_own(four_cores):
    assert len(in_parts(lambda rows: rows, 256)) == 4
    child = os.fork()
    if child == 0:
        os._exit(0 if len(in_parts(lambda rows: rows, 256)) == 4 else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_an_error_of_a_part_is_raised(four_cores):
    def fail(rows):
        raise ValueError(f"rows from {rows.start}")

    with pytest.raises(ValueError, match="rows from"):
        in_parts(fail, 256)

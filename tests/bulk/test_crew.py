"""Blocks to workers and back in order, whoever dies on the way."""

import random

import pytest

from adgen.bulk.crew import write_blocks
from adgen.bulk.rows import FAILED, OK, Row
from adgen.products.product import Product

PRODUCTS = [(number, Product(id=f"p{number}", name="mug")) for number in range(1, 101)]
BLOCKS = [PRODUCTS[start : start + 7] for start in range(0, 100, 7)]


class Workers:
    """Answers in any order; `dies` says of a block's numbers and how often it was tried."""

    def __init__(self, num_workers, dies=lambda numbers, tries: False, seed=0):
        self.num_workers = num_workers
        self.dies = dies
        self.random = random.Random(seed)
        self.busy = {}
        self.alive = set(range(num_workers))
        self.tries = {}
        self.most_ahead = 0

    def begin(self, worker, block):
        assert worker in self.alive and worker not in self.busy
        self.busy[worker] = block

    def next_done(self):
        worker = self.random.choice(sorted(self.busy))
        block = self.busy.pop(worker)
        numbers = tuple(number for number, _ in block)
        self.tries[numbers] = self.tries.get(numbers, 0) + 1
        if self.dies(numbers, self.tries[numbers]):
            self.alive.remove(worker)
            return worker, None
        return worker, [Row(number, product.id, OK) for number, product in block]

    def replace(self, worker):
        assert worker not in self.alive
        self.alive.add(worker)


def numbers_of(crew, blocks=BLOCKS):
    return [[row.number for row in rows] for rows in write_blocks(crew, blocks)]


IN_ORDER = [[number for number, _ in block] for block in BLOCKS]


@pytest.mark.parametrize("num_workers", [1, 2, 5, 40])
@pytest.mark.parametrize("seed", range(5))
def test_rows_come_in_order_whichever_worker_is_first(num_workers, seed):
    assert numbers_of(Workers(num_workers, seed=seed)) == IN_ORDER


@pytest.mark.parametrize("num_workers", [1, 3])
def test_blocks_are_taken_as_they_are_needed(num_workers):
    taken = []

    def blocks():
        for block in BLOCKS:
            taken.append(block)
            yield block

    for number, _ in enumerate(write_blocks(Workers(num_workers), blocks()), 1):
        assert len(taken) - number <= 2 * num_workers


@pytest.mark.parametrize("seed", range(5))
def test_what_a_dead_worker_had_is_written_again_in_its_place(seed):
    crew = Workers(3, lambda numbers, tries: tries == 1 and numbers[0] % 3 == 1, seed)
    rows = [row for rows in write_blocks(crew, BLOCKS) for row in rows]
    assert [row.number for row in rows] == list(range(1, 101))
    assert {row.status for row in rows} == {OK}
    # A block that a worker died of once stays whole: another one would have other neighbours.
    assert set(crew.tries) == {tuple(numbers) for numbers in IN_ORDER}


def test_a_product_that_ends_its_worker_every_time_fails_alone():
    crew = Workers(2, lambda numbers, tries: 40 in numbers)
    rows = [row for rows in write_blocks(crew, BLOCKS) for row in rows]
    assert [row.number for row in rows] == list(range(1, 101))
    [failed] = [row for row in rows if row.status == FAILED]
    assert (failed.number, failed.id) == (40, "p40")
    assert "ended twice" in failed.reason
    assert crew.tries[(40,)] == 2 and crew.tries[(39,)] == 1


def test_workers_that_do_nothing_but_die_end_the_run():
    with pytest.raises(OSError, match="10 workers ended one after the other"):
        numbers_of(Workers(2, lambda numbers, tries: True))

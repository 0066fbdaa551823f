"""What tests of bulk runs share: made-up catalogues, and a crew within the test's own process."""

import json

from adgen.bulk.row_writer import RowWriter
from adgen.bulk.run import BulkJob, model_fingerprint, write_catalogue
from adgen.bulk.source import open_source
from adgen.catalogues.streaming import open_products

NAMES = ("desk lamp", "yoga mat", "dog leash", "hiking boots")
COLOURS = ("black", "red", "white")


def made_product(number, **changes):
    """Returns the entries of a product; some are drafts, and of some no writer has the letters."""
    facts = [f"Color: {COLOURS[number % 3]}", f"Length: {number + 2} cm", "foldable"]
    name = "лампа" if number % 11 == 5 else NAMES[number % 4]
    entries = {"id": f"p{number}", "brand": "Zenko", "product": name}
    status = {"status": "draft"} if number % 7 == 3 else {}
    return {**entries, "attributes": facts, **status, **changes}


def save_catalogue(path, products):
    """Writes products as JSON lines."""
    path.write_text("".join(json.dumps(one) + "\n" for one in products), encoding="utf-8")
    return path


class OwnCrew:
    """Writes in this process, one block at a time."""

    num_workers = 1

    def __init__(self, plan):
        self.writer = RowWriter.open(plan)
        self.numbers = []  # of products, as they are written

    def begin(self, worker, block):
        self._block = block

    def next_done(self):
        self.numbers += [number for number, _ in self._block]
        return 0, self.writer.write(self._block)

    def replace(self, worker):
        raise AssertionError("nobody has died")


def job_of(catalogue, path, plan):
    source = open_source(catalogue, open_products(catalogue))
    return BulkJob(source, plan, path, model_fingerprint(plan))


def written(job, crew=None):
    """Writes a job's rows; returns the counts and the file's bytes."""
    *_, counts = write_catalogue(job, crew or OwnCrew(job.plan))
    return counts, job.path.read_bytes()


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

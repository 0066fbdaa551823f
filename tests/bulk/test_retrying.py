"""Failed rows written again, all others left as they are."""

from dataclasses import replace

import pytest
from bulk_runs import OwnCrew, job_of, made_product, rows_of, save_catalogue, written

from adgen.bulk import run as run_module
from adgen.bulk import source as source_module
from adgen.bulk.retrying import find_failed, retry_failed
from adgen.bulk.run import find_complete

NUM_PRODUCTS = 18
FAILED = [5, 16]


def products(**changes):
    """Returns products; those that fail, changed."""
    return [
        made_product(number, **(changes if number in FAILED else {}))
        for number in range(NUM_PRODUCTS)
    ]


@pytest.fixture
def path(tmp_path, plan):
    """A finished file with two failed rows."""
    catalogue = save_catalogue(tmp_path / "c.jsonl", products())
    written(job_of(catalogue, tmp_path / "ads.jsonl", plan))
    return tmp_path / "ads.jsonl"


def retry(path, plan, catalogue_products, crew=None):
    catalogue = save_catalogue(path.parent / "now.jsonl", catalogue_products)
    job = job_of(catalogue, path, plan)
    failed = find_failed(job)
    return job, list(retry_failed(job, failed, crew or OwnCrew(plan)))[-1]


@pytest.mark.parametrize("suffix", [".jsonl", ".tsv"])
def test_the_file_is_then_that_of_the_mended_catalogue(path, tmp_path, plan, suffix):
    out = tmp_path / f"out{suffix}"
    written(job_of(tmp_path / "c.jsonl", out, plan))
    before = out.read_bytes().splitlines()
    crew = OwnCrew(plan)
    job, counts = retry(out, plan, products(product="desk lamp"), crew)
    assert crew.numbers == [number + 1 for number in FAILED]
    whole_counts, whole = written(job_of(job.source.path, tmp_path / f"whole{suffix}", plan))
    assert (counts, out.read_bytes()) == (whole_counts, whole)
    assert find_complete(job) == counts
    assert find_failed(job) is None
    kept = [line for line in before if b"Cyrillic" not in line]
    assert [line for line in out.read_bytes().splitlines() if line in kept] == kept


def test_rows_that_fail_again_stay_failed_and_can_be_tried_again(path, plan):
    before = path.read_bytes()
    for _ in range(2):
        _, counts = retry(path, plan, products())
        assert counts.num_failed == len(FAILED)
        assert path.read_bytes() == before


def test_products_that_changed_but_had_not_failed_keep_their_rows(path, plan):
    before = rows_of(path)
    now = products(product="desk lamp")
    now[0]["attributes"] = ["Color: white"]
    job, _ = retry(path, plan, [*reversed(now), made_product(40)])
    after = rows_of(path)
    assert [row for row in after if row["row"] - 1 not in FAILED] == [
        row for row in before if row["row"] - 1 not in FAILED
    ]
    assert all(after[number]["status"] == "ok" for number in FAILED)
    # The file is not what a run over the catalogue of now would give, and does not say so.
    with pytest.raises(ValueError, match="another catalogue"):
        find_complete(job)


def test_a_failed_product_that_is_gone_keeps_its_row(path, plan):
    now = products(product="desk lamp")
    _, counts = retry(path, plan, now[:10])
    assert (counts.num_rows, counts.num_failed) == (NUM_PRODUCTS, 1)
    with pytest.raises(ValueError, match="None of the 1 failed products is in"):
        retry(path, plan, now[:10])


def test_another_run_cannot_retry(path, plan):
    other = replace(plan, settings=replace(plan.settings, seed=1))
    with pytest.raises(ValueError, match="a run with another seed"):
        retry(path, other, products())


def test_what_is_not_finished_cannot_be_retried(path, plan):
    path.unlink()
    with pytest.raises(ValueError, match="There is no finished"):
        retry(path, plan, products())


def test_an_interrupted_retry_goes_on(path, plan, monkeypatch):
    monkeypatch.setattr(source_module, "BLOCK_SIZE", 1)
    monkeypatch.setattr(run_module, "_STEP_SECONDS", 0)
    catalogue = save_catalogue(path.parent / "now.jsonl", products(product="desk lamp"))
    job = job_of(catalogue, path, plan)
    before = path.read_bytes()
    steps = retry_failed(job, find_failed(job), OwnCrew(plan))
    next(steps)
    next(steps)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    assert path.read_bytes() == before
    crew = OwnCrew(plan)
    list(retry_failed(job, find_failed(job), crew))
    assert crew.numbers == [FAILED[1] + 1]
    assert [row["status"] for row in rows_of(path)].count("failed") == 0

"""What changed in a catalogue since its rows were written."""

import pytest
from bulk_runs import job_of, made_product, save_catalogue, written

from adgen.bulk.comparing import find_changes
from adgen.catalogues.streaming import open_products


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_products_that_changed_are_new_or_gone_are_found(tmp_path, plan, suffix):
    catalogue = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(8)))
    path = tmp_path / f"ads{suffix}"
    written(job_of(catalogue, path, plan))
    assert list(find_changes(path, open_products(catalogue))) == []
    now = [made_product(number) for number in (7, 6, 5, 4, 3, 1, 0, 9)]
    now[0]["attributes"].append("Weight: 2 kg")
    now[2]["url"] = "https://shop.example/5"
    now[4]["status"] = "active"  # was a draft: for sale now, and the same product
    save_catalogue(catalogue, now)
    assert [tuple(change) for change in find_changes(path, open_products(catalogue))] == [
        ("p7", "changed"),
        ("p5", "changed"),
        ("p9", "new"),
        ("p2", "gone"),
    ]

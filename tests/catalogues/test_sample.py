"""The invented export: the same again for a seed, dirty on purpose, and no fact that is none."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from adgen import read_products
from adgen.catalogues.sample import made_products, write_sample_catalogue

REPO = Path(__file__).resolve().parents[2]


def test_a_seed_gives_the_same_file_again(tmp_path):
    files = [tmp_path / name for name in ("one.csv", "same.csv", "other.csv")]
    for path, seed in zip(files, (1, 1, 2), strict=True):
        write_sample_catalogue(path, 50, seed=seed, details=True)
    one, same, other = (path.read_bytes() for path in files)
    assert one == same != other


def test_details_are_further_columns_and_change_nothing_else():
    without = list(made_products(80, 4))
    together = list(made_products(80, 4, details=True))
    more = 0
    for plain_rows, rows in zip(without, together, strict=True):
        added = {name: text for name, text in rows[0].items() if ".custom." in name}
        more += len(added)
        assert plain_rows == [{k: v for k, v in row.items() if k not in added} for row in rows]
    assert 2 * 80 <= more <= 4 * 80


def test_details_are_read_as_facts_and_cells_that_say_nothing_are_not(tmp_path):
    path = tmp_path / "shop.csv"
    write_sample_catalogue(path, 400, seed=1, details=True)
    facts = {
        (product.id, fact.key): fact.value
        for product in read_products(path)
        for fact in product.facts
    }
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Title"].strip()]
    assert "10&quot;" in {text for row in rows for text in row.values()}
    num_empty = num_said = 0
    for row in rows:
        for column, text in row.items():
            key, _, rest = column.partition(" (product.metafields.custom.")
            if rest and text in ("n/a", "-", "TBD"):
                num_empty += 1
                assert (row["Handle"], key) not in facts
            elif rest and text and key in ("Capacity", "Blade Length"):
                num_said += 1
                assert facts[row["Handle"], key] == text.replace("&quot;", '"')
    assert num_empty and num_said


@pytest.mark.parametrize(("num_products", "seed"), [(0, 0), (True, 0), (2.5, 0), (3, -1)])
def test_numbers_that_are_none_are_refused_and_nothing_is_written(tmp_path, num_products, seed):
    with pytest.raises(ValueError, match=r"num_products|seed"):
        write_sample_catalogue(tmp_path / "shop.csv", num_products, seed=seed)
    assert not list(tmp_path.iterdir())


def test_the_catalogue_of_the_repository_is_what_its_command_makes(tmp_path):
    maker = [sys.executable, REPO / "data" / "make_catalogue.py", "24", "--seed", "3", "--details"]
    subprocess.run([*maker, "--output", tmp_path / "made.csv"], check=True)
    assert (tmp_path / "made.csv").read_bytes() == (REPO / "examples" / "shop.csv").read_bytes()

"""Files of sellers, made up."""

import csv
import io

import pytest

from adgen.catalogues.reading import read_products


@pytest.fixture
def read(tmp_path):
    """Returns a function that writes a file and reads its products."""

    def read_text(text, name="catalogue.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_products(path, **options)

    return read_text


@pytest.fixture
def rows():
    """Returns a function that makes a CSV of rows, each a dict of the cells that are not empty."""

    def make(header, *rows, delimiter=","):
        names = header if isinstance(header, list) else header.split(",")
        stream = io.StringIO()
        writer = csv.DictWriter(stream, names, restval="", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue()

    return make

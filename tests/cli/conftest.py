"""What the tests of the commands share: a CSV of invented ads, and a model trained on it."""

import pytest
from command_runs import SMALL

from adgen.cli.main import main
from adgen.corpus.sample import make_sample_ads


@pytest.fixture(scope="session")
def csv_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "ads.csv"
    make_sample_ads(400)[["ad"]].to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def trained(csv_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    output, record = folder / "model", folder / "record.json"
    words = [
        "train",
        str(csv_path),
        "--model",
        "embedding-lstm",
        "--seed",
        "0",
        "--output",
        str(output),
    ]
    assert main([*words, "--record", str(record), *SMALL]) == 0
    return output, record

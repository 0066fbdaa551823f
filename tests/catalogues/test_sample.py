"""The catalogue that comes with the repository is the one that its command makes."""

import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
SAMPLE = REPO / "examples" / "shop.csv"


def test_the_sample_is_what_the_maker_writes(tmp_path):
    maker = [sys.executable, REPO / "data" / "make_catalogue.py", "24", "--seed", "3"]
    subprocess.run([*maker, "--output", tmp_path / "made.csv"], check=True)
    assert (tmp_path / "made.csv").read_bytes() == SAMPLE.read_bytes()

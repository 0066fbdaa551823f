"""Makes a shop's export of invented products, as dirty as real ones (adgen.catalogues.sample).

    python data/make_catalogue.py 10000 --output shop.csv --seed 1

With --details products have more facts, in columns of their own. The same arguments give the same
bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.catalogues.sample import NUM_PRODUCTS, write_sample_catalogue
from adgen.cli.options import number_in
from adgen.support.ranges import SEEDS


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("num_products", type=number_in(NUM_PRODUCTS), help="1 to 10,000,000")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument(
        "--seed", type=number_in(SEEDS), default=0, help="which ones (default: %(default)s)"
    )
    parser.add_argument("--details", action="store_true", help="facts of each kind of product, too")
    options = parser.parse_args()
    write_sample_catalogue(
        options.output, options.num_products, seed=options.seed, details=options.details
    )


if __name__ == "__main__":
    main()

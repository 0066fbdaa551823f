"""Makes the lists of adgen/products from the training ads of a prepared corpus.

    python data/learn_lists.py data/processed

Writes brands.txt, ordinary.txt and names.txt: words and phrases that many titles share, no ad.
Takes about 4 minutes for the public corpus. The lists are part of the package, so this is a
maintainer's script and no command of adgen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.corpus import load_corpus
from adgen.products.brands import BRANDS_FILE, ORDINARY_FILE, learn_brands, lines_of
from adgen.products.names import NAMES_FILE, learn_names
from adgen.support.files import write_text

PRODUCTS_DIR = Path(__file__).parents[1] / "adgen" / "products"


def main() -> None:
    """Learns the lists and writes them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", help="as `adgen data prepare` leaves it")
    parser.add_argument(
        "--output", type=Path, default=PRODUCTS_DIR, help="folder of the lists (%(default)s)"
    )
    options = parser.parse_args()
    ads = load_corpus(options.corpus, splits="train")
    titles = ads.drop_duplicates("family")["ad"].tolist()
    brands = learn_brands(titles)
    lists = {
        BRANDS_FILE: lines_of(brands.known),
        ORDINARY_FILE: sorted(brands.ordinary),
        NAMES_FILE: sorted(learn_names(titles).known),
    }
    for name, lines in lists.items():
        write_text(options.output / name, "".join(f"{line}\n" for line in lines))
        print(f"{options.output / name}: {len(lines):,} lines")


if __name__ == "__main__":
    main()

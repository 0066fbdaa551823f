"""Makes what the package knows of the training ads of a prepared corpus.

    python data/learn_lists.py data/processed

Writes brands.txt, ordinary.txt, names.txt and uses.txt of adgen/products, casing.txt of
adgen/writing: words and phrases that many titles share, no ad; and training_ads.safetensors there,
hashes that tell whether a text is a training ad. Takes about 8 minutes for the public corpus. The
files are part of the package, so this is a maintainer's script and no command of adgen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.corpus import load_corpus
from adgen.products.brands import BRANDS_FILE, ORDINARY_FILE, learn_brands, lines_of
from adgen.products.names import NAMES_FILE, learn_names
from adgen.products.uses import USES_FILE, learn_uses, lines_of_uses
from adgen.support.files import write_text
from adgen.writing.casing import usual_capitals
from adgen.writing.resources import CASING_FILE, TRAINING_ADS_FILE
from adgen.writing.training_ads import TrainingAds

PRODUCTS_DIR = Path(__file__).parents[1] / "adgen" / "products"


def main() -> None:
    """Learns the lists and the training ads, and writes them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", help="as `adgen data prepare` leaves it")
    parser.add_argument(
        "--output", type=Path, default=PRODUCTS_DIR, help="folder of the lists (%(default)s)"
    )
    parser.add_argument(
        "--casing", type=Path, default=CASING_FILE, help="file of capitals (%(default)s)"
    )
    parser.add_argument(
        "--training-ads",
        type=Path,
        default=TRAINING_ADS_FILE,
        help="file of training ads (%(default)s)",
    )
    options = parser.parse_args()
    ads = load_corpus(options.corpus, splits="train")
    training_ads = TrainingAds.of(ads["ad"])
    titles = ads.drop_duplicates("family")["ad"].tolist()
    brands = learn_brands(titles)
    names = learn_names(titles)
    capitals = usual_capitals(titles)
    lists = {
        options.output / BRANDS_FILE: lines_of(brands.known),
        options.output / ORDINARY_FILE: sorted(brands.ordinary),
        options.output / NAMES_FILE: sorted(names.known),
        options.output / USES_FILE: lines_of_uses(learn_uses(titles, brands, names)),
        options.casing: sorted(capitals.values(), key=str.lower),
    }
    for path, lines in lists.items():
        write_text(path, "".join(f"{line}\n" for line in lines))
        print(f"{path}: {len(lines):,} lines")
    training_ads.save(options.training_ads)
    num_bits = 8 * len(training_ads.bits)
    print(f"{options.training_ads}: {training_ads.num_ads:,} ads in {num_bits:,} bits")


if __name__ == "__main__":
    main()

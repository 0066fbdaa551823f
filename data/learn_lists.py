"""Makes what the package knows of the training ads of a prepared corpus.

    python data/learn_lists.py data/processed

Writes brands.txt, ordinary.txt, names.txt and uses.txt of adgen/products, casing.txt, leading.txt
and trailing.txt of adgen/writing: words and phrases that many titles share, no ad; and
training_ads.safetensors there, hashes that tell whether a text is a training ad. Takes about 10
minutes for the public corpus. The files are part of the package, so this is a maintainer's script
and no command of adgen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.corpus import load_corpus
from adgen.corpus.choosing import spread_places
from adgen.corpus.training_ads import TRAINING_ADS_FILE, TrainingAds
from adgen.products.brands import BRANDS_FILE, ORDINARY_FILE, learn_brands, lines_of
from adgen.products.names import NAMES_FILE, learn_names
from adgen.products.uses import USES_FILE, learn_uses, lines_of_uses
from adgen.support.files import write_text
from adgen.writing.casing import usual_capitals
from adgen.writing.places import LEADING_FILE, TRAILING_FILE, learn_places
from adgen.writing.resources import CASING_FILE

PACKAGE_DIR = Path(__file__).parents[1] / "adgen"
TITLES_OF_PLACES = 200_000  # enough to tell where a fact stands; more would take long


def main() -> None:
    """Learns the lists and the training ads, and writes them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", help="as `adgen data prepare` leaves it")
    parser.add_argument(
        "--output",
        type=Path,
        default=PACKAGE_DIR,
        help="folder with products/, writing/ and corpus/ (%(default)s)",
    )
    options = parser.parse_args()
    products, writing = options.output / "products", options.output / "writing"
    ads = load_corpus(options.corpus, splits="train")
    training_ads = TrainingAds.of(ads["ad"])
    titles = ads.drop_duplicates("family")["ad"].tolist()
    brands = learn_brands(titles)
    names = learn_names(titles)
    some = [titles[place] for place in spread_places(len(titles), TITLES_OF_PLACES)]
    places = learn_places(some, brands, names)
    lists = {
        products / BRANDS_FILE: lines_of(brands.known),
        products / ORDINARY_FILE: sorted(brands.ordinary),
        products / NAMES_FILE: sorted(names.known),
        products / USES_FILE: lines_of_uses(learn_uses(titles, brands, names)),
        writing / CASING_FILE.name: sorted(usual_capitals(titles).values(), key=str.lower),
        writing / LEADING_FILE.name: sorted(places.leading),
        writing / TRAILING_FILE.name: sorted(places.trailing),
    }
    for path, lines in lists.items():
        write_text(path, "".join(f"{line}\n" for line in lines))
        print(f"{path}: {len(lines):,} lines")
    path = options.output / "corpus" / TRAINING_ADS_FILE.name
    training_ads.save(path)
    print(f"{path}: {training_ads.num_ads:,} ads in {8 * len(training_ads.bits):,} bits")


if __name__ == "__main__":
    main()

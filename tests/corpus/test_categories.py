"""The category of an ad is what the path of its file says."""

from pathlib import PurePosixPath
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import add_categories, category_of


@pytest.mark.parametrize(
    ("file", "category", "subcategory"),
    [
        ("pets/amazon_pets_small_animals.csv", "pets", "small-animals"),
        (
            "girl-fashion__clothing/amazon_girl-fashion_clothing_shorts.csv",
            "girl-fashion/clothing",
            "shorts",
        ),
        (
            "arts_crafts/amazon_arts_crafts_fabric_decorating.csv",
            "arts-crafts",
            "fabric-decorating",
        ),
        # The name is spelt in two ways, and a folder's name is taken off once only.
        ("home-kitchen/amazon_home_kitchen_irons.csv", "home-kitchen", "irons"),
        ("baby/amazon_baby_baby-care.csv", "baby", "baby-care"),
        (
            "men-fashion__accessories/amazon_men-fashion_access_belts.csv",
            "men-fashion/accessories",
            "belts",
        ),
        # Further folders stay, also where the file's name does not repeat them all.
        (
            "sports-outdoors/fitness/team-sports/amazon_fitness_team-sports_sports-medicine.csv",
            "sports-outdoors",
            "fitness/team-sports/sports-medicine",
        ),
        (
            "sports-outdoors/outdoor-recreation/camping-hiking/amazon_aports-outdoors_recreation_camping-hiking_bags.csv",
            "sports-outdoors",
            "outdoor-recreation/camping-hiking/bags",
        ),
        ("sports/fitness/amazon_fitness.csv", "sports", "fitness"),
        # Where the file says nothing of its own, its name is better than none.
        ("computers/amazon_computers.csv", "computers", "computers"),
        ("amazon_smart-home.csv", "smart-home", "smart-home"),
        ("my_ads.csv", "my-ads", "my-ads"),
        ("amazon_.csv", "amazon-", "amazon-"),
        # A word that begins like a folder's name is another word.
        ("pets/amazon_petsitting.csv", "pets", "petsitting"),
    ],
)
def test_folders_and_file_name_say_what_an_ad_is_about(file, category, subcategory):
    assert category_of(file) == (category, subcategory)


_NAMES = st.text("ab_-", min_size=1, max_size=8)


@given(st.lists(_NAMES, max_size=3), _NAMES)
def test_neither_name_is_ever_empty_or_keeps_an_underscore(folders, stem):
    for name in category_of("/".join([*folders, stem + ".csv"])):
        assert name
        assert "_" not in name


def test_folders_common_to_all_files_say_nothing():
    files = [
        "here/data/pets/amazon_pets_cats.csv",
        "here/data/baby/amazon_baby.csv",
        "here/data/lamps.csv",
    ]
    ads = pd.DataFrame({"file": pd.Categorical([files[1], files[0], files[1]], categories=files)})
    named = add_categories(ads)
    assert named["category"].tolist() == ["baby", "pets", "baby"]
    assert named["subcategory"].tolist() == ["baby", "cats", "baby"]
    # The file without ads decides where the common folder ends, but adds no category.
    assert named["category"].cat.categories.tolist() == ["baby", "pets"]
    assert list(ads.columns) == ["file"]


def test_files_of_one_folder_are_categories_of_their_own():
    ads = pd.DataFrame({"file": pd.Categorical(["pets/cats.csv", "pets/dogs.csv"])})
    assert add_categories(ads)["category"].tolist() == ["cats", "dogs"]


@pytest.mark.corpus
def test_the_public_corpus_has_40_categories_and_a_subcategory_for_every_file(corpus_file):
    with ZipFile(corpus_file("Diploma-master.zip")) as archive:
        paths = [PurePosixPath(name) for name in archive.namelist()]
    paths = [path for path in paths if path.suffix == ".csv" and not path.name.startswith("._")]
    root = PurePosixPath("Diploma-master/data/amazon/scrapped_data")
    files = [path.relative_to(root).as_posix() for path in paths]
    pairs = {category_of(file) for file in files}
    # A category is what a person sees on opening the folder: 39 folders and one file.
    assert len({file.split("/")[0] for file in files}) == 40
    assert len({category for category, _ in pairs}) == 40
    assert len(pairs) == len(files) == 524

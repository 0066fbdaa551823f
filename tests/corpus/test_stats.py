"""The figures of a corpus are those worked by hand and those of plain Python."""

import statistics

import pandas as pd
import pytest

from adgen.corpus import corpus_stats
from adgen.corpus.sample import make_sample_ads


def test_figures_worked_by_hand():
    ads = pd.DataFrame(
        {
            "ad": ["Tin cup, tin", "Tin  lid", "Oak", "Cup"],
            "category": ["home", "home", "wood", "home"],
        }
    )
    stats = corpus_stats(ads)
    assert stats.index.tolist() == ["home", "wood", "total"]
    assert stats.loc["home"].to_dict() == {
        "num_ads": 3,
        "share": 0.75,
        "num_words": 6,  # Tin, cup, and tin; Tin and lid; Cup
        "num_distinct_words": 5,  # Tin, "cup,", tin, lid, Cup
        "mean_words": 2.0,
        "median_words": 2.0,
        "max_words": 3,
        "mean_chars": pytest.approx((12 + 8 + 3) / 3),
        "median_chars": 8.0,
        "max_chars": 12,
    }
    total = stats.loc["total"]
    assert (total["num_ads"], total["share"], total["num_words"], total["num_distinct_words"]) == (
        4,
        1,
        7,
        6,
    )
    assert (total["median_words"], total["median_chars"], total["max_chars"]) == (1.5, 5.5, 12)


def test_the_figures_are_those_of_plain_python():
    ads = make_sample_ads(600, seed=3)
    stats = corpus_stats(ads.astype({"category": "category"}))
    groups = {
        name: ads.loc[ads["category"] == name, "ad"].tolist() for name in set(ads["category"])
    }
    for name, texts in [*groups.items(), ("total", ads["ad"].tolist())]:
        words = [text.split() for text in texts]
        row = stats.loc[name]
        assert row["num_ads"] == len(texts)
        assert row["share"] == pytest.approx(len(texts) / 600)
        assert row["num_words"] == sum(map(len, words))
        assert row["num_distinct_words"] == len({word for ad in words for word in ad})
        for unit, sizes in (
            ("words", [len(ad) for ad in words]),
            ("chars", [len(text) for text in texts]),
        ):
            assert row[f"mean_{unit}"] == pytest.approx(statistics.mean(sizes))
            assert row[f"median_{unit}"] == statistics.median(sizes)
            assert row[f"max_{unit}"] == max(sizes)


def test_categories_without_ads_have_no_row():
    ads = pd.DataFrame(
        {"ad": ["Cup"], "category": pd.Categorical(["home"], categories=["home", "pets"])}
    )
    assert corpus_stats(ads).index.tolist() == ["home", "total"]


@pytest.mark.parametrize("ads", [{"ad": ["Cup"]}, {"ad": [], "category": []}])
def test_a_frame_without_categories_or_ads_is_an_error(ads):
    with pytest.raises(ValueError, match="'ad' and 'category'"):
        corpus_stats(pd.DataFrame(ads))

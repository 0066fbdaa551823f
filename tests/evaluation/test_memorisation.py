"""What a model repeats of its training ads, with stand-ins whose ads are known beforehand."""

from collections import Counter
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.evaluation.memorisation import _even_counts, measure_memorisation, write_one_each
from adgen.evaluation.novelty import novelty_figures

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9), max_size=6)


class Writer:
    """Writes the prompt and an ending, numbered for equal prompts, in place of an `AdGenerator`."""

    def __init__(self, ending="end", cut=()):
        self.ending, self.cut, self.options = ending, cut, []  # cut: numbers of unfinished ads

    def generate(self, prompts, *, num_ads, **options):
        self.options.append(options)
        return [
            [
                SimpleNamespace(
                    text=f"{prompt} {self.ending} {number}", finished=number not in self.cut
                )
                for number in range(num_ads)
            ]
            for prompt in prompts
        ]


def frame(**ads):
    return pd.DataFrame(
        [(ad, category) for category, texts in ads.items() for ad in texts],
        columns=["ad", "category"],
    )


HELD_OUT = frame(
    lamps=["Oak lamp with red shade", "Oak lamp with blue shade", "Tin lamp for two"],
    mugs=["Red mug for tea", "Blue mug for tea", "Mug only"],
)
TRAINING = frame(
    lamps=["Brass lamp with red shade", "Brass lamp with red shade and cord", "Old lamp of brass"],
    mugs=["Green mug for tea", "Mug for tea", "White mug for tea"],
)


def test_every_kind_has_as_many_ads_of_every_category():
    found = measure_memorisation(Writer(), HELD_OUT, TRAINING, num_ads=4)
    assert set(found.figures) == {"generated", "human", "human_training"}
    assert {one["num_ads"] for one in found.figures.values()} == {4}
    for category in ("lamps", "mugs"):
        assert {one["num_ads"] for one in found.by_category[category].values()} == {2}
    assert found.written["category"].tolist() == ["lamps"] * 2 + ["mugs"] * 2


def test_the_model_writes_on_from_the_first_two_words_of_the_human_ads():
    # Five are all: "Mug only" has nothing to go on with.
    found = measure_memorisation(Writer(), HELD_OUT, TRAINING, num_ads=5)
    prompts = Counter(" ".join(ad.split()[:2]) for ad in HELD_OUT["ad"] if ad != "Mug only")
    assert Counter(" ".join(ad.split()[:2]) for ad in found.written["ad"]) == prompts
    # Equal prompts get different ads.
    assert {"Oak lamp end 0", "Oak lamp end 1"} < set(found.written["ad"])


def test_the_columns_are_those_of_novelty_figures():
    found = measure_memorisation(Writer(), HELD_OUT, TRAINING, num_ads=5)
    human = [ad for ad in HELD_OUT["ad"] if ad != "Mug only"]
    written = found.written["ad"].tolist()
    expected = novelty_figures({"generated": written, "human": human}, TRAINING["ad"])
    assert {name: found.figures[name] for name in expected} == expected


def test_training_ads_are_compared_with_the_others_and_not_with_themselves():
    # One category of two ads, one of which is chosen: "brass lamp with red shade" stands in the
    # other either way.
    training = frame(lamps=["Brass lamp with red shade", "Brass lamp with red shade and cord"])
    held_out = frame(lamps=["Tin lamp for two"])
    found = measure_memorisation(Writer(), held_out, training, num_ads=1)
    assert found.figures["human_training"]["exact_copy_share"] == 0
    assert found.figures["human_training"]["copied_run_max"] == 5
    # What is written is compared with all of them.
    copier = measure_memorisation(Writer(), frame(lamps=["Brass lamp of tin"]), training, num_ads=1)
    assert copier.figures["generated"]["copied_run_max"] == 2


def test_a_model_that_recites_is_found_out():
    training = frame(lamps=["Tin lamp end 0", "Old lamp of brass"])
    found = measure_memorisation(Writer(), frame(lamps=["Tin lamp for two"]), training, num_ads=1)
    assert found.figures["generated"]["exact_copy_share"] == 1
    assert found.figures["human"]["exact_copy_share"] == 0


def test_the_same_seed_chooses_the_same_ads():
    chosen = [
        measure_memorisation(Writer(), HELD_OUT, TRAINING, num_ads=2, seed=seed)
        .written["ad"]
        .tolist()
        for seed in (3, 3, *range(10))
    ]
    assert chosen[0] == chosen[1]
    assert len({tuple(ads) for ads in chosen}) > 1


def test_seed_and_controls_reach_the_model():
    writer = Writer()
    measure_memorisation(writer, HELD_OUT, TRAINING, num_ads=2, seed=5, sampling="these")
    assert writer.options[0] == {
        "seed": 5,
        "sampling": "these",
        "match_case": False,  # the model itself is judged
        "allow_adult": True,
    }


def test_ads_that_the_model_did_not_end_are_counted():
    # "Oak lamp" is asked for twice, all others once: five ads, four of them the first of a prompt.
    assert measure_memorisation(Writer(), HELD_OUT, TRAINING, num_ads=5).num_cut_ads == 0
    assert measure_memorisation(Writer(cut=[0]), HELD_OUT, TRAINING, num_ads=5).num_cut_ads == 4
    assert measure_memorisation(Writer(cut=[1]), HELD_OUT, TRAINING, num_ads=5).num_cut_ads == 1


def test_one_ad_for_each_prompt_in_their_order():
    ads = write_one_each(Writer("x"), ["a", "b", "a", "c", "a", "b"])
    assert ads == ["a x 0", "b x 0", "a x 1", "c x 0", "a x 2", "b x 1"]


def test_categories_with_few_ads_leave_their_places_to_others():
    # Ten places for three categories of 1, 9 and 9 ads with enough training ads: 1, 5 (the first in
    # the alphabet), 4.
    held_out, training = {"a": 1, "b": 9, "c": 9}, {"a": 50, "b": 50, "c": 50, "d": 50}
    assert _even_counts(held_out, training, num_ads=10) == {"a": 1, "b": 5, "c": 4}
    assert _even_counts(held_out, {**training, "b": 2}, num_ads=10) == {"a": 1, "b": 2, "c": 7}
    assert _even_counts(held_out, training, num_ads=2) == {"a": 1, "b": 1}


@given(COUNTS, COUNTS, st.data())
def test_counts_are_as_even_as_they_can_be(num_held_out, num_training, data):
    available = {
        name: min(num_held_out[name], num_training[name])
        for name in num_held_out.keys() & num_training
    }
    if not available:
        return
    num_ads = data.draw(st.integers(1, sum(available.values())))
    counts = _even_counts(num_held_out, num_training, num_ads=num_ads)
    assert sum(counts.values()) == num_ads
    assert all(0 < count <= available[name] for name, count in counts.items())
    short = [counts.get(name, 0) for name in available if counts.get(name, 0) < available[name]]
    assert max(counts.values()) <= min(short, default=99) + 1


@pytest.mark.parametrize(("num_ads", "there_are"), [(0, 5), (6, 5), (-1, 5)])
def test_asking_for_more_than_there_is_is_an_error(num_ads, there_are):
    with pytest.raises(
        ValueError, match=f"Asked for {num_ads} ads; there are {there_are} held-out ads"
    ):
        measure_memorisation(Writer(), HELD_OUT, TRAINING, num_ads=num_ads)

"""An explained ad: the ad that is written, and at every choice what the facts allow."""

import numpy as np
import pytest
from tiny_writer import save_tiny_writer

from adgen.products.product import Product
from adgen.writing.explaining import END
from adgen.writing.writer import AdWriter

LAMP = Product(brand="Acme", name="desk lamp", facts=("Color: black", "led", "6 ft"))


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    return AdWriter.from_pretrained(save_tiny_writer(tmp_path_factory.mktemp("writer")))


@pytest.mark.parametrize("form", [None, "amazon-title"])
def test_it_is_the_ad_that_is_written(writer, form):
    (written,) = writer.write(LAMP, num_ads=1, format=form)[0].ads
    assert writer.explain(LAMP, format=form).ad.text == written.text


def test_what_was_chosen_follows_what_stood_there_and_might_stand(writer):
    found = writer.explain(LAMP, num_shown=3)
    assert len(found.steps) == len(found.before) >= 3
    for step, before in zip(found.steps, found.before, strict=True):
        assert step.chosen.may_stand and 0 < step.chosen.probability < 1
        token = "" if step.chosen.token == END else step.chosen.token
        assert found.ad.text.startswith(before + token)


def test_shares_are_the_models_and_of_the_allowed_tokens_those_among_them(writer):
    found = writer.explain(LAMP, num_shown=100)
    assert found.steps
    for step in found.steps:
        allowed = [one for one in step.candidates if one.may_stand]
        assert len(allowed) > 1
        assert sum(one.probability for one in allowed) == pytest.approx(1, abs=1e-5)
        assert not any(one.probability for one in step.candidates if not one.may_stand)
        shares = [one.model_probability for one in step.candidates]
        assert shares == sorted(shares, reverse=True) and sum(shares) < 1 + 1e-5
        ratios = [one.probability / one.model_probability for one in allowed]
        assert np.ptp(ratios) < 1e-3 * ratios[0]


def test_what_the_facts_lack_may_not_stand(writer):
    steps = writer.explain(LAMP, num_shown=100).steps
    forbidden = {one.token for step in steps for one in step.candidates if not one.may_stand}
    first = {one.token for one in steps[0].candidates if one.may_stand}
    assert forbidden and not first & {" Red", " 8", END}


def test_a_product_that_can_have_no_ad_and_a_bad_number_are_refused(writer):
    with pytest.raises(ValueError, match="name is empty"):
        writer.explain(Product())
    with pytest.raises(ValueError, match="num_shown is 0"):
        writer.explain(LAMP, num_shown=0)

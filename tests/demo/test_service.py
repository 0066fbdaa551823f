"""Requests to ads: streamed, the same as the library's own, each model's errors its own."""

from itertools import pairwise

import pytest
from tiny_models import save_tiny_model

from adgen.decoding.loop import Candidate, Step
from adgen.demo.authors import (
    GeneratorAuthor,
    TemplateAuthor,
    chosen_authors,
    open_authors,
    usual_authors,
)
from adgen.demo.candidates import steps_table
from adgen.demo.requests import Controls
from adgen.demo.service import Service
from adgen.generation.generated import GeneratedAd
from adgen.generation.generator import AdGenerator
from adgen.writing.writer import AdWriter

PRODUCT = {"brand": "Acme", "product": "desk lamp", "facts": ["Color: white", "dimmable"]}


@pytest.fixture(scope="module")
def authors():
    return open_authors()


@pytest.fixture(scope="module")
def service(authors):
    return Service(authors)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("models") / "tiny", reads="packed")


def test_the_shipped_models_and_the_template(authors):
    assert [one.kind for one in authors] == ["writer", "LSTM with n-grams", "no model"]


def test_who_knows_the_facts_writes_unless_one_chooses(authors):
    assert [one.kind for one in usual_authors(authors)] == ["writer", "no model"]
    assert "knows no facts" in authors[1].limits
    assert usual_authors(authors[1:]) == authors[1:]  # rather than the template alone


def test_a_model_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        open_authors([str(tmp_path / "nowhere")])


def test_models_of_one_name_are_told_apart(tiny, tmp_path):
    other = save_tiny_model(tmp_path / "tiny", reads="packed")
    template = save_tiny_model(tmp_path / "template", reads="packed")
    folders = [str(one) for one in (tiny, other, template, tiny)]
    names = [one.name for one in open_authors(folders)]
    assert len(set(names)) == len(names) == 4


def test_the_writers_ads_are_those_of_the_library(service):
    request = {**PRODUCT, "models": ["adgen-writer-small"], "num_ads": 2, "seed": 5}
    *_, state = service.write_product({**request, "format": "amazon-title", "temperature": 0.7})
    from adgen.demo.requests import product_from

    (found,) = AdWriter.from_pretrained().write(
        product_from(PRODUCT), num_ads=2, seed=5, temperature=0.7, format="amazon-title"
    )
    assert [one.texts[0].text for one in state.reviews] == [
        ad.fields["title"][0] for ad in found.ads
    ]


def test_streamed_ads_are_those_of_generate(tiny):
    author = GeneratorAuthor("tiny", AdGenerator.from_pretrained(tiny))
    controls = Controls(num_ads=4, seed=3, temperature=1.3)
    last = {piece.number: piece.text for piece in author.of_prompt("Sony TV", controls)}
    [ads] = author.generator.generate("Sony TV", num_ads=4, sampling=controls.sampling, seed=3)
    assert [last[number] for number in range(4)] == [ad.text for ad in ads]
    assert len(set(last.values())) > 1


def test_ads_grow_side_by_side_while_they_are_written(tiny):
    author = GeneratorAuthor("tiny", AdGenerator.from_pretrained(tiny))
    pieces = list(author.of_prompt("Sony TV", Controls(num_ads=3)))
    for number in range(3):
        own = [piece for piece in pieces if piece.number == number]
        assert len(own) > 2 and [piece.is_done for piece in own[-2:]] == [False, True]
        for before, after in pairwise(own):
            assert after.text.startswith(before.text) and before.text.startswith("Sony TV")
    firsts = [piece.number for piece in pieces if not piece.is_done]
    assert firsts != sorted(firsts)  # not one after the other


def test_one_model_that_cannot_does_not_stop_the_others(service):
    request = {"product": "desk lamp", "facts": ["waterproof", "Waterproof: No"]}
    *_, state = service.write_product({**request, "models": ["adgen-writer-small", "template"]})
    assert list(state.errors) == ["adgen-writer-small"]
    assert [one.author for one in state.reviews] == ["template"]


def test_keywords_and_exclusions_are_looked_for_in_every_authors_ads(service):
    wishes = {"keywords": ["gift", "dimmable"], "exclude": ["white", "amp"]}
    request = {**PRODUCT, **wishes, "models": ["adgen-writer-small", "template"], "num_ads": 1}
    *_, state = service.write_product(request)
    by_writer, by_template = (
        [one.message for one in ad.whole if one.rule in ("keyword", "excluded")]
        for ad in state.reviews
    )
    assert by_writer == []
    missing, held = by_template  # "Acme desk lamp, white, dimmable"
    assert "'gift'" in missing and "'white'" in held


def test_first_words_are_for_models_that_go_on(service):
    *_, state = service.write_prompt({"prompt": "Sony TV", "num_ads": 1, "top_k": 20})
    assert [one.author for one in state.reviews] == ["adgen-mixture"]
    assert state.reviews[0].text.startswith("Sony TV")
    with pytest.raises(ValueError, match="Choose a model that goes on"):
        list(service.write_prompt({"prompt": "Sony TV", "models": ["template"]}))
    with pytest.raises(ValueError, match="No model here"):
        list(Service([TemplateAuthor()]).write_prompt({"prompt": "Sony TV"}))


def test_errors_name_no_arguments_that_the_page_lacks(service):
    *_, state = service.write_prompt({"prompt": "sex toys"})
    assert list(state.errors.values()) == [
        "The first words are of an adult product ('sex toy'), for which no ads are written. "
        "Give another prompt."
    ]
    *_, state = service.write_product({"product": "sex toys", "models": ["adgen-writer-small"]})
    [said] = state.errors.values()
    assert said.startswith("The product is for adults (") and "allow_adult" not in said
    assert said.endswith("), and this page writes no such ads. Leave it out.")


@pytest.mark.parametrize("names", [["nobody"], []])
def test_the_models_that_are_asked_must_be_there(authors, names):
    with pytest.raises(ValueError, match="adgen-mixture"):
        chosen_authors(authors, names)


def test_top_k_cuts_candidates_away(service):
    ad = service.explain({"prompt": "Sony TV", "top_k": 2, "repetition_penalty": 1, "seed": 1})
    for step in ad.steps:
        assert sum(one.probability > 0 for one in step.candidates) <= 2
    html = steps_table(ad)
    assert html.count("<table>") == min(40, len(ad.steps)) and "</span> cut<" in html


def test_each_control_is_shown_in_turn(service):
    request = {"prompt": "Sony TV", "temperature": 0.5, "top_k": 3, "top_p": 0.5, "seed": 1}
    ad = service.explain(request | {"repetition_penalty": 1})
    for step in ad.steps:
        best, second = step.candidates[:2]
        assert list(best.in_turn) == ["temperature", "top_k", "top_p"]
        assert sum(one.in_turn["temperature"] > 0 for one in step.candidates) > 3
        assert sum(one.in_turn["top_k"] > 0 for one in step.candidates) <= 3
        assert best.in_turn["top_p"] == best.probability >= best.in_turn["top_k"]
        if best.may_stand and second.may_stand:
            ratio = best.in_turn["temperature"] / second.in_turn["temperature"]
            likelier = best.model_probability / second.model_probability
            assert ratio == pytest.approx(likelier**2, rel=1e-3)
    barred = [one for step in ad.steps for one in step.candidates if not one.may_stand]
    assert barred  # nothing is glued to "TV"
    assert all(one.probability == one.in_turn["temperature"] == 0 for one in barred)
    html = steps_table(ad)
    assert html.count('colspan="3">may not stand here<') == len(barred)
    heads = ["Model", "Temp.", "Top-k", "Top-p"]
    assert "".join(f'<th scope="col">{one}</th>' for one in heads) in html


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "cut"), (0.0004, "&lt;0.1%"), (0.001, "0.1%"), (0.05, "5.0%"), (0.4, "40%")],
)
def test_a_small_share_is_not_told_as_none(share, said):
    chosen = Candidate("mat", share, share)
    ad = GeneratedAd("", "mat", (), True, 0.0, (Step(chosen, (chosen,)),))
    assert f"</span></span> {said}</td>" in steps_table(ad)


def test_where_no_control_has_an_effect_the_draw_is_shown(service):
    ad = service.explain({"prompt": "Sony TV", "temperature": 1, "repetition_penalty": 1})
    assert ad.steps[0].chosen.in_turn == {}
    assert 'Model</th><th scope="col">Draw</th></tr>' in steps_table(ad)


def test_a_corpus_says_how_much_is_copied(tmp_path):
    from adgen.corpus import prepare_corpus

    raw = tmp_path / "ads.csv"
    raw.write_text("ad\n" + "".join(f"Acme desk lamp number {n}\n" for n in range(60)))
    prepare_corpus(raw, tmp_path / "corpus", valid=0.0, test=0.0)
    service = Service([TemplateAuthor()], tmp_path / "corpus")
    *_, state = service.write_product({"brand": "Acme", "product": "desk lamp"})
    assert state.reviews[0].nearest_share == 1.0

"""Candidates written side by side, beside the plain way: each token of each read by itself."""

import numpy as np
import pytest
from tiny_writer import save_tiny_writer

from adgen.decoding.sampling import Sampling, sequence_generator
from adgen.products.product import Product
from adgen.support.arrays import log_normaliser
from adgen.writing.lattice import JointTries, Lattice
from adgen.writing.loop import Beginnings, drafts_of, write_drafts
from adgen.writing.pieces import pieces_of
from adgen.writing.resources import load_casing
from adgen.writing.settings import WriteSettings
from adgen.writing.writer import AdWriter

LAMP = Product(brand="Acme", name="desk lamp", facts=("40 hours battery", "Color: black", "led"))


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    return AdWriter.from_pretrained(save_tiny_writer(tmp_path_factory.mktemp("writer")))


@pytest.fixture
def parts(writer):
    """The model, a product's prompt and its lattice."""
    vocabulary = writer.engine.vocabulary
    pieces = pieces_of(LAMP, load_casing())
    lattice = Lattice(pieces, vocabulary, JointTries(vocabulary))
    return writer.engine.llama, writer.engine.prompt_ids(LAMP, 60), lattice


def plainly(parts, number):
    """Writes a candidate token by token; its tokens and their log-probability."""
    llama, prompt_ids, lattice = parts
    stream = sequence_generator(7, "lamp", number)
    walk, written, total = lattice.walk(), [], 0.0
    while True:
        logits = llama.logits(llama.read([[*prompt_ids, *written]])[-1:])[0].astype(np.float64)
        allowed = walk.allowed()
        weights = np.exp(logits[allowed] - logits[allowed].max())
        place = np.searchsorted(np.cumsum(weights / weights.sum()), stream.random(), side="right")
        token_id = allowed[int(place)]
        total += logits[token_id] - log_normaliser(logits[np.newaxis])[0]
        if token_id == lattice.end_id:
            return written, total
        written.append(token_id)
        walk.advance(token_id)


def test_candidates_are_those_of_the_plain_way(parts):
    drafts = drafts_of(0, Beginnings(*parts), "lamp", numbers=range(8), seed=7)
    list(write_drafts(drafts, Sampling()))
    for number, draft in enumerate(drafts):
        token_ids, log_probability = plainly(parts, number)
        assert draft.token_ids == token_ids
        assert draft.num_tokens == len(token_ids)
        assert draft.log_probability == pytest.approx(log_probability, abs=1e-3)


def test_what_candidates_have_in_common_is_read_once(parts):
    beginnings = Beginnings(*parts)
    drafts = drafts_of(0, beginnings, "lamp", numbers=range(6), seed=7)
    list(write_drafts(drafts, Sampling()))
    ways = {
        tuple(draft.token_ids[: end + 1]) for draft in drafts for end in range(draft.num_tokens)
    }
    assert beginnings.tree.num_tokens == len(parts[1]) + len(ways)
    # The same again: nothing is left to read.
    again = drafts_of(0, beginnings, "lamp", numbers=range(6), seed=7)
    list(write_drafts(again, Sampling()))
    assert [one.token_ids for one in again] == [one.token_ids for one in drafts]
    assert beginnings.tree.num_tokens == len(parts[1]) + len(ways)
    assert beginnings.anew().tree.num_tokens < beginnings.tree.num_tokens


def test_many_candidates_are_those_of_a_few_at_once(writer, monkeypatch):
    """More than are written together: in parts, each of which begins anew."""
    settings = WriteSettings(num_candidates=30, seed=2)
    at_once = writer.write(LAMP, settings)
    monkeypatch.setattr("adgen.writing.writer._TOGETHER", 7)
    (in_parts,) = writer.write(LAMP, settings)
    (whole,) = at_once
    assert [ad.text for ad in in_parts.ads] == [ad.text for ad in whole.ads]
    expected = [ad.score for ad in whole.ads]
    assert [ad.score for ad in in_parts.ads] == pytest.approx(expected, abs=1e-5)

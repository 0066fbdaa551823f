"""Texts that begin alike, read once: each as if it were read alone."""

import numpy as np
import pytest
from tiny_gpt import tiny_model

from adgen.llama.model import Llama
from adgen.llama.trees import Tree


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    tiny_model("llama").save_pretrained(folder)
    return Llama.load(folder)


def test_each_way_through_a_tree_is_read_as_if_alone(llama):
    rng = np.random.default_rng(0)

    def some(count):
        return rng.integers(0, 400, count).tolist()

    tree, other = Tree(llama.config), Tree(llama.config)
    other.grow(some(3))
    prompt = some(7)
    texts = {tree.grow(prompt): prompt}  # by the number of their last token
    hidden = []
    for _ in range(5):
        # A neighbour stands before it; behind the newest texts stand one token and three.
        num_before = len(other.new_ids)
        hidden.append(llama.read_on([other, tree])[num_before:])
        for end, text in list(texts.items())[-3:]:
            for more in (some(1), some(3)):
                texts[tree.grow(more, end)] = text + more
        other.grow(some(2), 0)
    hidden.append(llama.read_on([tree]))
    found = np.concatenate(hidden)  # (tokens of the tree, width)
    assert len(texts) == 27
    for end, text in texts.items():
        np.testing.assert_allclose(found[end], llama.read([text])[-1], atol=1e-4)


def test_a_trees_numbers_do_not_depend_on_others(llama):
    rng = np.random.default_rng(1)
    texts = [rng.integers(0, 400, length).tolist() for length in (1, 13, 50, 2, 64, 30, 7)]

    def read(some):
        """Reads some texts at once, and three tokens behind the beginning of each."""
        trees = [Tree(llama.config) for _ in some]
        for tree, text in zip(trees, some, strict=True):
            tree.grow(text)
        first = np.split(llama.read_on(trees), np.cumsum(list(map(len, some)))[:-1])
        for tree in trees:
            tree.grow([5, 6, 7], 0)
        return list(zip(first, np.split(llama.read_on(trees), len(some)), strict=True))

    expected = read(texts)
    turned = read(texts[::-1])[::-1]
    alone = [read([text])[0] for text in texts]
    for other in (turned, alone):
        for (one, behind), (same, same_behind) in zip(expected, other, strict=True):
            assert (one == same).all()
            assert (behind == same_behind).all()


def test_logits_are_those_of_each_row_whatever_stands_beside_it(llama):
    hidden = llama.read([[1, 5, 9, 30], [7] * 20, [3]])
    logits, normalisers = zip(*llama.iter_logits(hidden, [4, 20, 1]), strict=True)
    np.testing.assert_allclose(np.stack(logits), llama.logits(hidden), atol=1e-4)
    sums = np.exp(llama.logits(hidden).astype(np.float64)).sum(axis=1)
    np.testing.assert_allclose(normalisers, np.log(sums), atol=1e-4)
    alone, normalisers_alone = zip(*llama.iter_logits(hidden[4:24], [20]), strict=True)
    assert (np.stack(alone) == np.stack(logits[4:24])).all()
    assert normalisers_alone == normalisers[4:24]


def test_a_tree_that_outgrows_the_context_is_refused(llama):
    tree = Tree(llama.config)
    end = tree.grow([1] * 63)
    tree.grow([2], end)
    with pytest.raises(ValueError, match="beyond 64 tokens"):
        tree.grow([2, 3], end)

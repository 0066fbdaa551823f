"""Drafts come back complete and in order, and few of them are held, however many there are."""

from collections import deque

import numpy as np
import pytest

from adgen.decoding.loop import Decoder, Draft, Settings
from adgen.decoding.ordered import write_in_order
from adgen.decoding.sampling import Sampling
from adgen.tokens.word_tokenizer import WordTokenizer

TOKENIZER = WordTokenizer.fit(["one two three four five six seven"])


class RandomReader:
    """Reads nothing and finds every token as probable."""

    def __init__(self):
        self.num_rows = 0

    def add(self, contexts):
        self.num_rows += len(contexts)

    def logits(self):
        return np.zeros((self.num_rows, TOKENIZER.vocab_size), np.float32)

    def keep(self, rows):
        self.num_rows = len(rows)

    def advance(self, token_ids):
        assert len(token_ids) == self.num_rows


def drafts(num_drafts, taken):
    for number in range(num_drafts):
        taken.append(number)
        prompt = " ".join(["one"] * (number * 7 % 5))
        yield number, Draft(prompt, TOKENIZER.encode(prompt), number)


def written(num_drafts, batch_size, taken, **controls):
    decoder = Decoder(RandomReader, TOKENIZER, [TOKENIZER.eos_id])
    settings = Settings(Sampling(**controls), max_tokens=20, seed=0)
    return write_in_order(decoder, drafts(num_drafts, taken), settings, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_drafts_come_in_order_and_complete(batch_size):
    found = list(written(200, batch_size, []))
    assert [number for number, _ in found] == list(range(200))
    assert all(draft.finished or len(draft.token_ids) == 20 for _, draft in found)
    expected = [draft.token_ids for _, draft in written(200, 200, [])]
    assert [draft.token_ids for _, draft in found] == expected


def test_as_many_sequences_stand_side_by_side_as_a_gigabyte_keeps():
    seen = []

    class Watched(RandomReader):
        def logits(self):
            seen.append(self.num_rows)
            return super().logits()

    # 4 example tokens and 16 of an ad, 10 MB each: 5 sequences have room.
    start_ids = [TOKENIZER.eos_id] * 4
    decoder = Decoder(Watched, TOKENIZER, start_ids, bytes_per_token=10_000_000)
    settings = Settings(Sampling(), max_tokens=16, seed=0)
    found = list(write_in_order(decoder, drafts(40, []), settings, batch_size=30))
    assert [number for number, _ in found] == list(range(40)) and max(seen) == 5


def test_no_more_than_two_rounds_of_batches_are_held():
    taken = deque()
    for number, _ in written(5000, 4, taken):
        assert len(taken) - number <= 2 * 16 * 4 + 4
    assert len(taken) == 5000


def test_the_first_ad_waits_for_one_batch():
    taken = []
    next(written(10**9, 8, taken))
    assert len(taken) <= 8 + 16 * 8


@pytest.mark.parametrize("min_tokens", [0, 1, 7, 20])
def test_no_ad_ends_before_it_has_min_tokens(min_tokens):
    found = [draft for _, draft in written(300, 50, [], min_tokens=min_tokens)]
    # The end itself is a token; it may be drawn once there are `min_tokens` others.
    lengths = {len(draft.token_ids) - draft.finished for draft in found}
    assert min(lengths) == min_tokens

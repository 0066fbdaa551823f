"""Windows and packed rows equal plain loops over tokens; every epoch's batches hold each example once."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.batches import Examples, TextDataGenerator, ad_windows, pack, windows
from adgen.examples import ad_rows

PAD, EOS = 0, 2
# Ads as ids: <unk> (1) and words, never <pad> or <eos>.
ADS = st.lists(st.lists(st.sampled_from([1, 3, 4, 5, 6, 7]), max_size=9), min_size=1, max_size=8)
LENGTHS = st.integers(1, 12)


def stream(ads):
    return np.array([i for ad in ads for i in [*ad, EOS]], np.int32)


def plain_windows(token_ids, sequence_length, step):
    """The loop of 2022."""
    starts = range(0, len(token_ids) - sequence_length, step)
    contexts = [list(token_ids[i : i + sequence_length]) for i in starts]
    return contexts, [token_ids[i + sequence_length] for i in starts]


def plain_ad_windows(ads, sequence_length):
    """Ad by ad: what stands before each token in its own ad."""
    contexts, targets = [], []
    for ad in ads:
        before = [EOS]
        for token_id in [*ad, EOS]:
            seen = before[-sequence_length:]
            contexts.append([PAD] * (sequence_length - len(seen)) + seen)
            targets.append(token_id)
            before.append(token_id)
    return contexts, targets


def plain_pack(ads, sequence_length):
    """The targets of each row: put an ad in the row if it fits, else begin another; cut what is too long."""
    rows = [[]]
    for ad in ads:
        tokens = [*ad, EOS]
        while tokens:
            if len(rows[-1]) + min(len(tokens), sequence_length) > sequence_length:
                rows.append([])
            rows[-1] += tokens[:sequence_length]
            tokens = tokens[sequence_length:]
    return rows


def filled(values, weights):
    return [row[weight > 0].tolist() for row, weight in zip(values, weights, strict=True)]


def split_at_ends(token_ids):
    ads = [[]]
    for token_id in token_ids:
        ads[-1].append(token_id)
        if token_id == EOS:
            ads.append([])
    return ads[:-1]


# Windows


@given(st.lists(st.integers(1, 9), min_size=13, max_size=40), LENGTHS, st.integers(1, 5))
def test_windows_are_those_of_the_2022_loop(token_ids, sequence_length, step):
    examples = windows(np.array(token_ids, np.int32), sequence_length=sequence_length, step=step)
    contexts, targets = plain_windows(token_ids, sequence_length, step)
    assert examples.contexts.tolist() == contexts and examples.targets.tolist() == targets
    assert (examples.contexts.dtype, examples.targets.dtype, examples.weights) == (np.int32, np.int32, None)


def test_the_seeds_windows_are_four_words_and_one_every_three():
    examples = windows(np.arange(10, 19))
    assert examples.contexts.tolist() == [[10, 11, 12, 13], [13, 14, 15, 16]]
    assert examples.targets.tolist() == [14, 17]


@given(ADS, LENGTHS)
def test_ad_windows_see_their_own_ad_alone(ads, sequence_length):
    examples = ad_windows(stream(ads), sequence_length=sequence_length)
    contexts, targets = plain_ad_windows(ads, sequence_length)
    assert examples.contexts.tolist() == contexts and examples.targets.tolist() == targets
    assert (examples.contexts.dtype, examples.targets.dtype, examples.weights) == (np.int32, np.int32, None)


def test_ad_windows_by_hand():
    examples = ad_windows(np.array([7, 8, 2, 9, 2]), sequence_length=3)
    assert examples.contexts.tolist() == [[0, 0, 2], [0, 2, 7], [2, 7, 8], [0, 0, 2], [0, 2, 9]]
    assert examples.targets.tolist() == [7, 8, 2, 9, 2]


# Packed rows


def test_packing_by_hand():
    # Four targets a row: "7 8 <eos>" leaves one place, "9 <eos>" two, and the last ad is longer than a row.
    examples = pack(np.array([7, 8, 2, 9, 2, 3, 4, 5, 6, 7, 2]), sequence_length=4)
    assert examples.targets.tolist() == [[7, 8, 2, 0], [9, 2, 0, 0], [3, 4, 5, 6], [7, 2, 0, 0]]
    assert examples.contexts.tolist() == [[2, 7, 8, 0], [2, 9, 0, 0], [2, 3, 4, 5], [6, 7, 0, 0]]
    assert examples.weights.tolist() == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0]]


@given(ADS, LENGTHS)
def test_packing_is_that_of_the_plain_loop(ads, sequence_length):
    examples = pack(stream(ads), sequence_length=sequence_length)
    assert filled(examples.targets, examples.weights) == plain_pack(ads, sequence_length)
    assert [array.dtype for array in examples] == [np.int32, np.int32, np.float32]


@given(ADS, LENGTHS, st.none() | st.integers(0, 9))
def test_every_token_is_a_target_once_and_the_input_of_the_next(ads, sequence_length, seed):
    contexts, targets, weights = pack(stream(ads), sequence_length=sequence_length, seed=seed)
    assert contexts.shape == targets.shape == weights.shape == (len(targets), sequence_length)
    assert (np.diff(weights, axis=1) <= 0).all() and set(weights.ravel()) <= {0.0, 1.0}
    all_targets, all_inputs = targets[weights > 0].tolist(), contexts[weights > 0].tolist()
    assert sorted(split_at_ends(all_targets)) == sorted([*ad, EOS] for ad in ads)
    assert all_inputs == [EOS, *all_targets[:-1]]
    assert not targets[weights == 0].any() and not contexts[weights == 0].any()
    if seed is None:
        assert all_targets == stream(ads).tolist()


@given(ADS, LENGTHS)
def test_an_ad_is_broken_only_where_it_is_longer_than_a_row(ads, sequence_length):
    examples = pack(stream(ads), sequence_length=sequence_length)
    place = np.argwhere(examples.weights > 0)  # (num_tokens, 2): row and column of every token
    end = 0
    for ad in ads:
        start, end = end, end + len(ad) + 1
        rows, first_column = place[start:end, 0], place[start, 1]
        if len(ad) + 1 <= sequence_length:
            assert rows[0] == rows[-1]
        else:
            assert first_column == 0
            assert rows[-1] - rows[0] == len(ad) // sequence_length


def test_a_seed_mixes_the_ads():
    ads = [[3 + index] * (index % 4) for index in range(50)]
    rows = [pack(stream(ads), sequence_length=8, seed=seed).targets.tolist() for seed in (0, 0, 1)]
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]
    assert rows[0] != pack(stream(ads), sequence_length=8).targets.tolist()


@given(ADS, st.integers(1, 4))
def test_ad_rows_hold_each_ad_once_and_alone(ads, num_rows):
    sets = list(ad_rows(stream(ads), num_rows=num_rows))
    targets = [row for rows in sets for row in filled(rows.targets, rows.weights)]
    contexts = [row for rows in sets for row in filled(rows.contexts, rows.weights)]
    assert sorted(targets) == sorted([*ad, EOS] for ad in ads)
    assert contexts == [[EOS, *row[:-1]] for row in targets]
    assert max(len(rows.targets) for rows in sets) <= num_rows
    assert [len(row) for row in targets] == sorted(len(ad) + 1 for ad in ads)  # similar lengths together
    for rows in sets:
        assert rows.targets.shape[1] == rows.weights.sum(axis=1).max()


# Errors


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: windows(np.arange(4), sequence_length=4),
            "4 tokens hold no window of 4 tokens and a target",
        ),
        (lambda: windows(np.arange(9), step=0), "step is 0; it must be 1 or more"),
        (lambda: windows(np.arange(9), sequence_length=0), "sequence_length is 0"),
        (lambda: ad_windows(np.array([3, 2]), sequence_length=0), "sequence_length is 0"),
        (lambda: ad_windows(np.array([2, 3])), "do not end with <eos>"),
        (lambda: ad_windows(np.array([], np.int32)), "do not end with <eos>"),
        (lambda: pack(np.array([3, 2]), sequence_length=0), "sequence_length is 0"),
        (lambda: pack(np.array([2, 3])), "do not end with <eos>"),
        (lambda: next(ad_rows(np.array([2, 3]))), "do not end with <eos>"),
        (lambda: next(ad_rows(np.array([3, 2]), num_rows=0)), "num_rows is 0"),
        (lambda: TextDataGenerator(windows(np.arange(9)), batch_size=0), "batch_size is 0"),
        (lambda: TextDataGenerator(pack(np.array([3, 2])), one_hot=9), "one_hot is for windows"),
    ],
)
def test_what_cannot_be_is_explained(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# The generator

TEN = Examples(np.arange(20, dtype=np.int32).reshape(10, 2), np.arange(100, 110, dtype=np.int32))


def numbers(generator):
    """Which examples each batch of an epoch holds."""
    return [[int(target) - 100 for target in batch[1]] for batch in generator]


def test_the_last_smaller_batch_is_kept():
    generator = TextDataGenerator(TEN, batch_size=4)
    assert len(generator) == 3
    assert [len(contexts) for contexts, _ in generator] == [4, 4, 2]


@given(st.integers(1, 12), st.integers(0, 3), st.integers(0, 3))
def test_an_epoch_holds_each_example_once_with_its_own_target(batch_size, seed, epoch):
    generator = TextDataGenerator(TEN, batch_size=batch_size, seed=seed)
    generator.start_epoch(epoch)
    assert sorted(number for batch in numbers(generator) for number in batch) == list(range(10))
    for contexts, targets in generator:
        np.testing.assert_array_equal(contexts, TEN.contexts[targets - 100])


def test_the_order_is_one_of_seed_and_epoch():
    generator = TextDataGenerator(TEN, batch_size=4, seed=7)
    epochs = []
    for _ in range(3):
        epochs.append(numbers(generator))
        generator.on_epoch_end()
    resumed = TextDataGenerator(TEN, batch_size=4, seed=7)
    resumed.start_epoch(2)
    assert numbers(resumed) == epochs[2]
    other_seed = numbers(TextDataGenerator(TEN, batch_size=4, seed=8))
    assert len({str(order) for order in (*epochs, other_seed)}) == 4


def test_without_shuffling_the_order_is_the_examples():
    generator = TextDataGenerator(TEN, batch_size=4, shuffle=False)
    generator.on_epoch_end()
    assert numbers(generator) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_packed_rows_keep_their_weights():
    rows = pack(stream([[3], [4, 5, 6], [7, 1]]), sequence_length=4)
    generator = TextDataGenerator(rows, batch_size=2, seed=1)
    batches = [np.concatenate(parts) for parts in zip(*generator, strict=True)]
    order = [rows.targets.tolist().index(row) for row in batches[1].tolist()]
    assert sorted(order) == [0, 1, 2]
    for batch, array in zip(batches, rows, strict=True):
        np.testing.assert_array_equal(batch, array[order])


def test_one_hot_arrays_are_the_ids():
    examples = windows(np.random.default_rng(0).integers(0, 9, 40))
    ids, dense = (TextDataGenerator(examples, batch_size=5, one_hot=one_hot) for one_hot in (None, 9))
    for (contexts, targets), (dense_contexts, dense_targets) in zip(ids, dense, strict=True):
        np.testing.assert_array_equal(dense_contexts, np.eye(9, dtype=np.float32)[contexts])
        np.testing.assert_array_equal(dense_targets, np.eye(9, dtype=np.float32)[targets])
        assert dense_contexts.dtype == dense_targets.dtype == np.float32


@pytest.mark.parametrize("index", [-1, 3])
def test_a_batch_that_is_not_there_is_an_index_error(index):
    with pytest.raises(IndexError, match=f"Batch {index} asked for; there are 3"):
        TextDataGenerator(TEN, batch_size=4)[index]


class Recorder(keras.Model):
    """Notes the batches that `fit` feeds it."""

    def __init__(self):
        super().__init__()
        self.batches = []

    def train_step(self, data):
        contexts, targets = data
        self.batches.append((contexts.numpy().tolist(), targets.numpy().tolist()))
        return {"loss": keras.ops.zeros(())}


@pytest.mark.parametrize("workers", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}])
def test_keras_sees_the_same_batches_from_any_number_of_workers(workers):
    model = Recorder()
    model.compile(run_eagerly=True)
    generator = TextDataGenerator(TEN, batch_size=4, seed=3, **workers)
    model.fit(generator, epochs=2, shuffle=False, verbose=0)
    batches = []
    # Keras 3.15 ends an epoch before the first one too, so that one may have the order of epoch 1.
    for epoch in (generator.epoch - 2, generator.epoch - 1):
        plain = TextDataGenerator(TEN, batch_size=4, seed=3)
        plain.start_epoch(epoch)
        batches += [(contexts.tolist(), targets.tolist()) for contexts, targets in plain]
    assert model.batches == batches

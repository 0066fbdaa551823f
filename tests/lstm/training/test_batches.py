"""Windows and packed rows equal plain loops over tokens.

Every epoch's batches hold each example once.
"""

from itertools import pairwise

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.lstm.training.batches import TextDataGenerator
from adgen.tokens.examples import Examples, ad_rows, ad_windows, pack, windows

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
    """The targets of each row: an ad goes to the row with the least room that is enough.

    Of such rows it goes to the one used last. What is left of an ad longer than a row begins a row
    of its own.
    """
    rows, used = [], []
    for ad in ads:
        tokens = [*ad, EOS]
        for start in range(0, len(tokens), sequence_length):
            piece = tokens[start : start + sequence_length]
            fitting = [
                r
                for r, row in enumerate(rows)
                if len(row) + len(piece) <= sequence_length and not start
            ]
            fullest = max((len(rows[r]) for r in fitting), default=None)
            fitting = [r for r in fitting if len(rows[r]) == fullest]
            row = max(fitting, key=used.__getitem__, default=len(rows))
            if row == len(rows):
                rows.append([])
                used.append(0)
            rows[row] += piece
            used[row] = max(used) + 1
    return rows


def filled(rows):
    return [row[row != PAD].tolist() for row in rows]


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
    assert not examples.is_packed and len(examples) == len(targets)


def test_the_seeds_windows_are_four_words_and_one_every_three():
    examples = windows(np.arange(10, 19))
    assert examples.contexts.tolist() == [[10, 11, 12, 13], [13, 14, 15, 16]]
    assert examples.targets.tolist() == [14, 17]


@given(ADS, LENGTHS)
def test_ad_windows_see_their_own_ad_alone(ads, sequence_length):
    examples = ad_windows(stream(ads), sequence_length=sequence_length)
    contexts, targets = plain_ad_windows(ads, sequence_length)
    assert examples.contexts.tolist() == contexts and examples.targets.tolist() == targets
    assert not examples.is_packed and len(examples) == len(targets)


def test_ad_windows_by_hand():
    examples = ad_windows(np.array([7, 8, 2, 9, 2]), sequence_length=3)
    assert examples.contexts.tolist() == [[0, 0, 2], [0, 2, 7], [2, 7, 8], [0, 0, 2], [0, 2, 9]]
    assert examples.targets.tolist() == [7, 8, 2, 9, 2]


# Packed rows


def test_packing_by_hand():
    # Four targets a row: "7 8 <eos>" leaves one place, "9 <eos>" two, the next ad is longer than a
    # row and its end begins another, and a lone <eos> goes where one place is left.
    examples = pack(np.array([7, 8, 2, 9, 2, 3, 4, 5, 6, 7, 2, 2]), sequence_length=4)
    assert examples.targets.tolist() == [[7, 8, 2, 2], [9, 2, 0, 0], [3, 4, 5, 6], [7, 2, 0, 0]]
    assert examples.contexts.tolist() == [[2, 7, 8, 2], [2, 9, 2, 0], [2, 3, 4, 5], [6, 7, 2, 0]]


@given(ADS, LENGTHS)
def test_packing_is_that_of_the_plain_loop(ads, sequence_length):
    token_ids = stream(ads).astype(np.uint16)
    examples = pack(token_ids, sequence_length=sequence_length)
    assert filled(examples.targets) == plain_pack(ads, sequence_length)
    assert examples.is_packed and examples.rows.dtype == np.uint16


@given(ADS, LENGTHS, st.none() | st.integers(0, 9))
def test_every_token_is_a_target_once_behind_the_token_before_it(ads, sequence_length, seed):
    examples = pack(stream(ads), sequence_length=sequence_length, seed=seed)
    contexts, targets = examples.contexts, examples.targets
    assert contexts.shape == targets.shape == (len(examples), sequence_length)
    is_target = targets != PAD
    assert (np.diff(is_target.astype(int), axis=1) <= 0).all()  # padding comes last
    pairs = zip(contexts[is_target].tolist(), targets[is_target].tolist(), strict=True)
    assert sorted(pairs) == sorted(pair for ad in ads for pair in pairwise([EOS, *ad, EOS]))
    assert (contexts[:, 1:] == targets[:, :-1]).all()


@given(ADS, LENGTHS)
def test_an_ad_is_broken_only_where_it_is_longer_than_a_row(ads, sequence_length):
    rows = filled(pack(stream(ads), sequence_length=sequence_length).targets)
    whole = [[*ad, EOS] for ad in ads if len(ad) < sequence_length]
    in_rows = [ad for row in rows for ad in split_at_ends(row)]
    for ad in whole:
        in_rows.remove(ad)


def test_rows_are_nearly_full():
    lengths = np.random.default_rng(0).integers(2, 40, 5000)
    token_ids = np.concatenate([[3] * (length - 1) + [2] for length in lengths])
    examples = pack(token_ids, sequence_length=64, seed=0)
    assert (examples.targets != PAD).mean() > 0.98


def test_a_seed_mixes_the_ads():
    ads = [[3 + index] * (index % 4) for index in range(50)]
    rows = [pack(stream(ads), sequence_length=8, seed=seed).targets.tolist() for seed in (0, 0, 1)]
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]
    assert rows[0] != pack(stream(ads), sequence_length=8).targets.tolist()


@given(ADS, st.integers(1, 4))
def test_ad_rows_hold_each_ad_once_and_alone(ads, num_rows):
    sets = list(ad_rows(stream(ads), num_rows=num_rows))
    targets = [row for rows in sets for row in filled(rows.targets)]
    assert all((rows.rows[:, 0] == EOS).all() for rows in sets)
    assert sorted(targets) == sorted([*ad, EOS] for ad in ads)
    assert max(len(rows.targets) for rows in sets) <= num_rows
    assert [len(row) for row in targets] == sorted(
        len(ad) + 1 for ad in ads
    )  # similar lengths together
    for rows in sets:
        assert rows.targets.shape[1] == (rows.targets != PAD).sum(axis=1).max()


# Errors


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: windows(np.arange(4), sequence_length=4),
            "4 tokens hold no window of 4 tokens and a target",
        ),
        (lambda: windows(np.arange(9), step=0), "step is 0; expected a whole number from 1 to"),
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

TEN = Examples(np.column_stack([np.arange(20).reshape(10, 2), np.arange(100, 110)]))


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


def test_packed_rows_come_as_inputs_and_targets():
    rows = pack(stream([[3], [4, 5, 6], [7, 1]]).astype(np.uint16), sequence_length=4)
    contexts, targets = (
        np.concatenate(parts) for parts in zip(*TextDataGenerator(rows, batch_size=2), strict=True)
    )
    order = [rows.targets.tolist().index(row) for row in targets.tolist()]
    assert sorted(order) == [0, 1, 2]
    np.testing.assert_array_equal(contexts, rows.contexts[order])
    assert contexts.dtype == targets.dtype == np.int32


@given(st.integers(1, 4), st.integers(0, 3), st.integers(0, 3))
def test_parts_of_an_epoch_are_the_epoch(batch_size, epoch, cut):
    generator = TextDataGenerator(TEN, batch_size=batch_size, seed=1)
    generator.start_epoch(epoch)
    whole = numbers(generator)
    parts = []
    for part in (slice(0, cut), slice(cut, None)):
        generator.start_epoch(epoch, part)
        parts += numbers(generator)
        generator.on_epoch_end()  # Keras may call it in between; a part keeps its length
        assert len(generator) == len(range(len(whole))[part])
    assert parts == whole


@pytest.mark.parametrize(
    "examples", [TEN, pack(stream([[3, 4], [5], [6, 7, 1]] * 5), sequence_length=4)]
)
def test_the_tf_data_form_has_the_same_whole_batches_and_no_python_in_it(examples):
    generator = TextDataGenerator(examples, batch_size=3, seed=5)
    generator.start_epoch(1, slice(1, None))
    dataset = generator.as_tf_dataset()
    expected = [batch for batch in generator if len(batch[0]) == 3]
    batches = list(dataset.as_numpy_iterator())
    assert len(batches) == len(expected) > 1
    for batch, wanted in zip(batches, expected, strict=True):
        for array, other in zip(batch, wanted, strict=True):
            np.testing.assert_array_equal(array, other)
            assert array.dtype == np.int32
    assert all(spec.shape.is_fully_defined() for spec in dataset.element_spec)
    graph = dataset._as_serialized_graph().numpy()
    assert b"PyFunc" not in graph and b"GatherV2" in graph


def test_one_hot_arrays_are_the_ids():
    examples = windows(np.random.default_rng(0).integers(0, 9, 40))
    ids, dense = (
        TextDataGenerator(examples, batch_size=5, one_hot=one_hot) for one_hot in (None, 9)
    )
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


@pytest.mark.parametrize(
    "workers", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}]
)
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

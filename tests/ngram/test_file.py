"""The file of an n-gram model: exact or compact, whole or refused, of this format or the last."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_ads import EOS, made_up_ads, token_ids_of
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from adgen.ngram.columns import pack, unpack
from adgen.ngram.compact import decode_tables, encode_tables
from adgen.ngram.file import compact_bytes
from adgen.ngram.model import NGramModel
from adgen.ngram.tables import NGramTables

ads_lists = st.lists(st.lists(st.integers(3, 7), max_size=9), min_size=1, max_size=12)


def test_a_saved_model_is_the_same(tmp_path):
    model, text = NGramModel.fit(made_up_ads(50), vocab_size=40, order=4), made_up_ads(9, seed=1)
    model.save(tmp_path / "model.safetensors")
    again = NGramModel.load(tmp_path / "model.safetensors")
    assert (again.order, again.vocab_size, again.num_ngrams) == (4, 40, model.num_ngrams)
    np.testing.assert_array_equal(again.log_probabilities(text), model.log_probabilities(text))
    np.testing.assert_array_equal(again.distribution([[EOS, 5]]), model.distribution([[EOS, 5]]))


@pytest.mark.parametrize("vocab_size", [40, 70_000])
def test_a_compact_file_is_small_nearly_the_same_and_sums_to_one(tmp_path, vocab_size):
    token_ids = np.concatenate([made_up_ads(3000), [vocab_size - 1, EOS]])
    model = NGramModel.fit(token_ids, vocab_size=vocab_size, order=4)
    model.save(tmp_path / "exact.safetensors")
    model.save(tmp_path / "compact.safetensors", compact=True)
    size = (tmp_path / "compact.safetensors").stat().st_size
    assert size == compact_bytes(model.tables)
    assert size < (tmp_path / "exact.safetensors").stat().st_size / 3
    again = NGramModel.load(tmp_path / "compact.safetensors")
    probabilities = again.distribution([[EOS], [EOS, *token_ids[:3]], token_ids[3:6]])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    # A step of half an octave is 35%: rounding changes a number by half of that at most, and its
    # context's sum too.
    np.testing.assert_allclose(
        again.log_probabilities(token_ids), model.log_probabilities(token_ids), atol=0.35
    )


@given(ads_lists, st.integers(1, 6), st.lists(st.floats(0, 1), min_size=1))
@settings(max_examples=40, deadline=None)
def test_a_compact_file_has_every_ngram_and_contexts_that_sum_to_one(ads, order, numbers):
    fitted = NGramModel.fit(token_ids_of(ads), vocab_size=9, order=order).tables
    # Any numbers, also 0 and 1.
    cycled = [np.resize(np.array(numbers, np.float32), len(keys)) for keys in fitted.keys]
    singles = fitted.discounted[0]
    backoffs = [
        np.where(np.bincount(keys // 9, minlength=len(values)) > 0, values, 1).astype(np.float32)
        for keys, values in zip(fitted.keys[1:], cycled, strict=False)
    ]
    tables = NGramTables(9, fitted.keys, [singles, *cycled[1:]], backoffs)
    again = decode_tables(encode_tables(tables), vocab_size=9, order=tables.order)
    for n in range(tables.order):
        assert again.keys[n].tolist() == tables.keys[n].tolist()
    assert again.discounted[0].sum() == pytest.approx(1)
    assert again.discounted[0].tolist() == pytest.approx(singles.tolist(), rel=0.1)
    for n, backoff in enumerate(again.backoffs):
        assert backoff.tolist() == pytest.approx(backoffs[n].tolist(), abs=0.09)
        sums = np.bincount(
            tables.keys[n + 1] // 9, weights=again.discounted[n + 1], minlength=len(backoff)
        )
        assert (sums + backoff).tolist() == pytest.approx([1] * len(backoff), abs=1e-5)


def test_ngrams_of_32_tokens_go_round_a_compact_file():
    ad = list(range(3, 40)) * 2
    token_ids = token_ids_of([ad, ad[5:], ad[::-1]])
    tables = NGramModel.fit(token_ids, vocab_size=40, order=32).tables
    again = decode_tables(encode_tables(tables), vocab_size=40, order=32)
    assert all(np.array_equal(*keys) for keys in zip(again.keys, tables.keys, strict=True))


def with_8_bit_codes(path):
    """Makes an exact file one of adgen's first compact ones: each number's scale in 256 steps."""
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    arrays = load_file(path)
    for name, values in list(arrays.items()):
        if name == "discounted.1" or name.startswith("words"):
            continue
        values = np.clip(values.astype(np.float64), 1e-7, 1 - 1e-7)
        scaled = np.log(values / (1 - values)) if "backoffs" in name else np.log(values)
        low, high = scaled.min(), scaled.max()
        arrays[name] = np.rint((scaled - low) / (high - low) * 255).astype(np.uint8)
        arrays[f"{name}.range"] = np.array([low, high], np.float32)
    save_file(arrays, path, metadata=metadata)


def test_the_first_compact_files_are_read(tmp_path):
    model = NGramModel.fit(made_up_ads(300), vocab_size=40, order=4)
    text = made_up_ads(9, seed=1)
    path = tmp_path / "model.safetensors"
    model.save(path)
    with_8_bit_codes(path)
    again = NGramModel.load(path)
    np.testing.assert_allclose(again.distribution([[EOS, 5], [4]]).sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        again.log_probabilities(text), model.log_probabilities(text), atol=0.1
    )


def test_damaged_and_foreign_files_are_refused(tmp_path):
    from safetensors.numpy import load_file, save_file

    path = tmp_path / "model.safetensors"
    with pytest.raises(FileNotFoundError, match="No n-gram model at"):
        NGramModel.load(path)
    NGramModel.fit(made_up_ads(20), vocab_size=40, order=3).save(path)
    whole, arrays = path.read_bytes(), load_file(path)
    path.write_bytes(whole[:-100])
    with pytest.raises(ValueError, match="not a whole n-gram model"):
        NGramModel.load(path)
    path.write_bytes(b"not a model")
    with pytest.raises(ValueError, match="not a whole n-gram model"):
        NGramModel.load(path)
    save_file(arrays, path)
    with pytest.raises(
        ValueError, match="its format is None, expected adgen-ngram-1 or adgen-ngram-2"
    ):
        NGramModel.load(path)


@pytest.mark.parametrize(
    "name", ["words.1", "words.2", "words.3", "discounted.1", "discounted.3", "backoffs.2"]
)
@pytest.mark.parametrize("damage", ["shorter", "reversed", "missing", "other type", "not numbers"])
def test_files_whose_parts_do_not_fit_are_refused(tmp_path, name, damage):
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    path = tmp_path / "model.safetensors"
    NGramModel.fit(made_up_ads(20), vocab_size=40, order=3).save(path)
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    arrays = load_file(path)
    whole = arrays.pop(name)
    if damage == "reversed" and not name.startswith("words"):
        return  # a row of numbers in another order is still a row of numbers
    if damage == "shorter":
        arrays[name] = whole[:-1].copy()
    elif damage == "reversed":
        arrays[name] = whole[::-1].copy()
    elif damage == "other type":
        arrays[name] = whole.astype(np.int8)
    elif damage == "not numbers":
        arrays[name] = np.full_like(whole, np.nan if whole.dtype == np.float32 else 65535)
    save_file(arrays, path, metadata=metadata)
    with pytest.raises(ValueError, match="not a whole n-gram model"):
        NGramModel.load(path)


def bomb(num):
    """Returns a column of 5 million zeros in 5 KB, which says that it has `num`."""
    coder = zlib.compressobj(wbits=-15)
    stream = coder.compress(bytes(5_000_000)) + coder.flush()
    header = np.array([num, zlib.crc32(stream)], "<u4").tobytes()
    return np.frombuffer(header + stream, np.uint8)


def flipped(column):
    column = column.copy()
    column[len(column) // 2] ^= 255
    return column


DAMAGES = {
    "shorter": lambda column: column[:-1].copy(),
    "longer": lambda column: np.append(column, np.uint8(0)),
    "empty": lambda column: column[:0].copy(),
    "flipped": flipped,
    "other type": lambda column: column.astype(np.int16),
    "a number less": lambda column: pack(unpack(column)[:-1]),
    "a number more": lambda column: pack(np.append(unpack(column), 0)),
    "one number": lambda column: pack(unpack(column)[:1]),
    "large numbers": lambda column: pack(np.full_like(unpack(column), 2**32 - 1, np.uint32)),
    "a bomb that says so": lambda column: bomb(5_000_000),
    "a bomb that does not": lambda column: bomb(len(unpack(column))),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_compact_files_with_a_damaged_column_are_refused(tmp_path, damage):
    path = tmp_path / "model.safetensors"
    NGramModel.fit(made_up_ads(50), vocab_size=40, order=3).save(path, compact=True)
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    whole = load_file(path)
    assert len(whole) == 12
    for name, column in whole.items():
        num = len(unpack(column))
        if (damage == "large numbers" and not num) or (damage == "one number" and num < 2):
            continue
        save_file(whole | {name: DAMAGES[damage](column)}, path, metadata=metadata)
        with pytest.raises(ValueError, match="not a whole n-gram model"):
            NGramModel.load(path)


def test_compact_files_with_other_columns_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    NGramModel.fit(made_up_ads(50), vocab_size=40, order=3).save(path, compact=True)
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    whole = load_file(path)
    without = {name: column for name, column in whole.items() if name != "ranks.3"}
    kinds = whole | {"kinds.3": pack(np.full_like(unpack(whole["kinds.3"]), 2))}
    ranks = unpack(whole["ranks.3"])
    beyond = whole | {"ranks.3": pack(ranks + np.uint8(200))}
    last = whole | {"ranks.2": pack(np.full_like(unpack(whole["ranks.2"]), 4))}
    impossible = whole | {"probabilities": pack(np.full(40, 255))}
    for columns, order, message in (
        (without, 3, "its columns are"),
        (whole | {"more": whole["ranks.3"]}, 3, "its columns are"),
        (whole, 4, "its columns are"),
        (kinds, 3, "what follows the n-grams of length 3 is missing"),
        (beyond, 3, "has a rank beyond the vocabulary"),
        (last, 3, "ends in none that is known"),
        (impossible, 3, "no token is possible"),
    ):
        save_file(columns, path, metadata=metadata | {"order": str(order)})
        with pytest.raises(ValueError, match=message):
            NGramModel.load(path)
    save_file(whole, path, metadata=metadata | {"vocab_size": "41"})
    with pytest.raises(ValueError, match="the vocabulary is not of 41 tokens"):
        NGramModel.load(path)

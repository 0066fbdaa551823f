"""The n-gram model: Kneser-Ney worked by hand, against a slow form, and always a distribution."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_ads import made_up_ads, token_ids_of

import adgen.ngram.model
from adgen.ngram.counts import (
    FALLBACK_DISCOUNTS,
    count_ngrams,
    drop_ngrams,
    log_ratios,
    modified_discounts,
    prune_counts,
)
from adgen.ngram.file import compact_bytes, smallest_compact_bytes
from adgen.ngram.model import NGramModel
from adgen.scoring.metrics import TargetScores

PAD, UNK, EOS, A, B, C = range(6)
D = (0.5, 1.0, 1.5)  # for counts of 1, 2, and 3 or more
TOY = np.array([A, B, EOS, A, B, EOS, A, C, EOS])  # the ads "a b", "a b", "a c"

ads_lists = st.lists(st.lists(st.integers(3, 7), max_size=7), min_size=1, max_size=12)


class SlowModel:
    """Computes the formula of `NGramModel` in dictionaries, token by token."""

    def __init__(self, token_ids, vocab_size, order, discounts):
        ads, ad = [], []
        for token in token_ids.tolist():
            ad.append(token)
            if token == EOS:
                ads, ad = [*ads, [EOS, *ad]], []
        raw = [Counter() for _ in range(order + 1)]
        for ad in ads:
            for n in range(1, order + 1):
                # The start is in n-grams, but never their last token.
                for end in range(max(n, 2), len(ad) + 1):
                    raw[n][tuple(ad[end - n : end])] += 1
        self.counts = [Counter() for _ in range(order + 1)]
        for n in range(1, order + 1):
            before = Counter(gram[1:] for gram in raw[n + 1]) if n < order else raw[n]
            for gram, count in raw[n].items():
                from_start = n > 1 and gram[0] == EOS
                self.counts[n][gram] = count if from_start else before[gram]
        self.followers = [defaultdict(dict) for _ in range(order + 1)]
        for n in range(1, order + 1):
            for gram, count in self.counts[n].items():
                self.followers[n][gram[:-1]][gram[-1]] = count
        self.order, self.discounts = order, discounts
        self.possible = [t for t in range(vocab_size) if t > UNK or (t == UNK and raw[1][(UNK,)])]

    def p(self, token, context):
        """Returns p(token | context).

        The context is a tuple of at most `order - 1` tokens that begins no earlier than the ad's
        start.
        """
        below = (
            self.p(token, context[1:]) if context else (token in self.possible) / len(self.possible)
        )
        n = len(context) + 1
        row = self.followers[n].get(context)
        if not row:
            return below

        def discount(count):
            return self.discounts[n - 1][min(count, 3) - 1]

        total = sum(row.values())
        own = row[token] - discount(row[token]) if token in row else 0
        return (own + sum(map(discount, row.values())) * below) / total

    def log_probabilities(self, token_ids):
        result, context = [], (EOS,)
        for token in token_ids.tolist():
            result.append(math.log(self.p(token, context[max(len(context) - self.order + 1, 0) :])))
            context = (EOS,) if token == EOS else (*context, token)
        return result


def test_two_tokens_worked_by_hand():
    # Different tokens before: a 1 (the start), b 1 (a), c 1 (a), <eos> 2 (b and c); sum 5.
    # Subtracted 0.5 + 0.5 + 0.5 + 1 = 2.5, shared by the 4 tokens that can come, 0.625 each.
    p_a = p_b = p_c = (1 - 0.5 + 0.625) / 5
    p_end = (2 - 1 + 0.625) / 5
    assert p_a + p_b + p_c + p_end == pytest.approx(1)
    # After the start: a 3 times -> a keeps 1.5 of 3, the rest is p. After a: b 2, c 1 -> 1, 0.5,
    # and 1.5 of 3. After b: <eos> 2 -> 1 of 2. After c: <eos> 1 -> 0.5 of 1.
    start_a = 1.5 / 3 + 1.5 / 3 * p_a
    a_b, a_c = 1 / 3 + 1.5 / 3 * p_b, 0.5 / 3 + 1.5 / 3 * p_c
    b_end, c_end = 1 / 2 + 1 / 2 * p_end, 0.5 + 0.5 * p_end
    model = NGramModel.fit(TOY, vocab_size=6, order=2, discounts=[D, D])
    expected = np.log([start_a, a_b, b_end, start_a, a_b, b_end, start_a, a_c, c_end])
    np.testing.assert_allclose(model.log_probabilities(TOY), expected, rtol=1e-6)
    np.testing.assert_allclose(
        model.distribution([[A]])[0],
        [0, 0, 1.5 / 3 * p_end, 1.5 / 3 * p_a, a_b, a_c],
        rtol=1e-6,
    )


def test_three_tokens_worked_by_hand():
    # Now (a, b) counts the tokens before it: the start alone, 1; so does (a, c). After a: 0.5, 0.5,
    # and 1 of 2. (start, a) has no token before it and keeps its 3 occurrences.
    p_b = (1 - 0.5 + 0.625) / 5
    a_b = 0.5 / 2 + 1 / 2 * p_b
    # After (start, a): b 2, c 1 -> 1, 0.5, and 1.5 of 3.
    start_a_b = 1 / 3 + 1.5 / 3 * a_b
    start_a = 1.5 / 3 + 1.5 / 3 * p_b  # a has as many tokens before it as b
    model = NGramModel.fit(TOY, vocab_size=6, order=3, discounts=[D, D, D])
    np.testing.assert_allclose(
        model.log_probabilities(TOY)[:2], np.log([start_a, start_a_b]), rtol=1e-6
    )
    assert model.distribution([[EOS, A]])[0, B] == pytest.approx(start_a_b)
    assert model.distribution([[A]])[0, B] == pytest.approx(a_b)  # somewhere inside an ad
    assert model.distribution([[B, A]])[0, B] == pytest.approx(a_b)  # (b, a) was never seen


def test_order_one_knows_frequencies_only():
    # a 3, b 2, c 1, <eos> 3: sum 9, subtracted 1.5 + 1 + 0.5 + 1.5 = 4.5, a quarter of it for each
    # of the four.
    model = NGramModel.fit(TOY, vocab_size=6, order=1, discounts=[D])
    expected = np.array([0, 0, 1.5, 1.5, 1, 0.5]) + np.array([0, 0, 1, 1, 1, 1]) * 4.5 / 4
    np.testing.assert_allclose(model.distribution([[], [A, B]]), [expected / 9] * 2, rtol=1e-6)
    np.testing.assert_allclose(model.log_probabilities(TOY), np.log(expected[TOY] / 9), rtol=1e-6)


@pytest.mark.parametrize(
    ("num_of_counts", "expected"),
    [
        # Y = 40 / (40 + 20) = 2/3: 1 - 2 Y 10/40, 2 - 3 Y 4/10, 3 - 4 Y 1/4
        ((40, 10, 4, 1), (2 / 3, 1.2, 7 / 3)),
        ((40, 10, 4, 0), FALLBACK_DISCOUNTS),  # no count of 4
        ((4, 10, 40, 1), FALLBACK_DISCOUNTS),  # 2 - 3 / 6 * 4 is not above 0
    ],
)
def test_discounts_come_from_the_numbers_of_counts(num_of_counts, expected):
    assert modified_discounts(np.repeat([1, 2, 3, 4], num_of_counts)) == pytest.approx(expected)


@given(ads_lists, ads_lists, st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_the_model_equals_a_slow_form(ads, others, order):
    token_ids, text = token_ids_of(ads), token_ids_of(others)
    slow = SlowModel(token_ids, vocab_size=9, order=order, discounts=[D] * order)
    model = NGramModel.fit(token_ids, vocab_size=9, order=order, discounts=[D] * order)
    for ids in (token_ids, text):
        np.testing.assert_allclose(
            model.log_probabilities(ids), slow.log_probabilities(ids), rtol=1e-5
        )


@given(ads_lists, st.lists(st.integers(3, 8), max_size=6), st.booleans(), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_every_distribution_sums_to_one_and_leaves_nothing_out(ads, context, from_start, order):
    model = NGramModel.fit(token_ids_of(ads), vocab_size=9, order=order)
    probabilities = model.distribution([[EOS, *context] if from_start else context])[0]
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert (probabilities[EOS:] > 0).all() and not probabilities[:EOS].any()


def test_unk_comes_only_where_the_fitted_text_has_it():
    with_unk = NGramModel.fit(np.array([A, UNK, EOS]), vocab_size=6, order=2)
    assert with_unk.distribution([[EOS, A]])[0, UNK] > 0.3
    assert NGramModel.fit(TOY, vocab_size=6).log_probabilities(np.array([UNK, EOS]))[0] == -np.inf


def test_log_probabilities_are_those_of_the_distributions_in_any_chunks(monkeypatch):
    model, text = NGramModel.fit(made_up_ads(50), vocab_size=40, order=4), made_up_ads(8, seed=1)
    contexts, context = [], [EOS]
    for token in text.tolist():
        contexts.append(list(context))
        context = [EOS] if token == EOS else [*context, token]
    expected = np.log(model.distribution(contexts)[np.arange(len(text)), text])
    np.testing.assert_allclose(model.log_probabilities(text), expected, rtol=1e-5)
    for chunk in (1, 3, 1000):
        monkeypatch.setattr(adgen.ngram.model, "_CHUNK", chunk)
        np.testing.assert_allclose(model.log_probabilities(text), expected, rtol=1e-5)


def test_padded_rows_and_lists_are_the_same_contexts():
    model = NGramModel.fit(made_up_ads(50), vocab_size=40, order=4)
    rows = np.array([[PAD, PAD, PAD, PAD, EOS], [PAD, PAD, EOS, 5, 6], [9, 8, 7, 6, 5]])
    lists = [[EOS], [EOS, 5, 6], [9, 8, 7, 6, 5]]
    np.testing.assert_array_equal(model.distribution(rows), model.distribution(lists))
    np.testing.assert_array_equal(model.distribution(rows[2:, 2:]), model.distribution(lists)[2:])


def test_no_context_reaches_into_the_ad_before():
    model = NGramModel.fit(made_up_ads(60), vocab_size=40, order=5)
    first, second = made_up_ads(1, seed=2), made_up_ads(1, seed=3)
    together = model.log_probabilities(np.concatenate([first, second]))
    apart = np.concatenate([model.log_probabilities(first), model.log_probabilities(second)])
    np.testing.assert_array_equal(together, apart)
    np.testing.assert_array_equal(
        model.distribution([[*first.tolist(), *second[:2].tolist()]]),
        model.distribution([[EOS, *second[:2].tolist()]]),
    )


def test_the_order_of_the_ads_does_not_matter():
    ads = [[A, B, C], [B, C], [A], [], [C, C, A, B]]
    one, other = (NGramModel.fit(token_ids_of(x), vocab_size=6, order=4) for x in (ads, ads[::-1]))
    for left, right in zip(one.tables.discounted, other.tables.discounted, strict=True):
        np.testing.assert_array_equal(left, right)


def test_the_order_ends_with_the_longest_ad():
    assert NGramModel.fit(np.array([A, EOS]), vocab_size=6, order=6).order == 3  # <eos> a <eos>


def test_a_memory_map_of_small_integers_will_do(tmp_path):
    np.save(tmp_path / "ids.npy", made_up_ads(20).astype(np.uint16))
    mapped = np.load(tmp_path / "ids.npy", mmap_mode="r")
    model = NGramModel.fit(mapped, vocab_size=40, order=3)
    expected = NGramModel.fit(made_up_ads(20), vocab_size=40, order=3).log_probabilities(
        made_up_ads(20)
    )
    np.testing.assert_array_equal(model.log_probabilities(mapped), expected)


def test_scores_are_those_of_the_full_distributions():
    # "a" begins every ad (right), then b twice (right) and c once (second), then the end (right): 8
    # of 9 first.
    model = NGramModel.fit(TOY, vocab_size=6, order=3)
    scores = model.score_tokens(TOY)
    assert isinstance(scores, TargetScores)
    assert (scores.num_targets, scores.num_correct, scores.num_top_5) == (9, 8, 9)
    assert scores.nats == pytest.approx(-model.log_probabilities(TOY).sum(), rel=1e-5)


def test_equally_probable_tokens_are_not_called_right():
    # a and b once each, <eos> twice
    model = NGramModel.fit(token_ids_of([[A], [B]]), vocab_size=6, order=1)
    assert model.score_tokens(np.array([A, B, EOS])).num_correct == 1


def test_without_longer_ngrams_tokens_have_their_frequencies():
    # All pairs are dropped, and each hands its occurrences down: a 3, b 2, c 1, <eos> 3, as with
    # order 1.
    counts = count_ngrams(TOY, vocab_size=6, order=2, discounts=[D, D])
    pruned = NGramModel.from_counts(drop_ngrams(counts, log_ratios(counts), np.inf))
    expected = NGramModel.fit(TOY, vocab_size=6, order=1, discounts=[D])
    assert pruned.order == 1
    np.testing.assert_allclose(pruned.distribution([[A]]), expected.distribution([[A]]), rtol=1e-6)


def test_the_least_costly_pairs_are_dropped_and_hand_their_counts_down():
    # With the figures of the first test, count * ln(p / p without): start a 3 ln(0.6125 / 0.225) =
    # 3.0, a b 2 ln(0.4458 / 0.1875) = 1.7, a c ln(0.2792 / 0.15) = 0.6, b <eos> 2 ln(0.6625 /
    # 0.325) = 1.4, c <eos> 0.7.
    counts = count_ngrams(TOY, vocab_size=6, order=2, discounts=[D, D])
    assert counts.keys[1].tolist() == [EOS * 6 + A, A * 6 + B, A * 6 + C, B * 6 + EOS, C * 6 + EOS]
    pruned = drop_ngrams(counts, log_ratios(counts), 1.5)
    assert pruned.kept[1].tolist() == [True, True, False, False, False]
    # <eos> came after b twice and after c once: 3. Sum of a, b, c, <eos>: 6; subtracted 0.5 + 0.5 +
    # 0.5 + 1.5.
    p_c, p_end = (1 - 0.5 + 0.75) / 6, (3 - 1.5 + 0.75) / 6
    model = NGramModel.from_counts(pruned)
    assert model.distribution([[B]])[0, EOS] == pytest.approx(p_end)
    # After a, of 3, the single tokens get what was subtracted from b, 1, and the whole count of c,
    # 1.
    assert model.distribution([[A]])[0, C] == pytest.approx(2 / 3 * p_c)


@given(ads_lists, st.lists(st.integers(3, 8), max_size=4), st.floats(0, 4))
@settings(max_examples=30, deadline=None)
def test_pruned_distributions_sum_to_one(ads, context, threshold):
    counts = count_ngrams(token_ids_of(ads), vocab_size=9, order=4)
    model = NGramModel.from_counts(drop_ngrams(counts, log_ratios(counts), threshold))
    probabilities = model.distribution([context, [EOS, *context]])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (probabilities[:, EOS:] > 0).all()


def test_a_pruned_file_is_full_and_more_bytes_predict_better(tmp_path):
    counts = count_ngrams(made_up_ads(3000, vocab_size=400), vocab_size=400, order=4)
    whole = compact_bytes(NGramModel.from_counts(counts).tables)
    nats = []
    for share in (0.3, 0.5, 0.8, 1):
        max_bytes = int(share * whole)
        model = NGramModel.from_counts(prune_counts(counts, max_bytes=max_bytes))
        model.save(tmp_path / "m", compact=True)
        assert 0.97 * max_bytes <= (tmp_path / "m").stat().st_size <= max_bytes
        again = NGramModel.load(tmp_path / "m")
        nats.append(-again.log_probabilities(made_up_ads(40, vocab_size=400, seed=1)).sum())
    assert prune_counts(counts, max_bytes=whole) is counts
    assert prune_counts(counts, max_bytes=whole - 1) is not counts
    assert nats == sorted(nats, reverse=True)


def test_the_smallest_file_has_room_for_single_tokens_of_any_frequency():
    rng = np.random.default_rng(0)
    token_ids = np.concatenate([rng.zipf(1.2, 50_000) % 5000 + EOS, [EOS]])
    counts = count_ngrams(token_ids, vocab_size=5003, order=3)
    pruned = prune_counts(counts, max_bytes=smallest_compact_bytes(5003))
    tables = NGramModel.from_counts(pruned).tables
    assert compact_bytes(tables) <= smallest_compact_bytes(5003)


@pytest.mark.parametrize(
    ("token_ids", "arguments", "message"),
    [
        ([A, B], {}, r"end with 4; expected <eos> \(2\) after every ad"),
        ([], {}, "end with nothing"),
        ([A, 6, EOS], {}, "go from 2 to 6; expected 0 to 5"),
        ([A, PAD, EOS], {}, "contain <pad>"),
        ([A, EOS], {"order": 0}, "order is 0; expected a whole number from 1 to 32"),
        ([A, EOS], {"discounts": [D, D]}, r"shape \(2, 3\); expected \(3, 3\)"),
        ([A, EOS], {"discounts": [(0.5, 1, 4)] * 3}, "at most 1, 2 and 3"),
        ([A, EOS], {"max_bytes": 99}, "A file of 99 bytes is too small: 6 single tokens may need"),
    ],
)
def test_what_cannot_be_fitted_is_explained(token_ids, arguments, message):
    with pytest.raises(ValueError, match=message):
        NGramModel.fit(np.array(token_ids, np.int64), vocab_size=6, **arguments)


def test_other_wrong_arguments_are_explained():
    model = NGramModel.fit(TOY, vocab_size=6)
    with pytest.raises(ValueError, match="go from 2 to 9; expected 0 to 5"):
        model.log_probabilities(np.array([9, EOS]))
    with pytest.raises(ValueError, match="one row of integers"):
        model.log_probabilities(np.array([[A, EOS]]))
    with pytest.raises(ValueError, match="contexts have ids from 0 to 9"):
        model.distribution([[EOS, 9]])
    with pytest.raises(ValueError, match="pruned already"):
        counts = count_ngrams(TOY, vocab_size=6)
        prune_counts(drop_ngrams(counts, log_ratios(counts), np.inf), max_bytes=10**9)

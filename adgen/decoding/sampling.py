"""How the next token is chosen: greedy or by a seeded draw, under the decoding controls.

Pure NumPy on logits of shape (batch, vocab). It knows neither models nor tokenizers nor text. Every
row is treated alone, so that a sequence's tokens never depend on which other sequences share its
batch.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.draws import draw_one, draw_rows, draw_softmax
from adgen.decoding.settings import Sampling
from adgen.decoding.truncation import highest, nucleus
from adgen.support.threads import in_parts

# Beyond these bounds 1 / temperature leaves single precision: 0 / 0 would give NaN.
_LEAST_TEMPERATURE, _MOST_TEMPERATURE = 1e-3, 1e3


def probabilities(
    logits: NDArray[np.floating],
    sampling: Sampling,
    *,
    token_ids_so_far: Sequence[Sequence[int]] | None = None,
    banned: Sequence[int] = (),
) -> NDArray[np.float64]:
    """Turns logits into the distribution that is drawn from.

    The order is: repetition penalty, banned ids, temperature, top-k, top-p, renormalisation.

    The penalty works on raw logits, as in transformers: a positive logit is divided by it, a
    negative one multiplied. It therefore depends on where a model's logits have their zero, which
    the softmax does not: adding a constant to all logits changes what the penalty does. We keep
    that behaviour, so that one value means the same here and there; a mild penalty (1.1 to 1.3) is
    safest.

    Args:
        logits: Shape (batch, vocab).
        sampling: The decoding controls.
        token_ids_so_far: For each row the ids that the penalty falls on; not needed when it is 1.
        banned: Ids that get probability zero in every row.

    Returns:
        Shape (batch, vocab); each row sums to 1, and what was cut away is exactly 0.

    Raises:
        ValueError: If the logits are not a matrix, hold NaN or +inf, or leave a row without any
            token.

    Example:
        >>> probabilities(np.log([[0.5, 0.3, 0.2]]), Sampling(top_k=2)).round(3)
        array([[0.625, 0.375, 0.   ]])
    """
    rows = adjusted_rows(logits, sampling, token_ids_so_far, banned)
    dense = np.zeros(logits.shape, dtype=np.float64)
    for result, row in zip(dense, rows, strict=True):
        token_ids, shares = _kept(row, sampling)
        result[slice(None) if token_ids is None else token_ids] = shares
    return dense


def draw(probabilities: NDArray[np.floating], uniforms: NDArray[np.floating]) -> NDArray[np.int64]:
    """Draws one token a row by inverting the cumulative distribution.

    A token of probability zero is never drawn.

    Args:
        probabilities: Non-negative, shape (batch, vocab); rows need not sum to exactly 1.
        uniforms: One number in [0, 1) per row, shape (batch,).

    Returns:
        Token ids, shape (batch,).

    Raises:
        ValueError: If the shapes disagree, a uniform is outside [0, 1), or a row has no mass.

    Example:
        >>> draw(np.array([[0.2, 0.0, 0.8]]), np.array([0.2])).tolist()
        [2]
    """
    uniforms = np.asarray(uniforms, dtype=np.float64)
    if probabilities.ndim != 2 or uniforms.shape != probabilities.shape[:1]:
        raise ValueError(
            f"Received probabilities {probabilities.shape} and uniforms {uniforms.shape}; expected "
            "(batch, vocab) and (batch,). Pass one uniform number per row."
        )
    if not np.all((uniforms >= 0) & (uniforms < 1)):
        raise ValueError(
            "A uniform number is outside [0, 1). Draw them with numpy's Generator.random()."
        )
    totals = probabilities.sum(axis=1, dtype=np.float64)
    for total in totals[~(np.isfinite(totals) & (totals > 0))]:
        raise ValueError(
            f"The probabilities of a row add up to {total}; expected a positive number."
        )
    return draw_rows(probabilities, uniforms)


def choose(
    logits: NDArray[np.floating],
    sampling: Sampling,
    *,
    uniforms: NDArray[np.floating],
    token_ids_so_far: Sequence[Sequence[int]] | None = None,
    banned: Sequence[int] = (),
) -> NDArray[np.int64]:
    """Chooses the next token of every row.

    The tokens are those of `draw(probabilities(...), uniforms)`; where a uniform lies on the border
    of two tokens, to rounding, it may be either of them.

    Args:
        logits: Shape (batch, vocab).
        sampling: The decoding controls.
        uniforms: One number in [0, 1) per row, shape (batch,); without effect when greedy.
        token_ids_so_far: For each row the ids the repetition penalty falls on.
        banned: Ids that are never chosen.

    Returns:
        Token ids, shape (batch,).

    Raises:
        ValueError: If the logits are not a matrix, hold NaN or +inf, or leave a row without any
            token.

    Example:
        >>> logits, uniforms = np.log([[0.5, 0.3, 0.2]]), np.zeros(1)
        >>> choose(logits, Sampling(greedy=True), uniforms=uniforms, banned=[0]).tolist()
        [1]
    """
    so_far = _penalised(logits, sampling, token_ids_so_far)
    if _is_whole_softmax(sampling):

        def drawn(rows: slice) -> NDArray[np.int64]:
            return draw_softmax(
                logits[rows],
                uniforms[rows],
                temperature=sampling.temperature,
                penalty=sampling.repetition_penalty,
                so_far=so_far[rows],
                banned=banned,
            )

        chosen = np.concatenate(in_parts(drawn, len(logits)))
        if (chosen >= 0).all():
            return chosen
    # Where a row could not be drawn from, this says what is wrong with it.
    rows = adjusted_rows(logits, sampling, token_ids_so_far, banned)
    if sampling.greedy:
        return np.array([row.argmax() for row in rows], dtype=np.int64)
    # Row by row: what is made of one row stays in the cache, what is made of a batch does not.
    chosen = np.empty(len(logits), np.int64)
    for index, row in enumerate(rows):
        token_ids, shares = _kept(row, sampling)
        if token_ids is None:
            chosen[index] = draw_rows(shares[np.newaxis], uniforms[index : index + 1])[0]
        else:
            chosen[index] = token_ids[draw_one(shares, float(uniforms[index]))]
    return chosen


def _is_whole_softmax(sampling: Sampling) -> bool:
    """Tells whether all tokens may be drawn, at a temperature that single precision bears."""
    return (
        not sampling.greedy
        and sampling.top_k == 0
        and sampling.top_p == 1
        and _LEAST_TEMPERATURE <= sampling.temperature <= _MOST_TEMPERATURE
    )


def sequence_generator(seed: int, prompt: str, number: int) -> np.random.Generator:
    """Makes the random stream of one ad, from what the ad is and not where it stands in a batch.

    The prompt enters through a BLAKE2b digest because Python's own `hash` changes between
    processes.

    Args:
        seed: The caller's seed, >= 0.
        prompt: The prompt's text.
        number: The ad's number among the ads of this prompt, from 0.

    Returns:
        A generator on a Philox stream of its own.

    Example:
        >>> one, two = sequence_generator(7, "Sony TV", 0), sequence_generator(7, "Sony TV", 0)
        >>> bool(one.random() == two.random())
        True
    """
    words = np.frombuffer(
        hashlib.blake2b(prompt.encode("utf-8"), digest_size=16).digest(), dtype="<u4"
    )
    # A spawn key and not one list: a long seed and a short one could otherwise give the same list
    # of words.
    sequence = np.random.SeedSequence(seed, spawn_key=(*words.tolist(), number))
    return np.random.Generator(np.random.Philox(sequence))


def adjusted_rows(
    logits: NDArray[np.floating],
    sampling: Sampling,
    token_ids_so_far: Sequence[Sequence[int]] | None,
    banned: Sequence[int],
) -> Iterator[NDArray[np.floating]]:
    """Yields a copy of each row with the penalty applied and the banned ids at -inf."""
    penalty = sampling.repetition_penalty
    so_far = _penalised(logits, sampling, token_ids_so_far)
    never = list(banned)
    for given, token_ids in zip(logits, so_far, strict=True):
        row = given.copy()
        if len(token_ids):
            seen = np.asarray(token_ids, dtype=np.int64)
            # A repeated id is written twice with the same value, so that it is penalised once.
            row[seen] = np.where(row[seen] > 0, row[seen] / penalty, row[seen] * penalty)
        row[never] = -np.inf
        if not math.isfinite(row.max()):
            raise ValueError(
                "The logits of a row hold NaN or +inf, or every token of it is banned. Expected "
                "finite logits and at least one token that may be drawn. Check the model's weights "
                "and `banned`."
            )
        yield row


def _penalised(
    logits: NDArray[np.floating],
    sampling: Sampling,
    token_ids_so_far: Sequence[Sequence[int]] | None,
) -> Sequence[Sequence[int]]:
    """Returns the ids of each row that the penalty falls on; checks that there are such lists."""
    if logits.ndim != 2:
        raise ValueError(f"Received logits of shape {logits.shape}; expected (batch, vocab).")
    penalty = sampling.repetition_penalty
    so_far = token_ids_so_far if penalty != 1.0 else [()] * len(logits)
    if so_far is None or len(so_far) != len(logits):
        raise ValueError(
            f"repetition_penalty is {penalty}, but token_ids_so_far does not hold one list of ids "
            f"for each of the {len(logits)} rows. Pass the ids of each sequence so far."
        )
    return so_far


def _kept(
    row: NDArray[np.floating], sampling: Sampling
) -> tuple[NDArray[np.int64] | None, NDArray[np.float64]]:
    """Cuts one row of adjusted logits (vocab,) down to the tokens that are drawn from.

    Returns:
        (num_kept,) their ids, rising, None for all; (num_kept,) their probabilities.
    """
    token_ids: NDArray[np.int64] | None = None
    if sampling.greedy:
        return np.array([row.argmax()]), np.ones(1)
    if 0 < sampling.top_k < len(row):
        token_ids = np.sort(highest(row, sampling.top_k))
    weights = _weights(row if token_ids is None else row[token_ids], sampling.temperature)
    if sampling.top_p < 1:
        inside = np.sort(nucleus(weights, sampling.top_p))
        token_ids = inside if token_ids is None else token_ids[inside]
        weights = weights[inside]
    return token_ids, weights / weights.sum()


def _weights(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Returns exp((logits - max) / temperature); the highest weight is exactly 1."""
    shifted = logits - logits.max()
    if temperature != 1.0:
        is_usual = _LEAST_TEMPERATURE <= temperature <= _MOST_TEMPERATURE
        precise = shifted if is_usual else shifted.astype(np.float64)
        with np.errstate(over="ignore"):  # -inf is right: such a token has no weight
            shifted = precise / temperature
    return np.exp(shifted).astype(np.float64)

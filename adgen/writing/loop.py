"""Candidates for many products at once: read a prompt, choose an allowed token, append it, end.

It joins lattices, a model's reader and the sampling. It knows token ids, not facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.loop import Reader
from adgen.decoding.sampling import Sampling, choose, sequence_generator
from adgen.support.arrays import Floats, log_normaliser
from adgen.writing.lattice import Lattice, Walk


@dataclass
class Draft:
    """Holds a candidate while it is written.

    Attributes:
        job: The number of its product.
        prompt_ids: What the model reads before it.
        walk: What it may say.
        stream: Its random numbers.
        token_ids: What is written, without the end.
        log_probability: Natural logarithm, of the tokens and the end, under the model itself.
    """

    job: int
    prompt_ids: Sequence[int]
    walk: Walk
    stream: np.random.Generator
    token_ids: list[int] = field(default_factory=list)
    log_probability: float = 0.0


def drafts_of(
    job: int,
    prompt: str,
    prompt_ids: Sequence[int],
    lattice: Lattice,
    *,
    numbers: Iterable[int],
    seed: int,
) -> list[Draft]:
    """Returns a product's candidates of these numbers, nothing written; each draws for itself."""
    return [
        Draft(job, prompt_ids, lattice.walk(), sequence_generator(seed, prompt, number))
        for number in numbers
    ]


def write_drafts(
    drafts: Iterable[Draft], reader: Reader, sampling: Sampling, end_id: int, *, batch_size: int
) -> Iterator[Draft]:
    """Writes drafts to their ends.

    Args:
        drafts: Changed in place; taken in order, a batch's worth at a time.
        reader: Of the model; it has read nothing.
        sampling: The decoding controls; they see the allowed tokens alone.
        end_id: The token that ends an ad.
        batch_size: Drafts written at once.

    Yields:
        Drafts as they end, in any order.
    """
    waiting = iter(drafts)
    batch: list[Draft] = []
    while True:
        # 1. Fill the batch, many at once.
        if len(batch) <= batch_size * 3 // 4:
            new = list(islice(waiting, batch_size - len(batch)))
            if new:
                reader.add([draft.prompt_ids for draft in new])
                batch += new
        if not batch:
            return
        # 2. A token for each, among those that it may write.
        chosen = _chosen(batch, reader.logits(), sampling)
        goes_on = chosen != end_id
        for draft, token_id in zip(batch, chosen.tolist(), strict=True):
            if token_id == end_id:
                yield draft
            else:
                draft.token_ids.append(token_id)
                draft.walk.advance(token_id)
        # 3. Drop what has ended; the others are read on.
        if not goes_on.all():
            reader.keep(np.flatnonzero(goes_on))
            batch = list(compress(batch, goes_on))
        reader.advance(chosen[goes_on])


def _chosen(drafts: Sequence[Draft], logits: Floats, sampling: Sampling) -> NDArray[np.int64]:
    """Returns a token for each draft, and counts its log-probability; logits are (batch, vocab)."""
    allowed = [draft.walk.allowed() for draft in drafts]
    # The allowed tokens side by side, -inf behind them: (batch, most allowed).
    width = max(map(len, allowed))
    places = np.zeros((len(drafts), width), np.int64)
    narrow = np.full((len(drafts), width), -np.inf)
    for row, ids in enumerate(allowed):
        places[row, : len(ids)] = ids
        narrow[row, : len(ids)] = logits[row, ids]
    uniforms = np.array([draft.stream.random() for draft in drafts])  # (batch,)
    columns = choose(narrow, sampling, uniforms=uniforms)
    rows = np.arange(len(drafts))
    # Under the model itself, all tokens of the vocabulary counted: (batch,).
    values = narrow[rows, columns] - log_normaliser(logits)
    for draft, value in zip(drafts, values.tolist(), strict=True):
        draft.log_probability += value
    return places[rows, columns]

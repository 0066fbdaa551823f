"""Candidates for many products at once: read a prompt, choose an allowed token, append it, end.

Candidates of a product that have written the same so far are one text until they part, and tokens
between which there is no choice are read together. It joins lattices, a model and the sampling. It
knows token ids, not facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from adgen.decoding.sampling import Sampling, choose, sequence_generator
from adgen.llama.model import Llama
from adgen.llama.trees import Tree
from adgen.support.arrays import Floats
from adgen.writing.lattice import Lattice, Walk


@dataclass
class Branch:
    """Holds a chosen token and those that must follow it, up to the next choice or the ad's end.

    Attributes:
        token_ids: These tokens; of the root those that every ad begins with, and none of an end.
        walk: What may be said behind them.
        allowed: The tokens that may come next, sorted; the end alone where the ad ends.
        is_end: Whether it ends there.
        last: The number of the last token in the product's tree.
        log_probability: Natural logarithm, of the tokens under the model itself, given those before
            them; of the end too where there is nothing else.
        logits: Of the allowed tokens, (allowed,); None until they are read.
        normaliser: What makes log-probabilities of them.
        branches: What was chosen here, by the token.
    """

    token_ids: list[int]
    walk: Walk
    allowed: list[int]
    is_end: bool
    last: int = 0
    log_probability: float = 0.0
    logits: Floats | None = None
    normaliser: float = 0.0
    branches: dict[int, Branch] = field(default_factory=dict)


@dataclass(frozen=True)
class _Unread:
    """Holds a branch to be read.

    Attributes:
        branch: With the tokens that are read.
        following: Those of them that the model is asked about.
        num_tokens: Tokens that are read.
        num_before: The first of them, behind which nothing is asked.
    """

    branch: Branch
    following: Sequence[int]
    num_tokens: int
    num_before: int

    def hear(self, logits: Iterator[tuple[Floats, float]]) -> None:
        """Takes what `Llama.iter_logits` yields of the rows that matter, and keeps what is needed.

        A row for each following token, and one for the allowed ones.
        """
        branch = self.branch
        for token_id in self.following:
            row, normaliser = next(logits)
            branch.log_probability += float(row[token_id]) - normaliser
        row, branch.normaliser = next(logits)
        branch.logits = row[branch.allowed]
        if branch.is_end:
            branch.log_probability += float(branch.logits[0]) - branch.normaliser


class Beginnings:
    """Holds what a product's candidates have written, common beginnings once.

    Args:
        llama: The model.
        prompt_ids: What it reads first.
        lattice: What an ad may say.
    """

    def __init__(self, llama: Llama, prompt_ids: Sequence[int], lattice: Lattice) -> None:
        self.llama = llama
        self.tree = Tree(llama.config)
        self.prompt_ids = prompt_ids
        self.lattice = lattice
        self._end_id = lattice.end_id
        self.root = self._branch([], lattice.walk())
        self.root.last = self.tree.grow([*prompt_ids, *self.root.token_ids])
        ids = self.root.token_ids
        num_prompt = len(prompt_ids)
        self.unread = [_Unread(self.root, ids, num_prompt + len(ids), num_prompt - 1)]

    def anew(self) -> Beginnings:
        """Returns the same with nothing written."""
        return Beginnings(self.llama, self.prompt_ids, self.lattice)

    def follow(self, branch: Branch, column: int) -> Branch:
        """Returns the branch behind an allowed token, a new one where nobody chose it before."""
        token_id = branch.allowed[column]
        if token_id not in branch.branches:
            found = self._behind(branch, token_id)
            assert branch.logits is not None  # candidates choose where they have read
            found.log_probability = float(branch.logits[column]) - branch.normaliser
            branch.branches[token_id] = found
        return branch.branches[token_id]

    def _behind(self, branch: Branch, token_id: int) -> Branch:
        """Returns a new branch, to be read unless it is the end."""
        if token_id == self._end_id:
            nothing = np.zeros(1, np.float32)
            return Branch([], branch.walk, [self._end_id], is_end=True, logits=nothing)
        walk = branch.walk.fork()
        walk.advance(token_id)
        found = self._branch([token_id], walk)
        found.last = self.tree.grow(found.token_ids, branch.last)
        ids = found.token_ids
        self.unread.append(_Unread(found, ids[1:], len(ids), 0))
        return found

    def _branch(self, token_ids: list[int], walk: Walk) -> Branch:
        """Returns a branch of these tokens and those between which there is no choice."""
        allowed = walk.allowed()
        while len(allowed) == 1 and allowed[0] != self._end_id:
            token_ids.append(allowed[0])
            walk.advance(allowed[0])
            allowed = walk.allowed()
        return Branch(token_ids, walk, allowed, is_end=allowed == [self._end_id])


@dataclass
class Draft:
    """Holds a candidate while it is written.

    Attributes:
        job: The number of its product.
        beginnings: Of its product.
        stream: Its random numbers, one for each token.
        path: The branches that it took.
        num_tokens: Tokens of them.
        num_drawn: Random numbers that were taken.
    """

    job: int
    beginnings: Beginnings
    stream: np.random.Generator
    path: list[Branch] = field(default_factory=list)
    num_tokens: int = 0
    num_drawn: int = 0

    @property
    def token_ids(self) -> list[int]:
        """Returns what is written, without the end."""
        return [token_id for branch in self.path for token_id in branch.token_ids]

    @property
    def log_probability(self) -> float:
        """Returns the natural logarithm of its probability, the end's too, under the model."""
        return sum(branch.log_probability for branch in self.path)

    def take(self, branch: Branch) -> None:
        """Goes on with a branch."""
        self.path.append(branch)
        self.num_tokens += len(branch.token_ids)

    def uniform(self) -> float:
        """Returns the random number of the next token."""
        count = self.num_tokens + 1 - self.num_drawn
        self.num_drawn += count
        return float(self.stream.random(count)[-1])


def drafts_of(
    job: int, beginnings: Beginnings, prompt: str, *, numbers: Iterable[int], seed: int
) -> list[Draft]:
    """Returns a product's candidates of these numbers, nothing written; each draws for itself."""
    return [Draft(job, beginnings, sequence_generator(seed, prompt, number)) for number in numbers]


def write_drafts(drafts: Sequence[Draft], sampling: Sampling) -> Iterator[Draft]:
    """Writes drafts to their ends.

    A product's drafts do not depend on those of others.

    Args:
        drafts: Changed in place.
        sampling: The decoding controls; they see the allowed tokens alone.

    Yields:
        Drafts as they end, in any order.
    """
    for draft in drafts:
        draft.take(draft.beginnings.root)
    waiting = list(drafts)
    while waiting:
        # 1. Read what candidates wait for.
        _read({id(draft.beginnings): draft.beginnings for draft in waiting}.values())
        # 2. Let each choose until it waits again or ends.
        choosing, waiting = waiting, []
        while choosing:
            yield from (draft for draft in choosing if draft.path[-1].is_end)
            choosing = [draft for draft in choosing if not draft.path[-1].is_end]
            for draft, column in zip(choosing, _chosen(choosing, sampling), strict=True):
                draft.take(draft.beginnings.follow(draft.path[-1], column))
            waiting += [draft for draft in choosing if draft.path[-1].logits is None]
            choosing = [draft for draft in choosing if draft.path[-1].logits is not None]


def _chosen(drafts: Sequence[Draft], sampling: Sampling) -> list[int]:
    """Returns for each draft which of the allowed tokens it chooses."""
    if not drafts:
        return []
    # The logits of the allowed tokens side by side, -inf behind them: (drafts, most allowed).
    width = max(len(draft.path[-1].allowed) for draft in drafts)
    narrow = np.full((len(drafts), width), -np.inf)
    for row, draft in zip(narrow, drafts, strict=True):
        branch = draft.path[-1]
        row[: len(branch.allowed)] = branch.logits
    uniforms = np.array([draft.uniform() for draft in drafts])  # (drafts,)
    chosen: list[int] = choose(narrow, sampling, uniforms=uniforms).tolist()
    return chosen


def _read(many: Iterable[Beginnings]) -> None:
    """Reads the new branches of all products, and what the model says of their tokens."""
    many = [one for one in many if one.unread]
    if not many:
        return
    llama = many[0].llama
    # 1. The rows of what is read that matter, (rows, width): of each token behind which one stands.
    rows: list[int] = []
    counts: list[int] = []  # rows of each product
    start = 0
    for one in many:
        old = len(rows)
        for new in one.unread:
            rows += range(start + new.num_before, start + new.num_tokens)
            start += new.num_tokens
        counts.append(len(rows) - old)
    hidden = llama.read_on([one.tree for one in many])[rows]
    # 2. What the model says of the tokens behind each of them.
    logits = llama.iter_logits(hidden, counts)
    for one in many:
        for new in one.unread:
            new.hear(logits)
        one.unread = []

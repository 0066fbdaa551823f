"""The tables of an n-gram model in some 1.7 bytes an n-gram.

The n-grams form a tree: one hangs below the one without its last token, single tokens below a root.
Its last token is mostly one that is known to follow a shorter end of the same context, and is told
as the how-manieth of those. The module knows arrays, no files.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.ngram.columns import (
    from_share_codes,
    from_single_codes,
    from_weight_codes,
    join_by_class,
    pack,
    pack_by_class,
    share_codes,
    single_codes,
    unpack,
    weight_codes,
)
from adgen.ngram.tables import NGramTables
from adgen.support.arrays import find_sorted

_THREADS = 2  # that unpack; zlib leaves Python's lock to others
_FIRST = "probabilities"


class _Tree:
    """Holds n-grams as nodes: the root, then order after order, each in the order of its keys.

    Attributes:
        tokens: (num_nodes,) int32 the last token.
        links: (num_nodes,) int32 the node of the longest shorter end of the n-gram that is known:
            of "a b c" that of "b c", or "c". The root's, and those of single tokens, is the root.
        starts: (num_nodes,) int32 the first of the nodes below, which are neighbours.
        bits: (num_nodes,) int8 the length in bits of the number of nodes below.
        first: Where the last order begins.
        end: And where it ends.
    """

    def __init__(self, vocab_size: int, num_nodes: int) -> None:
        """Makes a tree of single tokens, with room for others."""
        self.tokens = np.zeros(num_nodes, np.int32)
        self.links = np.zeros(num_nodes, np.int32)
        self.starts = np.zeros(num_nodes, np.int32)
        self.bits = np.zeros(num_nodes, np.int8)
        self.first = 1
        self.end = 1 + vocab_size
        self.tokens[1 : self.end] = np.arange(vocab_size)
        self.starts[0] = 1
        self.bits[0] = vocab_size.bit_length()

    def open_order(self, sizes: NDArray[np.int64]) -> NDArray[np.int32]:
        """Notes how many nodes come below each one of the last order.

        Returns:
            (sizes.sum(),) for each node of the new order the one above.
        """
        here = slice(self.first, self.end)
        self.starts[here] = self.end + np.cumsum(sizes) - sizes
        self.bits[here] = np.frexp(sizes.astype(np.float32))[1]
        return np.repeat(np.arange(self.first, self.end, dtype=np.int32), sizes)

    def close_order(self, tokens: NDArray[Any], links: NDArray[Any]) -> None:
        """Adds the nodes of the new order, (D_n,) both."""
        self.first = self.end
        self.end += len(tokens)
        self.tokens[self.first : self.end] = tokens
        self.links[self.first : self.end] = links

    def classes(self, contexts: NDArray[Any], parents: NDArray[np.int32]) -> NDArray[np.uint8]:
        """Returns how many bits a step from follower to follower is expected to have, (num,).

        Args:
            contexts: (num,) nodes whose followers are stepped through.
            parents: (num,) nodes whose followers are told so: the more, the shorter the steps.
        """
        return np.maximum(self.bits.take(contexts) - self.bits.take(parents), 0).astype(np.uint8)


def compact_names(order: int) -> list[str]:
    """Returns the names of the arrays of tables of an order."""
    names = [_FIRST, "kinds.1"]
    for n in range(2, order + 1):
        names += [f"backoffs.{n - 1}", f"shares.{n}"]
        names += [f"kinds.{n}", f"ranks.{n}", f"low_ranks.{n}"]
    return names


def encode_tables(tables: NGramTables) -> dict[str, NDArray[np.uint8]]:
    """Returns the tables in compressed columns, by the names of `compact_names`.

    A context's numbers become shares of what they sum to, in steps of half an octave, and its
    back-off weight a step of half an octave too, of an eighth after single tokens.
    """
    columns = {_FIRST: pack(single_codes(tables.discounted[0]))}
    tree = _Tree(tables.vocab_size, 1 + sum(len(keys) for keys in tables.keys))
    # Of each node: the one above times the vocabulary, plus the last token. They rise.
    node_keys = np.arange(-1, tables.vocab_size)  # (1 + vocab,); no search finds the root
    sizes = _sizes(tables, 1)
    columns["kinds.1"] = pack(sizes)
    for n in range(2, tables.order + 1):
        # 1. Numbers.
        is_context = sizes > 0
        weights = tables.backoffs[n - 2][is_context]
        columns[f"backoffs.{n - 1}"] = pack(weight_codes(weights, _weight_steps(n)))
        shares = share_codes(tables.discounted[n - 1], sizes[is_context])
        columns[f"shares.{n}"] = pack(shares)
        # 2. Tokens: known ends that they stand in.
        parents = tree.open_order(sizes)
        keys = tables.keys[n - 1] + tree.first * tables.vocab_size
        links, contexts, num_steps = _known_ends(tree, node_keys, keys, tables.vocab_size)
        # 3. The how-manieth follower. Those of one node and number of steps rise: the gaps remain.
        ranks = links - tree.starts[contexts]
        by_rank = np.lexsort((ranks, num_steps, parents))
        ranks = ranks[by_rank]
        is_first = _is_first(parents, num_steps[by_rank])
        gaps = np.where(is_first, ranks, np.diff(ranks, prepend=0) - 1)
        classes = tree.classes(contexts[by_rank], parents)
        columns[f"ranks.{n}"], columns[f"low_ranks.{n}"] = pack_by_class(gaps, classes)
        # 4. One number says how many n-grams begin with one, and the steps, fewer than n - 1.
        sizes = _sizes(tables, n)
        columns[f"kinds.{n}"] = pack((sizes * (n - 1) + num_steps)[by_rank])
        tree.close_order(keys % tables.vocab_size, links)
        node_keys = np.concatenate([node_keys, keys])
    return columns


def decode_tables(
    columns: Mapping[str, NDArray[np.uint8]], *, vocab_size: int, order: int
) -> NGramTables:
    """Returns the tables that `encode_tables` got, with coarser numbers; contexts sum to 1 again.

    Raises:
        ValueError: The columns are damaged or do not fit together.
        LookupError: A number in them is out of range.
    """
    numbers = _unpack_all(columns, vocab_size, order)
    kinds = [numbers[f"kinds.{n}"] for n in range(1, order + 1)]
    tree = _Tree(vocab_size, 1 + sum(len(one) for one in kinds))
    keys: list[NDArray[np.int64]] = [np.arange(vocab_size)]
    discounted = [from_single_codes(numbers[_FIRST])]
    backoffs = []
    sizes = kinds[0].astype(np.int64)
    for n in range(2, order + 1):
        # 1. Numbers.
        is_context = sizes > 0
        weights = from_weight_codes(numbers[f"backoffs.{n - 1}"], _weight_steps(n))
        if len(weights) != np.count_nonzero(is_context):
            raise ValueError(f"the contexts of n-grams of length {n} do not fit their weights")
        backoffs.append(np.ones(len(sizes), np.float32))
        backoffs[-1][is_context] = weights
        shares = numbers[f"shares.{n}"]
        discounted.append(from_share_codes(shares, sizes[is_context], 1 - weights))
        # 2. Tokens.
        parents = tree.open_order(sizes)
        order_keys, sizes = _decode_order(numbers, tree, parents, n, vocab_size)
        keys.append(order_keys)
    if sizes.any():
        raise ValueError(f"what follows the n-grams of length {order} is missing")
    return NGramTables(vocab_size, keys, discounted, backoffs)


def _weight_steps(n: int) -> int:
    """Returns the steps an octave of the back-off weights that the n-grams of order n have."""
    return 8 if n == 2 else 2  # single tokens are few and the most frequent contexts


def _sizes(tables: NGramTables, n: int) -> NDArray[np.int64]:
    """Returns how many n-grams begin with each of those of order n, (D_n,)."""
    num = len(tables.keys[n - 1])
    if n == tables.order:
        return np.zeros(num, np.int64)
    return np.bincount(tables.keys[n] // tables.vocab_size, minlength=num)


def _known_ends(
    tree: _Tree, node_keys: NDArray[np.int64], keys: NDArray[np.int64], vocab_size: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Goes from each n-gram to the longest shorter end of it that is a node.

    Args:
        tree: The shorter n-grams.
        node_keys: (num_nodes,) their keys.
        keys: (D_n,) keys of n-grams of the next order.
        vocab_size: Number of token ids.

    Returns:
        For each n-gram, (D_n,) all: that node; the one above it; and how many longer ends of the
        n-gram's context were tried before that.
    """
    parents, tokens = np.divmod(keys, vocab_size)
    contexts = tree.links[parents]
    links = np.empty(len(keys), np.int64)
    num_steps = np.zeros(len(keys), np.int64)
    left = np.arange(len(keys))
    while len(left):  # every token follows the root
        wanted = contexts[left].astype(np.int64) * vocab_size + tokens[left]
        links[left] = find_sorted(node_keys, wanted)
        left = left[links[left] < 0]
        contexts[left] = tree.links[contexts[left]]
        num_steps[left] += 1
    return links, contexts, num_steps


def _decode_order(
    numbers: Mapping[str, NDArray[np.unsignedinteger]],
    tree: _Tree,
    parents: NDArray[np.int32],
    n: int,
    vocab_size: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Adds the n-grams of order n to the tree.

    Args:
        numbers: The columns of the file.
        tree: The shorter n-grams.
        parents: (D_n,) the nodes above.
        n: The order.
        vocab_size: Number of token ids.

    Returns:
        (D_n,) the keys, as in `NGramTables`; (D_n,) how many n-grams begin with each.
    """
    # 1. The ends after which the tokens are known to follow.
    sizes, num_steps = np.divmod(numbers[f"kinds.{n}"], n - 1)
    contexts = tree.links.take(parents)
    for number in range(1, n - 1):
        further = np.flatnonzero(num_steps >= number)
        contexts[further] = tree.links.take(contexts[further])
    # 2. From gaps to ranks: running sums that begin again with each node and number of steps.
    classes = tree.classes(contexts, parents)
    gaps = join_by_class(numbers[f"ranks.{n}"], numbers[f"low_ranks.{n}"], classes)
    if gaps.max() >= vocab_size:
        raise ValueError(f"an n-gram of length {n} has a rank beyond the vocabulary")
    gaps += np.uint32(1)
    sums = np.cumsum(gaps, dtype=np.uint32)  # modulo 2^32, as their differences
    firsts = np.flatnonzero(_is_first(parents, num_steps))
    before = sums[firsts] - gaps[firsts] + np.uint32(1)
    sums -= np.repeat(before, np.diff(firsts, append=len(sums)))
    # 3. A rank is a place among the known, whose token and node are those wanted.
    links = tree.starts.take(contexts)
    links += sums.view(np.int32)
    if not tree.starts[0] <= links.min() <= links.max() < tree.end:
        raise ValueError(f"an n-gram of length {n} ends in none that is known")
    tokens = tree.tokens.take(links)
    # 4. Sort by token.
    keys = parents.astype(np.int64)
    keys -= tree.first
    keys *= vocab_size
    keys += tokens
    by_key = np.argsort(keys, kind="stable")
    keys = keys.take(by_key)
    if (keys[1:] <= keys[:-1]).any():
        raise ValueError(f"an n-gram of length {n} is there twice")
    tree.close_order(tokens.take(by_key), links.take(by_key))
    return keys, sizes.take(by_key).astype(np.int64)


def _is_first(parents: NDArray[Any], num_steps: NDArray[Any]) -> NDArray[np.bool_]:
    """Tells where another node's followers, or another number of steps, begin, (num,)."""
    is_first = np.ones(len(parents), bool)
    is_first[1:] = (parents[1:] != parents[:-1]) | (num_steps[1:] != num_steps[:-1])
    return is_first


def _unpack_all(
    columns: Mapping[str, NDArray[np.uint8]], vocab_size: int, order: int
) -> dict[str, NDArray[np.unsignedinteger]]:
    """Returns the numbers of all columns, and checks how many they are before they are used."""
    names = compact_names(order)
    if set(columns) != set(names):
        raise ValueError(f"its columns are {', '.join(sorted(columns))}")
    with ThreadPoolExecutor(_THREADS) as pool:
        numbers = dict(zip(names, pool.map(unpack, [columns[n] for n in names]), strict=True))
    expected = vocab_size
    for n in range(1, order + 1):
        if n == 1 and len(numbers[_FIRST]) != vocab_size:
            raise ValueError(f"the vocabulary is not of {vocab_size:,} tokens")
        kinds = numbers[f"kinds.{n}"]
        if not len(kinds) == len(numbers.get(f"ranks.{n}", kinds)) == expected > 0:
            raise ValueError(f"there are {len(kinds):,} n-grams of length {n}, not {expected:,}")
        expected = int((kinds // max(n - 1, 1)).sum(dtype=np.int64))
    return numbers

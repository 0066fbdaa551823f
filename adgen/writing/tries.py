"""Texts as trees of token ids, so that a model may write one of them token by token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Node:
    """Holds what may follow some tokens.

    Attributes:
        children: The node behind each token that may come next.
        shortest: Characters of the shortest text that goes through here, from its beginning.
        ends: Characters of the text that ends here; None where none does.
        ends_in_number: Whether that text ends in a digit.
    """

    children: dict[int, Node] = field(default_factory=dict)
    shortest: int = 1 << 30
    ends: int | None = None
    ends_in_number: bool = False


def trie_of(texts: Sequence[str], token_ids: Iterable[Sequence[int]]) -> Node:
    """Builds a tree.

    Args:
        texts: What may be written.
        token_ids: The tokens of each.
    """
    root = Node()
    for text, ids in zip(texts, token_ids, strict=True):
        node = root
        node.shortest = min(node.shortest, len(text))
        for token_id in ids:
            node = node.children.setdefault(token_id, Node())
            node.shortest = min(node.shortest, len(text))
        node.ends = len(text) if node.ends is None else min(node.ends, len(text))
        node.ends_in_number = text[-1].isdigit()
    return root

"""Drafts written side by side and handed out in the order given, with memory for a few batches.

The module knows drafts and how many are at hand; what a prompt or a model is, it does not know.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import TypeVar

from adgen.decoding.loop import Decoder, Draft, Settings

Item = TypeVar("Item")

# Batches that are looked at together, to put prompts of similar length side by side. The first
# time it is one, so that the first ads do not wait.
_BATCHES_AHEAD = 16


def write_in_order(
    decoder: Decoder,
    drafts: Iterable[tuple[Item, Draft]],
    settings: Settings,
    *,
    batch_size: int,
) -> Iterator[tuple[Item, Draft]]:
    """Writes drafts; yields each as soon as it and those before it have come to their end.

    Args:
        decoder: What writes.
        drafts: Drafts, changed in place, each behind whatever its caller wants back with it; taken
            as there is room for them.
        settings: How to write.
        batch_size: Drafts written at once.
    """
    waiting: deque[tuple[Item, Draft]] = deque()
    ended: set[int] = set()

    def queue() -> Iterator[Draft]:
        """Yields the drafts some batches at a time, those with short prompts first."""
        remaining = iter(drafts)
        for num_batches in chain([1], repeat(_BATCHES_AHEAD)):
            some = list(islice(remaining, num_batches * batch_size))
            if not some:
                return
            waiting.extend(some)
            # Less padding in a batch, and no effect on the ads.
            yield from sorted((draft for _, draft in some), key=_prompt_length)

    for just_ended in decoder.write(queue(), settings, batch_size=batch_size):
        ended.update(map(id, just_ended))
        while waiting and id(waiting[0][1]) in ended:
            item, draft = waiting.popleft()
            ended.remove(id(draft))
            yield item, draft


def _prompt_length(draft: Draft) -> int:
    return len(draft.prompt_ids)

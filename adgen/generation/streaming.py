"""Hands out ads while they are written, in whole words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adgen.decoding.borders import last_border
from adgen.decoding.loop import Decoder, Draft, Settings


class Growing(NamedTuple):
    """An ad while it is written.

    Attributes:
        number: Its number among the ads of its prompt, from 0.
        text: Its whole words so far, the prompt in front.
        is_done: Whether that is all.
    """

    number: int
    text: str
    is_done: bool


def stream_text(decoder: Decoder, draft: Draft, settings: Settings) -> Iterator[str]:
    """Writes a draft and yields its text in pieces that later tokens leave as they are.

    A token can change the spacing of the word before it, and a sub-word can be part of a character;
    so a word is handed out once the next token has come.

    Args:
        decoder: What writes.
        draft: Changed in place.
        settings: How to write.

    Yields:
        Pieces of text, the prompt first; joined they are the ad.
    """
    handed_out = text = draft.prompt
    if handed_out:
        yield handed_out
    for _ in decoder.write([draft], settings):
        before, text = text, decoder.text(draft)
        end = last_border(text, _num_common(before, text))
        if end > len(handed_out):
            yield text[len(handed_out) : end]
            handed_out = text[:end]
    if len(text) > len(handed_out):
        yield text[len(handed_out) :]


def stream_side_by_side(
    decoder: Decoder, drafts: Sequence[Draft], settings: Settings
) -> Iterator[Growing]:
    """Writes drafts together, and yields each whenever it has more words and when it is done.

    Args:
        decoder: What writes.
        drafts: Of one prompt, changed in place.
        settings: How to write.
    """
    texts = {draft.number: draft.prompt for draft in drafts}
    shown = {draft.number: len(draft.prompt) for draft in drafts}  # characters
    growing = {draft.number: draft for draft in drafts}
    for ended in decoder.write(drafts, settings, batch_size=len(drafts)):
        for draft in ended:
            del growing[draft.number]
            yield Growing(draft.number, decoder.text(draft), True)
        for number, draft in growing.items():
            before, text = texts[number], decoder.text(draft)
            texts[number] = text
            end = last_border(text, _num_common(before, text))
            if end > shown[number]:
                shown[number] = end
                yield Growing(number, text[:end], False)


def _num_common(first: str, second: str) -> int:
    """Returns how many characters two texts have in common at their beginning."""
    pairs = zip(first, second, strict=False)
    return next(
        (index for index, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second))
    )

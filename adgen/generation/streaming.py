"""Hands out an ad while it is written, in whole words."""

from __future__ import annotations

from collections.abc import Iterator

from adgen.decoding.borders import last_border
from adgen.decoding.loop import Decoder, Draft, Settings


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


def _num_common(first: str, second: str) -> int:
    """Returns how many characters two texts have in common at their beginning."""
    pairs = zip(first, second, strict=False)
    return next(
        (index for index, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second))
    )

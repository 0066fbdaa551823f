"""Emoji, with the signs that belong to them, as one pattern.

Python knows no property of emoji. The ranges are those of Unicode's pictographs, and of older signs
those alone that are shown as pictures without being asked.
"""

from __future__ import annotations

import re

_PICTURES = (
    "\U0001f000-\U0001f0ff\U0001f18e\U0001f191-\U0001f19a\U0001f201-\U0001f265"
    "\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
    "⌚⌛⏩-⏬⏰⏳◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓-❕❗➕-➗➰➿⬛⬜⭐⭕"
)
# A selector makes a picture of a sign; a tone of skin belongs to what precedes it.
_SIGN = rf"(?:[{_PICTURES}]\ufe0f?|[\u203c-\u3299]\ufe0f)[\U0001f3fb-\U0001f3ff]?"
_FLAG = "[\U0001f1e6-\U0001f1ff]{1,2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
EMOJI = re.compile(rf"{_FLAG}|{_KEYCAP}|{_SIGN}(?:\u200d{_SIGN})*|[\U0001f3fb-\U0001f3ff]")

"""The page's colours and letters: Gradio's own, where their contrast is at least 4.5 to 1."""

from __future__ import annotations

from typing import Any

_SOFT, _SOFT_DARK = "#4a5567", "#b8c2d1"
_ACCENT, _ACCENT_DARK = "#0b5cad", "#8cc4ff"
_FONTS = ("system-ui", "sans-serif")  # the visitor's own: none is fetched


def page_theme() -> Any:
    """Returns the page's theme, a `gradio.themes.Base`."""
    from gradio.themes import Base
    from gradio.themes.utils import colors

    theme = Base(primary_hue=colors.blue, font=_FONTS, font_mono=("monospace",))
    return theme.set(
        body_text_color_subdued=_SOFT,
        body_text_color_subdued_dark=_SOFT_DARK,
        block_info_text_color=_SOFT,
        block_info_text_color_dark=_SOFT_DARK,
        block_label_text_color="#1c2430",
        block_label_text_color_dark="#eef1f6",
        block_title_text_color="#1c2430",
        block_title_text_color_dark="#eef1f6",
        color_accent=_ACCENT,
        link_text_color=_ACCENT,
        link_text_color_dark=_ACCENT_DARK,
        button_primary_background_fill=_ACCENT,
        button_primary_background_fill_dark=_ACCENT,
        button_primary_background_fill_hover="#094a8b",
        button_primary_background_fill_hover_dark="#094a8b",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )

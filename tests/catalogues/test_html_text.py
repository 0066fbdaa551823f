"""HTML becomes the text that a browser shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.catalogues.html_text import html_text, one_line


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Soft wool.</p><p>Warm.</p>", "Soft wool.\nWarm."),
        ('<meta charset="utf-8"><span>Red mug</span>', "Red mug"),
        ("<h3>🌟 Details</h3><ul><li>Oak</li><li>2 kg</li></ul>", "🌟 Details\nOak\n2 kg"),
        ("Cup&nbsp;&amp;&nbsp;saucer &bull; blue", "Cup & saucer • blue"),
        ("<p>one\nline</p>", "one line"),
        ("two\nlines", "two\nlines"),
        ("two\nlines with <b>bold</b>", "two\nlines with bold"),
        (r"first\nsecond", "first\nsecond"),
        ("<style>p {color: red}</style><p>Lamp</p><script>alert('<p>x</p>')</script>", "Lamp"),
        ("<!-- from a template --><div>Rug</div>", "Rug"),
        ("&lt;p&gt;Twice &amp;amp; escaped&lt;/p&gt;", "Twice & escaped"),
        ("&lt;p class=&quot;a&quot;&gt;Quoted&lt;/p&gt;", "Quoted"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<table><tr><td>Width</td><td>10 cm</td></tr></table>", "Width 10 cm"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("Garden chair â€“ cafÃ© style", "Garden chair – café style"),
        ("<img src='x.png'/>Vase", "Vase"),
        ("", ""),
    ],
)
def test_html_becomes_text(html, text):
    assert html_text(html) == text


def test_a_name_is_one_line():
    assert one_line(" <b>Oak</b><br>table ") == "Oak table"


@given(st.text())
def test_text_is_clean_whatever_is_given(text):
    lines = html_text(text).split("\n")
    assert lines == [""] or all(line and line == line.strip() for line in lines)

"""Ads as HTML: nothing of a text becomes markup, nothing is said by colour alone."""

import csv
import io
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.demo.cards import alert, cards, csv_of, marked
from adgen.demo.reviews import AdReview, TextReview
from adgen.formats.finding import Finding

EVIL = "<script>alert(1)</script><img src=x onerror='alert(1)'>\"&"


def text_of(text, *findings, limit=30):
    return TextReview("title", text, len(text), limit, "characters", findings)


def review_of(*texts, **changes):
    return AdReview("adgen-lstm", "LSTM", 1, texts, **{"is_copy": False, **changes})


class Reader(HTMLParser):
    """Gathers tags with their attributes, and the text."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_no_text_becomes_markup():
    evil = AdReview(
        author=EVIL,
        kind=EVIL,
        number=1,
        texts=(
            TextReview(
                EVIL, EVIL, len(EVIL), 10, "characters", (Finding("capitals", "error", 2, 9, EVIL),)
            ),
        ),
        whole=(Finding("likeness", "warning", 0, 0, EVIL),),
        facts_used=(EVIL,),
        facts_missing=(EVIL,),
        is_copy=True,
        notes=(EVIL,),
    )
    for html in (cards([evil], {EVIL: EVIL}, is_done=True), alert(EVIL)):
        found = read(html)
        assert not {tag for tag, _ in found.tags} & {"script", "img"}
        assert not [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    copies = [
        a["data-copy"] for _, a in read(cards([evil], {}, is_done=True)).tags if "data-copy" in a
    ]
    assert copies == [EVIL]


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4),
)
def test_underlining_keeps_the_text(text, places):
    findings = [
        Finding("rule", "error", min(a, b, len(text)), min(max(a, b), len(text)), f"m{n}")
        for n, (a, b) in enumerate(places)
    ]
    # HTML has no way to write these as they are.
    if not set(text) & set("\r\0"):
        assert read(marked(text_of(text, *findings), "x")).text == text


def test_each_mark_can_be_focused_and_names_a_message_that_is_there():
    findings = (
        Finding("capitals", "error", 0, 4, "FREE shouts."),
        Finding("exclamation-mark", "warning", 3, 6, "Take it out."),
    )
    found = read(cards([review_of(text_of("FREE!! Mug", *findings))], {}, is_done=True))
    marks = [attrs for tag, attrs in found.tags if tag == "mark"]
    ids = {attrs["id"] for _, attrs in found.tags if "id" in attrs}
    assert [attrs["tabindex"] for attrs in marks] == ["0"] * 3
    assert {len(attrs["aria-describedby"].split()) for attrs in marks} == {1, 2}
    assert {one for attrs in marks for one in attrs["aria-describedby"].split()} == ids
    assert "Error: FREE shouts." in found.text and "Warning: Take it out." in found.text


def test_a_message_that_comes_twice_stands_once():
    findings = [Finding("repeated", "error", at, at + 4, "'iPod' too often.") for at in (0, 5)]
    found = read(cards([review_of(text_of("iPod iPod", *findings))], {}, is_done=True))
    assert found.text.count("too often") == 1
    ids = {attrs["aria-describedby"] for tag, attrs in found.tags if tag == "mark"}
    assert len(ids) == 1


@pytest.mark.parametrize(("length", "width"), [(15, "50%"), (30, "100%"), (45, "100%")])
def test_the_bar_is_length_over_limit(length, width):
    found = read(cards([review_of(text_of("a" * length))], {}, is_done=True))
    (bar,) = [attrs for _, attrs in found.tags if attrs.get("role") == "meter"]
    assert bar["aria-valuetext"] == f"{length} of 30 characters"
    assert any(attrs.get("style") == f"width:{width}" for _, attrs in found.tags)


@pytest.mark.parametrize(
    ("length", "state", "said"),
    [
        (40, "ag-within", "40 of 100 characters; 40 at most are advised"),
        (63, "ag-above", "63 of 100 characters; 40 at most are advised"),
        (101, "ag-over", "101 of 100 characters; 40 at most are advised"),
    ],
)
def test_an_advised_length_is_marked_and_counts(length, state, said):
    one = TextReview("title", "a" * length, length, 100, "characters", advised=40)
    found = read(cards([review_of(one)], {}, is_done=True))
    (bar,) = [attrs for _, attrs in found.tags if attrs.get("role") == "meter"]
    assert bar["aria-valuetext"] == said and said in found.text
    assert ("i", {"style": "left:40%"}) in found.tags
    assert [a["class"] for tag, a in found.tags if tag == "p" and state in a.get("class", "")]


def test_wide_letters_are_said_to_count_twice():
    one = TextReview("headline", "靴" * 23, 46, 30, "width")
    text = read(cards([review_of(one)], {}, is_done=True)).text
    assert "counts as 46 of 30 characters: wide letters count twice" in text
    plain = TextReview("headline", "a" * 23, 23, 30, "width")
    text = read(cards([review_of(plain)], {}, is_done=True)).text
    assert "23 of 30 characters" in text and "twice" not in text


def test_facts_and_novelty_are_said_in_words():
    one = review_of(text_of("Mug"), facts_used=("red",), facts_missing=("6 oz",))
    text = read(cards([one], {}, is_done=True)).text
    assert "1 of 2 facts said" in text and "said: red" in text and "not said: 6 oz" in text
    assert "No copy of the public corpus's training ads." in text
    copied = review_of(text_of("Mug"), is_copy=True, nearest_share=0.5)
    text = read(cards([copied], {}, is_done=True)).text
    assert "Looks like a copy" in text and "50% of it" in text


def test_what_a_model_does_not_know_stands_above_its_ads():
    text = read(cards([review_of(text_of("Mug"), limits="knows no facts")], {}, is_done=True)).text
    assert text.index("knows no facts") < text.index("Mug")


def test_novelty_that_is_not_known_is_not_said():
    text = read(cards([review_of(text_of("Mug"), is_copy=None)], {}, is_done=True)).text
    assert "training ad" not in text


def test_an_ad_that_stands_whole_in_the_corpus_is_said_to():
    found = read(cards([review_of(text_of("Mug"), nearest_share=1.0)], {}, is_done=True))
    assert "It stands whole in a training ad of the given corpus." in found.text
    [state] = [a["class"] for _, a in found.tags if "ag-novelty" in a.get("class", "")]
    assert state == "ag-novelty ag-warning"


def test_a_field_that_is_not_filled_is_said_openly():
    one = review_of(text_of("Mug"), unfilled=("item_highlights: nothing to say",))
    found = read(cards([one], {}, is_done=True))
    assert "Not all fields are filled: item highlights: nothing to say." in found.text
    assert "details" not in [tag for tag, _ in found.tags]


def test_an_unfinished_ad_has_nothing_to_copy_yet():
    html = cards([review_of(text_of("Mu"), is_done=False, is_copy=None)], {}, is_done=False)
    assert "Copy" not in html and "Download" not in html and "Writing" in html


def test_no_cell_of_the_table_is_a_formula():
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1"]
    table = csv_of([review_of(*map(text_of, formulas), facts_missing=("=2",))])
    header, *rows = csv.reader(io.StringIO(table))
    assert len(rows) == len(formulas)
    for row, formula in zip(rows, formulas, strict=True):
        cells = dict(zip(header, row, strict=True))
        assert cells["text"] == f"'{formula}" and cells["facts missing"] == "'=2"


def test_the_table_has_findings_of_texts_and_of_the_ad():
    found = [Finding("a", "error", 0, 1, message) for message in ("Of the text.", "Of the ad.")]
    ad = review_of(text_of("Mug", found[0]), whole=(found[1],))
    [row] = csv.DictReader(io.StringIO(csv_of([ad])))
    assert (row["findings"], row["findings of the ad"]) == ("Of the text.", "Of the ad.")

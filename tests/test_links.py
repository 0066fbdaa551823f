"""Links of everything that is read: README, guides, changelog, findings, notebooks.

Those within the repository lead to a file and a heading. `pytest -m network tests/test_links.py`
asks other hosts whether what is linked there still exists; with `--collect-only` it lists it.
"""

import json
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

REPO = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    [
        *REPO.glob("*.md"),
        *(REPO / "docs").glob("*.md"),
        *(REPO / "notebooks").glob("*.ipynb"),
        *(REPO / name / "README.md" for name in ("benchmarks", "data", "findings")),
    ]
)
GONE = (404, 410)


def text_of(path):
    """What is read of a document, its blocks of code left out; of a notebook its Markdown."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def heading_anchors(text):
    """The anchors that GitHub gives headings: lower case, hyphens for spaces, no punctuation."""
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def external_links():
    """Every address of another host, in order."""
    texts = "\n".join(text_of(document) for document in DOCUMENTS)
    return sorted(set(re.findall(r"(?:\]\(|<)(https?://[^)>\s]+)[)>]", texts)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPO)))
def test_every_link_into_the_repository_leads_to_a_file_and_a_heading(document):
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text_of(document)):
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), target
        if anchor:
            assert anchor in heading_anchors(text_of(found)), target


def test_links_to_other_hosts_are_found_in_every_kind_of_document():
    links = external_links()
    assert "https://keepachangelog.com/en/1.1.0/" in links  # CHANGELOG.md
    assert any(link.startswith("https://colab.research.google.com/github/") for link in links)
    assert any(link.startswith("https://support.google.com/") for link in links)  # docs/formats.md


@pytest.mark.network
@pytest.mark.parametrize("address", external_links())
def test_what_is_linked_elsewhere_exists(address):
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (adgen's link test)"})
    try:
        with urlopen(request, timeout=30) as answer:
            assert answer.status < 400
    except HTTPError as error:
        if error.code not in GONE:
            pytest.skip(f"{address} answers {error.code}: it asks for a browser or a login")
        raise


def test_terms_of_the_glossary_are_in_alphabetical_order_and_once():
    text = (REPO / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = [term.casefold() for term in re.findall(r"^## (.*)$", text, flags=re.MULTILINE)]
    assert terms == sorted(set(terms))
    assert all(line.strip() for line in re.findall(r"^## .*\n(.*)$", text, flags=re.MULTILINE))

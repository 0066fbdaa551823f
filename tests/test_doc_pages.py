"""The site of `make docs`: guides, results, glossary and API, built without a warning.

Its links lead somewhere, it loads nothing from elsewhere, and its search knows all parts.
"""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "docs"))
try:
    import make_pages
finally:
    sys.path.pop(0)

# What makes a browser fetch something at once, by tag.
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


def make(output):
    return subprocess.run(
        [sys.executable, REPO / "docs" / "make_pages.py", output],
        env={**os.environ, "PYTHONPATH": str(REPO)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site, as `make docs` writes it."""
    output = tmp_path_factory.mktemp("docs") / "site"
    done = make(output)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return output


class Page(HTMLParser):
    """A page's anchors, the addresses that it links to, and those that it loads."""

    def __init__(self, path):
        super().__init__()
        self.anchors = set()
        self.links = []
        self.loaded = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.anchors.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if LOADED.get(tag) in attributes:
            self.loaded.append(attributes[LOADED[tag]])


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the built site by its path."""
    return {path: Page(path) for path in site.rglob("*.html")}


@pytest.mark.slow
def test_every_document_and_every_module_has_its_place(site, pages):
    documents = [*(REPO / "docs").glob("*.md"), REPO / "CHANGELOG.md", REPO / "CONTRIBUTING.md"]
    for path in documents:
        assert (site / path.relative_to(REPO)).with_suffix(".html") in pages
    assert "What came out" in (site / "index.html").read_text(encoding="utf-8")
    modules = [path for path in (REPO / "adgen").rglob("[!_]*.py") if path.parent.name != "adgen"]
    assert len(modules) > 300
    for path in modules:
        name = ".".join(path.relative_to(REPO).with_suffix("").parts)
        assert f"module-{name}" in pages[site / "api" / f"{name.rpartition('.')[0]}.html"].anchors


@pytest.mark.slow
def test_every_link_within_the_site_leads_to_a_page_and_an_anchor(pages):
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            assert not link.startswith("/"), (path, link)  # a project's pages lie in a folder
            target, _, anchor = link.partition("#")
            found = (path.parent / unquote(target)).resolve() if target else path
            assert found.exists(), (path, link)
            if anchor and found in pages:
                assert unquote(anchor) in pages[found].anchors, (path, link)


@pytest.mark.slow
def test_links_into_the_repository_lead_to_files_that_exist(pages):
    beginning = re.compile(re.escape(make_pages.repository()) + r"/(blob|tree)/main/")
    links = {link for page in pages.values() for link in page.links if beginning.match(link)}
    assert any(link.endswith("notebooks/02_train_lstm.ipynb") for link in links)
    for link in links:
        found = REPO / beginning.sub("", link).partition("#")[0]
        assert found.is_dir() if beginning.match(link)[1] == "tree" else found.is_file(), link


@pytest.mark.slow
def test_nothing_is_loaded_from_another_host(site, pages):
    for path, page in pages.items():
        for address in page.loaded:
            assert not re.match(r"[a-z]+:|//", address), (path, address)
            file = re.split("[?#]", address)[0]  # search.html links itself, "#", as the search
            assert not file or (path.parent / file).is_file(), (path, address)
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(https?:|//)", text), path


@pytest.mark.slow
def test_one_search_knows_guides_results_glossary_and_api(site):
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    headings = index["alltitles"]
    assert {"bits per character", "Is it writing or reciting?", "A hundred million products"} <= {
        *headings
    }
    objects = [entry[4] for entry in index["objects"]["adgen.generation.generator"]]
    assert "AdGenerator" in objects


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_the_search_finds_from_the_disk_and_no_page_is_wider_than_the_screen(site, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{(site / 'search.html').as_uri()}?q=perplexity")
    page.wait_for_selector("#search-results li a[href*='docs/glossary.html#perplexity']")
    for name in ("index", "docs/glossary", "docs/results", "docs/design", "api/adgen.corpus"):
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.close()


def test_a_folder_of_others_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    done = make(tmp_path)
    assert done.returncode == 2
    assert "is not empty and not adgen's documentation that adgen wrote" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_guide_that_the_menu_lacks_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(make_pages, "MENU", {"Guides": ("docs/data.md",)})
    with pytest.raises(ValueError, match=r"docs/design\.md.* not in MENU"):
        make_pages.lay_out(tmp_path / "source")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](design.md#the-law)", "[a](design.md#the-law)"),
        ("[a](../README.md#what-came-out)", "[a](../index.md#what-came-out)"),
        ("![a](../images/b.png)", "![a](../images/b.png)"),
        ("[a](../LICENSE)", "[a](HERE/blob/main/LICENSE)"),
        ("[a](../results)", "[a](HERE/tree/main/results)"),
        ("[a](#here), [b](https://b.example/c.md)", "[a](#here), [b](https://b.example/c.md)"),
        ("[![Open](https://b.example/a.svg)](https://c.example)", "[Open](https://c.example)"),
        ("```\n[a](../LICENSE)\n```", "```\n[a](../LICENSE)\n```"),
    ],
)
def test_links_to_no_page_lead_to_the_repository(text, expected):
    pages = {"README.md", "docs/data.md", "docs/design.md"}
    found = make_pages.with_site_links(text, "docs/data.md", pages)
    assert found == expected.replace("HERE", make_pages.repository())

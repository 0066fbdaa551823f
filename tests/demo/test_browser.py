"""The page in a real browser: by mouse, by keyboard, on a phone, in the dark."""

import csv
import io

import pytest
from bulk_runs import made_product, save_catalogue
from demo_server import needs

WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
SLOW = 30_000  # milliseconds


@pytest.fixture
def page(browser, server):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield opened(context, server)
    context.close()


def opened(context, server):
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.addresses = []
    page.errors = []
    page.on("request", lambda one: page.addresses.append(one.url))
    page.on("pageerror", lambda one: page.errors.append(str(one)))
    page.on("dialog", lambda one: page.errors.append("a dialog was opened"))
    page.goto(server)
    page.wait_for_selector("#write-button")
    return page


def write(page):
    # What stands there from before is not taken for the end of this one.
    page.evaluate("document.querySelector('#ads .ag-state')?.replaceChildren('Before.')")
    page.evaluate("document.querySelector('#ads .ag-alert')?.remove()")
    page.click("#write-button")
    page.wait_for_selector(".ag-writing, .ag-card, .ag-alert")
    page.wait_for_function(
        "() => document.querySelector('#ads .ag-state')?.textContent === 'Done.'"
        " || document.querySelector('#ads > * .ag-alert')"
    )
    # A click before Gradio has ended the event would count for nothing.
    page.wait_for_selector("#ads [data-testid=status-tracker].hide", state="attached")


def words(page):
    return page.locator("#ads .ag-words").all_inner_texts()


def only(page, label):
    """Leaves one model chosen."""
    group = page.get_by_role("group", name="Models, side by side")
    group.get_by_text(label).first.wait_for()  # the page may still be coming up
    assert group.get_by_text(label).count() == 1
    for box in group.get_by_role("checkbox").all():
        box.set_checked(label in box.evaluate("box => box.closest('label').textContent"))


def from_first_words(page):
    """Goes on to first words, until the one model that takes them is left, ticked."""
    page.get_by_label("First words", exact=True).first.check()
    models = page.get_by_role("group", name="Models, side by side").get_by_role("checkbox")
    models.nth(1).wait_for(state="detached")
    assert models.count() == 1 and models.first.is_checked()


def set_number(page, label, value):
    name = label if label == "Seed" else f"number input for {label}"
    field = page.get_by_label(name, exact=True).first
    # A control that has just come up takes its usual value once more.
    for _ in range(20):
        field.fill(str(value))
        field.press("Tab")
        page.wait_for_timeout(200)
        if field.input_value() == str(value):
            return
    raise AssertionError(f"{label} does not keep {value!r}")


def test_a_product_that_was_typed_gets_ads_and_they_can_be_copied(page):
    page.get_by_label("Brand").first.fill("Zenko")
    page.get_by_label("Product", exact=True).first.fill("yoga mat")
    page.get_by_label("Facts").first.fill("Thickness: 6 mm\nColor: purple")
    page.get_by_label("Keywords").first.fill("gift")
    only(page, "writer")
    write(page)
    texts = words(page)
    assert len(texts) == 3
    assert all("Zenko" in one and "gift" in one.casefold() for one in texts)
    button = page.get_by_role("button", name="Copy ad 1 of adgen-writer-small")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.ag-copy').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == texts[0]
    assert page.locator("#copy-status").text_content() == "Copied"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.ag-copy').textContent === 'Copy'")
    assert page.locator("#copy-status").text_content() == ""
    assert page.errors == []


def test_the_table_of_all_ads(page):
    write(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["text"] for row in rows] == words(page)
    assert {row["model"] for row in rows} == {"adgen-writer-small", "template"}
    assert {row["limit"] for row in rows} == {"75"}


def test_an_example_is_one_click_away(page):
    page.get_by_role("button", name="Brightly desk lamp").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('input, textarea')]"
        ".some(one => one.value === 'Brightly')"
    )
    only(page, "template")
    write(page)
    assert words(page)[0].startswith("Brightly desk lamp")


def test_a_model_without_facts_is_not_ticked_and_says_so(page):
    group = page.get_by_role("group", name="Models, side by side")
    box = group.get_by_role(
        "checkbox", name="LSTM with n-grams: goes on from brand and name; knows no facts"
    )
    assert not box.is_checked()
    box.check()
    write(page)
    assert "knows no facts" in page.get_by_label("Ads of adgen-mixture").inner_text()


def test_first_words_of_2022(page):
    from_first_words(page)
    page.get_by_role("button", name="AmazonBasics", exact=True).first.click()
    only(page, "LSTM with n-grams")
    write(page)
    texts = words(page)
    assert len(texts) == 3 and all(one.startswith("AmazonBasics") for one in texts)


def test_each_control_changes_what_is_written(page):
    from_first_words(page)
    page.get_by_role("button", name="Sony TV", exact=True).first.click()
    only(page, "LSTM with n-grams")
    page.get_by_role("button", name="How many, and how boldly").click()
    set_number(page, "Number of ads", 1)
    write(page)
    before = words(page)
    assert len(before) == 1
    for label, value, usual in (
        ("Seed", 5, 0),
        ("Temperature", 1.5, 0.7),
        ("Top-k", 1, 0),
        ("Top-p", 0.2, 1),
        ("Repetition penalty", 2, 1.2),
    ):
        set_number(page, label, value)
        write(page)
        assert words(page) != before, label
        set_number(page, label, usual)
    write(page)
    assert words(page) == before


def test_an_ad_is_seen_while_it_is_written(page):
    page.evaluate(
        "() => { window.seen = 0; new MutationObserver(() => {"
        " window.seen += document.querySelectorAll('.ag-writing').length; })"
        ".observe(document.querySelector('#ads'), {subtree: true, childList: true}); }"
    )
    only(page, "LSTM with n-grams")
    page.get_by_role("button", name="How many, and how boldly").click()
    set_number(page, "Number of ads", 10)  # one alone may be of a few words
    write(page)
    assert page.evaluate("window.seen") > 1


def test_another_platform_has_other_limits(page):
    page.get_by_label("Platform format").click()
    page.get_by_role("option", name="Google Ads").first.click()
    only(page, "writer")
    write(page)
    limits = page.locator("#ads [role=meter]").evaluate_all("all => all.map(o => o.ariaValueMax)")
    assert {"30", "90"} <= set(limits)


def test_a_finding_is_reached_by_keyboard_and_described(page):
    only(page, "LSTM with n-grams")
    write(page)
    mark = page.locator("#ads mark").first
    mark.focus()
    described = mark.evaluate(
        "mark => mark.getAttribute('aria-describedby').split(' ')"
        ".map(id => document.getElementById(id).textContent)"
    )
    assert mark.evaluate("mark => mark === document.activeElement")
    assert described and all(one.startswith(("Error:", "Warning:")) for one in described)


def test_all_of_it_by_keyboard(page):
    """Tab leads from the top to the button, and Enter presses it."""
    page.locator("body").press("Tab")
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == "write-button":
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "write-button"
    page.keyboard.press("Enter")
    page.wait_for_selector(".ag-card")


def test_errors_are_kind(page):
    page.get_by_label("Product", exact=True).first.fill("")
    write(page)
    assert "What is the product?" in page.get_by_role("alert").first.inner_text()


@pytest.mark.parametrize(
    ("label", "text", "message"),
    [
        ("Product", "a" * 1_000_000, "Product has 1,000,000 characters; expected 200 at most"),
        ("Facts", "red\n" * 60, "There are 60 facts; expected 40 at most"),
        ("Brand", "a" * 101, "Brand has 101 characters; expected 100 at most"),
    ],
)
def test_long_texts_are_refused_and_not_cut(page, label, text, message):
    page.get_by_label(label, exact=label == "Product").first.fill(text)
    write(page)
    assert message in page.get_by_role("alert").first.inner_text()
    assert words(page) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "Seed is empty; expected a whole number from 0 to 2,147,483,647"),
        ("-5", "seed is -5; expected a whole number"),
        ("99999999999", "seed is 99999999999; expected a whole number"),
        ("1.5", "seed is 1.5; expected a whole number"),
    ],
)
def test_a_seed_that_is_none_takes_the_place_of_the_ads(page, value, message):
    only(page, "template")
    write(page)
    page.get_by_role("button", name="How many, and how boldly").click()
    set_number(page, "Seed", value)
    write(page)
    assert message in page.get_by_role("alert").first.inner_text()
    assert words(page) == [] and page.locator("#ads .ag-state").count() == 0


def test_markup_that_is_typed_stays_text(page):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    page.get_by_label("Product", exact=True).first.fill(evil)
    page.get_by_label("Facts").first.fill("</p><svg onload=alert(3)>")
    write(page)
    assert page.locator("#ads img, #ads script, #ads svg").count() == 0
    assert any(evil in one for one in words(page))
    page.wait_for_timeout(300)
    assert page.errors == []


def test_the_candidates_of_each_word(page):
    page.get_by_role("tab", name="Under the hood").click()
    set_number_in_hood = page.get_by_label("number input for Top-k").last
    set_number_in_hood.fill("2")
    set_number_in_hood.press("Tab")
    page.click("#explain-button")
    page.wait_for_selector(".ag-step")
    first = page.locator(".ag-step").first
    assert first.locator("tbody tr").count() >= 8
    out = first.get_by_text("cut", exact=True).or_(first.get_by_text("may not stand here"))
    assert out.count() >= 6
    assert first.locator(".ag-chosen").count() == 1


def test_a_catalogue_from_the_file_to_the_export(page, tmp_path):
    path = save_catalogue(tmp_path / "mine.jsonl", [made_product(n) for n in range(4)])
    page.get_by_role("tab", name="Catalogue").click()
    page.locator("#catalogue-file input[type=file]").set_input_files(path)
    page.wait_for_selector("#recognised table")
    assert "4 products" in page.locator("#recognised").inner_text()
    page.click("#catalogue-button")
    page.get_by_text("Ready to download.").wait_for()
    with page.expect_download() as download:
        page.click("#export")
    text = download.value.path().read_text(encoding="utf-8")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 4


def test_a_catalogue_that_is_none_is_said_kindly(page, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    page.get_by_role("tab", name="Catalogue").click()
    page.locator("#catalogue-file input[type=file]").set_input_files(tmp_path / "empty.csv")
    page.locator("#recognised [role=alert]").wait_for()
    assert "empty" in page.locator("#recognised").inner_text()


def test_a_formats_name_ends_before_its_arrow_on_a_phone(browser, server):
    width, height = WIDTHS["phone"]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = opened(context, server)
    end, arrow = page.evaluate(
        """() => {
            const part = [...document.querySelectorAll(".ag-format")].find(o => o.offsetWidth);
            const input = part.querySelector("input");
            const padding = parseFloat(getComputedStyle(input).paddingRight);
            return [input.getBoundingClientRect().right - padding,
                    part.querySelector(".icon-wrap").getBoundingClientRect().left];
        }"""
    )
    assert 0 < end <= arrow
    context.close()


TABS = ("Write", "Under the hood", "Catalogue")


@pytest.mark.parametrize(
    ("width", "scheme", "tabs"),
    [
        ("desktop", "light", TABS),
        ("phone", "dark", TABS),
        ("desktop", "dark", TABS[:1]),
        ("phone", "light", TABS[:1]),
    ],
)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    browser, server, width, scheme, tabs
):
    needs("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe

    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page = opened(context, server)
    write(page)
    for tab in tabs:
        page.get_by_role("tab", name=tab).click()
        if tab == "Under the hood":
            page.click("#explain-button")
            page.wait_for_selector(".ag-step")
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)  # until colours have faded in
        found = Axe().run(page).response["violations"]
        assert [
            (one["id"], one["nodes"][0]["html"])
            for one in found
            if one["impact"] in ("serious", "critical")
        ] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("document.documentElement.lang") == "en"
    local = (server, "data:", "blob:")
    assert [one for one in page.addresses if not one.startswith(local)] == []
    context.close()

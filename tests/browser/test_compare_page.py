"""The page of compared scenarios in a real browser: it works, stays home, and reads well."""

import csv
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sim.dashboard.messages import COMMAND
from tests.browser.visits import SIZES, Visit

pytestmark = pytest.mark.browser

LOOKS = list(product(("en", "zh"), ("light", "dark")))
HEADINGS = {"en": "What changes, and by how much", "zh": "什么变了，变了多少"}


def _serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def _show_tables(page: Page) -> None:
    for chart in page.locator(".chart").all():
        chart.locator("label[for$=-table]").click()
    expect(page.locator(".ag-root")).to_have_count(3)
    page.wait_for_function("document.querySelectorAll('.ag-row').length > 20")


def _background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("visit", SIZES, indirect=True)
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_page_is_clean_in_every_look(visit: Visit, language: str, theme: str):
    page = visit.open(f"?lang={language}&theme={theme}").page

    expect(page.get_by_role("heading", name=HEADINGS[language])).to_be_visible()
    assert page.evaluate("document.documentElement.lang")[:2] == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert _serious(page) == []
    _show_tables(page)
    assert _serious(page) == []
    assert visit.complaints == []
    assert visit.hosts == {visit.address.removeprefix("http://")}


def test_dark_is_dark_and_light_is_light(visit: Visit):
    assert _background(visit.open("?theme=light").page) == "rgb(244, 246, 249)"
    assert _background(visit.open("?theme=dark").page) == "rgb(13, 18, 24)"


def test_switches_change_the_page_the_address_and_what_is_remembered(visit: Visit):
    page = visit.open("?lang=en&theme=light").page

    page.get_by_role("radiogroup", name="Language").get_by_text("中文").click()
    expect(page.get_by_role("heading", name=HEADINGS["zh"])).to_be_visible()
    visit.query("lang=zh")
    page.get_by_role("radiogroup", name="配色主题").get_by_text("深色").click()
    visit.query("theme=dark")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")

    again = visit.open().page
    expect(again.get_by_role("heading", name=HEADINGS["zh"])).to_be_visible()
    assert _background(again) == "rgb(13, 18, 24)"
    assert visit.complaints == []


def test_a_switch_of_language_keeps_the_focus_where_it_was(visit: Visit):
    page = visit.open("?lang=en").page

    page.locator(".switches input[value=en]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name=HEADINGS["zh"])).to_be_visible()
    expect(page.locator(".switches input[value=zh]")).to_be_focused()


def test_the_keyboard_reaches_the_content_first(visit: Visit):
    page = visit.open("?lang=en").page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the findings")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_link_shows_the_same_choice_again(visit: Visit):
    page = visit.open("?lang=en").page
    page.get_by_role("button", name="Backward revenue").click()
    visit.query("metric=backward_revenue")
    page.locator(".chips").get_by_text("China Unicom").click()
    visit.query("carriers=market,mobile,telecom")
    title = page.locator(".chart-title").first
    expect(title).to_contain_text("backward revenue")
    expect(page.locator(".chart").first.get_by_text("China Unicom")).to_have_count(0)
    link = page.url

    page.goto("about:blank")
    page.goto(link)
    expect(title).to_contain_text("backward revenue")
    expect(page.locator(".chart").first.get_by_text("China Unicom")).to_have_count(0)
    expect(page.locator(".chips input[value=unicom]")).not_to_be_checked()


def test_another_comparison_can_be_chosen(visit: Visit):
    page = visit.open("?lang=en").page

    page.get_by_role("textbox", name="Comparison").click()
    page.get_by_role("option", name="0001aaa").click()
    visit.query("comparison=0001aaaa")
    expect(page.locator(".facts")).to_contain_text("one seed")
    expect(page.locator(".chart-notes").first).to_contain_text("One seed")
    assert visit.complaints == []


def test_the_table_can_be_sorted_and_saved(visit: Visit, tmp_path: Path):
    page = visit.open("?lang=en&metric=profit&carriers=mobile").page
    _show_tables_of(page, 1)
    chart = page.locator(".chart").nth(1)
    mean = chart.locator(".ag-cell[col-id=mean]")
    expect(mean).to_have_text(["89.91", "75.06", "91.89"])
    chart.get_by_text("Mean, bn yuan").click()
    expect(chart.locator(".ag-header-cell[col-id=mean]")).to_have_attribute(
        "aria-sort", "ascending"
    )

    with page.expect_download() as download:
        chart.get_by_role("button", name="Download").click()
    file = tmp_path / "saved.csv"
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert download.value.suggested_filename == "profit-last_year.csv"
    assert [row["Scenario"] for row in rows] == [
        "Price war",
        "Business as usual",
        "Service cooperation",
    ]


def _show_tables_of(page: Page, number: int) -> None:
    page.locator(".chart").nth(number).locator("label[for$=-table]").click()
    expect(page.locator(".ag-root")).to_have_count(1)


def test_charts_offer_a_picture_and_no_upload(visit: Visit):
    page = visit.open("?lang=zh").page
    buttons = page.evaluate(
        "[...document.querySelectorAll('.modebar-btn')].map(b => b.getAttribute('data-title'))"
    )

    assert buttons == ["下载 SVG 图片"] * 3


def test_nothing_chosen_is_said_and_not_drawn(visit: Visit):
    page = visit.open("?lang=en&scenarios=business_as_usual&carriers=mobile").page

    expect(page.locator(".chart-title").nth(2)).to_have_text("Nothing is chosen")
    assert visit.complaints == []


@pytest.mark.parametrize("language", HEADINGS)
def test_without_results_the_command_is_shown(chromium, empty_dashboard: str, language: str):
    page = chromium.new_page(viewport=SIZES["phone"])
    page.goto(f"{empty_dashboard}/compare?lang={language}")

    expect(page.get_by_text(COMMAND)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert _serious(page) == []
    page.close()

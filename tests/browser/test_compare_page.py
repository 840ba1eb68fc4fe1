"""The page of compared scenarios in a real browser: it works, stays home, and reads well."""

import csv
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sim.dashboard.messages import COMMAND
from tests.browser.audits import serious
from tests.browser.synthetic import SCENARIOS
from tests.browser.visits import SIZES, Visit, until

pytestmark = pytest.mark.browser

LOOKS = list(product(("en", "zh"), ("light", "dark")))
HEADINGS = {"en": "What changes, and by how much", "zh": "什么变了，变了多少"}


def _show_tables(page: Page) -> None:
    for chart in page.locator(".chart").all():
        chart.locator("label[for$=-table]").click()
    expect(page.locator(".ag-root")).to_have_count(3)
    until(page, "document.querySelectorAll('.ag-row').length > 20")
    until(  # a grid lays its columns out after its rows
        page,
        """[...document.querySelectorAll('.ag-root')].every(
            grid => grid.querySelector('.ag-header-cell') && grid.querySelector('.ag-cell'))""",
    )


def _background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("visit", SIZES, indirect=True)
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_page_is_clean_in_every_look(visit: Visit, language: str, theme: str):
    page = visit.open(f"?lang={language}&theme={theme}").page

    expect(page.get_by_role("heading", name=HEADINGS[language])).to_be_visible()
    assert page.evaluate("document.documentElement.lang")[:2] == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert serious(page) == []
    _show_tables(page)
    assert serious(page) == []
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

    page.get_by_role("combobox", name="Comparison").select_option("0001aaaa")
    visit.query("comparison=0001aaaa")
    expect(page.locator(".facts")).to_contain_text("one seed")
    expect(page.locator(".chart-notes").first).to_contain_text("One seed")
    assert visit.complaints == []


def test_the_table_can_be_sorted(visit: Visit):
    page = visit.open("?lang=en&metric=profit&carriers=mobile").page
    _show_tables_of(page, 1)
    chart = page.locator(".chart").nth(1)
    mean = chart.locator(".ag-cell[col-id=mean]")
    expect(mean).to_have_text(["89.91", "75.06", "91.89"])
    chart.get_by_text("Mean, bn yuan").click()
    head = chart.locator(".ag-header-cell[col-id=mean]")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(chart.locator(".ag-row[row-index='0']")).to_contain_text("Price war")


def test_data_and_pictures_of_a_chart_can_be_saved(visit: Visit, tmp_path: Path):
    page = visit.open("?lang=en&metric=profit&carriers=mobile").page
    chart = page.locator(".chart").nth(1)

    for kind in ("CSV", "PNG", "SVG"):
        with page.expect_download() as download:
            chart.locator(".action", has_text=kind).click()
        name = download.value.suggested_filename
        assert name == f"profit-last_year.{kind.lower()}"
        download.value.save_as(tmp_path / name)
    with (tmp_path / "profit-last_year.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["scenario"] for row in rows] == SCENARIOS
    assert {row["unit"] for row in rows} == {"yuan"}
    assert (tmp_path / "profit-last_year.png").read_bytes().startswith(b"\x89PNG")
    assert "Source: simulation of" in (tmp_path / "profit-last_year.svg").read_text("utf-8")
    assert visit.complaints == []


def test_a_citation_can_be_copied(visit: Visit):
    page = visit.open("?lang=en&metric=profit").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.locator(".chart").first.get_by_role("button", name="Copy citation").click()
    expect(page.locator(".chart").first.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Cite as: Backward Traffic Simulator" in copied
    assert "/export/over_time.csv?comparison=a1b2c3d4e5f6&metric=profit" in copied


def _show_tables_of(page: Page, number: int) -> None:
    page.locator(".chart").nth(number).locator("label[for$=-table]").click()
    expect(page.locator(".ag-root")).to_have_count(1)


def test_charts_offer_no_upload(visit: Visit):
    page = visit.open("?lang=zh").page

    assert page.locator(".modebar-btn").count() == 0


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
    assert serious(page) == []
    page.close()

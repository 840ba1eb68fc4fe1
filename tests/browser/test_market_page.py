"""The page of one run in a real browser: months play, choices are kept, tables are there."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audits import serious
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser


def test_the_slider_moves_by_keyboard_and_the_address_keeps_the_month(visit: Visit):
    page = visit.show("/market?lang=en", charts=3).page
    title = page.locator(".chart-title").first
    expect(title).to_contain_text("2017-06: ")

    page.get_by_role("slider", name="Month").press("ArrowLeft")
    expect(title).to_contain_text("2017-05: ")
    visit.query("month=2017-05")
    expect(page.locator("#month-shown")).to_have_text("2017-05")

    again = visit.show(page.url.removeprefix(visit.address), charts=3).page
    expect(again.locator(".chart-title").first).to_contain_text("2017-05: ")
    assert visit.complaints == []


def test_months_play_to_the_last_and_stop(visit: Visit):
    page = visit.show("/market?lang=en&month=2017-03", charts=3).page
    play = page.get_by_role("button", name="Play")

    play.press("Enter")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".chart-title").nth(1)).to_contain_text("2017-06: ", timeout=20_000)
    expect(play).to_have_attribute("aria-pressed", "false")
    assert visit.complaints == []


def test_map_and_money_can_be_chosen(visit: Visit):
    page = visit.show("/market?lang=en", charts=3).page
    money, _, provinces = page.locator(".chart-title").all()

    page.get_by_role("radiogroup", name="Money shown").get_by_text("all").click()
    expect(money).to_contain_text("change hands")
    page.get_by_role("radiogroup", name="On the map").get_by_text("Share of lines").click()
    expect(provinces).to_contain_text("by their largest carrier")
    page.get_by_role("combobox", name="Of").select_option("▲ China Telecom")
    expect(provinces).to_contain_text(re.compile("China Telecom: the share of lines is lowest"))
    visit.query("carrier=telecom")
    assert visit.complaints == []


def test_a_table_names_payers_and_purposes(visit: Visit):
    page = visit.show("/market?lang=zh", charts=3).page

    page.locator(".chart").first.locator("label[for$=-table]").click()
    expect(page.locator(".ag-root")).to_contain_text("合作伙伴")
    expect(page.locator(".ag-header")).to_contain_text("付款方")
    assert serious(page) == []
    assert visit.complaints == []


def test_without_runs_the_command_is_shown(chromium, empty_dashboard: str):
    page = chromium.new_page()
    page.goto(f"{empty_dashboard}/market?lang=en")

    expect(page.get_by_text("sim run service_cooperation")).to_be_visible()
    page.close()


def test_a_study_is_opened_like_runs_and_says_what_it_did_not_store(chromium, studied_dashboard):
    with chromium.new_context() as context:
        visit = Visit(context.new_page(), studied_dashboard)
        page = visit.show("/market?lang=en", charts=3).page

        page.get_by_role("combobox", name="Runs of").select_option("Study thin")
        command = page.get_by_text("sim run price_war --seed 0 --set months=1")
        expect(command).to_be_visible()
        visit.query("study=thin")
        assert serious(page) == []

        page.get_by_role("combobox", name="Runs of").select_option("sim run and sim compare")
        expect(page.locator(".chart-title").first).to_contain_text("2017-06: ")
        assert "run=" not in page.url
        assert visit.complaints == []

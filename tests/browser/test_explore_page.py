"""The page of the live market in a real browser: levers by mouse and by keyboard, undo, address."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visits import PATIENCE, SIZES, Visit

pytestmark = pytest.mark.browser

# Every language, theme and width once, not every combination.
LOOKS = [
    ("en", "light", "desktop"),
    ("zh", "dark", "desktop"),
    ("en", "dark", "phone"),
    ("zh", "light", "phone"),
]
LONG = 4 * PATIENCE  # the simulator starts with the first question


def at(visit: Visit, query: str = "") -> Page:
    """Open the page and wait for its first answer."""
    page = visit.page
    page.goto(f"{visit.address}/explore?lang=en&{query}")
    answered(page)
    return page


def answered(page: Page) -> None:
    expect(page.locator("#live-graph .scatterlayer .trace").first).to_be_attached(timeout=LONG)


def title(page: Page) -> Locator:
    return page.locator("#live-title")


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def says(page: Page, part: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(part)))


def says_not(page: Page, part: str) -> None:
    expect(page).not_to_have_url(re.compile(re.escape(part)))


def lever(page: Page, name: str) -> Locator:
    return page.locator(f'.lever[id*=\'"name":"{name}"\']')


@pytest.mark.parametrize(("language", "theme", "size"), LOOKS)
def test_the_page_is_clean_in_every_look(visit: Visit, language: str, theme: str, size: str):
    page = visit.page
    page.set_viewport_size(SIZES[size])
    page.goto(f"{visit.address}/explore?lang={language}&theme={theme}&preset=price_war&view=expert")
    answered(page)

    expect(title(page)).to_contain_text("2021")
    expect(page.locator(".tile")).to_have_count(6)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", theme)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert visit.complaints == []
    assert visit.hosts == {visit.address.removeprefix("http://")}


def test_a_lever_moved_by_keyboard_redraws_says_so_and_can_be_undone_and_reset(visit: Visit):
    page = at(visit, "preset=price_war")
    first = title(page).inner_text()
    command = page.locator("#live-command")  # titles change with the seeds that have come
    before = command.inner_text()
    undo, reset = (page.get_by_role("button", name=name) for name in ("Undo", "Reset"))
    expect(undo).to_be_disabled()
    expect(reset).to_be_disabled()

    slider(page, "Undercutting a month").focus()
    page.keyboard.press("End")
    says(page, "cut=0.1")
    expect(title(page)).not_to_have_text(first)
    expect(lever(page, "cut")).to_contain_text("10.0 % a month")
    expect(lever(page, "cut")).to_have_class(re.compile("moved"))
    expect(command).to_contain_text("--set carriers.mobile.strategy.cut=0.1")

    undo.click()
    says_not(page, "cut=")
    expect(command).to_have_text(before)
    expect(slider(page, "Undercutting a month")).to_have_attribute("aria-valuenow", "0.02")
    expect(undo).to_be_disabled()

    slider(page, "Undercutting a month").focus()
    page.keyboard.press("Home")
    says(page, "cut=0.005")
    reset.click()
    says_not(page, "cut=")
    expect(command).to_have_text(before)
    expect(reset).to_be_disabled()
    assert visit.complaints == []


def test_a_preset_moves_every_lever_and_is_undone_as_one_move(visit: Visit):
    page = at(visit, "leak_control=1.0")
    conduct = lever(page, "conduct_mobile").get_by_role("combobox")
    expect(conduct).to_have_value("adaptive_markup")

    page.get_by_role("combobox", name="Start from").select_option("Price war")
    says(page, "preset=price_war")
    says_not(page, "leak_control")
    expect(conduct).to_have_value("price_war")
    expect(lever(page, "cut")).not_to_have_class(re.compile("idle"))

    page.get_by_role("button", name="Undo").click()
    says(page, "leak_control=1.0")
    says_not(page, "preset=")
    expect(conduct).to_have_value("adaptive_markup")
    expect(lever(page, "cut")).to_have_class(re.compile("idle"))
    assert visit.complaints == []


def test_a_choice_among_a_few_is_made_by_keyboard(visit: Visit):
    page = at(visit, "metric=profit")
    metric = page.get_by_role("combobox", name="Metric")

    metric.press("ArrowDown")
    says(page, "metric=consumer_surplus")
    expect(metric).to_be_focused()
    expect(title(page)).to_contain_text("consumer surplus")
    metric.press("P")  # typing goes to the next one that begins so
    expect(metric).to_have_value("yuan_per_gb")
    assert visit.complaints == []


def test_the_address_holds_the_whole_state(visit: Visit):
    query = "preset=price_war&cut=0.05&roaming=off&metric=yuan_per_gb&whose=unicom&view=expert"
    page = at(visit, query)
    first = title(page).inner_text()

    assert first.startswith("China Unicom, 2021: the price of a GB is ")
    expect(lever(page, "cut")).to_contain_text("5.0 % a month")
    expect(lever(page, "roaming")).to_have_class(re.compile("moved"))
    expect(page.locator("#explore")).to_have_class("explore expert")
    page.get_by_text("中文").click()
    expect(title(page)).to_contain_text("中国联通")
    expect(lever(page, "cut")).to_contain_text("5.0 %/月")
    says(page, "cut=0.05")


def test_the_expert_view_has_every_lever_and_keeps_what_was_moved(visit: Visit):
    page = at(visit, "preset=price_war&cut=0.05")
    expect(lever(page, "kappa")).to_have_count(0)

    page.locator(".lever-bar").get_by_text("All of them").click()
    says(page, "view=expert")
    expect(page.locator(".explore.expert")).to_be_visible()  # rendered anew, themes shut
    page.locator("summary", has_text="Users").click()
    expect(lever(page, "kappa")).to_have_count(1)
    expect(lever(page, "cut")).to_contain_text("5.0 % a month")
    says(page, "cut=0.05")
    answered(page)
    assert visit.complaints == []


def test_the_menu_leads_to_a_page_whose_address_holds_what_is_shown_and_no_lever(visit: Visit):
    page = visit.show("/?lang=en&theme=light", charts=1).page
    for _ in range(2):  # what is known of the levers comes with the first visit
        page.locator('header nav a[href="/explore"]').click()
        answered(page)
        for part in ("lang=en", "theme=light", "view=basic", "metric=profit", "whose=all"):
            says(page, part)
        for part in ("conduct_", "split", "joins_", "preset", "against"):
            says_not(page, part)
        page.locator('header nav a[href="/trust"]').click()
        expect(page.locator("#live-graph")).to_have_count(0)
    assert visit.complaints == []


def test_a_theme_that_is_opened_has_its_levers_and_they_work(visit: Visit):
    page = at(visit, "preset=price_war&elasticity=0.8")
    expect(lever(page, "elasticity")).to_contain_text("0.80")  # it was moved: its theme came filled
    expect(lever(page, "uplift")).to_have_count(0)

    page.locator("summary", has_text="Service").focus()
    page.keyboard.press("Enter")
    expect(lever(page, "service")).to_have_class("lever idle")  # nobody offers it in a war
    page.locator("summary", has_text="Service").click()
    expect(lever(page, "uplift")).not_to_be_visible()
    page.locator("summary", has_text="Leaks").click()
    slider(page, "Control over branches").focus()
    page.keyboard.press("ArrowRight")
    says(page, "leak_control=")
    assert visit.complaints == []


def test_what_cannot_be_is_told_and_the_page_still_works(visit: Visit):
    script = "%3Cscript%3Ealert(1)%3C/script%3E"
    page = at(visit, f"preset={script}&cut=nan&attention=1e999&metric=gold&whose=..")

    told = page.locator("#live-alert")
    expect(told).to_contain_text("There is no scenario “<script>alert(1)</script>”")
    expect(told).to_contain_text("“nan” is not possible; it takes 0.5 % a month to 10.0 % a month")
    expect(told).to_contain_text("There is no “gold” for metric")
    assert visit.complaints == []


def test_bands_come_and_why_it_changed_adds_up(visit: Visit):
    page = at(visit, "preset=leak_control")

    expect(page.locator("#live-why .chart-title")).to_contain_text("accounts for", timeout=LONG)
    expect(page.locator("#live-status")).to_contain_text("20 seeds.", timeout=2 * LONG)
    expect(page.locator("#live-notes")).to_contain_text("90 % interval for the mean over 20 seeds")
    told = page.locator("#live-why .chart-notes")
    expect(told).to_contain_text("for the mean over 5 seeds", timeout=2 * LONG)
    expect(page.locator("#live-foot .action")).to_have_count(4)
    page.locator("label[for$=-table]").first.click()
    expect(page.locator("#live-table .ag-root")).to_be_visible()
    assert visit.complaints == []


def test_an_explanation_opens_by_keyboard_and_says_where_it_is_from(visit: Visit):
    page = at(visit, "preset=price_war")
    about = lever(page, "cut").locator("summary")

    about.focus()
    page.keyboard.press("Enter")
    told = lever(page, "cut").locator(".lever-about")
    expect(told).to_contain_text("docs/model.md, section 7.7")
    expect(told).to_contain_text("carriers.*.strategy.cut")
    expect(told).to_contain_text("0.5 % a month to 10.0 % a month")


def test_a_server_that_is_gone_is_told_and_asked_again_by_the_next_move(visit: Visit):
    page = at(visit, "preset=price_war")
    page.route("**/explore/answer", lambda route: route.abort())
    slider(page, "Undercutting a month").press("End")
    expect(page.locator("#live-status")).to_have_text(
        "The server does not answer. The next move asks again."
    )

    page.unroute("**/explore/answer")
    slider(page, "Undercutting a month").press("ArrowLeft")
    expect(page.locator("#live-status")).to_contain_text("seed")
    expect(page.locator("#live-command")).to_contain_text("cut=0.095")


def test_a_slider_says_nothing_of_a_page_that_was_left(visit: Visit):
    page = at(visit, "preset=price_war")
    slider(page, "Undercutting a month").press("ArrowRight")
    page.locator('header nav a[href="/studies"]').click()
    expect(page.locator("#explore")).to_have_count(0)
    page.wait_for_timeout(1_000)

    assert "cut=" not in page.url
    assert visit.complaints == []

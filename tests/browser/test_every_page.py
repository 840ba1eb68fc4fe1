"""Every page in a real browser, as every reader meets it: clean and at home."""

import json

import pytest
from playwright.sync_api import Page, Request, expect

from sim.dashboard.i18n import Words
from sim.dashboard.pages import in_order
from tests.browser.audits import serious
from tests.browser.visits import SIZES, Visit, until

pytestmark = pytest.mark.browser

PAGES = in_order()
# Story and Trust are seen here in every pair of language, theme and size; the others have tests of
# their own, in all looks.
TWO = [("en", "light", "desktop"), ("zh", "dark", "phone")]
MORE = [("zh", "dark", "desktop"), ("en", "dark", "phone"), ("zh", "light", "phone")]
LOOKS = [
    pytest.param(page, *look, id="-".join((page.path, *look)))
    for page in PAGES
    for look in TWO + (MORE if page.path in ("/", "/trust") else [])
]
DRAWN = """[...document.querySelectorAll('.chart:has(.chart-title):has(.chart-body)')].every(
  chart => chart.querySelector('.chart-title').textContent
    && chart.querySelector('.main-svg, .ag-root'))"""
UPLOADS = """[...document.querySelectorAll('input[type=file], .modebar-btn')]
  .filter(part => !/svg|png/i.test(part.dataset.title || '')).length"""

SEEN = """[...document.querySelectorAll('.chart-body')]
  .filter(body => body.getBoundingClientRect().top < innerHeight)
  .map(body => JSON.parse(body.id).chart)"""

# What the keyboard has to reach: of radio buttons the one that is chosen, for arrows move on; not
# the arrows in a number's field, which its keys do as well.
CONTROLS = """() => {
  const all = "a[href], button, input, select, summary, [role=slider], pre[tabindex]";
  window.controls = [...document.querySelectorAll(all)].filter((one) =>
    one.checkVisibility() && !one.disabled && !one.closest("[aria-hidden=true]") &&
    !(one.type === "radio" && !one.checked));
  window.reached = new Set();
  document.activeElement.blur();
  return window.controls.length;
}"""
REACH = (
    "() => window.reached.add(document.activeElement) && document.activeElement !== document.body"
)
MISSED = """window.controls.filter((one) => !window.reached.has(one))
  .map((one) => one.outerHTML.slice(0, 200))"""

EVERY_CHART = "[...document.querySelectorAll('.chart-body')]"
ROWS = "new Set([...document.querySelectorAll('header nav a')].map(a => a.offsetTop)).size"
IN_SIGHT = """(selector => {
  const { left, right } = document.querySelector(selector)?.getBoundingClientRect() ?? {};
  return left >= 0 && right <= innerWidth;
})"""


def opened(visit: Visit, path: str, query: str) -> Page:
    """Return the page when all of its charts are drawn."""
    visit.page.goto(f"{visit.address}{path}?{query}")
    visit.page.wait_for_selector("main h1, main h2", state="attached")
    until(visit.page, DRAWN)
    return visit.page


@pytest.mark.parametrize(("page", "language", "theme", "size"), LOOKS)
def test_a_page_is_clean_in_every_look(visit: Visit, page, language: str, theme: str, size: str):
    visit.page.set_viewport_size(SIZES[size])
    shown = opened(visit, page.path, f"lang={language}&theme={theme}")

    expect(shown).to_have_title(f"{Words(language)(page.title)} · {Words(language)('app.title')}")
    assert shown.evaluate("document.documentElement.lang")[:2] == language
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert shown.evaluate(UPLOADS) == 0
    assert serious(shown) == []
    assert visit.complaints == []
    assert visit.hosts == {visit.address.removeprefix("http://")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_the_keyboard_reaches_every_control(visit: Visit, page):
    shown = opened(visit, page.path, "lang=en&view=expert")
    controls = shown.evaluate(CONTROLS)

    for _ in range(2 * controls):
        shown.keyboard.press("Tab")
        if not shown.evaluate(REACH):
            break
    assert shown.evaluate(MISSED) == []
    assert controls > len(PAGES)  # more than the menu


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_without_results_a_page_says_so_calmly(chromium, empty_dashboard: str, page):
    with chromium.new_context(viewport=SIZES["phone"]) as context:
        visit = Visit(context.new_page(), empty_dashboard)
        shown = opened(visit, page.path, "lang=zh")
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert serious(shown) == []
        assert visit.complaints == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_the_menu_changes_the_page_without_loading_it_anew(visit: Visit, page):
    other = next(other for other in PAGES if other.path != page.path)
    shown = opened(visit, other.path, "lang=en")
    shown.evaluate("window.stays = true")

    shown.locator(f'header nav a[href="{page.path}"]').click()
    until(shown, f"location.pathname === '{page.path}' && {DRAWN}")

    expect(shown).to_have_title(f"{Words('en')(page.title)} · {Words('en')('app.title')}")
    assert shown.evaluate("window.stays")
    assert visit.complaints == []


def test_a_title_with_a_script_runs_nothing(chromium, scripted_dashboard: str):
    for page in PAGES:
        with chromium.new_context() as context:
            visit = Visit(context.new_page(), scripted_dashboard)
            shown = opened(visit, page.path, "lang=en&comparison=<script>alert(1)</script>")
            assert shown.evaluate("window.pwned === undefined")
            assert visit.complaints == []


def test_the_token_lets_in_and_its_lack_does_not(chromium, guarded_dashboard: str):
    address, _, _ = guarded_dashboard.partition("?")
    with chromium.new_context() as context:
        page = context.new_page()
        assert page.goto(f"{address}compare").status == 401
        page.goto(guarded_dashboard)
        expect(page.get_by_role("main")).to_be_visible()
        assert "token" not in page.url
        page.get_by_role("link", name=Words("en")("page.compare")).click()
        expect(page.get_by_role("main")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_the_menu_is_one_row_in_which_every_page_comes_into_sight(
    visit: Visit, language: str
):
    visit.page.set_viewport_size(SIZES["phone"])
    for page in PAGES:
        shown = opened(visit, page.path, f"lang={language}")
        until(shown, f"{IN_SIGHT}('header nav a.on')")

    assert shown.evaluate(ROWS) == 1
    for link in shown.locator("header nav a").all():
        link.focus()
        until(shown, f"{IN_SIGHT}('header nav a:focus')")


def test_the_menu_follows_from_page_to_page(visit: Visit):
    visit.page.set_viewport_size(SIZES["phone"])
    shown = opened(visit, PAGES[0].path, "lang=en")

    shown.locator("header nav a").last.click()

    until(shown, f"{IN_SIGHT}('header nav a:last-child.on')")


def test_a_page_that_is_left_is_not_drawn_again(visit: Visit):
    visit.show("/?lang=en", charts=1)
    until(visit.page, f"{EVERY_CHART}.every(place => place.querySelector('.main-svg'))")
    drawn: list[str] = []
    visit.page.on("request", lambda request: drawn.append(request.post_data or ""))
    visit.page.get_by_role("navigation").get_by_role("link", name="Compare").click()
    until(visit.page, "document.querySelector('#findings li') !== null")
    until(visit.page, "document.querySelectorAll('.chart-body:has(.main-svg)').length >= 3")

    assert any("over_time" in asked for asked in drawn)
    assert not any("claim_h" in asked for asked in drawn)


def test_charts_in_the_window_come_first_and_each_is_asked_for_once(visit: Visit):
    asked: list[str] = []

    def note(request: Request) -> None:
        if "chart-body" in (request.post_data or ""):
            asked.append(json.loads(request.post_data)["outputs"][0]["id"]["chart"])

    visit.page.on("request", note)
    visit.page.set_viewport_size({"width": 1280, "height": 2000})
    shown = opened(visit, "/", "lang=en")
    seen = shown.evaluate(SEEN)

    assert 0 < len(seen) < len(asked)
    assert set(seen) <= set(asked[: len(seen) + 1])  # charts grow as they are drawn
    assert len(asked) == len(set(asked))

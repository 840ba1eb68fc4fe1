"""The page of single members in a real browser: a story comes, can be read, and is linked to."""

import pytest
from playwright.sync_api import expect

from tests.browser.audits import serious
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

LOOKS = [
    ("desktop", "en", "light", "reseller", "2", "Reseller 2"),
    ("phone", "zh", "dark", "partner", "1", "合作伙伴 1"),
]
SECONDS = 120_000  # milliseconds; the first story loads every kernel


@pytest.mark.parametrize(
    ("visit", "language", "theme", "kind", "who", "title"), LOOKS, indirect=["visit"]
)
def test_a_story_is_told_in_every_look(visit: Visit, language, theme, kind, who, title):
    page = visit.show(f"/agents?lang={language}&theme={theme}&kind={kind}&who={who}", charts=0).page

    expect(page.get_by_role("heading", name=title, level=2)).to_be_visible(timeout=SECONDS)
    assert page.locator(".timeline li").count() >= 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert serious(page) == []
    assert visit.complaints == []
    assert visit.hosts == {visit.address.removeprefix("http://")}


def test_another_member_can_be_followed_by_keyboard(visit: Visit):
    page = visit.show("/agents?lang=en&kind=reseller", charts=0).page
    expect(page.get_by_role("heading", name="Reseller 1")).to_be_visible(timeout=SECONDS)

    number = page.get_by_role("textbox", name="Number")
    number.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("heading", name="Reseller 2")).to_be_visible(timeout=SECONDS)
    visit.query("who=2")
    page.get_by_role("radiogroup", name="Follow a").get_by_text("Branch").click()
    expect(page.get_by_role("heading", name="Branch: China Mobile, Beijing")).to_be_visible(
        timeout=SECONDS
    )
    assert visit.complaints == []

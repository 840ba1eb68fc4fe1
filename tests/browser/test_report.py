"""A report opens from the disk, draws everything, and asks nobody for anything."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sim.dashboard.report import report
from tests.browser.audits import serious
from tests.browser.synthetic import synthetic
from tests.browser.visits import SIZES, Visit, until

pytestmark = pytest.mark.browser

DRAWN = """[...document.querySelectorAll('.chart-body')]
  .every(place => place.querySelector('.main-svg'))"""


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("en", "light", "desktop"), ("zh", "dark", "phone")]
)
def test_a_report_needs_nothing_but_itself(
    chromium: Browser, tmp_path: Path, language, theme, size: str
):
    file = tmp_path / "report.html"
    about = {"code": "made up", "packages": {}, "machine": {}}
    file.write_text(report(synthetic(), about, language, theme), encoding="utf-8")
    asked: list[str] = []
    with chromium.new_context(viewport=SIZES[size], offline=True) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        visit = Visit(page, "")
        page.goto(file.as_uri())
        until(page, DRAWN)

        assert asked == [file.as_uri()]
        assert visit.complaints == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert serious(page) == []

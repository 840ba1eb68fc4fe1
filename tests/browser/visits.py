"""One page in the browser and what there is to hold against it."""

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.browser.audits import serious

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 812}}
PATIENCE = 30_000  # milliseconds; a build machine may be slow

expect.set_options(timeout=PATIENCE)


def until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until an expression is true; Playwright's own way needs `eval`, which pages forbid."""
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(expression, arg):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(20)


@dataclass
class Visit:
    """A page in the browser, with all that it complained about and all that it asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.netloc)

    def open(self, query: str = "") -> "Visit":
        """Open the page of compared scenarios and wait until every chart is drawn."""
        self.page.goto(f"{self.address}/compare{query}")
        until(self.page, "document.querySelectorAll('.main-svg').length >= 3")
        self.page.wait_for_selector(".explained", state="attached")
        return self

    def show(self, path: str, charts: int) -> "Visit":
        """Open any page by its path and query, and wait until so many charts are drawn."""
        self.page.goto(f"{self.address}{path}")
        drawn = "count => document.querySelectorAll('.chart-body:has(.main-svg)').length >= count"
        until(self.page, drawn, charts)
        return self

    def query(self, expected: str) -> None:
        """Wait until the address says what is expected."""
        until(self.page, "part => location.search.includes(part)", expected)

    def serious(self) -> list[str]:
        """Return what axe finds that keeps people out, or nearly."""
        return serious(self.page)

"""Chromium, a served dashboard, and pages that keep a record of what went wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.synthetic import (
    SCRIPT,
    synthetic,
    write_comparison,
    write_records,
    write_short_run,
    write_thin_study,
)
from tests.browser.visits import SIZES, Visit

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_SERVE = "import sys; from pathlib import Path; from sim.dashboard.app import serve; "
_SERVE += "serve(Path(sys.argv[1]), sys.argv[2], port=0)"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return Chromium; on a build machine it must be there."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"there is no Chromium at {CHROMIUM}; set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def _served(results: Path, host: str = "127.0.0.1") -> Iterator[str]:
    command = [sys.executable, "-c", _SERVE, str(results), host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address.startswith("http://"), "the dashboard did not start"
        yield address
        server.terminate()


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a dashboard with a run and two comparisons, one with intervals."""
    results = tmp_path_factory.mktemp("results")
    write_comparison(results, "0001aaaa", seeds=1)
    write_comparison(results)
    write_records(results)
    write_short_run(results)
    yield from _served(results)


@pytest.fixture(scope="session")
def studied_dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a dashboard with a run and a study that stored few tables."""
    results = tmp_path_factory.mktemp("studied")
    write_short_run(results)
    write_thin_study(results)
    yield from _served(results)


@pytest.fixture(scope="session")
def empty_dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a dashboard without results."""
    yield from _served(tmp_path_factory.mktemp("nothing"))


@pytest.fixture(scope="session")
def scripted_dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a dashboard whose scenarios have scripts for titles."""
    results = tmp_path_factory.mktemp("scripts")
    about = {"title": SCRIPT, "title_zh": SCRIPT}
    plain = synthetic()
    titled = {name: content | {"about": about} for name, content in plain.definitions.items()}
    replace(plain, definitions=titled).save(results)
    yield from _served(results)


@pytest.fixture(scope="session")
def guarded_dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address, with its token, of a dashboard that others could reach."""
    for address in _served(tmp_path_factory.mktemp("guarded"), host="0.0.0.0"):  # noqa: S104
        port = address.rpartition(":")[2]
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """Return one window for all visits, so that scripts are fetched once."""
    with chromium.new_context(reduced_motion="reduce") as context:
        yield context


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, window: BrowserContext, dashboard: str
) -> Iterator[Visit]:
    """Return a page of the size that the test asks for, else a desktop's; nothing is remembered."""
    page = window.new_page()
    page.set_viewport_size(SIZES[getattr(request, "param", "desktop")])
    yield Visit(page, dashboard)
    page.evaluate("localStorage.clear()")
    page.close()

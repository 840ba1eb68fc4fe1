"""The page of studies: what is begun here lives by itself, and is seen from everywhere."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sim.simulate import warm_up
from sim.studies.presence import drivers
from sim.studies.study import open_study

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # milliseconds: a study of real runs starts in seconds, on a busy machine later


class Server:
    """A dashboard that can be killed."""

    def __init__(self, results: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sim.cli", "dashboard", str(results), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Return what starts a dashboard over `tmp_path`; all that it started ends with the test."""
    started: list[Server] = []

    def begin() -> Server:
        started.append(Server(tmp_path))
        return started[-1]

    yield begin
    for server in started:
        server.kill()
    for folder in tmp_path.glob("studies/*"):
        for process in drivers(folder):
            os.kill(process, signal.SIGKILL)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield page
        expect.set_options(timeout=None)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE / 1_000
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def family(process: int) -> set[int]:
    """Return a process and all below it."""
    below: set[int] = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if int(fields["PPid"]) == process:
            below |= family(int(fields["Pid"]))
    return {process, *below}


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")")[-1].split()[0]


def test_a_study_begun_here_outlives_the_page_and_the_server_and_can_be_stopped(
    page: Page, serve: Callable[[], Server], tmp_path: Path
) -> None:
    warm_up()  # or the study would compile first, for a minute
    server = serve()
    page.goto(f"{server.address}/studies?lang=en")
    page.get_by_role("textbox", name="Scenarios").click()
    page.get_by_role("option", name="Price war", exact=True).click()
    page.get_by_role("textbox", name="Seeds").fill("5000")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("“price_war_5000” has been started.")).to_be_visible()
    folder = tmp_path / "studies" / "price_war_5000"
    until(lambda: bool(drivers(folder)))
    page.reload()
    expect(page.locator(".study .state")).to_have_text("running")

    server.kill()
    assert drivers(folder)
    page.goto(f"{serve().address}/studies?lang=en")
    # Runs end and are seen, though this server did not begin them.
    expect(page.locator(".study-counts")).to_contain_text("runs/s", timeout=2 * PATIENCE)

    processes = family(drivers(folder)[0])
    assert len(processes) > 1
    page.get_by_role("button", name="Stop “price_war_5000”").click()
    expect(page.locator(".study .state")).to_have_text("stopped")
    until(lambda: not any(alive(process) for process in processes))
    assert 0 < open_study(folder).status()["done"] < 5000


def test_what_cannot_be_done_is_told(
    page: Page, serve: Callable[[], Server], tmp_path: Path
) -> None:
    page.goto(f"{serve().address}/studies?lang=zh")
    expect(page.get_by_text("这里还没有研究")).to_be_visible()

    page.get_by_role("button", name="开始").click()

    expect(page.get_by_text("无法执行")).to_be_visible()
    assert list(tmp_path.iterdir()) == []

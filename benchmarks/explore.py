"""How quickly the live market answers: one reader in a browser, and twenty at once.

`python -m benchmarks.explore slider` moves a lever a hundred times in Chromium and prints how long
it takes from the key to the redrawn chart; with `--turns` two levers move in turn, so that no move
tells the next. `python -m benchmarks.explore readers` lets HTTP clients make a move a second each
and prints how long they wait, and the memory of all processes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SERVE = "import sys; from pathlib import Path; from sim.dashboard.app import serve; "
SERVE += "serve(Path(sys.argv[1]), port=0)"
MEGABYTE = 2**20
STEPS = 19  # of the lever from one end of its range to the other
BACK = 16  # moves after which the companion turns back, before the end of its range

# Times from a key to the first frame after the chart holds other numbers.
WATCH = """
() => {
  const chart = document.querySelector("#live-graph .js-plotly-plot");
  const numbers = () => JSON.stringify(chart.data.map((trace) => trace.y));
  let pressed = 0;
  let drawn = numbers();
  window.moves = [];
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  chart.on("plotly_afterplot", () => {
    const now = numbers();
    if (!pressed || now === drawn) return;
    drawn = now;
    const began = pressed;
    pressed = 0;
    requestAnimationFrame(() => window.moves.push(performance.now() - began));
  });
}
"""


@contextmanager
def served(results: Path | None = None) -> Iterator[tuple[str, int]]:
    """Serve a results folder, an empty one unless given; address and process id."""
    with (
        tempfile.TemporaryDirectory() as empty,
        subprocess.Popen(
            [sys.executable, "-c", SERVE, str(results or empty)],
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
    ):
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), server.pid
        finally:
            server.terminate()


@contextmanager
def visited(results: Path | None = None) -> Iterator[tuple[str, Page]]:
    """Serve a results folder and open a browser; address and an empty page."""
    from playwright.sync_api import sync_playwright

    with served(results) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield address, browser.new_page(viewport={"width": 1440, "height": 900})
        browser.close()


def slider(moves: int, companion: str, *, turns: bool) -> list[float]:
    """Return the seconds from each key to the redrawn chart.

    companion : the lever that goes along at each turn, or at every other move, so that
        no market is asked for twice
    """
    with visited() as (address, page):
        page.goto(f"{address}/explore?lang=en&preset=price_war&view=expert")
        page.wait_for_selector("#live-graph .scatterlayer .trace", timeout=120_000)
        page.wait_for_timeout(3_000)
        page.evaluate(WATCH)
        for theme in page.locator(".theme:not([open]) > summary").all()[::-1]:
            theme.click()  # the last first: the others stay where they are
        lever = page.get_by_role("slider", name="Undercutting a month")
        other = page.get_by_role("slider", name=companion)
        lever.press("Home")
        page.wait_for_function("() => window.moves.length")
        for move in range(moves):
            way, step = divmod(move, STEPS + 1)
            if step == STEPS or (turns and move % 2):
                other.press("ArrowLeft" if move // BACK % 2 else "ArrowRight")
            else:
                lever.press("ArrowLeft" if way % 2 else "ArrowRight")
            page.wait_for_function("count => window.moves.length > count", arg=move + 1)
            page.wait_for_timeout(150)
        taken: list[float] = page.evaluate("() => window.moves.slice(1)")
    return [one / 1000 for one in taken]


def readers(count: int, seconds: int) -> tuple[list[float], int, list[float], float]:
    """Return what each move took, how many failed, the memory by the second, in megabytes.

    The last number is the processor's seconds for a move in all processes: what it costs whatever
    else the machine does.
    """
    with served() as (address, server):
        # All processes begin, and have their pasts, before anything is measured.
        with ThreadPoolExecutor() as pool:
            for turn in range(2):
                said = [{"preset": "price_war", "cut": f"0.0{n}1{turn}"} for n in range(1, 9)]
                list(pool.map(lambda one: _move(address, one["cut"], 0, one), said))
        before = _processor(server)
        taken: list[float] = []
        failed = [0]
        end = time.monotonic() + seconds

        def reads(number: int) -> None:
            turn = 0
            time.sleep(number / count)
            while time.monotonic() < end:
                turn += 1
                began = time.monotonic()
                # No market is asked for twice.
                cut = 0.005 + 0.095 * ((number * seconds + turn) % 997) / 997
                said = {"preset": "price_war", "cut": f"{cut:.6f}", "lang": "en"}
                if _move(address, f"reader{number}", turn, said):
                    taken.append(time.monotonic() - began)
                else:
                    failed[0] += 1
                time.sleep(max(0.0, began + 1.0 - time.monotonic()))

        threads = [threading.Thread(target=reads, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        memory = []
        while any(thread.is_alive() for thread in threads):
            memory.append(_memory(server))
            time.sleep(1.0)
        return taken, failed[0], memory, (_processor(server) - before) / max(len(taken), 1)


def _move(address: str, reader: str, turn: int, said: Any) -> bool:
    question = json.dumps({"turn": turn, "said": said, "reader": reader})
    answer = json.loads(_ask(address, "POST", "/explore/answer", question))
    return answer["turn"] == turn and "figure" in answer


def _ask(address: str, method: str, path: str, body: str | None = None) -> bytes:
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    line.request(method, path, body, {"Content-Type": "application/json"})
    answer = line.getresponse()
    text = answer.read()
    line.close()
    if answer.status != http.client.OK:
        raise SystemExit(f"{path}: {answer.status} {text[:200]!r}")
    return text


def _memory(top: int) -> float:
    """Return the resident memory of a process and all that it started, shared pages once each."""
    processes = [top, *_children(top)]
    return sum(_proportional(process) for process in processes) / MEGABYTE


def _processor(top: int) -> float:
    """Return the processor's seconds of a process and all that it started."""
    ticks = 0
    for process in [top, *_children(top)]:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
        ticks += sum(int(word) for word in text.rpartition(")")[2].split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(parent: int) -> list[int]:
    try:
        threads = Path(f"/proc/{parent}/task").iterdir()
        text = " ".join((one / "children").read_text(encoding="ascii") for one in threads)
    except OSError:
        return []
    found = [int(word) for word in text.split()]
    return [*found, *(below for child in found for below in _children(child))]


def _proportional(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return (
        next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024
    )


def summary(taken: Sequence[float]) -> str:
    """Return median, 95th percentile and maximum."""
    ordered = sorted(taken)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    middle = ordered[len(ordered) // 2]
    return (
        f"{len(ordered)} moves: median {middle * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, "
        f"max {ordered[-1] * 1000:.0f} ms"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("slider", "readers"))
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--companion", default="Control over branches", help="or 'Cost of a line'")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=30)
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    if asked.what == "slider":
        print(summary(slider(asked.moves, asked.companion, turns=asked.turns)))
        return
    taken, failed, memory, cost = readers(asked.readers, asked.seconds)
    print(f"{summary(taken)}; {cost * 1000:.0f} ms of a processor each")
    print(f"{failed} without an answer; memory {memory[0]:.0f} to {max(memory):.0f} MB")


if __name__ == "__main__":
    main()

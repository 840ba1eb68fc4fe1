"""How quickly pages come: the first one, one after the other, and a stored study.

`python -m benchmarks.pages RESULTS --study NAME` serves a results folder and prints, from a real
Chromium, the seconds until a page is there with every chart that the window shows: loaded for the
first time, reached by the menu from another page, and Compare opened on a study that nobody has
read yet. For pages reached by the menu the browser itself takes the time, from the click to the
first frame that has it all, and also until the charts below the window are drawn.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.explore import visited

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 120_000  # milliseconds
LOOK = 5_000  # milliseconds that a reader looks at the first page
# Whether the page at an address is there: its link is marked, and what is in the window, or
# anywhere, is drawn and not on its way.
THERE = """
([path, isAll]) => {
  const here = document.querySelector("nav a.on");
  const seen = (one) => isAll || one.getBoundingClientRect().top < innerHeight;
  const parts = (kind) => [...document.querySelectorAll(kind)].filter((one) => one.offsetParent);
  return location.pathname === path && here?.getAttribute("href") === path &&
    document.querySelector("h1") && document.querySelector("#live-status")?.textContent !== "" &&
    !parts("[data-dash-is-loading]").some(seen) &&
    parts(".chart-body").filter(seen).every((one) => one.querySelector(".main-svg"));
}
"""

# Waits for the next click; says when the window, and when the whole page, was drawn after it.
TIMED = f"""
path => {{
  const isThere = {THERE.strip()};
  window.shown = window.drawn = null;
  const clicked = () => {{
    const begun = performance.now();
    const look = () => {{
      const now = (performance.now() - begun) / 1000;
      if (window.shown === null && isThere([path, false])) window.shown = now;
      if (isThere([path, true])) window.drawn = now;
      else requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
  }};
  document.addEventListener("click", clicked, {{ capture: true, once: true }});
}}
"""


def there(page: Page, path: str, begun: float) -> float:
    """Wait until the window is drawn; return the seconds since `begun`."""
    page.wait_for_function(THERE, arg=[path, False], timeout=PATIENCE)
    return time.monotonic() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--study", help="a whole study of the folder, by its name")
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with visited(asked.results) as (address, page):
        begun = time.monotonic()
        page.goto(f"{address}/?lang=en")
        print(f"first load {there(page, '/', begun):.2f} s")
        page.wait_for_timeout(LOOK)
        links = page.locator("nav a")
        paths = [links.nth(place).get_attribute("href") or "/" for place in range(links.count())]
        for turn in ("first", "again"):
            for path in [*paths[1:], paths[0]]:
                page.evaluate(TIMED, path)
                page.locator(f'nav a[href="{path}"]').click()
                page.wait_for_function("() => window.drawn !== null", timeout=PATIENCE)
                shown, drawn = page.evaluate("[window.shown, window.drawn]")
                print(f"{turn:5s} {path:9s} {shown:.2f} s, whole {drawn:.2f} s")
                page.wait_for_timeout(1_000)
    if asked.study is None:
        return
    with visited(asked.results) as (address, page):
        page.goto(f"{address}/studies?lang=en")
        there(page, "/studies", 0.0)
        for turn in ("first", "again"):
            begun = time.monotonic()
            page.goto(f"{address}/compare?lang=en&comparison={asked.study}")
            print(f"study {asked.study}, {turn}: {there(page, '/compare', begun):.2f} s")


if __name__ == "__main__":
    main()

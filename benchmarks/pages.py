"""How quickly pages come: the first one, one after the other, and a stored study.

`python -m benchmarks.pages RESULTS --study NAME` serves a results folder and prints, from a real
Chromium, the seconds until a page is there with every chart drawn: loaded for the first time,
reached by the menu from another page, and Compare opened on a study that nobody has read yet.
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
# Whether the page at an address is whole: its link is marked, nothing loads, all is drawn.
WHOLE = """
(path) => {
  const here = document.querySelector("nav a.on");
  const bodies = [...document.querySelectorAll(".chart-body")].filter((one) => one.offsetParent);
  return location.pathname === path && here?.getAttribute("href") === path &&
    document.querySelector("h1") && !document.querySelector("[data-dash-is-loading]") &&
    bodies.every((one) => one.querySelector(".main-svg"));
}
"""


def whole(page: Page, path: str) -> float:
    """Wait until a page is whole; return the seconds from now."""
    begun = time.monotonic()
    page.wait_for_function(WHOLE, arg=path, timeout=PATIENCE)
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
        whole(page, "/")
        print(f"first load {time.monotonic() - begun:.2f} s")
        links = page.locator("nav a")
        paths = [links.nth(place).get_attribute("href") or "/" for place in range(links.count())]
        for turn in ("first", "again"):
            for path in [*paths[1:], paths[0]]:
                page.locator(f'nav a[href="{path}"]').click()
                print(f"{turn:5s} {path:9s} {whole(page, path):.2f} s")
                page.wait_for_timeout(1_000)
    if asked.study is None:
        return
    with visited(asked.results) as (address, page):
        page.goto(f"{address}/studies?lang=en")
        whole(page, "/studies")
        for turn in ("first", "again"):
            begun = time.monotonic()
            page.goto(f"{address}/compare?lang=en&comparison={asked.study}")
            whole(page, "/compare")
            print(f"study {asked.study}, {turn}: {time.monotonic() - begun:.2f} s")


if __name__ == "__main__":
    main()

"""How headline results move as the market gets finer: writes the table in docs/performance.md.

`python -m benchmarks.resolution` runs the price war and service cooperation under the same seeds at
each resolution, and sets each market-wide result beside that of the finest.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sim.core.kernels import set_threads
from sim.scenario.load import from_json, load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.start import fixed_parts
from sim.simulate import run_together, warm_up
from sim.studies.facts import MARKET, last_year

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- resolution: begin -->", "<!-- resolution: end -->"
SCENARIOS = ("price_war", "service_cooperation")
SHOWN = {
    "data_revenue": "data revenue, bn yuan",
    "backward_revenue": "backward revenue, bn yuan",
    "profit": "profit, bn yuan",
    "yuan_per_gb": "yuan/GB",
    "leak_volume": "leaked, m GB",
    "leak_price": "leak price, yuan/GB",
}


class Resolution(NamedTuple):
    """How finely users are told apart: places, income tiers, usage tiers, lifestyles."""

    places: int
    incomes: int
    tiers: int
    styles: int


FILES = {4: "regions.csv", 31: "provinces.csv"}
RESOLUTIONS = (
    Resolution(4, 1, 3, 2), Resolution(4, 2, 3, 2), Resolution(31, 2, 1, 2),
    Resolution(31, 1, 2, 1), Resolution(31, 1, 3, 1), Resolution(31, 1, 2, 2),
    Resolution(31, 1, 3, 2), Resolution(31, 2, 3, 2), Resolution(31, 2, 6, 2),
    Resolution(31, 2, 12, 2), Resolution(31, 2, 24, 2), Resolution(31, 4, 12, 2),
)  # fmt: skip


def refined(name: str, wanted: Resolution) -> Scenario:
    """Return a scenario at a resolution.

    Incomes are spread evenly over the range that the shipped tiers span, so that their mean and
    that of the use they bring stay; one lifestyle does what people do on average.
    """
    places = {"data.provinces": FILES[wanted.places]}
    content = json.loads(load_scenario(name, places).canonical_json())
    people = content["population"]
    people["usage_tiers"] = wanted.tiers
    people["merge_incomes"] = wanted.incomes == 1
    if wanted.incomes > 1:
        people["income_tiers"] = _incomes(people["income_tiers"], wanted.incomes)
    if wanted.styles == 1:
        people["lifestyles"] = {"average": _mean(list(people["lifestyles"].values()))}
    return from_json(json.dumps(content))


def _incomes(tiers: dict[str, Any], count: int) -> dict[str, Any]:
    """Return so many income tiers of equal size; the mean and the variance are kept but for one."""
    mean = {k: sum(t["share"] * t[k] for t in tiers.values()) for k in ("income", "usage")}
    if count == len(tiers):
        return tiers
    spread = {
        k: sum(t["share"] * (t[k] - mean[k]) ** 2 for t in tiers.values()) ** 0.5 for k in mean
    }
    low = min(tiers.values(), key=lambda tier: tier["income"])
    signs = {k: 1.0 if low[k] < mean[k] else -1.0 for k in mean}
    places = [(2 * n + 1) / count - 1 for n in range(count)]
    size = (sum(place * place for place in places) / count) ** 0.5
    return {
        f"tier_{n + 1}": {
            "share": 1 / count,
            **{k: mean[k] + signs[k] * spread[k] * place / size for k in mean},
        }
        for n, place in enumerate(places)
    }


def _mean(styles: list[dict[str, Any]]) -> dict[str, Any]:
    categories = styles[0]["mix"]
    whole = styles[0] | {
        "share": 1.0,
        "roaming": sum(style["share"] * style["roaming"] for style in styles),
        "mix": {c: sum(style["share"] * style["mix"][c] for style in styles) for c in categories},
    }
    rest = 1.0 - sum(whole["mix"].values())
    whole["mix"] |= {"video": whole["mix"]["video"] + rest}  # shares that were rounded sum to one
    return whole


def measure(wanted: Resolution, seeds: int) -> tuple[int, pd.DataFrame]:
    """Return the segments at a resolution and mean results: metric × scenario."""
    scenarios = [refined(name, wanted) for name in SCENARIOS]
    found = [
        last_year(result)
        for seed in range(seeds)
        for result in run_together(scenarios, seed, "expected")
    ]
    rows = pd.concat(found, ignore_index=True)
    rows = rows[(rows["carrier"] == MARKET) & rows["name"].isin([*SHOWN, "consumer_surplus"])]
    means = rows.groupby(["name", "scenario"])["value"].mean().unstack()
    return len(fixed_parts(scenarios[0]).segments.theta), means


def scale_of(head: str) -> float:
    """Return what a column's numbers are divided by."""
    return 1e9 if ", bn " in head else 1e6 if ", m " in head else 1.0


def table(found: Sequence[tuple[Resolution, int, pd.DataFrame]]) -> str:
    """Return a Markdown table: a row a resolution."""
    war, peace = SCENARIOS
    head = ["places × incomes × usage tiers × lifestyles", "segments", *SHOWN.values()]
    head += ["cooperation − war: profit", "consumer surplus, bn yuan"]
    lines = [f"| {' | '.join(head)} |", f"|---{'|---:' * (len(head) - 1)}|"]
    for size, segments, means in found:
        cells = [" × ".join(map(str, size)), f"{segments:,}"]
        cells += [f"{means.loc[n, war] / scale_of(title):.3f}" for n, title in SHOWN.items()]
        for name in ("profit", "consumer_surplus"):
            change = means.loc[name, peace] - means.loc[name, war]
            cells.append(f"{change / 1e9:.3f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    set_threads(1)
    warm_up()
    found = [(size, *measure(size, asked.seeds)) for size in RESOLUTIONS]
    page = DOCS / "performance.md"
    over = "one seed" if asked.seeds == 1 else f"means over {asked.seeds} seeds"
    head = f"The price war in 2021, the whole market; {over}."
    text = f"{BEGIN}\n{head}\n\n{table(found)}\n{END}"
    before = page.read_text("utf-8")
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: text, before, flags=re.DOTALL), "utf-8")
    print(table(found))


if __name__ == "__main__":
    main()

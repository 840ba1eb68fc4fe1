"""How cost grows with users, months, segments and partners: writes docs/performance.md's numbers.

`python -m benchmarks.scaling` measures on one thread, replaces the table between the markers in
docs/performance.md and draws docs/images/scaling.svg.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.core.kernels import set_threads
from sim.scenario.load import load_scenario
from sim.simulate import run, warm_up
from sim.studies.bench import SCENARIO, best_of

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- scaling: begin -->", "<!-- scaling: end -->"
PANEL, GAP, MARGIN = 210, 40, 46  # of the chart, pixels
INK, LINE = "#333", "#1f6fb2"


class Series(NamedTuple):
    """Seconds of a run as one thing grows."""

    what: str
    fidelity: str
    points: tuple[tuple[int, float], ...]  # (size, seconds)


def seconds(fidelity: str, **changes: object) -> float:
    """Return the seconds of the faster of two runs of the price war."""
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    scenario = load_scenario(SCENARIO, {"months": 12} | changed)
    return best_of(2, lambda: run(scenario, fidelity=fidelity))


def segments_of(tiers: int) -> int:
    """Return how many segments the price war has at a number of usage tiers."""
    from sim.scenario.start import fixed_parts

    scenario = load_scenario(SCENARIO, {"population.usage_tiers": tiers})
    return len(fixed_parts(scenario).segments.theta)


def measure(users: Sequence[int]) -> list[Series]:
    """Return how the cost of a run grows in each direction, the others as shipped."""
    return [
        Series(
            "users",
            "individual",
            tuple((n, seconds("individual", population__users=n)) for n in users),
        ),
        Series(
            "months", "expected", tuple((24 + n, seconds("expected", months=n)) for n in MONTHS)
        ),
        Series(
            "segments",
            "expected",
            tuple((segments_of(n), seconds("expected", population__usage_tiers=n)) for n in TIERS),
        ),
        Series(
            "partners",
            "expected",
            tuple((n, seconds("expected", sponsorship__partners=n)) for n in PARTNERS),
        ),
    ]


MONTHS = (1, 12, 36, 96)
TIERS = (1, 2, 4, 8)
PARTNERS = (200, 2_000, 20_000, 200_000)


def table(found: Sequence[Series]) -> str:
    """Return a Markdown table: a row a point."""
    lines = ["| what grows | fidelity | size | seconds a run |", "|---|---|---:|---:|"]
    lines += [
        f"| {each.what} | {each.fidelity} | {size:,} | {taken:.2f} |"
        for each in found
        for size, taken in each.points
    ]
    return "\n".join(lines)


def chart(found: Sequence[Series]) -> str:
    """Return an SVG with a panel a series; both axes are logarithmic and alike in seconds."""
    taken = [seconds for each in found for _, seconds in each.points]
    low, high = math.floor(math.log10(min(taken))), math.ceil(math.log10(max(taken)))
    width = MARGIN + len(found) * (PANEL + GAP)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{PANEL + 2 * MARGIN}" '
            'font-family="sans-serif" font-size="11" role="img">'
        ),
        "<title>Seconds of a run as users, months, segments and partners grow</title>",
        f'<rect width="{width}" height="{PANEL + 2 * MARGIN}" fill="white"/>',
    ]
    for k, each in enumerate(found):
        parts += _panel(each, MARGIN + k * (PANEL + GAP), (low, high))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(series: Series, left: int, decades: tuple[int, int]) -> list[str]:
    """Return the marks of one panel whose left edge is given."""
    low, high = decades
    bottom = MARGIN + PANEL
    sizes = [math.log10(size) for size, _ in series.points]
    span = sizes[-1] - sizes[0]

    def x(size: int) -> float:
        return left + 12 + (math.log10(size) - sizes[0]) / span * (PANEL - 24)

    def y(taken: float) -> float:
        return bottom - (math.log10(taken) - low) / (high - low) * PANEL

    parts = [
        (
            f'<text x="{left}" y="{MARGIN - 14}" fill="{INK}" font-weight="bold">'
            f"{series.what} ({series.fidelity})</text>"
        )
    ]
    for decade in range(low, high + 1):
        level = y(10.0**decade)
        parts += [
            (
                f'<line x1="{left}" x2="{left + PANEL}" y1="{level:.1f}" y2="{level:.1f}" '
                'stroke="#ddd"/>'
            ),
            (
                f'<text x="{left - 5}" y="{level + 4:.1f}" text-anchor="end" fill="{INK}">'
                f"{10.0**decade:g} s</text>"
            ),
        ]
    line = " ".join(f"{x(size):.1f},{y(taken):.1f}" for size, taken in series.points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for size, taken in series.points:
        parts += [
            f'<circle cx="{x(size):.1f}" cy="{y(taken):.1f}" r="3" fill="{LINE}"/>',
            (
                f'<text x="{x(size):.1f}" y="{bottom + 16}" text-anchor="middle" fill="{INK}">'
                f"{size:,}</text>"
            ),
        ]
    return parts


def main() -> None:
    """Measure, and write the table and the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--users", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000]
    )
    parser.add_argument("--machine", default="2 shared cores")
    asked = parser.parse_args()
    set_threads(1)
    warm_up()
    found = measure(asked.users)
    page = DOCS / "performance.md"
    today = dt.datetime.now(dt.UTC).date()
    head = f"Measured on {today} on {asked.machine}, one thread, whole runs; where nothing else is"
    text = f"{BEGIN}\n{head} said, 36 months.\n\n{table(found)}\n{END}"
    before = page.read_text("utf-8")
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: text, before, flags=re.DOTALL), "utf-8")
    (DOCS / "images" / "scaling.svg").write_text(chart(found), "utf-8")
    print(table(found))


if __name__ == "__main__":
    main()

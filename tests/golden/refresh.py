"""Freeze the yearly metrics of small runs: `python -m tests.golden.refresh`."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from sim.metrics import Tables, metrics, yearly
from tests.golden.runs import FIDELITY, MONTHS, SEED, USAGE_TIERS, shipped_runs

FILE = Path(__file__).with_name("yearly.json")


@cache
def summary() -> dict[str, Any]:
    """Return scenario -> metric -> "year carrier" -> value; None where there is no value."""
    return {
        "fidelity": FIDELITY,
        "usage_tiers": USAGE_TIERS,
        "months": MONTHS,
        "seed": SEED,
        "yearly": {
            name: {metric: _values(run.tables, metric) for metric in metrics.names()}
            for name, run in shipped_runs().items()
        },
    }


def _values(tables: Tables, metric: str) -> dict[str, float | None]:
    frame = yearly(tables, metric)
    periods = zip(frame["year"], frame["carrier"], frame["value"], strict=True)
    return {
        f"{year} {carrier or 'market'}": None if math.isnan(value) else float(value)
        for year, carrier, value in periods
    }


def main() -> None:
    """Write what the market gives now over what was frozen."""
    FILE.write_text(json.dumps(summary(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

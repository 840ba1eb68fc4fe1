"""The metrics of one run as rows that can be laid beside those of other runs."""

from math import isfinite

import pandas as pd

from sim.core.calendar import month_label, year_of
from sim.core.units import MONTHS_PER_YEAR
from sim.metrics import metrics
from sim.scenario.schema import Scenario
from sim.simulate import RunResult

MARKET = ""  # the market's carrier while rows are matched: None matches nothing
CHANGES_ONLY = ("consumer_surplus",)  # a level of utility means nothing, a change does


def last_year(result: RunResult) -> pd.DataFrame:
    """Return every metric over the last calendar year: scenario, name, carrier, value.

    Stocks are those of December, or of the last month of a year that is cut short.
    """
    rows = result.measured.by("year")
    last = rows["year"] == year_of(result.scenario.end_month - 1)
    return _named(rows[last].drop(columns="year"), result)


def _named(rows: pd.DataFrame, result: RunResult) -> pd.DataFrame:
    carrier = rows["carrier"].astype(object).fillna(MARKET)
    return rows.assign(scenario=result.scenario.name, carrier=carrier)


def period(scenario: Scenario) -> str:
    """Return the last calendar year, as first and last month where it is cut short."""
    last = scenario.end_month - 1
    if (last + 1) % MONTHS_PER_YEAR == 0:
        return str(year_of(last))
    return f"{year_of(last)}-01/{month_label(last)}"


def last_year_values(result: RunResult) -> list[dict[str, str | float | None]]:
    """Return what one run says by itself of its last year: name, unit, carrier, period, value.

    The carrier is None for the market, the value None where it is undefined.
    """
    rows = last_year(result)
    rows = rows[~rows["name"].isin(CHANGES_ONLY)]
    columns = zip(rows["name"], rows["carrier"], rows["value"].tolist(), strict=True)
    return [
        {
            "name": name,
            "unit": metrics.get(name).unit,
            "carrier": None if carrier == MARKET else carrier,
            "period": period(result.scenario),
            "value": value if isfinite(value) else None,
        }
        for name, carrier, value in columns
    ]

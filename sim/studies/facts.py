"""The metrics of one run as rows that can be laid beside those of other runs."""

from dataclasses import dataclass
from math import isfinite
from typing import Self

import pandas as pd

from sim.core.calendar import month_label, year_of
from sim.core.errors import RequestError, did_you_mean
from sim.core.units import MONTHS_PER_YEAR
from sim.market.names import CARRIERS
from sim.metrics import metrics
from sim.scenario.schema import Scenario
from sim.simulate import RunResult

MARKET = ""  # the market's carrier while rows are matched: None matches nothing
CHANGES_ONLY = ("consumer_surplus",)  # a level of utility means nothing, a change does


@dataclass(frozen=True)
class Output:
    """A result: a metric, of a carrier or of the market."""

    metric: str
    carrier: str | None = None  # None for the market

    @classmethod
    def named(cls, text: str, *, level: bool = True) -> Self:
        """Return the output of a text such as "profit" or "subscriber_share:mobile".

        `level` says that its level is asked for, which means nothing for some.
        """
        name, colon, carrier = text.partition(":")
        if name not in metrics.names():
            raise RequestError(f"no metric '{name}'{did_you_mean(name, metrics.names())}")
        if level and name in CHANGES_ONLY:
            raise RequestError(f"the level of {name} means nothing, only changes of it do")
        if colon and carrier not in CARRIERS:
            raise RequestError(f"no carrier '{carrier}'{did_you_mean(carrier, CARRIERS)}")
        if colon and not metrics.get(name).by_carrier:
            raise RequestError(f"{name} is of the whole market; leave the carrier out")
        return cls(name, carrier if colon else None)

    @property
    def text(self) -> str:
        """Return the text that names it."""
        return self.metric if self.carrier is None else f"{self.metric}:{self.carrier}"


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

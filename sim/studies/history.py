"""How well the simulated past matches what was observed, and what of it was fed in."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import pandas as pd

from sim.core.calendar import year_of
from sim.scenario.paths import LAST_FED_YEAR, observed_prices
from sim.scenario.schema import Scenario
from sim.studies.facts import MARKET

type Role = Literal["fed in", "inverted", "result"]

SERIES = ("subscriber_share", "dou", "yuan_per_gb", "data_revenue", "traffic")
_BILLION = 1e9


class Datum(NamedTuple):
    """One observed value of a year, and how the simulation comes by its own."""

    name: str
    carrier: str  # MARKET for the market
    year: int
    observed: float
    role: Role


def observations(scenario: Scenario) -> list[Datum]:
    """Return what was observed in the years that the scenario replays.

    Every scenario replays the years before its branch; one in which all carriers go on with
    the historical conduct replays all its years.
    """
    rules = {carrier.strategy.name for carrier in scenario.carriers.values()}
    end = scenario.end_month if rules == {"historical"} else scenario.branch_month
    years = range(year_of(0), year_of(end - 1) + 1)
    return [datum for datum in _data(scenario) if datum.year in years]


def _data(scenario: Scenario) -> Iterator[Datum]:
    observed = scenario.observed
    branch_year = year_of(scenario.branch_month)
    for year in observed.lines["mobile"]:
        total = sum(series[year] for series in observed.lines.values())
        inverted = scenario.quality.invert and year < branch_year
        for carrier, series in observed.lines.items():
            share = series[year] / total
            yield Datum(
                "subscriber_share", carrier, year, share, "inverted" if inverted else "result"
            )
    for year, value in observed.dou.items():
        yield Datum("dou", MARKET, year, value, "result")
    for year, value in observed_prices(scenario).items():
        yield Datum("yuan_per_gb", MARKET, year, value, _price_role(scenario, year))
    for year, value in observed.data_revenue.items():
        yield Datum("data_revenue", MARKET, year, value * _BILLION, "result")
    for year, value in observed.traffic.items():
        yield Datum("traffic", MARKET, year, value * _BILLION, "result")


def _price_role(scenario: Scenario, year: int) -> Role:
    """Return whether the carriers followed the observed price in a year."""
    before = year < year_of(scenario.branch_month)
    rules = {c.past.name if before else c.strategy.name for c in scenario.carriers.values()}
    return "fed in" if rules == {"historical"} and year <= LAST_FED_YEAR else "result"


def gaps(history: pd.DataFrame) -> pd.DataFrame:
    """Return the stored history with the gap of simulated to observed, as a part of the observed.

    history : columns name, carrier, year, observed, mean, low, high, role, as in a comparison
    """
    observed = history["observed"]
    parts = {f"gap_{name}": history[name] / observed - 1.0 for name in ("mean", "low", "high")}
    return history.assign(**parts)

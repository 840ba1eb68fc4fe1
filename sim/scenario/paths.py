"""What the scenario takes as given, month by month: lines, devices, the bill without data."""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import FIRST_YEAR, month_index, year_of
from sim.core.elementary import exp, log, power
from sim.core.units import FEN_PER_YUAN, LINES_PER_MILLION, MONTHS_PER_YEAR
from sim.market.names import CARRIERS
from sim.mechanisms.diffusion import bass
from sim.scenario.schema import ByYear, Scenario

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# The last year whose price the historical conduct may follow: 2018 is kept to be predicted.
LAST_FED_YEAR = 2017


@dataclass(frozen=True)
class Paths:
    """Exogenous monthly series; rows are months from the first to the last of the scenario."""

    total_lines: Ints  # (months + 1,) lines at the end of the month before, row 0 = end of 2014
    observed_share: Floats  # (months + 1, carriers) likewise; nan where nothing was observed
    observed_price: Floats  # (months,) yuan/GB; nan after the last fed year
    overage: Ints  # (months,) fen/GB
    voice: Ints  # (months, carriers) fen a month: the bill without data
    data_lines: Floats  # (months,) share of lines that use data
    lte: Floats  # (months, carriers) share of lines on 4G
    usage: Floats  # (months,) level of use relative to the first month, net of 4G
    unit_cost: Floats  # (months + 1,) fen/GB; row 0 is the month before the first
    capacity_cost: Floats  # (months,) fen per GB of monthly capacity


def read_paths(scenario: Scenario) -> Paths:
    """Return the exogenous series of a scenario over all its months."""
    months = scenario.end_month
    network, observed = scenario.network, scenario.observed
    # Not Python's power: its bits vary between machines, with their library of mathematics.
    left = 1.0 - network.gb_cost_fall
    cheaper = [power(left, m / MONTHS_PER_YEAR) for m in range(-1, months)]
    lines = _line_ends(scenario, months)
    total = np.array([sum(row) for row in lines])
    ends = (max(observed.lines["mobile"]) - FIRST_YEAR + 1) * MONTHS_PER_YEAR
    share = np.array([[part / sum(row) for part in row] for row in lines])
    share[ends + 1 :] = np.nan
    overage = scenario.retail.overage
    return Paths(
        total_lines=np.floor(total + 0.5).astype(np.int64),
        observed_share=share,
        observed_price=_fed_price(scenario, months),
        overage=_fen([_in_year(overage, year_of(m)) for m in range(months)]),
        voice=np.stack([_fen(series) for series in _voice(scenario, months)], axis=1),
        data_lines=np.array(mid_years(scenario.population.data_lines, range(months))),
        lte=np.array([_lte(scenario, m) for m in range(months)]),
        usage=np.array(
            [exp(scenario.demand.usage_trend * m / MONTHS_PER_YEAR) for m in range(months)]
        ),
        unit_cost=np.array(cheaper) * network.gb_cost * FEN_PER_YUAN,
        capacity_cost=np.array(cheaper[1:]) * network.capacity_cost * FEN_PER_YUAN,
    )


def mid_year(series: ByYear, month: float) -> float:
    """Return a yearly mean's value in a month: see `mid_years`."""
    return mid_years(series, [month])[0]


def mid_years(series: ByYear, months: Iterable[float]) -> list[float]:
    """Return a yearly mean's values in months: log-linear between mid-years, level beyond.

    Months count from January 2015; their middles are meant.
    """
    years = sorted(series)
    values = [series[year] for year in years]
    logs = [log(value) if value > 0.0 else math.nan for value in values]
    found = []
    for month in months:
        position = FIRST_YEAR + (month + 0.5) / MONTHS_PER_YEAR - 0.5  # a year's mean stands at 0
        if position <= years[0] or position >= years[-1]:
            found.append(values[0 if position <= years[0] else -1])
            continue
        after = bisect_right(years, position)
        at = after - 1
        weight = (position - years[at]) / (years[after] - years[at])
        if min(values[at], values[after]) <= 0.0:  # nothing has no logarithm
            found.append((1 - weight) * values[at] + weight * values[after])
        else:
            found.append(exp((1 - weight) * logs[at] + weight * logs[after]))
    return found


def observed_prices(scenario: Scenario) -> ByYear:
    """Return the observed yuan per GB by year: data revenue over traffic."""
    observed = scenario.observed
    years = set(observed.data_revenue) & set(observed.traffic)
    return {year: observed.data_revenue[year] / observed.traffic[year] for year in sorted(years)}


def _fed_price(scenario: Scenario, months: int) -> Floats:
    """Return the price that the historical conduct follows: (months,) yuan/GB, then nan."""
    prices = {y: p for y, p in observed_prices(scenario).items() if y <= LAST_FED_YEAR}
    last, before = prices[LAST_FED_YEAR], prices[LAST_FED_YEAR - 1]
    prices[LAST_FED_YEAR + 1] = last * last / before  # the fall goes on to the year's end
    end = month_index(f"{LAST_FED_YEAR + 1}-01")
    fed = mid_years(prices, range(min(months, end)))
    return np.array(fed + [math.nan] * (months - len(fed)))


def _line_ends(scenario: Scenario, months: int) -> list[list[float]]:
    """Return lines by carrier at the end of every month, from the end of 2014."""
    observed, growth = scenario.observed.lines, scenario.population.growth_after
    last = max(observed["mobile"])

    def lines(carrier: str, month: int) -> float:
        year, part = divmod(month, MONTHS_PER_YEAR)
        year += FIRST_YEAR - 1
        if year >= last:
            beyond = (year - last) + part / MONTHS_PER_YEAR
            return observed[carrier][last] * power(1.0 + growth, beyond)
        weight = part / MONTHS_PER_YEAR
        return (1 - weight) * observed[carrier][year] + weight * observed[carrier][year + 1]

    return [
        [lines(carrier, month) * LINES_PER_MILLION for carrier in CARRIERS]
        for month in range(months + 1)
    ]


def _voice(scenario: Scenario, months: int) -> list[list[float]]:
    """Return each carrier's bill without data, yuan a month: ARPU less the data part.

    The industry's share of data in the bill holds for every carrier: nothing finer is known.
    """
    observed = scenario.observed
    rest = {}
    for year in observed.lines["mobile"]:
        bills = sum(observed.arpu[c][year] * _mean_lines(observed.lines[c], year) for c in CARRIERS)
        yearly = bills * MONTHS_PER_YEAR / 1_000  # million lines x yuan -> bn yuan
        rest[year] = 1.0 - observed.data_revenue[year] / yearly
    return [
        mid_years({year: observed.arpu[c][year] * rest[year] for year in rest}, range(months))
        for c in CARRIERS
    ]


def _mean_lines(series: ByYear, year: int) -> float:
    return (series.get(year - 1, series[year]) + series[year]) / 2


def _lte(scenario: Scenario, month: int) -> list[float]:
    """Return the share of each carrier's lines on 4G in the middle of a month."""
    return [
        spread.ceiling
        * bass(month + 0.5 - month_index(spread.launch), spread.innovation, spread.imitation)
        for spread in (scenario.carriers[c].lte for c in CARRIERS)
    ]


def _in_year(series: ByYear, year: int) -> float:
    """Return a tariff's value in a year; it stays in force until the next one named."""
    return series[max((y for y in series if y <= year), default=min(series))]


def _fen(series: list[float]) -> Ints:
    return np.array([math.floor(value * FEN_PER_YUAN + 0.5) for value in series], dtype=np.int64)

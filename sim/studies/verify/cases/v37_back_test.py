"""V37: what China's own figures say about use and price, by plain arithmetic."""

import csv
from collections.abc import Iterator
from itertools import pairwise
from math import exp, log
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.scenario.shipped import configs_folder
from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.ladder import rung
from sim.studies.verify.solvers import root

_YEARS = (2015, 2016, 2017, 2018)
_MB_PER_GB = 1000.0
_METRIC = "dou_per_mobile_internet_user"


class Declines(Parameters):
    """Use is what the project's data say; the falls of China Mobile's unit price are given."""

    declines: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = given(
        "falls of China Mobile's unit price in 2016, 2017 and 2018",
        at="CM_unit_price_decline",
        min_length=3,
        max_length=3,
    )


@case("V37", kind="reference")
def back_test(p: Declines) -> Iterator[Check]:
    """Read use from the data files, chain a price index, and search the e in use = price^e.

    An upper bound of the elasticity: 4G and video grew at the same time, and the price is China
    Mobile's while use is the industry's.
    """
    growth = [log(b / a) for a, b in pairwise(_listed_use()[1:])]
    fall = [log(1 - decline) for decline in p.declines]
    use = _observed_use()
    index = np.cumprod([1.0, *(1 - np.array(p.declines))])
    for place, year in enumerate(_YEARS[1:]):
        ratio, relative = use[year] / use[year - 1], index[place + 1] / index[place]
        path, elasticity = f"rows.{year}", growth[place] / fall[place]
        yield Check(f"{path}.dln_DOU", growth[place], np.log(ratio), 1e-9)
        yield Check(f"{path}.dln_price", fall[place], np.log(relative), 1e-9)
        found = _elasticity(ratio, float(relative))
        yield Check(f"{path}.implied_arc_elasticity", elasticity, found, 1e-9)
    whole = use[2018] / use[2015]
    found = _elasticity(whole, float(index[-1]))
    yield Check("cumulative_2015_2018", sum(growth) / sum(fall), found, 1e-9)
    paid = exp(sum(growth) + sum(fall))
    yield Check("revenue_growth_if_all_paid", paid, whole * index[-1], 1e-9)


def _elasticity(use: float, price: float) -> float:
    """Return the e at which a ratio of use is the ratio of prices to the power e."""
    return root(lambda e: use - float(price**e), -20.0, 20.0)


def _listed_use() -> list[float]:
    """Return the ladder's use of 2014 to 2018, GB a month."""
    values = rung("V37").configured("DOU_GB")
    return [float(x) for x in values] if isinstance(values, tuple) else []


def _observed_use() -> dict[int, float]:
    """Return use per user of mobile internet by year, GB a month, from the data files."""
    with (configs_folder() / "data" / "industry.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == _METRIC]
    return {int(row["period"]): float(row["value"]) / _MB_PER_GB for row in rows}

"""How hard carriers compete: the margin on a GB, and what kind of market that makes."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.units import MONTHS_PER_YEAR
from sim.metrics import Columns, Parts, Tables, carrier_parts, in_yuan, metric, numbered

type Regime = Literal["stable", "war", "fight", "chaos"]

FAST = 0.10  # fall of list prices in a year, beyond that of the cost of a GB
APART = 0.10  # gap in a year between the carrier whose price fell most and the one least


@metric("lerner_index", "share", "margin over the cost of carrying a GB, over its price", "ratio")
def lerner_index(tables: Tables) -> Parts:
    """(p - c) / p, Lerner 1934."""
    frame = tables["carrier_month"]
    revenue = frame["fee_fen"] + frame["overage_fen"]
    return carrier_parts(tables, in_yuan(revenue - frame["carrying_fen"]), in_yuan(revenue))


def regimes(tables: Mapping[str, Columns | pd.DataFrame]) -> pd.DataFrame:
    """Return what kind of market each month is: columns month, fall, gap, regime.

    `fall` is the median carrier's fall of the list price in a year, beyond the fall of
    the cost of a GB and beyond what the regulator ordered; `gap` the difference between most and
    least. A market in which neither is large is stable; in a war prices fall together, in a fight
    some fall and others do not, and in chaos both. None in the first year.
    """
    return pd.DataFrame(_regimes(tables["carrier_month"]))


def _regimes(frame: Columns | pd.DataFrame) -> dict[str, Any]:
    months, month = numbered(frame["month"].tolist())
    order = np.lexsort((numbered(frame["carrier"].tolist())[1], month))

    def square(column: str) -> NDArray[Any]:  # (months, carriers)
        return np.asarray(frame[column])[order].reshape(len(months), -1)

    with np.errstate(divide="ignore", invalid="ignore"):  # a month without traffic has no cost
        cost = square("carrying_fen").sum(axis=1) / square("used_kb").sum(axis=1)
        markup = square("list_price_fen") / cost[:, None]
        step = np.zeros(markup.shape)
        step[1:] = markup[1:] / markup[:-1] - 1.0
    still = np.isnan(step) | (square("ordered") > 0)
    level = np.cumprod(1.0 + np.where(still, 0.0, step), axis=0)
    falls = 1.0 - level[MONTHS_PER_YEAR:] / level[:-MONTHS_PER_YEAR]
    fall, gap = np.full((2, len(months)), np.nan)
    fall[MONTHS_PER_YEAR:] = np.median(falls, axis=1)
    gap[MONTHS_PER_YEAR:] = falls.max(axis=1) - falls.min(axis=1)
    names = np.select(
        [np.isnan(fall), (fall > FAST) & (gap > APART), fall > FAST, gap > APART],
        ["", "chaos", "war", "fight"],
        "stable",
    )
    return {"month": np.array(months, dtype=object), "fall": fall, "gap": gap, "regime": names}


_regimes_once = lru_cache(maxsize=1)(_regimes)  # four metrics in turn ask it of the same table


def _months_in(tables: Tables, regime: Regime) -> Parts:
    found = _regimes_once(tables["carrier_month"])
    return {"month": found["month"], "value": found["regime"] == regime}


@metric("stable_months", "months", "months in which prices follow the cost of a GB", "flow", False)
def stable_months(tables: Tables) -> Parts:
    return _months_in(tables, "stable")


@metric(
    "war_months", "months", "months in which all prices fall beyond cost and order", "flow", False
)
def war_months(tables: Tables) -> Parts:
    return _months_in(tables, "war")


@metric(
    "fight_months",
    "months",
    "months in which some prices fall beyond cost and order",
    "flow",
    False,
)
def fight_months(tables: Tables) -> Parts:
    return _months_in(tables, "fight")


@metric("chaos_months", "months", "months in which prices fall fast and apart", "flow", False)
def chaos_months(tables: Tables) -> Parts:
    return _months_in(tables, "chaos")

"""How hard carriers compete: the margin on a GB, and what kind of market that makes."""

from typing import Literal

import numpy as np
import pandas as pd

from sim.core.units import MONTHS_PER_YEAR
from sim.metrics import Parts, Tables, carrier_parts, in_yuan, metric

type Regime = Literal["stable", "war", "fight", "chaos"]

FAST = 0.10  # fall of list prices in a year, beyond that of the cost of a GB
APART = 0.10  # gap in a year between the carrier whose price fell most and the one least


@metric("lerner_index", "share", "margin over the cost of carrying a GB, over its price", "ratio")
def lerner_index(tables: Tables) -> Parts:
    """(p - c) / p, Lerner 1934."""
    frame = tables["carrier_month"]
    revenue = frame["fee_fen"] + frame["overage_fen"]
    return carrier_parts(tables, in_yuan(revenue - frame["carrying_fen"]), in_yuan(revenue))


def regimes(tables: Tables) -> pd.DataFrame:
    """Return what kind of market each month is: columns month, fall, gap, regime.

    `fall` is the median carrier's fall of the list price in a year, beyond the fall of
    the cost of a GB and beyond what the regulator ordered; `gap` the difference between most and
    least. A market in which neither is large is stable; in a war prices fall together, in a fight
    some fall and others do not, and in chaos both. None in the first year.
    """
    frame = tables["carrier_month"]
    price = frame.pivot(index="month", columns="carrier", values="list_price_fen")
    ordered = frame.pivot(index="month", columns="carrier", values="ordered") > 0
    carried = frame.groupby("month")[["carrying_fen", "used_kb"]].sum()
    cost = carried["carrying_fen"] / carried["used_kb"]
    step = price.div(cost, axis=0).pct_change().fillna(0.0).mask(ordered, 0.0)
    level = (1.0 + step).cumprod()
    falls = 1.0 - level / level.shift(MONTHS_PER_YEAR)
    fall, gap = falls.median(axis=1), falls.max(axis=1) - falls.min(axis=1)
    names = np.select(
        [fall.isna(), (fall > FAST) & (gap > APART), fall > FAST, gap > APART],
        ["", "chaos", "war", "fight"],
        "stable",
    )
    columns = {"month": price.index, "fall": fall, "gap": gap, "regime": names}
    return pd.DataFrame(columns).reset_index(drop=True)


def _months_in(tables: Tables, regime: Regime) -> Parts:
    found = regimes(tables)
    return {
        "month": found["month"],
        "carrier": [None] * len(found),
        "value": (found["regime"] == regime).astype(float),
    }


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

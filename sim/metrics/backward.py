"""Backward traffic: who sponsors, at which tier, and what it brings both sides."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics import Columns, Parts, Tables, carrier_parts, in_yuan, metric, numbered


def _counted(tables: Tables, column: str) -> Parts:
    frame = tables["market_month"]
    return {"month": frame["month"], "value": frame[column]}


@metric("sponsors", "partners", "partners that sponsor any carrier's users", "stock", False)
def sponsors(tables: Tables) -> Parts:
    return _counted(tables, "partners")


@metric("partners_joined", "partners", "partners that sponsor on a platform", "stock", False)
def partners_joined(tables: Tables) -> Parts:
    return _counted(tables, "service_partners")


@metric(
    "categories", "categories", "content categories with a partner that sponsors", "stock", False
)
def categories(tables: Tables) -> Parts:
    return _counted(tables, "categories")


@metric("service_revenue", "yuan", "a carrier's part of what partners pay to platforms", "flow")
def service_revenue(tables: Tables) -> Parts:
    return carrier_parts(tables, in_yuan(tables["carrier_month"]["backward_platform_fen"]))


@metric(
    "platform_revenue",
    "yuan",
    "a carrier's part of what partners pay to the shared platform",
    "flow",
)
def platform_revenue(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, in_yuan(frame["backward_platform_fen"] * frame["member"]))


@metric(
    "backward_profit",
    "yuan",
    "paid by partners, direct and through platforms, less carrying it and the service",
    "flow",
)
def backward_profit(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    earned = frame["backward_direct_fen"] + frame["backward_platform_fen"]
    return carrier_parts(tables, in_yuan(earned - frame["backward_cost_fen"]))


@metric("partner_surplus", "yuan", "worth of sponsored use to partners less all they pay", "flow")
def partner_surplus(tables: Tables) -> Parts:
    return _of_partners(tables) | {"value": _surplus(tables["partner_quarter"])}


@metric(
    "partner_return", "share", "partners' surplus over what they pay: return on sponsoring", "ratio"
)
def partner_return(tables: Tables) -> Parts:
    frame = tables["partner_quarter"]
    return _of_partners(tables) | {"top": _surplus(frame), "bottom": in_yuan(_paid(frame))}


def _of_partners(tables: Tables) -> dict[str, NDArray[Any]]:
    """Return the last month of each row's quarter, 2016-12 of 2016Q4, and its carrier."""
    frame = tables["partner_quarter"]
    known, quarter = numbered(frame["quarter"].tolist())
    last = [f"{label[:4]}-{3 * int(label[-1]):02}" for label in known]
    return {"month": np.array(last, dtype=object)[quarter], "carrier": frame["carrier"]}


def _surplus(frame: Columns) -> NDArray[Any]:
    return in_yuan(frame["value_fen"] - _paid(frame))


def _paid(frame: Columns) -> NDArray[Any]:
    """Return what partners pay in all: traffic, subscription, integration; fen."""
    paid: NDArray[Any] = frame["paid_fen"] + frame["fees_fen"]
    return paid


@metric("partners", "partners", "partners that sponsor a carrier's users", "stock")
def partners(tables: Tables) -> Parts:
    return carrier_parts(tables, tables["carrier_month"]["partners"].astype(float))

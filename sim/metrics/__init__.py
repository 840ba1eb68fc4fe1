"""Metrics: functions of recorded tables, one file for each subject, found by name.

A metric is a ratio of two sums or a plain sum, so that a year's value, a carrier's and the
market's all come from one definition.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.registry import Registry
from sim.core.units import FEN_PER_YUAN, KB_PER_GB

type Tables = Mapping[str, pd.DataFrame]
type Parts = Mapping[str, Any] | pd.DataFrame  # columns of one length, by name
type Kind = Literal["stock", "flow", "ratio"]
type Period = Literal["month", "year"]


@dataclass(frozen=True)
class Metric:
    """What is measured, in which unit, and how it adds up.

    `parts` returns the columns month, carrier and value for a stock or a flow; month, carrier,
    top and bottom for a ratio. A stock is read at the end of a year, a flow is summed, a ratio
    is the ratio of the sums. A metric of the market alone has no carriers.
    """

    name: str
    unit: str
    description: str
    kind: Kind
    parts: Callable[[Tables], Parts]
    by_carrier: bool = True


metrics: Registry[Metric] = Registry("metric", "sim.metrics")


def metric(
    name: str, unit: str, description: str, kind: Kind, by_carrier: bool = True
) -> Callable[[Callable[[Tables], Parts]], Callable[[Tables], Parts]]:
    """Return a decorator that registers a function of tables as the parts of a metric."""

    def register(parts: Callable[[Tables], Parts]) -> Callable[[Tables], Parts]:
        metrics.add(name)(Metric(name, unit, description, kind, parts, by_carrier))
        return parts

    return register


def monthly(tables: Tables, name: str) -> pd.DataFrame:
    """Return a metric by month: columns month, carrier (None for the market), value."""
    return every_metric(tables, "month", [name]).drop(columns="name")


def yearly(tables: Tables, name: str) -> pd.DataFrame:
    """Return a metric by calendar year: columns year, carrier (None for the market), value."""
    return every_metric(tables, "year", [name]).drop(columns="name")


def every_metric(
    tables: Tables, period: Period, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the named metrics, or all, under one another: name, period, carrier, value."""
    blocks = [_totals_of(tables, metrics.get(name), period) for name in names or metrics.names()]
    columns = [np.concatenate(column) for column in zip(*blocks, strict=True)]
    return pd.DataFrame(dict(zip(("name", period, "carrier", "value"), columns, strict=True)))


def _totals_of(tables: Tables, wanted: Metric, period: Period) -> tuple[NDArray[Any], ...]:
    """Add a metric's parts up by period and carrier, then by period alone: four columns."""
    # Plain arrays: a study collects every metric of every run, and groupby takes ten times as long.
    parts = wanted.parts(tables)
    month = np.asarray(parts["month"], dtype=object)
    when = month if period == "month" else np.array([int(label[:4]) for label in month])
    columns = ["top", "bottom"] if wanted.kind == "ratio" else ["value"]
    values = np.column_stack([np.asarray(parts[column], np.float64) for column in columns])
    if wanted.kind == "stock" and period == "year":
        values = values * _is_last(month, when)[:, None]
    periods, at = np.unique(when, return_inverse=True)
    names: NDArray[Any] = np.array([], dtype=object)
    each = np.array([])
    if wanted.by_carrier:
        names, who = np.unique(np.asarray(parts["carrier"], object), return_inverse=True)
        each = _totals(values, at * len(names) + who, len(periods) * len(names))
    whose = np.concatenate([np.tile(names, len(periods)), np.full(len(periods), None)])
    return (
        np.full(len(whose), wanted.name, dtype=object),
        np.concatenate([np.repeat(periods, len(names)), periods]),
        whose,
        np.concatenate([each, _totals(values, at, len(periods))]),
    )


def _is_last(month: NDArray[np.object_], year: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows are of the last month of their year that there is."""
    last = {y: m for m, y in sorted(zip(month, year, strict=True))}
    return np.array([last[y] == m for m, y in zip(month, year, strict=True)], dtype=np.bool_)


def _totals(
    values: NDArray[np.float64], group: NDArray[np.intp], groups: int
) -> NDArray[np.float64]:
    """Return the sum of each group, or the ratio of two sums; nan where nothing divides."""
    sums: list[NDArray[np.float64]] = [
        np.bincount(group, weights=column, minlength=groups) for column in values.T
    ]
    if len(sums) == 1:
        return sums[0]
    ratio = np.full(groups, np.nan)
    np.divide(sums[0], sums[1], out=ratio, where=sums[1] != 0.0)
    return ratio


def carrier_parts(tables: Tables, top: pd.Series | float, bottom: pd.Series | None = None) -> Parts:
    """Return the parts of a metric from columns of the table carrier_month."""
    frame = tables["carrier_month"]
    place = {"month": frame["month"], "carrier": frame["carrier"]}
    if bottom is None:
        return place | {"value": top}
    return place | {"top": top, "bottom": bottom}


def in_yuan(fen: pd.Series) -> pd.Series:
    """Return fen as yuan."""
    return fen / FEN_PER_YUAN


def in_gb(kilobytes: pd.Series) -> pd.Series:
    """Return kilobytes as GB."""
    return kilobytes / KB_PER_GB

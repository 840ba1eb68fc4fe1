"""Metrics: functions of recorded tables, one file for each subject, found by name.

A metric is a ratio of two sums or a plain sum, so that a year's value, a carrier's and the
market's all come from one definition.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

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
    return Measured(tables).by(period, names)


class Measured:
    """The metrics of one run: each reads the tables once, and is then added up as often as asked.

    Plain arrays, for a study collects every metric of every run: groupby takes ten times as long.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: dict[str, _Rows] = {}
        self._labels: list[_Labels] = []  # most metrics come from the same table

    def by(self, period: Period, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the named metrics, or all, under one another: name, period, carrier, value."""
        blocks = [_totals_of(self._rows_of(name), period) for name in names or metrics.names()]
        columns = [np.concatenate(column) for column in zip(*blocks, strict=True)]
        return pd.DataFrame(dict(zip(("name", period, "carrier", "value"), columns, strict=True)))

    def _rows_of(self, name: str) -> "_Rows":
        if name not in self._rows:
            self._rows[name] = self._read(metrics.get(name))
        return self._rows[name]

    def _read(self, wanted: Metric) -> "_Rows":
        parts = wanted.parts(self._tables)
        columns = ("top", "bottom") if wanted.kind == "ratio" else ("value",)
        values = np.column_stack([np.asarray(parts[column], np.float64) for column in columns])
        carriers = self._numbered(parts["carrier"]) if wanted.by_carrier else None
        return _Rows(wanted, self._numbered(parts["month"]), carriers, values)

    def _numbered(self, labels: Any) -> "_Labels":
        listed = np.asarray(labels, dtype=object).tolist()
        for seen in self._labels:
            if seen.listed == listed:
                return seen
        self._labels.append(_Labels(listed, *numbered(listed)))
        return self._labels[-1]


def numbered(listed: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """Return the labels that there are in rising order, and the place of each among them."""
    known = sorted(set(listed))
    place = {label: at for at, label in enumerate(known)}
    return known, np.array([place[label] for label in listed], dtype=np.intp)


class _Labels(NamedTuple):
    """A column of labels and what it is as numbers."""

    listed: list[str]  # (rows,)
    known: list[str]  # those that there are, in rising order
    at: NDArray[np.intp]  # (rows,) index into them


class _Rows(NamedTuple):
    """The parts of a metric."""

    metric: Metric
    months: _Labels
    carriers: _Labels | None  # of the market alone there are none
    values: NDArray[np.float64]  # (rows, 1), or (rows, 2) of a ratio


def _totals_of(rows: _Rows, period: Period) -> tuple[NDArray[Any], ...]:
    """Add a metric's parts up by period and carrier, then by period alone: four columns."""
    when = np.array(rows.months.known, dtype=object)
    at, values = rows.months.at, rows.values
    if period == "year":
        years = np.array([int(month[:4]) for month in rows.months.known], dtype=np.int64)
        when, year = np.unique(years, return_inverse=True)
        if rows.metric.kind == "stock":  # read in the last month of its year that there is
            values = values * np.append(year[1:] != year[:-1], True)[at, None]
        at = year[at]
    names: list[str] = []
    each = np.array([])
    if rows.carriers is not None:
        names = rows.carriers.known
        each = _totals(values, at * len(names) + rows.carriers.at, len(when) * len(names))
    return (
        np.full(len(each) + len(when), rows.metric.name, dtype=object),
        np.concatenate([np.repeat(when, len(names)), when]),
        np.array(names * len(when) + [None] * len(when), dtype=object),
        np.concatenate([each, _totals(values, at, len(when))]),
    )


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

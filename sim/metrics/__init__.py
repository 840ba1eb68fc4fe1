"""Metrics: functions of recorded tables, one file for each subject, found by name.

A metric is a ratio of two sums or a plain sum, so that a year's value, a carrier's and the
market's all come from one definition. It reads the tables as plain arrays: a study measures
thousands of runs, and an operation on a column of a frame costs fifty times one on an array.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.registry import Registry
from sim.core.units import FEN_PER_YUAN, KB_PER_GB

type Frames = Mapping[str, "Table"]
type Tables = Mapping[str, "Columns"]
type Parts = Mapping[str, Any]  # columns of one length, by name
type Kind = Literal["stock", "flow", "ratio"]
type Period = Literal["month", "year"]


class Table(Protocol):
    """What has columns by name, such as a frame."""

    def __getitem__(self, column: Any, /) -> Any:
        """Return a column."""


class Columns:
    """A table as arrays, (rows,) each, by name; texts are objects."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._made: dict[str, NDArray[Any]] = {}

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in self._made:
            self._made[column] = np.asarray(self._table[column])
        return self._made[column]


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


def monthly(tables: Frames, name: str) -> pd.DataFrame:
    """Return a metric by month: columns month, carrier (None for the market), value."""
    return every_metric(tables, "month", [name]).drop(columns="name")


def yearly(tables: Frames, name: str) -> pd.DataFrame:
    """Return a metric by calendar year: columns year, carrier (None for the market), value."""
    return every_metric(tables, "year", [name]).drop(columns="name")


def every_metric(
    tables: Frames, period: Period, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the named metrics, or all, under one another: name, period, carrier, value."""
    return Measured(tables).by(period, names)


class Series(NamedTuple):
    """One metric over time, of the market and of each carrier."""

    when: tuple[Any, ...]  # (periods,) months such as "2017-01", or years
    carriers: tuple[str, ...]  # none where the metric is of the market alone
    values: NDArray[np.float64]  # (periods, 1 + carriers), the market's first


class Measured:
    """The metrics of one run: each reads the tables once and is added up as often as asked."""

    def __init__(self, tables: Frames) -> None:
        self._tables: Tables = {name: Columns(table) for name, table in tables.items()}
        self._rows: dict[str, _Rows] = {}
        self._labels: list[_Labels] = []  # most metrics come from the same table
        self._cells: dict[tuple[int, int, Period], _Cells] = {}

    def by(self, period: Period, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the named metrics, or all, under one another: name, period, carrier, value."""
        return pd.DataFrame(self.columns(period, names))

    def columns(
        self, period: Period, names: Sequence[str] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Return the same as arrays: to make a frame of them takes longer than to measure."""
        chosen = names or metrics.names()
        rows = [self._rows_of(name) for name in chosen]
        cells = [self._cells_of(each, period) for each in rows]
        sizes = [len(each.periods) for each in cells]
        return {
            "name": np.repeat(np.array(chosen, dtype=object), sizes),
            period: np.concatenate([each.periods for each in cells]),
            "carrier": np.concatenate([each.carriers for each in cells]),
            "value": np.concatenate(list(map(_added_up, rows, cells))),
        }

    def series(self, period: Period, name: str) -> Series:
        """Return one metric as plain arrays: no frame, for those who draw at once."""
        rows = self._rows_of(name)
        cells = self._cells_of(rows, period)
        values = _added_up(rows, cells)
        carriers = tuple(rows.carriers.known) if rows.carriers else ()
        market = len(values) // (len(carriers) + 1)  # as many cells as periods, the last ones
        split = len(values) - market
        each = values[:split].reshape(market, len(carriers))
        return Series(
            tuple(cells.periods[split:].tolist()),
            carriers,
            np.column_stack([values[split:], each]),
        )

    def _rows_of(self, name: str) -> "_Rows":
        if name not in self._rows:
            self._rows[name] = self._read(metrics.get(name))
        return self._rows[name]

    def _read(self, wanted: Metric) -> "_Rows":
        parts = wanted.parts(self._tables)
        columns = ("top", "bottom") if wanted.kind == "ratio" else ("value",)
        values = [np.asarray(parts[column], np.float64) for column in columns]
        carriers = self._numbered(parts["carrier"]) if wanted.by_carrier else None
        return _Rows(wanted.kind, self._numbered(parts["month"]), carriers, values)

    def _numbered(self, labels: Any) -> "_Labels":
        given = np.asarray(labels)
        for seen in self._labels:
            if seen.given is given or np.array_equal(seen.given, given):
                return seen
        self._labels.append(_Labels(given, *numbered(given.tolist())))
        return self._labels[-1]

    def _cells_of(self, rows: "_Rows", period: Period) -> "_Cells":
        key = id(rows.months), id(rows.carriers), period  # both are kept as long as this is
        if key not in self._cells:
            self._cells[key] = _cells(rows.months, rows.carriers, period)
        return self._cells[key]


def numbered(listed: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """Return the labels that there are in rising order, and the place of each among them."""
    known = sorted(set(listed))
    place = {label: at for at, label in enumerate(known)}
    return known, np.array([place[label] for label in listed], dtype=np.intp)


class _Labels(NamedTuple):
    """A column of labels and what it is as numbers."""

    given: NDArray[Any]  # (rows,)
    known: list[str]  # those that there are, in rising order
    at: NDArray[np.intp]  # (rows,) index into them


class _Rows(NamedTuple):
    """The parts of a metric."""

    kind: Kind
    months: _Labels
    carriers: _Labels | None  # of the market alone there are none
    values: Sequence[NDArray[np.float64]]  # (rows,) one, or two of a ratio


class _Cells(NamedTuple):
    """Where rows are added up: by period and carrier, and then by period alone."""

    periods: NDArray[Any]  # (cells,)
    carriers: NDArray[Any]  # (cells,) None of the market
    each: NDArray[np.intp] | None  # (rows,) period and carrier; none where there are no carriers
    whole: NDArray[np.intp]  # (rows,) period
    closes: NDArray[np.bool_]  # (rows,) in the last month of its period that there is


def _cells(months: _Labels, carriers: _Labels | None, period: Period) -> _Cells:
    when = np.array(months.known, dtype=object)
    at, closes = months.at, np.ones(len(months.at), dtype=bool)
    if period == "year":
        years = np.array([int(month[:4]) for month in months.known], dtype=np.int64)
        when, year = np.unique(years, return_inverse=True)
        closes = np.append(year[1:] != year[:-1], True)[at]
        at = year[at]
    names = carriers.known if carriers else []
    return _Cells(
        periods=np.concatenate([np.repeat(when, len(names)), when]),
        carriers=np.array(names * len(when) + [None] * len(when), dtype=object),
        each=at * len(names) + carriers.at if carriers else None,
        whole=at,
        closes=closes,
    )


def _added_up(rows: _Rows, cells: _Cells) -> NDArray[np.float64]:
    """Return a metric in every cell: (cells,)."""
    values = rows.values
    if rows.kind == "stock":
        values = [column * cells.closes for column in values]
    market = int(cells.whole.max(initial=-1)) + 1
    totals = _totals(values, cells.whole, market)
    if cells.each is None:
        return totals
    return np.concatenate([_totals(values, cells.each, len(cells.periods) - market), totals])


def _totals(
    values: Sequence[NDArray[np.float64]], group: NDArray[np.intp], groups: int
) -> NDArray[np.float64]:
    """Return the sum of each group, or the ratio of two sums; nan where nothing divides."""
    sums: list[NDArray[np.float64]] = [
        np.bincount(group, weights=column, minlength=groups) for column in values
    ]
    if len(sums) == 1:
        return sums[0]
    ratio = np.full(groups, np.nan)
    np.divide(sums[0], sums[1], out=ratio, where=sums[1] != 0.0)
    return ratio


def carrier_parts(tables: Tables, top: NDArray[Any], bottom: NDArray[Any] | None = None) -> Parts:
    """Return the parts of a metric from columns of the table carrier_month."""
    frame = tables["carrier_month"]
    place = {"month": frame["month"], "carrier": frame["carrier"]}
    if bottom is None:
        return place | {"value": top}
    return place | {"top": top, "bottom": bottom}


def in_yuan(fen: NDArray[Any]) -> NDArray[np.float64]:
    """Return fen as yuan."""
    return fen / FEN_PER_YUAN


def in_gb(kilobytes: NDArray[Any]) -> NDArray[np.float64]:
    """Return kilobytes as GB."""
    return kilobytes / KB_PER_GB

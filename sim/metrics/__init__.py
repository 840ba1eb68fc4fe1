"""Metrics: functions of recorded tables, one file for each subject, found by name.

A metric is a ratio of two sums or a plain sum, so that a year's value, a carrier's and the
market's all come from one definition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.core.registry import Registry
from sim.core.units import FEN_PER_YUAN, KB_PER_GB

type Tables = Mapping[str, pd.DataFrame]
type Kind = Literal["stock", "flow", "ratio"]


@dataclass(frozen=True)
class Metric:
    """What is measured, in which unit, and how it adds up.

    `parts` returns month, carrier, value for a stock or a flow; month, carrier, top, bottom
    for a ratio. A stock is read at the end of a year, a flow is summed, a ratio is the ratio
    of the sums. A metric of the market alone has no carriers.
    """

    name: str
    unit: str
    description: str
    kind: Kind
    parts: Callable[[Tables], pd.DataFrame]
    by_carrier: bool = True


metrics: Registry[Metric] = Registry("metric", "sim.metrics")


def metric(
    name: str, unit: str, description: str, kind: Kind, by_carrier: bool = True
) -> Callable[[Callable[[Tables], pd.DataFrame]], Callable[[Tables], pd.DataFrame]]:
    """Return a decorator that registers a function of tables as the parts of a metric."""

    def register(parts: Callable[[Tables], pd.DataFrame]) -> Callable[[Tables], pd.DataFrame]:
        metrics.add(name)(Metric(name, unit, description, kind, parts, by_carrier))
        return parts

    return register


def monthly(tables: Tables, name: str) -> pd.DataFrame:
    """Return a metric by month: columns month, carrier (None for the market), value."""
    return _collect(tables, metrics.get(name), "month")


def yearly(tables: Tables, name: str) -> pd.DataFrame:
    """Return a metric by calendar year: columns year, carrier (None for the market), value."""
    return _collect(tables, metrics.get(name), "year")


def _collect(tables: Tables, wanted: Metric, period: str) -> pd.DataFrame:
    parts = wanted.parts(tables)
    parts = parts.assign(year=parts["month"].str[:4].astype(int))
    if wanted.kind == "stock" and period == "year":
        last = parts.groupby("year")["month"].transform("max")
        parts = parts[parts["month"] == last]
    frames = [_sum(parts, [period], wanted).assign(carrier=None)]
    if wanted.by_carrier:
        frames.insert(0, _sum(parts, [period, "carrier"], wanted))
    return pd.concat(frames, ignore_index=True)[[period, "carrier", "value"]]


def _sum(parts: pd.DataFrame, keys: list[str], wanted: Metric) -> pd.DataFrame:
    columns = ["top", "bottom"] if wanted.kind == "ratio" else ["value"]
    total = parts.groupby(keys, sort=True)[columns].sum().reset_index()
    if wanted.kind == "ratio":
        bottom = total["bottom"].to_numpy(dtype=float)
        safe = np.where(bottom == 0.0, np.nan, bottom)
        total["value"] = total["top"].to_numpy(dtype=float) / safe
    return total


def carrier_parts(
    tables: Tables, top: pd.Series | float, bottom: pd.Series | None = None
) -> pd.DataFrame:
    """Return the parts of a metric from columns of the table carrier_month."""
    frame = tables["carrier_month"][["month", "carrier"]]
    if bottom is None:
        return frame.assign(value=top)
    return frame.assign(top=top, bottom=bottom)


def in_yuan(fen: pd.Series) -> pd.Series:
    """Return fen as yuan."""
    return fen / FEN_PER_YUAN


def in_gb(kilobytes: pd.Series) -> pd.Series:
    """Return kilobytes as GB."""
    return kilobytes / KB_PER_GB

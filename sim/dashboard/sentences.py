"""Differences in words: what is clear, and what is not."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.dashboard.i18n import Words
from sim.dashboard.units import Scale


def clear(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Say for each row whether its interval leaves zero out; one without interval is not clear."""
    return (rows["low"] > 0) | (rows["high"] < 0)


def touches(rows: pd.DataFrame, place: int) -> "pd.Series[bool]":
    """Say which intervals overlap with the one at `place`; without any, which means are equal."""
    low, high = rows["low"].fillna(rows["mean"]), rows["high"].fillna(rows["mean"])
    return low.le(high.iloc[place]) & high.ge(low.iloc[place])


def sentence(row: Mapping[Any, Any], metric: str, scale: Scale, words: Words) -> str:
    """State one paired difference with its interval; `row` is already on `scale`."""
    mean, low, high = row["mean"], row["low"], row["high"]
    parts = {
        "scenario": words.scenario(row["scenario"]),
        "metric": metric,
        "unit": scale.unit,
    }
    if pd.isna(low):
        return words("finding.single", mean=scale.signed(mean), **parts)
    if low <= 0 <= high:
        interval = {"low": scale.signed(low), "high": scale.signed(high)}
        return words("finding.none", **interval, **parts)
    near, far = sorted((abs(low), abs(high)))
    return words(
        "finding.up" if mean > 0 else "finding.down",
        size=scale.number(abs(mean)),
        low=scale.number(near),
        high=scale.number(far),
        **parts,
    )

"""Values with their intervals: dots and whiskers, what is said of them, axes of names."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from sim.dashboard.plot import axis
from sim.dashboard.units import Scale
from sim.dashboard.view import View


def dots(
    rows: pd.DataFrame, places: Iterable[Any], colours: Sequence[str], filled: Iterable[bool],
    view: View,
) -> dict[str, Any]:  # fmt: skip
    """Return a trace of dots with whiskers; who is not filled is hollow.

    rows : columns mean, low, high; places : of each row on the other axis
    """
    inside = [c if full else view.palette.panel for c, full in zip(colours, filled, strict=True)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["mean"].tolist(),
        "y": list(places),
        "customdata": rows[["low", "high"]].to_numpy().tolist(),
        "marker": {"color": inside, "size": 11, "line": {"color": list(colours), "width": 2}},
        "error_x": whisker(rows, view.palette.muted),
        "cliponaxis": False,
    }


def whisker(rows: pd.DataFrame, colour: str, thickness: float = 2.5) -> dict[str, Any]:
    """Return the intervals of rows as Plotly's error bars; none where there is no interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["high"] - rows["mean"]).fillna(0.0).tolist(),
        "arrayminus": (rows["mean"] - rows["low"]).fillna(0.0).tolist(),
        "color": colour,
        "thickness": thickness,
        "width": 0,
    }


def hover(scale: Scale, number: str, *, single: bool, name: str = "%{y}: ") -> str:
    """Return what is said of a dot: name, value, unit, and its interval unless `single`.

    number : format of a value, such as ".1f"
    """
    interval = f"<br>[%{{customdata[0]:{number}}}, %{{customdata[1]:{number}}}]"
    value = f"{name}%{{x:{number}}} {scale.unit}"
    return f"{value}{'' if single else interval}<extra></extra>"


def names_axis(view: View, names: Sequence[str], **more: Any) -> dict[str, Any]:
    """Return a vertical axis of names, the first on top."""
    return axis(
        view,
        **{
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(names)[::-1],
            "tickfont": {"color": view.palette.ink, "size": 13},
            "ticklabelstandoff": 8,
            **more,
        },
    )


def zero_line(view: View) -> dict[str, Any]:
    """Return what an axis needs to show where nothing changes."""
    return {"zeroline": True, "zerolinecolor": view.palette.muted, "zerolinewidth": 1.5}

"""Why a number changed: one bar for each change, from the reference to where the levers stand."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.dashboard.charts import Chart, charts
from sim.dashboard.lever_text import cause
from sim.dashboard.marks import names_axis, whisker
from sim.dashboard.plot import Figure, axis, layout
from sim.dashboard.rows import NUMBERS, Rows
from sim.dashboard.sentences import clear
from sim.dashboard.why_view import WhyView
from sim.metrics import metrics

_ROW = 40  # pixels
_EDGE, _TEXT, _TEXT_NARROW = 0.04, 0.2, 0.4  # of the width of what is drawn: free, for numbers
_WHOLE = "whole"
_NOTES = ("explore.why.note", "chart.whisker", "chart.hollow")

type Floats = NDArray[np.float64]


def rows(view: WhyView) -> Rows:
    """Return each cause's part of the change; they sum to the last row, the whole."""
    metric = view.asked.metric
    unit = metrics.get(metric).unit
    frame = pd.DataFrame(columns=["cause", *NUMBERS])
    if view.steps:
        frame = pd.DataFrame({"cause": [*view.causes, _WHOLE], **view.parts._asdict()})
        ordered = frame["mean"].abs().mask(frame["cause"] == _WHOLE, -1.0)
        frame = frame.loc[ordered.sort_values(ascending=False, kind="stable").index]
    names = {name: cause(name, view.asked.position.scenario, view.words) for name in frame["cause"]}
    scale = view.scale(metric, frame["mean"].tolist(), difference=True)
    return Rows(frame.reset_index(drop=True), unit, scale, labels={"cause": names})


def title(found: Rows, view: WhyView) -> str:
    """Name the cause of the largest part that is clear; with one seed, of the largest."""
    words, frame = view.words, found.frame
    there = {
        "metric": words.metric_inside(view.asked.metric),
        "entity": words.entity(view.whole),
    }
    parts = frame.iloc[:-1]
    known = parts[clear(parts) | view.single]
    if known.empty:
        return words("explore.why.unclear", **there)
    first, whole = known.iloc[0], frame.iloc[-1]
    return words(
        "explore.why.title",
        cause=found.name("cause", first["cause"], words),
        part=found.scale.signed(float(first["mean"])),
        whole=found.scale.signed(float(whole["mean"])),
        unit=found.scale.unit,
        **there,
    )


def figure(found: Rows, view: WhyView) -> Figure:
    """Draw a waterfall: each bar begins where the one above it ends."""
    frame = found.frame
    names = [found.name("cause", name, view.words) for name in frame["cause"]]
    sizes = frame["mean"].to_numpy()
    starts = np.append(np.cumsum(sizes[:-1]) - sizes[:-1], 0.0)
    labels = [str(number) for number in range(len(names))]
    return {
        "data": [_bars(frame, starts, labels, view), _sizes(found, starts, labels, view)],
        "layout": layout(
            view,
            len(names) * (_ROW + 8) + 44,
            xaxis=_values(frame, starts, view),
            yaxis=_names(labels, names, view),
            margin={"l": 8, "r": 16, "t": 22 if view.narrow else 6, "b": 30},
        ),
    }


def _bars(frame: pd.DataFrame, starts: Floats, labels: list[str], view: WhyView) -> dict[str, Any]:
    """Return the bars with their whiskers; what is not clear is hollow."""
    palette, last = view.palette, len(frame) - 1
    colours = [palette.scenario(0 if place == last else 1) for place in range(len(frame))]
    filled = clear(frame) | view.single
    inside = [c if full else palette.panel for c, full in zip(colours, filled, strict=True)]
    return {
        "type": "bar",
        "orientation": "h",
        "x": frame["mean"].tolist(),
        "base": starts.tolist(),
        "y": labels,
        "marker": {"color": inside, "line": {"color": colours, "width": 2}},
        "error_x": whisker(frame, palette.muted),
        "hoverinfo": "skip",
        "width": 0.55,
    }


def _sizes(found: Rows, starts: Floats, labels: list[str], view: WhyView) -> dict[str, Any]:
    """Return the numbers at the right of bars and whiskers."""
    scale = found.scale
    text = [
        scale.signed(row["mean"])
        + ("" if view.single else f" ±{scale.number((row['high'] - row['low']) / 2)}")
        for row in found.frame.to_dict("records")
    ]
    return {
        "type": "scatter",
        "mode": "text",
        "x": _ends(found.frame, starts).max(axis=0).tolist(),
        "y": labels,
        "text": [f" {one}" for one in text],
        "textposition": "middle right",
        "textfont": {"color": view.palette.ink, "size": 12},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _ends(frame: pd.DataFrame, starts: Floats) -> Floats:
    """Return where bars and whiskers begin and end: (4, rows)."""
    ends = frame[NUMBERS].bfill(axis=1).ffill(axis=1).to_numpy().T + starts
    return np.vstack([starts, ends])


def _values(frame: pd.DataFrame, starts: Floats, view: WhyView) -> dict[str, Any]:
    ends = _ends(frame, starts)
    least, most = float(ends.min()), float(ends.max())
    width = most - least or 1.0
    text = _TEXT_NARROW if view.narrow else _TEXT
    return axis(
        view,
        nticks=5,
        range=[least - _EDGE * width, most + text * width],
        zeroline=True,
        zerolinecolor=view.palette.muted,
    )


def _names(labels: list[str], names: list[str], view: WhyView) -> dict[str, Any]:
    """Return the axis of causes; on a phone each name stands above its bar."""
    above = {
        "ticklabelposition": "inside", "ticklabelshift": -22, "ticklabeloverflow": "allow",
    } if view.narrow else {}  # fmt: skip
    return names_axis(
        view,
        labels,
        showgrid=False,
        ticklabelstandoff=0 if view.narrow else 8,
        tickvals=labels,
        ticktext=names,
        tickfont={"size": 12, "color": view.palette.ink},
        **above,
    )


charts.add("causes")(Chart("explore", 20, WhyView, rows, title, _NOTES, figure))

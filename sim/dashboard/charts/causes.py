"""Why a number changed: one bar for each change, from the reference to where the levers stand."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.lever_text import cause
from sim.dashboard.live_view import LiveView
from sim.dashboard.marks import names_axis
from sim.dashboard.plot import Figure, axis, layout
from sim.dashboard.rows import Rows
from sim.metrics import metrics

_ROW = 40  # pixels


def rows(view: LiveView) -> Rows:
    """Return each cause's part of the change; they sum to the last row, the whole."""
    found, metric = view.attribution, view.asked.metric
    unit = metrics.get(metric).unit
    parts: dict[str, float] = {}
    if found is not None:
        ordered = sorted(found.parts.items(), key=lambda part: -abs(part[1]))
        parts = {name: float(part) for name, part in ordered} | {"whole": float(found.whole)}
    names = {name: cause(name, view.asked.position.scenario, view.words) for name in parts}
    frame = pd.DataFrame({"cause": list(parts), "mean": list(parts.values())})
    scale = view.scale(metric, list(parts.values()), difference=True)
    return Rows(frame, unit, scale, ("mean",), {"cause": names})


def title(found: Rows, view: LiveView) -> str:
    """Name the cause of the largest part."""
    words = view.words
    first, whole = found.frame.iloc[0], found.frame.iloc[-1]
    return words(
        "explore.why.title",
        metric=words.metric_inside(view.asked.metric),
        entity=words.entity(view.whole),
        cause=found.name("cause", first["cause"], words),
        part=found.scale.signed(float(first["mean"])),
        whole=found.scale.signed(float(whole["mean"])),
        unit=found.scale.unit,
    )


def figure(found: Rows, view: LiveView) -> Figure:
    """Draw a waterfall: each bar begins where the one above it ends."""
    frame = found.frame
    names = [found.name("cause", name, view.words) for name in frame["cause"]]
    sizes = [float(value) for value in frame["mean"]]
    starts, place = [], 0.0
    for size in sizes[:-1]:
        starts.append(place)
        place += size
    starts.append(0.0)
    palette = view.palette
    colours = [palette.scenario(1)] * (len(sizes) - 1) + [palette.scenario(0)]
    labels = [str(number) for number in range(len(names))]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "base": starts,
        "y": labels,
        "text": [found.scale.signed(size) for size in sizes],
        "textposition": "outside",
        "textfont": {"color": palette.ink, "size": 12},
        "cliponaxis": False,
        "marker": {"color": colours},
        "hovertemplate": "%{text}<extra></extra>",
        "width": 0.55,
    }
    return {
        "data": [bars],
        "layout": layout(
            view,
            len(names) * (_ROW + 8) + 44,
            xaxis=_values(starts, sizes, view),
            yaxis=_names(labels, names, view),
            margin={"l": 8, "r": 16, "t": 6, "b": 30},
        ),
    }


def _values(starts: list[float], sizes: list[float], view: LiveView) -> dict[str, Any]:
    ends = [*starts, *(start + size for start, size in zip(starts, sizes, strict=True)), 0.0]
    room = 0.14 * (max(ends) - min(ends) or 1.0)
    return axis(
        view,
        nticks=5,
        range=[min(ends) - room, max(ends) + room],
        zeroline=True,
        zerolinecolor=view.palette.muted,
    )


def _names(labels: list[str], names: list[str], view: LiveView) -> dict[str, Any]:
    """Return the axis of causes; on a phone each name stands above its bar."""
    above = {"ticklabelposition": "inside", "ticklabelshift": 22} if view.narrow else {}
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


charts.add("causes")(Chart("explore", 20, LiveView, rows, title, ("explore.why.note",), figure))

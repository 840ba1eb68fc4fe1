"""Which parameters move a result: the strongest of the newest stored analysis."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.data import MARKET
from sim.dashboard.marks import whisker
from sim.dashboard.plot import Figure, axis, layout, note, stack
from sim.dashboard.rows import Rows
from sim.dashboard.trusting import Sensed
from sim.dashboard.units import scale_for
from sim.studies.standings import strengths

_MOST = 8  # parameters shown of each output
_ROW = 24  # pixels, as are the next
_GAP = 58
_FRAME = 70


def rows(view: Sensed) -> Rows:
    """Return the strongest parameters of each output, against the strongest of all."""
    found = strengths(view.record)
    named = found.assign(entity=found["carrier"].fillna(MARKET), metric=found["output"])
    few = named.groupby(["metric", "entity"], sort=False).head(_MOST)
    columns = ["metric", "entity", "parameter", "mean", "low", "high"]
    labels = {"metric": {name: view.words.metric(name) for name in set(few["metric"])}}
    scale = scale_for("share", [1.0], view.words)
    return Rows(few[columns].reset_index(drop=True), "share", scale, labels=labels)


def title(found: Rows, view: Sensed) -> str:
    """Name the strongest parameters of the first output."""
    words, frame = view.words, found.frame
    first = frame[frame["metric"] == frame["metric"].iloc[0]]
    names = first["parameter"].head(3).tolist()
    listed = "".join(map("".join, zip(names, words.joints(len(names)), strict=True)))
    metric = words.metric_inside(first["metric"].iloc[0])
    return words("trust.sensitivity.title", metric=metric, names=listed)


def figure(found: Rows, view: Sensed) -> Figure:
    """Draw a panel of bars with intervals for each output."""
    groups = [mine for _, mine in found.frame.groupby(["metric", "entity"], sort=False)]
    heights = [len(mine) * _ROW for mine in groups]
    panels = stack(heights, _GAP)
    data, heads = [], []
    axes: dict[str, Any] = {}
    for mine, panel in zip(groups, panels, strict=True):
        data.append(_bars(mine, view) | {"xaxis": panel.x, "yaxis": panel.y})
        across = axis(view, range=[0, max(105.0, float(mine["high"].max()))], ticksuffix=" %")
        names = axis(view, type="category", autorange="reversed", tickfont={"size": 11})
        axes |= panel.axes(across, names)
        head = f"<b>{found.name('metric', mine['metric'].iloc[0], view.words)}</b>"
        heads.append(note(view, f"{head} · {view.words.entity(mine['entity'].iloc[0])}", panel))
    height = sum(heights) + _GAP * (len(heights) - 1) + _FRAME
    margin = {"l": 8, "r": 16, "t": 34, "b": 34}
    return {"data": data, "layout": layout(view, height, **axes, annotations=heads, margin=margin)}


def _bars(mine: pd.DataFrame, view: Sensed) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": mine["mean"].tolist(),
        "y": mine["parameter"].tolist(),
        "marker": {"color": view.palette.accent, "opacity": 0.75},
        "error_x": whisker(mine, view.palette.muted, thickness=2),
        "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
    }


charts.add("sensitivity")(
    Chart("trust", 30, Sensed, rows, title, ("trust.sensitivity.marks",), figure)
)

"""The live market month by month: where the levers stand, against a scenario that ships."""

from typing import Any

import numpy as np
import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.data import ENTITIES
from sim.dashboard.live_view import YOURS, LiveView
from sim.dashboard.plot import (
    Figure,
    Panel,
    axis,
    band,
    grid,
    heading,
    layout,
    legend,
    months_axis,
    parting,
)
from sim.dashboard.rows import Rows
from sim.dashboard.theme import DASHES
from sim.metrics import metrics
from sim.studies.facts import CHANGES_ONLY

_PANEL, _ONE = 172, 330  # pixels, as are the next
_PHONE = 190
_GAP = 58
_TOP, _LINE, _BOTTOM = 58, 20, 26  # a narrow legend takes a line more
_FIRST = "2016-01"  # the first year holds little to see


def rows(view: LiveView) -> Rows:
    """Return every month from 2016 on, of what is shown."""
    months = np.array(view.months)
    kept = months >= _FIRST
    blocks = []
    for name, found in view.groups:
        for entity in view.entities:
            place = ENTITIES.index(entity)
            values = {key: part[kept, place] for key, part in found._asdict().items()}
            blocks.append({"scenario": name, "entity": entity, "month": months[kept], **values})
    columns = ("scenario", "entity", "month", "mean", "low", "high")
    count = int(kept.sum())
    frame = pd.DataFrame(
        {
            column: np.concatenate([np.broadcast_to(block[column], count) for block in blocks])
            for column in columns
        }
    )
    measured = metrics.get(view.asked.metric)
    unit = f"{measured.unit}/month" if measured.kind == "flow" else measured.unit
    largest = float(np.nanmax(np.abs(frame["mean"].to_numpy())))
    is_change = view.asked.metric in CHANGES_ONLY
    return Rows(frame, unit, view.scale(measured.name, [largest], difference=is_change, unit=unit))


def title(_: Rows, view: LiveView) -> str:
    """Say the number of the last year, and how it differs from what it is read against."""
    words, metric = view.words, view.asked.metric
    place = ENTITIES.index(view.whole)
    there = {
        "entity": words.entity(view.whole),
        "year": words.period(view.year),
        "metric": words.metric_inside(metric),
        "against": words.scenario(view.asked.against),
    }
    level = float(view.level(metric).mean[place])
    at = view.scale(metric, [level])
    there |= {"value": at.number(level * at.factor), "unit": at.unit}
    if view.asked.is_reference:
        return words(f"explore.{'nothing' if metric in CHANGES_ONLY else 'level'}", **there)
    found = view.change(metric)
    size = float(found.mean[place])
    by = view.scale(metric, [size], difference=True)
    unsure = bool(found.low[place] <= 0.0 <= found.high[place]) or size == 0.0
    kind = "same" if unsure else "up" if size > 0 else "down"
    kind = f"change.{kind}" if metric in CHANGES_ONLY else kind
    return words(
        f"explore.{kind}", size=by.number(abs(size) * by.factor), size_unit=by.unit, **there
    )


def figure(found: Rows, view: LiveView) -> Figure:
    """Draw lines with bands, a panel each; one alone is larger."""
    entities = view.entities
    columns = 1 if len(entities) == 1 else 2
    lines = -(-len(entities) // columns)
    one = (_PHONE if view.narrow else _ONE) if len(entities) == 1 else _PANEL
    drawn = lines * one + (lines - 1) * _GAP
    panels = grid(len(entities), columns, 0.09, _GAP / drawn)
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    months = np.array(view.months)
    kept = months >= _FIRST
    factor, labels = found.scale.factor, months[kept].tolist()
    groups = [
        (name, {key: part[kept] * factor for key, part in group._asdict().items()})
        for name, group in view.groups
    ]
    for entity, panel in zip(entities, panels, strict=True):
        place = ENTITIES.index(entity)
        for name, values in groups:
            mine = {key: part[:, place] for key, part in values.items()}
            data += _line(name, labels, mine, panel, view, found)
        axes |= panel.axes(_months(view), axis(view, nticks=4 if columns == 2 else 5))
    top = _TOP + (_LINE if view.narrow else 0)
    shapes = [parting(view, panel, view.branch) for panel in panels]
    headings = [heading(view, p, e) for p, e in zip(panels, entities, strict=True)]
    return {
        "data": data,
        "layout": layout(
            view,
            drawn + top + _BOTTOM,
            **axes,
            annotations=headings,
            shapes=shapes,
            showlegend=True,
            legend=legend(view),
            hovermode="x unified",
            margin={"l": 8, "r": 12, "t": top, "b": _BOTTOM},
        ),
    }


def _line(
    name: str,
    months: list[str],
    values: dict[str, Any],
    panel: Panel,
    view: LiveView,
    found: Rows,
) -> list[dict[str, Any]]:
    mine = name == YOURS
    colour = view.palette.scenario(1 if mine else 0)
    shared = {"type": "scatter", "xaxis": panel.x, "yaxis": panel.y, "legendgroup": name}
    number = found.scale.d3
    line = shared | {
        "x": months,
        "y": _plain(values["mean"]),
        "mode": "lines",
        "name": view.words.scenario(name),
        "line": {"color": colour, "width": 2.4 if mine else 1.8, "dash": DASHES[1 if mine else 0]},
        "showlegend": panel.number == 1,
        "hovertemplate": f"%{{y:{number}}}",
    }
    if view.single:
        return [line]
    low, high = _plain(values["low"]), _plain(values["high"])
    return [shared | band(months, low, high, colour), line]


def _plain(values: Any) -> list[float | None]:
    """Return numbers as JSON has them, to six digits: a pixel needs no more."""
    return [None if value != value else float(f"{value:.6g}") for value in values.tolist()]  # noqa: PLR0124  nan


def _months(view: LiveView) -> dict[str, Any]:
    return months_axis(
        view,
        tickformat="%Y-%m" if view.narrow else "%Y",
        nticks=4 if view.narrow else 7,
    )


charts.add("explored")(Chart("explore", 10, LiveView, rows, title, ("chart.band",), figure))

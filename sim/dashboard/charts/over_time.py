"""A metric month by month: one panel for the market and each carrier, one line a scenario."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
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
    over,
    parting,
)
from sim.dashboard.rows import Rows
from sim.dashboard.scene import Scene
from sim.dashboard.sentences import touches
from sim.dashboard.theme import translucent

_PANEL = 215  # pixels, as are the next
_GAP = 68  # between panels: months of the upper, heading of the lower
_BOTTOM = 30
_HEADING = 28
_LEGEND = 30  # one line of the legend


def rows(scene: Scene) -> Rows:
    """Return every month of the scenarios and carriers chosen."""
    columns = ["scenario", "entity", "month", "mean", "low", "high"]
    return scene.rows(scene.comparison.monthly, columns)


def title(found: Rows, scene: Scene) -> str:
    """Say where the scenarios end, and which are apart there: their bands do not overlap."""
    entity = found.names("entity")[0]
    mine = found.of(entity=entity)
    last = mine[mine["month"] == mine["month"].max()].sort_values("mean", kind="stable")
    with_lowest, with_highest = touches(last, 0), touches(last, -1)
    low, high = last.iloc[[0]], last.iloc[[-1]]
    kind = "one" if len(last) == 1 else "close"
    if not with_highest.iloc[0]:
        kind, low, high = (
            "gap",
            last[with_lowest & ~with_highest],
            last[with_highest & ~with_lowest],
        )
    words = scene.words
    return words(
        f"over_time.{kind}",
        entity=words.entity(entity),
        month=last["month"].iloc[0],
        metric=words.metric_inside(scene.metric),
        low=words.scenarios(low["scenario"].tolist()),
        high=words.scenarios(high["scenario"].tolist()),
        low_value=_range(low, found, scene),
        high_value=_range(high, found, scene),
        unit=found.scale.unit,
    )


def _range(rows: pd.DataFrame, found: Rows, scene: Scene) -> str:
    ends = [found.scale.number(value) for value in (rows["mean"].min(), rows["mean"].max())]
    return ends[0] if ends[0] == ends[1] else scene.words("range", low=ends[0], high=ends[1])


def figure(found: Rows, scene: Scene) -> Figure:
    """Draw lines with bands, two panels a row, or one where the screen is narrow."""
    entities = found.names("entity")
    columns = 1 if scene.narrow or len(entities) == 1 else 2
    lines = -(-len(entities) // columns)
    drawn = lines * _PANEL + (lines - 1) * _GAP
    panels = grid(len(entities), columns, 0.09, _GAP / drawn)
    data = []
    for entity, panel in zip(entities, panels, strict=True):
        for scenario in found.names("scenario"):
            data += _line(found, scene, scenario, entity, panel)
    return {"data": data, "layout": _layout(found, scene, panels, drawn)}


def _line(
    found: Rows, scene: Scene, scenario: str, entity: str, panel: Panel
) -> list[dict[str, Any]]:
    mine = found.of(scenario=scenario, entity=entity)
    months, colour = mine["month"].tolist(), scene.colour(scenario)
    shared = {"xaxis": panel.x, "yaxis": panel.y, "legendgroup": scenario, "type": "scatter"}
    line = {
        "x": months,
        "y": mine["mean"].tolist(),
        "customdata": mine[["low", "high"]].to_numpy().tolist(),
        "mode": "lines",
        "name": scene.words.scenario(scenario),
        "line": {"color": colour, "width": 2.2, "dash": scene.dash(scenario)},
        "showlegend": panel.number == 1,
        "hovertemplate": _hover(found, scene),
    }
    if scene.single:
        return [shared | line]
    shade = band(months, mine["low"].tolist(), mine["high"].tolist(), colour)
    return [shared | shade, shared | line]


def _hover(found: Rows, scene: Scene) -> str:
    number = found.scale.d3
    if scene.single:
        return f"%{{y:{number}}}"
    return f"%{{y:{number}}}  [%{{customdata[0]:{number}}}, %{{customdata[1]:{number}}}]"


def _layout(found: Rows, scene: Scene, panels: list[Panel], drawn: int) -> dict[str, Any]:
    top = _HEADING + _LEGEND * (len(found.names("scenario")) if scene.narrow else 1)
    months = months_axis(scene, tickformat="%Y-%m", nticks=3 if scene.narrow else 6)
    values = axis(scene, nticks=5)
    axes: dict[str, Any] = {}
    for panel in panels:
        axes |= panel.axes(months, values)
    entities = found.names("entity")
    headings = [heading(scene, p, e) for p, e in zip(panels, entities, strict=True)]
    shapes = [shape for panel in panels for shape in _marks(found, scene, panel)]
    return layout(
        scene,
        drawn + top + _BOTTOM,
        **axes,
        annotations=[*headings, *_mark_names(found, scene, panels[0])],
        shapes=shapes,
        showlegend=True,
        legend=legend(scene),
        hovermode="x unified",
        margin={"l": 8, "r": 12, "t": top, "b": _BOTTOM},
    )


def _marks(found: Rows, scene: Scene, panel: Panel) -> list[dict[str, Any]]:
    """Return the shade over the period compared and the line where the scenarios part."""
    first, last = _period(scene)
    shade = translucent(scene.palette.muted, 0.09)
    marks = []
    if _covers(found, last):
        rectangle = {"type": "rect", "x0": first, "x1": last, "line": {"width": 0}}
        marks.append(over(panel) | rectangle | {"fillcolor": shade})
    if _covers(found, scene.branch):
        marks.append(parting(scene, panel, scene.branch))
    return marks


def _mark_names(found: Rows, scene: Scene, panel: Panel) -> list[dict[str, Any]]:
    text = {
        "xref": panel.x,
        "yref": f"{panel.y} domain",
        "showarrow": False,
        "font": {"size": 11, "color": scene.palette.muted},
    }
    year = scene.words("chart.year", year=scene.words.period(scene.period))
    last = _period(scene)[1]
    names = []
    if _covers(found, last):
        place = {"x": last, "xanchor": "right", "y": 1, "yanchor": "bottom", "yshift": 6}
        names.append(text | place | {"text": year})
    if _covers(found, scene.branch):
        part = scene.words("chart.branch")
        names.append(
            text
            | {
                "x": scene.branch,
                "xanchor": "left",
                "text": part,
                "xshift": 3,
                "y": 0,
                "yanchor": "bottom",
            }
        )
    return names


def _covers(found: Rows, month: str) -> bool:
    """Say whether a month lies inside those shown: a mark beyond would stretch the axis."""
    months = found.frame["month"]
    return bool(months.min() < month <= months.max())


def _period(scene: Scene) -> tuple[str, str]:
    first, _, last = scene.period.partition("/")
    return (first, last) if last else (f"{first}-01", f"{first}-12")


charts.add("over_time")(Chart("compare", 10, Scene, rows, title, ("chart.band",), figure))

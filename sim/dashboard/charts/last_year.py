"""The last year: one dot with its interval for each scenario, a panel for each carrier."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.data import MARKET
from sim.dashboard.marks import hover, names_axis, whisker
from sim.dashboard.plot import Figure, Panel, axis, grid, heading, layout
from sim.dashboard.rows import Rows
from sim.dashboard.scene import Scene
from sim.dashboard.sentences import touches
from sim.dashboard.theme import MARKS

_ROW = 46  # pixels
_FRAME = 84


def rows(scene: Scene) -> Rows:
    """Return the levels of the period compared."""
    columns = ["scenario", "entity", "period", "mean", "low", "high"]
    return scene.rows(scene.comparison.metrics, columns)


def title(found: Rows, scene: Scene) -> str:
    """Say which carrier leads clearly in all scenarios, or the range where there are no rivals."""
    carriers = found.frame[found.frame["entity"] != MARKET]
    if carriers["entity"].nunique() < 2:
        return _say("range", found.of(entity=found.names("entity")[0]), found, scene)
    by_scenario = [rows for _, rows in carriers.groupby("scenario", sort=False)]
    tops = pd.concat([_leaders(rows) for rows in by_scenario])
    if len(tops) > len(by_scenario):
        return _say("unclear", tops, found, scene)
    kind = "leader" if tops["entity"].nunique() == 1 else "depends"
    return _say(kind, tops, found, scene)


def _leaders(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the carrier with the highest mean and all whose intervals overlap with its."""
    ordered = rows.sort_values("mean", kind="stable")
    return ordered[touches(ordered, -1)]


def _say(kind: str, about: Any, found: Rows, scene: Scene) -> str:
    words, number = scene.words, found.scale.number
    return words(
        f"last_year.{kind}",
        year=words.period(scene.period),
        metric=words.metric_inside(scene.metric),
        entity=words.entity(about["entity"].iloc[0]),
        low_value=number(about["mean"].min()),
        high_value=number(about["mean"].max()),
        unit=found.scale.unit,
    )


def figure(found: Rows, scene: Scene) -> Figure:
    """Draw the panels side by side, or one below the other where the screen is narrow."""
    entities, scenarios = found.names("entity"), found.names("scenario")
    columns = 1 if scene.narrow else len(entities)
    lines = -(-len(entities) // columns)
    height = lines * (len(scenarios) * _ROW + _FRAME) + 10
    panels = grid(len(entities), columns, 0.035, _FRAME / height)
    data: list[Figure] = []
    axes: dict[str, Any] = {}
    for entity, panel in zip(entities, panels, strict=True):
        data.append(_dots(found, scene, entity, panel))
        axes |= panel.axes(_values(scene, panel, entities), _names(scene, panel, scenarios))
    headings = [heading(scene, p, e) for p, e in zip(panels, entities, strict=True)]
    margin = {"l": 8, "r": 16, "t": 36, "b": 34}
    return {
        "data": data,
        "layout": layout(scene, height, **axes, annotations=headings, margin=margin),
    }


def _dots(found: Rows, scene: Scene, entity: str, panel: Panel) -> dict[str, Any]:
    mine, colour = found.of(entity=entity), scene.palette.entity(entity)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": mine["mean"].tolist(),
        "y": [scene.words.scenario(name) for name in mine["scenario"]],
        "text": [found.scale.number(value) for value in mine["mean"]],
        "textposition": "top center",
        "textfont": {"color": scene.palette.ink, "size": 12},
        "customdata": mine[["low", "high"]].to_numpy().tolist(),
        "marker": {"color": colour, "symbol": MARKS.get(entity, "circle"), "size": 11},
        "error_x": whisker(mine, colour, thickness=3),
        "xaxis": panel.x,
        "yaxis": panel.y,
        "cliponaxis": False,
        "hovertemplate": hover(found.scale, found.scale.d3, single=scene.single),
    }


def _values(scene: Scene, panel: Panel, entities: list[str]) -> dict[str, Any]:
    """Return the axis of values: carriers share one, the market has its own."""
    shared = {} if entities[panel.number - 1] == MARKET else _matches(entities, panel)
    return axis(scene, nticks=4, **shared)


def _matches(entities: list[str], panel: Panel) -> dict[str, str]:
    first = next(place for place, name in enumerate(entities, 1) if name != MARKET)
    return {} if panel.number == first else {"matches": "x" if first == 1 else f"x{first}"}


def _names(scene: Scene, panel: Panel, scenarios: list[str]) -> dict[str, Any]:
    titles = [scene.words.scenario(name) for name in scenarios]
    return names_axis(
        scene,
        titles,
        range=[-0.6, len(titles) - 0.25],
        showticklabels=scene.narrow or panel.number == 1,
    )


charts.add("last_year")(
    Chart("compare", 20, Scene, rows, title, ("chart.whisker", "chart.own_axis"), figure)
)

"""Paired differences against the baseline as a forest plot: filled where the sign is clear."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.marks import dots, hover, names_axis, zero_line
from sim.dashboard.plot import Figure, Panel, axis, layout, note, stack
from sim.dashboard.rows import Rows
from sim.dashboard.scene import Scene
from sim.dashboard.sentences import clear
from sim.dashboard.theme import GLYPHS, MARKS

_ROW = 34  # pixels
_GAP = 52
_FRAME = 78
_TEXT = 190  # pixels at the right for mean and interval in figures


def rows(scene: Scene) -> Rows:
    """Return the difference of every scenario chosen but the baseline."""
    columns = ["scenario", "entity", "mean", "low", "high", "variance_reduction"]
    return scene.rows(scene.comparison.differences, columns, difference=True)


def title(found: Rows, scene: Scene) -> str:
    """Name the clear differences of the first carrier shown, then those that are not."""
    words, entity = scene.words, found.names("entity")[0]
    metric = words.metric_inside(scene.metric)
    if scene.single:
        baseline = words.scenario(scene.comparison.baseline)
        return words("differences.single", metric=words.metric(scene.metric), baseline=baseline)
    mine = found.of(entity=entity)
    apart = mine[clear(mine)]
    said = [_say(row, found, scene) for row in apart.to_dict("records")]
    rest = mine.loc[~clear(mine), "scenario"].tolist()
    if rest:
        said.append(words("differences.none", metric=metric, scenarios=words.scenarios(rest)))
    return words(
        "differences.found",
        entity=words.entity(entity),
        year=words.period(scene.period),
        findings=words("joint.list").join(said),
    )


def _say(row: dict[Any, Any], found: Rows, scene: Scene) -> str:
    return scene.words(
        "differences.up" if row["mean"] > 0 else "differences.down",
        scenario=scene.words.scenario(row["scenario"]),
        metric=scene.words.metric_inside(scene.metric),
        size=found.scale.number(abs(row["mean"])),
        unit=found.scale.unit,
    )


def figure(found: Rows, scene: Scene) -> Figure:
    """Draw one panel a scenario on a common axis, with the numbers beside it."""
    scenarios = found.names("scenario")
    heights = [len(found.of(scenario=name)) * _ROW for name in scenarios]
    panels = stack(heights, _GAP)
    data, notes = [], []
    axes: dict[str, Any] = {}
    for scenario, panel in zip(scenarios, panels, strict=True):
        mine = found.of(scenario=scenario)
        data.append(_dots(mine, found, scene, panel))
        axes |= panel.axes(_values(scene, panel), _names(mine, scene))
        notes += [_heading(scene, scenario, panel)]
        notes += [] if scene.narrow else _figures(mine, found, scene, panel)
    height = sum(heights) + _GAP * (len(heights) - 1) + _FRAME
    margin = {"l": 8, "r": 16 if scene.narrow else _TEXT, "t": 38, "b": 34}
    return {
        "data": data,
        "layout": layout(scene, height, **axes, annotations=notes, margin=margin),
    }


def _dots(mine: pd.DataFrame, found: Rows, scene: Scene, panel: Panel) -> dict[str, Any]:
    colours = [scene.palette.entity(name) for name in mine["entity"]]
    filled = clear(mine) | scene.single
    names = [scene.words.entity(name) for name in mine["entity"]]
    trace = dots(mine, names, colours, filled, scene)
    trace["marker"]["symbol"] = [MARKS.get(name, "circle") for name in mine["entity"]]
    said = hover(found.scale, f"+{found.scale.d3}", single=scene.single)
    return trace | {"xaxis": panel.x, "yaxis": panel.y, "hovertemplate": said}


def _values(scene: Scene, panel: Panel) -> dict[str, Any]:
    shared = {} if panel.number == 1 else {"matches": "x"}
    zero = zero_line(scene)
    return axis(scene, nticks=4 if scene.narrow else 6, rangemode="tozero", **zero | shared)


def _names(mine: pd.DataFrame, scene: Scene) -> dict[str, Any]:
    names = [scene.words.entity(name) for name in mine["entity"]]
    labels = [
        f'{scene.words.entity(name)} <span style="color:{scene.palette.entity(name)}">'
        f"{GLYPHS.get(name, '●')}</span>"
        for name in mine["entity"]
    ]
    return names_axis(
        scene,
        names,
        tickvals=names,
        ticktext=labels,
        range=[-0.6, len(names) - 0.4],
        showgrid=False,
    )


def _heading(scene: Scene, scenario: str, panel: Panel) -> dict[str, Any]:
    title = f"<b>{scene.words.scenario(scenario)}</b>"
    if scene.narrow:
        return note(scene, title, panel)
    baseline = scene.words.scenario(scene.comparison.baseline)
    text = scene.words("differences.head", scenario=title, baseline=baseline)
    return note(scene, text, panel)


def _figures(mine: pd.DataFrame, found: Rows, scene: Scene, panel: Panel) -> list[dict[str, Any]]:
    """Return mean and interval as text at the right, as readers of forest plots expect."""
    text = {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 16,
        "yref": panel.y,
        "showarrow": False,
        "font": {"size": 12, "color": scene.palette.ink},
    }
    signed = found.scale.signed
    return [
        text
        | {
            "y": scene.words.entity(row["entity"]),
            "text": f"<b>{signed(row['mean'])}</b>"
            + ("" if scene.single else f"  [{signed(row['low'])}, {signed(row['high'])}]"),
        }
        for row in mine.to_dict("records")
    ]


charts.add("differences")(
    Chart("compare", 30, Scene, rows, title, ("chart.whisker", "chart.hollow"), figure)
)

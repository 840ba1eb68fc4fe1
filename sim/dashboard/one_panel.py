"""Differences of one entity on a common axis: a row for each scenario, in its colour."""

from typing import Any

import pandas as pd

from sim.dashboard.marks import dots, hover, zero_line
from sim.dashboard.plot import Figure, axis, layout
from sim.dashboard.rows import Rows
from sim.dashboard.scene import Scene
from sim.dashboard.sentences import clear

_ROW = 52  # pixels, as are the next
_FRAME = 46
_TEXT = 190


def one_panel(found: Rows, scene: Scene) -> Figure:
    """Draw a dot with its interval for each scenario; names stand above, numbers beside."""
    rows = found.frame
    places = list(range(len(rows)))[::-1]
    across = axis(scene, nticks=4 if scene.narrow else 6, rangemode="tozero", **zero_line(scene))
    up = axis(scene, showticklabels=False, showgrid=False, range=[-0.5, len(rows) - 0.3])
    texts = [
        text
        for place, row in zip(places, rows.to_dict("records"), strict=True)
        for text in _texts(place, row, found, scene)
    ]
    return {
        "data": [_dots(rows, places, found, scene)],
        "layout": layout(
            scene,
            len(rows) * _ROW + _FRAME,
            xaxis=across,
            yaxis=up,
            annotations=texts,
            margin={"l": 8, "r": 16 if scene.narrow else _TEXT, "t": 8, "b": 34},
        ),
    }


def _dots(rows: pd.DataFrame, places: list[int], found: Rows, scene: Scene) -> dict[str, Any]:
    colours = [scene.colour(name) for name in rows["scenario"]]
    filled = clear(rows) | scene.single
    trace = dots(rows, places, colours, filled, scene)
    trace["marker"]["symbol"] = "diamond"
    said = hover(found.scale, f"+{found.scale.d3}", single=scene.single, name="")
    return trace | {"hovertemplate": said}


def _texts(place: int, row: dict[Any, Any], found: Rows, scene: Scene) -> list[dict[str, Any]]:
    """Return the scenario's name above its row, and its numbers at the right."""
    shared = {"y": place, "yref": "y", "xref": "paper", "xanchor": "left", "showarrow": False}
    ink = {"size": 13, "color": scene.palette.ink}
    name = shared | {"x": 0, "yshift": 18, "text": scene.words.scenario(row["scenario"])}
    signed = found.scale.signed
    numbers = f"<b>{signed(row['mean'])}</b>"
    if not scene.single:
        numbers += f"  [{signed(row['low'])}, {signed(row['high'])}]"
    beside = shared | {"x": 1, "xshift": 16, "text": numbers}
    texts = [name | {"font": ink}]
    return texts if scene.narrow else [*texts, beside | {"font": ink | {"size": 12}}]

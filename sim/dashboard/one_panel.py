"""Differences of one entity on a common axis: a row for each scenario, in its colour."""

from typing import Any

import pandas as pd

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
    zero = {"zeroline": True, "zerolinecolor": scene.palette.muted, "zerolinewidth": 1.5}
    across = axis(scene, nticks=4 if scene.narrow else 6, rangemode="tozero", **zero)
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
    insides = [c if f else scene.palette.panel for c, f in zip(colours, filled, strict=True)]
    number = f"+{found.scale.d3}"
    interval = f"<br>[%{{customdata[0]:{number}}}, %{{customdata[1]:{number}}}]"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["mean"].tolist(),
        "y": places,
        "customdata": rows[["low", "high"]].to_numpy().tolist(),
        "marker": {
            "color": insides,
            "symbol": "diamond",
            "size": 11,
            "line": {"color": colours, "width": 2},
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": (rows["high"] - rows["mean"]).tolist(),
            "arrayminus": (rows["mean"] - rows["low"]).tolist(),
            "color": scene.palette.muted,
            "thickness": 2.5,
            "width": 0,
        },
        "cliponaxis": False,
        "hovertemplate": f"%{{x:{number}}} {found.scale.unit}"
        f"{'' if scene.single else interval}<extra></extra>",
    }


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

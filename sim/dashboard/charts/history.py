"""The simulated past against what was observed: the gap of each series, year by year."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.data import MARKET
from sim.dashboard.marks import dots, zero_line
from sim.dashboard.plot import Figure, axis, layout
from sim.dashboard.rows import Rows
from sim.dashboard.theme import GLYPHS
from sim.dashboard.trusting import Past
from sim.dashboard.units import scale_for
from sim.studies.history import gaps

_YEAR = 19  # pixels of a year's row, as are the next
_HEAD = 26
_COLUMNS = ["name", "entity", "year", "observed", "simulated", "mean", "low", "high", "role"]


def rows(scene: Past) -> Rows:
    """Return the gap of every observed value, as a part of what was observed."""
    history = gaps(scene.comparison.history)
    carrier = history["carrier"].where(history["carrier"].notna(), MARKET)
    told = history.assign(entity=carrier, simulated=history["mean"])
    told = told.assign(**{name: history[f"gap_{name}"] for name in ("mean", "low", "high")})
    told = told.drop_duplicates(["name", "entity", "year"])  # a past that scenarios share
    words = scene.words
    labels = {
        "name": {name: words.metric(name) for name in set(told["name"])},
        "role": {role: words(f"trust.role.{_key(role)}") for role in set(told["role"])},
    }
    blocks = [block for _, block in told.groupby(["name", "entity"], sort=False)]
    frame = pd.concat(blocks)[_COLUMNS].reset_index(drop=True)
    values = frame[["mean", "low", "high"]].to_numpy().ravel()
    return Rows(frame, "share", scale_for("share", values, words), labels=labels)


def _key(role: str) -> str:
    return role.replace(" ", "_")


def title(found: Rows, scene: Past) -> str:
    """Name the largest gap among what the simulation found by itself."""
    words, frame = scene.words, found.frame
    results = frame[frame["role"] == "result"]
    if results.empty:
        return words("trust.history.none")
    worst = results.iloc[int(results["mean"].abs().argmax())]
    return words(
        "trust.history.worst",
        count=len(results),
        size=found.scale.signed(worst["mean"]),
        unit=found.scale.unit,
        metric=_name(worst, found, scene),
        year=worst["year"],
    )


def _name(row: Any, found: Rows, scene: Past) -> str:
    name = str(found.name("name", row["name"], scene.words))
    if row["entity"] == MARKET:
        return name
    owner = scene.words.entity(row["entity"])
    return scene.words("finding.metric_of", metric=name, entity=owner)


def figure(found: Rows, scene: Past) -> Figure:
    """Draw a block for each series, a row for each year; filled where it is a result."""
    frame = found.frame
    places, ticks, heads, top = [], [], [], 0.0
    for _, mine in frame.groupby(["name", "entity"], sort=False):
        heads.append(_head(mine.iloc[0], top + 0.5 * _HEAD, found, scene))
        top += _HEAD
        for year in mine["year"]:
            places.append(top + 0.5 * _YEAR)
            ticks.append(str(year))
            top += _YEAR
    up = axis(scene, range=[top + 4, 0], tickvals=places, ticktext=ticks, showgrid=False)
    across = axis(scene, nticks=4 if scene.narrow else 8, ticksuffix=" %", **zero_line(scene))
    return {
        "data": [_dots(frame.assign(place=places), found, scene)],
        "layout": layout(
            scene,
            top + 46,
            xaxis=across,
            yaxis=up,
            annotations=heads,
            margin={"l": 8, "r": 16, "t": 4, "b": 34},
        ),
    }


def _head(row: Any, place: float, found: Rows, scene: Past) -> dict[str, Any]:
    colour = scene.palette.entity(row["entity"])
    mark = f'<span style="color:{colour}">{GLYPHS.get(row["entity"], "●")}</span>'
    return {
        "text": f"{mark} {_name(row, found, scene)}",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": place,
        "yanchor": "middle",
        "showarrow": False,
        "bgcolor": scene.palette.panel,
        "font": {"size": 13, "color": scene.palette.ink},
    }


def _dots(rows: pd.DataFrame, found: Rows, scene: Past) -> dict[str, Any]:
    colours = [scene.palette.entity(name) for name in rows["entity"]]
    result = rows["role"] == "result"
    trace = dots(rows, rows["place"], colours, result, scene)
    trace["marker"]["size"] = 9
    said = f"%{{x:+{found.scale.d3}}} %  %{{text}}<extra></extra>"
    roles = [found.name("role", role, scene.words) for role in rows["role"]]
    return trace | {"text": roles, "hovertemplate": said}


charts.add("history")(
    Chart("trust", 20, Past, rows, title, ("trust.history.marks", "chart.whisker"), figure)
)

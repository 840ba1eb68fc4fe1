"""The 31 provinces as tiles, each about where it lies: leak price, share or data use."""

from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.data import MARKET
from sim.dashboard.market_view import MarketView
from sim.dashboard.plot import Figure, layout
from sim.dashboard.rows import Rows
from sim.dashboard.theme import GLYPHS, blended
from sim.dashboard.units import scale_for
from sim.market.names import CARRIERS
from sim.studies.flows import MEASURES, by_province, leaders

_HEIGHT = 400  # pixels
_DEEPEST = 0.6  # of a colour on the highest tile: text must be read on it


def rows(view: MarketView) -> Rows:
    """Return the measure in every province, for the market or the carrier chosen."""
    places = view.run.table("province_carrier_month")
    found = by_province(places, view.month, view.measure)
    mine = found[found["carrier"] == view.entity].rename(columns={"carrier": "entity"})
    if view.measure == "share" and view.entity == MARKET:
        first = leaders(places[places["month"] == view.month])
        mine = mine.assign(entity=mine["province"].map(first))
    unit = MEASURES[view.measure][0]
    scale = scale_for(unit, mine["value"], view.words)
    labels = {"province": {p["code"]: _name(p, view) for p in view.run.provinces}}
    stored = mine[["province", "entity", "value"]].reset_index(drop=True)
    return Rows(stored, unit, scale, numbers=("value",), labels=labels)


def _name(province: dict[str, Any], view: MarketView) -> str:
    return str(province[f"name_{view.words.language}"])


def title(found: Rows, view: MarketView) -> str:
    """Say where the measure is lowest and highest; of the market's share, who leads where."""
    words, known = view.words, found.frame.dropna(subset=["value"])
    if known.empty:
        return words(
            "provinces.none", month=view.month, measure=words(f"map.inside.{view.measure}")
        )
    if view.measure == "share" and view.entity == MARKET:
        counts = known["entity"].value_counts()
        said = [
            words("provinces.leads", entity=words.entity(str(name)), count=int(count))
            for name, count in counts.items()
        ]
        return words("provinces.leaders", month=view.month, list=words("joint.list").join(said))
    ordered = known.sort_values("value", kind="stable")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    names, number = found.labels["province"], found.scale.number
    return words(
        "provinces.range",
        month=view.month,
        entity=words.entity(view.entity),
        measure=words(f"map.inside.{view.measure}"),
        low=names[low["province"]],
        high=names[high["province"]],
        low_value=number(low["value"]),
        high_value=number(high["value"]),
        unit=found.scale.unit,
    )


def figure(found: Rows, view: MarketView) -> Figure:
    """Draw a tile for each province, darker where the measure is higher."""
    tiles = pd.DataFrame(view.run.provinces)[["code", "tile_row", "tile_col"]]
    frame = tiles.merge(found.frame, left_on="code", right_on="province", how="left")
    groups = CARRIERS if _by_leader(view) else (view.entity,)
    ends = _ends(frame["value"])
    data = [_ground(frame, view)]
    for entity in groups:
        mine = frame[(frame["entity"] == entity) & frame["value"].notna()]
        if len(mine):
            data.append(_tiles(mine, found, view, entity, ends))
    hidden = {"visible": False, "fixedrange": True}
    lowest = float(frame["tile_row"].max())
    drawn = layout(
        view,
        _HEIGHT,
        xaxis=hidden | {"range": [-0.5, float(frame["tile_col"].max()) + 0.5]},
        yaxis=hidden | {"range": [lowest + 0.5, float(frame["tile_row"].min()) - 0.5]},
        margin={"l": 4, "r": 4, "t": 6, "b": 6},
    )
    return {"data": data, "layout": drawn}


def _by_leader(view: MarketView) -> bool:
    return view.measure == "share" and view.entity == MARKET


def _ends(values: "pd.Series[float]") -> tuple[float, float]:
    """Return the ends of the colour scale: a little below the lowest, so that no tile is empty."""
    low, high = float(values.min()), float(values.max())
    spread = (high - low) or abs(high) or 1.0
    return low - 0.25 * spread, high


def _ground(frame: pd.DataFrame, view: MarketView) -> Figure:
    """Return the tiles below all others: a province without a value keeps its place and name."""
    unknown = frame["value"].isna()
    names = [
        f"{_short(code, view)}<br>–" if no else ""
        for code, no in zip(frame["code"], unknown, strict=True)
    ]
    grid = view.palette.grid
    return _heat(frame, [0.0] * len(frame), names) | {
        "colorscale": [[0, grid], [1, grid]],
        "hoverinfo": "skip",
        "textfont": {"color": view.palette.muted, "size": 11},
    }


def _tiles(
    mine: pd.DataFrame, found: Rows, view: MarketView, entity: str, ends: tuple[float, float]
) -> Figure:
    names = found.labels["province"]
    mark = f"{GLYPHS[entity]} " if _by_leader(view) else ""
    texts = [
        f"{_short(code, view)}<br>{mark}{found.scale.number(value)}"
        for code, value in zip(mine["code"], mine["value"], strict=True)
    ]
    colour = view.palette.accent if entity == MARKET else view.palette.entity(entity)
    hover = [f"{names[code]} · {view.words.entity(entity)}" for code in mine["code"]]
    return _heat(mine, mine["value"].tolist(), texts) | {
        "zmin": ends[0],
        "zmax": ends[1],
        "colorscale": [[0, view.palette.panel], [1, blended(view.palette.panel, colour, _DEEPEST)]],
        "hovertext": hover,
        "textfont": {"size": 11, "color": view.palette.ink},
        "hovertemplate": f"%{{hovertext}}<br>%{{z:{found.scale.d3_fine}}} {found.scale.unit}"
        "<extra></extra>",
    }


def _heat(frame: pd.DataFrame, values: list[float], texts: list[str]) -> Figure:
    return {
        "type": "heatmap",
        "x": frame["tile_col"].tolist(),
        "y": frame["tile_row"].tolist(),
        "z": values,
        "text": texts,
        "texttemplate": "%{text}",
        "showscale": False,
        "hoverongaps": False,
        "xgap": 3,
        "ygap": 3,
    }


def _short(code: str, view: MarketView) -> str:
    """Return what fits on a tile: the code, or the short Chinese name."""
    if view.words.language == "en":
        return code
    return next(str(p["name_zh"]) for p in view.run.provinces if p["code"] == code)


charts.add("provinces")(Chart("market", 30, MarketView, rows, title, ("provinces.tiles",), figure))

"""Who left whom: lines that went from one carrier to another in a month."""

from sim.dashboard.charts import Chart, charts
from sim.dashboard.market_view import MarketView
from sim.dashboard.plot import Figure, sankey
from sim.dashboard.rows import Rows
from sim.dashboard.theme import GLYPHS, translucent
from sim.dashboard.units import scale_for
from sim.market.names import CARRIERS
from sim.studies.flows import moves

_HEIGHT = 400  # pixels


def rows(view: MarketView) -> Rows:
    """Return the lines between every two carriers."""
    stored = moves(view.run.table("switches"), view.month)
    stored = stored[stored["lines"] > 0].reset_index(drop=True)
    names = {carrier: view.words.entity(carrier) for carrier in CARRIERS}
    scale = scale_for("lines", stored["lines"], view.words)
    return Rows(
        stored,
        "lines",
        scale,
        numbers=("lines", "renewed"),
        labels={"origin": names, "destination": names},
    )


def title(found: Rows, view: MarketView) -> str:
    """Say who gains most and who loses most, and how many moved."""
    net = {
        carrier: float(
            found.of(destination=carrier)["lines"].sum() - found.of(origin=carrier)["lines"].sum()
        )
        for carrier in CARRIERS
    }
    most, least = max(net, key=net.__getitem__), min(net, key=net.__getitem__)
    words, scale = view.words, found.scale
    return words(
        "switching.found",
        month=view.month,
        moved=scale.number(float(found.frame["lines"].sum())),
        winner=words.entity(most),
        loser=words.entity(least),
        gain=scale.signed(net[most]),
        loss=scale.signed(net[least]),
        unit=scale.unit,
    )


def figure(found: Rows, view: MarketView) -> Figure:
    """Draw the carriers left at the left, those joined at the right, a band between each two."""
    frame, palette = found.frame, view.palette
    left = [carrier for carrier in CARRIERS if carrier in set(frame["origin"])]
    right = [carrier for carrier in CARRIERS if carrier in set(frame["destination"])]
    node = {
        "label": [_name(c, found, view, "origin") for c in left]
        + [_name(c, found, view, "destination") for c in right],
        "color": [palette.entity(carrier) for carrier in left + right],
        "x": [0.001] * len(left) + [0.999] * len(right),
        "y": [*_spread(len(left)), *_spread(len(right))],
        "pad": 22,
        "hovertemplate": f"%{{label}} {found.scale.unit}<extra></extra>",
    }
    link = {
        "source": [left.index(carrier) for carrier in frame["origin"]],
        "target": [len(left) + right.index(carrier) for carrier in frame["destination"]],
        "value": frame["lines"].tolist(),
        "color": [translucent(palette.entity(carrier), 0.38) for carrier in frame["origin"]],
        "label": [
            f"{view.words.entity(origin)} → {view.words.entity(destination)}"
            for origin, destination in zip(frame["origin"], frame["destination"], strict=True)
        ],
        "hovertemplate": f"%{{label}}<br>%{{value:{found.scale.d3_fine}}} {found.scale.unit}"
        "<extra></extra>",
    }
    return sankey(view, _HEIGHT, node, link)


def _name(carrier: str, found: Rows, view: MarketView, side: str) -> str:
    lines = float(found.of(**{side: carrier})["lines"].sum())
    number = found.scale.number(lines)
    sign = "−" if side == "origin" else "+"
    return f"{GLYPHS[carrier]} {view.words.entity(carrier)} {sign}{number}"


def _spread(count: int) -> list[float]:
    return [(place + 0.5) / count for place in range(count)]


charts.add("switching")(Chart("market", 20, MarketView, rows, title, ("switching.both",), figure))

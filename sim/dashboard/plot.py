"""Parts that every figure is made of, as plain dictionaries: layout, axes, panels.

`plotly.graph_objects` would check each figure for 28 ms; a dictionary takes 0.3 ms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.dashboard.theme import FONT, GLYPHS, translucent
from sim.dashboard.view import View

type Figure = dict[str, Any]

_TOP, _BOTTOM = 8, 30


@dataclass(frozen=True)
class Panel:
    """One small multiple: the number of its axes and its place, in parts of the plot."""

    number: int
    across: tuple[float, float]
    up: tuple[float, float]

    @property
    def x(self) -> str:
        """Return the name that traces give to the horizontal axis."""
        return "x" if self.number == 1 else f"x{self.number}"

    @property
    def y(self) -> str:
        """Return the name that traces give to the vertical axis."""
        return "y" if self.number == 1 else f"y{self.number}"

    def axes(self, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
        """Return both axes for the layout, at this panel's place."""
        suffix = "" if self.number == 1 else str(self.number)
        return {
            f"xaxis{suffix}": {"domain": self.across, "anchor": self.y, **x},
            f"yaxis{suffix}": {"domain": self.up, "anchor": self.x, **y},
        }


def stack(heights: Sequence[float], gap: float) -> list[Panel]:
    """Return panels one below the other, of these heights and with this gap, in pixels."""
    total = sum(heights) + gap * (len(heights) - 1)
    panels, top = [], total
    for number, height in enumerate(heights, 1):
        panels.append(Panel(number, (0.0, 1.0), (max((top - height) / total, 0.0), top / total)))
        top -= height + gap
    return panels


def grid(count: int, columns: int, across: float, up: float) -> list[Panel]:
    """Return `count` equal panels in rows; gaps `across` and `up` in parts of the plot."""
    lines = -(-count // columns)
    width = (1.0 - across * (columns - 1)) / columns
    height = (1.0 - up * (lines - 1)) / lines
    panels = []
    for place in range(count):
        line, column = divmod(place, columns)
        left, top = column * (width + across), 1.0 - line * (height + up)
        panels.append(
            Panel(place + 1, (left, min(left + width, 1.0)), (max(top - height, 0.0), top))
        )
    return panels


def layout(view: View, height: float, **more: Any) -> dict[str, Any]:
    """Return what all figures share; `height` is in pixels."""
    palette = view.palette
    return {
        "height": height,
        "autosize": True,
        "margin": {"l": 8, "r": 12, "t": _TOP, "b": _BOTTOM},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": palette.muted},
        "hoverlabel": {
            "bgcolor": palette.panel,
            "bordercolor": palette.line,
            "font": {"family": FONT, "size": 12, "color": palette.ink},
        },
        "dragmode": False,
        "showlegend": False,
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": palette.muted,
            "activecolor": palette.accent,
        },
        **more,
    }


def axis(view: View, **more: Any) -> dict[str, Any]:
    """Return a quiet axis: fine lines, no zoom, room for its labels."""
    return {
        "gridcolor": view.palette.grid,
        "linecolor": view.palette.line,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "ticks": "",
        "separatethousands": True,
        "exponentformat": "none",
        **more,
    }


def heading(view: View, panel: Panel, entity: str) -> dict[str, Any]:
    """Return a panel's title: the carrier's mark in its colour, then its name."""
    colour = view.palette.entity(entity)
    mark = f'<span style="color:{colour}">{GLYPHS.get(entity, "●")}</span>'
    return note(view, f"{mark} <b>{view.words.entity(entity)}</b>", panel)


def note(view: View, text: str, panel: Panel) -> dict[str, Any]:
    """Return a line of text just above a panel's left corner."""
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": panel.across[0],
        "y": panel.up[1],
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 6,
        "showarrow": False,
        "font": {"size": 13, "color": view.palette.ink},
    }


def band(
    months: list[str], low: Sequence[float | None], high: Sequence[float | None], colour: str
) -> dict[str, Any]:
    """Return what a trace needs to shade between two lines, without a word of its own."""
    return {
        "x": months + months[::-1],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": translucent(colour, 0.18),
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def months_axis(view: View, **more: Any) -> dict[str, Any]:
    """Return an axis of months, with a fine line where the pointer is."""
    return axis(
        view,
        type="date",
        hoverformat="%Y-%m",
        tickangle=0,
        showgrid=False,
        showline=True,
        spikecolor=view.palette.muted,
        spikethickness=1,
        spikedash="solid",
        **more,
    )


def parting(view: View, panel: Panel, month: str) -> dict[str, Any]:
    """Return the line in a panel at the month where scenarios part."""
    line = {"color": view.palette.muted, "width": 1, "dash": "dot"}
    return over(panel) | {"type": "line", "x0": month, "x1": month, "line": line}


def over(panel: Panel) -> dict[str, Any]:
    """Return the place of a shape as high as its panel, below the lines."""
    return {"xref": panel.x, "yref": f"{panel.y} domain", "y0": 0, "y1": 1, "layer": "below"}


def legend(view: View) -> dict[str, Any]:
    """Return a legend in a row at the top left."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "y": 1,
        "yanchor": "top",
        "yref": "container",
        "font": {"size": 13, "color": view.palette.ink},
        "itemwidth": 34,
    }


def sankey(
    view: View, height: float, node: dict[str, Any], link: dict[str, Any], **more: Any
) -> Figure:
    """Return a figure of flows between nodes; `node` and `link` as Plotly has them."""
    drawn = {
        "type": "sankey",
        "arrangement": "snap",
        "node": {"thickness": 14, "line": {"width": 0}} | node,
        "link": link,
        "textfont": {"color": view.palette.ink, "size": 12 if view.narrow else 13},
        **more,
    }
    return {
        "data": [drawn],
        "layout": layout(view, height, margin={"l": 8, "r": 8, "t": 14, "b": 18}),
    }


def nothing(view: View, why: str) -> Figure:
    """Return the figure that says why there is nothing to draw."""
    text = {
        "text": why,
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "font": {"size": 14, "color": view.palette.muted},
    }
    hidden = {"visible": False, "fixedrange": True}
    return {
        "data": [],
        "layout": layout(view, 160, xaxis=hidden, yaxis=hidden, annotations=[text]),
    }

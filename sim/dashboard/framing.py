"""A figure that stands alone, in a file: with its title, notes and source, on its own ground."""

import re
from html import escape
from typing import Any
from unicodedata import east_asian_width

from sim.dashboard.plot import Figure
from sim.dashboard.theme import Palette

WIDTH = 1200  # pixels, as are the next

_SIDE = 28
_TITLE, _NOTES, _SOURCE = 22, 13, 12  # sizes of type
_LEADING = 1.4  # height of a line over its size
_LETTER = 0.62  # mean width of a Latin letter over its size in a wide font; a Chinese one has 1
# What stays on one line: a Chinese character with the closing marks after it, or a Latin word.
_WORDS = re.compile(
    r"[^\x00-\u2e7f][\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d]*"
    r"|[\x00-\u2e7f]+?(?:\s+|$|(?=[^\x00-\u2e7f]))"
)


def framed(figure: Figure, title: str, notes: str, source: str, palette: Palette) -> Figure:
    """Return the figure with a title above and its source below, `WIDTH` wide."""
    head = _text(title, _TITLE, "font-weight:650")
    if notes:
        head += "<br>" + _text(notes, _NOTES, f"color:{palette.muted}")
    foot = _text(source, _SOURCE, f"color:{palette.muted}")
    above = _height(title, _TITLE) + _height(notes, _NOTES) + _SIDE + 12
    below = _height(source, _SOURCE) + 22
    layout = figure["layout"]
    inner = layout["margin"]
    height = layout["height"] + above + below
    margin = {
        "l": inner["l"] + _SIDE,
        "r": inner["r"] + _SIDE,
        "t": inner["t"] + above,
        "b": inner["b"] + below,
    }
    drawn = layout | {
        "width": WIDTH,
        "height": height,
        "autosize": False,
        "margin": margin,
        "paper_bgcolor": palette.panel,
        "title": _heading(head, 1 - (_SIDE + 6) / height, palette),
        "annotations": [*layout.get("annotations", []), _footing(foot, margin["b"])],
    }
    if layout.get("legend", {}).get("yref") == "container":
        legend = layout["legend"]
        drawn["legend"] = legend | {"x": _SIDE / WIDTH, "y": 1 - above / height}
    return {"data": figure["data"], "layout": drawn}


def wrapped(text: str, letters: float) -> list[str]:
    """Return a text in lines of at most so many Latin letters; Chinese breaks anywhere."""
    lines, width = [""], 0.0
    for word in _WORDS.findall(text):
        room = _width(word.rstrip())
        if width + room > letters and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            width = 0.0
        lines[-1] += word
        width += _width(word)
    return lines


def _width(text: str) -> float:
    return sum(1 / _LETTER if east_asian_width(one) in "WF" else 1.0 for one in text)


def _lines(text: str, size: int) -> list[str]:
    return wrapped(text, (WIDTH - 2 * _SIDE) / (size * _LETTER)) if text else []


def _height(text: str, size: int) -> float:
    return len(_lines(text, size)) * size * _LEADING


def _text(text: str, size: int, style: str) -> str:
    lines = "<br>".join(escape(line, quote=False) for line in _lines(text, size))
    return f'<span style="font-size:{size}px;{style}">{lines}</span>'


def _heading(text: str, y: float, palette: Palette) -> dict[str, Any]:
    return {
        "text": text,
        "x": _SIDE / WIDTH,
        "xanchor": "left",
        "xref": "container",
        "y": y,
        "yanchor": "top",
        "yref": "container",
        "font": {"size": _TITLE, "color": palette.ink},
        "automargin": False,
    }


def _footing(text: str, bottom: float) -> dict[str, Any]:
    return {
        "text": text,
        "align": "left",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "paper",
        "y": 0,
        "yanchor": "bottom",
        "yshift": 10 - bottom,
        "showarrow": False,
    }

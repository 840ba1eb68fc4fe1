"""How far each case of the ladder is from what theory says, in tolerances."""

from math import log10
from typing import Any

import pandas as pd

from sim.dashboard.charts import Chart, charts
from sim.dashboard.i18n import plain
from sim.dashboard.plot import Figure, axis, layout
from sim.dashboard.rows import Rows
from sim.dashboard.trusting import Ladder
from sim.dashboard.units import scale_for

_SYMBOLS = {"market": "diamond", "mechanism": "circle", "reference": "square"}
_COLUMNS = ["case", "what", "kind", "quantity", "expected", "got", "tolerance", "margin", "state"]
_EXACT = 1e-14  # where a gap of nothing stands on the logarithmic axis
_BAD = "#d81e4a"


def rows(view: Ladder) -> Rows:
    """Return, of every case that ran, the comparison that is nearest to failing."""
    found = []
    for outcome in view.ran:
        worst = outcome.worst
        assert worst is not None  # it ran
        state = "passed" if outcome.passed else "failed"
        state += "" if outcome.current else ".older"
        numbers = (worst.expected, worst.got, worst.tolerance, worst.margin)
        found.append((outcome.id, outcome.name, worst.kind, worst.quantity, *numbers, state))
    frame = pd.DataFrame(found, columns=_COLUMNS)
    words = view.words
    labels = {
        "state": {name: words(f"trust.state.{name}") for name in set(frame["state"])},
        "kind": {name: words(f"trust.kind.{name}") for name in _SYMBOLS},
    }
    scale = scale_for("tolerance", [1.0], words)
    return Rows(frame, "tolerance", scale, numbers=("margin",), labels=labels)


def title(found: Rows, view: Ladder) -> str:
    """Say how many cases agree with theory, and which is nearest to failing, or has failed."""
    words, frame = view.words, found.frame
    failed = frame[frame["state"].str.startswith("failed")]["case"].tolist()
    comparisons = sum(len(outcome.verdicts) for outcome in view.ran)
    counts = {"cases": len(frame), "all": len(view.outcomes), "comparisons": f"{comparisons:,}"}
    if failed:
        names = words("joint.names").join(failed)
        return words("trust.ladder.failed", failed=len(failed), names=names, **counts)
    nearest = frame.iloc[int(frame["margin"].argmax())]
    used = f"{100 * nearest['margin']:.0f}"
    return words("trust.ladder.passed", nearest=nearest["case"], used=used, **counts)


def figure(found: Rows, view: Ladder) -> Figure:
    """Draw each case at its distance on a logarithmic axis, the tolerance as a line."""
    frame = found.frame
    data = [_marks(frame[frame["kind"] == kind], kind, found, view) for kind in _SYMBOLS]
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1}
    label = {
        "text": view.words("trust.ladder.line"),
        "xref": "paper",
        "x": 1,
        "xanchor": "right",
        "y": 0,  # the logarithm of one tolerance
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11, "color": view.palette.muted},
    }
    least = log10(max(float(frame["margin"].min()), _EXACT))
    up = axis(view, type="log", range=[least - 0.6, 1.2], nticks=6, exponentformat="power")
    across = axis(
        view,
        type="category",
        categoryorder="array",
        categoryarray=frame["case"].tolist(),
        showgrid=False,
        tickangle=-90,
        dtick=3 if view.narrow else 1,
        tickfont={"size": 10},
    )
    return {
        "data": data,
        "layout": layout(
            view,
            330,
            xaxis=across,
            yaxis=up,
            shapes=[line | {"line": {"color": _BAD, "width": 1.5, "dash": "dash"}}],
            annotations=[label],
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            margin={"l": 8, "r": 12, "t": 36, "b": 44},
        ),
    }


def _marks(mine: pd.DataFrame, kind: str, found: Rows, view: Ladder) -> dict[str, Any]:
    passed = mine["state"].str.startswith("passed")
    older = mine["state"].str.endswith("older")
    colours = [view.palette.accent if good else _BAD for good in passed]
    insides = [view.palette.panel if old else c for c, old in zip(colours, older, strict=True)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": found.name("kind", kind, view.words),
        "x": mine["case"].tolist(),
        "y": mine["margin"].clip(_EXACT, 10.0).tolist(),
        "text": [
            f"{plain(what)}<br>{plain(x)}" for what, x in mine[["what", "quantity"]].to_numpy()
        ],
        "customdata": mine[["expected", "got", "tolerance"]].astype(object).to_numpy().tolist(),
        "marker": {
            "symbol": _SYMBOLS[kind],
            "size": 9,
            "color": insides,
            "line": {"color": colours, "width": 1.8},
        },
        "hovertemplate": _hover(view),
    }


def _hover(view: Ladder) -> str:
    shown = {
        name: f"%{{customdata[{place}]:.6~g}}"
        for place, name in enumerate(("expected", "got", "tolerance"))
    }
    return f"%{{x}} %{{text}}<br>{view.words('trust.ladder.hover', **shown)}<extra></extra>"


charts.add("ladder")(
    Chart("trust", 10, Ladder, rows, title, ("trust.ladder.marks", "trust.ladder.hollow"), figure)
)

"""Draw one chart of a view: the same for the page, for a report and for a file."""

from dataclasses import dataclass
from math import isnan
from typing import Any

from sim.dashboard.charts import charts
from sim.dashboard.citing import address, citation, look, plain, source
from sim.dashboard.framing import framed
from sim.dashboard.plot import Figure, nothing
from sim.dashboard.rows import Rows
from sim.dashboard.view import View
from sim.store import SCHEMA

_PLAIN = frozenset({int, str, bool, type(None)})


@dataclass(frozen=True)
class Drawn:
    """A chart with all that is said about it.

    Attributes
    ----------
    chart : its name
    title : the finding
    notes : unit, period, what its marks mean; sentences
    rows : the table behind it
    figure : for Plotly, as wide as its place allows, without the title
    source : where the numbers come from
    """

    chart: str
    title: str
    notes: str
    rows: Rows
    figure: Figure
    source: str


def draw(name: str, view: View) -> Drawn:
    """Return a chart by name; a `SimError` if there is none."""
    chart, words = charts.get(name), view.words
    found = chart.rows(view)
    if found.stored.empty:
        empty = nothing(view, words.of_page("chart.nothing.what", chart.page))
        return Drawn(name, words.of_page("chart.nothing", chart.page), "", found, empty, "")
    remarks = words("joint.sentences").join(view.remarks(chart.notes, found))
    title, figure = chart.title(found, view), _defined(chart.figure(found, view))
    return Drawn(name, title, remarks, found, figure, source(view))


def _defined(part: Any) -> Any:
    """Return a figure in which nan, as of an interval of one seed, is null: JSON has no nan."""
    if isinstance(part, dict):
        return {name: _defined(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        # Most are numbers and texts, by the hundred: a call for each would take long.
        return [one if type(one) in _PLAIN else _defined(one) for one in part]
    return None if isinstance(part, float) and isnan(part) else part


def picture(drawn: Drawn, view: View) -> Figure:
    """Return the figure that stands alone: with title, notes and source, of a fixed size."""
    return framed(drawn.figure, drawn.title, drawn.notes, drawn.source, view.palette)


def data(drawn: Drawn) -> str:
    """Return the rows as CSV: ids, exact numbers as they are stored, and their unit."""
    rows = drawn.rows
    text: str = rows.stored.assign(unit=rows.unit).to_csv(index=False, lineterminator="\n")
    return text


def content(drawn: Drawn, view: View) -> dict[str, Any]:
    """Return everything about a chart as one JSON object; the figure stands alone."""
    rows, cited = drawn.rows, view.cited
    stored = rows.stored.astype(object)
    return {
        "schema": SCHEMA,
        "chart": drawn.chart,
        "name": f"{view.name}-{drawn.chart}",
        "title": drawn.title,
        "notes": drawn.notes,
        "source": drawn.source,
        "citation": citation(view),
        "address": address(drawn.chart, "json", view),
        "query": plain(view.query) | look(view),
        "scenarios": dict(cited.scenarios),
        "seeds": list(cited.seeds),
        "fidelity": cited.fidelity,
        "users": cited.users,
        "code": cited.code,
        "unit": rows.unit,
        "numbers": list(rows.numbers),
        "rows": stored.where(stored.notna(), None).to_dict("records"),
        "figure": picture(drawn, view),
    }

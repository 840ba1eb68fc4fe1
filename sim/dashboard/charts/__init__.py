"""Charts: each file picks the rows of one chart and draws them; adding a file adds a chart.

A chart is the same on its page, in a report and in a file: `sim.dashboard.drawing.draw` makes all
three of a chart's name and a view.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.core.registry import Registry
from sim.dashboard.plot import Figure
from sim.dashboard.rows import Rows
from sim.dashboard.view import View


@dataclass(frozen=True)
class Chart[V: View]:
    """One chart and the table behind it: both show the same rows.

    Attributes
    ----------
    page : name of the page it stands on
    place : where it stands there, the smallest first
    view : what it is drawn from; its `open` finds that in a results folder
    rows : what is shown
    title : the finding, in a sentence
    notes : keys of the messages that explain its marks
    figure : the drawing
    """

    page: str
    place: int
    view: type[V]
    rows: Callable[[V], Rows]
    title: Callable[[Rows, V], str]
    notes: tuple[str, ...]
    figure: Callable[[Rows, V], Figure]


charts: Registry[Chart[Any]] = Registry("chart", "sim.dashboard.charts")


def in_order(page: str) -> list[tuple[str, Chart[Any]]]:
    """Return the charts of a page by name, as they stand on it."""
    found = [(name, chart) for name, chart in charts.items() if chart.page == page]
    return sorted(found, key=lambda item: (item[1].place, item[0]))

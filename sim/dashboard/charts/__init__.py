"""Charts: each file picks the rows of one chart and draws them; adding a file adds a chart."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.core.registry import Registry
from sim.dashboard.plot import Figure
from sim.dashboard.scene import Rows, Scene


@dataclass(frozen=True)
class Chart:
    """One chart and the table behind it: both show the same rows.

    Attributes
    ----------
    place : where it stands on the page, the smallest first
    rows : what is shown; columns scenario, entity, mean, low, high and perhaps a time
    title : the finding, in a sentence
    notes : keys of the messages that explain its marks
    figure : the drawing
    """

    place: int
    rows: Callable[[Scene], Rows]
    title: Callable[[Rows, Scene], str]
    notes: tuple[str, ...]
    figure: Callable[[Rows, Scene], Figure]


charts: Registry[Chart] = Registry("chart", "sim.dashboard.charts")


def in_order() -> list[tuple[str, Chart]]:
    """Return all charts by name, as they stand on the page."""
    return sorted(charts.items(), key=lambda item: (item[1].place, item[0]))

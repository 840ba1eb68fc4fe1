"""The table behind a chart: as it is stored, and as it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from sim.dashboard.i18n import Words
from sim.dashboard.units import Scale

NUMBERS = ["mean", "low", "high"]


@dataclass(frozen=True)
class Rows:
    """The rows of one chart, its table and its files.

    Attributes
    ----------
    stored : what is drawn, with ids and with numbers as they are stored
    unit : of those numbers
    scale : on which they are read
    numbers : the columns that are on the scale
    labels : what ids of a column are called, by column and id, where the words do not know it
    """

    stored: pd.DataFrame
    unit: str
    scale: Scale
    numbers: tuple[str, ...] = tuple(NUMBERS)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return the rows with their numbers on the scale."""
        scaled = {name: self.stored[name] * self.scale.factor for name in self.numbers}
        return self.stored.assign(**scaled)

    def name(self, column: str, value: Any, words: Words) -> Any:
        """Return what an id of a column is called; any other value is returned as it is."""
        if column in self.labels:
            return self.labels[column].get(value, value)
        speak = {"scenario": words.scenario, "entity": words.entity}.get(column)
        return value if speak is None else speak(value)

    def of(self, **values: str) -> pd.DataFrame:
        """Return the rows where each named column has the value."""
        frame = self.frame
        for column, value in values.items():
            frame = frame[frame[column] == value]
        return frame

    def names(self, column: str) -> list[str]:
        """Return what stands in a column, each once, in order."""
        return list(dict.fromkeys(self.frame[column]))

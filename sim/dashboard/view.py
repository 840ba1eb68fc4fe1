"""What every chart needs of the view it is drawn for: words, colours, room, and what to cite."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from sim.dashboard.i18n import Words
from sim.dashboard.rows import Rows
from sim.dashboard.theme import Palette

if TYPE_CHECKING:
    from sim.dashboard.scene import Choices

type Query = Mapping[str, str | tuple[str, ...]]  # by name, as in the address; a tuple is a list


@dataclass(frozen=True)
class Cited:
    """What the numbers of a view were made of.

    Attributes
    ----------
    scenarios : digest of each scenario's content, by name
    seeds : in order
    fidelity : how users were simulated
    users : rows that stand for all users; None where all lines are simulated
    months : label of the first and of the last month shown
    code : digest of the program that made the numbers
    origin : what the numbers are, where they are no comparison of scenarios
    """

    scenarios: Mapping[str, str]
    seeds: tuple[int, ...]
    fidelity: str
    users: int | None
    months: tuple[str, str]
    code: str
    origin: str = ""


class View(Protocol):
    """What one view of a page shows. Charts are drawn from it and need nothing else."""

    @property
    def words(self) -> Words:
        """Return the language, with the titles of scenarios."""

    @property
    def palette(self) -> Palette:
        """Return the colours of the theme."""

    @property
    def narrow(self) -> bool:
        """Say whether the screen is a phone's."""

    @property
    def query(self) -> Query:
        """Return every choice of the view in full: the same query shows the same view again."""

    @property
    def cited(self) -> Cited:
        """Return what the numbers were made of."""

    @property
    def name(self) -> str:
        """Return what files saved from the view are called, such as the metric's name."""

    def remarks(self, notes: tuple[str, ...], found: Rows) -> list[str]:
        """Return the sentences under a chart's title: unit, period, what its marks mean.

        notes : the chart's own, keys of messages
        """

    @classmethod
    def open(cls, choices: "Choices", results: Path, *, narrow: bool = False) -> Self:
        """Return the view of what is stored; what was not chosen takes its first value.

        Raises
        ------
        SimError
            if nothing is stored, or what is stored cannot be read.
        """

"""What one view of the market shows: one month of one stored run."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from sim.core.calendar import month_index, month_label
from sim.core.errors import SimError
from sim.dashboard.data import ENTITIES
from sim.dashboard.i18n import Words
from sim.dashboard.rows import Rows
from sim.dashboard.runs import COMMAND, Run, picked
from sim.dashboard.scene import Choices
from sim.dashboard.theme import PALETTES, Palette
from sim.dashboard.view import Cited, Query
from sim.scenario.schema import content_digest
from sim.studies.flows import MEASURES

MONEY = ("backward", "all")


@dataclass(frozen=True)
class MarketView:
    """One month of a run seen through the reader's choices.

    Attributes
    ----------
    month : label
    money : which flows of money: those of backward traffic and leaks, or all
    measure : of `sim.studies.flows.MEASURES`, on the map
    entity : whose measure: the market's or a carrier's
    """

    run: Run
    month: str
    money: str
    measure: str
    entity: str
    words: Words
    palette: Palette
    narrow: bool = False

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:
        """Return the view of the run chosen; a `SimError` if there is none."""
        here = picked(results, choices)
        if here is None:
            raise SimError(f"there is no run; `{COMMAND}` makes one")
        return cls.of(here.run, choices, narrow=narrow)

    @classmethod
    def of(cls, run: Run, choices: Choices, *, narrow: bool = False) -> Self:
        """Return the view of a run; what was not chosen, or is not there, takes its first value."""
        own, months = choices.own, months_of(run)
        return cls(
            run=run,
            month=_first(own.get("month"), (months[-1], *months)),
            money=_first(own.get("money"), MONEY),
            measure=_first(own.get("map"), tuple(MEASURES)),
            entity=_first(own.get("carrier"), ENTITIES),
            words=Words(choices.language, run.titles),
            palette=PALETTES[choices.theme],
            narrow=narrow,
        )

    @property
    def query(self) -> Query:
        """Return every choice in full."""
        study = {} if self.run.study is None else {"study": self.run.study}
        return study | {
            "run": self.run.id,
            "month": self.month,
            "money": self.money,
            "map": self.measure,
            "carrier": self.entity,
        }

    @property
    def name(self) -> str:
        """Return scenario and month: files saved are called by them."""
        return f"{self.run.scenario}-{self.month}"

    @cached_property
    def cited(self) -> Cited:
        """Return what the run was made of."""
        run = self.run
        return Cited(
            scenarios={run.scenario: content_digest(run.definition)},
            seeds=(run.seed,),
            fidelity=run.fidelity,
            users=run.users,
            months=(self.month, self.month),
            code=run.code,
        )

    def remarks(self, notes: tuple[str, ...], found: Rows) -> list[str]:
        """Return the unit and what the marks mean."""
        unit = self.words("chart.unit", unit=found.scale.unit)
        return [unit, *(self.words(key) for key in notes)]


def months_of(run: Run) -> list[str]:
    """Return the labels of all months of a run."""
    start = month_index(run.definition["start"])
    last = month_index(run.definition["branch"]) + run.definition["months"]
    return [month_label(month) for month in range(start, last)]


def _first(wanted: str | None, known: tuple[str, ...]) -> str:
    return wanted if wanted in known and wanted is not None else known[0]

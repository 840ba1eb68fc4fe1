"""What the page of trust shows: the ladder, history against observation, sensitivity."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from sim.core.errors import SimError
from sim.dashboard.data import Stored, comparisons
from sim.dashboard.i18n import Words
from sim.dashboard.rows import Rows
from sim.dashboard.scene import LEVEL, Choices, Scene
from sim.dashboard.theme import PALETTES, Palette
from sim.dashboard.view import Cited, Query
from sim.store.records import SENSITIVITY, by_this_code, records
from sim.studies.verify.standing import Outcome, standing

HISTORY = "history"


@dataclass(frozen=True)
class Record:
    """A view of what was found, not of a comparison: there is nothing to choose."""

    words: Words
    palette: Palette
    narrow: bool = False
    query: Query = field(default_factory=dict)

    def remarks(self, notes: tuple[str, ...], _found: Rows) -> list[str]:
        """Return what the marks mean."""
        return [self.words(key, level=LEVEL) for key in notes]

    def _of(self, code: str, origin: str) -> Cited:
        return Cited({}, (), "", None, ("", ""), code, origin)


@dataclass(frozen=True)
class Ladder(Record):
    """Where the ladder of cases stands."""

    outcomes: tuple[Outcome, ...] = ()
    name: str = "verification"

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:
        """Return the newest outcome of every case, run or not."""
        words, palette = Words(choices.language), PALETTES[choices.theme]
        return cls(words, palette, narrow, outcomes=tuple(standing(results)))

    @property
    def cited(self) -> Cited:
        """Return that the cases are the program's own."""
        codes = {outcome.code for outcome in self.ran}
        code = codes.pop() if len(codes) == 1 else self.words("trust.codes")
        return self._of(code, self.words("trust.ladder.origin"))

    @property
    def ran(self) -> list[Outcome]:
        """Return the outcomes of cases that were run."""
        return [outcome for outcome in self.outcomes if outcome.verdicts]

    @property
    def older(self) -> int:
        """Return how many outcomes were found by other code than this."""
        return sum(not outcome.current for outcome in self.ran)


@dataclass(frozen=True)
class Sensed(Record):
    """The newest stored analysis of sensitivity."""

    record: dict[str, Any] = field(default_factory=dict)
    name: str = "sensitivity"

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:
        """Return the newest analysis; a `SimError` if there is none, or it cannot be read."""
        stored = records(results, SENSITIVITY)
        if not stored:
            raise SimError("there is no analysis of sensitivity; `sim sensitivity` makes one")
        words, palette = Words(choices.language), PALETTES[choices.theme]
        return cls(words, palette, narrow, record=stored[0])

    @property
    def cited(self) -> Cited:
        """Return the design: method, scenario, points, seeds."""
        about = {name: self.record.get(name) for name in ("method", "scenario", "points", "seeds")}
        return self._of(str(self.record["code"]), self.words("trust.sensitivity.origin", **about))

    @property
    def current(self) -> bool:
        """Say whether the program as it is has found it."""
        return by_this_code(self.record)


class Past(Scene):
    """The comparison chosen, or the newest whose past is compared with the most years."""

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:
        """Return the scene of the comparison that replays most of history."""
        found = replaying(comparisons(results), choices.comparison)
        if found is None:
            raise SimError("there is no comparison; `sim compare` makes one")
        seen = Choices(choices.language, choices.theme)
        return cls.of(found.load(), seen, narrow=narrow)

    @property
    def cited(self) -> Cited:
        """Return what the comparison was made of, from its first month on."""
        return replace(super().cited, months=(self.comparison.start, self.last_month))

    @property
    def query(self) -> Query:
        """Return the comparison: nothing else is chosen."""
        return {"comparison": self.comparison.id}

    @property
    def name(self) -> str:
        """Return what it is about."""
        return HISTORY

    def remarks(self, notes: tuple[str, ...], _found: Rows) -> list[str]:
        """Return what marks and intervals mean."""
        return [self.words(key, level=LEVEL, seeds=len(self.comparison.seeds)) for key in notes]


def replaying(stored: Sequence[Stored], wanted: str | None) -> Stored | None:
    """Return the comparison wanted, else the newest that replays all of history, else any."""
    readable = [one for one in stored if one.scenarios]
    whole = [one for one in readable if HISTORY in one.scenarios]
    named = [one for one in readable if one.id == wanted]
    return next(iter([*named, *whole, *readable]), None)

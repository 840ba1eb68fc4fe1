"""What the page of the live market shows: where the levers stand, and what that gives so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Self

from sim.core.errors import SimError
from sim.core.kernels import code_digest
from sim.dashboard.data import ENTITIES
from sim.dashboard.i18n import Titles, Words
from sim.dashboard.once import once
from sim.dashboard.rows import Rows
from sim.dashboard.scene import LEVEL, Choices
from sim.dashboard.theme import PALETTES, Palette
from sim.dashboard.units import Scale, scale_for
from sim.dashboard.view import Cited, Query
from sim.metrics import metrics
from sim.scenario.load import from_json
from sim.scenario.shipped import scenario_names
from sim.studies.attribution import Changes, Made, sets_of
from sim.studies.bands import by_month, change, last_year
from sim.studies.desk import Ask, Desk
from sim.studies.facts import CHANGES_ONLY
from sim.studies.live import FIDELITY, SHOWN, Answer
from sim.studies.positions import FIRST, Mistake, Position
from sim.studies.statistics import Interval

YOURS = "yours"
FIRST_METRIC = "profit"
ALL = "all"
WHOSE = (ALL, *ENTITIES)
SEEDS = 20  # of the widest band
STAGES = (1, 5, 10, SEEDS)  # seeds after which the page is drawn anew
OF_INTERVALS = ("chart.band", "chart.whisker", "chart.hollow")  # notes on what one seed has not
NO_MARKET = ("subscriber_share",)  # the whole market has all of it


@once
def the_desk() -> Desk:
    """Return the one desk behind all pages of this server."""
    return Desk()


@dataclass(frozen=True)
class Asked:
    """What a reader asks: all that the address says of this page, checked."""

    position: Position
    against: str
    metric: str
    whose: str
    seeds: int
    mistakes: tuple[Mistake, ...]

    @classmethod
    def read(cls, choices: Choices) -> Self:
        """Read it from outside; what is wrong is told and replaced by its first value."""
        own = choices.own
        position, mistakes = Position.read(own)
        wrong = list(mistakes)

        def one_of(name: str, said: str | None, known: Sequence[str], first: str) -> str:
            if said is not None and said not in known:
                wrong.append(Mistake(name, str(said)[:40]))
            return said if said in known else first  # type: ignore[return-value]  # then not None

        return cls(
            position=position,
            against=one_of("against", own.get("against"), scenario_names(), FIRST),
            metric=one_of("metric", choices.metric, SHOWN, FIRST_METRIC),
            whose=one_of("whose", own.get("whose"), WHOSE, ALL),
            seeds=int(one_of("seeds", own.get("seeds"), _COUNTS, "1")),
            mistakes=tuple(wrong),
        )

    @classmethod
    def strictly(cls, choices: Choices) -> Self:
        """Read it from outside; a `SimError` names each choice that cannot be."""
        asked = cls.read(choices)
        if asked.mistakes:
            wrong = "; ".join(f"{one.lever or 'preset'}: {one.text!r}" for one in asked.mistakes)
            raise SimError(f"there is no such choice: {wrong}")
        return asked

    @cached_property
    def reference(self) -> Position:
        """Return the scenario that ships which this one is read against."""
        return _shipped(self.against)

    @cached_property
    def is_reference(self) -> bool:
        """Say whether there is nothing to compare: both are the same."""
        return self.position.digest == self.reference.digest

    def asks(self, seeds: int) -> list[tuple[Ask, Ask]]:
        """Return what is simulated for so many seeds: this scenario and the reference."""
        mine, theirs = self.position.text, self.reference.text
        return [(Ask(mine, seed), Ask(theirs, seed)) for seed in range(seeds)]

    @property
    def changes(self) -> Changes:
        """Return what turns the reference into this scenario."""
        return _changes(self.against, self.position.text)

    def steps(self, seeds: int) -> list[dict[Made, Ask]]:
        """Return what is simulated to tell why: every set of the changes, seed by seed.

        Nothing where there is nothing to compare.
        """
        if self.is_reference:
            return []
        texts = _steps(self.against, self.position.text)
        return [{made: Ask(text, seed) for made, text in texts.items()} for seed in range(seeds)]


@cache
def _shipped(name: str) -> Position:
    """Return a scenario that ships, with all that was worked out of it."""
    return Position(name)


@lru_cache(maxsize=32)
def _changes(against: str, text: str) -> Changes:
    return Changes(_shipped(against).scenario, from_json(text))


@lru_cache(maxsize=32)
def _steps(against: str, text: str) -> dict[Made, str]:
    changes = _changes(against, text)
    return {
        made: changes.with_only(made).canonical_json() for made in sets_of(list(changes.causes))
    }


_COUNTS = tuple(str(count) for count in range(1, SEEDS + 1))


@dataclass(frozen=True)
class LiveView:
    """The live market as one reader sees it now; charts are drawn from it."""

    asked: Asked
    mine: tuple[Answer, ...]  # one a seed, as are the next
    theirs: tuple[Answer, ...]
    words: Words = field(default_factory=lambda: Words("en"))
    palette: Palette = PALETTES["light"]
    narrow: bool = False

    @classmethod
    def of(
        cls,
        asked: Asked,
        choices: Choices,
        found: Sequence[tuple[Answer, Answer]],
        *,
        narrow: bool = False,
    ) -> Self:
        """Return the view of what has been found so far, in the reader's language."""
        return cls(
            asked=asked,
            mine=tuple(mine for mine, _ in found),
            theirs=tuple(theirs for _, theirs in found),
            words=Words(choices.language, _titles(asked)),
            palette=PALETTES[choices.theme],
            narrow=narrow,
        )

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:  # noqa: ARG003  nothing is stored
        """Return the view of what is asked; a `SimError` names each choice that cannot be."""
        return cls.simulated(Asked.strictly(choices), choices, narrow=narrow)

    @classmethod
    def simulated(cls, asked: Asked, choices: Choices, *, narrow: bool) -> Self:
        """Return the view with as many seeds as are asked for, waiting for each."""
        return cls.of(asked, choices, answers(asked, asked.seeds), narrow=narrow)

    @property
    def query(self) -> Query:
        """Return every choice in full, levers that were moved among them."""
        asked = self.asked
        moved = {name: _said(value) for name, value in asked.position.moved.items()}
        return {
            "preset": asked.position.preset,
            "against": asked.against,
            "metric": asked.metric,
            "whose": asked.whose,
            "seeds": str(len(self.mine)),
            **moved,
        }

    @property
    def cited(self) -> Cited:
        """Return what the numbers were made of."""
        digests = {YOURS: self.asked.position.digest}
        if not self.asked.is_reference:
            digests[self.asked.against] = self.asked.reference.digest
        months = self.months
        return Cited(
            digests, tuple(range(len(self.mine))), FIDELITY, None, (months[0], months[-1]),
            code_digest(),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """Return what files are called."""
        return self.asked.metric

    def remarks(self, notes: tuple[str, ...], found: Rows) -> list[str]:
        """Return unit, what is drawn, and how many seeds there are."""
        words = self.words
        said = [words("chart.unit", unit=found.scale.unit)] if found.unit else []
        if self.asked.metric in CHANGES_ONLY:
            said.append(words("explore.changes_only", against=words.scenario(self.asked.against)))
        return said + [words(key, level=LEVEL, seeds=len(self.mine)) for key in self._spread(notes)]

    def _spread(self, notes: tuple[str, ...]) -> tuple[str, ...]:
        if not self.single:
            return notes
        return (*(key for key in notes if key not in OF_INTERVALS), "chart.single")

    # ---------------------------------------------------------------- what charts draw

    @property
    def single(self) -> bool:
        """Say whether there is one seed so far, so no interval."""
        return len(self.mine) == 1

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months of the run."""
        return self.mine[0].months

    @property
    def branch(self) -> str:
        """Return the month in which the scenarios part."""
        return self.asked.position.scenario.branch

    @property
    def year(self) -> str:
        """Return the last calendar year."""
        return self.months[-1][:4]

    @property
    def entities(self) -> tuple[str, ...]:
        """Return whose numbers are shown: of the market and the carriers."""
        there = ENTITIES[1:] if self.asked.metric in NO_MARKET else ENTITIES
        if self.asked.whose in there:
            return (self.asked.whose,)
        return there[:1] if self.narrow else there

    @property
    def whole(self) -> str:
        """Return whose number the title tells: the first that is shown."""
        return self.entities[0]

    @cached_property
    def groups(self) -> list[tuple[str, Interval]]:
        """Return the metric by month, first of what it is read against: (months, 1 + carriers)."""
        metric = self.asked.metric
        mine = (YOURS, by_month(self.mine, self.theirs, metric))
        if metric in CHANGES_ONLY or self.asked.is_reference:
            return [mine]
        return [(self.asked.against, by_month(self.theirs, self.mine, metric)), mine]

    def level(self, metric: str) -> Interval:
        """Return a metric over the last year: (1 + carriers,)."""
        return last_year(self.mine, metric)

    def change(self, metric: str) -> Interval:
        """Return the paired difference over the last year: (1 + carriers,)."""
        return change(self.mine, self.theirs, metric)

    def scale(
        self, metric: str, values: Sequence[float], *, difference: bool = False, unit: str = ""
    ) -> Scale:
        """Return the scale on which values of a metric are read; `unit` where it is another."""
        stored = unit or metrics.get(metric).unit
        return scale_for(stored, values, self.words, difference=difference)


def answers(asked: Asked, seeds: int) -> list[tuple[Answer, Answer]]:
    """Return the answers for so many seeds, waiting for them: this scenario and the reference."""
    return [(now(mine), now(theirs)) for mine, theirs in asked.asks(seeds)]


def now(ask: Ask) -> Answer:
    """Return an answer for somebody who waits, and who is nobody else."""
    answer = the_desk().ask(f"once:{hash(ask)}", ask)
    if answer is None:
        raise SimError("somebody else asks for the same; try again")
    return answer


def _titles(asked: Asked) -> Titles:
    about = {name: _shipped(name).scenario.about for name in {asked.against, asked.position.preset}}
    titles = {name: {"en": one.title, "zh": one.title_zh} for name, one in about.items()}
    if asked.position.moved:
        return titles | {YOURS: {code: Words(code)("explore.yours") for code in ("en", "zh")}}
    return titles | {YOURS: titles[asked.position.preset]}


def _said(value: object) -> str:
    """Return a lever's value as an address says it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return repr(value) if isinstance(value, float) else str(value)

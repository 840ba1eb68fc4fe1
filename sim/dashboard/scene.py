"""What one view of the page shows: a comparison, what was chosen of it, and how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from sim.core.calendar import month_index, month_label
from sim.core.errors import SimError
from sim.dashboard.data import ENTITIES, chosen, comparisons, metric_names, pick
from sim.dashboard.i18n import Words
from sim.dashboard.rows import NUMBERS, Rows
from sim.dashboard.texts import LANGUAGES, Language
from sim.dashboard.theme import PALETTES, THEMES, Palette, Theme, dash
from sim.dashboard.units import scale_for
from sim.dashboard.view import Cited, Query
from sim.metrics import metrics
from sim.scenario.schema import content_digest
from sim.studies.comparison import Comparison

FIRST_METRIC = "profit"
LEVEL = 90  # per cent; the intervals come with the comparison
LISTS = ("scenarios", "carriers")  # choices of several, as in assets/choices.js

_SHARED = ("lang", "theme", "comparison", "metric", *LISTS)
_WHEN = {"flow": "chart.sum", "ratio": "chart.mean", "stock": "chart.end"}


@dataclass(frozen=True)
class Choices:
    """What the reader chose, as it stands in the address: None where nothing was said."""

    language: Language = "en"
    theme: Theme = "light"
    comparison: str | None = None
    metric: str | None = None
    scenarios: tuple[str, ...] | None = None
    carriers: tuple[str, ...] | None = None
    own: Mapping[str, str] = field(default_factory=dict)  # what single pages know, by name

    @classmethod
    def read(cls, said: Mapping[str, Any] | None) -> Self:
        """Read choices from outside; an unknown language or theme counts as not said."""
        said = said or {}
        return cls(
            language=next((one for one in LANGUAGES if one == said.get("lang")), "en"),
            theme=next((one for one in THEMES if one == said.get("theme")), "light"),
            comparison=said.get("comparison"),
            metric=said.get("metric"),
            scenarios=_names(said.get("scenarios")),
            carriers=_names(said.get("carriers")),
            own={
                str(name): str(value)
                for name, value in said.items()
                if name not in _SHARED and isinstance(value, str | int)
            },
        )

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> Self:
        """Read choices as they stand in an address; a list is written with commas."""
        return cls.read({name: _value(name, text) for name, text in query.items()})


def _value(name: str, text: str) -> str | list[str]:
    return [part for part in text.split(",") if part] if name in LISTS else text


def _names(said: Any) -> tuple[str, ...] | None:
    return None if said is None else tuple(str(name) for name in said)


@dataclass(frozen=True)
class Scene:
    """One comparison seen through the reader's choices; charts need nothing else."""

    comparison: Comparison
    metric: str
    scenarios: tuple[str, ...]
    entities: tuple[str, ...]
    words: Words
    palette: Palette
    narrow: bool = False

    @classmethod
    def of(cls, comparison: Comparison, choices: Choices, *, narrow: bool = False) -> Self:
        """Return the scene; what was not chosen, or is not there, takes its first value."""
        return cls(
            comparison=comparison,
            metric=_metric(comparison, choices.metric),
            scenarios=_kept(comparison.scenarios, choices.scenarios),
            entities=_kept(ENTITIES, choices.carriers),
            words=Words(choices.language, comparison.titles),
            palette=PALETTES[choices.theme],
            narrow=narrow,
        )

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:
        """Return the scene of the comparison chosen; a `SimError` if it cannot be read."""
        stored = comparisons(results)
        if not stored:
            raise SimError("there is no comparison; `sim compare` makes one")
        return cls.of(chosen(stored, choices.comparison).load(), choices, narrow=narrow)

    @property
    def query(self) -> Query:
        """Return every choice in full."""
        return {
            "comparison": self.comparison.id,
            "metric": self.metric,
            "scenarios": self.scenarios,
            "carriers": self.entities,
        }

    @property
    def name(self) -> str:
        """Return the metric: files saved are called by it."""
        return self.metric

    @cached_property
    def cited(self) -> Cited:
        """Return what the comparison was made of."""
        comparison = self.comparison
        definitions = comparison.definitions
        return Cited(
            scenarios={name: content_digest(definitions[name]) for name in self.scenarios},
            seeds=tuple(comparison.seeds),
            fidelity=comparison.fidelity,
            users=comparison.users,
            months=(self.branch, self.last_month),
            code=comparison.code,
        )

    def remarks(self, notes: tuple[str, ...], found: Rows) -> list[str]:
        """Return the unit, the period, and what marks and intervals mean."""
        words, seeds = self.words, len(self.comparison.seeds)
        said = [words("chart.unit", unit=found.scale.unit)]
        if "month" not in found.frame and self.kind is not None:
            said.append(words(_WHEN[self.kind], year=words.period(self.period)))
        keys = ("chart.single",) if self.single else notes
        return said + [words(key, level=LEVEL, seeds=seeds) for key in keys]

    @property
    def others(self) -> list[str]:
        """Return the scenarios shown that are not the baseline."""
        return [name for name in self.scenarios if name != self.comparison.baseline]

    @property
    def single(self) -> bool:
        """Say whether there is one seed, so no interval."""
        return len(self.comparison.seeds) == 1

    @property
    def branch(self) -> str:
        """Return the month in which the scenarios part."""
        branch: str = self.comparison.definitions[self.comparison.baseline]["branch"]
        return branch

    @property
    def last_month(self) -> str:
        """Return the last month simulated."""
        return month_label(month_index(self.branch) + self.comparison.months - 1)

    @cached_property
    def period(self) -> str:
        """Return the period compared: a year, or its months where it is cut short."""
        return str(self.comparison.metrics["period"].iloc[0])

    @property
    def kind(self) -> str | None:
        """Return whether the metric is a stock, a flow or a ratio; None for one unknown here."""
        return metrics.get(self.metric).kind if self.metric in metrics.names() else None

    def colour(self, scenario: str) -> str:
        """Return a scenario's colour; it depends on the comparison, not on what is shown."""
        return self.palette.scenario(self.comparison.scenarios.index(scenario))

    def dash(self, scenario: str) -> str:
        """Return a scenario's line pattern."""
        return dash(self.comparison.scenarios.index(scenario))

    def rows(self, frame: pd.DataFrame, columns: list[str], *, difference: bool = False) -> Rows:
        """Return the rows chosen, with these columns and the numbers on a scale to read."""
        scenarios = self.others if difference else self.scenarios
        found = pick(frame, self.metric, scenarios, self.entities)
        unit = str(found["unit"].iloc[0]) if len(found) else ""
        unit += "/month" if "month" in columns and self.kind == "flow" else ""
        values = found[NUMBERS].to_numpy().ravel()
        scale = scale_for(unit, values, self.words, difference=difference)
        return Rows(found[columns].reset_index(drop=True), unit, scale)


def _metric(comparison: Comparison, wanted: str | None) -> str:
    names = metric_names(comparison)
    return next((name for name in (wanted, FIRST_METRIC) if name in names), names[0])


def _kept(known: tuple[str, ...] | list[str], wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in known if wanted is None or name in wanted)

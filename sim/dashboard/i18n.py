"""Speak one language: texts with their parts filled in, and the names of things."""

from dataclasses import dataclass, field
from typing import Any

from sim.dashboard.texts import MESSAGES, Language

_BRACKETS = str.maketrans("<>", "\u2039\u203a")  # to single angle quotation marks

type Titles = dict[str, dict[str, str]]  # by scenario, then by language


@dataclass(frozen=True)
class Words:
    """Speak one language; scenario titles come from the comparison."""

    language: Language
    titles: Titles = field(default_factory=dict)

    def __call__(self, key: str, **parts: Any) -> str:
        """Return the text `key` with its parts filled in; a `KeyError` if there is none."""
        text: str = getattr(MESSAGES[key], self.language)
        return text.format(**parts)

    def of_page(self, key: str, page: str) -> str:
        """Return a page's own text for a key, or the one that all share."""
        return self._known(f"{key}.{page}", self(key))

    def period(self, label: str) -> str:
        """Return a year, or the first and last month of a year that is cut short."""
        first, _, last = label.partition("/")
        if not last:
            return self("period", year=first)
        return self("period.part", first=first, last=last)

    def span(self, first: str, last: str) -> str:
        """Return the first and the last of some months, or the only one."""
        return first if first == last else self("period.part", first=first, last=last)

    def metric(self, name: str) -> str:
        """Return a metric's name to read; an unknown metric keeps its own."""
        return self._known(f"metric.{name}", name)

    def metric_inside(self, name: str) -> str:
        """Return a metric's name as it stands inside a sentence."""
        if f"inside.{name}" in MESSAGES:
            return self(f"inside.{name}")
        text = self.metric(name)
        acronym = text[1:2].isupper()
        return text if acronym else text[:1].lower() + text[1:]

    def entity(self, name: str) -> str:
        """Return the name of the whole market or of a carrier."""
        return self._known(f"entity.{name}", name)

    def unit(self, name: str) -> str:
        """Return a unit to read; an unknown unit keeps its own name."""
        return self._known(f"unit.{name}", name)

    def purpose(self, name: str) -> str:
        """Return what a posting is for; an unknown purpose keeps its own name."""
        return self._known(f"purpose.{name.replace(' ', '_')}", name)

    def fidelity(self, name: str) -> str:
        """Return how users were simulated."""
        return self._known(f"fidelity.{name}", name)

    def scenario(self, name: str) -> str:
        """Return a scenario's title in this language, or its name where it has none."""
        return plain(self.titles.get(name, {}).get(self.language) or name)

    def scenarios(self, names: list[str]) -> str:
        """Return titles as a list inside a sentence: "A, B and C"; Chinese puts them in quotes."""
        quoted = [f"“{t}”" if self.language == "zh" else t for t in map(self.scenario, names)]
        return "".join(
            text + mark for text, mark in zip(quoted, self.joints(len(quoted)), strict=True)
        )

    def joints(self, count: int) -> list[str]:
        """Return what follows each of `count` names in a list: commas, then "and", then nothing."""
        if count < 2:
            return [""] * count
        return [self("joint.names")] * (count - 2) + [self("joint.last"), ""]

    def _known(self, key: str, otherwise: str) -> str:
        return self(key) if key in MESSAGES else plain(otherwise)


def plain(name: str) -> str:
    """Return a name from outside as text and nothing else, in pages and charts alike.

    Charts read tags in their texts, pages do not: so a bracket is shown as another bracket
    instead of being escaped.
    """
    return name.translate(_BRACKETS)

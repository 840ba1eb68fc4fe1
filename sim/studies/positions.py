"""Where a reader has put the levers: a scenario that ships, and what was moved from there."""

import json
import shlex
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, Self

from sim.market.names import CARRIERS
from sim.scenario.load import from_json, load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import scenario_names
from sim.strategies import carrier_strategies
from sim.studies.lever_kinds import Conduct, Lever, Number, Option, Value
from sim.studies.levers import BY_NAME, LEVERS

FIRST = "business_as_usual"
# Four regions in place of 31 provinces, and one income in each, for speed; the rest is as it ships.
COARSE: Mapping[str, object] = {"data.provinces": "regions.csv", "population.merge_incomes": True}
LONGEST = 40  # characters of a text from outside that are shown again
MISTAKES = 5  # told at once


class Mistake(NamedTuple):
    """What an address says that cannot be: the lever or None, and the text, cut short."""

    lever: str | None
    text: str


@dataclass(frozen=True)
class Position:
    """A preset and the levers that stand elsewhere than in it."""

    preset: str = FIRST
    moved: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def read(cls, said: Mapping[str, object]) -> tuple[Self, list[Mistake]]:
        """Read a position from outside, where any text may stand; what is wrong is left out."""
        mistakes = []
        preset = _text(said.get("preset", FIRST))
        if preset not in scenario_names():
            mistakes.append(Mistake(None, preset[:LONGEST]))
            preset = FIRST
        moved: dict[str, Value] = {}
        for lever in LEVERS:
            if lever.name not in said:
                continue
            text = _text(said[lever.name])
            value = lever.read(text)
            if value is None:
                mistakes.append(Mistake(lever.name, text[:LONGEST]))
            elif value != usual(preset)[lever.name]:
                moved[lever.name] = value
        return cls(preset, moved), mistakes[:MISTAKES]

    def value(self, lever: Lever) -> Value | None:
        """Return where a lever stands; None where nothing in the scenario has it."""
        if lever.name in self.moved:
            return self.moved[lever.name]
        return lever.value_in(self._content)

    def idle(self) -> list[str]:
        """Return the levers that move nothing here, such as a cut where nobody undercuts."""
        return [lever.name for lever in LEVERS if not self._paths(lever)]

    @cached_property
    def overrides(self) -> dict[str, object]:
        """Return what `load_scenario(preset, …)` needs for the scenario, the regions too."""
        changes: dict[str, object] = dict(COARSE)
        changes |= self._conduct
        for name, value in self.moved.items():
            lever = BY_NAME[name]
            if not isinstance(lever, Conduct):
                changes |= {path: lever.parameter(value) for path in self._paths(lever)}
        return changes

    @cached_property
    def scenario(self) -> Scenario:
        """Return the scenario: that of `load_scenario(preset, overrides)`, without reading files.

        An `InputError` says why there is none.
        """
        return _scenario(self.preset, json.dumps(self.overrides))

    @cached_property
    def text(self) -> str:
        """Return the scenario as canonical JSON."""
        return self.scenario.canonical_json()

    @cached_property
    def digest(self) -> str:
        """Return what identifies the scenario's content."""
        return self.scenario.digest()

    @property
    def moves_the_past(self) -> bool:
        """Say whether the months before the branch differ from the preset's."""
        return self.scenario.past_digest() != _past_of(self.preset)

    def after(self, before: "Position") -> "Position | None":
        """Return where a reader who came from `before` is likely to go: one slider as far again.

        None where it was not one slider that moved, or it cannot go further.
        """
        moved = [lever for lever in LEVERS if self.value(lever) != before.value(lever)]
        if self.preset != before.preset or len(moved) != 1 or not isinstance(moved[0], Number):
            return None
        lever = moved[0]
        here, there = self.value(lever), before.value(lever)
        if not isinstance(here, float | int) or not isinstance(there, float | int):
            return None
        value = lever.read(str(round(2.0 * here - there, lever.digits)))
        if value is None or value == usual(self.preset)[lever.name]:
            return None
        return Position(self.preset, {**self.moved, lever.name: value})

    def command(self, seed: int = 0) -> str:
        """Return the shell command that runs exactly this scenario."""
        sets = [f"--set {shlex.quote(f'{p}={_yaml(v)}')}" for p, v in self.overrides.items()]
        return " ".join(["sim run", self.preset, f"--seed {seed}", *sets])

    def yaml(self, title: str, title_zh: str) -> str:
        """Return the scenario as a file that extends the preset."""
        tree: dict[str, Any] = {
            "extends": self.preset,
            "about": {"title": _quoted(title), "title_zh": _quoted(title_zh)},
        }
        for path, value in self.overrides.items():
            _nest(tree, path.split("."), value)
        return "\n".join(_lines(tree)) + "\n"

    @cached_property
    def _content(self) -> dict[str, Any]:
        """Return the preset's content with this conduct: what other levers find their place in."""
        if not self._conduct:
            return _content(self.preset)
        content = deepcopy(_content(self.preset))
        for path, value in self._conduct.items():
            _put(content, path.split("."), value)
        return content

    @cached_property
    def _conduct(self) -> dict[str, object]:
        changes: dict[str, object] = {}
        for carrier in CARRIERS:
            name = self.moved.get(f"conduct_{carrier}")
            if name is not None:
                old = _content(self.preset)["carriers"][carrier]["strategy"]
                changes[f"carriers.{carrier}.strategy"] = _strategy(str(name), old)
        return changes

    def _paths(self, lever: Lever) -> list[str]:
        """Return the paths of a lever that the scenario has."""
        places = ((path, lever.value_at(self._content, path)) for path in lever.every_path)
        return [path for path, value in places if value is not None]


@cache
def usual(preset: str) -> dict[str, Value | None]:
    """Return where every lever stands in a scenario that ships."""
    return {lever.name: lever.value_in(_content(preset)) for lever in LEVERS}


@cache
def _content(preset: str) -> dict[str, Any]:
    """Return a shipped scenario's content, as levers are to show it."""
    content: dict[str, Any] = json.loads(_shipped(preset))
    for carrier in content["carriers"].values():
        if carrier["leak_control_branched"] is None:  # as before the branch month
            carrier["leak_control_branched"] = carrier["leak_control"]
    return content


@cache
def _shipped(preset: str) -> str:
    return load_scenario(preset, COARSE).canonical_json()


@lru_cache(maxsize=256)
def _scenario(preset: str, overrides: str) -> Scenario:
    content: dict[str, Any] = json.loads(_shipped(preset))
    for path, value in json.loads(overrides).items():
        _put(content, path.split("."), value)
    return from_json(json.dumps(content))


def _put(content: dict[str, Any], keys: list[str], value: object) -> None:
    """Put a value where the keys lead; an order that is switched off is taken out."""
    for key in keys[:-1]:
        content = content[key]
    if value == "off":
        content.pop(keys[-1], None)
    else:
        content[keys[-1]] = value


def _lines(tree: Mapping[str, object], depth: int = 0) -> list[str]:
    """Return a tree as YAML: a line a value, indented."""
    lines = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            lines += [f"{'  ' * depth}{key}:", *_lines(value, depth + 1)]
        else:
            lines.append(f"{'  ' * depth}{key}: {_yaml(value)}")
    return lines


def _quoted(text: str) -> str:
    """Return a text as YAML and JSON alike quote it."""
    return json.dumps(text, ensure_ascii=False)


@cache
def _past_of(preset: str) -> str:
    return Position(preset).scenario.past_digest()


def _nest(tree: dict[str, Any], keys: list[str], value: object) -> None:
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
    tree[keys[-1]] = deepcopy(value)


def _strategy(name: str, old: Mapping[str, object]) -> dict[str, object]:
    """Return a strategy with what it must be told: as the old one has it, else as the example."""
    rule = dict(carrier_strategies.items())[name]
    told = {
        key: old.get(key, (field.examples or [None])[0])
        for key, field in rule.model_fields.items()
        if key != "name" and field.is_required()
    }
    return {"name": name, **told}


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)[: LONGEST + 1]


def _yaml(value: object) -> str:
    """Return a value as YAML on one line, as --set takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(part)}" for key, part in value.items()) + "}"
    return "null" if value is None else str(value)


@cache
def moves_the_past(name: str) -> bool:
    """Say whether a lever changes what is at work before the branch, so it is simulated anew."""
    lever = BY_NAME[name]
    now = usual(FIRST)[name]
    if now is None or isinstance(lever, Conduct):
        return False  # of a strategy from the branch month on
    if isinstance(lever, Number):
        other: Value = next(end for end in lever.range() if end != now)
    elif isinstance(lever, Option):
        other = next(one for one in lever.options if one != now)
    else:
        other = not now
    return Position(FIRST, {name: other}).moves_the_past

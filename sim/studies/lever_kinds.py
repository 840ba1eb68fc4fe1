"""What kinds of levers there are: sliders, switches, options, and a carrier's conduct."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.market.names import CARRIERS
from sim.scenario.schema import Scenario
from sim.strategies import carrier_strategies

type Theme = Literal["prices", "leaks", "cooperation", "service", "regulation", "users"]
type Value = float | bool | str  # of a number, a switch, an option

NONE = "none"  # the option that stands for null
EACH = "*"  # in a path: every carrier


class Facts(NamedTuple):
    """What the schema says about a parameter."""

    meaning: str
    unit: str
    source: str
    prior: tuple[float, float] | None


@dataclass(frozen=True)
class Lever(ABC):
    """One thing to move.

    Attributes
    ----------
    paths : the parameters that it sets, all to one value; "*" stands for each carrier
    section : of docs/model.md, where the equation comes from
    equation : in the notation of that document
    basic : shown also to those who have not asked for everything
    """

    name: str
    theme: Theme
    paths: tuple[str, ...]
    section: str
    equation: str
    basic: bool = False

    @property
    def every_path(self) -> tuple[str, ...]:
        """Return the paths with each carrier named."""
        return tuple(
            path.replace(EACH, carrier)
            for path in self.paths
            for carrier in (CARRIERS if EACH in path else ("",))
        )

    @property
    def facts(self) -> Facts:
        """Return what the schema says about the parameter."""
        return facts(self.every_path[0])

    @abstractmethod
    def read(self, text: str) -> Value | None:
        """Return the value that a text from outside means; None if it is none of this lever's."""

    def value_at(self, content: dict[str, Any], path: str) -> Value | None:
        """Return what stands at one of its paths; None where there is no such parameter."""
        value = at(content, path)
        if isinstance(value, _Nothing):
            return None
        return NONE if value is None else value

    def value_in(self, content: dict[str, Any]) -> Value | None:
        """Return where it stands in a scenario; None where nothing there has the parameter."""
        found = (self.value_at(content, path) for path in self.every_path)
        return next((value for value in found if value is not None), None)

    def parameter(self, value: Value) -> object:
        """Return what a scenario file says for a value."""
        return None if value == NONE else value


@dataclass(frozen=True)
class Number(Lever):
    """A slider: a number from `low` to `high`, by default the range held plausible beforehand."""

    low: float = field(default=0.0, kw_only=True)
    high: float = field(default=0.0, kw_only=True)
    step: float = field(kw_only=True)

    def range(self) -> tuple[float, float]:
        """Return the lowest and the highest value."""
        prior = self.facts.prior
        return (self.low, self.high) if self.high or prior is None else prior

    @property
    def digits(self) -> int:
        """Return the decimals that its steps have."""
        return len(f"{self.step:.10f}".rstrip("0").partition(".")[2])

    def read(self, text: str) -> Value | None:
        try:
            number = float(text)
        except ValueError:
            return None
        low, high = self.range()
        return number if isfinite(number) and low <= number <= high else None


@dataclass(frozen=True)
class Switch(Lever):
    """On or off; an order of the regulator is off where the scenario does not have it."""

    def read(self, text: str) -> Value | None:
        return {"on": True, "off": False}.get(text)

    def value_at(self, content: dict[str, Any], path: str) -> Value | None:
        if self.is_order:
            return not isinstance(at(content, path), _Nothing)
        return super().value_at(content, path)

    def parameter(self, value: Value) -> object:
        return "off" if self.is_order else value

    @property
    def is_order(self) -> bool:
        """Say whether it takes an order out, rather than setting a parameter."""
        return self.paths[0].startswith("orders.")


@dataclass(frozen=True)
class Option(Lever):
    """One of a few words."""

    options: tuple[str, ...] = field(kw_only=True)

    def read(self, text: str) -> Value | None:
        return text if text in self.options else None

    def value_at(self, content: dict[str, Any], path: str) -> Value | None:
        value = super().value_at(content, path)
        return None if value is None else str(value)

    def parameter(self, value: Value) -> object:
        return int(value) if str(value).isdigit() else super().parameter(value)


@dataclass(frozen=True)
class Conduct(Option):
    """A carrier's strategy from the branch month on."""

    def value_at(self, content: dict[str, Any], path: str) -> Value | None:
        return super().value_at(content, f"{path}.name")


class _Nothing:
    """There is no such parameter: null is a value."""


_NOTHING = _Nothing()


def at(content: dict[str, Any], path: str) -> Any:
    """Return what stands at a dotted path of a scenario's content."""
    found: Any = content
    for key in path.split("."):
        if not isinstance(found, dict) or key not in found:
            return _NOTHING
        found = found[key]
    return found


@cache
def facts(path: str) -> Facts:
    """Return what the schema says about a parameter by its path."""
    keys = path.split(".")
    if keys[0] == "orders" and len(keys) == 2:
        keys.append("source")  # an order by itself: where it is documented
    found = _field(keys)
    extra: dict[str, Any] = {}
    if isinstance(found.json_schema_extra, dict):
        extra = found.json_schema_extra
    prior: Any = extra.get("prior")
    return Facts(
        found.description or "",
        str(extra.get("unit", "")),
        str(extra.get("source", "")),
        (float(prior[0]), float(prior[1])) if prior else None,
    )


def _field(keys: list[str]) -> FieldInfo:
    kind: type[BaseModel] = Scenario
    found = Scenario.model_fields[keys[0]]
    for number, key in enumerate(keys):
        if key == "strategy" and number < len(keys) - 1:
            rules = [rule for _, rule in carrier_strategies.items()]
            return next(r.model_fields[keys[-1]] for r in rules if keys[-1] in r.model_fields)
        if key in kind.model_fields:
            found = kind.model_fields[key]
            kind = _held(found) or kind
    return found


def _held(found: FieldInfo) -> type[BaseModel] | None:
    """Return the section that a field holds, by itself or under names."""
    kinds = [found.annotation, *get_args(found.annotation)]
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)

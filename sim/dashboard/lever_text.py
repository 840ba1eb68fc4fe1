"""Levers in words: names, values with units, ranges, sources."""

from dataclasses import dataclass
from math import ceil, log10

from sim.dashboard.i18n import Words
from sim.dashboard.texts import MESSAGES
from sim.scenario.schema import Scenario
from sim.studies.lever_kinds import NONE, Conduct, Lever, Number, Option, Switch, Value
from sim.studies.levers import LEVERS

# How numbers are read: a unit, and what the stored number is multiplied by.
_UNITS: dict[str, tuple[str, float]] = {
    "cut": ("per month", 100.0),
    "line_cost": ("yuan a month", 1.0),
    "gb_cost_fall": ("per year", 100.0),
    "leak_control": ("percent", 100.0),
    "delta": ("GB", 1.0),
    "access": ("percent", 100.0),
    "block": ("percent", 100.0),
    "integration_cost": ("yuan a month", 1.0),
    "service": ("percent", 100.0),
    "uplift": ("percent", 100.0),
    "rate": ("percent", 100.0),
    "revenue_share": ("percent", 100.0),
    "subscription": ("yuan a month", 1.0),
    "build_rate": ("per month", 100.0),
    "value_median": ("yuan/GB", 1.0),
    "price_cut_2018": ("percent", 100.0),
    "price_cut_2019": ("percent", 100.0),
    "price_sensitivity": ("utils/yuan", 1.0),
    "attention": ("per month", 100.0),
    "switching_cost": ("utils", 1.0),
    "control_fee": ("yuan a month", 1.0),
    "kappa": ("yuan/GB", 1.0),
    "peer_effect": ("utils", 1.0),
    "usage_trend": ("per year", 100.0),
    "lte_usage": ("times", 1.0),
    "delay_cost": ("utils", 1.0),
}


@dataclass(frozen=True)
class Reading:
    """How a slider's number is written: number × factor, with decimals, then the unit."""

    factor: float
    decimals: int
    unit: str

    def text(self, number: float) -> str:
        """Return the number to read."""
        return f"{number * self.factor:,.{self.decimals}f} {self.unit}".strip()


def reading(lever: Number, words: Words) -> Reading:
    """Return how a lever's number is written in this language."""
    unit, factor = _UNITS.get(lever.name, ("", 1.0))
    step = lever.step * factor
    decimals = max(0, ceil(-log10(step) - 1e-9))
    return Reading(factor, decimals, words.unit(unit) if unit else "")


def told(lever: Lever, value: Value | None, words: Words) -> str:
    """Return where a lever stands, in words."""
    if value is None:
        return words("explore.idle")
    if isinstance(lever, Number):
        return reading(lever, words).text(float(value))
    if isinstance(lever, Switch):
        return words("explore.on" if value else "explore.off")
    return option(lever, str(value), words)


def option(lever: Lever, name: str, words: Words) -> str:
    """Return what an option is called; a strategy from elsewhere keeps its own name."""
    if isinstance(lever, Conduct):
        return known(f"conduct.{name}", name, words)
    if name == NONE:
        return words(f"option.none.{lever.name}")
    if name.isdigit():
        return words("option.months", count=name)
    return known(f"option.{name}", name, words)


def extent(lever: Lever, words: Words) -> str:
    """Return the values that a lever can take."""
    if isinstance(lever, Number):
        read = reading(lever, words)
        low, high = lever.range()
        key = "explore.range.prior" if lever.facts.prior else "explore.range"
        return words(key, low=read.text(low), high=read.text(high))
    if isinstance(lever, Option):
        return words("joint.names").join(option(lever, one, words) for one in lever.options)
    return f"{words('explore.on')} / {words('explore.off')}"


def source(lever: Lever, words: Words) -> str:
    """Return where a lever's shipped value comes from."""
    text = lever.facts.source or "assumed"
    return known(f"source.{text}", text, words)


def cause(name: str, after: Scenario, words: Words) -> str:
    """Return what a cause of a change is called, and what it became where that is short."""
    for lever in LEVERS:
        if name not in lever.every_path and name not in map(_anyone, lever.every_path):
            continue
        label = words(f"lever.{lever.name}")
        if isinstance(lever, Conduct):
            strategy = after.carriers[name.split(".")[1]].strategy.name
            return words("explore.became", what=label, now=option(lever, strategy, words))
        if name.startswith("carriers.") and name in lever.every_path:
            owner = words.entity(name.split(".")[1])
            return words("explore.of", what=label, owner=owner)
        return label
    return known(f"explore.cause.{name}", name, words)


def _anyone(path: str) -> str:
    """Return a path without the carrier's name."""
    keys = path.split(".")
    return ".".join([keys[0], *keys[2:]]) if keys[0] == "carriers" else path


def known(key: str, otherwise: str, words: Words) -> str:
    """Return a message, or something else where there is none."""
    return words(key) if key in MESSAGES else otherwise

"""Why a result changed: what turned one scenario into another, one change after the other.

The order in which changes are made matters where they work together, so each is given its mean
effect over all orders (Shapley 1953). Parts are exact fractions: they sum to the whole, not nearly.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from math import factorial
from typing import Any

import numpy as np

from sim.core.errors import SimError
from sim.scenario.compare import differences
from sim.scenario.load import from_json
from sim.scenario.schema import Scenario
from sim.studies.statistics import Interval, interval

MOST = 6  # changes told apart: 64 runs

type Made = frozenset[str]  # the changes that are made, by name


class AttributionError(SimError):
    """The change cannot be parted so; the message says what would have to differ."""


@dataclass(frozen=True)
class Attribution:
    """A change of one number, and the part of each cause: `sum(parts) == whole`, exactly."""

    before: Fraction
    after: Fraction
    parts: dict[str, Fraction]

    @property
    def whole(self) -> Fraction:
        """Return the change that the parts sum to."""
        return self.after - self.before


def shapley(causes: Sequence[str], worth: Callable[[Made], float]) -> Attribution:
    """Return each cause's mean effect over all orders in which the causes could come.

    φ_i = Σ_{S ∌ i} |S|! (n − |S| − 1)! / n! · [v(S + i) − v(S)]   (Shapley 1953)

    worth : v, the number once the causes named are at work, asked once for each of the 2^n sets;
        finite, else an `AttributionError` says for which set it is not.
    """
    value = {made: _exact(worth(made), made) for made in sets_of(causes)}
    count = len(causes)
    parts = {}
    for cause in causes:
        others = [other for other in causes if other != cause]
        parts[cause] = sum(
            (
                Fraction(factorial(len(made)) * factorial(count - len(made) - 1), factorial(count))
                * (value[made | {cause}] - value[made])
                for made in sets_of(others)
            ),
            Fraction(0),
        )
    return Attribution(value[frozenset()], value[frozenset(causes)], parts)


def in_order(causes: Sequence[str], worth: Callable[[Made], float]) -> Attribution:
    """Return what each cause adds when they come in this order, one after the other."""
    steps = [frozenset(causes[:count]) for count in range(len(causes) + 1)]
    values = [_exact(worth(made), made) for made in steps]
    added = [after - before for before, after in pairwise(values)]
    return Attribution(values[0], values[-1], dict(zip(causes, added, strict=True)))


def over_seeds(found: Sequence[Attribution]) -> Interval:
    """Return each cause's part and, last, the whole, as means over seeds: (causes + 1,).

    Each part is a difference under one seed, so the intervals are paired. The means of the parts
    sum to that of the whole, to rounding.

    found : one a seed, of the same causes, at least one
    """
    return interval(
        np.array([[*map(float, one.parts.values()), float(one.whole)] for one in found])
    )


def sets_of(causes: Sequence[str]) -> Iterator[Made]:
    """Yield all sets of causes, from none to all."""
    for size in range(len(causes) + 1):
        yield from map(frozenset, combinations(causes, size))


def _exact(number: float, made: Made) -> Fraction:
    try:
        return Fraction(number)
    except (ValueError, OverflowError):
        which = ", ".join(sorted(made)) or "nothing"
        raise AttributionError(f"with {which} changed the number is {number}") from None


# -------------------------------------------------------------------- between two scenarios


@dataclass(frozen=True)
class Changes:
    """What turns one scenario into another, as causes that can be made one at a time.

    A carrier's strategy is one cause, and so is an order; every other parameter is its own. Beyond
    `MOST`, the same parameter of several carriers counts as one, then what stands in one section.
    """

    before: Scenario
    after: Scenario

    @cached_property
    def causes(self) -> dict[str, tuple[str, ...]]:
        """Return the paths that each cause sets, by its name; an empty one if nothing differs."""
        found = [
            path
            for path in dict.fromkeys(_whole(d.path) for d in differences(self.before, self.after))
            if path.partition(".")[0] not in _NOT_CAUSES
        ]
        groups = _grouped(found, lambda path: path)
        for name in (_whoever, _section):
            if len(groups) > MOST:
                groups = _grouped(found, name)
        return _merged(groups)

    def with_only(self, made: Made) -> Scenario:
        """Return the first scenario with the named causes as in the second.

        An `InputError` says why it would be none, where one change needs another.
        """
        content = json.loads(self.before.canonical_json())
        target = json.loads(self.after.canonical_json())
        if len(made) == len(self.causes):
            return self.after
        for cause in made:
            for path in self.causes[cause]:
                _set(content, target, path.split("."))
        return from_json(json.dumps(content))


_NOT_CAUSES = ("about", "data")  # what a scenario is called
_OTHERS = "others"
_WHOLES = (("carriers", 3), ("orders", 2), ("retail", 3))


def _whole(path: str) -> str:
    """Return the path of the smallest part that makes sense by itself, such as a strategy."""
    keys = path.split(".")
    for section, length in _WHOLES:
        if keys[0] == section:
            return ".".join(keys[:length])
    return path


def _whoever(path: str) -> str:
    """Return the name of a parameter, whichever carrier's it is."""
    keys = path.split(".")
    return ".".join([keys[0], *keys[2:]]) if keys[0] == "carriers" else path


def _section(path: str) -> str:
    keys = _whoever(path).split(".")
    return ".".join(keys[:2]) if keys[0] == "carriers" else keys[0]


def _grouped(paths: Sequence[str], name: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for path in paths:
        groups[name(path)] = (*groups.get(name(path), ()), path)
    return groups


def _merged(groups: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return at most `MOST` groups: the last ones are one."""
    if len(groups) <= MOST:
        return groups
    names = list(groups)
    kept = {name: groups[name] for name in names[: MOST - 1]}
    rest = tuple(path for name in names[MOST - 1 :] for path in groups[name])
    return kept | {_OTHERS: rest}


def _set(content: Any, target: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Put what stands at a path of the target into the content, or take it out."""
    for key in keys[:-1]:
        content, target = content[key], target[key]
    if keys[-1] in target:
        content[keys[-1]] = target[keys[-1]]
    else:
        content.pop(keys[-1], None)

"""What two scenarios have in common and what not, value by value."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema import Scenario

type Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """One value that differs; None where a scenario has no such value."""

    path: str
    a: str | int | float | bool | None
    b: str | int | float | bool | None


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """Return every value that differs between two scenarios but their names, in path order."""
    return _differing(*(s.model_dump(exclude={"name"}) for s in (a, b)))


def past_differences(
    a: Scenario, b: Scenario, month: str, used: Collection[str] = ()
) -> list[Difference]:
    """Return every value that differs among those at work before a month.

    used : sections of `FROM_THE_BRANCH` that have been at work by then
    """
    return _differing(*(s.past_content(month, used) for s in (a, b)))


def _differing(a: dict[str, Any], b: dict[str, Any]) -> list[Difference]:
    left, right = dict(_leaves(a)), dict(_leaves(b))
    paths = sorted(left.keys() | right.keys(), key=_order)
    return [
        Difference(".".join(map(str, path)), left.get(path), right.get(path))
        for path in paths
        if left.get(path) != right.get(path)
    ]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each single value with its path; years and positions in lists are numbers."""
    if isinstance(value, list | tuple):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, (*path, key))
    else:
        yield path, value


def _order(path: Path) -> list[tuple[int, str]]:
    """Sort by parts: numbers by size, texts by letters."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]

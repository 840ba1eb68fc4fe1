"""Read the ladder: for each case its name, source, configuration and stored values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from sim.core.errors import SimError, did_you_mean
from sim.scenario.shipped import configs_folder

FILE = "ladder.json"


@dataclass(frozen=True)
class Rung:
    """One case of the ladder; numbers by dotted path, truths as 1 and 0."""

    id: str
    name: str
    source: str
    config: Mapping[str, Any]
    expected: Mapping[str, float]

    def configured(self, path: str) -> object:
        """Return the part of the configuration at a dotted path; a mapping as its values."""
        part: Any = self.config
        for key in path.split("."):
            part = part[int(key)] if isinstance(part, list) else part[key]
        return tuple(part.values()) if isinstance(part, dict) else part

    def stored(self, quantity: str) -> dict[str, float]:
        """Return the stored values that a quantity means, in the ladder's order.

        `*` stands for any part of a path; a path means all that is below it.
        """
        return {path: x for path, x in self.expected.items() if _means(quantity, path)}


def _means(quantity: str, path: str) -> bool:
    return fnmatchcase(path, quantity) or fnmatchcase(path, f"{quantity}.*")


def rung(name: str) -> Rung:
    """Return the case `name` of the ladder; a `SimError` suggests the nearest name."""
    known = _ladder()
    if name not in known:
        raise SimError(f"the ladder has no case '{name}'{did_you_mean(name, known)}")
    return known[name]


def rungs() -> list[Rung]:
    """Return all cases, in the ladder's order."""
    return list(_ladder().values())


@cache
def _ladder() -> dict[str, Rung]:
    entries = json.loads((configs_folder() / FILE).read_text(encoding="utf-8"))
    return {entry["id"]: _rung(entry) for entry in entries}


def _rung(entry: dict[str, Any]) -> Rung:
    flat = dict(_numbers("", entry["expected"]))
    return Rung(entry["id"], entry["name"], entry["source"], entry["config"], flat)


def _numbers(path: str, part: Any) -> Iterator[tuple[str, float]]:
    """Give every number below a part with its dotted path; words are formulas for people."""
    if isinstance(part, bool | int | float):
        yield path, float(part)
    elif isinstance(part, dict | list):
        items = part.items() if isinstance(part, dict) else enumerate(part)
        for key, below in items:
            yield from _numbers(f"{path}.{key}" if path else str(key), below)

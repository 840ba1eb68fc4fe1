"""What a study consists of: scenarios at the points of a sweep, under seeds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Self

from pydantic import ValidationError

from sim.core.errors import SimError
from sim.scenario.schema import Scenario
from sim.store.provenance import run_ids
from sim.studies.jobs import Planned
from sim.studies.stopping import Target
from sim.studies.sweeps import Point


@dataclass(frozen=True)
class Variant:
    """A scenario at a point of the sweep."""

    scenario: str
    point: int
    values: Point
    digest: str
    past: str  # digest of the shared past


@dataclass(frozen=True)
class Design:
    """A study, ready to be run."""

    name: str
    title: str
    bases: Mapping[str, str]  # canonical JSON of each scenario before the sweep
    variants: tuple[Variant, ...]
    seeds: tuple[int, ...]
    fidelity: str
    outputs: tuple[str, ...]
    until: Target | None = None

    def runs(self, code: str | None = None) -> list[Planned]:
        """Return every run once; `code` is the program that makes them, this one if None."""
        found: dict[str, Planned] = {}
        for number, variant in enumerate(self.variants):
            for run, seed in zip(self.run_ids(variant, code), self.seeds, strict=True):
                found.setdefault(run, Planned(run, number, seed))
        return list(found.values())

    def run_ids(self, variant: Variant, code: str | None = None) -> list[str]:
        """Return the ids of a variant's runs, in the order of the seeds."""
        return run_ids(variant.digest, self.seeds, self.fidelity, code)

    def texts(self) -> "Texts":
        """Return the scenarios of the variants as JSON, made when they are asked for."""
        return Texts(self)

    def content(self) -> dict[str, Any]:
        """Return the design as JSON can hold it."""
        content = asdict(self) | {"bases": {n: json.loads(t) for n, t in self.bases.items()}}
        return content | {"until": None if self.until is None else asdict(self.until)}

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """Return the design that was stored."""
        bases = {n: _canonical(base) for n, base in content["bases"].items()}
        until = content["until"]
        return cls(
            name=content["name"],
            title=content["title"],
            bases=bases,
            variants=tuple(Variant(**variant) for variant in content["variants"]),
            seeds=tuple(content["seeds"]),
            fidelity=content["fidelity"],
            outputs=tuple(content["outputs"]),
            until=Target.from_content(until) if until else None,
        )


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


class Texts(Sequence[str]):
    """The scenarios of a design's variants as canonical JSON.

    Thousands of them are not held at once: a few kilobytes each.
    """

    def __init__(self, design: Design) -> None:
        self._design = design
        self._made = lru_cache(maxsize=64)(self._make)

    def __len__(self) -> int:
        return len(self._design.variants)

    def __getitem__(self, number: Any) -> Any:
        return self._made(number)

    def _make(self, number: int) -> str:
        variant = self._design.variants[number]
        try:
            scenario = with_values(self._design.bases[variant.scenario], variant.values)
        except ValidationError as error:
            raise SimError(
                f"scenario {variant.scenario} of the study was stored by another version of this "
                f"program, which described it otherwise ({error.error_count()} values are missing "
                "or unknown); begin the study anew, or read it with that version"
            ) from error
        return scenario.canonical_json()


def with_values(base: str, values: Point) -> Scenario:
    """Return a scenario with other values by dotted path; a `KeyError` for a path it has not."""
    content = json.loads(base)
    for path, value in values.items():
        *sections, last = path.split(".")
        part = content
        for section in sections:
            part = part[section]
        if not isinstance(part, dict) or last not in part:
            raise KeyError(path)
        part[last] = value
    return Scenario.model_validate_json(json.dumps(content))

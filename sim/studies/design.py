"""What a study file asks for: scenarios, swept values and seeds, expanded and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from sim.core.errors import InputError, Problem
from sim.scenario.load import load_scenario
from sim.scenario.overrides import FILE
from sim.scenario.problems import problems_in
from sim.scenario.schema import Scenario
from sim.scenario.source import Node, child, plain, read_source

type Number = int | float
type Point = dict[str, str | Number]  # a value for each swept path


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Range(_Part):
    """Bounds of a swept value, for designs that draw their points."""

    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.low >= self.high:
            raise ValueError(f"low must be below high, is {self.low:g} to {self.high:g}")
        return self


def _form(value: object) -> str:
    """Return which form a value has, in brackets: no part of the path that people wrote."""
    return "(parts)" if isinstance(value, dict | Range) else "(list)"


def _count_or_list(value: object) -> str:
    return "(list)" if isinstance(value, list) else "(count)"


type Swept = Annotated[
    Annotated[Annotated[list[str | int | float], Field(min_length=1)], Tag("(list)")]
    | Annotated[Range, Tag("(parts)")],
    Discriminator(_form),
]
type Seeds = Annotated[
    Annotated[Annotated[int, Field(ge=1)], Tag("(count)")]
    | Annotated[Annotated[list[int], Field(min_length=1)], Tag("(list)")],
    Discriminator(_count_or_list),
]


class StudyFile(_Part):
    """A study as written: scenarios × swept values × seeds.

    `grid` crosses the lists of values, `list` takes them side by side; `latin_hypercube` and
    `sobol` draw `points` points within ranges (McKay, Beckman & Conover 1979; Sobol 1967).
    """

    scenarios: list[str] = Field(min_length=1)
    seeds: Seeds
    sweeps: dict[str, Swept] = Field(default_factory=dict)
    design: Literal["grid", "list", "latin_hypercube", "sobol"] = "grid"
    points: int | None = Field(default=None, ge=1)
    design_seed: int = Field(default=0, ge=0)
    fidelity: Literal["expected", "individual"] = "expected"

    @model_validator(mode="after")
    def _goes_together(self) -> "StudyFile":
        for what, items in (("scenario", self.scenarios), ("seed", self.seeds)):
            if isinstance(items, list) and len(set(items)) < len(items):
                raise ValueError(f"a {what} is named twice: it would count twice")
        if isinstance(self.seeds, list) and min(self.seeds) < 0:
            raise ValueError("seeds must be 0 or more")
        drawn = self.design in {"latin_hypercube", "sobol"}
        for path, swept in self.sweeps.items():
            if isinstance(swept, Range) != drawn:
                needs = "a range, {low: …, high: …}" if drawn else "a list of values"
                raise ValueError(f"design {self.design} needs {needs} for '{path}'")
        if drawn and not (self.points and self.sweeps):
            raise ValueError(f"design {self.design} needs points and sweeps")
        if not drawn and self.points is not None:
            raise ValueError(f"design {self.design} takes its points from the lists; leave points")
        sizes = {len(s) for s in self.sweeps.values() if not isinstance(s, Range)}
        if self.design == "list" and len(sizes) > 1:
            raise ValueError("design list needs lists of one length")
        return self


@dataclass(frozen=True)
class Variant:
    """A scenario with one point of the swept values laid over it."""

    scenario: Scenario
    values: Point


@dataclass(frozen=True)
class Design:
    """All runs of a study: every variant under every seed."""

    name: str
    variants: tuple[Variant, ...]
    seeds: tuple[int, ...]
    fidelity: str

    @property
    def runs(self) -> int:
        """Return how many runs the study has."""
        return len(self.variants) * len(self.seeds)


def load_design(file: Path) -> Design:
    """Return the runs that a study file asks for; an `InputError` carries every mistake."""
    source = read_source(file)
    try:
        asked = StudyFile.model_validate(plain(source.root))
    except ValidationError as error:
        found = problems_in(error, source.root, StudyFile)
        raise InputError([*source.problems, *found]) from None
    problems = list(source.problems)
    chosen = points(asked)
    variants = [
        variant
        for place in range(len(asked.scenarios))
        for point in chosen
        if (variant := _variant(asked, place, point, source.root, problems))
    ]
    if problems:
        raise InputError(problems)
    seeds = range(asked.seeds) if isinstance(asked.seeds, int) else asked.seeds
    return Design(file.stem, tuple(variants), tuple(seeds), asked.fidelity)


def points(asked: StudyFile) -> list[Point]:
    """Return the points of the swept values, the same at every call."""
    paths = list(asked.sweeps)
    lists = [s for s in asked.sweeps.values() if not isinstance(s, Range)]
    if asked.design == "list" and paths:
        return [dict(zip(paths, row, strict=True)) for row in zip(*lists, strict=True)]
    if asked.design in {"grid", "list"}:
        return [dict(zip(paths, row, strict=True)) for row in product(*lists)]
    ranges = {path: s for path, s in asked.sweeps.items() if isinstance(s, Range)}
    return _drawn(asked, ranges)


def _drawn(asked: StudyFile, ranges: Mapping[str, Range]) -> list[Point]:
    from scipy.stats import qmc

    kind: Any = qmc.LatinHypercube if asked.design == "latin_hypercube" else qmc.Sobol
    rows = kind(len(ranges), rng=asked.design_seed).random(asked.points)
    return [
        {
            p: r.low + (r.high - r.low) * float(u)
            for (p, r), u in zip(ranges.items(), row, strict=True)
        }
        for row in rows
    ]


def _variant(
    asked: StudyFile, place: int, point: Point, root: Node, problems: list[Problem]
) -> Variant | None:
    """Return one variant, or None with what is wrong, at the lines of the study file."""
    try:
        return Variant(load_scenario(asked.scenarios[place], point), point)
    except InputError as error:
        problems.extend(
            _at_home(p, asked.scenarios[place], place, point, root) for p in error.problems
        )
        return None


def _at_home(problem: Problem, scenario: str, place: int, point: Point, root: Node) -> Problem:
    """Return a problem of a swept value or a name at its line in the study file."""
    if problem.file == FILE:
        path = list(point)[problem.line - 1]
        sweeps = child(root, "sweeps")
        node = child(sweeps, path) if sweeps else None
        where = f"sweeps.{path}"
        what = f"{problem.path} in {scenario}: {problem.what}"
    elif problem.path == "scenario":
        names = child(root, "scenarios")
        node = child(names, str(place)) if names else None
        where, what = f"scenarios.{place}", f"'{scenario}': {problem.what}"
    else:
        return problem
    return Problem(root.file, node.line if node else root.line, where, what)

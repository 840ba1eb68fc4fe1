"""What a study file asks for: scenarios, swept values and seeds, expanded and checked.

Everything is checked before anything is computed: each scenario at each point.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from sim.core.errors import InputError, Problem, SimError, did_you_mean
from sim.scenario.load import load_scenario
from sim.scenario.overrides import FILE
from sim.scenario.problems import problems_in
from sim.scenario.schema import Scenario
from sim.scenario.shipped import configs_folder, is_path
from sim.scenario.source import Node, child, plain, read_source
from sim.store.chunks import STORED_TABLES, check_outputs
from sim.studies.design import Design, Variant, with_values
from sim.studies.stopping import Target
from sim.studies.sweeps import Point, grid, latin_hypercube, side_by_side, sobol

type Number = int | float

MOST_POINTS = 100_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Range(_Part):
    """Bounds of a swept value, for designs that draw their points."""

    low: Number
    high: Number

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low must be below high, is {self.low:g} to {self.high:g}")
        return self


def _form(value: object) -> str:
    """Return which form a value has, in brackets: no part of the path that people wrote."""
    return "(parts)" if isinstance(value, dict | Range) else "(list)"


def _count_or_list(value: object) -> str:
    return "(list)" if isinstance(value, list) else "(count)"


type Swept = Annotated[
    Annotated[Annotated[list[Any], Field(min_length=1)], Tag("(list)")]
    | Annotated[Range, Tag("(parts)")],
    Discriminator(_form),
]
type Seeds = Annotated[
    Annotated[Annotated[int, Field(ge=1, le=1_000_000)], Tag("(count)")]
    | Annotated[Annotated[list[int], Field(min_length=1)], Tag("(list)")],
    Discriminator(_count_or_list),
]


def _tables(names: list[str]) -> list[str]:
    try:
        return list(check_outputs(names))
    except SimError as error:
        raise ValueError(str(error)) from error


class Until(_Part):
    """When seeds are enough: the interval of a metric is narrow."""

    metric: str
    halfwidth: str | float
    most_seeds: int = Field(default=10_000, ge=2)

    @model_validator(mode="after")
    def _known(self) -> Self:
        try:
            self.target()
        except SimError as error:
            raise ValueError(str(error)) from error
        return self

    def target(self) -> Target:
        """Return what is aimed at."""
        return Target.named(self.metric, str(self.halfwidth), self.most_seeds)


class StudyFile(_Part):
    """A study as written: scenarios × swept values × seeds.

    `grid` crosses the lists of values, `list` takes them side by side; `latin_hypercube` and
    `sobol` draw `points` points within ranges (McKay, Beckman & Conover 1979; Sobol 1967).
    """

    scenarios: list[str] = Field(min_length=1)
    seeds: Seeds
    title: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)
    users: int | None = Field(default=None, ge=1_000)
    months: int | None = Field(default=None, ge=1, le=240)
    sweeps: dict[str, Swept] = Field(default_factory=dict)
    design: Literal["grid", "list", "latin_hypercube", "sobol"] = "grid"
    points: int | None = Field(default=None, ge=1, le=MOST_POINTS)
    design_seed: int = Field(default=0, ge=0)
    fidelity: Literal["expected", "individual"] | None = None
    outputs: Annotated[list[str], AfterValidator(_tables)] = Field(
        default_factory=lambda: list(STORED_TABLES), min_length=1
    )
    until: Until | None = None

    @model_validator(mode="after")
    def _counts_once(self) -> Self:
        for what, items in (("scenario", self.scenarios), ("seed", self.seeds)):
            if isinstance(items, list) and len(set(items)) < len(items):
                raise ValueError(f"a {what} is named twice: it would count twice")
        if isinstance(self.seeds, list) and min(self.seeds) < 0:
            raise ValueError("seeds must be 0 or more")
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
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
        if self.fidelity == "expected" and self.users is not None:
            raise ValueError("expected flows have no number of users; leave one of the two out")
        return self


def study_names() -> list[str]:
    """Return the names of the studies that ship, in alphabetical order."""
    return sorted(file.stem for file in (configs_folder() / "studies").glob("*.yaml"))


def study_file(name_or_path: str) -> Path:
    """Return the file of a study; an `InputError` suggests what was meant."""
    if is_path(name_or_path):
        return Path(name_or_path)
    if name_or_path not in study_names():
        what = f"no study of this name ships{did_you_mean(name_or_path, study_names())}"
        raise InputError([Problem(name_or_path, 1, "study", what)])
    return configs_folder() / "studies" / f"{name_or_path}.yaml"


def load_design(file: str | Path) -> Design:
    """Return the runs that a study asks for, by its name or file.

    An `InputError` carries every mistake.
    """
    place = study_file(str(file))
    source = read_source(place)
    try:
        asked = StudyFile.model_validate(plain(source.root))
    except ValidationError as error:
        found = problems_in(error, source.root, StudyFile)
        raise InputError([*source.problems, *found]) from None
    problems = list(source.problems)
    bases = _bases(place, source.root, asked, problems)
    chosen = points(asked)
    variants = [
        variant
        for name, base in bases.items()
        for variant in _variants(name, base, chosen, source.root, problems)
    ]
    if problems:
        raise InputError(problems)
    return Design(
        name=place.stem,
        title=asked.title or place.stem.replace("_", " "),
        bases={name: base.canonical_json() for name, base in bases.items()},
        variants=tuple(variants),
        seeds=tuple(range(asked.seeds) if isinstance(asked.seeds, int) else asked.seeds),
        fidelity=asked.fidelity or ("expected" if asked.users is None else "individual"),
        outputs=tuple(asked.outputs),
        until=asked.until.target() if asked.until else None,
    )


def points(asked: StudyFile) -> list[Point]:
    """Return the points of the swept values, the same at every call."""
    lists = {path: s for path, s in asked.sweeps.items() if not isinstance(s, Range)}
    ranges = {path: (s.low, s.high) for path, s in asked.sweeps.items() if isinstance(s, Range)}
    if asked.design == "grid" or not asked.sweeps:
        return grid(lists)
    if asked.design == "list":
        return side_by_side(lists)
    draw = latin_hypercube if asked.design == "latin_hypercube" else sobol
    return draw(ranges, asked.points or 1, asked.design_seed)


def _bases(
    file: Path, root: Node, asked: StudyFile, problems: list[Problem]
) -> dict[str, Scenario]:
    """Return the scenarios by name, with what the study sets for all of them."""
    sizes = {"population.users": asked.users, "months": asked.months}
    changes = asked.set | {path: size for path, size in sizes.items() if size is not None}
    nodes = child(root, "scenarios") or root
    bases: dict[str, Scenario] = {}
    for number, name in enumerate(asked.scenarios):
        node = child(nodes, str(number)) or nodes
        place = str(file.parent / name) if is_path(name) else name
        try:
            scenario = load_scenario(place, changes)
        except InputError as error:
            problems.extend(_at(problem, node, root) for problem in error.problems)
            continue
        if scenario.name in bases:
            what = f"two scenarios have the same name: {scenario.name}"
            problems.append(Problem(node.file, node.line, "scenarios", what))
        bases[scenario.name] = scenario
    return bases


def _at(problem: Problem, node: Node, root: Node) -> Problem:
    """Return a scenario's problem where the study is its cause: a name, or a value it sets."""
    if problem.file == FILE:
        changes = child(root, "set") or root
        there = child(changes, problem.path) or child(root, problem.path) or changes
        return Problem(there.file, there.line, problem.path, problem.what)
    if problem.path == "scenario":
        return Problem(node.file, node.line, "scenarios", f"'{problem.file}': {problem.what}")
    return problem


def _variants(
    name: str, base: Scenario, points: Sequence[Point], root: Node, problems: list[Problem]
) -> Iterator[Variant]:
    text = base.canonical_json()
    for number, values in enumerate(points):
        try:
            scenario = with_values(text, values) if values else base
        except (KeyError, TypeError, ValidationError) as error:
            problems.extend(_wrong_point(error, name, text, values, root))
            continue
        yield Variant(name, number, values, scenario.digest(), scenario.past_digest())


def _wrong_point(
    error: Exception, name: str, text: str, values: Point, root: Node
) -> list[Problem]:
    """Return what is wrong with a point, at the lines of the parameters."""
    known = sorted(_paths(json.loads(text)))
    unknown = [path for path in values if path not in known]
    if unknown:
        return [
            Problem(*_line(root, path), path, f"no parameter of {name}{_meant(path, known)}")
            for path in unknown
        ]
    if not isinstance(error, ValidationError):
        return [Problem(root.file, root.line, "sweeps", f"cannot be applied to {name}: {error}")]
    tree = Node({}, root.file, (child(root, "sweeps") or root).line)
    found = problems_in(error, tree)
    return [
        Problem(*_line(root, _nearest(problem.path, values)), problem.path, problem.what)
        for problem in found
    ]


def _meant(path: str, known: Sequence[str]) -> str:
    """Return a hint at the parameter that was meant; all of them would be too many."""
    same_end = [name for name in known if name.split(".")[-1] == path.rsplit(".", maxsplit=1)[-1]]
    hint = did_you_mean(path, known)
    if hint.startswith("; did you mean"):
        return hint
    return did_you_mean(path, same_end) if same_end else "; `sim schema` names them all"


def _nearest(path: str, values: Point) -> str:
    """Return the parameter that a complaint is about: the one itself, or one around it."""
    inside = [name for name in values if path == name or path.startswith(f"{name}.")]
    return inside[0] if inside else next(iter(values), path)


def _line(root: Node, path: str) -> tuple[str, int]:
    """Return file and line where a swept parameter is named."""
    found = [node for key, node in _mentions(root) if key == path]
    node = found[0] if found else child(root, "sweeps") or root
    return node.file, node.line


def _mentions(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield every key with its value, in lists too."""
    if isinstance(node.value, dict):
        for key, part in node.value.items():
            yield key, part
            yield from _mentions(part)
    elif isinstance(node.value, list):
        for part in node.value:
            yield from _mentions(part)


def _paths(content: Any, prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every value in a scenario but the observed facts."""
    for key, value in content.items() if isinstance(content, dict) else ():
        path = f"{prefix}{key}"
        if path in {"name", "about", "observed", "data"}:
            continue
        yield path
        yield from _paths(value, f"{path}.")

"""What is to be compared, checked before anything is computed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.core.errors import RequestError, did_you_mean
from sim.core.kernels import code_digest
from sim.market.population import FIDELITIES, Fidelity
from sim.scenario.load import from_json, load_scenario
from sim.scenario.overrides import Overrides
from sim.scenario.schema import Scenario
from sim.store.provenance import comparison_id, run_ids


class ComparisonError(RequestError):
    """What was asked cannot be compared: the question must change."""


@dataclass(frozen=True)
class Question:
    """Scenarios that go together, the first as the baseline, and the seeds to run them under."""

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    fidelity: str
    code: str = field(default_factory=code_digest)  # of the program that makes the runs

    @property
    def id(self) -> str:
        """Return what identifies the answer of this version of the program."""
        return comparison_id(self.scenarios, self.seeds, self.fidelity, self.code)

    def runs(self, scenario: Scenario) -> list[str]:
        """Return the ids of a scenario's runs, in the order of the seeds."""
        return run_ids(scenario.digest(), self.seeds, self.fidelity, self.code)


def pose(
    scenarios: Sequence[str | Path | Scenario],
    seeds: int | Sequence[int],
    overrides: Overrides | None = None,
    users: int | None = None,
    months: int | None = None,
    fidelity: str | None = None,
) -> Question:
    """Return the question, with all changes made to the scenarios; see `compare`."""
    wanted = {"population.users": users, "months": months}
    sizes = {path: size for path, size in wanted.items() if size is not None}
    chosen = tuple(_resolve(scenario, overrides, sizes) for scenario in scenarios)
    applied = chosen_fidelity(fidelity, users)
    _check_names([scenario.name for scenario in chosen])
    _check_sizes(chosen)
    return Question(chosen, _seeds(seeds), applied)


def chosen_fidelity(fidelity: str | None, users: int | None) -> Fidelity:
    """Return how chances are applied: as asked; a number of users implies that each one draws."""
    if fidelity is None:
        return "expected" if users is None else "individual"
    if fidelity not in FIDELITIES:
        raise ComparisonError(f"unknown fidelity '{fidelity}'{did_you_mean(fidelity, FIDELITIES)}")
    if fidelity == "expected" and users is not None:
        raise ComparisonError("expected flows have no number of users; leave --users out")
    return "individual" if fidelity == "individual" else "expected"


def _resolve(
    scenario: str | Path | Scenario, overrides: Overrides | None, sizes: Mapping[str, int]
) -> Scenario:
    """Return the scenario with the changes made; an `InputError` if it is wrong then."""
    if not isinstance(scenario, Scenario):
        return load_scenario(scenario, _joined(overrides, sizes))
    if overrides:
        raise ComparisonError("overrides change scenarios named or in files, not loaded ones")
    content = json.loads(scenario.canonical_json())
    content["months"] = sizes.get("months", scenario.months)
    content["population"]["users"] = sizes.get("population.users", scenario.population.users)
    return from_json(json.dumps(content))


def _joined(overrides: Overrides | None, sizes: Mapping[str, int]) -> Overrides:
    if overrides is None or isinstance(overrides, Mapping):
        return dict(overrides or {}) | dict(sizes)
    return [*overrides, *(f"{path}={size}" for path, size in sizes.items())]


def _seeds(seeds: int | Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(range(seeds) if isinstance(seeds, int) else map(int, seeds))
    if not numbers:
        raise ComparisonError("there must be at least one seed")
    if len(set(numbers)) < len(numbers):
        raise ComparisonError("a seed is named twice: it would count as independent evidence")
    return numbers


def _check_names(names: Sequence[str]) -> None:
    if not names:
        raise ComparisonError("name at least one scenario")
    if len(set(names)) < len(names):
        raise ComparisonError(f"two scenarios have the same name: {', '.join(names)}")


def _check_sizes(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose differences would mix their cause with their size."""
    for what, option, values in (
        ("users", "--users", [scenario.population.users for scenario in scenarios]),
        ("branch month", "--set branch=", [scenario.branch for scenario in scenarios]),
        ("months", "--months", [scenario.months for scenario in scenarios]),
    ):
        if len(set(values)) > 1:
            each = zip(scenarios, values, strict=True)
            pairs = ", ".join(f"{scenario.name} has {value}" for scenario, value in each)
            raise ComparisonError(
                f"the scenarios differ in {what}: {pairs}; set one for all ({option})"
            )

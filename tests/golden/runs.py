"""The small runs that golden numbers and contracts are read from: made once, shared."""

from functools import cache

from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import scenario_names
from sim.simulate import RunResult, run_together
from tests.theory.small_market import one_thread

USERS, MONTHS, SEED = 2_000, 12, 0


def small(name: str, settings: dict[str, object] | None = None) -> Scenario:
    """Return a scenario of few users and months."""
    return load_scenario(name, {"population.users": USERS, "months": MONTHS} | (settings or {}))


@cache
def shipped_runs() -> dict[str, RunResult]:
    """Return a small run of every scenario that ships, by name."""
    with one_thread():
        runs = run_together([small(name) for name in scenario_names()], SEED)
    return dict(zip(scenario_names(), runs, strict=True))

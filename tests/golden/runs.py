"""The small runs that golden numbers and contracts are read from: made once, shared."""

from functools import cache

from sim.market.population import Fidelity
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import scenario_names
from sim.simulate import RunResult, run_together
from tests.theory.small_market import one_thread

FIDELITY: Fidelity = "expected"
USAGE_TIERS, MONTHS, SEED = 2, 12, 0
USERS = 2_000  # where rows draw


def small(name: str, settings: dict[str, object] | None = None) -> Scenario:
    """Return a scenario of few segments, months and, where rows draw, users."""
    size = {"population.usage_tiers": USAGE_TIERS, "population.users": USERS, "months": MONTHS}
    return load_scenario(name, size | (settings or {}))


@cache
def shipped_runs() -> dict[str, RunResult]:
    """Return a small run of every scenario that ships, by name."""
    with one_thread():
        runs = run_together([small(name) for name in scenario_names()], SEED, FIDELITY)
    return dict(zip(scenario_names(), runs, strict=True))

"""A run that was cut short and gone on with is the run that was not, to the last bit."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.calendar import month_label
from sim.market.population import FIDELITIES, Fidelity
from sim.market.tables import TABLES
from sim.model import Market
from sim.scenario.schema import Scenario
from sim.simulate import RunResult, run, run_on
from sim.store.checkpoints import Checkpoint, RunKey, read_checkpoint, write_checkpoint
from sim.studies.continuing import branch, kept_run
from tests.golden.runs import SEED, small
from tests.theory.small_market import one_thread

# Conduct that learns and draws, that shares a platform, that sells control, that is observed.
LEARNING = {
    "carriers.mobile.strategy": {
        "name": "q_learning", "rungs": 5, "lowest": 0.5, "highest": 6.0, "alpha": 0.2,
        "beta": 0.05, "discount": 0.9,
    },
    "carriers.unicom.strategy": {
        "name": "trigger", "upsilon": 0.04, "signal": "share", "threshold": 0.002,
        "war_months": 4, "cut": 0.02,
    },
}  # fmt: skip
CHANGES: dict[str, dict[str, object]] = {
    "mobile_joins": {}, "user_control": {}, "history": {}, "business_as_usual": LEARNING,
}  # fmt: skip
MONTHS = 36  # in all
CUTS = st.lists(st.integers(1, MONTHS - 1), min_size=1, max_size=3, unique=True).map(sorted)


def scenario(name: str) -> Scenario:
    size = {"population.usage_tiers": 1, "population.users": 1_000}
    return small(name, size | CHANGES[name])


@cache
def uninterrupted(name: str, fidelity: Fidelity) -> RunResult:
    with one_thread():
        return run(scenario(name), SEED, fidelity)


def equal(one: RunResult, other: RunResult) -> bool:
    return all(one.tables[name].equals(other.tables[name]) for name in TABLES)


@given(st.sampled_from(sorted(CHANGES)), st.sampled_from(FIDELITIES), CUTS)
@settings(max_examples=15)
def test_a_checkpoint_at_any_month_changes_nothing(
    name: str, fidelity: Fidelity, cuts: list[int]
) -> None:
    """Cut short once or several times: what goes on is always what was read from a disk."""
    key = RunKey(scenario(name), SEED, fidelity)
    world = Market(key.scenario, SEED, fidelity).world
    with one_thread(), TemporaryDirectory() as folder:
        for cut in cuts:
            market = Market(key.scenario, SEED, fidelity, world)
            while market.world.month < cut:
                market.step()
            place = write_checkpoint(Path(folder), Checkpoint(key, 1, 0.0, market.world))
            world = read_checkpoint(place).world
        result = run_on(Market(key.scenario, SEED, fidelity, world))

    assert equal(result, uninterrupted(name, fidelity))


@given(st.sampled_from(FIDELITIES), st.integers(1, MONTHS - 1), st.sampled_from([5, 12]))
@settings(max_examples=8)
def test_a_branch_into_the_same_scenario_is_the_run_itself(
    fidelity: Fidelity, month: int, every: int
) -> None:
    """At any month, from any checkpoint at or before it."""
    key = RunKey(scenario("mobile_joins"), SEED, fidelity)
    with one_thread(), TemporaryDirectory() as folder:
        kept_run(key, Path(folder), every)
        result = branch(key.id, month_label(month), key.scenario, folder)

    assert equal(result, uninterrupted("mobile_joins", fidelity))

"""Equal scenarios and seeds give equal bits, however the market is run."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.core.errors import SimError
from sim.market.population import FIDELITIES, Fidelity
from sim.market.tables import TABLES
from sim.model import Market
from sim.simulate import run, run_together, tables_of
from tests.golden.runs import SEED, shipped_runs, small
from tests.theory.small_market import one_thread

type Tables = dict[str, pd.DataFrame]

# As many rows as provinces or more, so that threads share the work of both fidelities.
MANY = {"population.users": 7_000, "population.usage_tiers": 1, "months": 3}
every_fidelity = pytest.mark.parametrize("fidelity", FIDELITIES)


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


def differing(one: Tables, other: Tables) -> list[str]:
    """Return the tables that are not equal to the last bit."""
    return [name for name in TABLES if not one[name].equals(other[name])]


def digest(tables: Tables) -> str:
    """Return a digest over every bit of every table."""
    whole = hashlib.sha256()
    for name in TABLES:
        for column in tables[name]:
            values = tables[name][column].to_numpy()
            text = "\n".join(values) if values.dtype.kind == "O" else values.tobytes().hex()
            whole.update(f"{name}.{column}:{text}".encode())
    return whole.hexdigest()


def stepped(market: Market) -> Market:
    while market.world.month < market.scenario.end_month:
        market.step()
    return market


@pytest.fixture(scope="module")
def few() -> dict[str, Tables]:
    """Return what few users who draw for themselves leave behind."""
    names = ("alliance", "price_war", "history")
    runs = run_together([small(name) for name in names], SEED, "individual")
    return {name: run.tables for name, run in zip(names, runs, strict=True)}


@pytest.fixture
def together(fidelity: Fidelity, few: dict[str, Tables]) -> dict[str, Tables]:
    """Return scenarios that were run together, by name."""
    if fidelity == "individual":
        return few
    return {name: run.tables for name, run in shipped_runs().items()}


@every_fidelity
@pytest.mark.parametrize("name", ["alliance", "history"])
def test_a_market_stepped_by_hand_equals_a_run(
    name: str, fidelity: Fidelity, together: dict[str, Tables]
) -> None:
    market = stepped(Market(small(name), SEED, fidelity))

    assert differing(tables_of(market.world), together[name]) == []


@every_fidelity
@pytest.mark.parametrize("name", ["alliance", "price_war", "history"])
def test_scenarios_run_together_equal_each_run_alone(
    name: str, fidelity: Fidelity, together: dict[str, Tables]
) -> None:
    alone = run(small(name), SEED, fidelity)

    assert differing(alone.tables, together[name]) == []


def test_rows_that_draw_and_expected_flows_are_two_markets(few: dict[str, Tables]) -> None:
    assert "carrier_month" in differing(few["alliance"], shipped_runs()["alliance"].tables)


@pytest.mark.parametrize("setting", ["user_control.partitioned", "user_control.fee"])
def test_scenarios_that_share_a_past_share_all_of_it(setting: str) -> None:
    """What differs between two scenarios run together must not reach the other one's past."""
    other = small("history", {setting: 0.9, "months": 1})
    run(small("history", {"months": 1}), SEED)
    together = run_together([small("history", {"months": 1}), other], SEED)

    assert differing(together[1].tables, run(other, SEED).tables) == []


def test_a_scenario_with_another_past_shares_none() -> None:
    other = small("price_war", {"demand.attention": 0.05})
    together = run_together([small("price_war"), other], SEED)

    assert differing(together[1].tables, run(other, SEED).tables) == []
    assert "carrier_month" in differing(together[0].tables, together[1].tables)


@every_fidelity
@pytest.mark.parametrize("months", [17, 29])
def test_a_market_goes_on_from_a_copy_of_another_ones_world_as_if_it_were_its_own(
    months: int, fidelity: Fidelity, together: dict[str, Tables]
) -> None:
    first = Market(small("alliance"), SEED, fidelity)
    for _ in range(months):
        first.step()
    before = digest(tables_of(first.world))
    second = stepped(Market(small("alliance"), SEED, fidelity, first.world.copy()))

    assert differing(tables_of(second.world), together["alliance"]) == []
    assert digest(tables_of(first.world)) == before


def test_scenarios_differ_only_from_their_branch_on() -> None:
    runs = shipped_runs()
    for name in set(runs) - {"business_as_usual"}:
        for table in set(TABLES) - {"partner_quarter"}:
            was = [runs[n].tables[table].query("month < '2017-01'") for n in (name, "history")]
            assert was[0].equals(was[1])
        assert "carrier_month" in differing(runs[name].tables, runs["business_as_usual"].tables)


def test_a_longer_run_begins_as_the_shorter_one() -> None:
    longer = run(small("price_war", {"months": 15}), SEED).tables
    shorter = shipped_runs()["price_war"].tables

    for table in TABLES:
        assert longer[table].head(len(shorter[table])).equals(shorter[table])


def test_another_seed_is_another_market() -> None:
    other = run(small("price_war"), SEED + 1).tables

    assert "carrier_month" in differing(other, shipped_runs()["price_war"].tables)


def digests() -> list[str]:
    """Return a digest of the alliance's tables for each fidelity."""
    scenario = small("alliance", MANY)
    return [digest(run(scenario, 5, fidelity).tables) for fidelity in FIDELITIES]


@pytest.fixture(scope="module")
def digests_here() -> list[str]:
    return digests()


@pytest.mark.parametrize("threads", [1, 3])
def test_another_process_with_any_number_of_threads_gives_equal_bits(
    threads: int, digests_here: list[str], root: Path
) -> None:
    found = digests_of_a_process({"NUMBA_NUM_THREADS": str(threads)}, root)

    assert found == digests_here


def test_a_processor_of_an_older_generation_gives_the_same_tables(
    digests_here: list[str], root: Path, tmp_path: Path
) -> None:
    """Every kernel is compiled once more, for the first x86-64 processors."""
    newer = "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
    older = {
        "NUMBA_CPU_NAME": "x86-64",
        "NUMBA_CPU_FEATURES": "",
        "NPY_DISABLE_CPU_FEATURES": newer,
        "XDG_CACHE_HOME": str(tmp_path),
    }

    assert digests_of_a_process(older, root) == digests_here


def digests_of_a_process(setting: dict[str, str], root: Path) -> list[str]:
    """Return what `digests` says in another process with some environment."""
    script = "from tests.contracts.test_market_identity import digests; print(*digests())"
    environment = os.environ | {"PYTHONPATH": str(root)} | setting
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=root, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout.split()


# Randomness


@every_fidelity
def test_the_market_never_draws_from_mesas_generators_nor_from_global_ones(
    fidelity: Fidelity, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = Market(small("alliance", {"population.usage_tiers": 1}), SEED, fidelity)
    before = market.rng.bit_generator.state, market.random.getstate()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("drawn from a generator without an address")

    for name in ("default_rng", "random", "rand", "randn", "normal", "uniform", "choice"):
        monkeypatch.setattr(f"numpy.random.{name}", refuse)
    for name in ("random", "uniform", "choice", "shuffle", "gauss", "randrange", "sample"):
        monkeypatch.setattr(f"random.{name}", refuse)
    for _ in range(27):  # beyond the branch
        market.step()

    assert (market.rng.bit_generator.state, market.random.getstate()) == before


# Every way in which one user's choice could reach another, and how it is shut.
NO_FEEDBACK: dict[str, object] = {
    "demand.peer_effect": 0,  # the carrier's share among neighbours
    "demand.delay_cost": 0,  # a crowded network
    "demand.bill_shock": 0,  # a cell's rows share their rollover, and so their bill shocks
    # Devices and 4G spread as given, by what the users have and lack: here nobody gets any.
    "population.data_lines": {2014: 0.65, 2015: 0.5, 2016: 0.4, 2017: 0.3, 2018: 0.2},
    **{f"carriers.{c}.lte.launch": "2030-01" for c in ("mobile", "unicom", "telecom")},
    "quality.invert": False,  # quality that makes the observed shares come true
    "sponsorship.partners": 0,  # partners look at traffic; their gifts change the allowance
    "resale.access": 0,  # resellers' prices follow leaks, and these the retail margin
    # Carriers look at shares and at what users pay.
    **{f"carriers.{c}.{when}": {"name": "hold"} for c in ("mobile", "unicom", "telecom")
       for when in ("past", "strategy")},
}  # fmt: skip


ONE_TIER = {"population.usage_tiers": 1, "months": 1}


def with_users(users: int, settings: dict[str, object]) -> Market:
    scenario = small("business_as_usual", ONE_TIER | settings | {"population.users": users})
    return Market(scenario, SEED, "individual")


def test_one_more_user_changes_nobody_elses_carrier_or_plan_where_nobody_minds_others() -> None:
    few, many = (with_users(users, NO_FEEDBACK) for users in (1_500, 1_501))
    first = carriers(few)
    while few.world.month < few.scenario.end_month:
        few.step()
        many.step()
        own, others = states(few), states(many)
        assert np.array_equal(own, others[:-1]), few.month

    assert (carriers(few) != first).mean() > 0.1  # there was something to change


def states(market: Market) -> np.ndarray:
    rows = market.world.population.rows
    assert rows is not None
    return np.stack([rows.segment, rows.state], axis=1)


def carriers(market: Market) -> np.ndarray:
    return np.asarray(market.users.array("carrier")).copy()


def test_with_feedback_one_more_user_does_change_others() -> None:
    """The test above would see it: users do mind one another in the market as it is."""
    few, many = (stepped(with_users(users, {})) for users in (1_500, 1_501))

    assert not np.array_equal(states(few), states(many)[:-1])


def test_one_more_user_changes_nobody_elses_traits_in_any_market() -> None:
    few, many = (with_users(users, {}) for users in (1_500, 1_501))

    assert np.array_equal(states(few), states(many)[:-1])


# Limits


def test_a_market_does_not_step_beyond_its_end() -> None:
    market = stepped(Market(small("history", ONE_TIER), SEED))

    assert market.month == "2017-02"
    with pytest.raises(SimError, match="the scenario ends before 2017-02"):
        market.step()


def test_an_unknown_fidelity_is_refused() -> None:
    with pytest.raises(SimError, match="unknown fidelity 'exact'; did you mean 'expected'\\?"):
        run(small("history"), fidelity="exact")


def test_progress_is_told_month_by_month_and_ends_at_the_whole() -> None:
    told: list[tuple[int, int]] = []
    short = ONE_TIER | {"months": 2}
    scenarios = [small("history", short), small("price_war", short)]
    run_together(scenarios, SEED, progress=lambda done, whole: told.append((done, whole)))

    assert told == [(done, 28) for done in range(1, 29)]  # 24 months of past once, twice 2

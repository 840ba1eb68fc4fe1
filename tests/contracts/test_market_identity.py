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
from sim.market.tables import TABLES
from sim.model import Market
from sim.scenario.schema import Scenario
from sim.simulate import run, run_together, tables_of
from tests.golden.runs import SEED, shipped_runs, small
from tests.theory.small_market import one_thread

type Tables = dict[str, pd.DataFrame]

# More rows than a thread takes at a time, so that threads share the work.
MANY = {"population.users": 7_000, "months": 3}


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


@pytest.mark.parametrize("name", ["alliance", "history"])
def test_a_market_stepped_by_hand_equals_a_run(name: str) -> None:
    market = stepped(Market(small(name), SEED))

    assert differing(tables_of(market.world), shipped_runs()[name].tables) == []


@pytest.mark.parametrize("name", ["alliance", "price_war", "history"])
def test_scenarios_run_together_equal_each_run_alone(name: str) -> None:
    alone = run(small(name), SEED)

    assert differing(alone.tables, shipped_runs()[name].tables) == []


def test_a_scenario_with_another_past_shares_none() -> None:
    other = small("price_war", {"demand.attention": 0.05})
    together = run_together([small("price_war"), other], SEED)

    assert differing(together[1].tables, run(other, SEED).tables) == []
    assert "carrier_month" in differing(together[0].tables, together[1].tables)


def test_a_market_goes_on_from_a_copy_of_another_ones_world_as_if_it_were_its_own() -> None:
    first = Market(small("alliance"), SEED)
    for _ in range(17):
        first.step()
    second = stepped(Market(small("alliance"), SEED, first.world.copy()))

    assert differing(tables_of(second.world), shipped_runs()["alliance"].tables) == []
    assert tables_of(first.world)["carrier_month"]["month"].max() == "2016-05"


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


@pytest.fixture(scope="module")
def digest_here() -> str:
    return digest(run(small("alliance", MANY), 5).tables)


@pytest.mark.parametrize("threads", [1, 3])
def test_another_process_with_any_number_of_threads_gives_equal_bits(
    threads: int, digest_here: str, root: Path
) -> None:
    script = (
        "from sim.simulate import run; from tests.golden.runs import small; "
        "from tests.contracts.test_market_identity import MANY, digest; "
        "print(digest(run(small('alliance', MANY), 5).tables))"
    )
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads), "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=root, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert done.stdout.strip() == digest_here


# Randomness


def test_the_market_never_draws_from_mesas_generators_nor_from_global_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = Market(small("alliance"), SEED)
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
    "quality.invert": False,  # quality that makes the observed shares come true
    "sponsorship.partners": 0,  # partners look at traffic; their gifts change the allowance
    "resale.access": 0,  # resellers' prices follow leaks, and these the retail margin
    # Carriers look at shares and at what users pay.
    **{f"carriers.{c}.{when}": {"name": "hold"} for c in ("mobile", "unicom", "telecom")
       for when in ("past", "strategy")},
}  # fmt: skip


def with_users(users: int) -> Scenario:
    return small("business_as_usual", NO_FEEDBACK | {"population.users": users, "months": 8})


def test_one_more_user_changes_nobody_elses_carrier_or_plan_where_nobody_minds_others() -> None:
    few, many = Market(with_users(1_500), SEED), Market(with_users(1_501), SEED)
    moved = np.zeros(1_500, np.bool_)
    while few.world.month < few.scenario.end_month:
        before = few.world.population.offer.copy()
        few.step()
        many.step()
        own, others = few.world.population, many.world.population
        for column in ("offer", "usage", "bill", "rollover", "shocked"):
            assert np.array_equal(getattr(own, column), getattr(others, column)[:-1]), few.month
        moved |= own.offer // own.plans != before // own.plans

    assert moved.mean() > 0.2  # there was something to change


def test_with_feedback_one_more_user_does_change_others() -> None:
    """The test above would see it: users do mind one another in the market as it is."""
    few = stepped(Market(small("business_as_usual", {"population.users": 1_500}), SEED))
    many = stepped(Market(small("business_as_usual", {"population.users": 1_501}), SEED))

    assert not np.array_equal(few.world.population.offer, many.world.population.offer[:-1])


def test_one_more_user_changes_nobody_elses_traits_in_any_market() -> None:
    few = Market(small("alliance", {"population.users": 1_500}), SEED).world.population
    many = Market(small("alliance", {"population.users": 1_501}), SEED).world.population

    for trait in ("segment", "theta", "lte_rank", "device_rank", "knows_reseller", "offer"):
        assert np.array_equal(getattr(few, trait), getattr(many, trait)[:-1])


# Limits


def test_a_market_does_not_step_beyond_its_end() -> None:
    market = stepped(Market(small("history", {"population.users": 1_000, "months": 1}), SEED))

    assert market.month == "2017-02"
    with pytest.raises(SimError, match="the scenario ends before 2017-02"):
        market.step()


def test_an_unknown_fidelity_is_refused() -> None:
    with pytest.raises(SimError, match="unknown fidelity 'exact'; known: individual"):
        run(small("history"), fidelity="exact")


def test_progress_is_told_month_by_month_and_ends_at_the_whole() -> None:
    told: list[tuple[int, int]] = []
    short = {"population.users": 1_000, "months": 2}
    scenarios = [small("history", short), small("price_war", short)]
    run_together(scenarios, SEED, progress=lambda done, whole: told.append((done, whole)))

    assert told == [(done, 28) for done in range(1, 29)]  # 24 months of past once, twice 2

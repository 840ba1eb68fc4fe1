"""What the market keeps for its carriers' strategies: notes, draws and accounts."""

from collections.abc import Iterator

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.core.units import KB_PER_GB
from sim.model import Market
from sim.simulate import tables_of
from tests.golden.runs import small
from tests.theory.small_market import one_thread

TRIGGER = {
    "name": "trigger",
    "upsilon": 0.04,
    "signal": "share",
    "threshold": 0.0,
    "war_months": 5,
    "cut": 0.02,
}
SETTINGS = {"population.users": 1_000, "months": 4, "branch": "2016-01"}


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


def stepped(market: Market, months: int) -> Market:
    for _ in range(months):
        market.step()
    return market


def test_a_strategy_finds_what_it_wrote_down_last_month() -> None:
    market = Market(small("business_as_usual", SETTINGS | {"carriers.mobile.past": TRIGGER}))
    assert market.world.carriers.memory[0].size == 0
    seen = []
    for _ in range(10):
        written = market.world.carriers.memory[0]
        market.step()
        seen.append(np.array_equal(market.views[0].memory, written))
        ahead = market.decisions[0].memory
        assert market.world.carriers.memory[0].tolist() == ahead.tolist()

    assert all(seen)
    assert market.world.carriers.memory[1].size == 0


def test_memory_is_copied_with_the_world() -> None:
    market = stepped(
        Market(small("business_as_usual", SETTINGS | {"carriers.mobile.past": TRIGGER})), 3
    )
    twin = market.world.copy()
    market.step()

    assert twin.carriers.memory[0].size == 1
    assert twin.carriers.memory[0] is not market.world.carriers.memory[0]
    assert not market.world.carriers.memory[0].flags.writeable


@pytest.mark.parametrize(
    ("strategy", "kept"), [(TRIGGER, True), (TRIGGER | {"war_months": 6}, False)]
)
def test_a_new_strategy_at_the_branch_remembers_nothing(strategy: object, kept: bool) -> None:
    settings = SETTINGS | {
        "carriers.telecom.past": TRIGGER,
        "carriers.telecom.strategy": strategy,
    }
    market = stepped(Market(small("business_as_usual", settings)), 12)
    written = market.world.carriers.memory[2]
    market.step()

    assert written.size == 1
    assert market.views[2].memory.size == (1 if kept else 0)


def test_every_carrier_has_draws_of_its_own_in_every_month() -> None:
    market = Market(small("business_as_usual", SETTINGS), seed=7)
    drawn = []
    for month in range(2):
        market.step()
        drawn.append(np.concatenate([view.draws for view in market.views]))
        assert drawn[-1].tolist() == Streams(7).uniform("carriers.decision", month, 24).tolist()

    assert len(np.unique(np.concatenate(drawn))) == 48


def test_accounts_of_last_month_are_those_that_were_recorded() -> None:
    market = stepped(Market(small("business_as_usual", SETTINGS)), 9)
    market.observe()
    months = tables_of(market.world)["carrier_month"]
    last, before = months[-3:], months[-6:-3]
    view = market.views[1]

    assert view.profit.tolist() == last["profit_fen"].tolist()
    assert view.profit_before.tolist() == before["profit_fen"].tolist()
    lines = last["lines"].to_numpy()
    bills = last[["fee_fen", "overage_fen", "voice_fen"]].sum(axis=1).to_numpy()
    network = market.scenario.network
    gb_cost = network.gb_cost * 100 * last["used_kb"].to_numpy() / KB_PER_GB
    assert view.variable_cost > network.line_cost * 100 * lines[1]
    assert view.variable_cost < network.line_cost * 100 * lines[1] + gb_cost[1] * 1.01
    margin = (bills[1] - view.variable_cost) / lines[1]
    assert view.line_margin[1] == pytest.approx(margin)
    market.decide()

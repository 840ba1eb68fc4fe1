"""On the live market every kind of agent acts, and shows itself as Mesa's agents do."""

from collections.abc import Iterator

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agentset import AgentSet

from sim.agents.firms import Branch, Carrier, Regulator, Reseller
from sim.agents.partners import Partner
from sim.agents.users import User
from sim.core.calendar import month_index, month_label
from sim.market.names import CARRIERS
from sim.market.world import NO_OFFER
from sim.model import Market
from sim.simulate import run, run_together
from tests.golden.runs import SEED, shipped_runs, small
from tests.theory.small_market import one_thread

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of indexing sets

LONG = {"months": 40}  # to April 2020: beyond portability


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="module")
def market() -> Market:
    """Return a market in March 2017, after a quarter of an alliance."""
    live = Market(small("alliance", {"months": 3}), SEED)
    while live.world.month < live.scenario.end_month:
        live.step()
    return live


@pytest.fixture(scope="module")
def long_run() -> dict[str, pd.DataFrame]:
    return run(small("business_as_usual", LONG), SEED).tables


# Users and partners as Mesa agents


class Plain(mesa.Agent):
    """An ordinary Mesa agent."""


@pytest.fixture(scope="module")
def plain(market: Market) -> Iterator[AgentSet]:
    """Return Mesa's own set of ordinary agents who hold what the users hold."""
    model, held = mesa.Model(rng=1), []
    for user in market.users:
        agent = Plain(model)
        for name in ("carrier", "plan", "province", "lines", "bill", "usage", "shocked"):
            setattr(agent, name, getattr(user, name))
        held.append(agent)
    yield AgentSet(held, random=model.random)
    held.clear()


def ids(agents: mesa.agentset.AbstractAgentSet) -> list[int]:
    return [agent.unique_id for agent in agents]


def test_a_user_is_asked_by_its_place(market: Market, plain: AgentSet) -> None:
    user = market.users[42]

    assert isinstance(user, mesa.Agent)
    assert user.carrier == CARRIERS[market.world.population.carrier[42]]
    assert (user.carrier, user.plan, user.bill) == (
        plain[42].carrier, plain[42].plan, plain[42].bill,
    )  # fmt: skip
    assert user.model is market


def test_selecting_users_agrees_with_mesas_own_set(market: Market, plain: AgentSet) -> None:
    def costly(user: mesa.Agent) -> bool:
        return user.carrier == "telecom" and user.bill > 100_00

    assert ids(market.users.select(costly)) == ids(plain.select(costly)) != []
    assert len(market.users.select(at_most=0.25)) == len(plain.select(at_most=0.25)) == 500


@pytest.mark.parametrize("by", ["carrier", "plan", "province", "shocked"])
def test_grouping_users_agrees_with_mesas_own_set(market: Market, plain: AgentSet, by: str) -> None:
    ours, theirs = market.users.groupby(by), plain.groupby(by)

    assert {k: ids(g) for k, g in ours} == {k: ids(g) for k, g in theirs}
    assert ours.count() == theirs.count()
    assert ours.agg("lines", sum) == theirs.agg("lines", sum)


@pytest.mark.parametrize("attribute", ["lines", "bill", "usage"])
def test_aggregating_users_agrees_with_mesas_own_set(
    market: Market, plain: AgentSet, attribute: str
) -> None:
    wanted = [sum, min, max, np.mean]

    assert market.users.agg(attribute, wanted) == plain.agg(attribute, wanted)
    assert market.users.get(attribute) == plain.get(attribute)


def test_the_live_sets_are_the_models_own(market: Market) -> None:
    assert market.agents_by_type[User] is market.users
    assert market.agents_by_type[Partner] is market.partners
    assert (len(market.users), len(market.partners)) == (2_000, 2_000)


def test_firms_are_registered_with_mesa_one_by_one(market: Market) -> None:
    count = {kind: len(agents) for kind, agents in market.agents_by_type.items()}

    assert count[Carrier] == 3
    assert count[Branch] == 93
    assert count[Reseller] == market.scenario.resale.resellers
    assert count[Regulator] == 1


def test_users_show_the_market_as_it_is_now() -> None:
    live = Market(small("business_as_usual", {"population.users": 1_000}), SEED)
    user = live.users[7]
    bills = []
    for _ in range(14):
        live.step()
        bills.append(user.bill)
        assert user.bill == live.world.population.bill[7]

    assert len(set(bills)) > 1
    assert user is not live.users[7]
    assert user == live.users[7]


def test_what_is_set_on_a_user_changes_the_market() -> None:
    live = Market(small("business_as_usual", {"population.users": 1_000}), SEED)
    live.users.set("offer", 0)
    live.users[3].offer = 2 * len(live.fixed.labels.plans) + 1

    assert live.world.population.offer.tolist() == [0, 0, 0, 19, *[0] * 996]
    assert live.users[3].carrier == "telecom"


def test_carriers_tell_price_share_and_cash(market: Market) -> None:
    facts = last_month(market)
    for carrier in market.carriers:
        row = facts.loc[carrier.id]
        assert carrier.list_price == row["list_price_fen"] / 100
        assert carrier.share == pytest.approx(row["lines"] / facts["lines"].sum())
        assert carrier.strategy == market.scenario.carriers[carrier.id].strategy
    total = sum(carrier.balance for carrier in market.carriers)
    assert total == pytest.approx(market.wealth().sum() / 100)


def last_month(market: Market) -> pd.DataFrame:
    block = market.world.records["carrier_month"][-1]
    return pd.DataFrame(block).set_index("carrier")


def test_branches_and_resellers_tell_what_the_columns_hold(market: Market) -> None:
    prices, control = market.world.branches.price.ravel(), market.world.branches.control.ravel()
    posted = [None if price >= NO_OFFER else price / 100 for price in prices]

    assert [branch.offer for branch in market.branches] == posted
    assert [branch.control for branch in market.branches] == control.tolist()
    assert [(b.carrier, b.province) for b in market.branches[:2]] == [
        ("mobile", market.fixed.labels.provinces[0]), ("mobile", market.fixed.labels.provinces[1]),
    ]  # fmt: skip
    resellers = market.world.resellers
    assert [r.active for r in market.resellers] == resellers.active.tolist()
    assert [r.capital for r in market.resellers] == (resellers.capital / 100).tolist()
    assert [r.profit for r in market.resellers] == (resellers.profit / 100).tolist()


# All kinds of agents are alive


def of_carrier(tables: dict[str, pd.DataFrame], carrier: str, column: str) -> np.ndarray:
    frame = tables["carrier_month"]
    return frame.loc[frame["carrier"] == carrier, column].to_numpy()


@pytest.mark.parametrize("carrier", CARRIERS)
def test_carriers_move_their_prices(carrier: str, long_run: dict[str, pd.DataFrame]) -> None:
    price = of_carrier(long_run, carrier, "list_price_fen")

    assert (np.diff(price) != 0).mean() > 0.9
    assert price[-1] < price[0] / 4


def test_carriers_differ_in_conduct_only_where_the_scenario_says_so() -> None:
    tables = shipped_runs()["alliance"].tables
    rates = [of_carrier(tables, c, "backward_rate_fen")[-1] for c in CARRIERS]
    service = [of_carrier(tables, c, "service")[-1] for c in CARRIERS]
    platform = [of_carrier(tables, c, "backward_platform_fen")[24:].sum() for c in CARRIERS]

    assert rates[0] < rates[1] == rates[2]
    assert (service[0] == 0.0, service[1] > 0.3, service[2] > 0.3) == (True, True, True)
    assert (platform[0] == 0, platform[1] > 0, platform[2] > 0) == (True, True, True)


def test_branches_of_one_carrier_post_different_prices(long_run: dict[str, pd.DataFrame]) -> None:
    frame = long_run["province_carrier_month"]
    of_july = frame[frame["month"] == "2016-07"].groupby("carrier")["wholesale_price_fen"]

    assert (of_july.nunique() > 20).all()
    assert (of_july.max() / of_july.min() > 1.15).all()


def test_resellers_enter_and_leave(long_run: dict[str, pd.DataFrame]) -> None:
    frame = long_run["reseller_month"]

    assert frame["entered"].sum() > 2
    assert frame["left"].sum() > 2
    assert frame["entered"].max() <= 1


@pytest.mark.parametrize("carrier", CARRIERS)
def test_partners_begin_to_sponsor_and_through_more_than_one_channel(
    carrier: str, long_run: dict[str, pd.DataFrame]
) -> None:
    frame = long_run["partner_quarter"]
    count = frame[frame["carrier"] == carrier].groupby(["quarter", "channel"])["partners"].sum()

    assert count["2016Q4"].sum() > count["2015Q1"].sum()
    assert (count.groupby("channel").max()[["direct", "reseller"]] > 0).all()
    assert of_carrier(long_run, carrier, "sponsored_kb").max() > 0


def test_partners_gain_from_sponsoring_by_their_own_estimate(market: Market) -> None:
    sponsoring = market.partners.select(lambda partner: partner.sponsoring)

    assert 0 < len(sponsoring) < len(market.partners) / 2
    assert np.median(sponsoring.get("estimate")) > np.median(market.partners.get("estimate"))
    assert all(sponsoring.get("aware"))


def test_users_switch_carriers_and_plans(long_run: dict[str, pd.DataFrame]) -> None:
    moves = long_run["switches"]
    looked = moves[moves["origin"] != moves["destination"]].groupby("month")["looked"].sum()
    plans = long_run["offer_month"].groupby("plan")["lines"].agg(["min", "max"])

    assert (looked > 0).all()
    assert (plans["max"] > plans["min"]).all()


# The regulator's orders take effect


def test_nothing_rolls_over_before_october_2015() -> None:
    live = Market(small("business_as_usual"), SEED)
    kept = {}
    while live.world.month <= month_index("2015-11"):
        label = live.month
        live.step()
        kept[label] = int(live.world.population.rollover.sum())

    assert [month for month, left in kept.items() if left > 0] == ["2015-10", "2015-11"]


def test_a_price_cut_binds_from_its_month_to_the_years_end() -> None:
    """March 2018: three tenths off the list price of last December."""
    free = {"orders.price_cut_2018": "off", "orders.price_cut_2019": "off"}
    cut = {"month": "2018-03", "rule": "price_cut", "size": 0.5, "source": "a test"}
    only = free | {"orders.price_cut_2018": cut}
    was, now = (
        r.tables for r in run_together(
            [small("business_as_usual", s | {"months": 26}) for s in (free, only)], SEED
        )
    )  # fmt: skip
    for carrier in CARRIERS:
        before, after = (of_carrier(t, carrier, "list_price_fen") for t in (was, now))
        ceiling = before[month_index("2017-12")] // 2
        march, december = month_index("2018-03"), month_index("2018-12")
        assert before[march] > ceiling
        assert np.array_equal(after[:march], before[:march])
        assert (after[march : december + 1] <= ceiling).all()
        assert after[march] == ceiling


def test_the_orders_of_2018_and_2019_are_kept_in_every_scenario_that_ships() -> None:
    runs = {n: run(small(n, {"months": 36}), SEED).tables for n in ("price_war", "history")}
    for tables in runs.values():
        for year, size in ((2018, 0.3), (2019, 0.2)):
            for carrier in CARRIERS:
                price = of_carrier(tables, carrier, "list_price_fen")
                last = month_index(f"{year - 1}-12")
                assert (price[last + 3 : last + 13] <= price[last] * (1.0 - size)).all()


def test_portability_lowers_the_cost_of_a_new_carrier_from_november_2019() -> None:
    live = Market(small("business_as_usual", LONG), SEED)
    order = live.scenario.orders["portability"]
    relief = [
        live.regulator.decide(month_index(month)).switching_relief
        for month in ("2019-10", "2019-11", "2020-04")
    ]

    assert relief == [0.0, order.size, order.size]


def test_portability_makes_more_users_switch() -> None:
    with_it, without = (
        small("business_as_usual", {"months": 38, "population.users": 4_000} | orders)
        for orders in ({}, {"orders": []})
    )
    moved = []
    for scenario in (with_it, without):
        moves = run(scenario, SEED).tables["switches"]
        away = moves[moves["origin"] != moves["destination"]]
        since = away["month"] >= month_label(month_index("2019-11"))
        moved.append(away[since]["looked"].sum())

    assert moved[0] > 1.5 * moved[1]

"""In the whole market: switches, alliances, blocking, control over branches, orders."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest

from sim.core.calendar import month_index
from sim.market.names import CARRIERS, DIRECT, PLATFORM
from sim.mechanisms.sharing import among, shapley
from sim.model import Market
from sim.simulate import run_together
from tests.golden.runs import SEED, small
from tests.theory.small_market import one_thread

MOBILE = 0
PROUD = {  # Mobile looks after itself, and the split does not look after it
    "sharing.rule": "equal",
    "carriers.mobile.strategy.exit_patience": 6,
}

type Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@cache
def ran(name: str, *settings: tuple[str, object]) -> Tables:
    with one_thread():
        return run_together([small(name, dict(settings))], SEED)[0].tables


def since(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    return frame[frame["month"] >= month]


# Switches


@pytest.mark.parametrize("name", ["business_as_usual", "service_cooperation"])
def test_without_leaks_nobody_resells_and_the_books_still_balance(name: str) -> None:
    frame = ran(name, ("leakage.enabled", "off"))["carrier_month"]

    assert not frame[["leak_kb", "resold_kb", "wholesale_fen", "topup_fen"]].any().any()
    assert frame["leak_price_fen"].isna().all()
    assert (frame["sponsored_kb"] > 0).any()


def test_resellers_without_goods_give_up_one_by_one() -> None:
    active = ran("business_as_usual", ("leakage.enabled", "off"))["reseller_month"]["active"]

    assert active.iloc[-1] == 0
    assert active.is_monotonic_decreasing
    assert active.nunique() > 10


@pytest.mark.parametrize("name", ["business_as_usual", "service_cooperation"])
def test_without_sponsoring_no_partner_pays_and_leaks_go_on(name: str) -> None:
    tables = ran(name, ("sponsorship.enabled", "off"))
    frame = tables["carrier_month"]

    assert not frame[["sponsored_kb", "backward_direct_fen", "backward_platform_fen"]].any().any()
    assert not tables["market_month"]["partners"].any()
    assert (frame["leak_kb"] > 0).any()


# Alliances


def test_a_member_that_gets_less_than_it_would_have_alone_leaves_after_its_patience() -> None:
    frame = ran("service_cooperation", *PROUD.items())["carrier_month"]
    member = frame.pivot(index="month", columns="carrier", values="member")

    assert member.loc["2017-01"].tolist() == [1, 1, 1]
    inside = int(member["mobile"].loc["2017-01":].sum())
    assert 6 <= inside < 12
    assert member["mobile"].loc["2017-01":].is_monotonic_decreasing
    assert member["unicom"].loc["2017-01":].all()


def test_who_left_sells_the_service_alone_and_keeps_what_it_earns() -> None:
    tables = ran("service_cooperation", *PROUD.items())
    last = since(tables["carrier_month"], "2017-12").set_index("carrier")

    assert tables["market_month"]["platforms"].iloc[-1] == 2
    assert last.loc["mobile", "backward_platform_fen"] > 0
    others = last.loc[["unicom", "telecom"], "backward_platform_fen"].tolist()
    assert abs(others[0] - others[1]) <= 1  # in equal parts, and never less than it


def test_shapleys_split_holds_mobile_where_partners_have_money_for_all() -> None:
    """Then a set earns no less than its parts would, as it may where budgets bind."""
    fair = PROUD | {"sharing.rule": "shapley", "sponsorship.budget_median": 1e12}
    frame = ran("service_cooperation", *fair.items())["carrier_month"]

    assert since(frame, "2017-01")["member"].all()


@pytest.mark.parametrize("rule", ["proportional", "equal", "shapley"])
def test_all_that_partners_pay_to_the_platform_goes_to_its_members(rule: str) -> None:
    tables = ran("alliance", ("sharing.rule", rule))
    posts = tables["postings"]
    paid = posts.loc[posts["payee"] == "platform", "fen"].sum()

    assert paid == posts.loc[posts["payer"] == "platform", "fen"].sum() > 0
    frame = tables["carrier_month"]
    assert frame["backward_platform_fen"].sum() == paid
    assert not frame.loc[frame["member"] == 0, "backward_platform_fen"].any()


def test_larger_coalitions_earn_more_and_the_split_follows_what_each_adds() -> None:
    market = Market(small("service_cooperation", {"sharing.rule": "shapley"}), SEED)
    while market.world.month <= month_index("2017-06"):
        market.step()
    coalitions = market.coalitions
    assert coalitions is not None
    worth = coalitions.revenue

    for bigger in range(8):
        for smaller in range(8):
            if smaller & bigger == smaller:
                assert worth[smaller] <= worth[bigger]
    shares = market.settled.platform_share
    value = shapley(among(worth, market.world.carriers.member))
    assert (shares / shares.sum()).tolist() == pytest.approx((value / value.sum()).tolist())


def test_mobile_joins_when_it_said_and_is_open_until_then() -> None:
    frame = ran("mobile_joins", ("months", 18))["carrier_month"]
    mobile = frame[frame["carrier"] == "mobile"].set_index("month")

    assert not mobile.loc[:"2017-12", "member"].any()
    assert mobile.loc["2018-01":, "member"].all()
    assert not mobile["block"].any()
    assert (mobile.loc["2018-03":, "backward_platform_fen"] > 0).all()


# Blocking


def test_no_partner_on_the_alliances_platform_is_served_by_the_carrier_that_shuts_them_out() -> (
    None
):
    market = Market(small("alliance_blocked", {"carriers.mobile.strategy.cut": 0}), SEED)
    while market.world.month < market.scenario.end_month:
        market.step()
        channel = market.world.partners.channel
        joined = (channel == PLATFORM).any(axis=1)
        assert not (channel[joined, MOBILE] == DIRECT).any()
    assert joined.any()


def test_blocking_costs_the_alliance_partners() -> None:
    """Resellers closed, so that blocked partners have no way round."""
    closed = ("leakage.enabled", "off")
    cut = ("carriers.mobile.strategy.cut", 0)
    shut, open_ = (
        ran("alliance_blocked", closed, cut, ("carriers.mobile.strategy.block", block))
        for block in (1, 0)
    )
    joined = [since(t["market_month"], "2017-06")["service_partners"].sum() for t in (shut, open_)]

    assert 0 < joined[0] < joined[1]


# Control over branches


def test_control_from_the_branch_on_leaves_the_past_alone_and_closes_leaks() -> None:
    usual, held = ran("business_as_usual"), ran("leak_control")
    before, after = (t["carrier_month"] for t in (usual, held))

    assert before[before["month"] < "2017"].equals(after[after["month"] < "2017"])
    leaks = [since(frame, "2017-01")["leak_kb"].sum() for frame in (before, after)]
    prices = [since(frame, "2017-01")["leak_price_fen"].mean() for frame in (before, after)]
    assert leaks[1] < leaks[0]
    assert prices[1] > prices[0]


def test_all_branches_are_held_where_headquarters_control_them() -> None:
    market = Market(small("leak_control", {"months": 1}), SEED)
    while market.world.month < market.scenario.branch_month:
        market.step()
        assert np.ptp(market.world.branches.control) > 0.1
    market.step()

    assert (market.world.branches.control == 1.0).all()


# Orders


def test_branches_sell_closer_substitutes_once_roaming_is_abolished() -> None:
    usual, national = (
        ran("business_as_usual", ("months", 20), ("leakage.cross_national", cross))["carrier_month"]
        for cross in (0.05, 0.2)
    )
    first = [
        frame[frame["month"] < "2018-07"]["leak_price_fen"].tolist() for frame in (usual, national)
    ]
    later = [since(frame, "2018-07")["leak_price_fen"].mean() for frame in (usual, national)]

    assert first[0] == first[1]
    assert later[1] < later[0]


def test_prices_fall_by_order_in_every_january() -> None:
    frame = ran("cheap_data", ("months", 26))["carrier_month"]
    price = frame.pivot(index="month", columns="carrier", values="list_price_fen")

    for year in (2017, 2018, 2019):
        for carrier in CARRIERS:
            december = price.loc[f"{year - 1}-12", carrier]
            assert price.loc[f"{year}-01", carrier] == december // 2


# Resellers


def test_each_reseller_owns_what_it_earned() -> None:
    market = Market(small("business_as_usual", {"months": 1}), SEED)
    start = market.world.resellers.capital.copy()
    while market.world.month < market.scenario.end_month:
        market.step()
    resellers = market.world.resellers

    assert (resellers.capital - start == market.world.ledger.of("reseller")).all()
    assert len(np.unique(resellers.profit[resellers.active])) > 10

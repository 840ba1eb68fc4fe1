"""Every mechanism can be switched off: the run still works, and the effect has theory's sign."""

from collections.abc import Iterator
from functools import cache

import pandas as pd
import pytest

from sim.market.names import CARRIERS
from sim.metrics import yearly
from sim.scenario.load import load_scenario
from sim.simulate import RunResult, run
from tests.theory.small_market import one_thread

HOLD = "hold"
COARSE = {"population.usage_tiers": 3, "months": 12}


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@cache
def market(scenario: str, *changes: tuple[str, float | bool | str]) -> RunResult:
    """Return a run, whose books have balanced every month or it would have stopped."""
    named = {path: {"name": value} if value == HOLD else value for path, value in changes}
    return run(load_scenario(scenario, COARSE | named))


def last_year(result: RunResult, name: str, carrier: str | None = None) -> float:
    values = yearly(result.tables, name)
    who = values["carrier"].isna() if carrier is None else values["carrier"] == carrier
    return float(values[who & (values["year"] == 2017)]["value"].iloc[0])


def test_without_leaks_nothing_is_resold_and_carriers_earn_more_from_partners() -> None:
    leaking = market("business_as_usual")
    tight = market("business_as_usual", ("leakage.enabled", False))

    assert last_year(leaking, "leak_volume") > 0
    assert last_year(tight, "leak_volume") == 0
    assert tight.tables["carrier_month"]["topup_fen"].sum() == 0
    assert last_year(tight, "backward_revenue") > last_year(leaking, "backward_revenue")


def test_without_costs_of_switching_more_users_switch() -> None:
    sticky, free = (market("business_as_usual", ("demand.switching_cost", g)) for g in (3.0, 0.0))

    assert last_year(free, "churn") > 1.5 * last_year(sticky, "churn")


def test_without_elasticity_a_price_war_moves_no_use() -> None:
    def rise(eps: float) -> float:
        peace, war = (
            market(s, ("demand.elasticity", eps)) for s in ("business_as_usual", "price_war")
        )
        return last_year(war, "dou") / last_year(peace, "dou") - 1.0

    assert rise(0.7) > 0.02
    assert abs(rise(0.0)) < 0.25 * rise(0.7)


def test_without_peers_the_leader_needs_more_quality_of_its_own() -> None:
    """Size attracts: what it does not explain, inversion must put down to quality."""

    def lead(peers: float) -> float:
        table = market("history", ("demand.peer_effect", peers)).tables["carrier_month"]
        xi = table[table["month"] < "2017-01"].groupby("carrier")["xi"].mean()
        return float(xi["mobile"] - xi["telecom"])

    assert lead(0.0) > lead(2.0) + 0.5


def test_without_sponsoring_there_is_no_backward_traffic_and_users_lose() -> None:
    # Prices stand still, or the history that is followed would pass the missing GB on.
    still = tuple((f"carriers.{c}.past", HOLD) for c in CARRIERS)
    given = market("service_cooperation", *still)
    none = market("service_cooperation", *still, ("sponsorship.enabled", False))

    for name in ("backward_revenue", "sponsored_share", "partner_surplus"):
        assert last_year(given, name) > 0
        assert last_year(none, name) == 0
    assert last_year(none, "consumer_surplus") < last_year(given, "consumer_surplus")


def test_without_user_control_nobody_has_it_and_users_lose() -> None:
    """Theory speaks of the product, not of its price: it is given for nothing."""
    given = ("user_control.fee", 0.0)
    offered = market("user_control", given)
    withheld = market("user_control", given, ("user_control.enabled", False))

    assert adopters(offered) > 0
    assert adopters(withheld) == 0
    assert last_year(withheld, "consumer_surplus") < last_year(offered, "consumer_surplus")


def adopters(result: RunResult) -> float:
    last: pd.DataFrame = result.tables["carrier_month"].query("month == '2017-12'")
    return float(last["control_lines"].sum())

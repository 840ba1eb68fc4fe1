"""Carriers' rules of conduct do what their sources say, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sim.market.views import CarrierView
from sim.market.world import NO_OFFER
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup
from sim.strategies.carrier.historical import Historical
from sim.strategies.carrier.hold import Hold
from sim.strategies.carrier.price_war import PriceWar
from sim.strategies.carrier.service_cooperation import ServiceCooperation
from sim.strategies.carrier.user_control import UserControl

VIEW = CarrierView(
    month=30,
    me=1,
    list_price=np.array([50_00, 40_00, 44_00]),
    backward_rate=np.array([30_00, 33_00, 36_00]),
    share=np.array([0.58, 0.22, 0.2]),
    share_before=np.array([0.6, 0.2, 0.2]),
    yuan_per_gb=np.array([30.0, 24.0, 25.0]),
    market_yuan_per_gb=20.0,
    unit_cost=8_00.0,
    unit_cost_before=10_00.0,
    price_ceiling=NO_OFFER,
    observed_yuan_per_gb=18.0,
)


def test_the_markup_grows_with_ones_own_share() -> None:
    """Dosi, Fagiolo and Roventini 2010: the mark-up of 3 grows by 0.04 times 10 % of share."""
    assert AdaptiveMarkup(upsilon=0.04).decide(VIEW).list_price == round(8_00 * (1 + 3 * 1.004))


def test_a_constant_share_passes_the_fall_of_costs_on() -> None:
    steady = replace(VIEW, share=VIEW.share_before)

    assert AdaptiveMarkup(upsilon=0.04).decide(steady).list_price == 32_00


@pytest.mark.parametrize(("ceiling", "price"), [(28_00, 28_00), (5_00, 8_01)])
def test_the_regulators_ceiling_binds_down_to_cost(ceiling: int, price: int) -> None:
    bound = replace(VIEW, price_ceiling=ceiling)

    for rule in (AdaptiveMarkup(upsilon=0.04), ServiceCooperation(upsilon=0.04, service=1.0)):
        assert rule.decide(bound).list_price == price


def test_the_backward_rate_stays_under_the_shared_rule() -> None:
    assert AdaptiveMarkup(upsilon=0.04).decide(VIEW).backward_rate == 33_00


def test_cooperation_adds_service_to_the_shared_rule_and_nothing_else() -> None:
    shared = AdaptiveMarkup(upsilon=0.04).decide(VIEW)
    cooperative = ServiceCooperation(upsilon=0.04, service=0.7).decide(VIEW)

    assert cooperative == replace(shared, service_target=0.7, cooperate=True, control=True)
    assert (shared.service_target, shared.cooperate) == (0.0, False)


def test_a_war_undercuts_the_cheaper_of_ones_own_rule_and_the_cheapest_rival() -> None:
    """Own rule: 32.10. Cheapest rival, costs passed on: 44 x 0.8 = 35.20. Two per cent less."""
    war = PriceWar(upsilon=0.04, cut=0.02)
    at_war = war.decide(VIEW)
    beside_a_cheap_rival = war.decide(replace(VIEW, list_price=np.array([50_00, 40_00, 30_00])))

    assert at_war.list_price == int(round(8_00 * (1 + 3 * 1.004)) * 0.98)
    assert beside_a_cheap_rival.list_price == int(24_00 * 0.98)
    assert at_war.backward_rate == int(30_00 * 0.98)


def test_a_war_never_sells_below_cost() -> None:
    ruined = replace(VIEW, list_price=np.full(3, 5_00), backward_rate=np.full(3, 1))
    decision = PriceWar(upsilon=0.04, cut=0.4).decide(ruined)

    assert (decision.list_price, decision.backward_rate) == (8_01, 8_01)


def test_war_is_always_cheaper_than_the_shared_rule() -> None:
    for me in range(3):
        view = replace(VIEW, me=me)
        peace, war = AdaptiveMarkup(upsilon=0.04), PriceWar(upsilon=0.04, cut=0.02)
        assert war.decide(view).list_price < peace.decide(view).list_price


def test_history_closes_a_part_of_the_gap_to_the_observed_price() -> None:
    """18 yuan a GB were observed, the market pays 20: half of the tenth, whoever one is."""
    decision = Historical(upsilon=0.04, gain=0.5).decide(VIEW)

    assert decision.list_price == round(40_00 * 0.95)


def test_carriers_follow_the_observed_price_together() -> None:
    """What its own users pay changes no carrier's step: only the market's price was observed."""
    dear = replace(VIEW, yuan_per_gb=np.array([30.0, 99.0, 25.0]))

    assert Historical(upsilon=0.04, gain=0.5).decide(dear).list_price == round(40_00 * 0.95)


def test_where_nothing_was_observed_history_goes_on_by_the_shared_rule() -> None:
    unseen = replace(VIEW, observed_yuan_per_gb=float("nan"))

    assert Historical(upsilon=0.04, gain=0.5).decide(unseen) == AdaptiveMarkup(upsilon=0.04).decide(
        unseen
    )


def test_user_control_is_the_product_of_cooperation_without_the_platform() -> None:
    cooperative = ServiceCooperation(upsilon=0.04, service=0.7).decide(VIEW)
    alone = UserControl(upsilon=0.04, service=0.7).decide(VIEW)

    assert alone == replace(cooperative, cooperate=False)


def test_who_holds_repeats_last_months_prices() -> None:
    decision = Hold().decide(VIEW)

    assert (decision.list_price, decision.backward_rate) == (40_00, 33_00)

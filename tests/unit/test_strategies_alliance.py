"""Who joins, leaves, obstructs and sells alone, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from sim.core.calendar import month_index
from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.views import CarrierView, PartnerView, PlatformView, no_platform
from sim.mechanisms.channels import blocked_part
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup
from sim.strategies.carrier.obstruct import Obstruct
from sim.strategies.carrier.price_war import PriceWar
from sim.strategies.carrier.price_war_with_service import PriceWarWithService
from sim.strategies.carrier.service_cooperation import ServiceCooperation
from sim.strategies.partner.threshold import Threshold
from tests.theory.partner_market import offered

VIEW = CarrierView(
    month=month_index("2017-06"),
    me=0,
    list_price=np.array([20_00, 18_00, 19_00]),
    backward_rate=np.array([33_50, 30_00, 32_00]),
    share=np.array([0.6, 0.2, 0.2]),
    share_before=np.array([0.6, 0.2, 0.2]),
    yuan_per_gb=np.array([20.0, 18.0, 19.0]),
    market_yuan_per_gb=19.4,
    unit_cost=99.0,
    unit_cost_before=100.0,
    price_ceiling=10**9,
    observed_yuan_per_gb=float("nan"),
)
FIGHT = AdaptiveMarkup(upsilon=0.04).decide(VIEW)


def worse_for(months: int) -> CarrierView:
    platform: PlatformView = replace(no_platform(), months_worse=np.array([months, 0, 0]))
    return replace(VIEW, platform=platform)


# Carriers


@pytest.mark.parametrize(("months", "stays"), [(5, True), (6, False), (9, False)])
def test_a_member_leaves_after_as_many_worse_months_as_it_has_patience(
    months: int, stays: bool
) -> None:
    moves = ServiceCooperation(upsilon=0.04, service=1, exit_patience=6).decide(worse_for(months))

    assert (moves.cooperate, moves.own_platform) == (stays, not stays)
    assert moves.service_target == 1.0


def test_without_patience_set_a_member_never_leaves() -> None:
    assert ServiceCooperation(upsilon=0.04, service=1).decide(worse_for(99)).cooperate


@pytest.mark.parametrize(("month", "inside"), [("2017-05", False), ("2017-06", True)])
def test_a_carrier_that_joins_later_prices_as_all_do_until_then(month: str, inside: bool) -> None:
    late = ServiceCooperation(upsilon=0.04, service=1, joins="2017-06")
    moves = late.decide(replace(VIEW, month=month_index(month)))

    assert moves.cooperate is inside
    assert moves.service_target == float(inside)
    assert moves.list_price == FIGHT.list_price


def test_a_month_to_join_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="'2017-13' is not a month"):
        ServiceCooperation(upsilon=0.04, service=1, joins="2017-13")


def test_obstruction_is_a_price_war_with_a_block() -> None:
    war = PriceWar(upsilon=0.04, cut=0.02).decide(VIEW)
    moves = Obstruct(upsilon=0.04, cut=0.02, block=0.7).decide(VIEW)

    assert moves == replace(war, block=0.7)


def test_obstruction_without_a_cut_leaves_the_retail_rule_alone() -> None:
    assert Obstruct(upsilon=0.04, cut=0, block=1).decide(VIEW) == replace(FIGHT, block=1.0)


def test_war_with_service_is_both_and_nothing_else() -> None:
    war = PriceWar(upsilon=0.04, cut=0.02).decide(VIEW)
    moves = PriceWarWithService(upsilon=0.04, cut=0.02, service=0.8).decide(VIEW)

    assert moves == replace(war, service_target=0.8, cooperate=True)


# Partners under a block


def two_carriers(block: float, value: float = 60_00) -> PartnerView:
    """Return a market in which the first carrier sells direct and the second on its platform.

    A partner has 1,000 GB with each, of which all are added use; a GB costs 10 yuan with either.
    """
    nobody = 10**9
    view = offered(np.array([float(value)]), added=1.0, rate=10_00)
    return replace(
        view,
        direct_rate=np.array([10_00, nobody, nobody]),
        platform_rate=np.full(3, 10_00),
        platform=np.array([-1, 0, -1]),
        block=np.array([block, 0.0, 0.0]),
    )


def channels(view: PartnerView) -> list[int]:
    return Threshold().decide(view).channel[0].tolist()


def test_an_open_carrier_is_sponsored_beside_its_rivals_platform() -> None:
    assert channels(two_carriers(block=0.0)) == [DIRECT, PLATFORM, NONE]


def test_a_carrier_that_shuts_partners_out_is_left_for_the_platform_that_is_worth_more() -> None:
    served = replace(two_carriers(block=1.0), uplift=np.array([0.0, 0.5, 0.0]))

    assert channels(served) == [NONE, PLATFORM, NONE]


def test_a_partner_stays_off_the_platform_where_the_carrier_that_blocks_is_worth_more() -> None:
    larger = replace(two_carriers(block=1.0), potential=np.array([[5e3, 1e3, 0.0]]))

    assert channels(larger) == [DIRECT, NONE, NONE]


def test_a_block_that_leaves_a_gb_worth_more_than_it_costs_is_borne() -> None:
    """60 yuan a GB less half is 30, and it costs 10."""
    assert channels(two_carriers(block=0.5)) == [DIRECT, PLATFORM, NONE]
    assert channels(two_carriers(block=0.9)) != [DIRECT, PLATFORM, NONE]


def test_resellers_packs_cannot_be_told_apart_and_are_not_blocked() -> None:
    grey = replace(two_carriers(block=1.0), reseller_price=np.array([12_00, 10**9, 10**9]))

    assert channels(grey) == [RESELLER, PLATFORM, NONE]


def test_the_blocked_part_falls_on_the_carriers_own_channels_of_who_joined_elsewhere() -> None:
    channel = np.array([[DIRECT, PLATFORM, NONE], [RESELLER, PLATFORM, NONE], [DIRECT, NONE, NONE]])
    part = blocked_part(channel.astype(np.int8), np.array([-1, 0, 0]), np.array([0.6, 0.6, 0.6]))

    assert part.tolist() == [[0.6, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_carriers_on_platforms_of_their_own_block_each_others_partners() -> None:
    channel = np.array([[NONE, PLATFORM, PLATFORM]], np.int8)

    assert blocked_part(channel, np.array([-1, 2, 3]), np.full(3, 0.5)).tolist() == [[0, 0.5, 0.5]]


def test_two_platforms_cost_two_integrations_and_one_of_all_costs_one() -> None:
    """Each brings 50 yuan a GB on 1 GB; an integration at 60 pays for both together alone."""
    view = replace(
        two_carriers(0.0),
        direct_rate=np.full(3, 10**9),
        potential=np.array([[0.0, 1.0, 1.0]]),
        integration_cost=60_00,
    )

    assert channels(replace(view, platform=np.array([-1, 2, 3]))) == [NONE] * 3
    assert channels(replace(view, platform=np.array([-1, 0, 0]))) == [NONE, PLATFORM, PLATFORM]


def test_a_platforms_share_of_results_is_weighed_before_joining() -> None:
    """60 yuan a GB less a share leaves less than the 10 that it costs beside."""
    view = two_carriers(0.0)

    assert channels(replace(view, platform_share=0.8))[1] == PLATFORM
    assert channels(replace(view, platform_share=0.9))[1] == NONE

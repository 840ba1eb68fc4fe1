"""Choice of carrier and plan, by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.market.offers import Offers
from sim.mechanisms.choice import consumer_surplus, first_offers
from sim.mechanisms.usage import make_curve, margins
from tests.theory.small_market import (
    SmallMarket,
    crowd,
    levels,
    line_market,
    on_offer,
    plans,
    tastes,
)

LN3 = math.log(3.0)
CURVE = make_curve(0.5, 4.0, 300.0)


def two_carriers(**how: float) -> SmallMarket:
    """Return a user of the first of two carriers that sell equal lines at equal prices."""
    return line_market(1, (0.0, 0.0), (40.0, 40.0), **how)


def test_a_carrier_that_is_worth_log_three_more_is_three_times_as_likely() -> None:
    panel = line_market(1, (0.0, 0.0), (40.0, 40.0 - LN3 / 0.02)).survey()

    # To the fen: the price is a whole number of them.
    assert panel.free[0, 1] / panel.free[0, 0] == pytest.approx(3.0, rel=2e-4)


def test_the_cost_of_a_new_carrier_weighs_on_all_but_the_current_one() -> None:
    panel = two_carriers(switching=LN3).survey()

    assert panel.look[0].tolist() == pytest.approx([1.0, 1.0 / 3.0])
    assert panel.free[0].tolist() == pytest.approx([1.0, 1.0])


def test_a_new_plan_of_the_same_carrier_has_a_cost_of_its_own() -> None:
    market = SmallMarket(
        on_offer(crowd(), 1),
        plans((1.0, 1.0), (1.0, 1.0), voice=20.0, carriers=2),
        levels(2),
        tastes((0.0, 0.0), switching=2.0, plan_switching=LN3),
    )
    panel = market.survey()

    # Both plans of both carriers are worth the same: say a. Voice-only is worth less: v.
    a, v = 1.0, panel.free[0, 0] - 2.0
    assert panel.look[0, 0] == pytest.approx(a + a / 3.0 + v / 3.0)
    assert panel.look[0, 1] == pytest.approx((2.0 * a + v) * math.exp(-2.0))


def test_the_worth_of_a_plan_is_value_of_use_less_the_whole_bill() -> None:
    """A line of theta 2 on x = theta / sqrt(4 + q), under an allowance of 2 GB, uses 1 GB."""
    users = on_offer(crowd(), 1)._replace(theta=np.array([2.0]))
    offers = plans((30.0, 2.0), overage=60.0, voice=20.0)
    panel = SmallMarket(users, offers, tastes=tastes(alpha=0.1), curve=CURVE).survey()

    # h(y) = -1/y - 4y, between use at the choke price of 300 yuan and the free use of 1/2.
    choke = 1.0 / math.sqrt(304.0)
    value = 2.0 * ((-2.0 - 2.0) - (-1.0 / choke - 4.0 * choke))
    assert panel.stay[0] == pytest.approx(0.1 * (value - 30.0 - 20.0))


def test_4g_is_worth_something_beside_its_use_on_plans_with_data_alone() -> None:
    users = crowd(2)._replace(lte_rank=np.array([0.0, 1.0]), theta=np.array([1.0, 3.0]))
    users.offer[:] = 1
    offers = plans((10.0, 50.0), voice=20.0)
    market = SmallMarket(users, offers, levels(lte=0.5), tastes(lte_value=0.3))
    on_4g, as_heavy = market.survey().stay

    assert on_4g - as_heavy == pytest.approx(0.3)
    users.offer[:] = 0
    assert market.survey().stay.tolist() == pytest.approx([-0.06 * 20.0] * 2)


def test_who_has_no_device_can_only_have_a_voice_only_line() -> None:
    users = crowd()._replace(device_rank=np.ones(1))
    panel = SmallMarket(users, plans((0.0, 50.0), voice=20.0)).survey()

    assert panel.free[0].tolist() == [1.0]
    assert panel.top[0] == pytest.approx(-0.06 * 20.0)


@pytest.mark.parametrize(
    ("shocked", "was_devices", "attention"), [(0, 1.0, 0.04), (1, 1.0, 0.06), (0, 0.1, 1.0)]
)
def test_attention_rises_with_a_bill_shock_and_is_certain_with_a_new_device(
    shocked: int, was_devices: float, attention: float
) -> None:
    users = crowd()._replace(device_rank=np.array([0.2]), shocked=np.array([bool(shocked)]))
    market = SmallMarket(users, plans((5.0, 1.0)), tastes=tastes(attention=0.04, bill_shock=0.02))

    assert market.survey(was_devices).attention[0] == pytest.approx(attention)


def test_who_does_not_look_stays_and_is_not_counted_as_looking() -> None:
    market = line_market(500, (0.0, 9.0), (40.0, 40.0), attention=0.0)
    moves = market.choose()

    assert market.users.offer.max() == 0
    assert moves.sum() == 0


def test_replaced_lines_choose_freely_and_are_counted_apart() -> None:
    market = line_market(500, (0.0, 9.0), (40.0, 40.0), switching=50.0, attention=0.0, renewal=1.0)
    moves = market.choose()

    assert moves[:, :, 0].sum() == 0
    assert moves[:, :, 1].sum() == 500
    assert moves[0, 1, 1] == np.count_nonzero(market.users.offer) > 450


def test_moves_count_lines_not_rows() -> None:
    market = line_market(1, (0.0, 60.0), (40.0, 40.0))
    market.users.lines[0] = 64_321

    assert market.choose().tolist() == [[[0, 0], [64_321, 0]], [[0, 0], [0, 0]]]


def test_a_line_that_moves_leaves_its_rollover_behind() -> None:
    market = line_market(2, (0.0, 60.0), (40.0, 40.0))
    market.users.offer[1] = 1
    market.users.rollover[:] = 500
    market.choose()

    assert market.users.offer.tolist() == [1, 1]
    assert market.users.rollover.tolist() == [0, 500]


def test_consumer_surplus_of_who_never_looks_is_the_worth_of_the_current_offer() -> None:
    panel = two_carriers(attention=0.0).survey()

    # -0.02 x 40 yuan + 0.5 utils, in fen at 0.02 utils a yuan.
    assert consumer_surplus(panel, np.array([0.5, 0.0])).tolist() == [-15_00, 0]


def test_consumer_surplus_stays_with_the_carrier_a_user_had_when_scenarios_parted() -> None:
    market = two_carriers(attention=0.0)
    market.users.home[:] = 1

    assert consumer_surplus(market.survey(), np.zeros(2)).tolist() == [0, -40_00]


def test_consumer_surplus_is_counted_line_by_line() -> None:
    market = two_carriers(attention=0.0)
    market.users.lines[0] = 7

    assert consumer_surplus(market.survey(), np.zeros(2)).tolist() == [7 * -40_00, 0]


def test_first_plans_follow_the_logit_within_the_carrier_that_a_user_has() -> None:
    rows = 30_000
    users = crowd(rows)
    users.offer[:] = 3  # the second carrier's voice-only line
    offers: Offers = plans((5.0, 0.1), (20.0, 1.0), voice=0.0, carriers=2)
    market = SmallMarket(users, offers, levels(2), tastes((0.0, 0.0), alpha=0.2))
    panel = replace(market, users=on_offer(crowd(3), 3)).survey()
    draws = Streams(0).uniform("first plans", 0, rows)
    first_offers(
        users, draws, offers, margins(offers, market.curve), market.levels, market.tastes,
        market.curve,
    )  # fmt: skip

    found = np.bincount(users.offer, minlength=6) / rows
    assert found[:3].tolist() == [0.0, 0.0, 0.0]
    # Voice-only here is worth 0 utils.
    expected = math.exp(-panel.top[0]) / panel.free[0, 1]
    assert abs(found[3] - expected) < 4.0 * math.sqrt(expected * (1.0 - expected) / rows)

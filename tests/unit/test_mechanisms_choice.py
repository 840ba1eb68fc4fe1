"""What offers are worth and who looks, by hand."""

import math

import numpy as np
import pytest

from sim.market.offers import NOT_SOLD
from sim.market.segments import (
    ALL_LEVELS,
    BELOW_LTE,
    BELOW_LTE_CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
)
from sim.mechanisms.choice import (
    attention_of,
    carrier_odds,
    cost_factor,
    leavers,
    look,
    plain,
    quality_factors,
    raise_nests,
    setting_of,
    takes_up,
)
from sim.mechanisms.usage import SHOCKED, make_curve
from tests.theory.small_market import (
    SmallMarket,
    levels,
    line_market,
    on_terms,
    one_line,
    plans,
    segments,
    standing,
    tastes,
)

LN2, LN3 = math.log(2.0), math.log(3.0)
CURVE = make_curve(0.5, 4.0, 300.0)


def odds(weights: list[float], **how: object) -> list[float]:
    out = np.empty(len(weights))
    carrier_odds(np.array(weights), tastes((0.0,) * len(weights), **how), out)
    return out.tolist()


# Carriers


def test_a_carrier_that_is_worth_log_three_more_is_three_times_as_likely() -> None:
    shares = line_market((0.0, 0.0), (40.0, 40.0 - LN3 / 0.02)).next_shares()

    # To the fen: the price is a whole number of them.
    assert shares[1] / shares[0] == pytest.approx(3.0, rel=2e-4)


def test_carriers_are_chosen_by_their_weights() -> None:
    assert odds([1.0, 3.0]) == pytest.approx([0.25, 0.75])


def test_in_a_nest_carriers_share_what_the_root_of_their_sum_attracts() -> None:
    """At dissimilarity 1/2 a nest of 2 + 2 attracts 2, as much as a lone carrier of 4."""
    assert odds([4.0, 2.0, 2.0], dissimilarity=0.5, nest=(0, 1, 1)) == pytest.approx(
        [0.5, 0.25, 0.25]
    )


def test_a_carrier_that_sells_nothing_is_never_chosen() -> None:
    assert odds([1.0, 0.0, 3.0]) == pytest.approx([0.25, 0.0, 0.75])
    assert odds([4.0, 0.0, 0.0], dissimilarity=0.5, nest=(0, 1, 1)) == [1.0, 0.0, 0.0]


def test_the_inclusive_value_is_the_sum_over_nests() -> None:
    weighed = tastes((0.0,) * 3, dissimilarity=0.5, nest=(0, 1, 1))

    assert carrier_odds(np.array([9.0, 2.0, 2.0]), weighed, np.empty(3)) == pytest.approx(5.0)


# Costs of moving


def test_the_cost_of_a_new_carrier_weighs_on_all_but_the_current_one() -> None:
    market = line_market((0.0, 0.0), (40.0, 40.0), switching=LN3)

    assert market.next_shares() == pytest.approx([0.75, 0.25])


def test_a_cost_weighs_more_where_carriers_are_alike() -> None:
    assert cost_factor(LN3, tastes(dissimilarity=0.5)) == pytest.approx(1.0 / 9.0)


@pytest.mark.parametrize(("saved", "own"), [(0.5, 5.0), (1.0, 6.0)])
def test_a_new_plan_of_the_same_carrier_has_a_cost_of_its_own(saved: float, own: float) -> None:
    """A rival weighs 2; one's own carrier 8 at half, of which the plan held, 2, comes in full.

    A plan that is no longer sold is none of the 8, and so is wholly saved.
    """
    rival, anew = 2.0, 4.0

    assert rival * look(rival + anew, 0.0, 2.0, saved, 1.0).near == pytest.approx(2 / (own + 2))


def test_who_has_nothing_to_choose_from_stays() -> None:
    found = look(0.0, 0.0, 0.0, 1.0, 0.8)

    assert (found.near, found.away) == (0.0, 0.0)


def test_one_who_looks_chooses_by_nested_logit_on_what_she_sees() -> None:
    """The second of three carriers, in a nest with the third; weights reduced by costs."""
    nest, part = np.array([0, 1, 1]), 0.6
    rivals, new_carrier, new_plan, kept = np.array([5.0, 3.0, 2.0]), 0.25, 0.5, 1.5
    seen = np.array([0.25 * 5.0, 0.5 * 3.0 + 0.5 * kept, 0.25 * 2.0])
    expected = np.empty(3)
    whole = carrier_odds(seen, tastes((0.0,) * 3, dissimilarity=part, nest=tuple(nest)), expected)

    inside, raised, near, far = (np.empty(3) for _ in range(4))
    raise_nests(rivals, nest, part, inside, raised)
    at = setting_of(1, rivals, nest, raised, 3.0, new_carrier, new_carrier**part, new_plan)
    leavers(1, rivals, nest, inside, raised, near, far)
    found = look(at.near + at.own, at.far, kept, 1.0 - new_plan, part)
    leaves = found.near * new_carrier * near + found.away * far

    assert found.inclusive == pytest.approx(whole)
    assert leaves[[0, 2]] == pytest.approx(expected[[0, 2]])
    assert leaves[1] == 0.0


# Worth of offers


def test_the_worth_of_a_plan_is_value_of_use_less_the_whole_bill() -> None:
    """A line of theta 2 on x = theta / sqrt(4 + q), under an allowance of 2 GB, uses 1 GB."""
    offers = plans((30.0, 2.0), overage=60.0, voice=20.0)
    market = one_line(offers, theta=2.0, alpha=0.1, curve=CURVE)

    # h(y) = -1/y - 4y, between use at the choke price of 300 yuan and the free use of 1/2.
    choke = 1.0 / math.sqrt(304.0)
    value = 2.0 * ((-2.0 - 2.0) - (-1.0 / choke - 4.0 * choke))
    assert market.utility()[0, BELOW_LTE, 1] == pytest.approx(0.1 * (value - 30.0 - 20.0))


def test_overage_is_part_of_the_bill_that_is_weighed() -> None:
    """At 60 yuan a GB the line uses 1/4 GB and pays for 0.15 of them."""
    offers = plans((30.0, 0.1), overage=60.0)
    market = one_line(offers, theta=2.0, alpha=0.1, curve=CURVE)

    choke = 1.0 / math.sqrt(304.0)
    value = 2.0 * ((-8.0 - 0.5) - (-1.0 / choke - 4.0 * choke))
    assert market.utility()[0, BELOW_LTE, 1] == pytest.approx(0.1 * (value - 30.0 - 9.0))


def test_sponsored_and_zero_rated_use_is_worth_what_it_is_at_price_0() -> None:
    """Where all is given or zero-rated, the worth is that of an endless plan."""
    endless = one_line(plans((30.0, 99.0)), theta=2.0, curve=CURVE).utility()[0, BELOW_LTE, 1]
    nothing = plans((30.0, 0.0), overage=60.0)
    card = on_terms(nothing, 1, free_share=[1.0], free_cap=9 * 10**6)

    given = one_line(nothing, theta=2.0, curve=CURVE, month=levels(sponsored=1.0))
    zero_rated = one_line(card, theta=2.0, curve=CURVE)
    for market in (given, zero_rated):
        assert market.utility()[0, BELOW_LTE, 1] == pytest.approx(endless)


def test_a_local_plan_is_worth_less_to_who_is_often_elsewhere() -> None:
    offers = plans((30.0, 2.0), (30.0, 2.0), overage=60.0)
    offers = on_terms(offers, 2, national=0.0)

    def worth(roaming: float) -> list[float]:
        market = one_line(offers, theta=2.0, curve=CURVE, month=levels(roaming=roaming))
        return market.utility()[0, BELOW_LTE, 1:].tolist()

    assert worth(0.2)[1] < worth(0.2)[0] == pytest.approx(worth(0.0)[0])
    assert worth(0.0)[1] == pytest.approx(worth(0.0)[0])


def test_who_knows_a_cheaper_reseller_values_small_plans_more() -> None:
    offers = plans((30.0, 0.1), overage=60.0, resale=32.0)
    knows, not_so = (
        one_line(offers, theta=2.0, knows=k, curve=CURVE).utility()[0, BELOW_LTE, 1]
        for k in (True, False)
    )

    assert knows > not_so


def test_appeal_is_added_as_utils() -> None:
    plain_menu = plans((30.0, 2.0))
    liked = on_terms(plain_menu, 1, appeal=-3.5)
    with_it, without = (one_line(o).utility()[0, BELOW_LTE, 1] for o in (liked, plain_menu))

    assert with_it - without == pytest.approx(-3.5)


def test_4g_is_worth_something_beside_its_use_on_plans_with_data_alone() -> None:
    offers = plans((10.0, 50.0), voice=20.0)
    market = one_line(offers, month=levels(lte_usage=1.0), weighed=tastes(lte_value=0.3))
    utility = market.utility()[0]

    assert utility[ON_LTE, 1] - utility[BELOW_LTE, 1] == pytest.approx(0.3)
    assert utility[:, 0].tolist() == pytest.approx([-0.06 * 20.0] * 3)


def test_a_line_without_data_has_a_worth_of_its_own() -> None:
    market = one_line(plans((10.0, 1.0), voice=20.0), weighed=tastes(voice_value=0.5))

    assert market.utility()[0, BELOW_LTE, 0] == pytest.approx(0.5 - 0.06 * 20.0)


def test_who_has_no_device_can_only_have_a_voice_only_line() -> None:
    market = one_line(plans((0.0, 50.0), voice=20.0), level=NO_DEVICE)
    found = market.weights()

    assert found.e[0, NO_DEVICE].tolist() == [1.0, 0.0]
    assert found.top[0, NO_DEVICE] == pytest.approx(-0.06 * 20.0)


def test_a_line_without_data_enjoys_its_part_of_quality() -> None:
    weighed = tastes((LN3, 0.0), voice_quality=0.5, dissimilarity=0.5)

    # Two offers a carrier: voice-only and a plan; utils over the dissimilarity.
    assert quality_factors(weighed.xi, 2, weighed) == pytest.approx([3.0, 9.0, 1.0, 1.0])


def test_service_peers_and_delay_weigh_in_ones_own_province() -> None:
    offers = plans(carriers=2)
    people = segments(1.0, province=1)
    weighed = tastes((0.0, 0.0), provinces=2)
    weighed.place[1] = [5.0, LN3]
    market = SmallMarket(people, offers, standing(people, offers), levels(2), weighed)

    assert market.next_shares() == pytest.approx([0.25, 0.75])


# Attention


@pytest.mark.parametrize(
    ("shocked", "attention"), [(0, 0.04), (SHOCKED, 0.06), (SHOCKED // 2, 0.05)]
)
def test_attention_rises_with_the_part_of_a_cell_that_had_a_bill_shock(
    shocked: int, attention: float
) -> None:
    assert attention_of(0.04, 0.02, shocked) == pytest.approx(attention)


def test_attention_is_never_more_than_certain() -> None:
    assert attention_of(0.9, 0.3, SHOCKED) == 1.0


# Control


def test_a_newcomer_from_another_carrier_has_no_control() -> None:
    assert [plain(level) for level in range(ALL_LEVELS)] == [
        NO_DEVICE, BELOW_LTE, ON_LTE, BELOW_LTE, ON_LTE,
    ]  # fmt: skip


def bound(*, fee: float = 0.0, usable: float = 1.0, reach: float = 0.4) -> SmallMarket:
    """Return a line of heavy use on a scarce plan, with control to be had."""
    return one_line(
        plans((30.0, 0.5), overage=NOT_SOLD / 100), theta=20.0, alpha=0.1, control=True,
        month=levels(usable=usable),
        weighed=tastes(control=True, control_fee=fee, control_reach=reach),
    )  # fmt: skip


def chance(market: SmallMarket, level: int = BELOW_LTE, offer: int = 1) -> float:
    return takes_up(0, level, offer, 2, market.weights(), market.tastes)


def test_of_those_who_weigh_control_half_take_what_changes_nothing() -> None:
    assert chance(bound()) == pytest.approx(0.4 * 0.5)


def test_control_is_taken_by_logit_on_its_gain() -> None:
    """A fee of ln 3 / alpha yuan for nothing: one in four of those who weigh it."""
    assert chance(bound(fee=LN3 / 0.1)) == pytest.approx(0.4 * 0.25)


def test_control_is_worth_more_the_less_of_an_allowance_is_of_use_without_it() -> None:
    chances = [chance(bound(usable=usable)) for usable in (0.5, 0.8, 1.0)]

    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[2]


def test_control_concerns_lines_with_data_and_without_it_alone() -> None:
    market = bound()

    for level, offer in (
        (NO_DEVICE, 0), (BELOW_LTE, 0), (BELOW_LTE_CONTROL, 1), (ON_LTE_CONTROL, 1),
    ):  # fmt: skip
        assert chance(market, level, offer) == 0.0
    market.tastes.control[:] = False
    assert chance(market) == 0.0


def test_with_and_without_control_utilities_stand_on_one_scale() -> None:
    found = bound(usable=0.5).weights()

    assert found.top[0, BELOW_LTE] == found.top[0, BELOW_LTE_CONTROL]
    assert found.e[0, BELOW_LTE, 1] < found.e[0, BELOW_LTE_CONTROL, 1] == 1.0

"""Use under a three-part tariff, by hand.

The curve here is x = theta / sqrt(4 + q): at price 0 a line of theta 2 uses 1 GB, at 60 yuan
(sqrt 64 = 8) it uses a quarter.
"""

import numpy as np
import pytest

from sim.core.units import KB_PER_GB
from sim.market.offers import NOT_SOLD, Offers
from sim.market.segments import BELOW_LTE, BELOW_LTE_CONTROL, NO_DEVICE, ON_LTE, ON_LTE_CONTROL
from sim.mechanisms.tallies import rounded
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    CONTROL_LINES,
    DATA_LINES,
    FEE,
    LINES,
    LTE_LINES,
    OVERAGE,
    POTENTIAL,
    PRICED,
    REACH_SPONSORED,
    REACH_USED,
    RESALE,
    RESOLD,
    SHOCKED,
    SPONSORED,
    USED,
    VOICE,
    Levels,
    make_curve,
    value_at,
)
from tests.theory.small_market import Month, SmallMarket, levels, on_terms, one_line, plans

CURVE = make_curve(0.5, 4.0, 300.0)
GB = KB_PER_GB


def menu(allowance: float, resale: float | None = None) -> Offers:
    """Return a plan of 30 yuan; a GB beyond costs 60 yuan, voice 20."""
    return plans((30.0, allowance), overage=60.0, resale=resale, voice=20.0)


def line(
    allowance: float, *, rollover: int = 0, resale: float | None = None, knows: bool = True,
    month: Levels | None = None, level: int = BELOW_LTE, lines: int = 1,
    offers: Offers | None = None,
) -> SmallMarket:  # fmt: skip
    """Return a line of theta 2 on the plan."""
    market = one_line(
        offers or menu(allowance, resale), theta=2.0, knows=knows, curve=CURVE, month=month,
        level=level, lines=lines, control=True,
    )  # fmt: skip
    market.rollover[0, level, 1] = rollover
    return market


def left(market: SmallMarket) -> int:
    """Return what the line's cell has left over."""
    return int(market.rollover.sum())


def volumes(month: Month) -> dict[str, int]:
    names = {"used": USED, "within": ALLOWANCE, "billed": BILLED, "resold": RESOLD}
    return {name: month.total(column) for name, column in names.items()}


def owed(month: Month) -> int:
    return int(month.bill.sum())


# Three regimes


def test_a_line_under_its_allowance_uses_what_is_free_to_it() -> None:
    month = line(allowance=2.0).use()

    assert volumes(month) == {"used": GB, "within": GB, "billed": 0, "resold": 0}
    assert owed(month) == 30_00 + 20_00


def test_a_line_between_the_regimes_uses_exactly_its_allowance() -> None:
    month = line(allowance=0.5).use()

    assert volumes(month) == {"used": GB // 2, "within": GB // 2, "billed": 0, "resold": 0}
    assert owed(month) == 30_00 + 20_00


def test_a_line_over_its_allowance_uses_what_the_overage_price_leaves_and_pays_for_it() -> None:
    market = line(allowance=0.1)
    month = market.use()

    assert volumes(month) == {
        "used": GB // 4, "within": GB // 10, "billed": 3 * GB // 20, "resold": 0,
    }  # fmt: skip
    assert month.total(OVERAGE) == 9_00
    assert owed(month) == 30_00 + 9_00 + 20_00
    assert market.shocked.sum() == SHOCKED


def test_who_knows_a_cheaper_reseller_buys_there_what_goes_beyond() -> None:
    month = line(allowance=0.1, resale=32.0).use()

    # At 32 yuan: 2 / sqrt(36) GB, of which 0.1 are within the allowance.
    assert volumes(month) == {
        "used": 333_333, "within": 100_000, "billed": 0, "resold": 233_333,
    }  # fmt: skip
    assert (month.total(RESALE), month.total(OVERAGE)) == (7_47, 0)


def test_a_reseller_who_is_dearer_or_unknown_sells_nothing() -> None:
    dearer = line(allowance=0.1, resale=60.0)
    unknown = line(allowance=0.1, resale=32.0, knows=False)

    for market in (dearer, unknown):
        month = market.use()
        assert month.total(RESOLD) == 0
        assert month.total(BILLED) == 3 * GB // 20


# Rollover


def test_what_is_left_rolls_over_and_is_used_first() -> None:
    market = line(allowance=2.0)

    market.use(rollover=True)
    assert left(market) == GB

    market.use(rollover=True)  # 3 GB at hand, 1 used: no more than the plan's own 2 may be kept
    assert left(market) == 2 * GB

    market.use(rollover=True)
    assert left(market) == 2 * GB


def test_rollover_relaxes_the_allowance() -> None:
    month = line(allowance=0.5, rollover=GB // 4).use(rollover=True)

    assert volumes(month)["used"] == 3 * GB // 4


def test_without_the_order_nothing_rolls_over() -> None:
    market = line(allowance=2.0)
    market.use(rollover=False)

    assert left(market) == 0


# Lines without data


@pytest.mark.parametrize(("level", "offer"), [(BELOW_LTE, 0), (NO_DEVICE, 0), (ON_LTE, 0)])
def test_a_voice_only_line_uses_nothing_and_pays_for_its_voice(level: int, offer: int) -> None:
    market = one_line(menu(2.0), offer, level=level, curve=CURVE)
    market.rollover[0, level, offer], market.shocked[0, level, offer] = GB, SHOCKED
    month = market.use(rollover=True)

    assert (month.total(LINES), month.total(DATA_LINES), month.total(USED)) == (1, 0, 0)
    assert (month.total(FEE), month.total(VOICE), owed(month)) == (0, 20_00, 20_00)
    assert (left(market), market.shocked.sum()) == (0, 0)


# Sponsored, zero-rated, throttled, elsewhere


def test_sponsored_traffic_is_free_and_does_not_count_against_the_allowance() -> None:
    month = line(allowance=0.5, month=levels(sponsored=0.4)).use()

    # 40 % of theta at price 0 is given; the other 60 % would use 0.6 GB and bunches at 0.5.
    assert month.total(SPONSORED) == 4 * GB // 10
    assert month.total(ALLOWANCE) == GB // 2
    assert month.usage.sum() == 9 * GB // 10


def test_zero_rated_traffic_costs_nothing_up_to_a_cap_of_its_own() -> None:
    """Half of theta is zero-rated: half a GB, or the cap; the other half bunches at 0.1 GB."""
    for cap, free in ((9.0, GB // 2), (0.3, 3 * GB // 10)):
        card = on_terms(menu(0.1), 1, free_share=[0.5], free_cap=round(cap * GB), overage=NOT_SOLD)
        month = line(0.1, offers=card).use()

        assert month.total(ALLOWANCE) == free + GB // 10
        assert month.total(OVERAGE) == 0


def test_what_is_sponsored_needs_no_zero_rating() -> None:
    """Of theta 2 partners pay 40 %; the zero-rated half is one of the other 60 %."""
    card = on_terms(menu(9.0), 1, free_share=[0.5], free_cap=9 * GB)
    month = line(9.0, offers=card, month=levels(sponsored=0.4)).use()

    assert (month.total(SPONSORED), month.total(ALLOWANCE)) == (4 * GB // 10, 6 * GB // 10)


def test_beyond_an_unlimited_plan_nothing_can_be_bought() -> None:
    unlimited = on_terms(menu(0.5), 1, overage=NOT_SOLD)
    market = line(0.5, offers=unlimited)
    month = market.use()

    assert volumes(month) == {"used": GB // 2, "within": GB // 2, "billed": 0, "resold": 0}
    assert (month.total(OVERAGE), market.shocked.sum()) == (0, 0)


def test_a_reseller_sells_to_who_has_used_up_an_unlimited_plan() -> None:
    unlimited = on_terms(menu(0.1, resale=32.0), 1, overage=NOT_SOLD)

    assert volumes(line(0.1, offers=unlimited).use())["resold"] == 233_333


def test_traffic_outside_the_province_meets_the_national_part_alone() -> None:
    """A fifth is used elsewhere: 0.2 GB at price 0, more than a national tenth of the plan."""
    local = on_terms(menu(1.0), 1, national=0.1)
    month = line(1.0, offers=local, month=levels(roaming=0.2)).use()

    # Elsewhere the line bunches at 0.1 GB; at home it uses the 0.8 GB that are free to it.
    assert volumes(month) == {
        "used": 9 * GB // 10, "within": 9 * GB // 10, "billed": 0, "resold": 0,
    }  # fmt: skip


def test_outside_the_province_a_local_plan_is_all_overage() -> None:
    local = on_terms(menu(1.0), 1, national=0.0)
    month = line(1.0, offers=local, month=levels(roaming=0.2)).use()

    assert (month.total(BILLED), month.total(ALLOWANCE)) == (GB // 20, 8 * GB // 10)
    assert month.total(OVERAGE) == 3_00


@pytest.mark.parametrize("allowance", [0.1, 0.5, 2.0])
def test_a_national_plan_is_used_alike_at_home_and_elsewhere(allowance: float) -> None:
    """One allowance, one price beyond it: where a GB is used changes nothing."""
    at_home, often_away = (line(allowance, month=levels(roaming=r)).use() for r in (0.0, 0.4))

    assert volumes(often_away) == volumes(at_home)
    assert owed(often_away) == owed(at_home)


def test_once_roaming_is_abolished_a_local_plan_is_like_any_other() -> None:
    local = on_terms(menu(1.0), 1, national=0.0)
    month = line(1.0, offers=local, month=levels(roaming=0.0)).use()

    assert volumes(month) == {"used": GB, "within": GB, "billed": 0, "resold": 0}


# Levels


def test_4g_multiplies_use() -> None:
    before, after = line(9.0, level=BELOW_LTE).use(), line(9.0, level=ON_LTE).use()

    assert (before.total(USED), before.total(LTE_LINES)) == (GB, 0)
    assert (after.total(USED), after.total(LTE_LINES)) == (3 * GB, 1)


@pytest.mark.parametrize(("level", "use"), [(BELOW_LTE, 0.25), (BELOW_LTE_CONTROL, 0.5)])
def test_of_a_bound_allowance_a_line_without_control_has_the_usable_part(
    level: int, use: float
) -> None:
    month = line(0.5, month=levels(usable=0.5), level=level).use()

    assert month.total(USED) == round(use * GB)


@pytest.mark.parametrize("level", [BELOW_LTE_CONTROL, ON_LTE_CONTROL])
def test_a_line_with_control_pays_for_the_product(level: int) -> None:
    month = line(9.0, level=level).use(control_fee=1_50)

    assert (month.total(CONTROL_LINES), month.total(CONTROL_FEE)) == (1, 1_50)
    assert owed(month) == 30_00 + 20_00 + 1_50


def test_a_line_without_control_does_not_pay_for_it() -> None:
    month = line(9.0).use(control_fee=1_50)

    assert (month.total(CONTROL_LINES), month.total(CONTROL_FEE)) == (0, 0)


# Sums


def test_a_cell_counts_for_the_lines_that_stand_in_it() -> None:
    month = line(allowance=0.1, lines=70_000).use()

    assert month.total(LINES) == 70_000
    assert month.total(USED) == 70_000 * GB // 4
    assert month.total(OVERAGE) == 70_000 * 9_00
    assert month.usage.sum() == GB // 4


def test_a_part_of_a_line_uses_and_owes_that_part() -> None:
    market = line(allowance=0.1, lines=2_500_000)
    market.unit = 1_000_000  # two lines and a half
    month = market.use()

    assert month.total(LINES) == 2_500_000
    assert month.total(USED) == 5 * GB // 8
    assert (month.total(FEE), month.total(OVERAGE), month.total(VOICE)) == (75_00, 22_50, 50_00)
    assert owed(month) == 59_00  # of one line


@pytest.mark.parametrize(
    ("lines", "per_line", "unit", "product"),
    [
        (3, 7, 1, 21),
        (1, 1, 2, 1),  # a half is rounded up
        (1, 1, 3, 0),
        (5, 3, 2, 8),
        (1_300_000_000_500_000, 20_000_000, 1_000_000, 26_000_000_010_000_000),
    ],
)
def test_lines_in_parts_times_whole_units_are_the_nearest_whole(
    lines: int, per_line: int, unit: int, product: int
) -> None:
    whole, part = divmod(lines, unit)

    assert rounded(whole * per_line, part * per_line, unit) == product


def test_use_by_lifestyle_tells_what_sponsoring_would_add() -> None:
    """Bunched at half a GB the line would use a whole one if nothing were paid for."""
    month = line(allowance=0.5).use()
    reach = month.sums.by_style[0, 0]

    assert (reach[POTENTIAL], reach[PRICED]) == (GB, GB // 2)
    assert (reach[REACH_USED], reach[REACH_SPONSORED]) == (GB // 2, 0)


def test_each_offer_tells_its_lines_use_and_revenue() -> None:
    month = line(allowance=0.1).use()

    assert month.sums.by_offer.tolist() == [[0, 0, 0], [1, GB // 4, 39_00]]


def test_sums_are_told_apart_by_province_and_carrier() -> None:
    market = one_line(plans((30.0, 2.0), carriers=2), 3, theta=2.0, curve=CURVE)
    market.people = market.people._replace(province=np.array([1], np.uint8))
    place = market.use().sums.by_place

    assert place.shape[:2] == (2, 2)
    assert np.argwhere(place[:, :, LINES]).tolist() == [[1, 1]]


def test_the_worth_of_use_is_the_area_under_the_demand_curve() -> None:
    """With x = (4 + q)^(-1/2), willingness to pay at y is 1/y^2 - 4; from 1/8 to 1/2: 4.5."""
    assert value_at(0.5, 0.5, 4.0) - value_at(0.125, 0.5, 4.0) == pytest.approx(6.0 - 4.0 * 0.375)


def test_where_demand_is_a_step_a_line_uses_all_of_its_scale_at_any_price() -> None:
    market = one_line(menu(0.5), theta=2.0, curve=make_curve(0.0, 4.0, 100.0))
    month = market.use()

    assert volumes(month) == {
        "used": 2 * GB, "within": GB // 2, "billed": 3 * GB // 2, "resold": 0,
    }  # fmt: skip
    assert month.total(OVERAGE) == 90_00

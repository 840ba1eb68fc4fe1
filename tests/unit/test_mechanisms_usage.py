"""Use under a three-part tariff, by hand.

The curve here is x = theta / sqrt(4 + q): at price 0 a line of theta 2 uses 1 GB, at 60 yuan
(sqrt 64 = 8) it uses a quarter.
"""

import pytest

from sim.core.units import KB_PER_GB
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    DATA_LINES,
    FEE,
    LINES,
    LTE_LINES,
    OVERAGE,
    RESALE,
    RESOLD,
    SPONSORED,
    USED,
    VOICE,
    make_curve,
    value_at,
)
from tests.theory.small_market import Month, SmallMarket, crowd, levels, on_offer, plans

CURVE = make_curve(0.5, 4.0, 300.0)
GB = KB_PER_GB


def line(allowance: float, *, rollover: int = 0, resale: float | None = None) -> SmallMarket:
    """Return a line of theta 2 on a plan of 30 yuan; a GB beyond costs 60 yuan, voice 20."""
    users = on_offer(crowd(), 1)
    users.theta[0] = 2.0
    users.rollover[0] = rollover
    users.knows_reseller[0] = True
    offers = plans((30.0, allowance), overage=60.0, resale=resale, voice=20.0)
    return SmallMarket(users, offers, levels(), curve=CURVE)


def volumes(month: Month) -> dict[str, int]:
    names = {"used": USED, "within": ALLOWANCE, "billed": BILLED, "resold": RESOLD}
    return {name: month.total(column) for name, column in names.items()}


def test_a_line_under_its_allowance_uses_what_is_free_to_it() -> None:
    month = line(allowance=2.0).use()

    assert volumes(month) == {"used": GB, "within": GB, "billed": 0, "resold": 0}
    assert month.bill.tolist() == [30_00 + 20_00]


def test_a_line_between_the_regimes_uses_exactly_its_allowance() -> None:
    month = line(allowance=0.5).use()

    assert volumes(month) == {"used": GB // 2, "within": GB // 2, "billed": 0, "resold": 0}
    assert month.bill.tolist() == [30_00 + 20_00]


def test_a_line_over_its_allowance_uses_what_the_overage_price_leaves_and_pays_for_it() -> None:
    market = line(allowance=0.1)
    month = market.use()

    assert volumes(month) == {
        "used": GB // 4, "within": GB // 10, "billed": 3 * GB // 20, "resold": 0,
    }  # fmt: skip
    assert month.total(OVERAGE) == 9_00
    assert month.bill.tolist() == [30_00 + 9_00 + 20_00]
    assert market.users.shocked.tolist() == [True]


def test_who_knows_a_cheaper_reseller_buys_there_what_goes_beyond() -> None:
    month = line(allowance=0.1, resale=32.0).use()

    # At 32 yuan: 2 / sqrt(36) GB, of which 0.1 are within the allowance.
    assert volumes(month) == {
        "used": 333_333, "within": 100_000, "billed": 0, "resold": 233_333,
    }  # fmt: skip
    assert (month.total(RESALE), month.total(OVERAGE)) == (7_47, 0)


def test_a_reseller_who_is_dearer_or_unknown_sells_nothing() -> None:
    dearer, unknown = line(allowance=0.1, resale=60.0), line(allowance=0.1, resale=32.0)
    unknown.users.knows_reseller[0] = False

    for market in (dearer, unknown):
        month = market.use()
        assert month.total(RESOLD) == 0
        assert month.total(BILLED) == 3 * GB // 20


def test_what_is_left_rolls_over_and_is_used_first() -> None:
    market = line(allowance=2.0)

    market.use(rollover=True)
    assert market.users.rollover.tolist() == [GB]

    market.use(rollover=True)  # 3 GB at hand, 1 used: no more than the plan's own 2 may be kept
    assert market.users.rollover.tolist() == [2 * GB]

    market.use(rollover=True)
    assert market.users.rollover.tolist() == [2 * GB]


def test_rollover_relaxes_the_allowance() -> None:
    month = line(allowance=0.5, rollover=GB // 4).use(rollover=True)

    assert volumes(month)["used"] == 3 * GB // 4


def test_without_the_order_nothing_rolls_over() -> None:
    market = line(allowance=2.0)
    market.use(rollover=False)

    assert market.users.rollover.tolist() == [0]


def test_a_voice_only_line_uses_nothing_and_pays_for_its_voice() -> None:
    market = line(allowance=2.0, rollover=GB)
    market.users.offer[0] = 0
    market.users.shocked[0] = True
    month = market.use(rollover=True)

    assert (month.total(LINES), month.total(DATA_LINES), month.total(USED)) == (1, 0, 0)
    assert (month.total(FEE), month.total(VOICE), month.bill.tolist()) == (0, 20_00, [20_00])
    assert (market.users.rollover.tolist(), market.users.shocked.tolist()) == ([0], [False])


def test_sponsored_traffic_is_free_and_does_not_count_against_the_allowance() -> None:
    market = line(allowance=0.5)
    month = SmallMarket(market.users, market.offers, levels(sponsored=0.4), curve=CURVE).use()

    # 40 % of theta at price 0 is given; the other 60 % would use 0.6 GB and bunches at 0.5.
    assert month.total(SPONSORED) == 4 * GB // 10
    assert month.total(ALLOWANCE) == GB // 2
    assert month.usage.tolist() == [9 * GB // 10]


def test_4g_multiplies_use_for_those_whom_the_diffusion_has_passed() -> None:
    market = line(allowance=9.0)
    market.users.lte_rank[0] = 0.5
    before = SmallMarket(market.users, market.offers, levels(lte=0.5), curve=CURVE).use()
    after = SmallMarket(market.users, market.offers, levels(lte=0.51), curve=CURVE).use()

    assert (before.total(USED), before.total(LTE_LINES)) == (GB, 0)
    assert (after.total(USED), after.total(LTE_LINES)) == (3 * GB, 1)


def test_a_row_counts_for_the_lines_that_it_stands_for() -> None:
    market = line(allowance=0.1)
    market.users.lines[0] = 70_000
    month = market.use()

    assert month.total(LINES) == 70_000
    assert month.total(USED) == 70_000 * GB // 4
    assert month.total(OVERAGE) == 70_000 * 9_00
    assert month.usage.tolist() == [GB // 4]


def test_the_worth_of_use_is_the_area_under_the_demand_curve() -> None:
    """With x = (4 + q)^(-1/2), willingness to pay at y is 1/y^2 - 4; from 1/8 to 1/2: 4.5."""
    assert value_at(0.5, 0.5, 4.0) - value_at(0.125, 0.5, 4.0) == pytest.approx(6.0 - 4.0 * 0.375)

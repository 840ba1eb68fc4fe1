"""A month of three carriers in two provinces, two partners and three resellers, by hand."""

import numpy as np
import pytest

from sim.core.errors import InvariantError
from sim.core.units import KB_PER_GB
from sim.market.ledger import Ledger
from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.population import PARTS_OF_A_LINE, Population
from sim.market.segments import Labels, Segments
from sim.mechanisms.billing import LeakCharges, SponsorCharges
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    FEE,
    LINES,
    OVERAGE,
    RESALE,
    RESOLD,
    SPONSORED,
    SUMS,
    USED,
    VOICE,
    UsageSums,
)
from sim.model.settlement import (
    Costs,
    Settled,
    Trade,
    check_users,
    check_volumes,
    divide,
    posting_rows,
    settle,
    whole_counts,
    whole_lines,
)

GB = KB_PER_GB
CHANNEL = np.array([[DIRECT, RESELLER, PLATFORM], [NONE, NONE, PLATFORM]], np.int8)
VOLUME = np.array([[4 * GB, 3 * GB, 2 * GB], [0, 0, GB]])


def usage() -> UsageSums:
    """Return use of two provinces: the first pays fees and top-ups, the second overage."""
    place = np.zeros((2, 3, len(SUMS)), np.int64)
    place[:, :, LINES] = [[10, 20, 30], [1, 2, 3]]
    place[0, :, FEE] = [100, 200, 300]
    place[1, :, OVERAGE] = [7, 0, 0]
    place[0, :, VOICE] = [50, 60, 70]
    place[1, 2, CONTROL_FEE] = 5
    place[0, 0, RESALE], place[0, 0, RESOLD] = 101, 2 * GB
    place[0, :, SPONSORED] = VOLUME.sum(axis=0)
    place[0, :, ALLOWANCE] = [5 * GB, 0, 0]
    place[1, 0, BILLED] = 9
    place[:, :, USED] = place[:, :, [ALLOWANCE, BILLED, RESOLD, SPONSORED]].sum(axis=2)
    empty = np.zeros((3, 1, 4), np.int64)
    return UsageSums(place, empty, np.zeros((3, 3), np.int64))


def trade(
    platform: tuple[int, ...] = (-1, 0, 0), parts: tuple[float, ...] = (0.0, 1.0, 1.0)
) -> Trade:
    return Trade(
        sums=usage(),
        sponsors=SponsorCharges(
            partner=np.arange(2),
            volume=VOLUME,
            direct=np.array([[400, 0, 0], [0, 0, 0]]),
            platform=np.array([[0, 0, 200], [0, 0, 100]]),
            resold=np.array([[0, 90, 0], [0, 0, 0]]),
            subscription=np.array([[10, 0, 0, 0], [11, 0, 0, 0]]),
            integration=np.array([6, 3]),
        ),
        leaks=LeakCharges(
            volume=np.array([[GB, GB], [3 * GB, 0], [0, 0]]),
            paid=np.array([[40, 41], [30, 0], [0, 0]]),
            sold=np.array([2 * GB, 3 * GB, 0]),
            taken=np.array([81, 30, 0]),
        ),
        costs=Costs(*(np.array([1, 2, 3]) * k for k in (1, 10, 100, 1000))),
        platform=np.array(platform),
        parts=np.array(parts),
        active=np.array([True, False, True]),
        reseller_sales=np.array([[1, 3, 0], [0, 0, 0], [1, 1, 0]]),
        handling=np.array([[2, 2, 2], [9, 9, 9], [0, 1, 0]]),
        fixed_cost=np.array([5, 6, 7]),
    )


@pytest.fixture
def ledger() -> Ledger:
    return opened(partners=2)


def opened(partners: int) -> Ledger:
    books = Ledger()
    for group, accounts in (
        ("users", 6), ("carrier", 3), ("branch", 6), ("reseller", 3), ("partner", partners),
        ("platform", 1), ("suppliers", 1),
    ):  # fmt: skip
        books.open(group, accounts)
    return books


def test_every_group_ends_with_what_it_got_less_what_it_gave(ledger: Ledger) -> None:
    settle(ledger, trade())

    ledger.assert_balanced(0)
    assert ledger.of("users").tolist() == [-251, -7, -260, 0, -370, -5]
    # Fees, overage, voice, control, direct sponsoring, half of the platform's 321, less costs.
    assert ledger.of("carrier").tolist() == [
        100 + 7 + 50 + 400 - 1111, 200 + 60 + 161 - 2222, 300 + 70 + 5 + 160 - 3333,
    ]  # fmt: skip
    assert ledger.of("branch").tolist() == [40, 41, 30, 0, 0, 0]
    assert ledger.of("partner").tolist() == [-(400 + 200 + 90 + 10 + 6), -(100 + 11 + 3)]
    assert ledger.of("platform").tolist() == [0]
    assert ledger.of("suppliers").tolist() == [6 * 1111 + 5 + 7 + 9 + 7 + 1]


def test_only_active_resellers_sell_buy_and_bear_costs(ledger: Ledger) -> None:
    settled = settle(ledger, trade())

    assert ledger.of("reseller")[1] == 0
    assert settled.reseller_margin == 101 + 90 - 111
    # Half of Mobile's traffic each, three quarters and a quarter of Unicom's; 2 fen a GB to handle
    # for the first, 1 fen for the last and only Unicom's.
    first, last = 51 + 68 - 41 - 23 - (2 + 5) - 5, 50 + 22 - 40 - 7 - 1 - 7
    assert settled.reseller_profit.tolist() == [first, 0, last]
    assert ledger.of("reseller").tolist() == [first, 0, last]


def test_dearer_traffic_costs_who_buys_it(ledger: Ledger) -> None:
    month = trade()
    more = np.array([[100, 0], [0, 0], [0, 0]])
    dear = month.leaks._replace(
        paid=month.leaks.paid + more, taken=month.leaks.taken + more.sum(axis=1)
    )
    settled = settle(ledger, month._replace(leaks=dear))

    assert settled.reseller_margin == -20
    assert settled.reseller_profit.tolist() == [43 - 50, 0, 17 - 50]


@pytest.mark.parametrize(
    ("parts", "shares"), [((0.0, 1.0, 1.0), [0, 161, 160]), ((0.0, 0.0, 3.0), [0, 0, 321])]
)
def test_the_platform_keeps_nothing(
    ledger: Ledger, parts: tuple[float, ...], shares: list[int]
) -> None:
    settled: Settled = settle(ledger, trade(parts=parts))

    assert settled.platform_share.tolist() == shares
    assert ledger.of("platform").tolist() == [0]


def test_a_platform_of_ones_own_is_shared_with_nobody(ledger: Ledger) -> None:
    """Telecom sells its 300 alone; the shared platform has the subscriptions of 21."""
    settled: Settled = settle(ledger, trade(platform=(-1, 0, 3), parts=(0.0, 1.0, 0.0)))

    assert settled.platform_share.tolist() == [0, 21, 300]


def test_a_market_without_partners_settles_the_rest() -> None:
    ledger = opened(partners=0)
    none = np.zeros((0, 3), np.int64)
    fees = np.zeros((0, 4), np.int64)
    nobody = SponsorCharges(none[:, 0], none, none, none, none, fees, none[:, 0])
    settled = settle(ledger, trade()._replace(sponsors=nobody))

    ledger.assert_balanced(0)
    assert settled.platform_share.tolist() == [0, 0, 0]
    assert settled.reseller_margin == 101 - 111


def test_what_a_platform_takes_in_and_nobody_gets_stops_the_month(ledger: Ledger) -> None:
    with pytest.raises(InvariantError, match="platform revenue: platform pay 321 fen"):
        settle(ledger, trade(parts=(0.0, 0.0, 0.0)))

    assert not ledger.balance.any()


def test_traffic_that_no_reseller_sells_stops_the_month(ledger: Ledger) -> None:
    nobody = trade()._replace(reseller_sales=np.zeros((3, 3), np.int64))
    with pytest.raises(InvariantError, match="no reseller sells traffic of mobile to take top-ups"):
        settle(ledger, nobody)

    assert not ledger.balance.any()


def test_postings_become_rows_in_a_fixed_order(ledger: Ledger) -> None:
    settle(ledger, trade())
    rows = posting_rows(ledger.take_postings())
    facts = dict(
        zip(
            zip(rows["payer"], rows["payee"], rows["purpose"], strict=True),
            rows["fen"],
            strict=True,
        )
    )

    assert facts["users", "carrier", "plan fee"] == 600
    assert facts["users", "reseller", "top-up"] == 101
    assert facts["users", "carrier", "user control"] == 5
    assert facts["partner", "platform", "subscription"] == 21
    assert facts["platform", "carrier", "platform revenue"] == 321
    assert facts["reseller", "branch", "wholesale"] == 111
    assert facts["carrier", "suppliers", "capacity"] == 600
    assert list(facts) == sorted(facts)


PLACES = ("BJ", "SH")


def test_volumes_that_add_up_pass() -> None:
    check_volumes(0, usage(), VOLUME, PLACES)


def test_a_kilobyte_that_nobody_gave_stops_the_month() -> None:
    sums = usage()
    sums.by_place[1, 2, USED] += 1

    message = "2015-03: account users:telecom:SH used 1 kB that nobody gave or sold it"
    with pytest.raises(InvariantError, match=message):
        check_volumes(2, sums, VOLUME, PLACES)


def test_a_gift_that_nobody_pays_for_stops_the_month() -> None:
    unpaid = VOLUME.copy()
    unpaid[0, 1] -= 5

    message = f"2015-03: partners pay unicom for {3 * GB - 5} kB, users were given {3 * GB} kB"
    with pytest.raises(InvariantError, match=message):
        check_volumes(2, usage(), unpaid, PLACES)


def billed_users(bill: int, unit: int = 1) -> Population:
    """Return one cell whose 66 lines are billed alike; the month's charges are 888 fen."""
    one = np.zeros(1)
    index = one.astype(np.uint8)
    people = Population(
        Segments(index, index, index, index, one + 1.0, one, one, one > 0.0),
        Labels(PLACES, ("all",), 1, ("all",), ("voice_only",), ("mobile", "unicom", "telecom")),
        np.zeros((1, 3, 3), np.int64),
        unit,
    )
    people.lines[0, 0, 0], people.bill[0, 0, 0] = 66 * unit, bill
    return people


def charges_of(bill: int) -> UsageSums:
    sums = usage()
    sums.by_place[:, :, [FEE, OVERAGE, RESALE, VOICE, CONTROL_FEE]] = 0
    sums.by_place[0, 0, FEE] = 66 * bill
    return sums


def test_users_whose_lines_and_bills_are_in_the_sums_pass() -> None:
    check_users(0, billed_users(8), charges_of(8), total=66)


def test_parts_of_lines_are_checked_as_lines_are() -> None:
    sums = charges_of(8)
    sums.by_place[:, :, LINES] *= PARTS_OF_A_LINE

    check_users(0, billed_users(8, PARTS_OF_A_LINE), sums, total=66)


def test_a_bill_that_is_not_in_the_charges_stops_the_month() -> None:
    message = "2015-03: account users:mobile:BJ: bills sum to 594 fen, charges to 528 fen"
    with pytest.raises(InvariantError, match=message):
        check_users(2, billed_users(9), charges_of(8), total=66)


@pytest.mark.parametrize(("total", "held"), [(67, 66), (66, 65)])
def test_a_line_too_few_stops_the_month(total: int, held: int) -> None:
    people = billed_users(8)
    people.lines[0, 0, 0] = held

    message = f"2015-03: {total} lines exist, cells hold {held}.0, carriers count 66.0"
    with pytest.raises(InvariantError, match=message):
        check_users(2, people, charges_of(8), total)


# Whole lines


def test_parts_become_whole_lines_that_sum_to_the_whole() -> None:
    """Of 0.4 + 0.4 + 0.2 lines the running sums 0.4, 0.8, 1.0 round to 0, 1, 1."""
    parts = np.array([[4, 4], [2, 10]])

    assert whole_lines(parts, 10).tolist() == [[0, 1], [0, 1]]
    assert whole_lines(parts, 1).tolist() == parts.tolist()


def test_only_counts_of_lines_are_made_whole() -> None:
    sums = np.array([[15, 15], [15, 15]])

    assert whole_counts(sums, (0,), 10).tolist() == [[2, 15], [1, 15]]
    assert sums[0, 0] == 15


def test_carriers_have_the_same_lines_however_these_are_told_apart() -> None:
    """Three carriers' parts over provinces and over plans: odd parts in every place."""
    by_province = np.array([[7, 6, 12], [3, 14, 9], [5, 5, 5]])  # (carriers, provinces)
    by_plan = np.array([[20, 5], [1, 25], [8, 7]])
    province, plan = (whole_lines(parts, 10).sum(axis=1) for parts in (by_province, by_plan))

    assert np.array_equal(by_province.sum(axis=1), by_plan.sum(axis=1))
    assert province.tolist() == plan.tolist() == [3, 2, 2]


WHOLE = np.array([[10, 7], [4, 2], [0, 0], [8 * GB, 0]])


def test_resellers_divide_what_all_sell_and_buy_by_carrier() -> None:
    """Of 10 and 7 fen one and three quarters, none and all; 2 GB at 5 fen and 6 GB at 1."""
    shares = np.zeros((4, 2), dtype=np.int64)

    assert divide(WHOLE, np.array([[1, 0], [3, 5]]), np.array([[5, 9], [1, 9]]), shares) == -1
    assert shares.tolist() == [[3, 7 + 7], [1, 3 + 2], [0, 0], [10, 6]]


def test_an_amount_without_anyone_to_take_it_is_named() -> None:
    shares = np.zeros((4, 2), dtype=np.int64)
    nobody = np.array([[1, 0], [3, 0]])

    assert divide(WHOLE, nobody, nobody, shares) == 1

"""Charges for sponsored, resold and leaked traffic, by hand."""

import numpy as np
import pytest

from sim.core.units import KB_PER_GB
from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.world import NO_OFFER
from sim.mechanisms.billing import bill_leaks, bill_partners, charges, share_platform

GB = KB_PER_GB


@pytest.mark.parametrize(
    ("volume", "price", "fen"),
    [(0, 30_00, 0), (GB, 30_00, 30_00), (GB // 2, 1, 1), (GB // 2 - 1, 1, 0), (3 * GB + 1, 7, 21)],
)
def test_a_charge_is_price_times_volume_to_the_nearest_fen(
    volume: int, price: int, fen: int
) -> None:
    assert charges(np.array([volume]), np.array([price])).tolist() == [fen]


def test_charges_of_a_whole_country_do_not_overflow() -> None:
    """A hundred billion GB at 9 yuan: the product of kB and fen has 20 digits."""
    assert charges(np.array([10**17]), np.array([900])).tolist() == [10**11 * 900]


def bill(channel: list[int], volume: list[int]) -> dict[str, list[int]]:
    """Bill one partner on three carriers: 20, 16 and 18 yuan/GB by channel."""
    owed = bill_partners(
        volume=np.array([volume]) * GB,
        channel=np.array([channel], np.int8),
        direct_rate=np.full(3, 20_00),
        platform_rate=np.full(3, 16_00),
        reseller_price=np.array([18_00, 18_00, NO_OFFER]),
        subscription=500_00,
        integration=900_00,
    )
    return {name: part.ravel().tolist() for name, part in owed._asdict().items()}


def test_each_channel_has_its_rate_and_its_payee() -> None:
    owed = bill([DIRECT, RESELLER, PLATFORM], [1, 2, 3])

    assert owed["direct"] == [20_00, 0, 0]
    assert owed["resold"] == [0, 36_00, 0]
    assert owed["platform"] == [0, 0, 48_00]


def test_one_platform_serves_several_carriers_for_one_integration_and_one_fee() -> None:
    owed = bill([PLATFORM] * 3, [1, 1, 1])

    assert (owed["integration"], owed["subscription"]) == ([900_00], [500_00])


def test_every_carrier_sold_direct_takes_an_integration_of_its_own() -> None:
    owed = bill([DIRECT, DIRECT, NONE], [1, 1, 0])

    assert (owed["integration"], owed["subscription"]) == ([2 * 900_00], [0])


def test_who_sponsors_nothing_owes_nothing() -> None:
    owed = bill([DIRECT, PLATFORM, RESELLER], [0, 0, 0])

    assert not any(sum(part) for part in owed.values())


def test_leaks_are_bought_from_branches_by_their_relative_sales() -> None:
    owed = bill_leaks(
        leaked=np.array([10 * GB, 0]),
        sales=np.array([[0.3, 0.1, 0.0], [0.0, 0.0, 0.0]]),
        price=np.array([[20_00, 24_00, NO_OFFER], [NO_OFFER] * 3]),
    )

    assert owed.volume.tolist() == [[15 * GB // 2, 5 * GB // 2, 0], [0, 0, 0]]
    assert owed.paid.tolist() == [[150_00, 60_00, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("rule", "volume", "parts"),
    [
        ("proportional", [60, 30, 10], [600, 300, 100]),
        ("equal", [60, 40, 0], [500, 500, 0]),
        ("proportional", [0, 0, 0], [500, 500, 0]),  # fees alone: members share alike
    ],
)
def test_the_platforms_revenue_goes_to_its_members_by_the_rule(
    rule: str, volume: list[int], parts: list[int]
) -> None:
    member = np.array([True, True, rule == "proportional" and bool(volume[2])])

    assert share_platform(1000, np.array(volume), member, rule).tolist() == parts

"""Charges for sponsored, resold and leaked traffic, by hand."""

import numpy as np
import pytest

from sim.core.units import KB_PER_GB
from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.world import NO_OFFER
from sim.mechanisms.billing import bill_leaks, bill_partners, charge_of, platform_income
from sim.mechanisms.contracts import Contract

GB = KB_PER_GB


@pytest.mark.parametrize(
    ("volume", "price", "fen"),
    [(0, 30_00, 0), (GB, 30_00, 30_00), (GB // 2, 1, 1), (GB // 2 - 1, 1, 0), (3 * GB + 1, 7, 21)],
)
def test_a_charge_is_price_times_volume_to_the_nearest_fen(
    volume: int, price: int, fen: int
) -> None:
    assert charge_of(volume, price) == fen


def test_charges_of_a_whole_country_do_not_overflow() -> None:
    """A hundred billion GB at 9 yuan: the product of kB and fen has 20 digits."""
    assert charge_of(10**17, 900) == 10**11 * 900


def bill(
    channel: list[int], volume: list[int], platform: tuple[int, ...] = (0, 0, 0), share: float = 0.0
) -> dict[str, list[int]]:
    """Bill one partner on three carriers: 20, 16 and 18 yuan/GB by channel; a GB is worth 30."""
    owed = bill_partners(
        partner=np.zeros(1, np.int64),
        volume=np.array([volume]) * GB,
        worth=np.array([volume]) * 30_00,
        channel=np.array([channel], np.int8),
        platform=np.array(platform),
        direct_rate=np.full(3, 20_00),
        service=Contract(np.full(3, 16_00), fee=500_00, share=share),
        reseller_price=np.array([18_00, 18_00, NO_OFFER]),
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

    assert (owed["integration"], owed["subscription"]) == ([900_00], [500_00, 0, 0, 0])


def test_platforms_of_single_carriers_each_take_an_integration_and_a_fee() -> None:
    owed = bill([PLATFORM] * 3, [1, 1, 1], platform=(1, 0, 0))

    assert owed["integration"] == [2 * 900_00]
    assert owed["subscription"] == [500_00, 500_00, 0, 0]


def test_a_platform_takes_its_share_of_what_the_added_use_is_worth() -> None:
    """16 yuan a GB, and a tenth of 30."""
    assert bill([PLATFORM, DIRECT, NONE], [2, 1, 0], share=0.1)["platform"] == [38_00, 0, 0]


def test_a_platforms_income_is_its_carriers_traffic_and_its_subscriptions() -> None:
    platform = np.array([1, 0, 0])
    owed = bill_partners(
        partner=np.arange(2),
        volume=np.array([[1, 2, 3], [0, 0, 4]]) * GB,
        worth=np.zeros((2, 3), np.int64),
        channel=np.full((2, 3), PLATFORM, np.int8),
        platform=platform,
        direct_rate=np.zeros(3, np.int64),
        service=Contract(np.array([10, 20, 30]), fee=7),
        reseller_price=np.zeros(3, np.int64),
        integration=0,
    )

    assert platform_income(owed, platform).tolist() == [40 + 90 + 120 + 14, 10 + 7, 0, 0]


def test_every_carrier_sold_direct_takes_an_integration_of_its_own() -> None:
    owed = bill([DIRECT, DIRECT, NONE], [1, 1, 0])

    assert (owed["integration"], owed["subscription"]) == ([2 * 900_00], [0] * 4)


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

"""What sponsoring adds and who pays for how much, by hand."""

import numpy as np
import pytest

from sim.core.units import KB_PER_GB
from sim.market.names import CATEGORIES, DIRECT, NONE, PLATFORM
from sim.mechanisms.billing import SponsorCharges
from sim.mechanisms.channels import Deals
from sim.mechanisms.sponsorship import (
    add_up_sponsors,
    incremental_share,
    potential_use,
    split_among_partners,
    sponsored_by_style,
    sponsored_share,
    true_worth,
)
from sim.mechanisms.usage import POTENTIAL, PRICED, REACH, REACH_SPONSORED
from tests.theory.small_market import one_line, plans

# Two lifestyles, of which the second does nothing but video.
MIX = np.array([[0.5, 0.5], [1.0, 0.0]])
GB = KB_PER_GB


def by_style(potential: list[int], priced: list[int]) -> np.ndarray:
    """Return (1 carrier, lifestyles, REACH) kB from GB."""
    table = np.zeros((1, len(potential), len(REACH)), np.int64)
    table[0, :, POTENTIAL] = np.array(potential) * GB
    table[0, :, PRICED] = np.array(priced) * GB
    return table


def test_potential_use_of_a_category_is_summed_over_lifestyles() -> None:
    assert potential_use(by_style([10, 4], [0, 0]), MIX).tolist() == [[9.0, 5.0]]


def test_the_incremental_share_is_weighted_by_potential_traffic() -> None:
    """Video: of 9 GB 2.5 + 4 are used anyway. Music: of 5 GB 2.5 are."""
    share = incremental_share(by_style([10, 4], [5, 4]), MIX)

    assert share[0].tolist() == pytest.approx([1.0 - 6.5 / 9.0, 0.5])


def test_a_category_that_nobody_uses_gains_nothing() -> None:
    assert incremental_share(by_style([0, 0], [0, 0]), MIX).tolist() == [[0.0, 0.0]]


def test_a_gift_to_who_is_under_quota_adds_nothing() -> None:
    plenty, scarce = plans((50.0, 100.0)), plans((50.0, 0.0), overage=100.0)
    added = [
        incremental_share(one_line(menu).use().sums.by_style, np.ones((1, 1)))[0, 0]
        for menu in (plenty, scarce)
    ]

    assert added[0] == 0.0
    assert added[1] == pytest.approx(1.0 - (5.0 / 105.0) ** 0.7, abs=1e-4)


def test_the_sponsored_share_of_a_category_sums_reach_over_its_sponsors() -> None:
    share = sponsored_share(
        category=np.array([0, 0, 7], np.uint8),
        reach=np.array([0.25, 0.5, 1.0]),
        deals=Deals(
            partner=np.arange(3),
            channel=np.full((3, 2), DIRECT, np.int8),
            arrives=np.array([[1.0, 0.0], [0.5, 0.0], [0.0, 0.1]]),
        ),
        carriers=2,
    )

    expected = np.zeros((2, len(CATEGORIES)))
    expected[0, 0], expected[1, 7] = 0.5, 0.1
    assert share.tolist() == expected.tolist()


def test_partners_split_what_was_sponsored_by_reach_to_the_kilobyte() -> None:
    """Of 100 kB of the first lifestyle half is each category's; all 7 of the second are video's."""
    given = np.zeros((1, 2, len(REACH)), np.int64)
    given[0, :, REACH_SPONSORED] = [100, 7]
    split = split_among_partners(
        sponsored=given[:, :, REACH_SPONSORED],
        share=np.array([[0.3, 0.3]]),
        mix=MIX,
        category=np.array([0, 0, 1], np.uint8),
        weight=np.array([[0.1], [0.2], [0.3]]),
    )

    assert split.tolist() == [[19], [38], [50]]


def test_a_partner_counts_in_the_cells_of_its_category_and_channels() -> None:
    """Two social apps: the first sponsors 5 GB direct and 15 on a platform, the second nothing."""
    volume = np.array([[5, 15], [0, 0]]) * GB
    nothing = np.zeros((2, 2), np.int64)
    owed = SponsorCharges(
        partner=np.arange(2),
        volume=volume,
        direct=np.array([[100, 0], [0, 0]]),
        platform=np.array([[0, 330], [0, 0]]),
        resold=nothing,
        subscription=np.array([[30, 0, 0], [0, 0, 0]]),
        integration=np.array([10, 0]),
    )
    channel = np.array([[DIRECT, PLATFORM], [DIRECT, NONE]], np.int8)
    social = np.full(2, CATEGORIES.index("social"), np.uint8)
    sums = add_up_sponsors(social, channel, owed, worth=np.array([[120, 500], [0, 0]]))

    assert sums.cells[:, social[0], DIRECT, 0].tolist() == [5 * GB, 100, 120, 10, 1]
    assert sums.cells[:, social[0], PLATFORM, 1].tolist() == [15 * GB, 330, 500, 30, 1]
    assert sums.cells.sum(axis=(1, 2, 3)).tolist() == [20 * GB, 430, 620, 40, 2]
    assert np.array_equal(sums.by_channel, sums.cells.sum(axis=1))
    assert sums.by_carrier.tolist() == [1, 1]
    assert (sums.partners, sums.served, sums.categories) == (1, 1, 1)


def test_added_use_is_worth_more_with_service_and_less_where_it_is_blocked() -> None:
    """2 GB, half of it added, at 10 yuan: 10 direct, 15 served, 7.50 with a carrier that blocks."""
    worth = true_worth(
        volume=np.full((3, 2), 2 * GB),
        channel=np.array([[DIRECT, NONE], [NONE, PLATFORM], [DIRECT, PLATFORM]], np.int8),
        category=np.zeros(3, np.uint8),
        value=np.full(3, 10_00.0),
        added=np.full((2, 1), 0.5),
        uplift=np.full(2, 0.5),
        platform=np.array([-1, 0]),
        block=np.array([0.25, 0.0]),
    )

    assert worth.tolist() == [[10_00, 10_00], [10_00, 15_00], [7_50, 15_00]]


def test_the_sponsored_share_of_a_lifestyle_is_that_of_what_it_does() -> None:
    share = np.array([[0.2, 0.6]])

    assert sponsored_by_style(share, MIX).tolist() == [pytest.approx([0.4, 0.2])]

"""Partners as Mesa agents over the columns of their book."""

import mesa
import numpy as np
import pytest

from sim.agents.partners import Partner, PartnerSet
from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.partners import PartnerBook


@pytest.fixture
def partners() -> PartnerSet:
    book = PartnerBook(
        category=np.array([0, 3, 0], np.uint8),
        reach=np.array([0.75, 1.0, 0.25]),
        value=np.array([460.0, 100.0, 900.0]),
        estimate=np.array([400.0, 120.0, 950.0]),
        budget=np.array([1e6, 2e6, 3e6]),
        rank=np.array([0.1, 0.5, 0.9]),
        direct_only=np.array([False, True, False]),
    )
    book.aware = np.array([True, True, False])
    book.channel[0] = DIRECT, NONE, RESELLER
    book.channel[1] = PLATFORM, NONE, NONE
    book.fraction[0] = 0.5, 0.0, 1.0
    return PartnerSet(mesa.Model(rng=1), book)


def test_a_partner_tells_what_it_is_worth_and_what_it_knows(partners: PartnerSet):
    partner = partners[0]

    assert (partner.category, partner.reach, partner.budget) == ("video", 0.75, 1e6)
    assert (partner.value, partner.estimate, partner.aware) == (460.0, 400.0, True)


def test_a_partner_has_a_channel_and_a_fraction_for_each_carrier(partners: PartnerSet):
    assert partners[0].channels == ("direct", "none", "reseller")
    assert partners[0].fractions == (0.5, 0.0, 1.0)


def test_a_partner_sponsors_through_a_channel_with_some_of_its_traffic(partners: PartnerSet):
    assert partners.get("sponsoring") == [True, False, False]
    assert [partner.sponsoring for partner in partners] == [True, False, False]


def test_traffic_without_a_channel_is_not_sponsored(partners: PartnerSet):
    partners.columns.fraction[2] = 1.0

    assert not partners[2].sponsoring


def test_partners_decide_elsewhere(partners: PartnerSet):
    for name in PartnerSet.attributes():
        with pytest.raises(AttributeError, match=f"'{name}' is read-only"):
            partners.set(name, 0)


def test_partners_are_asked_by_category(partners: PartnerSet):
    assert partners.groupby("category").agg("budget", np.sum) == {"video": 4e6, "games": 2e6}
    assert partners.select(category="video", sponsoring=True).to_list() == [partners[0]]
    assert all(type(partner) is Partner for partner in partners)

"""Partners are drawn from their traits; contracts last a quarter."""

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.market.partners import PartnerBook, PartnerTraits, draw_partners

TRAITS = PartnerTraits(
    size_log_sd=1.0,
    value_median=4.6,
    value_log_sd=1.0,
    estimate_noise=0.3,
    budget_median=20e6,
    budget_log_sd=0.5,
    direct_only=0.3,
)
MANY = 8_000


def book(partners: int = MANY, traits: PartnerTraits = TRAITS) -> PartnerBook:
    return draw_partners(partners, traits, Streams(0))


def test_partners_are_spread_evenly_over_the_categories() -> None:
    assert np.bincount(book().category).tolist() == [1_000] * 8


def test_reach_is_the_whole_of_every_category_that_has_a_partner() -> None:
    reach = np.bincount(book().category, weights=book().reach)
    few = book(5)

    assert reach.tolist() == pytest.approx([1.0] * 8)
    assert few.reach.tolist() == [1.0] * 5


def test_values_budgets_and_errors_have_their_medians_and_spreads() -> None:
    drawn = book()
    noise = np.log(drawn.estimate / drawn.value)

    assert np.median(drawn.value) == pytest.approx(4_60, rel=0.05)
    assert np.log(drawn.value).std() == pytest.approx(1.0, rel=0.05)
    assert np.median(drawn.budget) == pytest.approx(20e6 * 100, rel=0.05)
    assert np.log(drawn.budget).std() == pytest.approx(0.5, rel=0.05)
    assert (noise.mean(), noise.std()) == (
        pytest.approx(0.0, abs=0.02), pytest.approx(0.3, rel=0.05),
    )  # fmt: skip
    assert drawn.direct_only.mean() == pytest.approx(0.3, abs=0.02)


def test_without_noise_partners_know_their_value() -> None:
    drawn = book(100, TRAITS._replace(estimate_noise=0.0))

    assert np.array_equal(drawn.estimate, drawn.value)


def test_one_more_partner_leaves_the_others_as_they_are() -> None:
    few, many = book(999), book(1_000)

    for name in ("category", "value", "estimate", "budget", "rank", "direct_only"):
        assert np.array_equal(getattr(few, name), getattr(many, name)[:999])


def test_each_partner_may_decide_once_a_quarter_and_a_third_does_each_month() -> None:
    free = np.stack([~book(9).under_contract(month) for month in range(5, 8)])

    assert free.sum(axis=0).tolist() == [1] * 9
    assert free.sum(axis=1).tolist() == [3] * 3


def test_partners_begin_unaware_and_without_a_deal() -> None:
    drawn = book(4)

    assert not drawn.aware.any()
    assert not drawn.channel.any()
    assert not drawn.fraction.any()


def test_a_market_may_have_no_partners() -> None:
    assert len(book(0)) == 0
    assert book(0).channel.shape == (0, 3)

"""Segments are every combination of what users differ in, by hand."""

import numpy as np
import pytest

from sim.market.segments import Mixture, Segments, make_segments

MIXTURE = Mixture(
    province_share=np.array([0.25, 0.75]),
    province_usage=np.array([2.0, 0.5]),
    income_share=np.array([0.3, 0.5, 0.2]),
    income_usage=np.array([0.75, 1.0, 1.5]),
    alpha=np.array([[0.06, 0.05, 0.04], [0.09, 0.08, 0.07]]),
    tier_usage=np.array([0.5, 1.0, 2.0, 4.0]),
    style_share=np.array([0.6, 0.36, 0.04]),
    style_knows=np.array([False, False, True]),
)


@pytest.fixture(scope="module")
def segments() -> Segments:
    return make_segments(MIXTURE)


def weight_of(column: np.ndarray, segments: Segments) -> list[float]:
    return np.bincount(column, weights=segments.weight).tolist()


def test_there_is_a_segment_for_every_combination(segments: Segments) -> None:
    rows = np.stack(segments[:4], axis=1)

    assert len(np.unique(rows, axis=0)) == len(rows) == 2 * 3 * 4 * 3


def test_province_is_the_slowest_index_and_lifestyle_the_fastest(segments: Segments) -> None:
    assert (np.diff(segments.province.astype(int)) >= 0).all()  # kernels look provinces up so
    assert segments.style[:4].tolist() == [0, 1, 2, 0]
    assert [column[40].item() for column in segments[:4]] == [1, 0, 1, 1]


def test_weights_are_products_of_shares_and_sum_to_one(segments: Segments) -> None:
    assert segments.weight.sum() == pytest.approx(1.0)
    assert segments.weight[0] == pytest.approx(0.25 * 0.3 * 0.25 * 0.6)
    assert weight_of(segments.province, segments) == pytest.approx([0.25, 0.75])
    assert weight_of(segments.income, segments) == pytest.approx([0.3, 0.5, 0.2])
    assert weight_of(segments.tier, segments) == pytest.approx([0.25] * 4)
    assert weight_of(segments.style, segments) == pytest.approx([0.6, 0.36, 0.04])


def test_use_is_relative_to_province_income_and_tier(segments: Segments) -> None:
    assert segments.theta[0] == pytest.approx(2.0 * 0.75 * 0.5)
    assert segments.theta[-1] == pytest.approx(0.5 * 1.5 * 4.0)


def test_price_sensitivity_is_that_of_province_and_income(segments: Segments) -> None:
    assert np.array_equal(segments.alpha, MIXTURE.alpha[segments.province, segments.income])


def test_only_one_lifestyle_knows_a_reseller(segments: Segments) -> None:
    assert segments.weight[segments.knows].sum() == pytest.approx(0.04)

"""The population is drawn from its mixture, row by row."""

from dataclasses import fields

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.market.population import Labels, Mixture, Population, draw_population, whole_lines

MIXTURE = Mixture(
    province_lines=np.array([10.0, 30.0, 60.0]),
    province_usage=np.array([2.0, 1.0, 0.5]),
    income_share=np.array([0.3, 0.5, 0.2]),
    income_usage=np.array([0.75, 1.12, 1.08]),
    lifestyle_share=np.array([0.4, 0.6]),
    usage_tiers=4,
    usage_log_sd=1.1,
    access=0.04,
)
LABELS = Labels(("A", "B", "C"), ("low", "middle", "high"), ("viewer", "reader"), ("voice_only",))
ROWS = 4_000


def people(rows: int = ROWS, seed: int = 0) -> Population:
    return draw_population(rows, MIXTURE, LABELS, Streams(seed))


def shares(column: np.ndarray) -> list[float]:
    return (np.bincount(column) / len(column)).tolist()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_provinces_incomes_and_lifestyles_have_the_shares_of_the_mixture(seed: int) -> None:
    drawn = people(seed=seed)

    assert shares(drawn.province) == pytest.approx([0.1, 0.3, 0.6], abs=0.002)
    assert shares(drawn.income) == pytest.approx([0.3, 0.5, 0.2], abs=0.002)
    assert shares(drawn.lifestyle) == pytest.approx([0.4, 0.6], abs=0.002)


def test_traits_are_independent_of_one_another() -> None:
    drawn = people()
    ranks = np.stack([drawn.lte_rank, drawn.device_rank, drawn.first_carrier, drawn.first_plan])
    apart = np.corrcoef(np.vstack([ranks, drawn.province, drawn.income, drawn.lifestyle]))

    assert np.abs(apart - np.eye(7)).max() < 0.05


def test_usage_is_lognormal_around_the_means_of_province_and_income() -> None:
    drawn = people()
    own = np.log(
        drawn.theta / MIXTURE.province_usage[drawn.province] / MIXTURE.income_usage[drawn.income]
    )

    assert own.mean() == pytest.approx(0.0, abs=0.01)
    assert own.std() == pytest.approx(1.1, abs=0.01)


def test_usage_tiers_are_quarters_in_the_order_of_use() -> None:
    drawn = people()
    own = drawn.theta / MIXTURE.province_usage[drawn.province] / MIXTURE.income_usage[drawn.income]
    tier = drawn.segment // 2 % 4

    assert shares(tier) == pytest.approx([0.25] * 4, abs=0.002)
    assert all(own[tier == t].max() < own[tier == t + 1].min() for t in range(3))


def test_a_segment_is_province_income_tier_and_lifestyle() -> None:
    drawn = people()

    assert np.array_equal(drawn.segment // 24, drawn.province)
    assert np.array_equal(drawn.segment // 8 % 3, drawn.income)
    assert np.array_equal(drawn.segment % 2, drawn.lifestyle)


def test_few_know_a_reseller() -> None:
    known = people().knows_reseller.mean()

    assert abs(known - 0.04) < 4.0 * np.sqrt(0.04 * 0.96 / ROWS)


@pytest.mark.parametrize("rows", [1, 999, 1_001, 2_500])
def test_traits_of_a_row_are_the_same_for_any_number_of_rows(rows: int) -> None:
    few, many = people(rows), people(ROWS)

    for part in fields(Population):
        if part.init and part.name != "labels":
            assert np.array_equal(getattr(few, part.name), getattr(many, part.name)[:rows])


def test_another_seed_draws_other_people() -> None:
    assert not np.array_equal(people(seed=0).theta, people(seed=1).theta)


def test_rows_stand_for_whole_lines_that_sum_to_the_country() -> None:
    assert whole_lines(10, 4).tolist() == [2, 3, 2, 3]
    lines = whole_lines(1_600_000_001, 2_000_000)

    assert int(lines.sum()) == 1_600_000_001
    assert (lines.min(), lines.max()) == (800, 801)


def test_the_carrier_follows_from_the_offer() -> None:
    drawn = people(3)
    drawn.labels = Labels((), (), (), ("voice_only", "p30", "p50"))
    drawn.offer[:] = [0, 5, 6]

    assert drawn.carrier.tolist() == [0, 1, 2]

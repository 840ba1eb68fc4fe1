"""What a quota is worth when another splits it, by hand and in closed form."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.allocation import (
    free_allocation,
    trade_price,
    traded_allocation,
    usable_part,
)

SCALES = st.lists(st.floats(0.05, 10.0), min_size=2, max_size=6)
EPS = st.floats(0.1, 0.95)


def test_a_user_splits_a_quota_by_the_scales_of_uses() -> None:
    assert free_allocation(6.0, [1.0, 2.0, 3.0]) == pytest.approx([1.0, 2.0, 3.0])


def test_a_split_by_ones_own_shares_costs_nothing() -> None:
    assert usable_part([2.0, 6.0], [0.25, 0.75], 0.7) == pytest.approx(1.0)


def test_at_a_half_the_usable_part_is_the_harmonic_mean_of_the_ratios() -> None:
    """At eps 1/2 it is 1 / sum of m^2 / w: for m = (3/4, 1/4) and halves, 1 / (9/8 + 1/8)."""
    assert usable_part([3.0, 1.0], [0.5, 0.5], 0.5) == pytest.approx(0.8)


def test_of_perfect_complements_the_scarcest_decides() -> None:
    assert usable_part([1.0, 3.0], [0.75, 0.25], 0.0) == pytest.approx(1.0 / 3.0)


def test_a_use_for_which_nothing_is_set_aside_leaves_the_quota_worthless() -> None:
    assert usable_part([1.0, 1.0], [1.0, 0.0], 0.7) == 0.0


def test_what_is_set_aside_for_what_one_never_does_is_lost() -> None:
    assert usable_part([1.0, 0.0], [0.6, 0.4], 0.7) == pytest.approx(0.6)


@given(SCALES, SCALES, EPS)
def test_no_split_is_worth_more_than_ones_own_nor_less_than_its_scarcest_part(
    theta: list[float], other: list[float], eps: float
) -> None:
    count = min(len(theta), len(other))
    theta, other = theta[:count], other[:count]
    split = [part / math.fsum(other) for part in other]
    mine = [part / math.fsum(theta) for part in theta]
    part = usable_part(theta, split, eps)

    assert part <= 1.0 + 1e-9
    assert part >= min(w / m for w, m in zip(split, mine, strict=True)) - 1e-9


# V40: equal marginal utility; users who trade their quotas (after Zheng et al.)


def test_v40_a_user_in_control_allocates_by_equal_marginal_utility() -> None:
    assert free_allocation(2.0, [0.5, 0.3, 0.15, 0.05]) == pytest.approx([1.0, 0.6, 0.3, 0.1])


def test_v40_an_equal_split_is_worth_a_smaller_free_quota() -> None:
    part = usable_part([0.5, 0.3, 0.15, 0.05], [0.25] * 4, 0.6)

    assert 2.0 * part == pytest.approx(1.4203660999, abs=1e-9)


def test_v40_traded_quotas_go_to_who_uses_most_at_a_price_that_clears() -> None:
    theta, quotas = [0.2, 1.0, 3.0], [1.0, 1.0, 1.0]

    assert trade_price(theta, quotas, 0.6) == pytest.approx(1.7520509288, abs=1e-9)
    assert traded_allocation(theta, quotas) == pytest.approx(
        [0.1428571429, 0.7142857143, 2.1428571429], abs=1e-9
    )


@given(SCALES, EPS)
def test_at_the_price_that_clears_everybody_wants_what_they_hold(
    theta: list[float], eps: float
) -> None:
    quotas = [1.0] * len(theta)
    price = trade_price(theta, quotas, eps)
    wanted = [scale * price**-eps for scale in theta]

    assert traded_allocation(theta, quotas) == pytest.approx(wanted, rel=1e-9)

"""Coalitions of carriers and their split, by hand."""

import numpy as np
import pytest

from sim.mechanisms.sharing import (
    among,
    mask_of,
    members_of,
    platform_shares,
    shapley,
    share_platform,
    weights,
)

# Worth by coalition: nobody, A, B, AB, C, AC, BC, ABC.
GLOVES = np.array([0, 0, 0, 6, 0, 6, 0, 6])  # A has the left glove, B and C a right one each
ALL = np.ones(3, np.bool_)


def test_a_coalition_is_its_members() -> None:
    for coalition in range(8):
        assert mask_of(members_of(coalition, 3)) == coalition
    assert members_of(5, 3).tolist() == [True, False, True]


def test_shapley_shares_the_gloves_as_four_to_one_to_one() -> None:
    """Of six orders A is pivotal in four, B and C in one each: 4, 1, 1 of 6; times 3! here."""
    assert shapley(GLOVES).tolist() == [24, 6, 6]


def test_two_who_add_the_same_share_alike_and_who_adds_nothing_gets_nothing() -> None:
    worth = np.array([0, 10, 10, 30, 0, 10, 10, 30])

    assert shapley(worth).tolist() == [90, 90, 0]


def test_outsiders_add_nothing_to_any_coalition() -> None:
    inside = np.array([True, True, False])

    assert among(GLOVES, inside).tolist() == [0, 0, 0, 6, 0, 0, 0, 6]
    assert shapley(among(GLOVES, inside)).tolist() == [18, 18, 0]


@pytest.mark.parametrize(
    ("rule", "parts"),
    [("proportional", [600, 300, 100]), ("equal", [334, 333, 333]), ("shapley", [667, 166, 167])],
)
def test_the_platforms_revenue_goes_to_its_members_by_the_rule(rule: str, parts: list[int]) -> None:
    by_rule = weights(rule, ALL, np.array([60, 30, 10]), GLOVES)

    assert share_platform(1000, by_rule).tolist() == pytest.approx(parts, abs=1)
    assert share_platform(1000, by_rule).sum() == 1000


@pytest.mark.parametrize("rule", ["proportional", "shapley"])
def test_members_of_a_platform_that_nobody_uses_share_its_fees_alike(rule: str) -> None:
    nothing = np.zeros(8, np.int64)
    by_rule = weights(rule, np.array([True, False, True]), nothing[:3], nothing)

    assert share_platform(1000, by_rule).tolist() == [500, 0, 500]


def test_a_shared_platform_is_split_and_one_of_ones_own_is_not() -> None:
    """The shared platform took in 90, that of the third carrier 70; the first is on none."""
    income, parts = np.array([90, 0, 0, 70]), np.array([2.0, 1.0, 0.0])

    taken, shares = platform_shares(income, np.array([0, 0, 3]), parts)
    assert (taken.tolist(), shares.tolist()) == ([160], [60, 30, 70])
    taken, shares = platform_shares(income, np.array([-1, 0, 3]), parts)
    assert (taken.tolist(), shares.tolist()) == ([160], [0, 30, 70])
    assert platform_shares(income, np.array([0, 0, 3]), np.zeros(3))[1].tolist() == [0, 0, 70]

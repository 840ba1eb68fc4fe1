"""Leaks of a branch or two, by hand."""

import numpy as np
import pytest

from sim.mechanisms.leakage import branch_prices, branch_sales


def alone(**how: float) -> float:
    given = {"cost": 0.2, "control": 0.0, "loss": 0.4} | how
    return float(
        branch_sales(
            1.0, np.array([given["cost"]]), np.array([given["control"]]), given["loss"], 1.0, 0.5
        )[0]
    )


def test_a_single_branch_sells_half_of_what_is_left_after_cost_and_loss() -> None:
    assert alone() == pytest.approx((1.0 - 0.2 - 0.4) / 2.0)


def test_a_single_branch_is_its_carrier_so_control_changes_nothing() -> None:
    assert alone(control=0.9) == pytest.approx(alone(control=0.0))


def test_a_branch_whose_loss_exceeds_its_margin_sells_nothing() -> None:
    assert alone(loss=0.8) == 0.0


def test_two_free_branches_share_the_loss_and_sell_as_cournot_rivals() -> None:
    """Each minds half of the loss: 1 - 0.2 - 0.2 - 2 l - 0.5 l = 0."""
    sales = branch_sales(1.0, np.full(2, 0.2), np.zeros(2), 0.4, 1.0, 0.5)

    assert sales.tolist() == pytest.approx([0.24, 0.24])
    assert branch_prices(1.0, sales, 1.0, 0.5).tolist() == pytest.approx([0.64, 0.64])


def test_the_dearer_branch_leaves_and_the_other_sells_as_if_alone() -> None:
    """At cost 0.9 nothing is to be earned beside a rival who sells 0.4."""
    sales = branch_sales(1.0, np.array([0.2, 0.9]), np.zeros(2), 0.0, 1.0, 1.0)

    assert sales.tolist() == pytest.approx([0.4, 0.0])


def test_each_branch_posts_the_price_of_its_own_good() -> None:
    prices = branch_prices(1.0, np.array([0.2, 0.1]), 1.0, 0.5)

    assert prices.tolist() == pytest.approx([1.0 - 0.2 - 0.05, 1.0 - 0.1 - 0.1])


def test_central_control_of_one_homogeneous_good_sells_what_the_cartel_would() -> None:
    """V22 at k = 1 itself, where each branch's own part is undetermined but the sum is not."""
    sales = branch_sales(1.0, np.full(31, 0.1), np.ones(31), 0.4, 1.0, 1.0)

    assert sales.sum() == pytest.approx((1 - 0.1 - 0.4) / 2, abs=1e-6)

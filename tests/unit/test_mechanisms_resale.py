"""Resellers who price, enter and leave, by hand."""

import numpy as np
import pytest

from sim.market.views import ResellerDecision, ResellerView
from sim.strategies.reseller.cournot import Cournot


def decide(
    active: list[int], *, profit: list[int] | None = None, potential: list[int] | None = None,
    losing: list[int] | None = None, capital: list[int] | None = None,
) -> ResellerDecision:  # fmt: skip
    """Return what resellers do who wait three months of loss; a GB costs 20 and lists at 50."""
    none = [0] * len(active)
    view = ResellerView(
        month=0,
        wholesale_price=np.array([20_00, 20_00, 60_00]),
        list_price=np.full(3, 50_00),
        active=np.array(active, np.bool_),
        profit=np.array(profit or none),
        potential_profit=np.array(potential or none),
        losing_months=np.array(losing or none),
        capital=np.array(capital or [1] * len(active)),
    )
    return Cournot(patience=3).decide(view)


@pytest.mark.parametrize(("active", "price"), [([1], 35_00), ([1, 1], 30_00), ([1] * 29, 21_00)])
def test_the_spread_is_shared_with_the_buyers_by_one_more_than_there_are_sellers(
    active: list[int], price: int
) -> None:
    assert decide(active).price[:2].tolist() == [price, price]


def test_traffic_that_costs_more_than_it_lists_at_is_sold_at_cost() -> None:
    assert decide([1, 1]).price[2] == 60_00


def test_the_one_who_would_have_earned_most_enters() -> None:
    assert decide([1, 0, 0, 0], potential=[9, 5, 7, -1]).active.tolist() == [1, 0, 1, 0]


def test_nobody_enters_who_would_have_lost_or_has_no_capital() -> None:
    assert decide([1, 0, 0], potential=[9, 0, 5], capital=[1, 1, 0]).active.tolist() == [1, 0, 0]


def test_one_a_month_leaves_after_losing_for_as_long_as_patience_lasts() -> None:
    left = decide([1, 1, 1, 1], profit=[-3, -9, -5, -99], losing=[3, 3, 4, 2])

    assert left.active.tolist() == [1, 0, 1, 1]


def test_who_has_no_capital_is_out_at_once() -> None:
    assert decide([1, 1], capital=[0, 1]).active.tolist() == [0, 1]

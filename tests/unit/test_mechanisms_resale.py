"""Resellers who price, enter and leave, by hand."""

import numpy as np
import pytest

from sim.core.units import KB_PER_GB
from sim.market.offers import NOT_SOLD
from sim.market.views import ResellerDecision, ResellerView
from sim.mechanisms.resale import after_trade, cournot, newcomers_gain, newcomers_profit, on_sale
from sim.strategies.reseller.cournot import Cournot


def decide(
    active: list[int], *, profit: list[int] | None = None, potential: list[int] | None = None,
    losing: list[int] | None = None, capital: list[int] | None = None,
    handling: list[float] | None = None,
) -> ResellerDecision:  # fmt: skip
    """Return what resellers do who wait three months of loss; a GB costs 20 and lists at 50."""
    none = [0] * len(active)
    view = ResellerView(
        month=0,
        wholesale_price=np.array([20_00, 20_00, 60_00]),
        list_price=np.full(3, 50_00),
        handling=np.array(handling or none, np.float64),
        active=np.array(active, np.bool_),
        profit=np.array(profit or none),
        potential_profit=np.array(potential or none),
        losing_months=np.array(losing or none),
        capital=np.array(capital or [1] * len(active)),
    )
    return Cournot(patience=3).decide(view)


def test_who_handles_a_gb_at_less_cost_sells_more() -> None:
    """20 and 20 + 3 under a list of 50: p = (50 + 43) / 3 = 31, sales 11 and 8."""
    decision = decide([1, 1], handling=[0.0, 0.06])

    assert decision.price[0] == 31_00
    assert decision.sales[:, 0].tolist() == [11_00, 8_00]


def test_who_would_sell_below_cost_sells_nothing_and_the_rest_is_solved_again() -> None:
    """Costs of 20, 20 and 40: without the third, p = (50 + 40) / 3 = 30."""
    price, sales = cournot(50_00, np.array([20_00, 20_00, 40_00]), np.ones(3, np.bool_))

    assert (price, sales.tolist()) == (30_00, [10_00, 10_00, 0])


def test_a_newcomer_earns_its_cournot_margin_on_its_part_of_sales() -> None:
    """One sells at 35; a second of equal cost would bring 30 and sell half: 10 on 3 of 6 GB."""
    gain = newcomers_gain(
        choke=np.array([50_00]), price=np.array([35_00]), cost=np.array([[20_00]]),
        sellers=np.array([1]), volume=np.array([6.0]),
    )  # fmt: skip

    assert gain.tolist() == pytest.approx([30_00.0])


def test_nobody_in_business_sells_nothing() -> None:
    price, sales = cournot(50_00, np.full(2, 20_00), np.zeros(2, np.bool_))

    assert (price, sales.tolist()) == (50_00, [0, 0])


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


def test_a_newcomers_profit_is_its_part_of_last_months_sales_less_what_business_costs() -> None:
    """One sells 100 GB at 30; with one more at 20 the price is 80/3, of which 20/3 is its margin.

    Its part of sales is that over the room that is left up to the list price of 50, 70/3.
    """
    profit = newcomers_profit(
        np.array([50_00]), np.array([30_00]), np.array([20_00]), np.zeros((2, 1), np.int64),
        np.array([True, False]), np.array([100 * KB_PER_GB]), np.array([1, 7_00]),
    )  # fmt: skip

    assert profit.tolist() == [190_48 - 1, 190_48 - 7_00]


def test_nothing_is_on_sale_where_no_branch_or_no_reseller_sells() -> None:
    price, sales = np.array([31_00, 41_00]), np.array([[3, 4], [5, 6]])
    wholesale, some = np.array([20_00, NOT_SOLD]), np.array([True, False])

    asked, sold = on_sale(price, sales, some, wholesale)
    assert (asked.tolist(), sold.tolist()) == ([31_00, NOT_SOLD], [[3, 0], [5, 0]])
    asked, sold = on_sale(price, sales, some & False, wholesale)
    assert (asked.tolist(), sold.any()) == ([NOT_SOLD, NOT_SOLD], False)


def test_a_loss_in_business_counts_a_month_and_anything_else_ends_the_count() -> None:
    active, profit = np.array([True, True, False]), np.array([-5, 0, -2])

    capital, losing = after_trade(active, profit, np.array([10, 10, 10]), np.array([2, 2, 2]))
    assert (capital.tolist(), losing.tolist()) == ([5, 10, 8], [3, 0, 0])

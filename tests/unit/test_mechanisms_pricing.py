"""What a list price is worth in the long run, in cases small enough to do by hand."""

import math

import numpy as np
import pytest

from sim.market.views import Research
from sim.mechanisms.pricing import (
    PricingProblem,
    best_price,
    discounted_shares,
    inclusive_value,
    long_run_profit,
    nested_shares,
    pose_problem,
    stationary_shares,
    transitions,
)

TWO_STATES = np.array([[0.9, 0.1], [0.3, 0.7]])


def research(**changes: object) -> Research:
    """Return one type of user, one plan, and a bill that is the list price itself."""
    price = np.array([10_00, 20_00, 40_00])
    known: dict[str, object] = {
        "weight": np.ones(1),
        "alpha": np.full(1, 0.001),
        "price": price,
        "value": (2.0 - 0.001 * price).reshape(1, 3, 1),
        "bill": price.astype(np.float64).reshape(1, 3, 1),
        "cost": np.full((1, 3, 1), 5_00.0),
        "rivals": np.zeros((1, 3)),
        "held": np.array([[0.5, 0.3, 0.2]]),
        "attention": 1.0,
        "switching": 0.0,
        "renewal": 0.0,
        "dissimilarity": 1.0,
    }
    return Research(**(known | changes))  # type: ignore[arg-type]


def problem(
    discount: float = 1.0, bill_attention: float = 0.0, **changes: object
) -> PricingProblem:
    line_value = changes.pop("line_value", np.zeros(3))
    known = research(**changes)
    return pose_problem(known, 0, 20_00, line_value, discount, bill_attention)  # type: ignore[arg-type]


def test_plain_logit_by_hand() -> None:
    """Odds of 1 : 2 : 5."""
    values = np.log(np.array([1.0, 2.0, 5.0]))

    assert nested_shares(values, np.array([0, 1, 1]), 1.0) == pytest.approx([1 / 8, 2 / 8, 5 / 8])


def test_a_nest_of_equals_counts_for_less_than_two_of_them() -> None:
    """Equal values, dissimilarity 1/2: the nest of two has sqrt(2) of the weight of one."""
    shares = nested_shares(np.zeros(3), np.array([0, 1, 1]), 0.5)
    nest = math.sqrt(2.0) / (1.0 + math.sqrt(2.0))

    assert shares == pytest.approx([1.0 - nest, nest / 2.0, nest / 2.0])


def test_a_nest_that_nobody_could_want_has_a_share_of_zero() -> None:
    assert nested_shares(np.array([0.0, -900.0]), np.array([0, 1]), 0.5).tolist() == [1.0, 0.0]


def test_inclusive_value_of_equal_offers() -> None:
    assert inclusive_value(np.array([1.0, 1.0, 1.0]), 0.5) == pytest.approx(1.0 + 0.5 * math.log(3))


def test_transitions_by_hand() -> None:
    """Half look, a tenth is renewed; staying has odds of 3 to 1 against moving."""
    moves = transitions(np.zeros(2), np.array([0, 1]), 1.0, np.full(2, 0.5), math.log(3.0), 0.1)
    leaves = 0.1 * 0.5 + 0.9 * 0.5 * 0.25

    assert moves == pytest.approx(np.array([[1 - leaves, leaves], [leaves, 1 - leaves]]))


def test_stationary_shares_by_hand() -> None:
    """A tenth leaves the first, three tenths the second: three quarters and one."""
    assert stationary_shares(TWO_STATES) == pytest.approx([0.75, 0.25])


def test_a_carrier_that_nobody_joins_ends_with_nothing() -> None:
    first_is_left = np.array([[0.5, 0.5, 0.0], [0.0, 0.9, 0.1], [0.0, 0.3, 0.7]])
    last_is_left = first_is_left[::-1, ::-1].copy()

    assert stationary_shares(first_is_left) == pytest.approx([0.0, 0.75, 0.25])
    assert stationary_shares(last_is_left) == pytest.approx([0.25, 0.75, 0.0])


def test_discounted_shares_by_hand() -> None:
    """From the first alone, x1 - 0.75 shrinks by 0.6 a month; discounted by one half."""
    shares = discounted_shares(TWO_STATES, np.array([1.0, 0.0]), 0.5)
    expected = 0.75 + 0.25 * 0.5 * 0.6 / (1.0 - 0.5 * 0.6)

    assert shares == pytest.approx([expected, 1.0 - expected])


def test_long_run_profit_by_hand() -> None:
    """At 30 yuan the value is -1 against zero twice: a share of e^-1 / (2 + e^-1), 25 yuan each."""
    share = math.exp(-1.0) / (2.0 + math.exp(-1.0))

    assert long_run_profit(problem(), 30_00.0) == pytest.approx(share * 25_00.0)


def test_a_plan_that_cannot_be_had_is_as_if_it_were_not_there() -> None:
    """Beside the one plan, one without a device for it, whose bill would be a fortune."""
    price = np.array([10_00.0, 20_00.0, 40_00.0])
    both = np.stack([2.0 - 0.001 * price, np.full(3, -math.inf)], axis=-1)[None]
    bill = np.stack([price, np.full(3, 1e9)], axis=-1)[None]
    two = problem(value=both, bill=bill, cost=np.full((1, 3, 2), 5_00.0))

    for asked in (10_00.0, 17_00.0, 20_00.0, 40_00.0):
        assert long_run_profit(two, asked) == pytest.approx(long_run_profit(problem(), asked))


def test_users_whom_no_plan_serves_bring_nothing() -> None:
    nothing = np.full((1, 3, 1), -math.inf)

    assert long_run_profit(problem(value=nothing), 30_00.0) == 0.0


def test_lines_with_others_count_by_what_they_are_worth() -> None:
    with_partner = problem(line_value=np.array([1_00.0, 8_00.0, 0.0]))
    share = math.exp(-1.0) / (2.0 + math.exp(-1.0))
    expected = share * 26_00.0 + (1.0 - share) / 2.0 * 8_00.0

    assert long_run_profit(with_partner, 30_00.0) == pytest.approx(expected)


def test_the_own_column_of_the_rivals_is_not_read() -> None:
    odd = np.array([[77.0, 0.0, 0.0]])

    assert long_run_profit(problem(rivals=odd), 15_00.0) == long_run_profit(problem(), 15_00.0)


def test_a_rising_bill_wakes_those_who_would_have_stayed() -> None:
    slow = {"attention": 0.1, "switching": 2.0}
    calm = problem(0.9, 0.0, **slow)
    awake = problem(0.9, 0.5, **slow)

    assert long_run_profit(awake, 15_00.0) == long_run_profit(calm, 15_00.0)
    assert long_run_profit(awake, 30_00.0) < long_run_profit(calm, 30_00.0)


def test_the_best_price_is_found_on_a_kink() -> None:
    """Beyond 20 yuan users lose ten times as fast: the kink is best, to the fen."""
    price = np.array([10_00.0, 20_00.0, 40_00.0])
    value = np.array([0.0, -0.1, -20.1]).reshape(1, 3, 1)
    kinked = problem(value=value, bill=price.reshape(1, 3, 1))

    assert best_price(kinked, 10_00.0, 40_00.0) == pytest.approx(20_00.0, abs=0.02)


def test_the_higher_of_two_peaks_is_taken() -> None:
    """Users do not mind prices on either stretch, only the step between: both ends are peaks."""
    value = np.array([2.0, 2.0, -8.0, -8.0]).reshape(1, 4, 1)
    price = np.array([10_00, 20_00, 21_00, 40_00])
    bill = price.astype(np.float64).reshape(1, 4, 1)
    cost = np.zeros((1, 4, 1))
    two_peaks = problem(price=price, value=value, bill=bill, cost=cost)

    assert best_price(two_peaks, 10_00.0, 40_00.0) == pytest.approx(20_00.0, abs=0.05)
    assert best_price(two_peaks, 21_00.0, 40_00.0) == pytest.approx(40_00.0, abs=0.05)


def test_research_on_other_carriers_than_the_view_is_refused() -> None:
    with pytest.raises(AssertionError, match="differ in carriers"):
        pose_problem(research(), 0, 20_00, np.zeros(2), 1.0, 0.0)

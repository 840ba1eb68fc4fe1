"""What holds of moves, long runs and best prices whatever the market."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.market.views import Research
from sim.mechanisms.learning import logit_choice, pick, update_attractions
from sim.mechanisms.pricing import (
    PricingProblem,
    best_price,
    discounted_shares,
    long_run_profit,
    nested_shares,
    pose_problem,
    stationary_shares,
    transitions,
)
from sim.mechanisms.punishment import shortest_war, simulate_wars, slack

SEEDS = st.integers(0, 10**6)
NEST = np.array([0, 1, 1])


def moves_of(seed: int) -> np.ndarray:
    u = Streams(seed).uniform("moves", 0, 10)
    values, attention = 6.0 * u[:3] - 3.0, u[3:6]
    return transitions(values, NEST, 0.3 + 0.7 * u[6], attention, 5.0 * u[7], 0.01 + 0.2 * u[8])


def problem_of(seed: int, discount: float = 1.0, bill_attention: float = 0.5) -> PricingProblem:
    """Return two types of users, three prices and two plans; higher prices are worth less."""
    u = Streams(seed).uniform("problem", 0, 60)
    price = np.array([5_00, 20_00, 60_00])
    fall = 0.0002 + 0.001 * u[:2].reshape(2, 1, 1)
    value = 4.0 * u[2:6].reshape(2, 1, 2) - fall * price.reshape(1, 3, 1)
    bill = price.reshape(1, 3, 1) * (0.5 + u[6:10].reshape(2, 1, 2))
    weight, held = u[10:12] + 0.01, u[12:18].reshape(2, 3) + 0.01
    research = Research(
        weight=weight / weight.sum(),
        alpha=fall.ravel(),
        price=price,
        value=value,
        bill=bill,
        cost=10_00.0 * u[18:30].reshape(2, 3, 2),
        rivals=3.0 * u[30:36].reshape(2, 3),
        held=held / held.sum(axis=1, keepdims=True),
        attention=float(u[36]),
        switching=4.0 * float(u[37]),
        renewal=0.01 + 0.1 * float(u[38]),
        dissimilarity=0.4 + 0.6 * float(u[39]),
    )
    beside = np.array([3_00.0 * u[40], 0.0, 0.0])
    return pose_problem(research, seed % 3, 20_00, beside, discount, bill_attention)


@given(SEEDS)
def test_lines_are_neither_lost_nor_made(seed: int) -> None:
    moves = moves_of(seed)
    u = Streams(seed).uniform("held", 0, 3) + 0.01

    assert (moves >= 0.0).all()
    assert moves.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-12)
    assert stationary_shares(moves).sum() == pytest.approx(1.0, abs=1e-12)
    assert discounted_shares(moves, u / u.sum(), 0.97).sum() == pytest.approx(1.0, abs=1e-12)


@given(SEEDS)
def test_stationary_shares_stay(seed: int) -> None:
    moves = moves_of(seed)
    shares = stationary_shares(moves)

    assert (shares[:, None] * moves).sum(axis=0) == pytest.approx(shares, abs=1e-12)


@given(SEEDS)
def test_who_does_not_discount_is_in_the_long_run_wherever_lines_start(seed: int) -> None:
    moves = moves_of(seed)
    patient = discounted_shares(moves, np.array([1.0, 0.0, 0.0]), 1.0 - 1e-9)

    assert patient == pytest.approx(stationary_shares(moves), abs=1e-5)


@given(SEEDS)
def test_nested_shares_do_not_mind_what_all_offers_have_in_common(seed: int) -> None:
    values = 6.0 * Streams(seed).uniform("values", 0, 3)

    shifted = nested_shares(values + 11.0, NEST, 0.6)

    assert nested_shares(values, NEST, 0.6) == pytest.approx(shifted, abs=1e-12)


@given(SEEDS, st.sampled_from([0.9, 0.99, 1.0]))
def test_no_price_tried_beats_the_best(seed: int, discount: float) -> None:
    problem = problem_of(seed, discount)
    best = best_price(problem, 5_00.0, 60_00.0)
    most = long_run_profit(problem, best)

    assert 5_00.0 <= best <= 60_00.0
    for price in np.linspace(5_00.0, 60_00.0, 56):
        assert long_run_profit(problem, float(price)) <= most + 1e-6 * abs(most)


@given(SEEDS, st.floats(5_00.0, 59_00.0))
def test_a_dearer_carrier_holds_fewer_lines(seed: int, price: float) -> None:
    """With nothing earned but a worth of one fen a line, profit is the share itself."""
    problem = problem_of(seed)
    unpaid = problem._replace(
        bill=problem.bill * 1.0,
        cost=problem.bill * 1.0,
        line_value=(np.arange(3) == problem.me).astype(np.float64),
    )

    assert 1.0 > long_run_profit(unpaid, price) >= long_run_profit(unpaid, price + 1_00.0) > 0.0


@given(SEEDS, st.floats(0.0, 50.0))
def test_choice_is_a_distribution_that_follows_attraction(seed: int, sensitivity: float) -> None:
    attraction = Streams(seed).uniform("attraction", 0, 5)
    chance = logit_choice(attraction, sensitivity)

    assert chance.sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(chance[np.argsort(attraction)]) >= -1e-15).all()
    assert 0 <= pick(chance, float(Streams(seed).uniform("draw", 0, 1)[0])) < 5


@given(SEEDS)
def test_averaged_attractions_stay_between_what_was_paid(seed: int) -> None:
    """With kappa 0, delta 1 and phi 1, attractions are means of payoffs and of the start."""
    u = Streams(seed).uniform("payoff", 0, 40).reshape(10, 4)
    attraction, experience = u[0].copy(), 1.0
    for payoff in u[1:]:
        attraction, experience = update_attractions(
            attraction, experience, payoff, 0, 1.0, 1.0, 0.0
        )

    assert experience == 10.0
    assert attraction == pytest.approx(u.mean(axis=0))


@given(st.floats(0.01, 0.45), st.floats(0.6, 0.99))
def test_the_shortest_war_deters_and_a_shorter_one_does_not(low: float, discount: float) -> None:
    length = shortest_war(low, discount)
    if length is None:
        assert 2.0 * (1.0 - low) * discount <= 1.0 + 1e-9
    else:
        assert slack(low, discount, length, 1.0) >= 0.0
        assert length == 1 or slack(low, discount, length - 1, 1.0) < 0.0


@given(SEEDS, st.integers(1, 20), st.floats(0.05, 0.9))
def test_every_war_lasts_as_long_as_the_next(seed: int, length: int, low: float) -> None:
    ahead = simulate_wars(Streams(seed).key("demand"), 400, low, length)
    started = np.flatnonzero((ahead[1:] == length) & (ahead[:-1] == 0)) + 1

    for start in started[started < 400 - length]:
        assert ahead[start : start + length + 1].tolist() == list(range(length, -1, -1))

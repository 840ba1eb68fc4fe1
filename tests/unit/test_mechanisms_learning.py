"""Learning from payoffs, by hand."""

import math

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.mechanisms.collusion import Learner, learn_in_turn, learn_to_price, starting_values
from sim.mechanisms.learning import explore, logit_choice, pick, update_attractions, update_q

# Moves pay by the own and the rival's: to defect, the first, pays more whatever the rival does.
DILEMMA = np.array([[1.0, 3.0], [0.0, 2.0]])
KEYS = np.array([Streams(0).key("session", n) for n in range(6)], dtype=np.uint64)


def learner(**changes: object) -> Learner:
    known = Learner(0.2, 1e-3, 0.0, patience=2_000, cap=1_000_000, synchronous=False)
    return known._replace(**changes)  # type: ignore[arg-type]


def test_reinforcement_adds_to_what_was_chosen_and_lets_the_rest_fade() -> None:
    attraction, experience = update_attractions(
        np.array([1.0, 2.0]), 1.0, np.array([5.0, 0.9]), 1, 0.9, 0.0, 1.0
    )

    assert attraction == pytest.approx([0.9, 2.7])
    assert experience == 1.0


def test_beliefs_weigh_what_was_forgone_in_full() -> None:
    attraction, experience = update_attractions(
        np.array([1.0, 2.0]), 1.0, np.array([0.3, 0.9]), 1, 0.9, 1.0, 0.0
    )

    assert attraction == pytest.approx([1.2 / 1.9, 2.7 / 1.9])
    assert experience == pytest.approx(1.9)


def test_half_forgone_is_half_weighed() -> None:
    attraction, _ = update_attractions(np.zeros(2), 0.0, np.array([4.0, 6.0]), 0, 1.0, 0.5, 0.0)

    assert attraction.tolist() == [4.0, 3.0]


def test_logit_choice_by_odds() -> None:
    assert logit_choice(np.array([0.0, math.log(3.0)]), 1.0) == pytest.approx([0.25, 0.75])
    assert logit_choice(np.array([0.0, 9.0]), 0.0).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("draw", "move"), [(0.1, 0), (0.3, 1), (0.99, 2)])
def test_a_draw_picks_by_the_chances_one_after_the_other(draw: float, move: int) -> None:
    assert pick(np.array([0.25, 0.5, 0.25]), draw) == move


def test_a_q_value_moves_towards_reward_and_what_follows() -> None:
    assert update_q(10.0, 2.0, 20.0, 0.5, 0.9) == pytest.approx(0.5 * 10 + 0.5 * (2 + 18))


@pytest.mark.parametrize(("draw", "move"), [(0.0999, 4), (0.001, 0), (0.5, 7)])
def test_one_draw_decides_whether_to_explore_and_where(draw: float, move: int) -> None:
    assert explore(draw, 0.1, 7, 5) == move


def test_the_table_starts_at_the_worth_of_a_rival_that_picks_at_random() -> None:
    start = starting_values(np.stack([DILEMMA, DILEMMA]), 0.5)

    assert start.shape == (2, 4, 2)
    assert start[1, 3].tolist() == [2.0 / 0.5, 1.0 / 0.5]


def test_who_does_not_look_ahead_defects() -> None:
    done = learn_to_price(np.stack([DILEMMA, DILEMMA]), learner(), KEYS)

    assert done.converged.all()
    assert done.cycle.tolist() == [1] * len(KEYS)
    assert done.rung.tolist() == [[0.0, 0.0]] * len(KEYS)
    assert done.profit.tolist() == [[1.0, 1.0]] * len(KEYS)


def test_who_looks_ahead_learns_to_cooperate_at_times() -> None:
    """Asker, Fershtman and Pakes 2022: patience makes collusion, counterfactuals unmake it."""
    patient = learner(discount=0.95, beta=1e-4, patience=10_000)
    many = np.array([Streams(1).key("session", n) for n in range(40)], dtype=np.uint64)
    payoff = np.stack([DILEMMA, DILEMMA])
    done = learn_to_price(payoff, patient, many)
    myopic = learn_to_price(payoff, learner(synchronous=True, beta=1e-2), many)

    assert done.profit.mean() > 1.2
    assert myopic.profit.mean() == 1.0


def test_a_session_that_cannot_settle_ends_at_the_cap_and_says_so() -> None:
    done = learn_to_price(np.stack([DILEMMA] * 2), learner(cap=1_000, patience=2_000), KEYS)

    assert not done.converged.any()
    assert (done.periods == 1_000).all()


def test_a_session_is_its_own_whoever_runs_beside_it() -> None:
    payoff = np.stack([DILEMMA, DILEMMA])
    patient = learner(discount=0.9)
    alone, all_of_them = (learn_to_price(payoff, patient, keys) for keys in (KEYS[3:4], KEYS))

    assert alone.periods[0] == all_of_them.periods[3]
    assert alone.profit[0].tolist() == all_of_them.profit[3].tolist()


def test_two_rungs_in_turn_end_where_undercutting_ends() -> None:
    """Prices 0 and 1/2 in a market of demand 1 - p: only the upper rung earns."""
    payoff = np.array([[0.0, 0.0], [0.0, 0.125]])
    done = learn_in_turn(payoff, 0.3, 0.95, 2_000, KEYS, 200)

    assert done.constant.all()
    assert done.rung == pytest.approx(np.ones(len(KEYS)))
    assert done.profit == pytest.approx(np.full(len(KEYS), 0.125))

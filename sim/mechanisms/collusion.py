"""Sessions in which two Q-learners set prices until neither changes its mind.

The experiment of Calvano, Calzolari, Denicolò and Pastorello (2020, AER 110(10)): each sees
both last prices, explores with chance exp(-beta t), and a session ends when neither greedy
policy has changed for so many periods. A target for verification and for the study of
learned collusion: sessions take millions of periods, managements do not have them.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.streams import uniform_at
from sim.mechanisms.learning import explore, update_q

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Learner(NamedTuple):
    """How both firms learn."""

    alpha: float  # weight of what is new
    beta: float  # exploration has the chance exp(-beta t)
    discount: float  # of a period, below 1
    patience: int  # periods without a change of either policy that end a session
    cap: int  # periods that end it anyway


class Sessions(NamedTuple):
    """What came of each session."""

    converged: NDArray[np.bool_]  # (sessions,)
    periods: Ints  # (sessions,) to the end, patience included
    cycle: Ints  # (sessions,) length of the cycle that the final policies play
    profit: Floats  # (sessions, 2) mean over that cycle
    rung: Floats  # (sessions, 2) mean price over that cycle, in rungs


@inlined
def _best(q: Floats, firm: int, state: int) -> int:
    best = 0
    for move in range(1, q.shape[2]):
        if q[firm, state, move] > q[firm, state, best]:
            best = move
    return best


@kernel
def starting_values(payoff: Floats, discount: float) -> Floats:
    """Return Q against a rival that picks at random for ever: (firms, states, moves).

    Parameters
    ----------
    payoff : (firms, own moves, rival's moves) profit of a period
    discount : of a period, below 1
    """
    firms, moves, _ = payoff.shape
    q = np.zeros((firms, moves * moves, moves))
    for firm in range(firms):
        for move in range(moves):
            q[firm, :, move] = payoff[firm, move].sum() / ((1.0 - discount) * moves)
    return q


@kernel
def _learn(payoff: Floats, learner: Learner, key: np.uint64, policy: Ints) -> tuple[int, int, bool]:
    """Fill in the final greedy policies; return the last state, the periods, convergence."""
    moves = payoff.shape[1]
    q = starting_values(payoff, learner.discount)
    for firm in range(2):
        for state in range(moves * moves):
            policy[firm, state] = _best(q, firm, state)
    # The state is both last moves; the first is drawn.
    state = int(uniform_at(key, 0) * moves) * moves + int(uniform_at(key, 1) * moves)
    unchanged, t = 0, 0
    while unchanged < learner.patience and t < learner.cap:
        chance = math.exp(-learner.beta * t)
        first = explore(uniform_at(key, 2 * t + 2), chance, policy[0, state], moves)
        second = explore(uniform_at(key, 2 * t + 3), chance, policy[1, state], moves)
        after = first * moves + second
        unchanged += 1
        for firm in range(2):
            own, other = (first, second) if firm == 0 else (second, first)
            greedy = policy[firm, state]
            q[firm, state, own] = update_q(
                q[firm, state, own],
                payoff[firm, own, other],
                q[firm, after, policy[firm, after]],
                learner.alpha,
                learner.discount,
            )
            if own == greedy or q[firm, state, own] > q[firm, state, greedy]:
                policy[firm, state] = _best(q, firm, state)
                if policy[firm, state] != greedy:
                    unchanged = 0
        state = after
        t += 1
    return state, t, unchanged >= learner.patience


@kernel
def _play(payoff: Floats, policy: Ints, state: int, profit: Floats, rung: Floats) -> int:
    """Fill in means over the cycle that the policies end in; return the cycle's length."""
    moves = payoff.shape[1]
    for _ in range(moves * moves):  # as many states: from here on the play is in its cycle
        state = policy[0, state] * moves + policy[1, state]
    start, length = state, 0
    while length == 0 or state != start:
        first, second = policy[0, state], policy[1, state]
        profit[0] += payoff[0, first, second]
        profit[1] += payoff[1, second, first]
        rung[0] += first
        rung[1] += second
        state = first * moves + second
        length += 1
    profit /= length
    rung /= length
    return length


@parallel_kernel
def learn_to_price(payoff: Floats, learner: Learner, keys: NDArray[np.uint64]) -> Sessions:
    """Return what independent sessions end in.

    Parameters
    ----------
    payoff : (2, moves, moves) profit of each firm by its own and the rival's price rung
    learner : how both learn
    keys : (sessions,) the stream of each session
    """
    count, states = keys.shape[0], payoff.shape[1] * payoff.shape[1]
    converged = np.zeros(count, dtype=np.bool_)
    periods, cycle = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    profit, rung = np.zeros((count, 2)), np.zeros((count, 2))
    for session in prange(count):
        policy = np.zeros((2, states), dtype=np.int64)
        state, t, settled = _learn(payoff, learner, keys[session], policy)
        converged[session], periods[session] = settled, t
        cycle[session] = _play(payoff, policy, state, profit[session], rung[session])
    return Sessions(converged, periods, cycle, profit, rung)

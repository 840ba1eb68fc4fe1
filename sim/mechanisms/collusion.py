"""Sessions in which two Q-learners set prices against each other.

At once: the experiment of Calvano, Calzolari, Denicolò and Pastorello (2020, AER 110(10)). Each
sees both last prices and explores with chance exp(-beta t); a session ends when neither greedy
policy has changed for so many periods. In turn: that of Klein (2021, RAND 52(3)), after Maskin
and Tirole (1988). Targets for verification and for the study of learned collusion: sessions
take up to millions of periods, managements do not have them.
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
    synchronous: bool  # learn about all moves at once, from what each would have earned


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
    unchanged, t, chance, fall = 0, 0, 1.0, math.exp(-learner.beta)
    while unchanged < learner.patience and t < learner.cap:
        first = explore(uniform_at(key, 2 * t + 2), chance, policy[0, state], moves)
        second = explore(uniform_at(key, 2 * t + 3), chance, policy[1, state], moves)
        after = first * moves + second
        unchanged += 1
        for firm in range(2):
            own, other = (first, second) if firm == 0 else (second, first)
            greedy = policy[firm, state]
            before = q[firm, state, own]
            tried = range(moves) if learner.synchronous else range(own, own + 1)
            for move in tried:
                to = move * moves + other if firm == 0 else other * moves + move
                q[firm, state, move] = update_q(
                    q[firm, state, move],
                    payoff[firm, move, other],
                    q[firm, to, policy[firm, to]],
                    learner.alpha,
                    learner.discount,
                )
            if learner.synchronous or (own == greedy and q[firm, state, own] < before):
                policy[firm, state] = _best(q, firm, state)
            elif q[firm, state, own] > q[firm, state, greedy]:
                policy[firm, state] = own
            if policy[firm, state] != greedy:
                unchanged = 0
        state = after
        t += 1
        chance *= fall
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


class InTurn(NamedTuple):
    """What sessions of firms that move in turn end in, over their last periods."""

    profit: Floats  # (sessions,) mean of both firms, a period
    rung: Floats  # (sessions,) mean of the lower price, in rungs
    constant: NDArray[np.bool_]  # (sessions,) no price was changed


@kernel
def _learn_in_turn(
    payoff: Floats, alpha: float, discount: float, half: int, key: np.uint64, window: int
) -> tuple[float, float, bool]:
    moves = payoff.shape[0]
    q = np.zeros((2, moves, moves))  # by the rival's price and the own move
    price = np.array([int(uniform_at(key, 0) * moves), int(uniform_at(key, 1) * moves)])
    seen, made, earned = np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2)
    profit, lower, changes = 0.0, 0.0, 0
    chance, fall = 1.0, math.exp(math.log(0.001) / half)
    for t in range(2 * half):
        firm, rival = t % 2, price[1 - t % 2]
        if t >= 2:  # the rival has answered the own last move
            state, move = seen[firm], made[firm]
            reward = earned[firm] + discount * payoff[move, rival]
            q[firm, state, move] = update_q(
                q[firm, state, move], reward, q[firm, rival].max(), alpha, discount * discount
            )
        greedy = int(np.argmax(q[firm, rival]))
        move = explore(uniform_at(key, t + 2), chance, greedy, moves)
        chance *= fall
        late = t >= 2 * half - window
        if late and move != price[firm]:
            changes += 1
        price[firm], seen[firm], made[firm] = move, rival, move
        earned[firm] = payoff[move, rival]
        if late:
            profit += (payoff[move, rival] + payoff[rival, move]) / 2.0
            lower += min(move, rival)
    return profit / window, lower / window, changes == 0


@parallel_kernel
def learn_in_turn(
    payoff: Floats,
    alpha: float,
    discount: float,
    half: int,
    keys: NDArray[np.uint64],
    window: int,
) -> InTurn:
    """Return what sessions of firms that move in turn end in (Klein 2021).

    Who moves learns from two periods, its own and the rival's answer, and the worth of what
    follows: Q' = (1 - alpha) Q + alpha (pi + d pi' + d^2 max Q). Q starts at nothing.

    Parameters
    ----------
    payoff : (moves, moves) profit by the own and the rival's rung
    alpha : weight of what is new
    discount : d, of a period
    half : periods after which the chance to explore is 0.1 %; a session has twice as many
    keys : (sessions,) the stream of each session
    window : last periods over which results are taken
    """
    count = keys.shape[0]
    profit, rung = np.zeros(count), np.zeros(count)
    constant = np.zeros(count, dtype=np.bool_)
    for session in prange(count):
        profit[session], rung[session], constant[session] = _learn_in_turn(
            payoff, alpha, discount, half, keys[session], window
        )
    return InTurn(profit, rung, constant)

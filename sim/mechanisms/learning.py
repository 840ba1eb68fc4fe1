"""How firms learn from what their moves earn: attractions, logit choice, Q-values.

Experience-weighted attraction (Camerer and Ho 1999) holds reinforcement and belief learning
as limits. Q-learning (Watkins and Dayan 1992) is the rule of the studies of algorithmic
collusion (Calvano, Calzolari, Denicolò and Pastorello 2020).
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp
from sim.core.kernels import inlined, kernel

type Floats = NDArray[np.float64]


@kernel
def update_attractions(
    attraction: Floats,
    experience: float,
    payoff: Floats,
    chosen: int,
    phi: float,
    delta: float,
    kappa: float,
) -> tuple[Floats, float]:
    """Return next attractions and experience (Camerer and Ho 1999, eq. 2.1 and 2.2).

    N' = phi (1 - kappa) N + 1 and A_k' = (phi N A_k + [delta + (1 - delta) 1{k chosen}] pi_k) / N'.

    Parameters
    ----------
    attraction : (moves,) A
    experience : N
    payoff : (moves,) pi, what each move earned or would have earned
    chosen : the move that was made
    phi : weight of the past
    delta : weight of payoffs forgone; 1 is belief learning, 0 reinforcement
    kappa : 0 averages payoffs, 1 cumulates them
    """
    after = phi * (1.0 - kappa) * experience + 1.0
    updated = np.empty_like(attraction)
    for k in range(attraction.shape[0]):
        weight = 1.0 if k == chosen else delta
        updated[k] = (phi * experience * attraction[k] + weight * payoff[k]) / after
    return updated, after


@kernel
def logit_choice(attraction: Floats, sensitivity: float) -> Floats:
    """Return the chance of each move, proportional to exp(sensitivity · attraction): (moves,)."""
    top = attraction.max()
    chance = np.empty_like(attraction)
    for k in range(attraction.shape[0]):
        chance[k] = exp(sensitivity * (attraction[k] - top))
    total = chance.sum()
    for k in range(attraction.shape[0]):
        chance[k] /= total
    return chance


@inlined
def pick(chance: Floats, draw: float) -> int:
    """Return the move that a uniform draw picks, by inverse CDF."""
    last: int = chance.shape[0] - 1
    passed = 0.0
    for k in range(last):
        passed += chance[k]
        if draw < passed:
            return k
    return last


@inlined
def update_q(value: float, reward: float, best_next: float, alpha: float, discount: float) -> float:
    """Return (1 - alpha) Q + alpha (reward + discount · max Q next) (Watkins and Dayan 1992)."""
    return (1.0 - alpha) * value + alpha * (reward + discount * best_next)


@inlined
def explore(draw: float, chance: float, greedy: int, moves: int) -> int:
    """Return the greedy move, or any with the given chance; one draw decides on both."""
    return int(draw / chance * moves) if draw < chance else greedy

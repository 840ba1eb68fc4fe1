"""Price wars that hold a tacit agreement together (Green and Porter 1984; Tirole 1988, 6.7).

Two firms share a monopoly's profit while they cooperate. Demand is low with chance alpha a
month, unseen; a firm that earns nothing cannot tell bad luck from a rival's price cut, so a
war of T months follows either way. It must be long enough that nobody cuts a price, and no
longer, since it is fought by mistake.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.streams import uniform_at


@kernel
def months_of_war(left: int, suspicion: bool, length: int) -> int:
    """Return how many months of war lie ahead, this one included.

    Parameters
    ----------
    left : months of war that lay ahead a month ago, that one included
    suspicion : last month gave reason to suspect a rival; in a war it does not count
    length : months that a war lasts
    """
    if left > 0:
        return left - 1
    return length if suspicion else 0


def value_of_peace(low: float, discount: float, length: float, profit: float) -> float:
    """Return what a cooperating firm expects, V+ (Tirole 1988, eq. 6.17).

    V+ = (1 - alpha)(profit / 2 + d V+) + alpha d^(T+1) V+, with alpha the chance of `low` demand,
    d the discount factor below 1, T the `length` of a war (infinite: for ever) and `profit`
    that of a monopoly.
    """
    later = (1.0 - low) * discount + low * math.pow(discount, length + 1)
    return (1.0 - low) * profit / 2.0 / (1.0 - later)


def slack(low: float, discount: float, length: float, profit: float) -> float:
    """Return what a firm loses by a secret price cut; below zero the agreement breaks.

    V+ - (1 - alpha) · profit - d^(T+1) V+: whoever cuts has the whole market once, and a war.
    """
    peace = value_of_peace(low, discount, length, profit)
    return peace - (1.0 - low) * profit - math.pow(discount, length + 1) * peace


def shortest_war(low: float, discount: float) -> int | None:
    """Return the fewest months of war that deter price cuts; None where no length does.

    Slack rises with T towards that of a war for ever, which is above zero iff
    2 (1 - alpha) d > 1.
    """
    if slack(low, discount, math.inf, 1.0) <= 0.0:
        return None
    length = 1
    while slack(low, discount, length, 1.0) < 0.0:
        length += 1
    return length


@kernel
def simulate_wars(key: np.uint64, months: int, low: float, length: int) -> NDArray[np.int64]:
    """Return the months of war ahead in each month, with demand drawn from the stream `key`."""
    ahead = np.zeros(months, dtype=np.int64)
    for month in range(1, months):
        bad = uniform_at(key, month) < low
        ahead[month] = months_of_war(ahead[month - 1], bad, length)
    return ahead

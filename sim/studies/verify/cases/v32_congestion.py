"""V32: congestible carriers, whose users flee the delay that they cause."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.congestion import delay
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.cases.v03_nested_logit import ask_odds
from sim.studies.verify.solvers import root
from sim.studies.verify.tastes import plain_tastes

type Floats = NDArray[np.float64]


class Queues(Parameters):
    """Carriers of different capacity, and no line at all."""

    xi: tuple[float, float, float] = given("qualities, utils")
    K: tuple[float, float, float] = given("capacities, in shares of all users")
    psi: float = given("cost of a unit of delay, utils", ge=0)
    load_per_share: float = given("load that all users together would be", gt=0)
    v0: float = given("worth of no line, utils")
    rounds: int = chosen("rounds of damped adjustment", 400, ge=50)


@case("V32", kind="mechanism", stored_to=1e-8)
def congestion(p: Queues) -> Iterator[Check]:
    """Let choice and delay answer each other through the market's own rules until they agree.

    Delay of a queue, 1/(K - load): the market's 1/(1 - load/K) over K.
    """
    share, free = _theory(p), _shares(p, np.zeros(3))
    got = free
    for _ in range(p.rounds):
        got = 0.7 * got + 0.3 * _shares(p, _delay(p, got))
    capacity = np.array(p.K)
    load = p.load_per_share * share
    yield Check("shares", share, got, 1e-8)
    yield Check("utilisation", load / capacity, p.load_per_share * got / capacity, 1e-8)
    yield Check("delay", 1.0 / (capacity - load), _delay(p, got), 1e-7)
    weight = np.exp(np.array([*p.xi, p.v0]))
    yield Check("no_congestion_shares", (weight / weight.sum())[:3], free, 1e-9)


def _delay(p: Queues, share: Floats) -> Floats:
    capacity = np.array(p.K)
    waiting: Floats = delay(p.load_per_share * share / capacity) / capacity
    return waiting


def _shares(p: Queues, queueing: Floats) -> Floats:
    """Return the carriers' shares at given delays, by the market's carrier odds."""
    values = np.append(np.array(p.xi) - p.psi * queueing, p.v0)
    out = np.empty(4)
    ask_odds(np.exp(values), plain_tastes(4), out)
    return out[:3]


def _theory(p: Queues) -> Floats:
    """Return the fixed point: for each chance of no line, every share solves its own equation."""
    capacity = np.array(p.K)

    def share(j: int, outside: float) -> float:
        top = min(1.0, capacity[j] / p.load_per_share) * (1 - 1e-12)

        def gap(s: float) -> float:
            worth = p.xi[j] - p.psi / (capacity[j] - p.load_per_share * s)
            return float(np.log(s) - np.log(outside) - worth + p.v0)

        return root(gap, 1e-15, top)

    outside = root(lambda s0: sum(share(j, s0) for j in range(3)) + s0 - 1.0, 1e-9, 1 - 1e-9)
    return np.array([share(j, outside) for j in range(3)])

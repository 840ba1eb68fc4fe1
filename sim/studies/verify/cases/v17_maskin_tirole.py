"""V17: two sellers who move in turn: a kinked demand curve, and an Edgeworth cycle."""

from collections.abc import Callable, Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.studies.verify import Check, Parameters, case, chosen
from sim.studies.verify.solvers import Floats, root

_TOP = 6  # prices are i/6
_PRICES = np.arange(_TOP + 1) / _TOP
_FOCAL = 3


class Patience(Parameters):
    """Demand 1 − p, no cost, seven prices."""

    deltas: tuple[Annotated[float, Field(ge=0.6, lt=1)], ...] = chosen(
        "discount factors of one move", (0.8, 0.9, 0.95, 0.99), min_length=1
    )


@case("V17", kind="reference")
def alternating_moves(p: Patience) -> Iterator[Check]:
    """Evaluate policies as linear systems, mix by indifference, then try every deviation.

    Maskin and Tirole (1988), examples 1 and 2; kinked: β = P(p1 → p3) is one less
    P(p1 → p1) = (5 + δ)/(5δ + 9δ²).
    """
    names = [f"{delta:g}" for delta in p.deltas]
    for name, delta in zip(names, p.deltas, strict=True):
        kinked = _mixing(_kinked, 1, (1, 3), delta)
        cycle = _mixing(_edgeworth, 0, (0, 5), delta)
        rise, jump = 1 - (5 + delta) / (5 * delta + 9 * delta**2), _closed_cycle(delta)
        yield Check(f"beta_closed_form.{name}", rise, kinked, 1e-9)
        yield from _equilibrium(name, "kinked_beta", rise, kinked, _kinked(kinked), delta)
        yield from _equilibrium(name, "edgeworth_alpha", jump, cycle, _edgeworth(cycle), delta)
        yield Check(f"focal price, δ = {name}", 0.5, _rest(_kinked(kinked)), 1e-9)


def _equilibrium(
    name: str, which: str, closed: float, mixing: float, policy: Floats, delta: float
) -> Iterator[Check]:
    """Hold the mixing against theory, and every deviation from the policy against nothing."""
    quantity = f"results.{name}.{which}_and_max_deviation_gain"
    yield Check(quantity, (closed, 0.0), (mixing, _gain(policy, delta)), 1e-9)


def _closed_cycle(delta: float) -> float:
    """Return P(p0 → p5) of the cycle: the mover is indifferent between relenting and waiting.

    Down the cycle V(p0) = δ²V(p4), V(p4) = π3 + δ²V(p2), V(p2) = π1 + δ²V(p0), and on the way
    that begins after relenting V(p5) = π4 + δ²(π2 + δ²V(p0)).
    """
    profit = _PRICES * (1 - _PRICES)
    square = delta**2
    bottom = square * (profit[3] + square * profit[1]) / (1 - square**3)
    top = profit[4] + square * (profit[2] + square * bottom)
    return float(bottom * (1 - square) / (square * (top - bottom)))


def _kinked(mixing: float) -> Floats:
    """Return P(own price | rival's price), (rival, own); from p1 up to p3 with `mixing`."""
    policy = np.zeros((_TOP + 1, _TOP + 1))
    policy[[0, 3, 4, 5, 6], _FOCAL] = 1.0
    policy[2, 1] = 1.0
    policy[1, _FOCAL], policy[1, 1] = mixing, 1.0 - mixing
    return policy


def _edgeworth(mixing: float) -> Floats:
    """Return P(own price | rival's price), (rival, own); from p0 up to p5 with `mixing`."""
    policy = np.zeros((_TOP + 1, _TOP + 1))
    policy[[1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 4]] = 1.0
    policy[0, 5], policy[0, 0] = mixing, 1.0 - mixing
    return policy


def _earned() -> Floats:
    """Return one period's profit, (own price, rival's price): the lower price takes all."""
    own, rival = _PRICES[:, None], _PRICES[None, :]
    share = np.where(own < rival, 1.0, np.where(own == rival, 0.5, 0.0))
    return np.asarray(share * own * (1.0 - own))


def _actions(policy: Floats, delta: float) -> Floats:
    """Return the value of each price to the mover, (rival's price, own price).

    The mover's value V(r) = Σ P(s|r) [π(s, r) + δW(s)]; while held to s, a seller has
    W(s) = Σ P(r|s) [π(s, r) + δV(r)]: one linear system in V and W.
    """
    profit, size = _earned(), _TOP + 1
    moved = np.einsum("rs,sr->r", policy, profit)
    held = np.einsum("sr,sr->s", policy, profit)
    system = np.eye(2 * size)
    system[:size, size:] -= delta * policy
    system[size:, :size] -= delta * policy
    values = np.linalg.solve(system, np.concatenate([moved, held]))
    return np.asarray(profit.T + delta * values[None, size:])


def _mixing(
    policy: Callable[[float], Floats], rival: int, prices: tuple[int, int], delta: float
) -> float:
    """Return the mixing at which the mover, facing `rival`, is indifferent between two prices."""

    def advantage(mixing: float) -> float:
        values = _actions(policy(mixing), delta)[rival]
        return float(values[prices[1]] - values[prices[0]])

    return root(advantage, 0.0, 1.0)


def _gain(policy: Floats, delta: float) -> float:
    """Return the most that any single deviation gains, over all states and prices."""
    values = _actions(policy, delta)
    return float((values.max(axis=1) - (policy * values).sum(axis=1)).max())


def _rest(policy: Floats) -> float:
    """Return the mean price that alternating moves end at, from any start."""
    long_run = np.linalg.matrix_power(policy, 4_096)
    return float((long_run.mean(axis=0) * _PRICES).sum())

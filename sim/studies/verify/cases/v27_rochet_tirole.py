"""V27: a monopoly that sets the price of two sides."""

from collections.abc import Callable, Iterator
from math import exp

import numpy as np

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.solvers import Floats, argmax_of

type Demand = Callable[[float], float]

_STEP = 1e-5


class Meeting(Parameters):
    """A transaction needs both sides: D = D_B·D_S, buyers' demand 1 − p."""

    c: float = given("cost of a transaction", gt=-0.5, lt=0.9)
    g: float = given("scale of the sellers' exponential demand exp(−p/g)", gt=0.1, lt=0.9)


@case("V27", kind="reference")
def two_sided_monopoly(p: Meeting) -> Iterator[Check]:
    """Search both prices; then take the elasticities at them.

    Rochet and Tirole (2003), proposition 1: p − c = p/η and p_B/η_B = p_S/η_S.
    """
    linear, sellers = (lambda x: 1.0 - x), (lambda x: exp(-x / p.g))
    even = (1 + p.c) / 3
    for prefix, second, expected in (
        ("linear_", linear, (even, even)),
        ("exp_case.", sellers, (1 - p.g, 2 * p.g + p.c - 1)),
    ):
        found = _prices(p.c, linear, second)
        yield Check(f"{prefix}pB", expected[0], found[0], 1e-6)
        yield Check(f"{prefix}pS", expected[1], found[1], 1e-6)
        worth = [
            _semi_elasticity(d, x) for d, x in zip((linear, second), map(float, found), strict=True)
        ]
        margin = float(found.sum()) - p.c
        yield Check(f"{prefix}p − c = p_B/η_B", margin, 1 / worth[0], 1e-6)
        yield Check(f"{prefix}p_B/η_B = p_S/η_S", 1 / worth[0], 1 / worth[1], 1e-6)


def _prices(cost: float, buyers: Demand, sellers: Demand) -> Floats:
    """Return the prices, (buyers, sellers), that earn most."""

    def profit(x: Floats) -> float:
        return float((x.sum() - cost) * buyers(float(x[0])) * sellers(float(x[1])))

    return argmax_of(profit, np.full(2, cost / 2 + 0.1))


def _semi_elasticity(demand: Demand, price: float) -> float:
    """Return η/p = −D′/D."""
    slope = (demand(price + _STEP) - demand(price - _STEP)) / (2 * _STEP)
    return -slope / demand(price)

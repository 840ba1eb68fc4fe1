"""V15: two sellers with too little capacity to serve all, too much to stay at peace."""

from collections.abc import Iterator
from math import log
from typing import Self

import numpy as np
from pydantic import model_validator

from sim.core.streams import Streams
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.mixing import area_above, drawn, ks_distance, sampled
from sim.studies.verify.solvers import Floats, root

_KS_AT_1_PERCENT = 1.628  # critical value of √n·D (Kolmogorov)


class Capacities(Parameters):
    """Two sellers of equal capacity; the dearer serves whom the cheaper cannot."""

    reservation_price: float = given("most that a user pays", gt=0)
    demand: float = given("users", gt=0)
    capacity: float = given("users that one seller can serve", at="capacity_each", gt=0)
    cost: float = given("unit cost", ge=0)
    draws: int = chosen("simulated meetings of the two sellers", 200_000, ge=1_000)
    seed: int = chosen("seed of the draws", 0, ge=0)

    @model_validator(mode="after")
    def _prices_are_mixed(self) -> Self:
        if not self.demand / 2 < self.capacity < self.demand:
            raise ValueError("prices are mixed only if demand/2 < capacity < demand")
        if self.cost >= self.reservation_price:
            raise ValueError("cost must be below reservation_price")
        return self


@case("V15", kind="reference")
def bertrand_edgeworth(p: Capacities) -> Iterator[Check]:
    """Solve the mixture price by price from indifference; then let sellers who draw from it meet.

    Levitan and Shubik (1972): F(m) = (k − A/m)/(2k − D) over margins m, A = (r − c)(D − k).
    """
    r, k, rest = p.reservation_price, p.capacity, p.demand - p.capacity
    worth = (r - p.cost) * rest  # what is earned at the reservation price, undercut for sure
    lowest = root(lambda price: _profit(p, price, 0.0) - _profit(p, r, 1.0), p.cost, r)
    mean = lowest + area_above(lambda price: _cdf(p, price), lowest, r)
    median = root(lambda price: _cdf(p, price) - 0.5, lowest, r)
    yield Check("support", (p.cost + worth / k, r), (lowest, r), 1e-6)
    expected = p.cost + worth / (k - rest) * log(k / rest)
    yield Check("mean_price", expected, mean, 1e-6)
    yield Check("median_price", p.cost + 2 * worth / p.demand, median, 1e-6)
    yield Check("profit_each", worth, _profit(p, float(median), 0.5), 1e-6)
    streams = Streams(p.seed)
    prices = drawn(
        streams, "verify.V15.price", p.draws, 2, lambda x: _cdf(p, x), (float(lowest), r)
    )
    yield sampled("simulated mean price", expected, prices.ravel())
    yield sampled("simulated profit", worth, _sales(p, prices))
    closed = (k - worth / (prices[:, 0] - p.cost)) / (k - rest)
    bound = _KS_AT_1_PERCENT / np.sqrt(p.draws)
    yield Check("Kolmogorov distance of prices", 0.0, ks_distance(closed), float(bound))


def _profit(p: Capacities, price: float, cheaper: float) -> float:
    """Return what a price earns if the rival is cheaper with chance `cheaper`."""
    sold = (1.0 - cheaper) * p.capacity + cheaper * (p.demand - p.capacity)
    return (price - p.cost) * sold


def _cdf(p: Capacities, price: float) -> float:
    """Return the chance of a cheaper rival at which this price earns what the highest does."""
    target = _profit(p, p.reservation_price, 1.0)
    return root(lambda cheaper: _profit(p, price, cheaper) - target, -0.01, 1.01)


def _sales(p: Capacities, prices: Floats) -> Floats:
    """Return what the first seller earns in each meeting, (draws,), by rationing."""
    own, rival = prices[:, 0], prices[:, 1]
    sold = np.where(own < rival, p.capacity, p.demand - p.capacity)
    return np.asarray((own - p.cost) * sold)

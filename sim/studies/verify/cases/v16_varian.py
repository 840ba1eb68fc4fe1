"""V16: sales. Captive users pay any price, shoppers take the lowest."""

from collections.abc import Iterator

import numpy as np
from scipy.special import hyp2f1

from sim.core.streams import Streams
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.mixing import area_above, drawn, sampled
from sim.studies.verify.solvers import Floats, root


class Sales(Parameters):
    """Equal sellers, each with its part of the captive users."""

    n: int = given("sellers", ge=2, le=20)
    captive: float = given("captive users of all sellers", at="captive_total", gt=0)
    shoppers: float = given("users who know all prices", gt=0)
    reservation: float = given("most that a user pays", gt=0)
    c: float = given("unit cost", ge=0)
    draws: int = chosen("simulated months", 200_000, ge=1_000)
    seed: int = chosen("seed of the draws", 0, ge=0)


@case("V16", kind="reference")
def model_of_sales(p: Sales) -> Iterator[Check]:
    """Solve the mixture price by price from indifference; then let sellers who draw from it meet.

    Varian (1980). With q = 1 − F the price is c + φ(r − c)/(φ + S q^(n−1)), whose integral over q
    is a hypergeometric function.
    """
    margin, own = p.reservation - p.c, p.captive / p.n
    average = float(hyp2f1(1, 1 / (p.n - 1), p.n / (p.n - 1), -p.shoppers / own))
    mean = p.c + margin * average
    mean_min = p.c + margin * p.captive / p.shoppers * (1 - average)
    lowest = root(lambda x: _profit(p, x, 0.0) - own * margin, p.c, p.reservation)
    ends = (lowest, p.reservation)
    found = lowest + area_above(lambda x: _cdf(p, x), *ends)
    found_min = lowest + area_above(lambda x: 1 - (1 - _cdf(p, x)) ** p.n, *ends)
    revenue = p.captive * found + p.shoppers * found_min
    yield Check("profit_each", own * margin, _profit(p, found, _cdf(p, found)), 1e-6)
    bottom = p.c + margin * own / (own + p.shoppers)
    yield Check("support", (bottom, p.reservation), ends, 1e-6)
    yield Check("mean_price", mean, found, 1e-6)
    yield Check("mean_min_price", mean_min, found_min, 1e-6)
    total = p.captive * margin + p.c * (p.captive + p.shoppers)
    yield Check("industry_revenue", total, revenue, 1e-6)
    prices = drawn(Streams(p.seed), "verify.V16.price", p.draws, p.n, lambda x: _cdf(p, x), ends)
    yield sampled("simulated mean price", mean, prices[:, 0])
    yield sampled("simulated mean of the lowest price", mean_min, prices.min(axis=1))
    yield sampled("simulated profit", own * margin, _earned(p, prices))


def _profit(p: Sales, price: float, cheaper: float) -> float:
    """Return what a price earns if each rival is cheaper with chance `cheaper`."""
    lowest_of_all = (1.0 - cheaper) ** (p.n - 1)
    return (price - p.c) * (p.captive / p.n + p.shoppers * lowest_of_all)


def _cdf(p: Sales, price: float) -> float:
    """Return the chance of a cheaper rival at which this price earns what the highest does."""
    target = _profit(p, p.reservation, 1.0)
    if _profit(p, price, 0.0) <= target:
        return 0.0
    return root(lambda cheaper: _profit(p, price, cheaper) - target, 0.0, 1.0)


def _earned(p: Sales, prices: Floats) -> Floats:
    """Return what the first seller earns in each month, (draws,)."""
    wins = prices[:, 0] == prices.min(axis=1)
    return np.asarray((prices[:, 0] - p.c) * (p.captive / p.n + p.shoppers * wins))

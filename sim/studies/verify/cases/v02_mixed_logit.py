"""V02: the mixed logit, users differing in what money is worth to them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.limits import Limit, line_shares, market_of, stepped

type Floats = NDArray[np.float64]


class Incomes(Parameters):
    """Three carriers, no line at all, and a lognormal price sensitivity."""

    xi: tuple[float, float, float] = given("qualities, utils")
    price: tuple[float, float, float] = given("prices of a line")
    v_outside: float = given("worth of no line, utils")
    alpha: float = chosen("median of alpha, utils per unit of money", 0.02, gt=0)
    spread: float = given("standard deviation of log alpha", at="ln_alpha_sd", gt=0, lt=2)
    tiers: int = chosen("income tiers that stand for the distribution", 40, ge=2, le=100)
    nudge: float = chosen("relative change of price for elasticities", 1e-4, gt=0, lt=0.01)


@case("V02", kind="market")
def mixed_logit(p: Incomes) -> Iterator[Check]:
    """Let the whole market choose once, its income tiers at the nodes of Gauss and Hermite."""
    share, own = _theory(p)
    shares, outside = _once(p, p.price)
    yield Check("shares", share[:3], shares, 1e-6)
    yield Check("s0", share[3], outside, 1e-6)
    yield Check("own_elasticities", own, [_elasticity(p, k) for k in range(3)], 1e-6)


def _theory(p: Incomes) -> tuple[Floats, Floats]:
    """Return shares and own elasticities by fine quadrature over the density."""
    z = np.linspace(-9.0, 9.0, 20_001)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    alpha, price = p.alpha * np.exp(p.spread * z), np.array(p.price)
    values = np.array(p.xi)[:, None] - price[:, None] * alpha
    values = np.vstack([values, np.full_like(z, p.v_outside)])
    chance = np.exp(values) / np.exp(values).sum(axis=0)
    share = (chance * weight).sum(axis=1)
    slope = -(alpha * chance[:3] * (1 - chance[:3]) * weight).sum(axis=1)
    return share, slope * price / share[:3]


def _once(p: Incomes, price: tuple[float, ...]) -> tuple[Floats, float]:
    """Return the carriers' shares and that of no line."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(p.tiers)
    kept = weights / weights.sum() > 1e-15
    share = weights[kept] / weights[kept].sum()
    tiers = dict(zip(np.exp(p.spread * nodes[kept]).tolist(), share.tolist(), strict=True))
    limit = Limit(alpha=p.alpha, quality=p.xi, price=price, outside=p.v_outside, incomes=tiers)
    return line_shares(stepped(market_of(limit), 1))


def _elasticity(p: Incomes, k: int) -> float:
    """Return the elasticity of carrier k's share by its own price."""
    above, below = list(p.price), list(p.price)
    above[k] *= 1 + p.nudge
    below[k] *= 1 - p.nudge
    up, down = _once(p, tuple(above))[0][k], _once(p, tuple(below))[0][k]
    return float(np.log(up / down) / np.log(above[k] / below[k]))

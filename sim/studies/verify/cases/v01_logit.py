"""V01: shares, elasticities and inclusive value of the multinomial logit."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.model.market import PANEL
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.limits import UNIT, Limit, line_shares, market_of, stepped

type Floats = NDArray[np.float64]


class Lines(Parameters):
    """Three carriers and no line at all."""

    xi: tuple[float, float, float] = given("qualities, utils")
    alpha: float = given("utils per unit of money", gt=0)
    price: tuple[float, float, float] = given("prices of a line")
    v_outside: float = given("worth of no line, utils")
    nudge: float = chosen("relative change of price for elasticities", 1e-4, gt=0, lt=0.01)


@case("V01", kind="market")
def logit(p: Lines) -> Iterator[Check]:
    """Let the whole market choose once: covered by nothing, attentive, at no cost of switching."""
    values = np.array([*(np.array(p.xi) - p.alpha * np.array(p.price)), p.v_outside])
    share = np.exp(values) / np.exp(values).sum()
    inside = share[:3]
    shares, outside, logsum = _once(p, p.price)
    yield Check("shares", inside, shares, 1e-6)
    yield Check("s0", share[3], outside, 1e-6)
    yield Check("logsum", np.log(np.exp(values).sum()), logsum, 1e-6)
    yield Check(
        "CS_per_user_net_of_Euler", np.log(np.exp(values).sum()) / p.alpha, logsum / p.alpha, 1e-6
    )
    price = np.array(p.price)
    slopes = np.array([_elasticities(p, k) for k in range(3)])  # (price, share)
    yield Check("own_elasticities", -p.alpha * price * (1 - inside), np.diag(slopes), 1e-6)
    crossed = [slopes[k, (k + 1) % 3] for k in range(3)]
    yield Check("cross_elasticities", p.alpha * price * inside, crossed, 1e-6)


def _once(p: Lines, price: tuple[float, ...]) -> tuple[Floats, float, float]:
    """Return the carriers' shares, that of no line, and the inclusive value."""
    market = stepped(
        market_of(Limit(alpha=p.alpha, quality=p.xi, price=price, outside=p.v_outside)), 1
    )
    shares, outside = line_shares(market)
    # The month's surplus counts its twelfth of the segments twelve times; here that is all.
    lines = market.world.population.lines.sum() / market.world.population.unit
    logsum = float(market.surplus.sum()) / PANEL / lines / UNIT * p.alpha
    return shares, outside, logsum


def _elasticities(p: Lines, k: int) -> Floats:
    """Return the elasticities of the shares by the price of carrier k: (carriers,)."""
    above, below = list(p.price), list(p.price)
    above[k] *= 1 + p.nudge
    below[k] *= 1 - p.nudge
    up, down = _once(p, tuple(above))[0], _once(p, tuple(below))[0]
    ratio: Floats = np.log(up / down) / np.log(above[k] / below[k])
    return ratio

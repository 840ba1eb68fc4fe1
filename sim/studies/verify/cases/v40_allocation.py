"""V40: what it is worth to split one's own quota over uses, or to trade it."""

from collections.abc import Iterator

import numpy as np
from scipy.optimize import brentq, minimize

from sim.mechanisms.allocation import (
    free_allocation,
    trade_price,
    traded_allocation,
    usable_part,
)
from sim.studies.verify import Check, Parameters, case, chosen, given


class Quota(Parameters):
    """A quota, uses of different scale, and users of different scale who may trade."""

    epsilon: float = given("elasticity", gt=0, lt=1)
    theta: tuple[float, ...] = given("scales of use", min_length=2)
    Q: float = given("quota, GB", gt=0)
    traders: tuple[float, ...] = chosen("scales of users who trade", (0.2, 1.0, 3.0))
    endowment: float = chosen("quota of each of them, GB", 1.0, gt=0)


@case("V40", kind="mechanism", stored_to=1e-8, left_out={"net_trade.*": "allocation less quota"})
def allocation(p: Quota) -> Iterator[Check]:
    """Ask the market's rules of user control; theory by maximising utility numerically."""
    theta, power = np.array(p.theta), 1 - 1 / p.epsilon
    equal = [1 / len(theta)] * len(theta)

    def utility(x: np.ndarray) -> float:
        return float((theta ** (1 / p.epsilon) * x**power / power).sum())

    best = theta / theta.sum() * p.Q  # equal marginal utility
    yield Check("free_allocation", best, free_allocation(p.Q, p.theta), 1e-9)
    found = minimize(
        lambda logs: -utility(p.Q * np.exp(logs) / np.exp(logs).sum()), np.zeros(len(theta)),
        tol=1e-14,
    )  # fmt: skip
    numeric = p.Q * np.exp(found.x) / np.exp(found.x).sum()
    yield Check("allocation by numerical maximisation", numeric, best, 1e-4)
    yield Check("fixed_equal_split", p.Q * np.array(equal), np.full(len(theta), p.Q * equal[0]), 0)
    fixed = utility(p.Q * np.array(equal))
    worth = brentq(lambda q: utility(theta / theta.sum() * q) - fixed, 1e-9, p.Q, xtol=1e-14)
    part = usable_part(p.theta, equal, p.epsilon)
    yield Check("quota_equivalent_of_fixed_split", worth, part * p.Q, 1e-9)
    yield Check("quota_equivalent_loss", 1 - worth / p.Q, 1 - part, 1e-9)
    yield from _trade(p)


def _trade(p: Quota) -> Iterator[Check]:
    """Compare the market's trade with demand meeting supply."""
    quotas = [p.endowment] * len(p.traders)
    theta = np.array(p.traders)
    price = brentq(lambda q: (theta * q**-p.epsilon).sum() - sum(quotas), 1e-6, 1e6, xtol=1e-13)
    yield Check("trade_theta", theta, list(p.traders), 0)
    yield Check("trade_endowment", np.full(len(theta), p.endowment), quotas, 0)
    yield Check("trade_price", price, trade_price(p.traders, quotas, p.epsilon), 1e-9)
    held = theta * price**-p.epsilon
    yield Check("trade_allocation", held, traded_allocation(p.traders, quotas), 1e-9)

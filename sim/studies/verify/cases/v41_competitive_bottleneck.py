"""V41: carriers compete for users, and each is the only way to its own."""

from collections.abc import Iterator
from math import exp

import numpy as np

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.partners import least_value
from sim.studies.verify.solvers import argmax, settled


class Bottleneck(Parameters):
    """Partners of value b, even on [0, B], a user; users choose by logit and all take part."""

    B: float = given("value of a user to the best partner", gt=0)
    mu: float = given("scale of the logit", gt=0)
    c: float = given("cost of a user", ge=0)
    n: int = chosen("carriers", 3, ge=2, le=100)


@case("V41", kind="mechanism")
def competitive_bottleneck(p: Bottleneck) -> Iterator[Check]:
    """Search the price that the market's partner strategy answers; users' prices by best replies.

    Armstrong (2006, section 5): the sponsor price is a monopolist's, w = B/2, whatever n, and
    its rent is competed away to users.
    """
    w = argmax(lambda x: x * _joined(p, x), 0.0, p.B)
    rent = w * _joined(p, w)
    yield Check("sponsor_price", p.B / 2, w, 1e-6)
    yield Check("partner_participation", 0.5, _joined(p, w), 1e-6)
    yield Check("revenue_per_subscriber", p.B / 4, rent, 1e-6)
    nash = p.c + p.mu * p.n / (p.n - 1)
    without, with_it = _retail(p, 0.0), _retail(p, rent)
    yield Check("price_without", nash, without, 1e-6)
    yield Check("price_with", nash - p.B / 4, with_it, 1e-6)
    change = (with_it + rent - without) / p.n
    yield Check("carrier_profit_change", 0.0, change, 1e-6)


def _joined(p: Bottleneck, w: float) -> float:
    """Return the share of partners that sponsor at a price for each user."""
    return 1.0 - least_value(w, 1.0, 2.0 * p.B) / p.B


def _retail(p: Bottleneck, rent: float) -> float:
    """Return the users' price that is a best reply to itself, each user bringing a rent."""

    def reply(prices: np.ndarray) -> np.ndarray:
        rival, widest = float(prices[0]), 10.0 * p.mu * p.n

        def profit(own: float) -> float:
            share = 1.0 / (1.0 + (p.n - 1) * exp((own - rival) / p.mu))
            return (own + rent - p.c) * share

        return np.array([argmax(profit, p.c - rent, p.c - rent + widest)])

    return float(settled(reply, np.array([p.c]), 1e-9)[0])

"""V13: shops on a line and round a circle."""

from collections.abc import Iterator
from typing import Self

import numpy as np
from pydantic import model_validator

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import argmax, in_turn, root, settled

_FEWEST = 1.5  # shops: with fewer, the circle has no neighbours


class Places(Parameters):
    """Users lie evenly on a line or circle of length one and each buys one unit."""

    t: float = given("transport cost per unit of distance", gt=0)
    c: float = given("unit cost")
    f: float = given("fixed cost of a shop on the circle", gt=0)
    n: int = given("shops on the circle", ge=3)
    most: float = chosen("shops among which free entry is sought", 60.0, gt=3)

    @model_validator(mode="after")
    def _entry_ends(self) -> Self:
        if not _FEWEST < np.sqrt(self.t / self.f) < self.most:
            raise ValueError(f"√(t/f) shops enter: keep it between {_FEWEST} and {self.most:g}")
        return self


@case("V13", kind="reference")
def hotelling_and_salop(p: Places) -> Iterator[Check]:
    """Locate indifferent users by search, iterate best replies, let shops enter until profit ends.

    Hotelling (1929); Salop (1979): p = c + t on the line, c + t/n on the circle, n = √(t/f).
    """
    first, second = _line(p)
    yield Check("hotelling_p", p.c + p.t, first, 1e-6)
    yield Check("hotelling_profit", p.t / 2, (first - p.c) * _near(first, second, p.t, 1.0), 1e-6)
    price = _circle(p, p.n)
    yield Check(f"salop_p_n{p.n}", p.c + p.t / p.n, price, 1e-6)
    yield Check(f"salop_profit_n{p.n}_gross", p.t / p.n**2, _profit(p, p.n, price, price), 1e-6)
    shops = root(lambda n: _profit(p, n, *[_circle(p, n)] * 2) - p.f, _FEWEST, p.most)
    yield Check("free_entry_n", np.sqrt(p.t / p.f), shops, 1e-6)
    yield Check("free_entry_price", p.c + np.sqrt(p.t * p.f), _circle(p, shops), 1e-6)


def _near(price: float, rival: float, t: float, gap: float) -> float:
    """Return how far towards a rival, `gap` away, users buy from the shop at hand."""

    def advantage(x: float) -> float:
        return (rival + t * (gap - x)) - (price + t * x)

    if advantage(0.0) <= 0.0:
        return 0.0
    return gap if advantage(gap) >= 0.0 else root(advantage, 0.0, gap)


def _line(p: Places) -> tuple[float, float]:
    def reply(player: int, prices: np.ndarray) -> float:
        rival = float(prices[1 - player])
        return argmax(lambda own: (own - p.c) * _near(own, rival, p.t, 1.0), p.c, rival + p.t)

    first, second = in_turn(reply, np.full(2, p.c + p.t / 10))
    return float(first), float(second)


def _profit(p: Places, shops: float, price: float, rival: float) -> float:
    """Return the gross profit of a shop between two equal neighbours."""
    return (price - p.c) * 2.0 * _near(price, rival, p.t, 1.0 / shops)


def _circle(p: Places, shops: float) -> float:
    """Return the price that is a best reply to itself."""

    def reply(prices: np.ndarray) -> np.ndarray:
        rival = float(prices[0])
        top = rival + p.t / shops
        return np.array([argmax(lambda own: _profit(p, shops, own, rival), p.c, top)])

    return float(settled(reply, np.array([p.c + p.t / shops / 2]), 1e-9)[0])

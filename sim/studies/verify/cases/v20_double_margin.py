"""V20: two margins in one chain, and resellers who compete them away."""

from collections.abc import Callable, Iterator
from math import exp, inf

import numpy as np
from pydantic import model_validator
from scipy.special import lambertw

from sim.mechanisms.resale import cournot
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import argmax, root

_FEN = 10**15  # parts of a unit of money, so that whole numbers do not round what is compared

type Demand = Callable[[float], float]


class Chain(Parameters):
    """A carrier sells at w to n resellers, who face P = A − bQ; or a chain under other demand."""

    A: float = given("price at which nothing is sold", gt=0, le=1_000)
    b: float = given("slope of demand", gt=0)
    c: float = given("unit cost", ge=0)
    n: int = chosen("resellers", 3, ge=1, le=1_000)
    eps: float = chosen("elasticity of iso-elastic demand", 2.5, gt=1)
    a: float = given("quality under logit demand", at="logit.a")
    mu: float = given("scale of the logit", at="logit.mu", gt=0)
    logit_c: float = given("unit cost under logit demand", at="logit.c")
    a0: float = given("value of the outside option", at="logit.a0")

    @model_validator(mode="after")
    def _trade_pays(self) -> "Chain":
        if self.c >= self.A:
            raise ValueError("nothing is sold unless c < A")
        return self


# The ladder's logit chain was itself searched, to some 5e-9.
@case("V20", kind="mechanism", stored_to=1e-8)
def double_margin(p: Chain) -> Iterator[Check]:
    """Search the wholesale price over the market's Cournot rule for resellers.

    Spengler (1950): w = (A + c)/2, p = (3A + c)/4, three quarters of the integrated profit.
    """
    room, best = p.A - p.c, (p.A - p.c) ** 2 / (4 * p.b)
    integrated = argmax(lambda x: (x - p.c) * (p.A - x), p.c, p.A)
    yield Check("integrated_p", (p.A + p.c) / 2, integrated, 1e-6)
    top = (integrated - p.c) * (p.A - integrated) / p.b
    yield Check("integrated_profit", best, top, 1e-6)
    w, price, sold = _linear(p, 1)
    yield Check("separate_w", (p.A + p.c) / 2, w, 1e-6)
    yield Check("separate_p", (3 * p.A + p.c) / 4, price, 1e-6)
    yield Check("upstream_profit", best / 2, (w - p.c) * sold, 1e-6)
    yield Check("downstream_profit", best / 4, (price - w) * sold, 1e-6)
    yield Check("chain_efficiency", 0.75, (price - p.c) * sold / top, 1e-6)
    w, price, sold = _linear(p, p.n)
    many = f"cournot_resellers_n{p.n}"
    yield Check(f"{many}.w", (p.A + p.c) / 2, w, 1e-6)
    yield Check(f"{many}.Q", p.n * room / (2 * p.b * (p.n + 1)), sold, 1e-6)
    yield Check(f"{many}.p", (p.A + p.c) / 2 + room / (2 * (p.n + 1)), price, 1e-6)
    efficiency = 1.0 - 1.0 / (p.n + 1) ** 2
    yield Check(f"{many}.chain_efficiency", efficiency, (price - p.c) * sold / top, 1e-6)
    yield from _iso_elastic(p)
    yield from _logit(p)


def _linear(p: Chain, n: int) -> tuple[float, float, float]:
    """Return wholesale price, price and quantity with n resellers, as the market sets them."""
    choke, everyone = round(p.A * _FEN), np.ones(n, np.bool_)

    def market(w: float) -> tuple[float, float]:
        price, sales = cournot(choke, np.full(n, round(w * _FEN)), everyone)
        return price / _FEN, float(sales.sum()) / _FEN / p.b

    w = argmax(lambda x: (x - p.c) * market(x)[1], p.c, p.A)
    return (w, *market(w))


def _best(demand: Demand, cost: float, high: float) -> float:
    """Return the price of a single seller."""
    return argmax(lambda x: (x - cost) * demand(x), cost, high)


def _iso_elastic(p: Chain) -> Iterator[Check]:
    markup = p.eps / (p.eps - 1.0)

    def demand(price: float) -> float:
        return float(price**-p.eps) if price > 0.0 else inf

    whole = _best(demand, p.c, 5 * markup * p.c)
    w = argmax(
        lambda x: (x - p.c) * demand(_best(demand, x, 5 * markup * x)), p.c, 5 * markup * p.c
    )
    where = f"iso_elastic_eps{p.eps:g}"
    yield Check(f"{where}.integrated_p", p.c * markup, whole, 1e-6)
    yield Check(f"{where}.separate_p", p.c * markup**2, _best(demand, w, 5 * markup * w), 1e-6)


def _logit(p: Chain) -> Iterator[Check]:
    c, mu = p.logit_c, p.mu

    def odds(cost: float) -> float:
        """Return share over the rest of a single seller at a cost: Lambert's W."""
        return float(lambertw(exp((p.a - p.a0 - cost) / mu - 1.0)).real)

    def demand(price: float) -> float:
        return 1.0 / (1.0 + exp((p.a0 - p.a + price) / mu))

    alone = odds(c)
    w = root(lambda x: x - c - mu * (1.0 + odds(x)) ** 2, c, c + mu * (1.0 + alone) ** 2)
    sold = odds(w) / (1.0 + odds(w))
    high = c + mu * (1.0 + alone) ** 2
    price = _best(demand, c, high)
    found = argmax(lambda x: (x - c) * demand(_best(demand, x, x + high - c)), c, high)
    end = _best(demand, found, found + high - c)
    checks = (
        ("w", w, found),
        ("p", w + mu * (1.0 + odds(w)), end),
        ("integrated_p", c + mu * (1.0 + alone), price),
        ("upstream", (w - c) * sold, (found - c) * demand(end)),
        ("downstream", mu * odds(w), (end - found) * demand(end)),
        ("integrated", mu * alone, (price - c) * demand(price)),
    )
    for name, expected, got in checks:
        yield Check(f"logit_chain.{name}", expected, got, 1e-6)

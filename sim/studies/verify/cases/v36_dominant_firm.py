"""V36: a dominant firm with a fringe, and the price that keeps a rival out."""

from collections.abc import Iterator
from math import exp, log
from typing import Self

from pydantic import model_validator

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.solvers import argmax, root


class Dominance(Parameters):
    """Linear demand and fringe supply; then logit demand and a rival with a fixed cost."""

    A: float = given("demand at price zero", gt=0)
    b: float = given("slope of demand", gt=0)
    kf: float = given("slope of the fringe's supply", ge=0)
    c_dom: float = given("the dominant firm's unit cost", ge=0)
    a_rival: float = given("the rival's quality", at="logit.a_rival")
    a_dom: float = given("the dominant firm's quality", at="logit.a_dom")
    mu: float = given("scale of tastes", at="logit.mu", gt=0)
    c: float = given("the rival's unit cost", at="logit.c", ge=0)
    a0: float = given("the outside option's quality", at="logit.a0")
    fixed_cost: float = given("the rival's fixed cost", at="logit.fixed_cost", gt=0)

    @model_validator(mode="after")
    def _all_sell(self) -> Self:
        if self.c_dom >= self.A / (self.b + self.kf):
            raise ValueError("the dominant firm sells nothing at this cost")
        if _pull(self) <= 0.0:
            raise ValueError("the rival stays out at any price: lower fixed_cost")
        return self


@case("V36", kind="reference")
def dominant_firm(p: Dominance) -> Iterator[Check]:
    """Search the dominant price, and the price at which the best of a rival earns nothing.

    Forchheimer; Bain (1956). A rival's best logit profit is μW, so W(x) = F/μ gives the limit.
    """
    slope = p.b + p.kf
    price = p.A / (2 * slope) + p.c_dom / 2
    found = argmax(lambda x: (x - p.c_dom) * (p.A - slope * x), p.c_dom, p.A / slope)
    yield Check("p_dom", price, found, 1e-6)
    yield Check("q_dom", p.A - slope * price, p.A - p.b * found - p.kf * found, 1e-6)
    yield Check("fringe_q", p.kf * price, p.kf * found, 1e-6)
    reach = 40 * p.mu
    limit = root(lambda x: _best_of_rival(p, x) - p.fixed_cost, p.a_dom - reach, p.a_dom + reach)
    yield Check("limit_price_dom", p.a_dom - p.mu * log(_pull(p)), limit, 1e-6)


def _pull(p: Dominance) -> float:
    """Return e^((a − p)/μ) of the dominant firm at which a rival just covers its fixed cost."""
    w = p.fixed_cost / p.mu
    return exp((p.a_rival - p.c) / p.mu - 1) / (w * exp(w)) - exp(p.a0 / p.mu)


def _best_of_rival(p: Dominance, dominant: float) -> float:
    """Return the most that the rival earns, before its fixed cost, against a dominant price."""
    others = exp((p.a_dom - dominant) / p.mu) + exp(p.a0 / p.mu)

    def profit(price: float) -> float:
        own = exp((p.a_rival - price) / p.mu)
        return (price - p.c) * own / (own + others)

    best = argmax(profit, p.c, max(p.c, p.a_rival) + 40 * p.mu, grid=200)
    return profit(best)

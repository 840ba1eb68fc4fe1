"""V07: what a price cut does to use, revenue and surplus when demand is iso-elastic."""

from collections.abc import Iterator

import numpy as np

from sim.core.kernels import kernel
from sim.core.units import KB_PER_GB
from sim.market.offers import Offers
from sim.mechanisms.usage import (
    Curve,
    Levels,
    Margin,
    line_month,
    make_curve,
    margins,
    worth_of,
)
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.crowds import offers_of, plain_levels


class Cut(Parameters):
    """A user who pays for every GB, before and after a cut of its price."""

    epsilon: float = given("elasticity", gt=0, lt=1)
    A: float = given("GB used at a price of one", gt=0)
    p0: float = given("price of a GB before", gt=0)
    p1: float = given("price of a GB after", gt=0)
    kappa: float = chosen("effort cost, next to nothing", 1e-12, gt=0)
    scale: float = chosen("users alike, so that kilobytes do not matter", 1e6, gt=0)


@case("V07", kind="mechanism")
def price_cut(p: Cut) -> Iterator[Check]:
    """Meter a line without an allowance at both prices; the worth of its month is that of choice.

    x = A p^(-eps); surplus is the integral of demand.
    """
    yield Check("usage_ratio", (p.p1 / p.p0) ** -p.epsilon, _use(p, p.p1) / _use(p, p.p0), 1e-9)
    revenue = (p.p1 / p.p0) ** (1 - p.epsilon)
    paid = _use(p, p.p1) * p.p1 / (_use(p, p.p0) * p.p0)
    yield Check("revenue_ratio", revenue, paid, 1e-9)
    power = 1 - p.epsilon
    surplus = p.A * (p.p0**power - p.p1**power) / power
    yield Check("dCS", surplus, (_worth(p, p.p1) - _worth(p, p.p0)) / p.scale, 1e-9)
    # Where a cut neither wins nor loses revenue: theory says 1, here by extrapolation of logs.
    slope = np.log(paid) / np.log(p.p1 / p.p0)
    yield Check("revenue_neutral_epsilon", 1.0, slope + p.epsilon, 1e-9)


def _use(p: Cut, price: float) -> float:
    """Return the GB that a line uses at a price, in units of A."""
    offers = offers_of((0.0, 0.0), overage=price)
    curve = make_curve(p.epsilon, p.kappa, 1e6)
    used = _beyond(p.A * p.scale, offers, margins(offers, curve), plain_levels(1), curve)
    return used / KB_PER_GB / p.scale


def _worth(p: Cut, price: float) -> float:
    offers = offers_of((0.0, 0.0), overage=price)
    curve = make_curve(p.epsilon, p.kappa, 1e6)
    return float(_value(p.A * p.scale, offers, margins(offers, curve), plain_levels(1), curve))


@kernel
def _beyond(theta: float, offers: Offers, margin: Margin, levels: Levels, curve: Curve) -> float:
    return line_month(theta, 1, 0, 0, 0, 1.0, 0, offers, margin, levels, curve).beyond


@kernel
def _value(theta: float, offers: Offers, margin: Margin, levels: Levels, curve: Curve) -> float:
    return worth_of(theta, 1, 0, 0, 0, 1.0, offers, margin, levels, curve)

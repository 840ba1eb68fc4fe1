"""V29: a carrier and a partner under linear demand: sponsoring raises the headline price."""

from collections.abc import Iterator
from math import sqrt
from typing import Annotated, NamedTuple

from pydantic import Field

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import argmax, root

_GRID = 80


class Partners(Parameters):
    """Use 1 − (p − s); the partner earns (v − s) a GB and chooses s after the carrier's p."""

    c: float = given("the carrier's cost of a GB", ge=0, lt=1)
    v: tuple[Annotated[float, Field(gt=0, le=1)], ...] = chosen(
        "worth of a GB to the partner", (0.2, 0.3, 0.35, 0.5, 0.7, 0.9), min_length=1
    )


class Outcome(NamedTuple):
    """What the carrier and the partner do and earn; the names are the ladder's."""

    isp_prefers_sponsoring: bool
    p_star: float
    subsidy: float
    user_net_price: float
    data: float
    isp_profit: float
    cp_profit: float
    p_no_sponsoring: float
    nonsponsored_price_up: float


@case(
    "V29",
    kind="reference",
    left_out={
        "rows.*.v": "a parameter",
        "rows.*.numeric_p": "the stored solver's price, p_star again",
    },
)
def linear_sponsoring(p: Partners) -> Iterator[Check]:
    """Search the carrier's price over what the partner answers, found by search too.

    Derived; Jullien and Sand-Zantman (2018) for the sign. p* = (1 + v + c)/2 with sponsoring,
    chosen iff v > (√2 − 1)(1 − c); users of sponsored content gain iff v > 1 − c.
    """
    closed, found = [_theory(p.c, v) for v in p.v], [_played(p.c, v) for v in p.v]
    for place, name in enumerate(Outcome._fields):
        expected, got = [row[place] for row in closed], [row[place] for row in found]
        yield Check(f"rows.*.{name}", expected, got, 1e-4)
    margin = 1 - p.c
    switch = root(lambda v: _advantage(p.c, v), 0.05 * margin, margin)
    yield Check("v_switch", (sqrt(2) - 1) * margin, switch, 1e-4)
    plain = _plain(p.c)
    gain = root(lambda v: _netted(p.c, v) - plain, 0.6 * margin, 1.4 * margin)
    yield Check("v_user_gain", margin, gain, 1e-4)


def _theory(c: float, v: float) -> Outcome:
    plain = (1 + c) / 2
    sponsored = v > (sqrt(2) - 1) * (1 - c)
    price = plain + v / 2 if sponsored else plain
    subsidy = (v - 1 + price) / 2 if sponsored else 0.0
    return _outcome(c, v, price, subsidy, plain)


def _played(c: float, v: float) -> Outcome:
    price = argmax(lambda x: _profit(c, v, x), c, 1.0 + v, grid=_GRID)
    return _outcome(c, v, price, _subsidy(v, price), _plain(c))


def _outcome(c: float, v: float, price: float, subsidy: float, plain: float) -> Outcome:
    data = 1 - price + subsidy
    return Outcome(
        isp_prefers_sponsoring=subsidy > 0,
        p_star=price,
        subsidy=subsidy,
        user_net_price=price - subsidy,
        data=data,
        isp_profit=(price - c) * data,
        cp_profit=(v - subsidy) * data,
        p_no_sponsoring=plain,
        nonsponsored_price_up=price - plain,
    )


def _plain(c: float) -> float:
    """Return the price where nobody sponsors."""
    return argmax(lambda x: (x - c) * (1 - x), c, 1.0)


def _subsidy(v: float, price: float) -> float:
    """Return what the partner pays of the price; it sells to nobody who would not use at zero."""
    lowest = max(0.0, price - 1.0)
    return argmax(lambda s: (v - s) * (1 - price + s), lowest, max(lowest, min(v, price)))


def _profit(c: float, v: float, price: float) -> float:
    return (price - c) * (1 - price + _subsidy(v, price))


def _netted(c: float, v: float) -> float:
    """Return what a sponsored user pays at the carrier's best price."""
    price = argmax(lambda x: _profit(c, v, x), max(c, 1 - v), 1.0 + v)
    return price - _subsidy(v, price)


def _advantage(c: float, v: float) -> float:
    """Return what the carrier gains by a price so high that the partner sponsors."""
    least = max(c, 1 - v)
    sponsored = argmax(lambda x: _profit(c, v, x), least, 1.0 + v)
    plain = argmax(lambda x: _profit(c, v, x), c, least)
    return _profit(c, v, sponsored) - _profit(c, v, plain)

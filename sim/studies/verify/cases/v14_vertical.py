"""V14: two qualities and users who differ in what quality is worth to them."""

from collections.abc import Callable, Iterator
from typing import Self

import numpy as np
from pydantic import model_validator

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.solvers import Floats, argmax, in_turn, root


class Qualities(Parameters):
    """Covered: tastes even on [low, high], all buy. Uncovered: tastes on [0, 1], no cost."""

    low: float = given("lowest taste, covered market", at="covered.theta.0", gt=0)
    high: float = given("highest taste, covered market", at="covered.theta.1", gt=0)
    dq: float = given("difference of quality, covered market", at="covered.dq", gt=0)
    c: float = given("unit cost, covered market", at="covered.c", ge=0)
    q_high: float = given("high quality, uncovered market", at="uncovered.q_high", gt=0)
    q_low: float = given("low quality, uncovered market", at="uncovered.q_low", gt=0)

    @model_validator(mode="after")
    def _both_sell(self) -> Self:
        if self.high <= 2 * self.low:
            raise ValueError("the low quality sells nothing unless high > 2·low")
        if self.q_high <= self.q_low:
            raise ValueError("q_high must be above q_low")
        return self


@case("V14", kind="reference")
def vertical_differentiation(p: Qualities) -> Iterator[Check]:
    """Iterate best replies, with the indifferent tastes found by search.

    Gabszewicz and Thisse (1979); Shaked and Sutton (1982); Choi and Shin (1992).
    """
    spread = p.high - p.low
    low, high = _covered(p)
    cut = (_indifferent(high - low, p.dq, p.low, p.high) - p.low) / spread
    yield Check("covered_p_low", p.c + (p.high - 2 * p.low) * p.dq / 3, low, 1e-6)
    yield Check("covered_p_high", p.c + (2 * p.high - p.low) * p.dq / 3, high, 1e-6)
    yield Check("covered_share_low", (p.high - 2 * p.low) / (3 * spread), cut, 1e-6)
    yield Check("covered_share_high", (2 * p.high - p.low) / (3 * spread), 1 - cut, 1e-6)
    better, worse = p.q_high, p.q_low
    gap, base = better - worse, 4 * better - worse
    prices = _uncovered(p)
    profits = prices * _sold(p, prices)
    yield Check("uncovered_pH", 2 * better * gap / base, prices[1], 1e-6)
    yield Check("uncovered_pL", worse * gap / base, prices[0], 1e-6)
    yield Check("uncovered_profitH", 4 * better**2 * gap / base**2, profits[1], 1e-6)
    yield Check("uncovered_profitL", better * worse * gap / base**2, profits[0], 1e-6)


def _indifferent(dearer: float, better: float, low: float, high: float) -> float:
    """Return the taste to which `better` quality is worth `dearer`, kept between the ends."""

    def advantage(taste: float) -> float:
        return taste * better - dearer

    if advantage(low) >= 0.0:
        return low
    return high if advantage(high) <= 0.0 else root(advantage, low, high)


def _covered(p: Qualities) -> Floats:
    """Return the prices of low and high quality where everybody buys."""

    def profit(player: int, own: float, prices: Floats) -> float:
        dearer = float(prices[1]) - own if player == 0 else own - float(prices[0])
        cut = _indifferent(dearer, p.dq, p.low, p.high)
        return (own - p.c) * (cut - p.low if player == 0 else p.high - cut)

    return _equilibrium(profit, p.c, p.c + 2 * p.high * p.dq)


def _uncovered(p: Qualities) -> Floats:
    """Return the prices of low and high quality where some buy nothing."""

    def profit(player: int, own: float, prices: Floats) -> float:
        tried = prices.copy()
        tried[player] = own
        return own * float(_sold(p, tried)[player])

    return _equilibrium(profit, 0.0, p.q_high)


def _sold(p: Qualities, prices: Floats) -> Floats:
    """Return the shares of tastes on [0, 1] that buy low and high quality."""
    low, high = float(prices[0]), float(prices[1])
    enter = _indifferent(low, p.q_low, 0.0, 1.0)
    upgrade = _indifferent(high - low, p.q_high - p.q_low, 0.0, 1.0)
    if upgrade <= enter:
        return np.array([0.0, 1.0 - _indifferent(high, p.q_high, 0.0, 1.0)])
    return np.array([upgrade - enter, 1.0 - upgrade])


def _equilibrium(
    profit: Callable[[int, float, Floats], float], lowest: float, highest: float
) -> Floats:
    def reply(player: int, prices: Floats) -> float:
        return argmax(lambda own: profit(player, own, prices), lowest, highest, grid=40)

    return in_turn(reply, np.full(2, (lowest + highest) / 4))

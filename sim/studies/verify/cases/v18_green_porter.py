"""V18: price wars that hold an agreement together although nobody broke it."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.core.streams import Streams
from sim.market.views import NOTHING, CarrierView
from sim.mechanisms.punishment import shortest_war, slack, value_of_peace
from sim.strategies.carrier.trigger import Trigger
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import root

type Floats = NDArray[np.float64]

_NEVER = 1e-12  # impatience of those who hardly discount


class Agreement(Parameters):
    """Two firms that cannot see each other's prices, and demand that fails by chance."""

    prob_low_demand: float = given("chance of low demand in a month", gt=0, lt=0.5)
    delta: float = given("discount factor", gt=0, lt=1)
    monopoly_profit: float = given("profit of both together", gt=0)
    months: int = chosen("months simulated", 40_000, ge=1_000, le=10_000_000)
    seed: int = chosen("of the draws of demand", 0, ge=0)

    @model_validator(mode="after")
    def _can_be_held(self) -> Self:
        if 2.0 * (1.0 - self.prob_low_demand) * self.delta <= 1.0:
            raise ValueError("2 (1 - prob_low_demand) delta must be above 1, or no war deters")
        return self


@case("V18", kind="mechanism", full={"months": 400_000})
def green_porter(p: Agreement) -> Iterator[Check]:
    """Ask the mechanism of punishment; time at war by decisions of `trigger`, demand drawn.

    Green and Porter (1984); Tirole (1988, 6.7); values expected from linear Bellman equations.
    """
    low, length = p.prob_low_demand, _shortest(p)
    yield Check("T_min", length, shortest_war(low, p.delta) or math.nan, 0.0)
    peace = _values(p, length)
    here = value_of_peace(low, p.delta, length, p.monopoly_profit)
    yield Check("V_plus", peace[0], here, 1e-12 * max(1.0, here))
    slackness = slack(low, p.delta, length, p.monopoly_profit)
    yield Check("IC_slack", _loss(p, length), slackness, 1e-12 * max(1.0, here))
    feasible = 2.0 * (1.0 - low) * p.delta > 1.0
    yield Check("delta_alpha_feasible", feasible, shortest_war(low, p.delta) is not None, 0.0)
    patient = root(lambda chance: slack(chance, 1.0 - _NEVER, math.inf, 1.0), 0.01, 0.99)
    yield Check("alpha_max_for_any_T", 0.5, patient, 1e-9)
    at_war = _history(p, length)
    peaces, months = _spells(at_war), float(at_war.size)
    spread = math.sqrt(1.0 - low) / low  # of the length of peace, which is geometric
    cycle, cycles = 1.0 / low + length, float(len(peaces))
    share = low * length / (1.0 + low * length)
    error = 3.0 * length * spread / cycle**2 / math.sqrt(cycles)
    yield Check("share_of_time_in_price_war", share, at_war.sum() / months, error)
    yield Check("mean_peace_spell", 1 / low, np.mean(peaces), 3 * spread / math.sqrt(cycles))


def _values(p: Agreement, length: int) -> Floats:
    """Return what a firm expects in peace and with 1 … T months of war ahead: (1 + T,)."""
    states, low = 1 + length, p.prob_low_demand
    moves, reward = np.zeros((states, states)), np.zeros(states)
    moves[0, 0], reward[0] = 1.0 - low, (1.0 - low) * p.monopoly_profit / 2.0
    moves[0, length] += low
    for ahead in range(1, states):
        moves[ahead, ahead - 1] = 1.0
    return np.linalg.solve(np.eye(states) - p.delta * moves, reward)


def _loss(p: Agreement, length: int) -> float:
    """Return what a secret price cut loses: all of the market once, and then a war."""
    value = _values(p, length)
    cut = (1.0 - p.prob_low_demand) * p.monopoly_profit + p.delta * value[length]
    return float(value[0] - cut)


def _shortest(p: Agreement) -> int:
    """Return the first length of war, by trying, that makes a price cut a loss."""
    return next(length for length in range(1, 100_000) if _loss(p, length) >= 0.0)


def _history(p: Agreement, length: int) -> NDArray[np.bool_]:
    """Return whether the strategy is at war: (months,). Low demand halves its share."""
    rule = Trigger(upsilon=0.0, signal="share", threshold=0.1, war_months=length, cut=0.02)
    bad = Streams(p.seed).uniform("verify.demand", 0, p.months) < p.prob_low_demand
    view, memory = _steady(), NOTHING
    peaceful = rule.decide(view).list_price
    at_war = np.zeros(p.months, dtype=np.bool_)
    for month in range(p.months):
        share = view.share_before / 2.0 if bad[month] else view.share_before
        decision = rule.decide(replace(view, share=share, memory=memory))
        memory, at_war[month] = decision.memory, decision.list_price < peaceful
    return at_war


def _steady() -> CarrierView:
    share, price = np.full(2, 0.5), np.full(2, 50_00)
    return CarrierView(
        month=0,
        me=0,
        list_price=price,
        backward_rate=price,
        share=share,
        share_before=share,
        yuan_per_gb=np.full(2, 50.0),
        market_yuan_per_gb=50.0,
        unit_cost=10_00.0,
        unit_cost_before=10_00.0,
        price_ceiling=100_00,
        observed_yuan_per_gb=math.nan,
    )


def _spells(at_war: NDArray[np.bool_]) -> list[int]:
    """Return the lengths of complete spells of peace between wars."""
    starts = np.flatnonzero(at_war[1:] & ~at_war[:-1]) + 1
    ends = np.flatnonzero(~at_war[1:] & at_war[:-1]) + 1
    starts = starts[starts > ends[0]]  # the first war may have begun with the first month
    return [int(start - end) for end, start in zip(ends, starts, strict=False)]

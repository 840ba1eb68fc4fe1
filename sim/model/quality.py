"""The carriers' unobserved quality, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp, log
from sim.core.kernels import kernel
from sim.core.streams import normal
from sim.core.units import MONTHS_PER_YEAR
from sim.mechanisms.choice import Tastes
from sim.mechanisms.inversion import Crowd, invert_shares

if TYPE_CHECKING:
    from sim.model.market import Market

type Floats = NDArray[np.float64]


class Trend(NamedTuple):
    """Where quality stands at the branch, and where it is going."""

    last: Floats  # (carriers,) mean over the last year, utils
    drift: Floats  # (carriers,) change from the year before, utils


def month_quality(market: Market, tastes: Tastes) -> Floats:
    """Return this month's unobserved quality: inverted in the past, then a random walk."""
    world, month = market.world, market.world.month
    if month >= market.scenario.branch_month:
        world.carriers.xi = _walked(market, month)
    elif market.scenario.quality.invert:
        now, observed = world.carriers.share, market.paths.observed_share
        gap = observed[month] - now
        target = now + observed[month + 1] - observed[month]
        target = target + market.scenario.quality.gap_closing * gap
        people = world.population
        crowd = Crowd(people.lines, people.shocked, market.weights, market.offers, tastes)
        world.carriers.xi = invert_shares(crowd, target, world.carriers.xi)
    world.xi_past.append(world.carriers.xi)
    return world.carriers.xi


def _walked(market: Market, month: int) -> Floats:
    """Return quality after the branch: last year's mean, a fading drift, a random walk."""
    branch = market.scenario.branch_month
    if market.trend is None:
        market.trend = quality_trend(market.world.xi_past[:branch])
    carriers, quality = market.world.carriers, market.scenario.quality
    draws = market.streams.uniform("quality.walk", month, len(carriers.walk))
    carriers.walk, xi = walked(
        carriers.walk, draws, market.trend, quality.walk_sd, quality.drift_half_life, month - branch
    )
    return xi


@kernel
def walked(
    walk: Floats, draws: Floats, trend: Trend, step: float, half_life: float, months: int
) -> tuple[Floats, Floats]:
    """Return the random walk a month on, and quality: (carriers,) utils each.

    walk : (carriers,) so far; draws : (carriers,) uniform; step : standard deviation, utils
    half_life : months in which the drift halves; months : since the branch
    """
    after = walk + step * normal(draws)
    passed = months + 1 + MONTHS_PER_YEAR / 2  # last year's mean stands at mid-year
    fading = half_life / log(2.0)
    years = fading * (1.0 - exp(-passed / fading)) / MONTHS_PER_YEAR
    return after, trend.last + trend.drift * years + after


def quality_trend(past: Sequence[Floats]) -> Trend:
    """Return last year's mean quality and how it differs from that of the year before.

    past : (carriers,) utils of each month before the branch
    """
    last = np.mean(past[-MONTHS_PER_YEAR:], axis=0)
    before = past[-2 * MONTHS_PER_YEAR : -MONTHS_PER_YEAR]
    return Trend(last, last - np.mean(before, axis=0) if before else np.zeros(len(last)))

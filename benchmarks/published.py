"""What the supply side published, month by month: the stage on which the baselines' users act.

The baselines (`plain_mesa`, `plain_numpy`) are the user side alone. Offers, tastes, the levels of
use, peers, delay and the spread of 4G are taken month by month from a run of the product; the
baselines' own work is what is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_index
from sim.market.names import CARRIERS
from sim.market.offers import Offers
from sim.market.segments import Segments
from sim.mechanisms.choice import Tastes
from sim.mechanisms.flows import Upgrades
from sim.mechanisms.usage import (
    BILLED,
    CONTROL_LINES,
    FEE,
    LINES,
    OVERAGE,
    SHOCKED,
    USED,
    Curve,
    Levels,
)
from sim.model import Market
from sim.scenario.schema import Scenario

# What the product and the baselines are compared by; sums over users or lines, by carrier.
OUTCOMES = ("lines", "control", "kB", "billed kB", "fen")
LINE, CONTROLLED, TRAFFIC, BEYOND, REVENUE = range(len(OUTCOMES))
_COLUMNS = ([LINES], [CONTROL_LINES], [USED], [BILLED], [FEE, OVERAGE])


@dataclass(frozen=True)
class Month:
    """One month's terms."""

    offers: Offers
    tastes: Tastes
    levels: Levels
    upgrades: Upgrades
    rollover_in_force: bool


@dataclass(frozen=True)
class Published:
    """Terms of consecutive months, who the users are, and what the product's users did."""

    months: tuple[Month, ...]
    segments: Segments
    curve: Curve
    opening: NDArray[np.float64]  # (segments, levels, offers) share of lines, sums to one
    rollover: NDArray[np.int64]  # (segments, levels, offers) kB left over when it opens
    shocked: NDArray[np.float64]  # (segments, levels, offers) part that paid overage before
    outcome: NDArray[np.float64]  # (months, outcomes, carriers) per line of the market

    @property
    def plans(self) -> int:
        """Return the number of plans of a carrier."""
        return self.opening.shape[2] // len(CARRIERS)

    def draw(self, users: int, u: float) -> tuple[NDArray[np.int64], ...]:
        """Return segment, level and offer of users drawn from the cells: (users,) each.

        They are spread evenly over the cells from a random start, u in (0, 1), as the product's
        rows are, so that few users have nearly the country's shares.
        """
        edges = np.cumsum(self.opening)
        points = (np.arange(users) + u) / users * edges[-1]
        cells = np.searchsorted(edges, points, side="right")
        return np.unravel_index(cells, self.opening.shape)


class _Watched(Market):
    """A market that remembers the month's chances of better devices."""

    def _upgrades(self) -> Upgrades:
        self.upgrades = super()._upgrades()
        return self.upgrades


def publish(scenario: Scenario, first: str | None = None, months: int | None = None) -> Published:
    """Run the product, expected, and keep what it publishes from a month on.

    Parameters
    ----------
    first : label of the first month kept; the scenario's start if not given
    months : how many are kept; all to the scenario's end if not given
    """
    market = _Watched(scenario)
    begin = market.world.month if first is None else month_index(first)
    end = scenario.end_month if months is None else begin + months
    while market.world.month < begin:
        market.step()
    people = market.world.population
    opening, rollover = people.lines / people.lines.sum(), people.rollover.copy()
    shocked = people.shocked / SHOCKED
    kept, outcome = [], []
    while market.world.month < end:
        market.step()
        kept.append(
            Month(
                market.offers,
                market.tastes,
                market.levels,
                market.upgrades,
                bool(market.in_force.rollover),
            )
        )
        outcome.append(_outcome(market))
    return Published(
        tuple(kept), market.fixed.segments, market.fixed.curve, opening, rollover,
        shocked, np.array(outcome),
    )  # fmt: skip


def _outcome(market: Market) -> NDArray[np.float64]:
    """Return what the product's users did this month, per line: (outcomes, carriers)."""
    sums = market.sums.by_place.sum(axis=0)  # (carriers, SUMS)
    each = [sums[:, columns].sum(axis=1) for columns in _COLUMNS]
    return np.array(each) / sums[:, LINES].sum()

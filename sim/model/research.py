"""What a carrier's market research finds out about demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp, log
from sim.core.kernels import kernel
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.offers import Offers
from sim.market.segments import PLAIN_LEVELS, Segments
from sim.market.views import Research
from sim.mechanisms.choice import Tastes, offer_value
from sim.mechanisms.usage import Curve, Levels, Margin, line_month, margins, theta_of

if TYPE_CHECKING:
    from sim.model.market import Market

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# Own list prices asked about, relative to last month's.
_ASKED = np.array(
    [0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 1.0, 1.02, 1.04, 1.07, 1.1, 1.15, 1.25, 1.4]
)


def market_research(market: Market, carrier: int) -> Research:
    """Return demand as a carrier knows it at the start of a month.

    Types are the country's income tiers × usage tiers × levels, each at its mean over provinces
    and lifestyles. Rivals are seen at last month's list prices.
    """
    types, weight, held = _types(market)
    levels = market.month_levels()
    tastes = _national(market)
    prices = market.world.carriers.list_price
    asked = np.unique(np.floor(prices[carrier] * _ASKED + 0.5).astype(np.int64))
    own = [_own(market, carrier, price, types, levels, tastes) for price in asked]
    value, bill, cost = (np.stack(part, axis=1) for part in zip(*own, strict=True))
    offers = _offers(market, prices)
    inclusive = _inclusive(
        types, offers, margins(offers, market.fixed.curve), levels, tastes, market.fixed.curve
    )
    demand = market.scenario.demand
    return Research(
        weight=weight,
        alpha=np.repeat(types.alpha, PLAIN_LEVELS) / FEN_PER_YUAN,
        price=asked,
        value=value,
        bill=bill,
        cost=cost,
        rivals=inclusive,
        held=held,
        attention=demand.attention,
        switching=tastes.switching,
        renewal=market.scenario.population.replacement,
        dissimilarity=demand.dissimilarity,
    )


def _types(market: Market) -> tuple[Segments, Floats, Floats]:
    """Return the types as segments of one province, their share of lines, who holds them.

    The last two are (types,) and (types, carriers), a type being a segment and a level.
    """
    people, s = market.world.population, market.fixed.segments
    tiers = market.fixed.labels.tiers
    kind = s.income.astype(np.int64) * tiers + s.tier
    count = len(market.fixed.labels.incomes) * tiers
    plain = people.lines[:, :PLAIN_LEVELS].astype(np.float64)
    plain[:, 1:] += (
        people.lines[:, PLAIN_LEVELS:].reshape(len(plain), -1, 2, people.offers).sum(axis=1)
        if people.lines.shape[1] > PLAIN_LEVELS
        else 0.0
    )
    by_carrier = plain.reshape(*plain.shape[:2], len(CARRIERS), -1).sum(axis=3)
    lines = np.zeros((count, PLAIN_LEVELS, len(CARRIERS)))
    np.add.at(lines, kind, by_carrier)
    total = np.bincount(kind, weights=s.weight, minlength=count)
    zeros = np.zeros(count, dtype=np.uint8)
    types = Segments(
        province=zeros,
        income=zeros,
        tier=zeros,
        # The last lifestyle does what people do on average.
        style=np.full(count, len(market.fixed.labels.lifestyles) - 1, dtype=np.uint8),
        weight=total,
        theta=np.bincount(kind, weights=s.weight * s.theta, minlength=count) / total,
        alpha=np.bincount(kind, weights=s.weight * s.alpha, minlength=count) / total,
        knows=np.zeros(count, dtype=np.bool_),
    )
    flat = lines.reshape(count * PLAIN_LEVELS, len(CARRIERS))
    whole = flat.sum(axis=1)
    held = flat / np.maximum(whole, 1.0)[:, None]
    return types, whole / whole.sum(), held


def _national(market: Market) -> Tastes:
    """Return tastes with what differs by province at its mean over the lines of the country."""
    tastes = market.month_tastes(renewal=market.scenario.population.replacement)
    s = market.fixed.segments
    weight = np.bincount(s.province, weights=s.weight)
    place = (tastes.place * weight).sum(axis=1, keepdims=True)
    return tastes._replace(place=np.ascontiguousarray(place), xi=market.world.carriers.xi)


def _offers(market: Market, prices: Ints) -> Offers:
    month = market.world.month
    return market.fixed.menu.publish(
        month,
        prices,
        int(market.paths.overage[month]),
        market.world.resellers.price,
        market.paths.voice[month],
    )


def _own(
    market: Market, carrier: int, price: int, types: Segments, levels: Levels, tastes: Tastes
) -> tuple[Floats, Floats, Floats]:
    """Return value, bill and cost of each own plan at a list price: (types, plans) each."""
    prices = market.world.carriers.list_price.copy()
    prices[carrier] = price
    offers, curve = _offers(market, prices), market.fixed.curve
    line_cost = market.scenario.network.line_cost * FEN_PER_YUAN
    terms: tuple[Floats, Floats, Floats] = _terms(
        carrier, types, offers, margins(offers, curve), levels, tastes, curve, line_cost,
        market.unit_cost, float(market.world.carriers.side_revenue[carrier]),
    )  # fmt: skip
    return terms


@kernel
def _terms(
    j: int, types: Segments, offers: Offers, margin: Margin, levels: Levels, tastes: Tastes,
    curve: Curve, line_cost: float, unit_cost: float, side_revenue: float,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    plans = offers.fee.shape[0] // offers.voice.shape[0]
    count = types.theta.shape[0]
    shape = (count * PLAIN_LEVELS, plans)
    value, bill, cost = np.empty(shape), np.empty(shape), np.empty(shape)
    for g in range(count):
        style = int(types.style[g])
        for level in range(PLAIN_LEVELS):
            t = g * PLAIN_LEVELS + level
            theta = theta_of(g, level, types, levels)
            for k in range(plans):
                o = j * plans + k
                part = tastes.voice_quality if k == 0 else 1.0
                value[t, k] = part * tastes.xi[j] + offer_value(
                    g, level, o, types, offers, margin, levels, tastes, curve
                )
                if not offers.open[o]:
                    value[t, k] = -np.inf
                bill[t, k], cost[t, k] = float(offers.voice[j]), line_cost
                if k > 0:
                    use = line_month(
                        theta, o, j, style, 0, levels.usable[style], 0, offers, margin, levels,
                        curve,
                    )  # fmt: skip
                    bill[t, k] += offers.fee[o] + use.extra
                    cost[t, k] += (use.within + use.beyond + use.gift) / KB_PER_GB * unit_cost
                    cost[t, k] -= side_revenue
    return value, bill, cost


@kernel
def _inclusive(
    types: Segments, offers: Offers, margin: Margin, levels: Levels, tastes: Tastes, curve: Curve
) -> Floats:
    """Return the inclusive value of each carrier's offers: (types, carriers) utils."""
    carriers = offers.voice.shape[0]
    plans = offers.fee.shape[0] // carriers
    count = types.theta.shape[0]
    out = np.empty((count * PLAIN_LEVELS, carriers))
    values = np.empty(plans)
    for g in range(count):
        for level in range(PLAIN_LEVELS):
            for j in range(carriers):
                for k in range(plans):
                    o = j * plans + k
                    part = tastes.voice_quality if k == 0 else 1.0
                    values[k] = part * tastes.xi[j] + offer_value(
                        g, level, o, types, offers, margin, levels, tastes, curve
                    )
                    if not offers.open[o]:
                        values[k] = -np.inf
                top = values.max()
                total = 0.0
                for value in values:
                    total += exp((value - top) / tastes.dissimilarity)
                out[g * PLAIN_LEVELS + level, j] = top + tastes.dissimilarity * log(total)
    return out

"""The deals between partners and those who sell them sponsored traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_index
from sim.core.units import FEN_PER_YUAN
from sim.market.names import NONE, PLATFORM, RESELLER
from sim.market.views import PartnerView, frozen
from sim.market.world import NO_OFFER
from sim.mechanisms.diffusion import bass
from sim.mechanisms.sponsorship import incremental_share, potential_use, sponsored_share

if TYPE_CHECKING:
    from sim.model.market import Market


def strike_deals(market: Market) -> NDArray[np.float64]:
    """Let partners whose contracts are up decide; return the share of traffic they pay for.

    Returns (partners, carriers), deliveries that fail left out.
    """
    world, settings = market.world, market.scenario.sponsorship
    partners, carriers = world.partners, world.carriers
    since = world.month + 0.5 - month_index(settings.launch)
    partners.aware = partners.rank < bass(since, settings.innovation, settings.imitation)
    free = np.flatnonzero(partners.aware & ~partners.under_contract(world.month))
    decision = settings.strategy.decide(_partner_view(market, free))
    partners.channel[free] = decision.channel
    partners.fraction[free] = decision.fraction
    # A carrier that left the platform, or that nobody resells, is not reached that way.
    gone = (partners.channel == PLATFORM) & ~carriers.member
    gone |= (partners.channel == RESELLER) & (world.resellers.price >= NO_OFFER)
    partners.channel[gone] = NONE
    partners.fraction[gone] = 0.0
    arrives = np.where(partners.channel == RESELLER, 1.0 - market.scenario.resale.failure, 1.0)
    sponsored: NDArray[np.float64] = partners.fraction * arrives
    world.sponsored = sponsored_share(
        partners.category, partners.reach, sponsored, len(carriers.share)
    )
    return sponsored


def seen_by(market: Market, partner: int) -> PartnerView:
    """Return what one partner sees once the month's deals are struck: that by which it decided."""
    return _partner_view(market, np.array([partner]))


def _partner_view(market: Market, rows: NDArray[np.int64]) -> PartnerView:
    """Return what the partners in `rows` see: last month's use, this month's rates."""
    world, settings, mix = market.world, market.scenario.sponsorship, market.fixed.mix
    partners, service = world.partners, market.scenario.service
    category, reach = partners.category[rows], partners.reach[rows, None]
    return PartnerView(
        month=world.month,
        value=partners.estimate[rows] * market.dilution,
        budget=partners.budget[rows],
        potential=reach * potential_use(world.by_style, mix).T[category],
        incremental=incremental_share(world.by_style, mix).T[category],
        direct_rate=frozen(world.carriers.backward_rate),
        platform_rate=frozen(market.platform_rate),
        reseller_price=frozen(world.resellers.price),
        direct_only=partners.direct_only[rows],
        delivered=1.0 - market.scenario.resale.failure,
        member=frozen(world.carriers.member),
        uplift=service.uplift * world.carriers.service,
        integration_cost=round(settings.integration_cost * FEN_PER_YUAN),
        subscription=round(service.subscription * FEN_PER_YUAN),
    )

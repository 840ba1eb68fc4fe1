"""The deals between partners and those who sell them sponsored traffic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_index
from sim.core.units import FEN_PER_YUAN
from sim.market.names import CARRIERS, NO_PLATFORM, PLATFORM, SHARED_PLATFORM
from sim.market.views import PartnerView, frozen
from sim.mechanisms.billing import SponsorCharges
from sim.mechanisms.channels import Choice, Deals, blocked_part, strike
from sim.mechanisms.contracts import Contract, payment
from sim.mechanisms.diffusion import bass
from sim.mechanisms.sharing import among, mask_of, members_of, share_platform, weights
from sim.mechanisms.sponsorship import (
    Sponsored,
    bill_sponsors,
    seen_by_partners,
    sponsored_share,
)

if TYPE_CHECKING:
    from sim.model.market import Market

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


# ---------------------------------------------------------------------------- contracts


def strike_deals(market: Market) -> Deals:
    """Let partners whose contracts are up decide; return the deals in force."""
    world, settings = market.world, market.scenario.sponsorship
    partners, carriers = world.partners, world.carriers
    since = world.month + 0.5 - month_index(settings.launch)
    known = bass(since, settings.innovation, settings.imitation) if settings.enabled else 0.0
    partners.aware = partners.rank < known
    free = partners.up_for_renewal(world.month)
    free = free[partners.aware[free]]
    decision = settings.strategy.decide(_partner_view(market, free))
    deals = strike(
        free,
        Choice(
            np.ascontiguousarray(decision.channel, np.int8),
            np.ascontiguousarray(decision.fraction, np.float64),
        ),
        market.platform,
        market.platform_before,
        world.resellers.price,
        carriers.block,
        market.scenario.resale.failure,
        partners.channel,
        partners.fraction,
    )
    world.sponsored = sponsored_share(partners.category, partners.reach, deals, len(carriers.share))
    return deals


def seen_by(market: Market, partner: int) -> PartnerView:
    """Return what one partner sees once the month's deals are struck: that by which it decided."""
    return _partner_view(market, np.array([partner]))


def _partner_view(market: Market, rows: Ints) -> PartnerView:
    """Return what the partners in `rows` see: last month's use, this month's rates."""
    world, settings = market.world, market.scenario.sponsorship
    partners, service = world.partners, market.scenario.service
    own = seen_by_partners(
        rows,
        partners.category,
        partners.reach,
        partners.estimate,
        partners.budget,
        partners.direct_only,
        market.dilution,
        world.by_style,
        market.fixed.mix,
    )
    return PartnerView(
        month=world.month,
        **own._asdict(),
        direct_rate=frozen(world.carriers.backward_rate),
        platform_rate=frozen(market.platform_rate),
        platform_share=service.revenue_share,
        reseller_price=frozen(world.resellers.price),
        delivered=1.0 - market.scenario.resale.failure,
        platform=frozen(market.platform),
        block=frozen(world.carriers.block),
        uplift=service.uplift * world.carriers.service,
        integration_cost=round(settings.integration_cost * FEN_PER_YUAN),
        subscription=round(service.subscription * FEN_PER_YUAN),
    )


# ------------------------------------------------------------------------------ charges


def bill_deals(market: Market) -> tuple[Ints, SponsorCharges, Sponsored]:
    """Return what this month's sponsored use is worth, what is owed for it, and both added up.

    The worth is (sponsors, carriers) fen, to who pays for the use and at their true values.
    """
    world, service = market.world, market.scenario.service
    partners, carriers = world.partners, world.carriers
    return bill_sponsors(
        market.deals,
        partners.category,
        partners.reach,
        partners.value,
        market.dilution,
        market.sums.by_style,
        world.sponsored,
        market.fixed.mix,
        service.uplift * carriers.service,
        market.platform,
        carriers.block,
        carriers.backward_rate,
        Contract(
            market.platform_rate,
            fee=round(service.subscription * FEN_PER_YUAN),
            share=service.revenue_share,
        ),
        world.resellers.price,
        round(market.scenario.sponsorship.integration_cost * FEN_PER_YUAN),
    )


# ------------------------------------------------------------------------------ alliance


class Coalitions(NamedTuple):
    """What a shared platform of each set of carriers would earn; masks as in `sharing`."""

    revenue: Ints  # (2^carriers,) fen a month
    volume: Floats  # (2^carriers, carriers) GB a month on the platform


class Income(NamedTuple):
    """What platforms would earn in a month if all partners decided anew."""

    paid: Floats  # (carriers,) fen for traffic and results, by the carrier that carries it
    fees: Ints  # (carriers,) fen of subscriptions to the platform that the carrier is on
    volume: Floats  # (carriers,) GB


def weigh_alliance(market: Market) -> Coalitions | None:
    """Ask again which partners would join if other carriers shared the platform.

    Returns what each coalition would earn, None where nobody sells the service or nobody's move
    or part depends on it; notes what carriers will see of it next month.
    """
    carriers, rule = market.world.carriers, market.scenario.sharing.rule
    asked = rule == "shapley" or any(c.strategy.weighs_alliance for c in market.carriers)
    if not asked or not (carriers.member.any() or carriers.own_platform.any()):
        return None
    known = np.flatnonzero(market.world.partners.aware)
    view = _partner_view(market, known)
    coalitions = _coalitions(market, view)
    cost = market.unit_cost
    for j in range(len(CARRIERS)):
        inside = carriers.member | (np.arange(len(CARRIERS)) == j)
        together = mask_of(inside)
        volume = coalitions.volume[together]
        parts = weights(rule, inside, volume, coalitions.revenue)
        part = share_platform(int(coalitions.revenue[together]), parts)[j]
        carriers.profit_inside[j] = part - cost * volume[j]
        carriers.profit_alone[j] = _profit_alone(market, view, j)
    worse = carriers.profit_inside < carriers.profit_alone
    carriers.months_worse = np.where(worse, carriers.months_worse + 1, 0)
    return coalitions


def _coalitions(market: Market, view: PartnerView) -> Coalitions:
    """Return what platforms of every set of carriers would earn from the partners of a view.

    Carriers outside the set sell on no platform.
    """
    carriers = len(CARRIERS)
    revenue = np.zeros(2**carriers, dtype=np.int64)
    volume = np.zeros((2**carriers, carriers))
    for coalition in range(1, 2**carriers):
        inside = members_of(coalition, carriers)
        income = _asked(market, view, np.where(inside, SHARED_PLATFORM, NO_PLATFORM))
        fees = int(income.fees[inside][0])
        revenue[coalition] = int(np.floor(income.paid.sum() + 0.5)) + fees
        volume[coalition] = income.volume
    return Coalitions(revenue, volume)


def _profit_alone(market: Market, view: PartnerView, carrier: int) -> float:
    """Return what a carrier would earn with a platform of its own while the others stay: fen.

    Whether it is better off so is the internal stability of a cartel (d'Aspremont et al. 1983).
    """
    platform = market.platform.copy()
    platform[carrier] = carrier + 1
    income = _asked(market, view, platform)
    earned = income.paid[carrier] + income.fees[carrier]
    return float(earned - market.unit_cost * income.volume[carrier])


def _asked(market: Market, view: PartnerView, platform: Ints) -> Income:
    """Ask the partners of a view what they would do if carriers were on given platforms."""
    there = replace(view, platform=platform)
    decision = market.scenario.sponsorship.strategy.decide(there)
    sold = np.where(decision.channel == PLATFORM, decision.fraction, 0.0) * view.potential
    exposed = blocked_part(decision.channel, platform, view.block)
    worth = view.value[:, None] * view.incremental * sold * (1.0 + view.uplift) * (1.0 - exposed)
    contract = Contract(view.platform_rate, share=view.platform_share)
    joined = [(sold[:, platform == home] > 0.0).any(axis=1).sum() for home in platform]
    return Income(
        paid=payment(contract, worth, sold).sum(axis=0),
        fees=view.subscription * np.array(joined, dtype=np.int64),
        volume=sold.sum(axis=0),
    )


def platform_parts(market: Market, volume: Ints) -> Floats:
    """Return how members share the shared platform's revenue this month: (carriers,).

    volume : (carriers,) kB sponsored on platforms
    """
    member = market.world.carriers.member
    if not member.any():
        return np.zeros(len(member))
    worth = np.zeros(2 ** len(member), dtype=np.int64)
    if market.coalitions is not None:
        worth = among(market.coalitions.revenue, member)
    return weights(market.scenario.sharing.rule, member, volume, worth)

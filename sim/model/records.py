"""Write a month's facts into the world's tables."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label, year_of
from sim.core.units import KB_PER_GB
from sim.market.names import (
    CARRIERS,
    CATEGORIES,
    CHANNELS,
    DIRECT,
    NONE,
    PLATFORM,
    TIER_OF_CHANNEL,
)
from sim.market.world import NO_OFFER
from sim.mechanisms.channels import platforms_of
from sim.mechanisms.sponsorship import PARTNERS, VOLUME, incremental_share
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    CONTROL_LINES,
    DATA_LINES,
    FEE,
    LINES,
    LTE_LINES,
    OVERAGE,
    RESALE,
    RESOLD,
    SPONSORED,
    USED,
    VOICE,
)
from sim.model.settlement import posting_rows

if TYPE_CHECKING:
    from sim.model.market import Market

type Ints = NDArray[np.int64]

_QUARTER = 3  # months


def record_month(market: Market) -> None:
    """Add this month's rows to every table."""
    label = month_label(market.world.month)
    _record_carriers(market, label)
    _record_market(market, label)
    _record_offers(market, label)
    _record_provinces(market, label)
    _record_categories(market, label)
    _record_partners(market)
    _record_resellers(market, label)
    _record_switches(market, label)
    market.world.record("postings", month=label, **posting_rows(market.world.ledger))


def _record_carriers(market: Market, label: str) -> None:
    world, total = market.world, market.sums.by_place.sum(axis=0)  # (carriers, SUMS)
    carriers, owed, costs = world.carriers, market.sponsor_charges, market.costs
    leaked = market.leak_charges.volume.sum(axis=1)
    traffic = market.sums.by_place[:, :, USED].sum(axis=0)
    world.record(
        "carrier_month",
        month=label,
        carrier=CARRIERS,
        lines=total[:, LINES],
        data_lines=total[:, DATA_LINES],
        lte_lines=total[:, LTE_LINES],
        control_lines=total[:, CONTROL_LINES],
        used_kb=traffic,
        allowance_kb=total[:, ALLOWANCE],
        billed_kb=total[:, BILLED],
        resold_kb=total[:, RESOLD],
        sponsored_kb=total[:, SPONSORED],
        leak_kb=leaked,
        fee_fen=total[:, FEE],
        overage_fen=total[:, OVERAGE],
        voice_fen=total[:, VOICE],
        control_fen=total[:, CONTROL_FEE],
        backward_direct_fen=owed.direct.sum(axis=0),
        backward_platform_fen=market.settled.platform_share,
        wholesale_fen=market.leak_charges.paid.sum(axis=1),
        cost_fen=costs.lines + costs.traffic + costs.service,
        carrying_fen=costs.traffic,
        backward_cost_fen=_backward_cost(market),
        capacity_fen=costs.capacity,
        profit_fen=market.wealth() - market.wealth_before,
        topup_fen=total[:, RESALE],
        resold_backward_fen=owed.resold.sum(axis=0),
        surplus_fen=market.surplus,
        list_price_fen=carriers.list_price.copy(),
        backward_rate_fen=carriers.backward_rate.copy(),
        leak_price_fen=_mean_offer(world.branches.price),
        ordered=(carriers.list_price >= market.in_force.price_ceiling).astype(np.int64),
        xi=carriers.xi.copy(),
        service=carriers.service.copy(),
        load=1.0 - 1.0 / carriers.delay.mean(axis=1),
        partners=market.sponsoring.by_channel[PARTNERS].sum(axis=0),
        member=carriers.member.astype(np.int64),
        block=carriers.block.copy(),
    )


def _backward_cost(market: Market) -> Ints:
    """Return what backward traffic in its own channels costs a carrier, service included: fen."""
    volume = market.sponsoring.by_channel[VOLUME]
    carried = (volume[DIRECT] + volume[PLATFORM]) / KB_PER_GB
    whole: Ints = np.floor(carried * market.unit_cost + 0.5).astype(np.int64)
    whole += market.costs.service
    return whole


def _record_market(market: Market, label: str) -> None:
    """Add what is counted once for all carriers, such as partners that sponsor several."""
    world, owed, sponsoring = market.world, market.sponsor_charges, market.sponsoring
    world.record(
        "market_month",
        month=label,
        partners=[sponsoring.partners],
        service_partners=[sponsoring.served],
        categories=[sponsoring.categories],
        platforms=[len(platforms_of(world.carriers.platform))],
        subscription_fen=[int(owed.subscription.sum())],
        integration_fen=[int(owed.integration.sum())],
    )


def _mean_offer(price: Ints) -> NDArray[np.float64]:
    """Return the unweighted mean of the prices that branches post: (carriers,), nan for none."""
    posted = price < NO_OFFER
    count = posted.sum(axis=1)
    total = np.where(posted, price, 0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _record_offers(market: Market, label: str) -> None:
    plans, held = market.fixed.labels.plans, market.sums.by_offer
    market.world.record(
        "offer_month",
        month=label,
        carrier=_repeated(CARRIERS, len(plans)),
        plan=_tiled(plans, len(CARRIERS)),
        lines=held[:, 0],
        used_kb=held[:, 1],
        revenue_fen=held[:, 2],
    )


def _record_provinces(market: Market, label: str) -> None:
    place, codes = market.sums.by_place, market.fixed.labels.provinces
    price = market.world.branches.price.T.ravel()
    market.world.record(
        "province_carrier_month",
        month=label,
        province=_repeated(codes, len(CARRIERS)),
        carrier=_tiled(CARRIERS, len(codes)),
        lines=place[:, :, LINES].ravel(),
        used_kb=place[:, :, USED].ravel(),
        revenue_fen=(place[:, :, FEE] + place[:, :, OVERAGE]).ravel(),
        leak_kb=market.leak_charges.volume.T.ravel(),
        wholesale_price_fen=np.where(price < NO_OFFER, price, np.nan),
    )


def _record_categories(market: Market, label: str) -> None:
    sponsored = market.sponsoring.cells[VOLUME].sum(axis=1)
    market.world.record(
        "category_carrier_month",
        month=label,
        category=_repeated(CATEGORIES, len(CARRIERS)),
        carrier=_tiled(CARRIERS, len(CATEGORIES)),
        sponsored_kb=sponsored.ravel(),
        sponsored_share=market.world.sponsored.T.ravel(),
        incremental_share=incremental_share(market.sums.by_style, market.fixed.mix).T.ravel(),
    )


def _record_partners(market: Market) -> None:
    """Add the month to the quarter's sums; write them at the quarter's end."""
    world, cells = market.world, market.sponsoring.cells
    world.quarter = cells[:PARTNERS] + (0 if world.quarter is None else world.quarter)
    if world.month % _QUARTER != _QUARTER - 1:
        return
    count = cells[PARTNERS]
    category_id, channel_id, carrier_id = np.indices(count.shape)
    quarter, world.quarter = world.quarter, None
    keep = (channel_id != NONE).ravel()
    world.record(
        "partner_quarter",
        quarter=f"{year_of(world.month)}Q{world.month % 12 // _QUARTER + 1}",
        category=np.array(CATEGORIES)[category_id.ravel()[keep]],
        channel=np.array(CHANNELS)[channel_id.ravel()[keep]],
        tier=np.array(TIER_OF_CHANNEL)[channel_id.ravel()[keep]],
        carrier=np.array(CARRIERS)[carrier_id.ravel()[keep]],
        partners=count.ravel()[keep],
        sponsored_kb=quarter[0].ravel()[keep],
        paid_fen=quarter[1].ravel()[keep],
        value_fen=quarter[2].ravel()[keep],
        fees_fen=quarter[3].ravel()[keep],
    )


def _record_resellers(market: Market, label: str) -> None:
    resellers, was = market.world.resellers, market.active_before
    market.world.record(
        "reseller_month",
        month=label,
        active=[int(resellers.active.sum())],
        margin_fen=[resellers.margin],
        profit_fen=[int(resellers.profit.sum())],
        entered=[int((resellers.active & ~was).sum())],
        left=[int((was & ~resellers.active).sum())],
    )


def _record_switches(market: Market, label: str) -> None:
    market.world.record(
        "switches",
        month=label,
        origin=_repeated(CARRIERS, len(CARRIERS)),
        destination=_tiled(CARRIERS, len(CARRIERS)),
        looked=market.moves[:, :, 0].ravel(),
        renewed=market.moves[:, :, 1].ravel(),
    )


@cache
def _repeated(labels: tuple[str, ...], times: int) -> NDArray[np.str_]:
    """Return each label several times in a row; made once, for every month has the same."""
    return np.repeat(np.array(labels), times)


@cache
def _tiled(labels: tuple[str, ...], times: int) -> NDArray[np.str_]:
    """Return the labels one after another, several times."""
    return np.tile(np.array(labels), times)

"""Write a month's facts into the world's tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label, year_of
from sim.core.kernels import kernel
from sim.market.names import (
    CARRIERS,
    CATEGORIES,
    CHANNELS,
    DIRECT,
    NONE,
    RESELLER,
    TIER_OF_CHANNEL,
)
from sim.market.world import NO_OFFER
from sim.mechanisms.channels import platforms_of
from sim.mechanisms.congestion import mean_load
from sim.mechanisms.leakage import mean_offer
from sim.mechanisms.sponsorship import (
    FEES,
    PAID,
    PARTNERS,
    VOLUME,
    WORTH,
    carrying_cost,
    incremental_share,
)
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

type Flags = NDArray[np.bool_]
type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_QUARTER = 3  # months


def record_month(market: Market) -> None:
    """Add this month's rows to the tables that the market is asked for."""
    label = month_label(market.world.month)
    for name in market.tables:
        _RECORDERS[name](market, label)


def _record_carriers(market: Market, label: str) -> None:
    world, total, costs = market.world, market.total, market.costs
    carriers, sponsoring = world.carriers, market.sponsoring.by_channel
    world.record(
        "carrier_month",
        month=label,
        carrier=CARRIERS,
        lines=total[:, LINES],
        data_lines=total[:, DATA_LINES],
        lte_lines=total[:, LTE_LINES],
        control_lines=total[:, CONTROL_LINES],
        used_kb=total[:, USED],
        allowance_kb=total[:, ALLOWANCE],
        billed_kb=total[:, BILLED],
        resold_kb=total[:, RESOLD],
        sponsored_kb=total[:, SPONSORED],
        leak_kb=world.resellers.sold,
        fee_fen=total[:, FEE],
        overage_fen=total[:, OVERAGE],
        voice_fen=total[:, VOICE],
        control_fen=total[:, CONTROL_FEE],
        backward_direct_fen=sponsoring[PAID, DIRECT],
        backward_platform_fen=market.settled.platform_share,
        wholesale_fen=market.leak_charges.taken,
        cost_fen=costs.lines + costs.traffic + costs.service,
        carrying_fen=costs.traffic,
        backward_cost_fen=carrying_cost(sponsoring, market.unit_cost) + costs.service,
        capacity_fen=costs.capacity,
        profit_fen=carriers.profit,
        topup_fen=total[:, RESALE],
        resold_backward_fen=sponsoring[PAID, RESELLER],
        surplus_fen=market.surplus,
        list_price_fen=carriers.list_price.copy(),
        backward_rate_fen=carriers.backward_rate.copy(),
        leak_price_fen=mean_offer(world.branches.price),
        ordered=(carriers.list_price >= market.in_force.price_ceiling).astype(np.int64),
        xi=carriers.xi.copy(),
        service=carriers.service.copy(),
        load=mean_load(carriers.delay),
        partners=market.sponsoring.by_carrier,
        member=carriers.member.astype(np.int64),
        block=carriers.block.copy(),
    )


def _record_market(market: Market, label: str) -> None:
    """Add what is counted once for all carriers, such as partners that sponsor several."""
    world, owed, sponsoring = market.world, market.sponsor_charges, market.sponsoring
    world.record(
        "market_month",
        month=label,
        partners=[sponsoring.partners],
        service_partners=[sponsoring.served],
        categories=[sponsoring.categories],
        platforms=[len(platforms_of(market.platform))],
        subscription_fen=[int(owed.subscription.sum())],
        integration_fen=[int(owed.integration.sum())],
    )


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
    codes = market.fixed.labels.provinces
    lines, used, revenue, leaked, price = _by_province(
        market.sums.by_place,
        market.leak_charges.volume,
        market.world.branches.price,
        market.fixed.place_of,
    )
    market.world.record(
        "province_carrier_month",
        month=label,
        province=_repeated(codes, len(CARRIERS)),
        carrier=_tiled(CARRIERS, len(codes)),
        lines=lines,
        used_kb=used,
        revenue_fen=revenue,
        leak_kb=leaked,
        wholesale_price_fen=price,
    )


@kernel
def _by_province(
    by_place: Ints, leaked: Ints, price: Ints, place_of: Ints
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Return lines, kB used, data revenue, kB leaked and branches' price, nan where none sells.

    All are (provinces × carriers,). by_place : (provinces, carriers, SUMS); leaked, price :
    (carriers, branches), the price a mean over those that sell; place_of : see `Fixed`
    """
    provinces, carriers = by_place.shape[0], by_place.shape[1]
    counts = np.zeros((4, provinces * carriers), dtype=np.int64)
    asked, sellers = np.zeros(provinces * carriers), np.zeros(provinces * carriers)
    for p in range(provinces):
        for j in range(carriers):
            row, place = p * carriers + j, by_place[p, j]
            counts[0, row], counts[1, row] = place[LINES], place[USED]
            counts[2, row] = place[FEE] + place[OVERAGE]
    for b in range(place_of.shape[0]):
        for j in range(carriers):
            row = place_of[b] * carriers + j
            counts[3, row] += leaked[j, b]
            if price[j, b] < NO_OFFER:
                asked[row] += price[j, b]
                sellers[row] += 1.0
    return counts[0], counts[1], counts[2], counts[3], asked / sellers


def _record_categories(market: Market, label: str) -> None:
    volume, share, added = _by_category(
        market.sponsoring.cells[VOLUME],
        market.world.sponsored,
        market.sums.by_style,
        market.fixed.mix,
    )
    market.world.record(
        "category_carrier_month",
        month=label,
        category=_repeated(CATEGORIES, len(CARRIERS)),
        carrier=_tiled(CARRIERS, len(CATEGORIES)),
        sponsored_kb=volume,
        sponsored_share=share,
        incremental_share=added,
    )


@kernel
def _by_category(
    volume: Ints, share: Floats, by_style: Ints, mix: Floats
) -> tuple[Ints, Floats, Floats]:
    """Return kB sponsored, the share of traffic sponsored and that which sponsoring adds.

    All are (categories × carriers,). volume : (categories, channels, carriers) kB
    share : (carriers, categories); by_style, mix : as in `incremental_share`
    """
    added = incremental_share(by_style, mix)
    return volume.sum(axis=1).ravel(), share.T.copy().ravel(), added.T.copy().ravel()


def _record_partners(market: Market, _label: str) -> None:
    """Add the month to the quarter's sums; write them at the quarter's end."""
    world, cells = market.world, market.sponsoring.cells
    world.quarter = cells[:PARTNERS] + (0 if world.quarter is None else world.quarter)
    if world.month % _QUARTER != _QUARTER - 1:
        return
    sponsors, quarter = cells[PARTNERS], world.quarter
    world.quarter = None
    world.record(
        "partner_quarter",
        quarter=f"{year_of(world.month)}Q{world.month % 12 // _QUARTER + 1}",
        **_cell_labels(),
        partners=_with_channel(sponsors),
        sponsored_kb=_with_channel(quarter[VOLUME]),
        paid_fen=_with_channel(quarter[PAID]),
        value_fen=_with_channel(quarter[WORTH]),
        fees_fen=_with_channel(quarter[FEES]),
    )


@cache
def _cell_labels() -> dict[str, NDArray[np.str_]]:
    """Return category, channel, tier and carrier of the cells of partners that sponsor."""
    category, channel, carrier = np.indices((len(CATEGORIES), len(CHANNELS), len(CARRIERS)))
    return {
        "category": np.array(CATEGORIES)[_with_channel(category)],
        "channel": np.array(CHANNELS)[_with_channel(channel)],
        "tier": np.array(TIER_OF_CHANNEL)[_with_channel(channel)],
        "carrier": np.array(CARRIERS)[_with_channel(carrier)],
    }


def _with_channel(cells: Ints) -> Ints:
    """Return cells but those without a channel, in a row: (categories, channels, carriers)."""
    return cells[:, NONE + 1 :].ravel()


def _record_resellers(market: Market, label: str) -> None:
    resellers = market.world.resellers
    active, entered, left, profit = _business(
        resellers.active, market.active_before, resellers.profit
    )
    market.world.record(
        "reseller_month",
        month=label,
        active=[active],
        margin_fen=[resellers.margin],
        profit_fen=[profit],
        entered=[entered],
        left=[left],
    )


@kernel
def _business(active: Flags, before: Flags, profit: Ints) -> tuple[int, int, int, int]:
    """Return how many resellers are in business, came and went, and what all earned, fen."""
    entered, left = (active & ~before).sum(), (before & ~active).sum()
    return int(active.sum()), int(entered), int(left), int(profit.sum())


def _record_switches(market: Market, label: str) -> None:
    market.world.record(
        "switches",
        month=label,
        origin=_repeated(CARRIERS, len(CARRIERS)),
        destination=_tiled(CARRIERS, len(CARRIERS)),
        looked=market.moves[:, :, 0].ravel(),
        renewed=market.moves[:, :, 1].ravel(),
    )


def _record_postings(market: Market, label: str) -> None:
    market.world.record("postings", month=label, **posting_rows(market.postings))


_RECORDERS: dict[str, Callable[[Market, str], None]] = {
    "carrier_month": _record_carriers,
    "market_month": _record_market,
    "offer_month": _record_offers,
    "province_carrier_month": _record_provinces,
    "category_carrier_month": _record_categories,
    "partner_quarter": _record_partners,
    "reseller_month": _record_resellers,
    "switches": _record_switches,
    "postings": _record_postings,
}


@cache
def _repeated(labels: tuple[str, ...], times: int) -> NDArray[np.str_]:
    """Return each label several times in a row; made once, for every month has the same."""
    return np.repeat(np.array(labels), times)


@cache
def _tiled(labels: tuple[str, ...], times: int) -> NDArray[np.str_]:
    """Return the labels one after another, several times."""
    return np.tile(np.array(labels), times)

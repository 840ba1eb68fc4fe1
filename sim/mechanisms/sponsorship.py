"""What sponsoring adds, what partners reach, and who pays for how much.

A partner that pays for its users' traffic gains what they use more of because it is free:
the incremental share is the traffic-weighted mean of 1 - x(q*) / x(0), each user at their own
shadow price q*. With one price for all it is 1 - (kappa / (kappa + p))^eps, and a partner
sponsors iff v > w / (that) (docs/model.md; after Joe-Wong, Ha and Chiang 2015).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.core.money import split_into, whole
from sim.core.sums import total_of
from sim.core.units import KB_PER_GB
from sim.market.names import CATEGORIES, CHANNELS, DIRECT, PLATFORM
from sim.mechanisms.billing import SponsorCharges, bill_partners
from sim.mechanisms.channels import Deals, Seen, blocked_at
from sim.mechanisms.contracts import Contract
from sim.mechanisms.usage import POTENTIAL, PRICED, REACH_SPONSORED

type Flags = NDArray[np.bool_]
type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


@kernel
def potential_use(by_style: Ints, mix: Floats) -> Floats:
    """Return what users would use of each category if it were free: (carriers, categories) GB.

    by_style : (carriers, lifestyles, REACH) kB; mix : (lifestyles, categories) shares.
    """
    return _by_category(by_style, POTENTIAL, mix) / KB_PER_GB


@kernel
def incremental_share(by_style: Ints, mix: Floats) -> Floats:
    """Return the share of sponsored use that sponsoring adds: (carriers, categories)."""
    free = _by_category(by_style, POTENTIAL, mix)
    priced = _by_category(by_style, PRICED, mix)
    return np.where(free > 0.0, 1.0 - priced / np.maximum(free, 1.0), 0.0)


@inlined
def _by_category(by_style: Ints, reach: int, mix: Floats) -> Floats:
    """Return (carriers, categories) from (carriers, lifestyles), summed in a fixed order."""
    out = np.zeros((by_style.shape[0], mix.shape[1]))
    for j in range(by_style.shape[0]):
        for style in range(mix.shape[0]):
            for c in range(mix.shape[1]):
                out[j, c] += by_style[j, style, reach] * mix[style, c]
    return out


@kernel
def seen_by_partners(
    rows: Ints, category: NDArray[np.uint8], reach: Floats, estimate: Floats, budget: Floats,
    direct_only: Flags, dilution: float, by_style: Ints, mix: Floats,
) -> Seen:  # fmt: skip
    """Return what the partners in `rows` see of themselves and of their users.

    Parameters
    ----------
    category, reach, estimate, budget, direct_only : (all partners,), see `PartnerBook`
    dilution : factor on the worth of a GB
    by_style, mix : as in `potential_use`
    """
    potential, added = potential_use(by_style, mix), incremental_share(by_style, mix)
    count, carriers = rows.shape[0], potential.shape[0]
    value, funds, alone = np.empty(count), np.empty(count), np.empty(count, dtype=np.bool_)
    own, incremental = np.empty((count, carriers)), np.empty((count, carriers))
    for i in range(count):
        n = rows[i]
        c = category[n]
        value[i], funds[i], alone[i] = estimate[n] * dilution, budget[n], direct_only[n]
        for j in range(carriers):
            own[i, j], incremental[i, j] = reach[n] * potential[j, c], added[j, c]
    return Seen(value, funds, own, incremental, alone)


@kernel
def sponsored_share(
    category: NDArray[np.uint8], reach: Floats, deals: Deals, carriers: int
) -> Floats:
    """Return the share of each category's traffic that partners pay for: (carriers, categories).

    category, reach : (partners,)
    """
    share = np.zeros((carriers, len(CATEGORIES)))
    for i in range(deals.partner.shape[0]):
        n = deals.partner[i]
        for j in range(carriers):
            share[j, category[n]] += reach[n] * deals.arrives[i, j]
    return share


@kernel
def sponsored_by_style(share: Floats, mix: Floats) -> Floats:
    """Return the share of each lifestyle's traffic that partners pay for: (carriers, lifestyles).

    share : (carriers, categories); mix : (lifestyles, categories)
    """
    out = np.empty((share.shape[0], mix.shape[0]))
    for j in range(share.shape[0]):
        for style in range(mix.shape[0]):
            out[j, style] = total_of(share[j] * mix[style])
    return out


@kernel
def split_among_partners(
    sponsored: Ints, share: Floats, mix: Floats, category: NDArray[np.uint8], weight: Floats
) -> Ints:
    """Return the kilobytes that each sponsor pays for on each carrier: (sponsors, carriers).

    Parameters
    ----------
    sponsored : (carriers, lifestyles) kB, counted line by line
    share : (carriers, categories) sponsored share of each category's traffic
    mix : (lifestyles, categories)
    category : (sponsors,)
    weight : (sponsors, carriers) reach times sponsored share; the parts sum exactly
    """
    out = np.zeros(weight.shape, dtype=np.int64)
    for j in range(weight.shape[1]):
        by_category = _sponsored_in_category(sponsored[j], share[j], mix)
        total = np.zeros(by_category.shape[0])
        for n in range(weight.shape[0]):
            total[category[n]] += weight[n, j]
        running, edge = np.zeros_like(total), np.zeros_like(by_category)
        for n in range(weight.shape[0]):
            c = category[n]
            if weight[n, j] > 0.0:  # cumulative rounding within the category, as in `split`
                running[c] += weight[n, j]
                upper = by_category[c]
                if running[c] < total[c]:
                    upper = math.floor(running[c] / total[c] * by_category[c] + 0.5)
                out[n, j] = upper - edge[c]
                edge[c] = upper
    return out


@inlined
def _sponsored_in_category(sponsored: Ints, share: Floats, mix: Floats) -> Ints:
    """Return a carrier's sponsored kilobytes by category: (categories,)."""
    total, part = np.zeros(mix.shape[1], dtype=np.int64), np.empty(mix.shape[1], dtype=np.int64)
    for style in range(mix.shape[0]):
        split_into(sponsored[style], mix[style] * share, part)
        total += part
    return total


@kernel
def true_worth(
    volume: Ints, channel: NDArray[np.int8], category: NDArray[np.uint8], value: Floats,
    added: Floats, uplift: Floats, platform: Ints, block: Floats,
) -> Ints:  # fmt: skip
    """Return what the use added by sponsoring is truly worth: (sponsors, carriers) fen.

    Parameters
    ----------
    volume : (sponsors, carriers) kB sponsored; channel : likewise
    category : (sponsors,); value : (sponsors,) fen per added GB
    added : (carriers, categories) share of sponsored use that sponsoring adds
    uplift : (carriers,) worth added by a platform's service
    platform, block : (carriers,) as in `blocked_at`
    """
    worth = np.zeros(volume.shape, dtype=np.int64)
    for n in range(volume.shape[0]):
        for j in range(volume.shape[1]):
            if volume[n, j] > 0:
                served = 1.0 + (uplift[j] if channel[n, j] == PLATFORM else 0.0)
                kept = 1.0 - blocked_at(n, j, channel, platform, block)
                each = value[n] * served * kept * added[j, category[n]]
                worth[n, j] = math.floor(each * (volume[n, j] / KB_PER_GB) + 0.5)
    return worth


@kernel
def sponsored_use(
    deals: Deals, category: NDArray[np.uint8], reach: Floats, value: Floats, dilution: float,
    by_style: Ints, share: Floats, mix: Floats, uplift: Floats, platform: Ints, block: Floats,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Return what sponsors pay for, kB, and what it is truly worth to them, fen.

    Both are (sponsors, carriers).

    Parameters
    ----------
    category, reach, value : (all partners,), the last in fen per added GB, before its dilution
    by_style, mix : as in `potential_use`; share : as in `split_among_partners`
    uplift, platform, block : as in `true_worth`
    """
    kinds = category[deals.partner]
    weight = np.empty_like(deals.arrives)
    for i in range(weight.shape[0]):
        weight[i] = reach[deals.partner[i]] * deals.arrives[i]
    sponsored = by_style[:, :, REACH_SPONSORED].copy()
    volume = split_among_partners(sponsored, share, mix, kinds, weight)
    added = incremental_share(by_style, mix)
    worth_of_gb = value[deals.partner] * dilution
    worth = true_worth(volume, deals.channel, kinds, worth_of_gb, added, uplift, platform, block)
    return volume, worth


class Sponsored(NamedTuple):
    """A month's sponsoring, added up over partners."""

    cells: Ints  # (SPONSORED, categories, channels, carriers)
    by_channel: Ints  # (SPONSORED, channels, carriers)
    by_carrier: Ints  # (carriers,) partners that sponsor its users
    partners: int  # that sponsor any carrier's users
    served: int  # those of them on a platform
    categories: int  # with a partner that sponsors


# What is added up: kB, fen paid for traffic, fen of worth, fen of fees, partners that sponsor.
SPONSORED = ("volume", "paid", "worth", "fees", "partners")
VOLUME, PAID, WORTH, FEES, PARTNERS = range(len(SPONSORED))


@kernel
def add_up_sponsors(
    category: NDArray[np.uint8], channel: NDArray[np.int8], owed: SponsorCharges, worth: Ints
) -> Sponsored:
    """Add up what partners sponsor, owe and gain.

    A sponsor's fees belong to all carriers that it sponsors with: divided by volume, summing
    exactly.

    category : (all partners,); channel, worth : (sponsors, carriers)
    """
    volume, direct, platform, resold = owed.volume, owed.direct, owed.platform, owed.resold
    subscription, integration = owed.subscription, owed.integration
    carriers = volume.shape[1]
    cells = np.zeros((len(SPONSORED), len(CATEGORIES), len(CHANNELS), carriers), dtype=np.int64)
    with_sponsor = np.zeros(len(CATEGORIES), dtype=np.bool_)
    sponsors, on_platform = 0, 0
    for n in range(volume.shape[0]):
        total, served = 0, False
        for j in range(carriers):
            total += volume[n, j]
            served |= volume[n, j] > 0 and channel[n, j] == PLATFORM
        if total == 0:
            continue
        sponsors += 1
        on_platform += 1 if served else 0
        c, running, edge = category[owed.partner[n]], 0, 0
        with_sponsor[c] = True
        fees = subscription[n].sum() + integration[n]
        for j in range(carriers):
            where = channel[n, j]
            running += volume[n, j]
            upper = math.floor(fees * (running / total) + 0.5)
            cells[VOLUME, c, where, j] += volume[n, j]
            cells[PAID, c, where, j] += direct[n, j] + platform[n, j] + resold[n, j]
            cells[WORTH, c, where, j] += worth[n, j]
            cells[FEES, c, where, j] += upper - edge
            cells[PARTNERS, c, where, j] += 1 if volume[n, j] > 0 else 0
            edge = upper
    by_channel = cells.sum(axis=1)
    by_carrier = by_channel[PARTNERS].sum(axis=0)
    return Sponsored(cells, by_channel, by_carrier, sponsors, on_platform, int(with_sponsor.sum()))


@kernel
def bill_sponsors(
    deals: Deals, category: NDArray[np.uint8], reach: Floats, value: Floats, dilution: float,
    by_style: Ints, share: Floats, mix: Floats, uplift: Floats, platform: Ints, block: Floats,
    direct_rate: Ints, service: Contract, reseller_price: Ints, integration: int,
) -> tuple[Ints, SponsorCharges, Sponsored]:  # fmt: skip
    """Return what a month's sponsored use is worth to sponsors, what they owe, and both added up.

    The worth is (sponsors, carriers) fen, at their true values. Arguments as in `sponsored_use`,
    then as in `bill_partners`.
    """
    volume, worth = sponsored_use(
        deals, category, reach, value, dilution, by_style, share, mix, uplift, platform, block
    )
    owed = bill_partners(
        deals.partner, volume, worth, deals.channel, platform, direct_rate, service,
        reseller_price, integration,
    )  # fmt: skip
    return worth, owed, add_up_sponsors(category, deals.channel, owed, worth)


@kernel
def carrying_cost(by_channel: Ints, unit_cost: float) -> Ints:
    """Return what carrying the backward traffic in its own channels costs each carrier, fen.

    by_channel : (SPONSORED, channels, carriers); unit_cost : fen per GB
    """
    carried = (by_channel[VOLUME, DIRECT] + by_channel[VOLUME, PLATFORM]) / KB_PER_GB
    return whole(carried * unit_cost)

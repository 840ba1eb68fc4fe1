"""By which channel a partner sponsors, and what carriers block.

A partner buys traffic from a carrier direct, from resellers, or as a service on the platform on
which the carrier sells. It integrates once for each platform: once for every carrier sold direct,
once for all members of a shared platform.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.market.names import DIRECT, NO_PLATFORM, NONE, PLATFORM, RESELLER
from sim.market.offers import NOT_SOLD

type Channels = NDArray[np.int8]
type Flags = NDArray[np.bool_]
type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Seen(NamedTuple):
    """What partners see for themselves; see `PartnerView`."""

    value: Floats  # (partners,) fen per added GB
    budget: Floats  # (partners,) fen a month
    potential: Floats  # (partners, carriers) GB a month
    incremental: Floats  # (partners, carriers) share of it that sponsoring adds
    direct_only: Flags  # (partners,)


class Rates(NamedTuple):
    """The terms on which all partners can buy; fen per GB unless said otherwise."""

    direct: Ints  # (carriers,)
    service: Ints  # (carriers,) on a platform
    share: float  # of the worth of added use, paid to a platform beside the rate
    resale: Ints  # (carriers,)
    delivered: float  # share of a reseller's deliveries that arrive
    uplift: Floats  # (carriers,) added worth through service
    integration: int  # fen per platform and month
    subscription: int  # fen per month and platform


class Choice(NamedTuple):
    """What partners choose."""

    channel: Channels  # (partners, carriers) index into CHANNELS
    fraction: Floats  # (partners, carriers) 0 to 1


class Deals(NamedTuple):
    """The deals in force: all that is billed is worked out for these partners alone."""

    partner: Ints  # (sponsors,) rows of the partners that pay for traffic, rising
    channel: Channels  # (sponsors, carriers) index into CHANNELS
    arrives: Floats  # (sponsors, carriers) share of traffic paid for, less deliveries that fail


def platforms_of(platform: Ints) -> list[int]:
    """Return the ids of the platforms that there are, in rising order."""
    return sorted({p for p in platform.tolist() if p != NO_PLATFORM})


@inlined
def blocked_at(n: int, j: int, channel: Channels, platform: Ints, block: Floats) -> float:
    """Return the part of a GB's worth that carrier j takes from its deal with partner n.

    A carrier blocks partners that are on a platform without it, and can tell them in its own
    channels alone: what a reseller sends looks like any user's top-up.

    channel : (partners, carriers); platform, block : (carriers,)
    """
    own = channel[n, j] == DIRECT or channel[n, j] == PLATFORM
    if not own or block[j] == 0.0:
        return 0.0
    for k in range(platform.shape[0]):
        home = platform[k]
        if channel[n, k] == PLATFORM and home != NO_PLATFORM and home != platform[j]:
            return float(block[j])
    return 0.0


@kernel
def blocked_part(channel: Channels, platform: Ints, block: Floats) -> Floats:
    """Return what blocking takes from each deal: (partners, carriers); see `blocked_at`."""
    part = np.zeros(channel.shape)
    for n in range(channel.shape[0]):
        for j in range(channel.shape[1]):
            part[n, j] = blocked_at(n, j, channel, platform, block)
    return part


@kernel
def best_channels(seen: Seen, rates: Rates, platform: Ints, block: Floats, joined: Flags) -> Choice:
    """Return each partner's best set of platforms, best channels and the part it can pay.

    With a carrier, traffic worth w = v · (incremental share) · volume gains w - direct rate ·
    volume - integration, (w - reseller's rate · volume) · delivered, or w · (1 + uplift) · (1 -
    share) - platform rate · volume; nothing if all are negative. What a carrier blocks is off w
    in its own channels. Each platform joined costs integration and subscription. A budget caps
    the sponsored share.

    Parameters
    ----------
    platform, block : (carriers,) ids, part of the worth lost if on a platform without the carrier
    joined : (sets, platforms) sets of platforms to choose from, by id; the first of equals wins
    """
    value, budget, potential, incremental, direct_only = seen
    direct_rate, service_rate, share, resale_rate, delivered, uplift, integration, monthly = rates
    partners, carriers = potential.shape
    best, channel = np.full(partners, -np.inf), np.empty((partners, carriers), dtype=np.int8)
    spending, tried = np.zeros(partners), np.empty(carriers, dtype=np.int8)
    for s in range(joined.shape[0]):
        entry = joined[s].sum() * (integration + monthly)
        here, open_part = _terms_in(joined[s], platform, block)
        for n in range(partners):
            gain, due = 0.0, 0.0
            for j in range(carriers):
                volume = potential[n, j]
                worth = value[n] * incremental[n, j] * volume
                seen_worth = worth * open_part[j]
                served = seen_worth * (1.0 + uplift[j])
                to_carrier, to_reseller = direct_rate[j] * volume, resale_rate[j] * volume
                to_platform = share * served + service_rate[j] * volume
                direct = seen_worth - to_carrier - integration
                resold = 0.0 if direct_only[n] else (worth - to_reseller) * delivered
                alone, tried[j], cost = max(direct, resold, 0.0), NONE, 0.0
                if here[j] and served - to_platform > alone:
                    alone, tried[j], cost = served - to_platform, PLATFORM, to_platform
                elif alone > 0.0 and direct > resold:
                    tried[j], cost = DIRECT, to_carrier
                elif alone > 0.0:
                    tried[j], cost = RESELLER, to_reseller
                gain += alone
                due += cost
            if gain - entry > best[n]:
                best[n], spending[n] = gain - entry, due
                channel[n] = tried
    return Choice(channel, _affordable(channel, spending, budget))


@inlined
def _terms_in(joined: Flags, platform: Ints, block: Floats) -> tuple[Flags, Floats]:
    """Return which carriers are on platforms joined, and which part of the worth each leaves."""
    here, part = np.zeros(platform.shape[0], dtype=np.bool_), np.ones(platform.shape[0])
    for j in range(platform.shape[0]):
        for home in range(joined.shape[0]):
            if joined[home] and home == platform[j]:
                here[j] = True
            elif joined[home]:
                part[j] = 1.0 - block[j]
    return here, part


@inlined
def _affordable(channel: Channels, spending: Floats, budget: Floats) -> Floats:
    """Return the sponsored share of each partner's traffic that its budget allows."""
    fraction = np.zeros(channel.shape)
    for n in range(channel.shape[0]):
        part = budget[n] / max(spending[n], 1.0) if spending[n] > budget[n] else 1.0
        for j in range(channel.shape[1]):
            fraction[n, j] = 0.0 if channel[n, j] == NONE else part
    return fraction


@kernel
def strike(
    rows: Ints, chosen: Choice, platform: Ints, before: Ints, resale_price: Ints, block: Floats,
    failure: float, channel: Channels, fraction: Floats,
) -> Deals:  # fmt: skip
    """Write what partners chose into the book; return the deals in force.

    Contracts end at once that run through a platform that the carrier has left, through resellers
    that have nothing to sell, and with a carrier that shuts the partner out.

    Parameters
    ----------
    rows : partners that choose; chosen : theirs
    platform, before : (carriers,) ids, this month's and last month's
    resale_price : (carriers,) fen per GB, `NOT_SOLD` where resellers have nothing to sell
    block : (carriers,) part of the worth; failure : share of resellers' deliveries
    channel, fraction : (all partners, carriers), written
    """
    carriers = channel.shape[1]
    for i in range(rows.shape[0]):
        for j in range(carriers):
            through = chosen.channel[i, j]
            if through != NONE or channel[rows[i], j] != NONE:  # most had none and have none
                channel[rows[i], j] = through
                fraction[rows[i], j] = 0.0 if through == NONE else chosen.fraction[i, j]
    left, resale = (platform == NO_PLATFORM) | (platform != before), resale_price < NOT_SOLD
    over, sponsors = np.zeros(carriers, dtype=np.bool_), np.zeros(channel.shape[0], dtype=np.bool_)
    for n in range(channel.shape[0]):
        has_deals = False
        for j in range(carriers):
            has_deals |= channel[n, j] != NONE
        if not has_deals:  # as most
            continue
        for j in range(carriers):
            through = channel[n, j]
            ended = (through == PLATFORM and left[j]) or (through == RESELLER and not resale[j])
            over[j] = ended or blocked_at(n, j, channel, platform, block) >= 1.0
        for j in range(carriers):
            if over[j]:
                channel[n, j], fraction[n, j] = NONE, 0.0
            sponsors[n] |= fraction[n, j] > 0.0
    partner = np.flatnonzero(sponsors)
    arrives = fraction[partner]
    for i in range(partner.shape[0]):
        for j in range(carriers):
            arrives[i, j] *= 1.0 - failure if channel[partner[i], j] == RESELLER else 1.0
    return Deals(partner, channel[partner], arrives)

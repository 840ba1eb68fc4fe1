"""Who owes what for sponsored, resold and leaked traffic."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import InvariantError
from sim.core.kernels import inlined, kernel
from sim.core.money import split_into
from sim.core.units import KB_PER_GB
from sim.market.names import DIRECT, NO_PLATFORM, PLATFORM, RESELLER
from sim.mechanisms.contracts import Contract

type Ints = NDArray[np.int64]


class SponsorCharges(NamedTuple):
    """A month's charges to the partners that sponsor: nobody else owes anything."""

    partner: Ints  # (sponsors,) rows among all partners
    volume: Ints  # (sponsors, carriers) kB
    direct: Ints  # (sponsors, carriers) fen to the carrier
    platform: Ints  # (sponsors, carriers) fen to the carrier's platform, for traffic and results
    resold: Ints  # (sponsors, carriers) fen to resellers
    subscription: Ints  # (sponsors, platforms) fen, the shared platform first
    integration: Ints  # (sponsors,) fen to suppliers


class LeakCharges(NamedTuple):
    """A month's wholesale trade between resellers and branches."""

    volume: Ints  # (carriers, branches) kB
    paid: Ints  # (carriers, branches) fen
    sold: Ints  # (carriers,) kB, by all branches
    taken: Ints  # (carriers,) fen, by all branches


@inlined
def charge_of(volume: int, price: int) -> int:
    """Return what kilobytes cost at a price in fen per GB, to the nearest fen."""
    # In two parts: kilobytes times fen may not fit into 64 bits for a whole country.
    whole = volume // KB_PER_GB
    return whole * price + ((volume - whole * KB_PER_GB) * price + KB_PER_GB // 2) // KB_PER_GB


@kernel
def bill_partners(
    partner: Ints,
    volume: Ints,
    worth: Ints,
    channel: NDArray[np.int8],
    platform: Ints,
    direct_rate: Ints,
    service: Contract,
    reseller_price: Ints,
    integration: int,
) -> SponsorCharges:
    """Return what partners owe for the volumes sponsored through their channels.

    partner : (sponsors,) rows among all partners
    volume, channel : (sponsors, carriers); worth : fen of added use, likewise
    platform : (carriers,) ids; rates : (carriers,) fen per GB
    service : whole rate by carrier, subscription a platform, share of the worth
    integration : fen a month. Integration is paid once for each platform in use, and once for
    each carrier sold direct; the subscription once for each platform in use.
    """
    sponsors, carriers = volume.shape
    rate, fee, share = np.asarray(service.price), service.fee, service.share
    direct, on_platform, resold = np.zeros((3, sponsors, carriers), dtype=np.int64)
    subscription = np.zeros((sponsors, 1 + carriers), dtype=np.int64)
    integrated = np.zeros(sponsors, dtype=np.int64)
    for n in range(sponsors):
        for j in range(carriers):
            amount, through, home = volume[n, j], channel[n, j], platform[j]
            if amount == 0:
                continue
            if through == DIRECT:
                direct[n, j] = charge_of(amount, direct_rate[j])
                integrated[n] += integration
            elif through == PLATFORM:
                result = math.floor(share * worth[n, j] + 0.5)
                on_platform[n, j] = charge_of(amount, rate[j]) + result
                if home != NO_PLATFORM and not _used_before(n, j, volume, channel, platform):
                    subscription[n, home] = fee
                    integrated[n] += integration
            elif through == RESELLER:
                resold[n, j] = charge_of(amount, reseller_price[j])
    return SponsorCharges(partner, volume, direct, on_platform, resold, subscription, integrated)


@inlined
def _used_before(n: int, j: int, volume: Ints, channel: NDArray[np.int8], platform: Ints) -> bool:
    """Return whether sponsor n uses carrier j's platform with one of the carriers before j."""
    for k in range(j):
        if platform[k] == platform[j] and channel[n, k] == PLATFORM and volume[n, k] > 0:
            return True
    return False


class PartnerDebts(NamedTuple):
    """What the partners that sponsor owe in all, fen, and to whom."""

    direct: Ints  # (sponsors,) to carriers
    resold: Ints  # (sponsors,) to resellers
    service: Ints  # (2, sponsors) to platforms: for traffic and results, and subscriptions
    to_carriers: Ints  # (carriers,) the direct part by whom it goes to
    to_resellers: Ints  # (carriers,) the resold part by whose traffic it is
    to_platforms: Ints  # (1 + carriers,) what each platform takes in, by id


@kernel
def partner_debts(charged: SponsorCharges, platform: Ints) -> PartnerDebts:
    """Add a month's charges up by partner and by whom they go to; platform : (carriers,) ids."""
    return PartnerDebts(
        _by_row(charged.direct),
        _by_row(charged.resold),
        np.stack((_by_row(charged.platform), _by_row(charged.subscription))),
        by_column(charged.direct),
        by_column(charged.resold),
        platform_income(charged, platform),
    )


@kernel
def platform_income(charged: SponsorCharges, platform: Ints) -> Ints:
    """Return what each platform takes in: (1 + carriers,) fen, by id."""
    income, traffic = by_column(charged.subscription), by_column(charged.platform)
    for j in range(platform.shape[0]):
        if platform[j] != NO_PLATFORM:
            income[platform[j]] += traffic[j]
    return income


@inlined
def _by_row(amount: Ints) -> Ints:
    """Return the sum of each row, of sponsors."""
    total = np.zeros(amount.shape[0], dtype=np.int64)
    for n in range(amount.shape[0]):
        for k in range(amount.shape[1]):
            total[n] += amount[n, k]
    return total


@inlined
def by_column(amount: Ints) -> Ints:
    """Return the sum of each column, of carriers or platforms."""
    total = np.empty(amount.shape[1], dtype=np.int64)
    for k in range(amount.shape[1]):
        column = 0  # not in the array: a sum in memory waits for itself
        for n in range(amount.shape[0]):
            column += amount[n, k]
        total[k] = column
    return total


@kernel
def bill_leaks(leaked: Ints, sales: NDArray[np.float64], price: Ints) -> LeakCharges:
    """Return what resellers owe each branch: volumes follow the branches' relative sales.

    leaked : (carriers,) kB sold by resellers; sales, price : (carriers, branches).

    Raises
    ------
    InvariantError : something leaked that no branch sells
    """
    volume, paid = np.empty_like(price), np.zeros_like(price)
    for j in range(leaked.shape[0]):
        if not split_into(leaked[j], sales[j], volume[j]):
            raise InvariantError("traffic leaked that no branch sells")
        for b in range(price.shape[1]):
            if volume[j, b] > 0:
                paid[j, b] = charge_of(volume[j, b], price[j, b])
    return LeakCharges(volume, paid, volume.sum(axis=1), paid.sum(axis=1))

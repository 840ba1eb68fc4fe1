"""Who owes what for sponsored, resold and leaked traffic."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.money import split
from sim.core.units import KB_PER_GB
from sim.market.names import DIRECT, PLATFORM, RESELLER

type Ints = NDArray[np.int64]


class SponsorCharges(NamedTuple):
    """A month's charges to partners; the axes are partners and carriers."""

    volume: Ints  # (partners, carriers) kB
    direct: Ints  # (partners, carriers) fen to the carrier
    platform: Ints  # (partners, carriers) fen to the shared platform
    resold: Ints  # (partners, carriers) fen to resellers
    subscription: Ints  # (partners,) fen to the shared platform
    integration: Ints  # (partners,) fen to suppliers


class LeakCharges(NamedTuple):
    """A month's wholesale trade between resellers and branches."""

    volume: Ints  # (carriers, branches) kB
    paid: Ints  # (carriers, branches) fen


def charges(volume: Ints, price: Ints) -> Ints:
    """Return what volumes in kB cost at prices in fen per GB, to the nearest fen."""
    # In two parts: kilobytes times fen may not fit into 64 bits for a whole country.
    whole, part = np.divmod(volume, KB_PER_GB)
    return whole * price + (part * price + KB_PER_GB // 2) // KB_PER_GB


def bill_partners(
    volume: Ints,
    channel: NDArray[np.int8],
    direct_rate: Ints,
    platform_rate: Ints,
    reseller_price: Ints,
    subscription: int,
    integration: int,
) -> SponsorCharges:
    """Return what partners owe for the volumes sponsored through their channels.

    volume, channel : (partners, carriers); rates : (carriers,) fen per GB; subscription and
    integration : fen a month. Integration is paid once for each platform in use.
    """
    paying = np.flatnonzero(volume.any(axis=1))  # few partners sponsor: only they cost time
    amount, through = volume[paying], channel[paying]
    rates = np.stack([np.zeros_like(direct_rate), direct_rate, platform_rate, reseller_price])
    owed = charges(amount, rates[through, np.arange(len(direct_rate))])
    direct, shared = through == DIRECT, through == PLATFORM
    on_platform = (shared & (amount > 0)).any(axis=1)
    platforms = (direct & (amount > 0)).sum(axis=1) + on_platform
    return SponsorCharges(
        volume=volume,
        direct=_among_all(volume, paying, np.where(direct, owed, 0)),
        platform=_among_all(volume, paying, np.where(shared, owed, 0)),
        resold=_among_all(volume, paying, np.where(through == RESELLER, owed, 0)),
        subscription=_among_all(volume[:, 0], paying, on_platform * np.int64(subscription)),
        integration=_among_all(volume[:, 0], paying, platforms * np.int64(integration)),
    )


def _among_all(like: Ints, rows: NDArray[np.intp], values: Ints) -> Ints:
    """Return zeros of the shape of `like`, with `values` in the given rows."""
    out = np.zeros(like.shape, dtype=np.int64)
    out[rows] = values
    return out


def bill_leaks(leaked: Ints, sales: NDArray[np.float64], price: Ints) -> LeakCharges:
    """Return what resellers owe each branch: volumes follow the branches' relative sales.

    leaked : (carriers,) kB sold by resellers; sales, price : (carriers, branches).
    """
    volume = np.stack([split(int(kb), part) for kb, part in zip(leaked, sales, strict=True)])
    return LeakCharges(volume, charges(volume, np.where(volume > 0, price, 0)))


def share_platform(revenue: int, volume: Ints, member: NDArray[np.bool_], rule: str) -> Ints:
    """Return each carrier's part of what the platform earned: (carriers,) fen.

    volume : (carriers,) kB sponsored through the platform; by volume under the rule
    "proportional", in equal parts among members under "equal".
    """
    weights = volume if rule == "proportional" and volume.any() else member.astype(np.int64)
    return split(revenue, weights)

"""Who owes what for sponsored, resold and leaked traffic."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.money import split
from sim.core.units import KB_PER_GB
from sim.market.names import DIRECT, NO_PLATFORM, PLATFORM, RESELLER
from sim.mechanisms.contracts import Contract

type Ints = NDArray[np.int64]


class SponsorCharges(NamedTuple):
    """A month's charges to partners; the axes are partners and carriers."""

    volume: Ints  # (partners, carriers) kB
    direct: Ints  # (partners, carriers) fen to the carrier
    platform: Ints  # (partners, carriers) fen to the carrier's platform, for traffic and results
    resold: Ints  # (partners, carriers) fen to resellers
    subscription: Ints  # (partners, platforms) fen, the shared platform first
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
    worth: Ints,
    channel: NDArray[np.int8],
    platform: Ints,
    direct_rate: Ints,
    service: Contract,
    reseller_price: Ints,
    integration: int,
) -> SponsorCharges:
    """Return what partners owe for the volumes sponsored through their channels.

    volume, channel : (partners, carriers); worth : fen of added use, likewise
    platform : (carriers,) ids; rates : (carriers,) fen per GB
    service : rate by carrier, subscription a platform, share of the worth
    integration : fen a month. Integration is paid once for each platform in use, and once for
    each carrier sold direct; the subscription once for each platform in use.
    """
    paying = np.flatnonzero(volume.any(axis=1))  # few partners sponsor: only they cost time
    amount, through = volume[paying], channel[paying]
    direct, shared = through == DIRECT, through == PLATFORM
    results = np.floor(service.share * worth[paying] + 0.5).astype(np.int64)
    served = charges(amount, np.asarray(service.price, dtype=np.int64)) + results
    on_platform = _platforms_in_use(shared & (amount > 0), platform)
    integrations = (direct & (amount > 0)).sum(axis=1) + on_platform.sum(axis=1)
    fee = on_platform * np.int64(service.fee)
    return SponsorCharges(
        volume=volume,
        direct=_among_all(volume, paying, np.where(direct, charges(amount, direct_rate), 0)),
        platform=_among_all(volume, paying, np.where(shared, served, 0)),
        resold=_among_all(
            volume, paying, np.where(through == RESELLER, charges(amount, reseller_price), 0)
        ),
        subscription=_among_all(np.zeros((len(volume), fee.shape[1])), paying, fee),
        integration=_among_all(volume[:, 0], paying, integrations * np.int64(integration)),
    )


def _platforms_in_use(used: NDArray[np.bool_], platform: Ints) -> NDArray[np.bool_]:
    """Return which platforms each partner uses: (partners, 1 + carriers), by id."""
    ids = np.arange(len(platform) + 1)
    in_use: NDArray[np.bool_] = (used[:, :, None] & (platform[:, None] == ids)).any(axis=1)
    return in_use


def platform_income(charged: SponsorCharges, platform: Ints) -> Ints:
    """Return what each platform takes in: (1 + carriers,) fen, by id."""
    income = charged.subscription.sum(axis=0)
    for carrier, home in enumerate(platform):
        if home != NO_PLATFORM:
            income[home] += charged.platform[:, carrier].sum()
    return income


def _among_all(like: NDArray[np.generic], rows: NDArray[np.intp], values: Ints) -> Ints:
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

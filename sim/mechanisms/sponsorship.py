"""What sponsoring adds, what partners reach, and who pays for how much.

A partner that pays for its users' traffic gains what they use more of because it is free:
the incremental share is the traffic-weighted mean of 1 - x(q*) / x(0), each user at their own
shadow price q*. With one price for all it is 1 - (kappa / (kappa + p))^eps, and a partner
sponsors iff v > w / (that) (docs/model.md; after Joe-Wong, Ha and Chiang 2015).
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.money import split_into
from sim.core.units import KB_PER_GB
from sim.market.names import CATEGORIES, DIRECT, NO_PLATFORM, PLATFORM
from sim.mechanisms.usage import POTENTIAL, PRICED

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


def potential_use(by_style: Ints, mix: Floats) -> Floats:
    """Return what users would use of each category if it were free: (carriers, categories) GB.

    by_style : (carriers, lifestyles, REACH) kB; mix : (lifestyles, categories) shares.
    """
    return _by_category(by_style[:, :, POTENTIAL], mix) / KB_PER_GB


def incremental_share(by_style: Ints, mix: Floats) -> Floats:
    """Return the share of sponsored use that sponsoring adds: (carriers, categories)."""
    free = _by_category(by_style[:, :, POTENTIAL], mix)
    priced = _by_category(by_style[:, :, PRICED], mix)
    return np.where(free > 0.0, 1.0 - priced / np.maximum(free, 1.0), 0.0)


def _by_category(kilobytes: Ints, mix: Floats) -> Floats:
    """Return (carriers, categories) from (carriers, lifestyles), summed in a fixed order."""
    return (kilobytes[:, :, None] * mix[None, :, :]).sum(axis=1)


def sponsored_share(
    category: NDArray[np.uint8], reach: Floats, fraction: Floats, carriers: int
) -> Floats:
    """Return the share of each category's traffic that partners pay for: (carriers, categories).

    category, reach : (partners,); fraction : (partners, carriers).
    """
    return np.stack(
        [
            np.bincount(category, weights=reach * fraction[:, j], minlength=len(CATEGORIES))
            for j in range(carriers)
        ]
    )


def platforms_of(platform: Ints) -> list[int]:
    """Return the ids of the platforms that there are, in rising order."""
    return sorted({int(p) for p in platform if p != NO_PLATFORM})


def blocked_part(channel: NDArray[np.int8], platform: Ints, block: Floats) -> Floats:
    """Return the part of a GB's worth that blocking takes from each deal: (partners, carriers).

    A carrier blocks partners that are on a platform without it, and can tell them in its own
    channels alone: what a reseller sends looks like any user's top-up.

    channel : (partners, carriers); platform, block : (carriers,)
    """
    exposed = np.zeros(channel.shape, dtype=np.bool_)
    for p in platforms_of(platform):
        joined = ((channel == PLATFORM) & (platform == p)).any(axis=1)
        exposed |= joined[:, None] & (platform != p)
    own = (channel == DIRECT) | (channel == PLATFORM)
    return np.where(exposed & own, block, 0.0)


def split_among_partners(
    sponsored: Ints, share: Floats, mix: Floats, category: NDArray[np.uint8], weight: Floats
) -> Ints:
    """Return the kilobytes that each partner pays for on each carrier: (partners, carriers).

    Parameters
    ----------
    sponsored : (carriers, lifestyles) kB, counted line by line
    share : (carriers, categories) sponsored share of each category's traffic
    mix : (lifestyles, categories)
    category : (partners,)
    weight : (partners, carriers) reach times sponsored share; the parts sum exactly
    """
    out = np.zeros(weight.shape, dtype=np.int64)
    _split_all(sponsored, share, mix, category, weight, out)
    return out


@kernel
def _split_all(
    sponsored: Ints, share: Floats, mix: Floats, category: NDArray[np.uint8], weight: Floats,
    out: Ints,
) -> None:  # fmt: skip
    styles, categories = mix.shape
    part = np.empty(categories, dtype=np.int64)
    for j in range(sponsored.shape[0]):
        by_category = np.zeros(categories, dtype=np.int64)
        for style in range(styles):
            split_into(sponsored[j, style], mix[style] * share[j], part)
            by_category += part
        for c in range(categories):
            members = np.flatnonzero(category == c)
            given = np.empty(members.size, dtype=np.int64)
            split_into(by_category[c], weight[members, j], given)
            out[members, j] = given


@kernel
def sum_by_cell(
    category: NDArray[np.uint8], channel: NDArray[np.int8], amount: Ints, out: Ints
) -> None:
    """Add amounts of (partners, carriers) to `out`: (categories, channels, carriers)."""
    for n in range(amount.shape[0]):
        for j in range(amount.shape[1]):
            out[category[n], channel[n, j], j] += amount[n, j]

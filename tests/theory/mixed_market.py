"""Markets in which everything that moves lines and makes bills is at work at once."""

import numpy as np

from sim.core.streams import Streams
from sim.core.units import KB_PER_GB
from sim.market.offers import NOT_SOLD, Offers
from sim.market.segments import ALL_LEVELS, BELOW_LTE, NO_DEVICE, Segments
from sim.mechanisms.usage import SHOCKED
from tests.theory.small_market import (
    Ints,
    SmallMarket,
    joined,
    levels,
    lognormal,
    on_terms,
    plans,
    segments,
    tastes,
    upgrades,
)

CARRIERS, PLANS, STYLES = 3, 4, 2
BETTER = upgrades(0.1, 0.3, 0.2, 0.1)


def mixed_people() -> Segments:
    """Return segments of three provinces, unlike in use, income, lifestyle and knowledge."""
    return joined(
        segments(*lognormal(3, 1.0, 1.2)),
        segments(*lognormal(2, 2.0, 1.0), province=1, style=1, alpha=0.09),
        segments(*lognormal(2, 4.0, 1.5), province=2, alpha=0.03, knows=True),
    )


def mixed_menu(resale: float = 40.0) -> Offers:
    """Return three carriers' plans: with overage, local, withdrawn, throttled and zero-rated."""
    offers = plans(
        (5.0, 0.1), (40.0, 1.0), (110.0, 6.0), overage=60.0, resale=resale, voice=25.0,
        carriers=CARRIERS, styles=STYLES,
    )  # fmt: skip
    offers = on_terms(offers, 2, national=0.6)
    offers = on_terms(offers, 3, overage=NOT_SOLD)
    offers = on_terms(offers, 5, open=False, appeal=0.5)
    return on_terms(offers, 9, free_share=[0.5, 0.2], free_cap=KB_PER_GB, overage=5_00, appeal=-0.5)


def mixed_market(
    seed: int = 0, lines: int = 10**6, *, xi: tuple[float, float, float] = (0.4, 0.0, -0.2),
    attention: float = 0.3, renewal: float = 0.05, switching: float = 1.0,
    dissimilarity: float = 0.7, sponsored: float = 0.1, resale: float = 40.0, unit: int = 1,
) -> SmallMarket:  # fmt: skip
    """Return lines on every level and offer of every segment: about `lines` a cell, at random.

    A fifth of the cells is empty; lines without a device are voice-only.
    """
    people, offers = mixed_people(), mixed_menu(resale)
    shape = (len(people.theta), ALL_LEVELS, len(offers.fee))

    def drawn(name: str, most: int) -> Ints:
        u = Streams(seed).uniform(name, 0, int(np.prod(shape))).reshape(shape)
        return np.floor(u * most).astype(np.int64)

    cells = drawn("lines", 2 * lines + 1) * (drawn("empty", 5) > 0)
    cells[:, NO_DEVICE, np.arange(shape[2]) % PLANS != 0] = 0
    weighed = tastes(
        xi, switching=switching, plan_switching=0.5, attention=attention, bill_shock=0.2,
        renewal=renewal, lte_value=0.3, voice_quality=0.8, dissimilarity=dissimilarity,
        nest=(0, 1, 1), control=True, control_fee=1.0, control_reach=0.3, provinces=3,
    )  # fmt: skip
    weighed.place[:, 1] = [0.2, 0.0, -0.1]
    weighed.control[1] = False
    month = levels(CARRIERS, sponsored=sponsored, roaming=0.1, usable=0.7, styles=STYLES)
    market = SmallMarket(people, offers, cells, month, weighed, unit=unit)
    market.shocked[:, BELOW_LTE:] = drawn("shocked", SHOCKED + 1)[:, BELOW_LTE:]
    market.rollover[:, BELOW_LTE:] = drawn("rollover", KB_PER_GB)[:, BELOW_LTE:]
    return market

"""A market of partners as the cases see it: their strategy, asked in any units of money."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.market.names import CARRIERS, NO_PLATFORM
from sim.market.views import PartnerDecision, PartnerView
from sim.strategies.partner.threshold import Threshold

type Floats = NDArray[np.float64]

NO_OFFER = 10**15  # parts of a unit of money: nobody buys at that
_FEN = 10**12  # parts of a unit of money: prices are whole numbers of them


def decide(
    value: Floats,
    *,
    potential: Sequence[float] = (1.0, 0.0, 0.0),
    added: float = 1.0,
    rate: float = 0.0,
    platform: Sequence[int] = (NO_PLATFORM,) * len(CARRIERS),
    integration: float = 0.0,
) -> PartnerDecision:
    """Return what partners of the market's threshold strategy do, whatever the unit of money.

    value : (partners,) worth of an added GB; potential : GB with each carrier
    added : share of it that there would not be without sponsoring
    rate : price of a GB, direct and on a platform; platform : id by carrier
    integration : cost of a platform, and of a carrier sold direct
    """
    carriers, partners = len(CARRIERS), len(value)
    price = np.full(carriers, round(rate * _FEN))
    return Threshold().decide(
        PartnerView(
            month=0,
            value=value * _FEN,
            budget=np.full(partners, np.inf),
            potential=np.tile(np.asarray(potential, dtype=np.float64), (partners, 1)),
            incremental=np.full((partners, carriers), added),
            direct_rate=price,
            platform_rate=price,
            platform_share=0.0,
            reseller_price=np.full(carriers, NO_OFFER),
            direct_only=np.ones(partners, np.bool_),
            delivered=1.0,
            platform=np.array(platform),
            block=np.zeros(carriers),
            uplift=np.zeros(carriers),
            integration_cost=round(integration * _FEN),
            subscription=0,
        )
    )


def least_value(rate: float, added: float, high: float) -> float:
    """Return the worth of an added GB from which on a partner sponsors, by bisection."""
    low = 0.0
    for _ in range(100):
        middle = (low + high) / 2.0
        sponsors = decide(np.array([middle]), added=added, rate=rate).channel[0, 0] > 0
        low, high = (low, middle) if sponsors else (middle, high)
    return high

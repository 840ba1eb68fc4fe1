"""Small crowds and menus, for cases that ask a mechanism directly."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.offers import NOT_SOLD, Offers
from sim.market.segments import Segments
from sim.mechanisms.usage import Levels

type Floats = NDArray[np.float64]


def users_alike(theta: Floats, alpha: float = 0.06) -> Segments:
    """Return a segment for each scale of use, alike in all else, of equal weight."""
    count = len(theta)
    zeros = np.zeros(count, dtype=np.uint8)
    return Segments(
        province=zeros,
        income=zeros,
        tier=zeros,
        style=zeros,
        weight=np.full(count, 1.0 / count),
        theta=np.ascontiguousarray(theta, dtype=np.float64),
        alpha=np.full(count, alpha),
        knows=np.zeros(count, dtype=np.bool_),
    )


def offers_of(*plans: tuple[float, float], overage: float, carriers: int = 1) -> Offers:
    """Return a menu: voice-only, then plans of (yuan, GB), the same for every carrier."""
    fees = [0.0, *(fee for fee, _ in plans)]
    volumes = [0.0, *(gb for _, gb in plans)]
    count = len(fees) * carriers
    return Offers(
        fee=np.tile([round(fee * FEN_PER_YUAN) for fee in fees], carriers),
        allowance=np.tile([round(gb * KB_PER_GB) for gb in volumes], carriers),
        national=np.ones(count),
        overage=np.full(count, round(overage * FEN_PER_YUAN), dtype=np.int64),
        free_share=np.zeros((count, 1)),
        free_cap=np.zeros(count, dtype=np.int64),
        appeal=np.zeros(count),
        open=np.ones(count, dtype=np.bool_),
        resale=np.full(carriers, NOT_SOLD, dtype=np.int64),
        voice=np.zeros(carriers, dtype=np.int64),
    )


def plain_levels(carriers: int) -> Levels:
    """Return levels at which theta is in GB, and nothing is sponsored."""
    return Levels(
        usage=1.0,
        lte_usage=1.0,
        sponsored=np.zeros((carriers, 1)),
        roaming=np.zeros(1),
        usable=np.ones(1),
    )

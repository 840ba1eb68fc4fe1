"""A market as partners see it, with one offer: where tests of their strategy start from."""

import numpy as np

from sim.market.views import PartnerView

NOBODY_SELLS = 10**9  # fen per GB


def offered(value: np.ndarray, added: float, rate: int) -> PartnerView:
    """Return what partners see where only the direct channel of one carrier has an offer."""
    shape = (len(value), 3)
    direct = np.array([rate, NOBODY_SELLS, NOBODY_SELLS])
    return PartnerView(
        month=0,
        value=value,
        budget=np.full(len(value), 1e18),
        potential=np.full(shape, 1_000.0),
        incremental=np.full(shape, added),
        direct_rate=direct,
        platform_rate=direct,
        platform_share=0.0,
        reseller_price=np.full(3, NOBODY_SELLS),
        direct_only=np.zeros(len(value), np.bool_),
        delivered=1.0,
        platform=np.full(3, -1),
        block=np.zeros(3),
        uplift=np.zeros(3),
        integration_cost=0,
        subscription=0,
    )

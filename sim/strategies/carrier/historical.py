"""Replay what the carriers did: follow the observed price of a GB."""

import math

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup


@carrier_strategies.add("historical")
class Historical(AdaptiveMarkup):
    """Scale allowances, at fixed fees, towards the observed yuan per GB.

    The market's price is followed, for only that was observed: the carriers move together, and
    one that sells cheap internet cards need not make its other plans dearer. It is fed in here
    and not a result. Where nothing was observed, the shared retail rule goes on.
    """

    gain: float = Field(
        gt=0,
        le=1,
        examples=[0.5],
        description="share of the gap to the observed price closed a month",
    )

    def decide(self, view: CarrierView) -> CarrierDecision:
        if math.isnan(view.observed_yuan_per_gb):
            return super().decide(view)
        gap = view.observed_yuan_per_gb / view.market_yuan_per_gb
        price = int(view.list_price[view.me] * (1.0 + self.gain * (gap - 1.0)) + 0.5)
        return CarrierDecision(
            list_price=max(price, int(view.unit_cost) + 1),
            backward_rate=int(view.backward_rate[view.me]),
        )

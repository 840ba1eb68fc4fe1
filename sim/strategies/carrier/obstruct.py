"""Fight an alliance with prices and by shutting out its partners."""

from dataclasses import replace

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup
from sim.strategies.carrier.price_war import PriceWar


@carrier_strategies.add("obstruct")
class Obstruct(PriceWar):
    """Block partners that are on a rival's platform, and undercut beside it.

    A partner that wants the rival's service loses a part of what the carrier's own users are
    worth to it: raising rivals' costs (Salop and Scheffman 1983), with partners as the input.
    """

    cut: float = Field(
        ge=0,
        lt=0.5,
        examples=[0.02],
        description="share by which the cheapest price is undercut a month; 0: block only",
    )
    block: float = Field(
        ge=0,
        le=1,
        examples=[1.0],
        description="part of a sponsored GB's worth that blocked partners lose; 1 shuts them out",
    )

    def decide(self, view: CarrierView) -> CarrierDecision:
        prices = super().decide(view) if self.cut > 0 else AdaptiveMarkup.decide(self, view)
        return replace(prices, block=self.block)

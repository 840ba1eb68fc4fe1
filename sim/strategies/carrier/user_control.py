"""Let users decide what their traffic is used for, alone."""

from dataclasses import replace

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup


@carrier_strategies.add("user_control")
class UserControl(AdaptiveMarkup):
    """Build the service and offer control over traffic, without any cooperation.

    The retail rule is untouched, and the platform is not joined: what changes is the product
    alone (Zheng, Joe-Wong, Tan, Ha and Chiang 2015 on what users gain by trading quotas).
    """

    service: float = Field(ge=0, le=1, examples=[1.0], description="service level to build towards")

    @property
    def offers_control(self) -> bool:
        return True

    def decide(self, view: CarrierView) -> CarrierDecision:
        return replace(super().decide(view), service_target=self.service, control=True)

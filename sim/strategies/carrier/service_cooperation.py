"""Sell backward traffic as a service, together."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup


@carrier_strategies.add("service_cooperation")
class ServiceCooperation(AdaptiveMarkup):
    """Join the shared platform and build the service; leave the retail rule untouched.

    One integration reaches every member (docs/model.md, shared platform), and service raises
    what a sponsored GB is worth to a partner.
    """

    offers_control: ClassVar[bool] = True

    service: float = Field(ge=0, le=1, examples=[1.0], description="service level to build towards")

    def decide(self, view: CarrierView) -> CarrierDecision:
        return replace(
            super().decide(view), service_target=self.service, cooperate=True, control=True
        )

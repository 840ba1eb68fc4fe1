"""Sell backward traffic as a service, together."""

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field

from sim.core.calendar import month_index
from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup


def _month(label: str) -> str:
    month_index(label)
    return label


@carrier_strategies.add("service_cooperation")
class ServiceCooperation(AdaptiveMarkup):
    """Join the shared platform and build the service; leave the retail rule untouched.

    One integration reaches every member (docs/model.md, shared platform), and service raises
    what a sponsored GB is worth to a partner. A member whose part of the platform has been worth
    less than a platform of its own for long enough leaves, sells the service alone, and comes
    back once that has changed: a split is stable only if nobody does better alone (the core;
    Gillies 1959).
    """

    service: float = Field(ge=0, le=1, examples=[1.0], description="service level to build towards")
    joins: Annotated[str, AfterValidator(_month)] | None = Field(
        default=None, examples=["2018-01"], description="first month on the platform; null: at once"
    )
    exit_patience: int | None = Field(
        default=None,
        ge=1,
        examples=[6],
        description="months in which it would have been better off alone, then it leaves; "
        "null: never",
    )

    user_control: bool = Field(
        default=False,
        examples=[True],
        description="whether users are offered control over their traffic too",
    )

    @property
    def offers_control(self) -> bool:
        return self.user_control

    @property
    def weighs_alliance(self) -> bool:
        return self.exit_patience is not None

    def decide(self, view: CarrierView) -> CarrierDecision:
        moves = super().decide(view)
        if self.joins is not None and view.month < month_index(self.joins):
            return moves
        alone = self.leaves(view)
        return replace(
            moves,
            service_target=self.service,
            cooperate=not alone,
            own_platform=alone,
            control=self.user_control,
        )

    def leaves(self, view: CarrierView) -> bool:
        """Return whether the carrier has had enough of its part of the shared platform."""
        worse = int(view.platform.months_worse[view.me])
        return self.exit_patience is not None and worse >= self.exit_patience

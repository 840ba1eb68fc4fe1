"""Cooperate until a rival is suspected; then fight for a while."""

from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.mechanisms.punishment import months_of_war
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup
from sim.strategies.carrier.price_war import PriceWar


@carrier_strategies.add("trigger")
class Trigger(AdaptiveMarkup):
    """Keep the shared retail rule; after a sudden loss fight for some months, then forgive.

    Green and Porter (1984): a carrier cannot tell bad luck from a rival's secret price cut, so
    it fights either way, and what happens during a war is no new cause.
    """

    signal: Literal["share", "profit"] = Field(
        examples=["share"], description="what a loss is measured in"
    )
    threshold: float = Field(
        ge=0,
        lt=1,
        examples=[0.005],
        description="fall in a month, relative to the month before, that starts a war",
    )
    war_months: int = Field(ge=1, examples=[6], description="months that a war lasts")
    cut: float = Field(
        gt=0,
        lt=0.5,
        examples=[0.02],
        description="share by which the cheapest price is undercut a month at war",
    )

    def decide(self, view: CarrierView) -> CarrierDecision:
        left = int(view.memory[0]) if view.memory.size else 0
        ahead = int(months_of_war(left, self.suspects(view), self.war_months))
        fights = PriceWar(upsilon=self.upsilon, cut=self.cut)
        decision = fights.decide(view) if ahead else super().decide(view)
        return replace(decision, memory=np.array([float(ahead)]))

    def suspects(self, view: CarrierView) -> bool:
        """Return whether last month's fall of the signal exceeds the threshold."""
        if self.signal == "share":
            now, before = view.share[view.me], view.share_before[view.me]
        else:
            now, before = view.profit[view.me], view.profit_before[view.me]
        # A loss that grows is no signal of a rival: there was no cooperation to break.
        return bool(before > 0 and before - now > self.threshold * before)

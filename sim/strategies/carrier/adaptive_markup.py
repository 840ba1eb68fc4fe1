"""The retail rule that all scenarios share after the observed months."""

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.rules import CarrierRule


@carrier_strategies.add("adaptive_markup")
class AdaptiveMarkup(CarrierRule):
    """Move the mark-up on the cost of a GB with one's own market share.

    m(t) = m(t-1) · (1 + upsilon · (f(t-1) - f(t-2)) / f(t-2)), price = (1 + m) · cost, with f
    the share of lines (Dosi, Fagiolo and Roventini 2010). As the cost of a GB falls, so
    does the price; the regulator's ceiling binds where it is lower.
    """

    upsilon: float = Field(
        ge=0, le=1, examples=[0.04], description="response of the mark-up to the market share"
    )

    def decide(self, view: CarrierView) -> CarrierDecision:
        return CarrierDecision(
            list_price=self.retail_price(view), backward_rate=int(view.backward_rate[view.me])
        )

    def retail_price(self, view: CarrierView) -> int:
        """Return the list price, fen per GB, never below cost and never above the ceiling."""
        markup = int(view.list_price[view.me]) / view.unit_cost_before - 1.0
        before = float(view.share_before[view.me])
        growth = (float(view.share[view.me]) - before) / before if before > 0 else 0.0
        markup *= 1.0 + self.upsilon * growth
        price = int((1.0 + markup) * view.unit_cost + 0.5)
        return max(min(price, view.price_ceiling), int(view.unit_cost) + 1)

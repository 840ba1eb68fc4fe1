"""Fight with prices, retail and backward."""

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup


@carrier_strategies.add("price_war")
class PriceWar(AdaptiveMarkup):
    """Undercut the cheapest price of the market, never below cost (Bertrand 1883; Edgeworth 1925).

    Adds undercutting to the shared retail rule and nothing else. With a `trigger` it fights in
    the month after a rival's gain took more than that from its own share, and in no other.
    """

    cut: float = Field(
        gt=0,
        lt=0.5,
        examples=[0.02],
        description="share by which the cheapest price is undercut a month",
    )
    trigger: float | None = Field(
        default=None,
        ge=0,
        lt=1,
        examples=[None, 0.002],
        description="share of all lines lost in a month that starts a fight; without it always",
    )

    def decide(self, view: CarrierView) -> CarrierDecision:
        lost = view.share_before[view.me] - view.share[view.me]
        if self.trigger is not None and lost <= self.trigger:
            return super().decide(view)
        # Rivals are expected to pass on this month's fall of costs, as the shared rule does:
        # undercutting comes on top of that, or it would be no war while costs fall.
        passed_on = view.unit_cost / view.unit_cost_before
        rival = int(min(view.rival_prices()) * passed_on)
        retail = min(self.retail_price(view), rival)
        backward = min(view.backward_rate.tolist())
        return CarrierDecision(
            list_price=self.undercut(retail, view), backward_rate=self.undercut(backward, view)
        )

    def undercut(self, price: int, view: CarrierView) -> int:
        """Return a price below `price`, fen per GB, that still covers the cost."""
        return max(int(price * (1.0 - self.cut)), int(view.unit_cost) + 1)

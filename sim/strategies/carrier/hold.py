"""Keep everything as it is."""

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.rules import CarrierRule


@carrier_strategies.add("hold")
class Hold(CarrierRule):
    """Repeat last month's prices: the control against which every conduct is read."""

    def decide(self, view: CarrierView) -> CarrierDecision:
        return CarrierDecision(
            list_price=int(view.list_price[view.me]),
            backward_rate=int(view.backward_rate[view.me]),
        )

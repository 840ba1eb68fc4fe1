"""Resellers who compete in quantities and come and go with the spread."""

import numpy as np
from pydantic import Field

from sim.market.views import ResellerDecision, ResellerView
from sim.mechanisms.resale import cournot_markets, handling_costs
from sim.strategies import reseller_strategies
from sim.strategies.rules import ResellerRule


@reseller_strategies.add("cournot")
class Cournot(ResellerRule):
    """Price at the Cournot equilibrium of n resellers under linear demand up to list.

    p = w + (A - w) / (n + 1) where all have one cost (Spengler 1950; Cournot 1838), with A the
    list price; who handles a GB at less cost sells more. One reseller a month enters, if it would
    have made a profit last month; one leaves, the one that loses most after `patience` months of
    loss in a row. A reseller without capital is out at once.
    """

    patience: int = Field(ge=1, examples=[3], description="months of loss before leaving")

    def decide(self, view: ResellerView) -> ResellerDecision:
        active = self.presence(view)
        cost = view.wholesale_price + handling_costs(view.handling, view.list_price)
        price, sales = cournot_markets(view.list_price, cost, active)
        return ResellerDecision(price, active, sales)

    def presence(self, view: ResellerView) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return who stays in business: (resellers,)."""
        active = view.active & (view.capital > 0)
        waiting = np.flatnonzero(~view.active & (view.potential_profit > 0) & (view.capital > 0))
        if len(waiting):
            active[waiting[np.argmax(view.potential_profit[waiting])]] = True
        tired = np.flatnonzero(active & (view.losing_months >= self.patience))
        if len(tired):
            active[tired[np.argmin(view.profit[tired])]] = False
        return active

"""Resellers who compete in quantities and come and go with the spread."""

from pydantic import Field

from sim.market.views import ResellerDecision, ResellerView
from sim.mechanisms.resale import enter_and_sell
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
        return ResellerDecision(
            *enter_and_sell(
                view.handling,
                view.list_price,
                view.wholesale_price,
                view.active,
                view.capital,
                view.potential_profit,
                view.losing_months,
                view.profit,
                self.patience,
            )
        )

"""Learn prices by trial over a table: for the study of learned collusion only."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.core.elementary import exp
from sim.market.views import CarrierDecision, CarrierView
from sim.mechanisms.learning import explore, update_q
from sim.strategies import carrier_strategies
from sim.strategies.rules import CarrierRule

type Floats = NDArray[np.float64]

_HEAD = 4  # months, state, move and scale stand before the table


@carrier_strategies.add("q_learning")
class QLearning(CarrierRule):
    """Learn the worth of each mark-up by its own and the cheapest rival's (Calvano et al. 2020).

    Prices are rungs of mark-up on the cost of a GB, so that they keep their meaning as costs
    fall. For the study of learned collusion only: such learners need millions of periods to
    settle and a management has some hundred months, so here it is still exploring when the
    scenario ends. The table starts at the worth of earning last month's profit for ever.
    """

    rungs: int = Field(ge=2, le=50, examples=[7], description="mark-ups to choose among")
    lowest: float = Field(gt=0, examples=[0.5], description="lowest mark-up, relative to cost")
    highest: float = Field(gt=0, examples=[8.0], description="highest mark-up, relative to cost")
    alpha: float = Field(gt=0, le=1, examples=[0.15], description="weight of what is new")
    beta: float = Field(ge=0, examples=[0.05], description="fall of exploration, a month")
    discount: float = Field(ge=0, lt=1, examples=[0.95], description="discount factor of a month")

    def decide(self, view: CarrierView) -> CarrierDecision:
        state = self.state(view)
        months, scale, table = self.learned(view, state)
        draw, chance = float(view.draws[0]), exp(-self.beta * months)
        move = explore(draw, chance, int(np.argmax(table[state])), self.rungs)
        price = min(int(self.prices(view.unit_cost)[move] + 0.5), view.price_ceiling)
        return CarrierDecision(
            list_price=max(price, 1),
            backward_rate=int(view.backward_rate[view.me]),
            memory=np.concatenate(([months + 1.0, state, move, scale], table.ravel())),
        )

    def prices(self, unit_cost: float) -> Floats:
        """Return the list prices of the rungs: (rungs,) fen per GB."""
        step = (self.highest - self.lowest) / (self.rungs - 1)
        markup = self.lowest + step * np.arange(self.rungs, dtype=np.float64)
        prices: Floats = (1.0 + markup) * unit_cost
        return prices

    def state(self, view: CarrierView) -> int:
        """Return the number of the pair: own rung and the cheapest rival's, both last month's."""
        prices = self.prices(view.unit_cost_before)
        rival = min(view.rival_prices())
        own, other = (int(np.argmin(np.abs(prices - p))) for p in (view.list_price[view.me], rival))
        return own * self.rungs + other

    def learned(self, view: CarrierView, state: int) -> tuple[float, float, Floats]:
        """Return months so far, the scale of profit in fen, and the table: (states, rungs)."""
        profit = float(view.profit[view.me])
        if not view.memory.size:
            worth = 1.0 / (1.0 - self.discount)
            return 0.0, abs(profit) or 1.0, np.full((self.rungs**2, self.rungs), worth)
        months, before, move, scale = (float(x) for x in view.memory[:_HEAD])
        table = view.memory[_HEAD:].reshape(self.rungs**2, self.rungs).copy()
        cell = int(before), int(move)
        best_next = float(table[state].max())
        table[cell] = update_q(table[cell], profit / scale, best_next, self.alpha, self.discount)
        return months, scale, table

"""Set the price that is worth most against what the rivals charge."""

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sim.market.views import CarrierDecision, CarrierView
from sim.mechanisms.pricing import best_price, pose_problem
from sim.strategies import carrier_strategies
from sim.strategies.rules import CarrierRule


@carrier_strategies.add("best_response")
class BestResponse(CarrierRule):
    """Maximise long-run profit and share against last month's offers of the rivals.

    A price is worth the time that lines will spend with the carrier if it stays (docs/model.md,
    conduct), times bill less cost net of what partners pay, plus a weight on share.
    The price aimed at stands for `plan_months`; the list price moves there by at most `step` a
    month. Under logit, full attention and free moves this is the best reply of Bertrand competition
    (Anderson, de Palma and Thisse 1992), whose iteration ends in Nash equilibrium (Milgrom and
    Roberts 1990).
    """

    needs_research: ClassVar[bool] = True

    # One month's profit alone would not do: when few users look, it hardly depends on the price
    # and its maximum is the highest price allowed. A discounted future has the same maximum
    # unless a rising bill wakes users.
    discount: float = Field(
        ge=0.9, le=1, examples=[0.99], description="discount factor of a month; at 1 the long run"
    )
    share_weight: float = Field(
        ge=0, examples=[5_00.0], description="fen a month that a line is worth beside its profit"
    )
    bill_attention: float = Field(
        ge=0, examples=[0.25], description="added attention of own users whose bill would double"
    )
    plan_months: int = Field(
        ge=1, examples=[12], description="months for which a price is aimed at"
    )
    step: float = Field(
        gt=0, examples=[0.05], description="largest change of the list price a month, relative"
    )

    @model_validator(mode="after")
    def _never_the_highest_price(self) -> Self:
        if self.discount < 1.0 and self.bill_attention == 0.0:
            raise ValueError(
                "a discount below 1 needs a bill_attention above 0, or the best price is the "
                "highest allowed: users who do not look would pay anything"
            )
        return self

    def decide(self, view: CarrierView) -> CarrierDecision:
        goal, months = self.goal(view)
        own = int(view.list_price[view.me])
        change = min(max(goal - own, -self.step * own), self.step * own)
        price = min(int(own + change + 0.5), view.price_ceiling)
        return CarrierDecision(
            list_price=max(price, 1),
            backward_rate=int(view.backward_rate[view.me]),
            memory=np.array([goal, months - 1.0]),
        )

    def goal(self, view: CarrierView) -> tuple[float, float]:
        """Return the price aimed at, fen per GB, and the months for which it still is."""
        if view.memory.size and view.memory[1] >= 1.0:
            return float(view.memory[0]), float(view.memory[1])
        return self.best(view), float(self.plan_months)

    def best(self, view: CarrierView) -> float:
        """Return the list price of greatest worth among those that the research covers."""
        research = self.research(view)
        problem = pose_problem(
            research,
            view.me,
            int(view.list_price[view.me]),
            self.line_value(view),
            self.discount,
            self.bill_attention,
        )
        low, high = float(research.price[0]), float(research.price[-1])
        return float(best_price(problem, low, max(low, min(high, float(view.price_ceiling)))))

    def line_value(self, view: CarrierView) -> NDArray[np.float64]:
        """Return what a line with each carrier is worth beside its bill: (carriers,) fen."""
        value = np.zeros(len(view.list_price))
        value[view.me] = self.share_weight
        return value

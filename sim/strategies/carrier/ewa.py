"""Learn which small price moves pay."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.core.units import FEN_PER_YUAN
from sim.market.views import CarrierDecision, CarrierView, Research
from sim.mechanisms.learning import logit_choice, pick, update_attractions
from sim.mechanisms.pricing import long_run_profit, pose_problem
from sim.strategies import carrier_strategies
from sim.strategies.rules import CarrierRule

type Floats = NDArray[np.float64]


@carrier_strategies.add("ewa")
class ExperienceWeightedAttraction(CarrierRule):
    """Choose among a few price moves by what they earned or would have earned.

    Camerer and Ho (1999). Each month the last choice is judged: what every move would have
    gained on standing still, in the long run and against the offers that the rivals then made,
    by market research, in yuan a month per line of the market. The next move is drawn by logit
    over the attractions so learned.
    """

    needs_research: ClassVar[bool] = True

    moves: tuple[float, ...] = Field(
        min_length=2,
        examples=[(-0.05, -0.02, 0.0, 0.02)],
        description="changes of the list price to choose among, relative",
    )
    phi: float = Field(ge=0, le=1, examples=[0.9], description="weight of past attractions")
    delta: float = Field(ge=0, le=1, examples=[0.5], description="weight of payoffs forgone")
    kappa: float = Field(
        ge=0, le=1, examples=[0.0], description="0 averages payoffs, 1 cumulates them"
    )
    sensitivity: float = Field(
        ge=0, examples=[100.0], description="of choice to attraction, per yuan a month"
    )

    def decide(self, view: CarrierView) -> CarrierDecision:
        attraction, experience = self.learned(view)
        chosen = pick(logit_choice(attraction, self.sensitivity), float(view.draws[0]))
        own = int(view.list_price[view.me])
        price = min(int(own * (1.0 + self.moves[chosen]) + 0.5), view.price_ceiling)
        return CarrierDecision(
            list_price=max(price, 1),
            backward_rate=int(view.backward_rate[view.me]),
            memory=np.array([own, chosen, experience, *attraction]),
        )

    def learned(self, view: CarrierView) -> tuple[Floats, float]:
        """Return attractions, (moves,), and experience after last month's choice."""
        research = self.research(view)
        if not view.memory.size:
            return np.zeros(len(self.moves)), 1.0
        start, chosen, experience = view.memory[:3]
        payoff = self.payoffs(view, research, float(start))
        return update_attractions(
            view.memory[3:].copy(),
            float(experience),
            payoff,
            int(chosen),
            self.phi,
            self.delta,
            self.kappa,
        )

    def payoffs(self, view: CarrierView, research: Research, start: float) -> Floats:
        """Return what each move from a list price gains on standing still: (moves,) yuan.

        A month, per line of the market. Gains, not levels: whatever was chosen would win by the
        weight of its level alone where payoffs forgone count for less.
        """
        nothing = np.zeros(len(view.list_price))
        problem = pose_problem(
            research, view.me, int(start), nothing, discount=1.0, bill_attention=0.0
        )
        still = long_run_profit(problem, start)
        profits = [long_run_profit(problem, start * (1.0 + move)) for move in self.moves]
        return (np.array(profits) - still) / FEN_PER_YUAN

"""V34: experience-weighted attraction holds reinforcement and belief learning."""

from collections.abc import Iterator
from typing import Self

import numpy as np
from pydantic import model_validator

from sim.mechanisms.learning import logit_choice, update_attractions
from sim.studies.verify import Check, Parameters, case, chosen, given


class Attractions(Parameters):
    """One round of learning."""

    A0: tuple[float, ...] = given("attractions before", min_length=1)
    N0: float = given("experience before", ge=0)
    payoffs: tuple[float, ...] = given("what each move earned or would have earned")
    move: int = given("the move that was made, from 0", at="chosen", ge=0)
    phi: float = given("weight of the past", ge=0, le=1)
    sensitivity: float = chosen("of logit choice", 2.0, ge=0)

    @model_validator(mode="after")
    def _one_move_each(self) -> Self:
        if len(self.payoffs) != len(self.A0):
            raise ValueError("payoffs and A0 must be equally many")
        if self.move >= len(self.A0):
            raise ValueError(f"move must be below {len(self.A0)}")
        return self


@case("V34", kind="mechanism")
def attractions(p: Attractions) -> Iterator[Check]:
    """Ask the mechanism at delta 0 and kappa 1, and at delta 1 and kappa 0.

    Camerer and Ho (1999): the first cumulates what was earned, the second is weighted fictitious
    play, for which N A is a discounted sum of payoffs.
    """
    before, payoff = np.array(p.A0), np.array(p.payoffs)
    made = np.arange(len(before)) == p.move
    reinforced = p.phi * p.N0 * before + np.where(made, payoff, 0.0)
    total = p.phi * p.N0 + 1.0
    believed = (p.phi * p.N0 * before + payoff) / total
    odds = np.exp(p.sensitivity * (reinforced - reinforced.max()))
    learned, weight = update_attractions(before, p.N0, payoff, p.move, p.phi, 0.0, 1.0)
    beliefs, count = update_attractions(before, p.N0, payoff, p.move, p.phi, 1.0, 0.0)
    choice = logit_choice(learned, p.sensitivity)
    yield Check("cumulative_RL", reinforced.tolist(), learned.tolist(), 1e-12)
    yield Check("belief_learning", believed.tolist(), beliefs.tolist(), 1e-12)
    yield Check("N_RL", 1.0, weight, 1e-12)
    yield Check("N_FP", total, count, 1e-12)
    yield Check("logit_choice_lambda2_RL", (odds / odds.sum()).tolist(), choice.tolist(), 1e-12)

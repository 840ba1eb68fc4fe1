"""V25: two platforms between two sides that want to meet."""

from collections.abc import Iterator
from typing import Self

import numpy as np
from pydantic import model_validator

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.solvers import Floats, argmax_of, settled


class Sides(Parameters):
    """Each side lies evenly between the two platforms and joins one of them."""

    t1: float = given("transport cost of side 1", gt=0)
    t2: float = given("transport cost of side 2", gt=0)
    alpha1: float = given("worth of one of side 2 to side 1", ge=0)
    alpha2: float = given("worth of one of side 1 to side 2", ge=0)
    f1: float = given("cost of serving one of side 1", ge=0)
    f2: float = given("cost of serving one of side 2", ge=0)

    @model_validator(mode="after")
    def _platforms_share(self) -> Self:
        if 4 * self.t1 * self.t2 <= (self.alpha1 + self.alpha2) ** 2:
            raise ValueError("the market tips unless 4·t1·t2 > (alpha1 + alpha2)²")
        return self


@case("V25", kind="reference")
def two_sided_single_homing(p: Sides) -> Iterator[Check]:
    """Search a platform's two prices, with joining solved for each; iterate best replies.

    Armstrong (2006), proposition 2: p1 = f1 + t1 − α2, p2 = f2 + t2 − α1.
    """
    prices = settled(lambda rival: _reply(p, rival), np.array([p.f1, p.f2]), 1e-8)
    profit = (p.t1 + p.t2 - p.alpha1 - p.alpha2) / 2
    yield Check("p1", p.f1 + p.t1 - p.alpha2, prices[0], 1e-6)
    yield Check("p2", p.f2 + p.t2 - p.alpha1, prices[1], 1e-6)
    yield Check("profit", profit, _profit(p, prices, prices), 1e-6)


def _reply(p: Sides, rival: Floats) -> Floats:
    """Return the best prices, (sides,), against a rival's."""
    return argmax_of(lambda own: _profit(p, own, rival), rival)


def _profit(p: Sides, own: Floats, rival: Floats) -> float:
    joined = _joined(p, own - rival)
    return float(((own - np.array([p.f1, p.f2])) * joined).sum())


def _joined(p: Sides, dearer: Floats) -> Floats:
    """Return the shares of both sides, (sides,), that join a platform dearer by so much.

    On side 1 the indifferent user has 2·t1·(n1 − ½) = α1·(2·n2 − 1) − dearer; side 2 likewise.
    """
    pull = np.array([[2 * p.t1, -2 * p.alpha1], [-2 * p.alpha2, 2 * p.t2]])
    return np.asarray(0.5 + np.linalg.solve(pull, -dearer))

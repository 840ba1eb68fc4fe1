"""V31: a price above cost orders too little, a contract in two parts the right amount."""

from collections.abc import Iterator
from math import exp, log

from pydantic import model_validator
from scipy.integrate import quad

from sim.mechanisms.contracts import Contract, buyer_gain, seller_gain
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import argmax, root


class Sponsoring(Parameters):
    """A partner buys B before it knows demand D ~ Exp(1); what is used earns it r a unit."""

    r: float = given("worth of a used unit to the partner", gt=0)
    c: float = given("the carrier's unit cost", gt=0)
    phi: float = chosen("part of its revenue that the partner keeps", 0.4, gt=0, le=1)

    @model_validator(mode="after")
    def _trade_pays(self) -> "Sponsoring":
        if self.c >= self.r:
            raise ValueError("nothing is sold unless c < r")
        return self


@case("V31", kind="mechanism")
def two_part_contract(p: Sponsoring) -> Iterator[Check]:
    """Search the partner's order and the carrier's price under the market's contracts.

    Cachon and Lariviere (2005), Andrews, Özen, Reiman and Wang (2013): with revenue share 1 − φ
    and a price of φc the order is that of both together, B = ln(r/c), whatever φ.
    """
    whole, share = _order(p, Contract(p.c)), Contract(p.phi * p.c, share=1.0 - p.phi)
    best = log(p.r / p.c)
    most = p.r - p.c - p.c * best
    yield Check("B_coordinated", best, whole, 1e-6)
    yield Check("total_profit", most, _total(p, whole), 1e-6)
    w = root(lambda x: log(p.r / x) - (x - p.c) / x, p.c, p.r)
    few = log(p.r / w)
    found = argmax(lambda x: _seller(p, Contract(x)), p.c, p.r)
    less = _order(p, Contract(found))
    yield Check("wholesale_w", w, found, 1e-6)
    yield Check("B_wholesale", few, less, 1e-6)
    both = p.r - w - p.c * few
    yield Check("total_profit_wholesale", both, _total(p, less), 1e-6)
    yield Check("efficiency", both / most, _total(p, less) / _total(p, whole), 1e-6)
    yield Check("isp_profit_wholesale", (w - p.c) * few, _seller(p, Contract(found)), 1e-6)
    shared = _order(p, share)
    kept = float(buyer_gain(share, _revenue(p, shared), shared))
    yield Check("rev_share_phi", p.phi, kept / _total(p, shared), 1e-6)
    yield Check("B_rev_share", best, shared, 1e-6)
    yield Check("cp_profit_rev_share", p.phi * most, kept, 1e-6)


def _revenue(p: Sponsoring, order: float) -> float:
    """Return what the partner expects to earn: r · E min(D, B) = r · ∫ P(D > x) dx to B."""
    return p.r * float(quad(lambda x: exp(-x), 0.0, order, epsabs=1e-13, epsrel=1e-13)[0])


def _order(p: Sponsoring, contract: Contract) -> float:
    """Return how much the partner buys under a contract."""
    most = log(p.r / p.c) + 1.0
    return argmax(lambda x: float(buyer_gain(contract, _revenue(p, x), x)), 0.0, most)


def _seller(p: Sponsoring, contract: Contract) -> float:
    """Return what the carrier earns when the partner answers its contract."""
    order = _order(p, contract)
    return float(seller_gain(contract, _revenue(p, order), order, p.c))


def _total(p: Sponsoring, order: float) -> float:
    """Return what both earn together."""
    return _revenue(p, order) - p.c * order

"""V21: two regions at different prices, with arbitrage at a cost and with resellers who leak."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import argmax


class Regions(Parameters):
    """Linear demand a − b·p in a dear region H and a cheap region L."""

    aH: float = given("demand of H at price zero", gt=0)  # noqa: N815  the regions' names
    bH: float = given("slope of demand in H", gt=0)  # noqa: N815
    aL: float = given("demand of L at price zero", gt=0)  # noqa: N815
    bL: float = given("slope of demand in L", gt=0)  # noqa: N815
    c: float = given("unit cost", ge=0)
    t: float = given("cost of carrying a unit from L to H", ge=0)
    phi: tuple[Annotated[float, Field(ge=0, le=1)], ...] = chosen(
        "shares of H's users whom resellers reach", (0.0, 0.1, 0.3, 0.5, 1.0), min_length=1
    )

    @model_validator(mode="after")
    def _arbitrage_pays(self) -> Self:
        dear, cheap = (self.aH / self.bH + self.c) / 2, (self.aL / self.bL + self.c) / 2
        if self.t > dear - cheap:
            raise ValueError(f"nobody carries anything at t above {dear - cheap:g}")
        if any(_leaky_price(self, phi) + self.t > dear for phi in self.phi):
            raise ValueError("resellers would be dearer than H's own price: lower t or phi")
        return self


@case(
    "V21",
    kind="reference",
    left_out={"partial_leakage.*.check": "the stored solver's own residual"},
)
def discrimination_with_leaks(p: Regions) -> Iterator[Check]:
    """Search the prices that earn most, with and without arbitrage and leaks.

    Varian (1985) for the uniform price; Anderson and Ginsburgh (1999) and Ganslandt and Maskus
    (2007) for arbitrage; the leak's closed form is derived.
    """
    top = max(p.aH / p.bH, p.aL / p.bL)
    dear, cheap = (p.aH / p.bH + p.c) / 2, (p.aL / p.bL + p.c) / 2
    best = _best(p, 0.0)
    yield Check("discriminating.pH", dear, best[0], 1e-6)
    yield Check("discriminating.pL", cheap, best[1], 1e-6)
    yield Check("discriminating.profit", _profit(p, dear, cheap), best[2], 1e-6)
    yield Check("no_arbitrage_threshold_t", dear - cheap, best[0] - best[1], 1e-6)
    flat = (p.aH + p.aL + p.c * (p.bH + p.bL)) / (2 * (p.bH + p.bL))
    found = argmax(lambda x: _profit(p, x, x), p.c, top)
    yield Check("uniform.p", flat, found, 1e-6)
    yield Check("uniform.profit", _profit(p, flat, flat), _profit(p, found, found), 1e-6)
    bound = flat - p.bH * p.t / (p.bH + p.bL)
    found = argmax(lambda x: _profit(p, _above(p, x), x), p.c, top)
    name = f"arbitrage_constraint_t{p.t:g}".replace(".", "")
    yield Check(f"{name}.pL", bound, found, 1e-6)
    yield Check(f"{name}.pH", bound + p.t, _above(p, found), 1e-6)
    profit = _profit(p, bound + p.t, bound)
    yield Check(f"{name}.profit", profit, _profit(p, _above(p, found), found), 1e-6)
    for phi in p.phi:
        yield from _leak(p, phi, (dear, cheap), best)


def _leak(
    p: Regions, phi: float, apart: tuple[float, float], searched: Sequence[float]
) -> Iterator[Check]:
    """Give the checks of one share of leaks; `apart` are the prices without any."""
    path, price = f"partial_leakage.{phi}", _leaky_price(p, phi)
    best, profit = _best(p, phi), _profit(p, apart[0], price, phi)
    unraised = _profit(p, searched[0], searched[1], phi)
    yield Check(f"{path}.pH", apart[0], best[0], 1e-6)
    yield Check(f"{path}.pL_opt", price, best[1], 1e-6)
    yield Check(f"{path}.reseller_price", price + p.t, best[1] + p.t, 1e-6)
    yield Check(f"{path}.profit", profit, best[2], 1e-6)
    loss = _profit(p, *apart) - profit
    yield Check(f"{path}.loss_vs_no_leak", loss, searched[2] - best[2], 1e-6)
    yield Check(f"{path}.profit_if_pL_not_raised", _profit(p, *apart, phi), unraised, 1e-6)


def _leaky_price(p: Regions, phi: float) -> float:
    """Return the best price of L when its traffic also reaches a share `phi` of H."""
    top = phi * (p.aH - p.bH * p.t + p.bH * p.c) + p.aL + p.bL * p.c
    return top / (2 * (phi * p.bH + p.bL))


def _profit(p: Regions, dear: float, cheap: float, phi: float = 0.0) -> float:
    """Return the seller's profit when a share `phi` of H buys from resellers at L's price + t."""
    own = (1.0 - phi) * (dear - p.c) * (p.aH - p.bH * dear)
    leaked = phi * (cheap - p.c) * (p.aH - p.bH * (cheap + p.t))
    return own + leaked + (cheap - p.c) * (p.aL - p.bL * cheap)


def _above(p: Regions, cheap: float) -> float:
    """Return H's best price that leaves nothing to earn by carrying from L."""
    return argmax(lambda dear: _profit(p, dear, cheap), p.c, min(cheap + p.t, p.aH / p.bH))


def _best(p: Regions, phi: float) -> tuple[float, float, float]:
    """Return H's price, L's price and the profit, found by search."""
    top = max(p.aH / p.bH, p.aL / p.bL)
    dear = argmax(lambda x: _profit(p, x, p.c, 0.0), p.c, top)
    cheap = argmax(lambda x: _profit(p, dear, x, phi), p.c, top)
    return dear, cheap, _profit(p, dear, cheap, phi)

"""V26: what partners pay for users is passed on to users."""

from collections.abc import Iterator

import numpy as np
from numpy.polynomial import Chebyshev

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.logit_game import ALONE, LogitGame, with_side_revenue

_POINTS, _DEGREE = 25, 6  # of the curve through prices at different side revenues


class Waterbed(Parameters):
    """Equal firms to whom partners pay r for a user."""

    mu: float = given("scale of tastes", gt=0)
    c: float = given("unit cost")
    a: float = given("quality of each firm")
    n: int = given("firms", ge=2, le=20)
    r: float = given("what partners pay for a user", gt=0)


@case("V26", kind="mechanism")
def waterbed(p: Waterbed) -> Iterator[Check]:
    """Iterate the decisions of `best_response`, which sees its revenue from partners.

    Armstrong (2006); Genakos and Valletti (2011); Weyl and Fabinger (2013).
    """
    for place, outside in (("covered", None), ("outside_option", 0.0)):
        yield from _symmetric(p, place, LogitGame((p.a,) * p.n, (p.c,) * p.n, p.mu, outside))
    game = LogitGame((p.a,) * p.n, (p.c,) * p.n, p.mu, 0.0)
    one = with_side_revenue(game, [p.r] + [0.0] * (p.n - 1))
    theory, found = one.equilibrium([[j] for j in range(p.n)]), one.rest([ALONE] * p.n)
    alone = "only_firm1_has_side_revenue"
    shares = one.shares(found)[: p.n]
    yield Check(f"{alone}.p", theory.tolist(), found.tolist(), 1e-6)
    yield Check(f"{alone}.s", one.logit(theory).tolist(), shares.tolist(), 1e-6)
    yield Check(f"{alone}.profit", one.earned(theory).tolist(), one.profits(found).tolist(), 1e-6)
    share = game.logit(game.equilibrium([[j] for j in range(p.n)]))
    # p + r - c = mu / (1 - s), and s falls by s s0 / mu as all prices rise together.
    local = 1.0 / (1.0 + share[0] * (1.0 - share.sum()) / (1.0 - share[0]) ** 2)
    yield Check("local_passthrough_symmetric", local, _local(p, game), 1e-6)


def _symmetric(p: Waterbed, place: str, game: LogitGame) -> Iterator[Check]:
    owners = [[j] for j in range(p.n)]
    theory, found = {}, {}
    for word, played in (("without", game), ("with", with_side_revenue(game, [p.r] * p.n))):
        nash, rest = played.equilibrium(owners), played.rest([ALONE] * p.n)
        theory[f"p_{word}"], found[f"p_{word}"] = nash[0], rest[0]
        theory[f"profit_{word}"] = played.earned(nash)[0]
        found[f"profit_{word}"] = played.profits(rest)[0]
    for values in (theory, found):
        values["waterbed"] = (values["p_without"] - values["p_with"]) / p.r
    for quantity, expected in theory.items():
        yield Check(f"{place}.{quantity}", expected, found[quantity], 1e-6)


def _local(p: Waterbed, game: LogitGame) -> float:
    """Return the fall of the price per unit of side revenue near none, from a curve."""
    revenue = p.r * np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
    prices = [with_side_revenue(game, [float(r)] * p.n).rest([ALONE] * p.n).mean() for r in revenue]
    return -float(Chebyshev.fit(revenue, prices, _DEGREE).deriv()(0.0))

"""V09: the more firms, the nearer the mark-up to the scale of tastes."""

import math
from collections.abc import Iterator

import numpy as np

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.logit_game import ALONE, LogitGame


class Firms(Parameters):
    """Equal firms."""

    a: float = given("quality of each firm")
    c: float = given("unit cost")
    mu: float = given("scale of tastes", gt=0)
    a0: float = given("worth of buying nothing")
    counts: tuple[int, ...] = chosen("numbers of firms", (2, 3, 4, 6, 10), min_length=1)
    covered: tuple[int, ...] = chosen("numbers where all buy", (2, 3, 4), min_length=1)
    crowd: int = chosen("firms that stand for infinitely many", 1_000_000_000, ge=10_000_000)


@case("V09", kind="mechanism")
def symmetric_firms(p: Firms) -> Iterator[Check]:
    """Iterate the decisions of `best_response`; the cartel is one carrier of n equal plans.

    Anderson, de Palma and Thisse (1992, ch. 7); Perloff and Salop (1985).
    """
    for n in p.counts:
        game = _game(p, n, p.a0)
        one = LogitGame((p.a,), (p.c,), p.mu, p.a0, products=n)
        nash, joint = game.equilibrium([[j] for j in range(n)]), one.equilibrium([[0]])
        found, agreed = game.rest([ALONE] * n), one.rest([ALONE])
        yield Check(f"by_n.{n}.pN", nash[0], found[0], 1e-6)
        yield Check(f"by_n.{n}.pM", joint[0], agreed[0], 1e-6)
        yield Check(f"by_n.{n}.piN", game.earned(nash)[0], game.profits(found)[0], 1e-6)
        yield Check(f"by_n.{n}.piM", one.earned(joint)[0] / n, one.profits(agreed)[0] / n, 1e-6)
    for n in p.covered:
        found = _game(p, n, None).rest([ALONE] * n)
        yield Check(f"covered_market_price.{n}", p.c + p.mu * n / (n - 1), found[0], 1e-6)
    yield Check("limit_n_inf", p.c + p.mu, _in_a_crowd(p), 1e-6)


def _game(p: Firms, count: int, outside: float | None) -> LogitGame:
    return LogitGame((p.a,) * count, (p.c,) * count, p.mu, outside)


def _in_a_crowd(p: Firms) -> float:
    """Return the best reply to a crowd at the mark-up mu: together they are one better firm."""
    crowd = p.a + p.mu * math.log(p.crowd - 1)
    game = LogitGame((p.a, crowd), (p.c, p.c), p.mu, p.a0)
    return game.reply(0, np.full(2, p.c + p.mu))

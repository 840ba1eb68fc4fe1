"""V12: best replies, repeated, draw together."""

from collections.abc import Iterator

import numpy as np
from numpy.polynomial import Chebyshev

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.logit_game import ALONE, LogitGame

_ROUNDS = 6
_REACH, _POINTS, _DEGREE = 0.1, 81, 8  # of the curve through best replies, in scales of tastes


class Replies(Parameters):
    """Where two firms start; the rest is the game of V08."""

    start: tuple[float, float] = given("first prices")
    a: float = chosen("quality of each firm", 2.0)
    c: float = chosen("unit cost", 1.0)
    a0: float = chosen("worth of buying nothing", 0.0)
    mu: float = chosen("scale of tastes", 0.25, gt=0)


@case("V12", kind="mechanism")
def contraction(p: Replies) -> Iterator[Check]:
    """Follow the decisions of `best_response`; the slope is that of a curve through best replies.

    Milgrom and Roberts (1990): the game is supermodular, its equilibrium unique.
    """
    game = LogitGame((p.a, p.a), (p.c, p.c), p.mu, p.a0)
    nash = game.equilibrium([[0], [1]])
    walked = game.path([ALONE, ALONE], np.array(p.start), _ROUNDS)
    share = game.logit(nash)
    slope = share[0] * share[1] / (1.0 - share[0])
    yield Check("path_first6", _path(game, p.start), walked.ravel().tolist(), 1e-6)
    yield Check("pN", nash[0], game.rest([ALONE, ALONE], np.array(p.start))[0], 1e-6)
    yield Check("slope_at_NE", slope, _slope(game, nash), 1e-6)


def _path(game: LogitGame, start: tuple[float, float]) -> list[float]:
    steps = [np.array(start)]
    for _ in range(_ROUNDS):
        steps.append(np.array([game.answer(j, steps[-1]) for j in range(2)]))
    return [float(price) for step in steps for price in step]


def _slope(game: LogitGame, nash: np.ndarray) -> float:
    """Return the slope of the first firm's best reply, from a polynomial through many."""
    reach = _REACH * game.scale * 4.0
    rival = nash[1] + reach * np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
    replies = [game.reply(0, np.array([nash[0], price])) for price in rival]
    return float(Chebyshev.fit(rival, replies, _DEGREE).deriv()(nash[1]))

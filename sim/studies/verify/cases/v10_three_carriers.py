"""V10: the three carriers of 2016, alone, two together, and all together."""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.strategies.carrier.best_response import BestResponse
from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.logit_game import ALONE, LogitGame, together

type Floats = NDArray[np.float64]


class Carriers2016(Parameters):
    """Observed lines, costs and tastes; qualities are inverted from them."""

    subscribers_m: tuple[float, float, float] = given("lines of each carrier, million")
    s0: float = given("share that buys nothing", gt=0, lt=1)
    c: tuple[float, float, float] = given("unit cost of each")
    a0: float = given("worth of buying nothing")
    mu: float = given("scale of tastes", gt=0)

    @model_validator(mode="after")
    def _all_sell(self) -> Self:
        if min(self.subscribers_m) <= 0:
            raise ValueError("every carrier needs lines above 0")
        return self


@case("V10", kind="mechanism")
def three_carriers(p: Carriers2016) -> Iterator[Check]:
    """Iterate the decisions of `best_response` and `cartel` on inverted qualities.

    Berry (1994); Werden and Froeb (1994); Nocke and Schutz (2018).
    """
    game = _game(p)
    pair, all_three = together(1, 2), together(0, 1, 2)
    conduct: dict[str, tuple[Sequence[BestResponse], Sequence[Sequence[int]]]] = {
        "all_separate": ([ALONE] * 3, ([0], [1], [2])),
        "Unicom+Telecom_joint": ([ALONE, pair, pair], ([0], [1, 2])),
        "all_joint": ([all_three] * 3, ([0, 1, 2],)),
    }
    for name, (rules, owners) in conduct.items():
        yield from _outcome(name, game, game.equilibrium(owners), game.rest(rules))
    theory = _patience(game, game.equilibrium([[0], [1], [2]]), game.equilibrium([[0, 1, 2]]))
    nash, joint = game.rest([ALONE] * 3), game.rest([all_three] * 3)
    yield Check("grim_delta_star_by_firm", theory, _patience(game, nash, joint), 1e-6)


def _game(p: Carriers2016) -> LogitGame:
    """Return the game whose Nash shares are the observed ones: p - c = mu / (1 - s)."""
    lines = np.array(p.subscribers_m)
    shares = (1.0 - p.s0) * lines / lines.sum()
    prices = np.array(p.c) + p.mu / (1.0 - shares)
    quality = p.a0 + prices + p.mu * np.log(shares / p.s0)
    return LogitGame(tuple(quality.tolist()), p.c, p.mu, p.a0)


def _outcome(name: str, game: LogitGame, theory: Floats, found: Floats) -> Iterator[Check]:
    shares, sold = game.logit(theory), game.shares(found)
    earned, profits = game.earned(theory), game.profits(found)
    nobody = 1.0 - shares.sum()
    surplus = game.scale * np.log(np.exp(float(game.outside or 0.0) / game.scale) / nobody)
    among = shares / shares.sum() * 100.0
    yield Check(f"{name}.p", theory.tolist(), found.tolist(), 1e-6)
    yield Check(f"{name}.s", shares.tolist(), sold[:3].tolist(), 1e-6)
    yield Check(f"{name}.s0", nobody, sold[3], 1e-6)
    yield Check(f"{name}.profit", earned.tolist(), profits.tolist(), 1e-6)
    yield Check(f"{name}.total_profit", earned.sum(), profits.sum(), 1e-6)
    yield Check(f"{name}.CS", surplus, game.surplus(found), 1e-6)
    held = sold[:3] / sold[:3].sum() * 100.0
    # The index is in ten thousandths.
    yield Check(f"{name}.HHI_inside", (among**2).sum(), (held**2).sum(), 1e-6 * 1e4)


def _patience(game: LogitGame, nash: Floats, joint: Floats) -> list[float]:
    """Return each carrier's least discount factor for which Nash for ever deters cheating.

    Above 1 none does: the carrier would rather have Nash than the cartel (Friedman 1971).
    """
    alone, agreed = game.earned(nash), game.earned(joint)
    least = []
    for j in range(3):
        cheats = joint.copy()
        cheats[j] = game.reply(j, joint)
        gain = game.earned(cheats)[j]
        least.append(float((gain - agreed[j]) / (gain - alone[j])))
    return least

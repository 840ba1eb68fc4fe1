"""V08: the game that Calvano et al. let their algorithms play, once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.collusion import starting_values
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.logit_game import ALONE, LogitGame, together

type Floats = NDArray[np.float64]

_FIRMS = ([0], [1])


class Stage(Parameters):
    """Two equal firms, and the grid of prices between Nash and joint maximum."""

    a: float = given("quality of each firm", at="a.0")
    c: float = given("unit cost of each firm", at="c.0")
    a0: float = given("worth of buying nothing")
    mu: float = given("scale of tastes", gt=0)
    m: int = given("prices on the grid", ge=3, le=200)
    xi: float = given("reach of the grid beyond Nash and joint maximum", ge=0, le=1)
    delta: float = given("discount factor", ge=0, lt=1)
    tolerance: float = chosen("gap allowed, money", 1e-6, gt=0)


@case("V08", kind="mechanism")
def calvano_stage_game(p: Stage) -> Iterator[Check]:
    """Iterate the decisions of `best_response` and `cartel` against Lambert's function.

    Calvano, Calzolari, Denicolò and Pastorello (2020); Anderson, de Palma and Thisse (1992).
    """
    game = LogitGame((p.a, p.a), (p.c, p.c), p.mu, p.a0)
    nash, joint = game.equilibrium(_FIRMS), game.equilibrium([[0, 1]])
    found, agreed = game.rest([ALONE, ALONE]), game.rest([together(0, 1), together(0, 1)])
    cheat, cheats = game.answer(0, joint), game.reply(0, agreed)
    betrayed, betrays = np.array([cheat, joint[1]]), np.array([cheats, agreed[1]])
    theory = {
        "pN": nash[0],
        "pM": joint[0],
        "piN": game.earned(nash)[0],
        "piM": game.earned(joint)[0],
        "qN": game.logit(nash)[0],
        "qM": game.logit(joint)[0],
        "dev_price_vs_pM": cheat,
        "dev_profit": game.earned(betrayed)[0],
        "sucker_profit": game.earned(betrayed)[1],
    }
    got = {
        "pN": found[0],
        "pM": agreed[0],
        "piN": game.profits(found)[0],
        "piM": game.profits(agreed)[0],
        "qN": game.shares(found)[0],
        "qM": game.shares(agreed)[0],
        "dev_price_vs_pM": cheats,
        "dev_profit": game.profits(betrays)[0],
        "sucker_profit": game.profits(betrays)[1],
    }
    for quantity, expected in theory.items():
        yield Check(quantity, expected, got[quantity], p.tolerance)
    yield Check("grim_trigger_delta_star", _patience(theory), _patience(got), p.tolerance)
    yield from _on_the_grid(p, game, theory, got)


def _patience(of: dict[str, float]) -> float:
    """Return the discount factor at which a threat of Nash for ever just deters (Friedman 1971)."""
    return (of["dev_profit"] - of["piM"]) / (of["dev_profit"] - of["piN"])


def _grid(p: Stage, nash: float, joint: float) -> Floats:
    reach = p.xi * (joint - nash)
    return np.linspace(nash - reach, joint + reach, p.m)


def _on_the_grid(
    p: Stage, game: LogitGame, theory: dict[str, float], got: dict[str, float]
) -> Iterator[Check]:
    """Hold the formula on its grid against the mechanism of choice on the grid that was found."""
    grid, found = _grid(p, theory["pN"], theory["pM"]), _grid(p, got["pN"], got["pM"])
    pay = np.array([[game.earned(np.array([x, y]))[0] for y in grid] for x in grid])
    paid = np.array([[game.profits(np.array([x, y]))[0] for y in found] for x in found])
    rests, rested = _rests(pay), _rests(paid)
    best, agreed = _most(pay), _most(paid)
    yield Check("grid", grid.tolist(), found.tolist(), p.tolerance)
    yield Check("grid_step", grid[1] - grid[0], found[1] - found[0], p.tolerance)
    yield Check("grid_best_reply_index", _replies(pay), _replies(paid), 0.0)
    yield Check("grid_nash_index_pairs", rests, rested, 0.0)
    yield Check("grid_nash_prices", grid[rests].tolist(), found[rested].tolist(), p.tolerance)
    yield Check("grid_joint_max", grid[best].tolist(), found[agreed].tolist(), p.tolerance)
    yield Check("grid_joint_max_Delta", _gain(pay, best, theory), _gain(paid, agreed, got), 1e-6)
    # Whoever picks at random for ever earns the mean of a row each period.
    mean = pay.mean(axis=1) / (1.0 - p.delta)
    start = starting_values(np.stack([paid, paid]), p.delta)[0, 0]
    size = p.tolerance / (1.0 - p.delta)
    yield Check("Q0_first_last", [mean[0], mean[-1]], [start[0], start[-1]], size)


def _replies(pay: Floats) -> list[int]:
    """Return the best reply to each price of the rival, by number."""
    return [int(reply) for reply in pay.argmax(axis=0)]


def _rests(pay: Floats) -> list[int]:
    """Return the pairs of prices that are best replies to each other, one after the other."""
    reply = _replies(pay)
    best = pay.max(axis=0)
    pairs = [(x, y) for x in range(len(reply)) for y in range(len(reply))]
    mutual = [(x, y) for x, y in pairs if pay[x, y] == best[y] and pay[y, x] == best[x]]
    return [number for pair in mutual for number in pair]


def _most(pay: Floats) -> list[int]:
    """Return the pair of prices of greatest joint profit."""
    row, column = np.unravel_index(int((pay + pay.T).argmax()), pay.shape)
    return [int(row), int(column)]


def _gain(pay: Floats, pair: list[int], of: dict[str, float]) -> float:
    """Return the part of the way from Nash profit to the joint maximum."""
    mean = (pay[pair[0], pair[1]] + pay[pair[1], pair[0]]) / 2.0
    return float((mean - of["piN"]) / (of["piM"] - of["piN"]))

"""V38: Q-learners come to charge more than Nash prices."""

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm as normal
from scipy.stats import t as student

from sim.core.streams import Streams
from sim.mechanisms.collusion import Learner, Sessions, learn_in_turn, learn_to_price
from sim.studies.verify import Check, Parameters, case, chosen
from sim.studies.verify.ladder import rung
from sim.studies.verify.logit_game import LogitGame

type Floats = NDArray[np.float64]

_QUALITY, _COST, _SCALE, _OUTSIDE = 2.0, 1.0, 0.25, 0.0  # the game of V08
_PATIENCE, _CAP = 100_000, 10**9  # periods
_SETTINGS = ("base", "mid", "fast", "lowa", "d0", "d35", "d70", "a25", "a05")
_COSTS = ("0.875", "0.75", "0.625", "0.5", "0.25")
_STEPS = (6, 12, 24)  # of price in the game of Klein
_WINDOW = 1_000  # last periods of that game that count
_MOMENT = "describes the stored sample of sessions"
_INPUT = "a parameter"
_LEFT_OUT = {
    "*.sessions": _INPUT,
    "*.alpha": _INPUT,
    "*.beta": _INPUT,
    "*.delta": _INPUT,
    "extra.klein_k*.T": _INPUT,
    "*.Delta_se": _MOMENT,
    "*.Delta_sd": _MOMENT,
    "*.Delta_p5": _MOMENT,
    "*.Delta_p95": _MOMENT,
    "*.se": _MOMENT,
    "[!b]*.share_len?": "checked for the first setting only",
    "*.mean_t_to_last_*": "mean_t less the periods of patience",
    "*.wall": "seconds on another machine",
    "*.rel_profit_gain_firm2_over_firm1": "a ratio of the means that are checked",
    "extra.synchronous_delta0.counts.*": "where most sessions end is checked",
    "extra.synchronous_delta0.limit_index_pairs.1.*": "where one session in 200 ends",
    "extra.synchronous_delta0.Delta.1": "where one session in 200 ends",
    "extra.n3.*": "the mechanism has two learners",
    "irf.*": "the mechanism returns where play ends, not the tables that answer a deviation",
}


class Experiment(Parameters):
    """How many sessions; what they are about is as in the ladder."""

    sessions: int = chosen("sessions of the representative setting", 100, ge=20, le=100_000)
    others: int = chosen("sessions of every other setting", 10, ge=5, le=100_000)
    in_turn: int = chosen("sessions of each game in turn", 60, ge=20, le=100_000)
    seed: int = chosen("of the draws; each session has its own stream", 0, ge=0)


@case(
    "V38",
    kind="mechanism",
    full={"sessions": 1_000, "others": 100, "in_turn": 300},
    left_out=_LEFT_OUT,
)
def learned_collusion(p: Experiment) -> Iterator[Check]:
    """Run sessions of the mechanism of Q-learning; expected are the published and stored means.

    Calvano et al. (2020), Klein (2021), Asker, Fershtman and Pakes (2022). No closed form exists:
    means are compared within three standard errors of the difference, that of the stored
    sample included; for the gain of the representative setting within three of this one alone.
    """
    yield from _all(p)


@cache
def _all(p: Experiment) -> tuple[Check, ...]:
    """Run everything once in a process: it takes most of a minute."""
    return (
        *(check for setting in _SETTINGS for check in _setting(p, setting)),
        *_all_moves_at_once(p),
        *(check for cost in _COSTS for check in _unequal(p, cost)),
        *(check for steps in _STEPS for check in _in_turn(p, steps)),
    )


class _Game:
    """Two firms on a grid of prices between Nash and joint maximum and a little beyond."""

    def __init__(self, cost: float) -> None:
        game = LogitGame((_QUALITY,) * 2, (_COST, cost), _SCALE, _OUTSIDE)
        nash, joint = game.equilibrium([[0], [1]]), game.equilibrium([[0, 1]])
        self.nash, self.joint = game.earned(nash), game.earned(joint)
        config = rung("V38").config
        reach = float(config["xi"]) * (joint - nash)
        self.grid = np.linspace(nash - reach, joint + reach, int(config["m"]))  # (rungs, firms)
        first, second = self.grid.T
        pay = np.array([[game.earned(np.array([x, y])) for y in second] for x in first])
        self.payoff = np.stack([pay[:, :, 0], pay[:, :, 1].T])

    def gains(self, sessions: Sessions) -> Floats:
        """Return the part of the way from Nash to joint profit: (sessions,)."""
        way = self.joint.mean() - self.nash.mean()
        gains: Floats = (sessions.profit.mean(axis=1) - self.nash.mean()) / way
        return gains

    def prices(self, sessions: Sessions) -> Floats:
        """Return mean prices: (sessions, firms)."""
        prices: Floats = self.grid[0] + sessions.rung * (self.grid[1] - self.grid[0])
        return prices


def _learn(p: Experiment, game: _Game, name: str, count: int, setting: str) -> Sessions:
    learner = Learner(
        alpha=_stored(f"{setting}.alpha"),
        beta=_stored(f"{setting}.beta"),
        discount=_stored(f"{setting}.delta"),
        patience=_PATIENCE,
        cap=_CAP,
        synchronous=name == "synchronous",
    )
    return learn_to_price(game.payoff, learner, _keys(p, name, count))


def _keys(p: Experiment, name: str, count: int) -> NDArray[np.uint64]:
    streams = Streams(p.seed)
    return np.array([streams.key(f"verify.learning.{name}", s) for s in range(count)], np.uint64)


def _stored(path: str) -> float:
    return rung("V38").expected[path]


def _mean(path: str, sample: Floats, stored_size: float) -> Check:
    """Compare a mean within three standard errors of the difference of two such samples.

    The spread is that of this sample: where it is small, Student's distribution says how many
    of its standard errors are as unlikely as three of the true ones.
    """
    error = float(sample.std(ddof=1)) * math.sqrt(1.0 / len(sample) + 1.0 / stored_size)
    wide = float(student.isf(normal.sf(3.0), len(sample) - 1))
    return Check(path, _stored(path), float(sample.mean()), wide * error)


def _share(path: str, sample: NDArray[np.bool_], stored_size: float) -> Check:
    """Compare a share of sessions, by the spread of the stored share."""
    share = _stored(path)
    error = math.sqrt(share * (1.0 - share) * (1.0 / len(sample) + 1.0 / stored_size))
    return Check(path, share, float(sample.mean()), 3.0 * error)


def _setting(p: Experiment, name: str) -> Iterator[Check]:
    game, base = _Game(_COST), name == "base"
    ran = _learn(p, game, name, p.sessions if base else p.others, name)
    gains, size = game.gains(ran), _stored(f"{name}.sessions")
    spread = _stored(f"{name}.Delta_sd")
    error = spread * math.sqrt(1.0 / len(gains) + (0.0 if base else 1.0 / size))
    path = f"{name}.Delta_mean"
    yield Check(path, _stored(path), float(gains.mean()), 3.0 * error)
    yield Check(f"{name}.converged", 1.0, float(ran.converged.mean()), 0.0)
    yield _mean(f"{name}.mean_t", ran.periods.astype(np.float64), size)
    yield _mean(f"{name}.price_mean", game.prices(ran).mean(axis=1), size)
    if base:
        yield _share(f"{name}.share_len1", ran.cycle == 1, size)
        yield _share(f"{name}.share_len2", ran.cycle == 2, size)


def _all_moves_at_once(p: Experiment) -> Iterator[Check]:
    """Who learns about all moves and nothing of the future ends in a Nash equilibrium."""
    game, path = _Game(_COST), "extra.synchronous_delta0"
    ran = _learn(p, game, "synchronous", p.others, "d0")
    pairs, counts = np.unique(ran.rung, axis=0, return_counts=True)
    most = pairs[counts.argmax()]
    gain = game.gains(ran)[(ran.rung == most).all(axis=1)][0]
    place = f"{path}.limit_index_pairs.0"
    yield Check(place, [_stored(f"{place}.0"), _stored(f"{place}.1")], most.tolist(), 0.0)
    yield Check(f"{path}.Delta.0", _stored(f"{path}.Delta.0"), float(gain), 1e-9)


def _unequal(p: Experiment, cost: str) -> Iterator[Check]:
    """Learners of whom the second is cheaper."""
    game, path = _Game(float(cost)), f"extra.cost_asym_c2={cost}"
    ran, size = _learn(p, game, f"cost.{cost}", p.others, "base"), _stored(f"{path}.sessions")
    prices, gains = game.prices(ran), game.gains(ran)
    yield _mean(f"{path}.Delta_mean", gains, size)
    yield _mean(f"{path}.mean_t", ran.periods.astype(np.float64), size)
    for firm in range(2):
        yield _mean(f"{path}.mean_prices.{firm}", prices[:, firm], size)
        yield _mean(f"{path}.mean_profits.{firm}", ran.profit[:, firm], size)
    for word, profit in (("piN", game.nash), ("piM", game.joint)):
        stored = [_stored(f"{path}.{word}.{firm}") for firm in range(2)]
        yield Check(f"{path}.{word}", stored, profit.tolist(), 1e-9)


def _in_turn(p: Experiment, steps: int) -> Iterator[Check]:
    """Learners who move in turn and sell one good, demand 1 - p."""
    path = f"extra.klein_k{steps}"
    price = np.arange(steps + 1) / steps
    own, other = price[:, None], price[None, :]
    payoff = own * (1.0 - own) * np.where(own < other, 1.0, np.where(own == other, 0.5, 0.0))
    half = int(_stored(f"{path}.T")) // 2
    alpha, discount = _stored(f"{path}.alpha"), _stored(f"{path}.delta")
    keys = _keys(p, f"klein.{steps}", p.in_turn)
    ran, size = (
        learn_in_turn(payoff, alpha, discount, half, keys, _WINDOW),
        _stored(f"{path}.sessions"),
    )
    yield _mean(f"{path}.mean_profit_per_firm", ran.profit, size)
    yield _mean(f"{path}.mean_market_price", ran.rung / steps, size)
    yield _share(f"{path}.share_constant_price", ran.constant, size)
    most = float(np.diagonal(payoff).max())
    yield Check(f"{path}.joint_max_per_firm", _stored(f"{path}.joint_max_per_firm"), most, 1e-12)

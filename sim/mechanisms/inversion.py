"""Find the carriers' unobserved quality from observed shares.

Berry (1994) inverts shares that users choose afresh. Here most users stay, so it is the
expected *next* share that must match: with inattention, switching costs and replaced lines,
quality follows from observed changes of shares.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import InvariantError
from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import BLOCK, VECTOR
from sim.core.linear import solve_into
from sim.core.vectors import Lane, Vector, lanes_of, nothing, pick, vectors
from sim.market.offers import Offers
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    cost_factors,
    look,
    quality_factors,
)
from sim.mechanisms.scenes import (
    HELD,
    SCENE,
    SHOCKED,
    WORTH,
    Habits,
    enter,
    leave_from,
    menu_in,
    room_for,
    scene_in,
    weigh_offers,
    write_menu,
)
from sim.mechanisms.states import Shape, first_of, load, plans_at, shape_of

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_STEPS = 60
_EXACT = 1e-9  # of all lines: one in the country


class Crowd(NamedTuple):
    """Who chooses, on what: the input of expected shares."""

    lines: Ints  # (segments, levels, offers)
    shocked: Ints  # (segments, levels, offers) parts per million
    weights: Weights
    offers: Offers
    tastes: Tastes


class _Shares(NamedTuple):
    """Lanes of what becomes of the lines of eight segments, after those of their scene."""

    after: Lane  # by carrier: lines next
    slope: Lane  # by carrier and carrier: of these, by quality
    odds: Lane  # by carrier: lookers from one carrier


_shares_in = lanes_of(_Shares)
_AFTER, _SLOPE = SCENE, SCENE + 1
_LANES = SCENE + len(_Shares._fields)


@inlined
def _add_slopes(weight: Vector, odds: Lane, nest: Ints, dissimilarity: float, out: Lane) -> None:
    """Add weight × d odds[j] / d xi[k] of nested logit to `out`: (carriers, carriers).

    P_j [(d_jk - c_jk) / dissimilarity + c_jk - P_k], with c_jk the chance of k inside j's nest.
    """
    carriers = nest.shape[0]
    for j in range(carriers):
        inside = nothing(weight)
        for k in range(carriers):
            if nest[k] == nest[j]:
                inside += odds[k]
        for k in range(carriers):
            same = odds[k] / inside if nest[k] == nest[j] else nothing(inside)
            own = (1.0 if j == k else 0.0) - same
            slope = weight * odds[j] * (own / dissimilarity + same - odds[k])
            out[j * carriers + k] += pick(inside > 0.0, slope, 0.0)


@kernel
def _choose_next(room: Floats, shape: Shape, nest: Ints, habits: Habits, with_slopes: bool) -> None:
    """Work out the lines that each carrier is expected to have next of eight segments."""
    size, carriers, renewal = room_for(shape), shape.carriers, habits.renewal
    scene, menu = scene_in(room, 0, size), menu_in(room, size)
    shares = _shares_in(room, SCENE * size, size)
    zero = nothing(scene.held[0])
    for j in range(carriers):
        shares.after[j] = zero
    for k in range(carriers * carriers):
        shares.slope[k] = zero
    weigh_offers(scene, menu, shape)
    for level in range(shape.kinds):
        enter(scene, level, nest, habits)
        renewed = zero
        for i in range(carriers):
            at = leave_from(scene, level, i, nest, habits)
            whole, looked, near, away = zero, zero, zero, zero
            first = first_of(level, i, shape)
            for s in range(first, first + plans_at(level, shape)):
                held, saved = scene.held[s], 1.0 - menu.again[s]
                chances = look(at.near + at.own, at.far, scene.kept[s], saved, habits.dissimilarity)
                attends = attention_of(habits.attention, habits.bill_shock, scene.shocked[s])
                looks = (1.0 - renewal) * held * attends
                whole += held
                looked += looks
                near += looks * chances.near
                away += looks * chances.away
            renewed += whole * renewal
            left = zero
            for j in range(carriers):
                goes = near * habits.new_carrier * scene.within[j]
                shares.odds[j] = goes + away * scene.beyond[j]
                left += shares.odds[j]
            shares.odds[i] = looked - left
            for j in range(carriers):
                shares.after[j] += pick(looked > 0.0, shares.odds[j], 0.0)
            shares.after[i] += whole * (1.0 - renewal) - looked
            if with_slopes:
                for j in range(carriers):
                    shares.odds[j] = pick(looked > 0.0, shares.odds[j] / looked, 0.0)
                _add_slopes(looked, shares.odds, nest, habits.dissimilarity, shares.slope)
        for j in range(carriers):
            shares.after[j] += renewed * scene.free[j]
        if with_slopes:
            _add_slopes(renewed, scene.free, nest, habits.dissimilarity, shares.slope)


@parallel_kernel
def _next_lines(
    lines: Ints, shocked: Ints, weights: Weights, offers: Offers, tastes: Tastes, factor: Floats,
    with_slopes: bool,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the lines that each carrier is expected to have next, and their slopes by quality.

    Slopes cost as much as all the rest, and are zero where they are not asked for.

    As `sim.mechanisms.flows.expected_flows`, in the same scenes, but without rounding. The
    slopes take lookers from one carrier for alike: they guide Newton's steps, no more.

    (segments, carriers) and (segments, carriers, carriers).
    """
    count, kinds, total = lines.shape
    carriers = offers.voice.shape[0]
    costs = cost_factors(tastes)
    out, slopes = np.empty((count, carriers)), np.empty((count, carriers, carriers))
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, renewal, nest = weights.e, offers.open, tastes.renewal, tastes.nest
    dissimilarity, attention, bill_shock = tastes.dissimilarity, tastes.attention, tastes.bill_shock
    for block in prange((count + BLOCK - 1) // BLOCK):
        shape = shape_of(kinds, carriers, total)
        size = room_for(shape)
        habits = Habits(*costs, renewal, dissimilarity, attention, bill_shock)
        room = vectors(_LANES * size)
        write_menu(room, shape, factor, is_open, habits.new_plan)
        for first in range(block * BLOCK, min((block + 1) * BLOCK, count), VECTOR):
            load(room, HELD * size, lines, first, shape)
            load(room, SHOCKED * size, shocked, first, shape)
            load(room, WORTH * size, e, first, shape)
            _choose_next(room, shape, nest, habits, with_slopes)
            after, slope = _AFTER * size * VECTOR, _SLOPE * size * VECTOR
            for v in range(min(VECTOR, count - first)):
                for j in range(carriers):
                    out[first + v, j] = room[after + j * VECTOR + v]
                    for k in range(carriers):
                        at = (j * carriers + k) * VECTOR
                        slopes[first + v, j, k] = room[slope + at + v]
    return out, slopes


@kernel
def _added(by_segment: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Return shares and their slopes from the sums over segments, added in their order."""
    carriers = by_segment.shape[1]
    out, slope = np.zeros(carriers), np.zeros((carriers, carriers))
    for g in range(by_segment.shape[0]):
        out += by_segment[g]
        slope += slopes[g]
    return out / out.sum(), slope / out.sum()


def expected_shares(crowd: Crowd, xi: Floats, with_slopes: bool = True) -> tuple[Floats, Floats]:
    """Return next month's expected shares at a quality, (carriers,), and d share / d xi."""
    plans = len(crowd.offers.fee) // len(xi)
    factor = quality_factors(xi, plans, crowd.tastes)
    return _added(*_next_lines(*crowd[:-1], crowd.tastes, factor, with_slopes))


def invert_shares(crowd: Crowd, target: Floats, start: Floats) -> Floats:
    """Return the quality at which the expected next share is `target`: (carriers,), last 0.

    Damped Newton steps on all carriers but the last, their slopes corrected by Broyden's rule.

    Raises
    ------
    InvariantError
        if no quality reaches the target: a jump in the target.
    """
    xi: Floats = start - start[-1]
    share, slope = expected_shares(crowd, xi)
    slope, missing = slope[:-1, :-1], (target - share)[:-1]
    for _ in range(_STEPS):
        if np.abs(missing).max() < _EXACT:
            return xi
        # Far out the slope vanishes; walk, do not jump.
        step = np.clip(solve_into(slope.copy(), missing.copy()), -1.0, 1.0)
        xi[:-1] += step
        if np.abs(xi).max() > 20.0:
            break
        share, _ = expected_shares(crowd, xi, with_slopes=False)
        left = (target - share)[:-1]
        if np.abs(left).max() > 0.5 * np.abs(missing).max():
            slope = expected_shares(crowd, xi)[1][:-1, :-1]
        else:  # Broyden (1965): what the step should have brought and did not
            wrong = missing - left - (slope * step).sum(axis=1)
            slope = slope + wrong[:, None] * step / (step * step).sum()
        missing = left
    raise InvariantError(
        f"no quality reaches the observed shares {np.round(target, 4)} from "
        f"{np.round(share, 4)} in one month; close less of the gap"
    )

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
from sim.core.lanes import BLOCK, MOST, new_room, place
from sim.core.linear import solve_into
from sim.market.offers import Offers
from sim.market.segments import NO_DEVICE
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    cost_factors,
    look,
    quality_factors,
)
from sim.mechanisms.scenes import (
    AGAIN,
    ANEW,
    AWAY,
    BEYOND,
    FAR,
    FREE,
    HELD,
    KEPT,
    LOOKS,
    NEAR,
    SCENE,
    SHOCKED,
    WITHIN,
    WORTH,
    columns,
    room_for,
    set_scenes,
    write_menu,
)
from sim.mechanisms.states import CARRIERS, first_of, load, plans_at, shape_of, states_of

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


@inlined
def _add_slopes(weight: float, odds: Floats, nest: Ints, dissimilarity: float, out: Floats) -> None:
    """Add weight × d odds[j] / d xi[k] of nested logit to `out`: (carriers, carriers).

    P_j [(d_jk - c_jk) / dissimilarity + c_jk - P_k], with c_jk the chance of k inside j's nest.
    """
    for j in range(odds.shape[0]):
        inside = 0.0
        for k in range(odds.shape[0]):
            inside += odds[k] if nest[k] == nest[j] else 0.0
        if inside <= 0.0:
            continue
        for k in range(odds.shape[0]):
            same = odds[k] / inside if nest[k] == nest[j] else 0.0
            own = (1.0 if j == k else 0.0) - same
            out[j, k] += weight * odds[j] * (own / dissimilarity + same - odds[k])


@kernel
def _weigh_lookers(
    room: Floats, begin: int, count: int, renewal: float, dissimilarity: float, attention: float,
    bill_shock: float,
) -> None:  # fmt: skip
    """Write how many lines of each state look, and of them leave within the nest and beyond."""
    for k in range(count):
        s = place(begin) + k
        kept, saved = room[KEPT + s], 1.0 - room[AGAIN + s]
        chances = look(room[ANEW + s], room[FAR + s], kept, saved, dissimilarity)
        attends = attention_of(attention, bill_shock, room[SHOCKED + s])
        looks = (1.0 - renewal) * room[HELD + s] * attends
        room[LOOKS + s] = looks
        room[NEAR + s], room[AWAY + s] = looks * chances.near, looks * chances.away


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
    if room_for(shape_of(kinds, carriers, total)) > MOST or carriers > CARRIERS:
        raise ValueError("more states than a kernel has room for")
    costs = cost_factors(tastes)
    new_carrier, _, new_plan = costs
    out, slopes = np.empty((count, carriers)), np.empty((count, carriers, carriers))
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, renewal, nest = weights.e, offers.open, tastes.renewal, tastes.nest
    dissimilarity, attention, bill_shock = tastes.dissimilarity, tastes.attention, tastes.bill_shock
    nobody = np.zeros(carriers)  # devices and control are as they are
    for block in prange((count + BLOCK - 1) // BLOCK):
        shape = shape_of(kinds, carriers, total)
        begin = first_of(NO_DEVICE, 0, shape)
        used = states_of(shape) - begin
        room, by_carrier = new_room(SCENE, room_for(shape)), columns(carriers)
        odds, after, slope = np.empty(carriers), np.empty(carriers), np.empty((carriers, carriers))
        free = by_carrier.free
        write_menu(room, shape, factor, is_open, new_plan, nobody, nobody)
        for g in range(block * BLOCK, min((block + 1) * BLOCK, count)):
            load(room, HELD, lines, g, shape)
            load(room, SHOCKED, shocked, g, shape)
            load(room, WORTH, e, g, shape)
            set_scenes(room, shape, nest, costs, dissimilarity, by_carrier)
            _weigh_lookers(room, begin, used, renewal, dissimilarity, attention, bill_shock)
            after[:], slope[:] = 0.0, 0.0
            for level in range(kinds):
                renewed = 0.0
                for i in range(carriers):
                    looked, left_near, left_far, whole = 0.0, 0.0, 0.0, 0.0
                    first = first_of(level, i, shape)
                    for s in range(first, first + plans_at(level, shape)):
                        whole += room[HELD + s]
                        looked += room[LOOKS + s]
                        left_near += room[NEAR + s]
                        left_far += room[AWAY + s]
                    renewed += whole * renewal
                    if looked <= 0.0:
                        after[i] += whole * (1.0 - renewal)
                        continue
                    left, to = 0.0, (level * carriers + i) * carriers
                    for j in range(carriers):
                        odds[j] = left_near * new_carrier * room[WITHIN + to + j]
                        odds[j] += left_far * room[BEYOND + to + j]
                        left += odds[j]
                    odds[i] = looked - left
                    for j in range(carriers):
                        after[j] += odds[j]
                    after[i] += whole * (1.0 - renewal) - looked
                    if with_slopes:
                        for j in range(carriers):
                            odds[j] /= looked
                        _add_slopes(looked, odds, nest, dissimilarity, slope)
                for j in range(carriers):
                    free[j] = room[FREE + level * carriers + j]
                    after[j] += renewed * free[j]
                if with_slopes:
                    _add_slopes(renewed, free, nest, dissimilarity, slope)
            for j in range(carriers):
                out[g, j] = after[j]
                for k in range(carriers):
                    slopes[g, j, k] = slope[j, k]
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

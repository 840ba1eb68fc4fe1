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
from sim.core.linear import solve_into
from sim.market.offers import Offers
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    cost_factors,
    leavers,
    look,
    nest_odds,
    open_sums,
    plain,
    quality_factors,
    raise_nests,
    setting_of,
)

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
def _add_slopes(weight: float, odds: Floats, tastes: Tastes, slope: Floats) -> None:
    """Add weight × d odds[j] / d xi[k] of nested logit to `slope`: (carriers, carriers).

    P_j [(d_jk - c_jk) / dissimilarity + c_jk - P_k], with c_jk the chance of k inside j's nest.
    """
    for j in range(odds.shape[0]):
        inside = 0.0
        for k in range(odds.shape[0]):
            inside += odds[k] if tastes.nest[k] == tastes.nest[j] else 0.0
        if inside <= 0.0:
            continue
        for k in range(odds.shape[0]):
            same = odds[k] / inside if tastes.nest[k] == tastes.nest[j] else 0.0
            own = (1.0 if j == k else 0.0) - same
            slope[j, k] += weight * odds[j] * (own / tastes.dissimilarity + same - odds[k])


@parallel_kernel
def _next_lines(
    lines: Ints, shocked: Ints, weights: Weights, offers: Offers, tastes: Tastes, factor: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the lines that each carrier is expected to have next, and their slopes by quality.

    The slopes take lookers from one carrier for alike: they guide Newton's steps, no more.

    (segments, carriers) and (segments, carriers, carriers).
    """
    count, kinds, total = lines.shape
    carriers = offers.voice.shape[0]
    plans = total // carriers
    new_carrier, new_nest, new_plan = cost_factors(tastes)
    out, slope = np.zeros((count, carriers)), np.zeros((count, carriers, carriers))
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, renewal, nest = weights.e, offers.open, tastes.renewal, tastes.nest
    dissimilarity, attention, bill_shock = tastes.dissimilarity, tastes.attention, tastes.bill_shock
    saved = np.where(is_open, 1.0 - new_plan, 1.0)
    for g in prange(count):
        rivals, own, free = np.empty(carriers), np.empty(carriers), np.empty(carriers)
        inside, raised = np.empty(carriers), np.empty(carriers)
        within, beyond, odds = np.empty(carriers), np.empty(carriers), np.empty(carriers)
        anew, far, looks = np.empty(total), np.empty(total), np.empty(total)
        near, away = np.empty(total), np.empty(total)
        for level in range(kinds):
            open_sums(e[g, plain(level)], factor, is_open, carriers, rivals)
            open_sums(e[g, level], factor, is_open, carriers, own)
            raise_nests(rivals, nest, dissimilarity, inside, raised)
            nest_odds(rivals, nest, inside, raised, free)
            for i in range(carriers):
                at = setting_of(i, rivals, nest, raised, own[i], new_carrier, new_nest, new_plan)
                for o in range(i * plans, (i + 1) * plans):
                    anew[o], far[o] = at.near + at.own, at.far
            for o in range(total):
                n, kept = float(lines[g, level, o]), e[g, level, o] * factor[o]
                chances = look(anew[o], far[o], kept, saved[o], dissimilarity)
                attends = attention_of(attention, bill_shock, shocked[g, level, o])
                looks[o] = (1.0 - renewal) * n * attends
                near[o], away[o] = looks[o] * chances.near, looks[o] * chances.away
            renewed = 0.0
            for i in range(carriers):
                looked, left_near, left_far, whole = 0.0, 0.0, 0.0, 0.0
                for o in range(i * plans, (i + 1) * plans):
                    whole += lines[g, level, o]
                    looked += looks[o]
                    left_near += near[o]
                    left_far += away[o]
                renewed += whole * renewal
                if looked <= 0.0:
                    out[g, i] += whole * (1.0 - renewal)
                    continue
                leavers(i, rivals, nest, inside, raised, within, beyond)
                left = 0.0
                for j in range(carriers):
                    odds[j] = left_near * new_carrier * within[j] + left_far * beyond[j]
                    left += odds[j]
                odds[i] = looked - left
                for j in range(carriers):
                    out[g, j] += odds[j]
                out[g, i] += whole * (1.0 - renewal) - looked
                for j in range(carriers):
                    odds[j] /= looked
                _add_slopes(looked, odds, tastes, slope[g])
            for j in range(carriers):
                out[g, j] += renewed * free[j]
            _add_slopes(renewed, free, tastes, slope[g])
    return out, slope


@kernel
def _added(by_segment: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Return shares and their slopes from the sums over segments, added in their order."""
    carriers = by_segment.shape[1]
    out, slope = np.zeros(carriers), np.zeros((carriers, carriers))
    for g in range(by_segment.shape[0]):
        out += by_segment[g]
        slope += slopes[g]
    return out / out.sum(), slope / out.sum()


def expected_shares(crowd: Crowd, xi: Floats) -> tuple[Floats, Floats]:
    """Return next month's expected shares at a quality, (carriers,), and d share / d xi."""
    plans = len(crowd.offers.fee) // len(xi)
    factor = quality_factors(xi, plans, crowd.tastes)
    return _added(
        *_next_lines(crowd.lines, crowd.shocked, crowd.weights, crowd.offers, crowd.tastes, factor)
    )


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
        share, fresh = expected_shares(crowd, xi)
        left = (target - share)[:-1]
        if np.abs(left).max() > 0.5 * np.abs(missing).max():
            slope = fresh[:-1, :-1]
        else:  # Broyden (1965): what the step should have brought and did not
            wrong = missing - left - (slope * step).sum(axis=1)
            slope = slope + wrong[:, None] * step / (step * step).sum()
        missing = left
    raise InvariantError(
        f"no quality reaches the observed shares {np.round(target, 4)} from "
        f"{np.round(share, 4)} in one month; close less of the gap"
    )

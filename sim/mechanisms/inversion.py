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
from sim.market.offers import Offers
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    carrier_odds,
    cost_factor,
    looker_weights,
    open_sums,
    plain,
    quality_factors,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_STEPS = 60
_EXACT = 1e-10


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

    (segments, carriers) and (segments, carriers, carriers).
    """
    count, kinds, total = lines.shape
    carriers = offers.voice.shape[0]
    plans = total // carriers
    new_carrier = cost_factor(tastes.switching, tastes)
    new_plan = cost_factor(tastes.plan_switching, tastes)
    out, slope = np.zeros((count, carriers)), np.zeros((count, carriers, carriers))
    for g in prange(count):
        rivals, own = np.empty(carriers), np.empty(carriers)
        a, odds, free = np.empty(carriers), np.empty(carriers), np.empty(carriers)
        for level in range(kinds):
            open_sums(weights.e[g, plain(level)], factor, offers.open, carriers, rivals)
            open_sums(weights.e[g, level], factor, offers.open, carriers, own)
            carrier_odds(rivals, tastes, free)
            renewed = 0.0
            for o in range(total):
                n = float(lines[g, level, o])
                if n == 0.0:
                    continue
                i = o // plans
                kept = weights.e[g, level, o] * factor[o]
                looker_weights(rivals, own[i], kept, offers.open[o], i, new_carrier, new_plan, a)
                carrier_odds(a, tastes, odds)
                looks = (1.0 - tastes.renewal) * attention_of(tastes, shocked[g, level, o])
                renewed += n * tastes.renewal
                out[g, i] += n * (1.0 - tastes.renewal - looks)
                for j in range(carriers):
                    out[g, j] += n * looks * odds[j]
                _add_slopes(n * looks, odds, tastes, slope[g])
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


@kernel
def _solve(matrix: Floats, right: Floats) -> Floats:
    """Return x of matrix x = right by elimination; LAPACK's bits vary between processors.

    The matrix of a logit's share derivatives is diagonally dominant: no pivoting is needed.
    """
    n = right.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            factor = matrix[j, i] / matrix[i, i]
            for k in range(i, n):
                matrix[j, k] -= factor * matrix[i, k]
            right[j] -= factor * right[i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]
    return right


def invert_shares(crowd: Crowd, target: Floats, start: Floats) -> Floats:
    """Return the quality at which the expected next share is `target`: (carriers,), last 0.

    Damped Newton steps on all carriers but the last.

    Raises
    ------
    InvariantError
        if no quality reaches the target: a jump in the target.
    """
    xi: Floats = start - start[-1]
    for _ in range(_STEPS):
        share, slope = expected_shares(crowd, xi)
        missing = (target - share)[:-1]
        if np.abs(missing).max() < _EXACT:
            return xi
        step = _solve(slope[:-1, :-1].copy(), missing.copy())
        xi[:-1] += np.clip(step, -1.0, 1.0)  # far out the slope vanishes; walk, do not jump
        if np.abs(xi).max() > 20.0:
            break
    raise InvariantError(
        f"no quality reaches the observed shares {np.round(target, 4)} from "
        f"{np.round(share, 4)} in one month; close less of the gap"
    )

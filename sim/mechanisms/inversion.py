"""Find the carriers' unobserved quality from observed shares.

Berry (1994) inverts shares that users choose afresh. Here most users stay, so it is the
expected *next* share that must match: with inattention, switching costs and replaced lines,
quality follows from observed changes of shares.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import InvariantError
from sim.core.kernels import kernel
from sim.mechanisms.choice import Panel

_STEPS = 60
_EXACT = 1e-10


@kernel
def expected_shares(
    panel: Panel, weight: NDArray[np.float64], renewal: float, xi: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return next month's expected shares and their derivatives by xi.

    weight : (panel,) sums to one. Returns (carriers,) and (carriers, carriers).
    """
    carriers = xi.shape[0]
    share = np.zeros(carriers)
    slope = np.zeros((carriers, carriers))
    free, look = np.empty(carriers), np.empty(carriers)
    for i in range(panel.row.shape[0]):
        all_free, all_look = 0.0, 0.0
        for j in range(carriers):
            free[j] = panel.free[i, j] * math.exp(xi[j])
            look[j] = panel.look[i, j] * math.exp(xi[j])
            all_free += free[j]
            all_look += look[j]
        by_look = weight[i] * (1.0 - renewal) * panel.attention[i]
        by_free = weight[i] * renewal
        share[panel.carrier[i]] += weight[i] * (1.0 - renewal) * (1.0 - panel.attention[i])
        for j in range(carriers):
            p, q = free[j] / all_free, look[j] / all_look
            share[j] += by_free * p + by_look * q
            for k in range(carriers):
                same = 1.0 if j == k else 0.0
                slope[j, k] += by_free * p * (same - free[k] / all_free)
                slope[j, k] += by_look * q * (same - look[k] / all_look)
    return share, slope


@kernel
def _solve(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
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


def invert_shares(
    panel: Panel,
    share_now: NDArray[np.float64],
    target: NDArray[np.float64],
    renewal: float,
    start: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the quality at which the expected next share is `target`: (carriers,), last 0.

    The panel is weighted so that its carriers have the population's shares now: a small panel
    need not hold them exactly. Damped Newton steps on all carriers but the last.

    Raises
    ------
    InvariantError
        if no quality reaches the target: too few users, or a jump in the target.
    """
    weight = panel.weight / panel.weight.sum()
    in_panel = np.bincount(panel.carrier, weights=weight, minlength=len(start))
    if not in_panel.all():
        raise InvariantError("a carrier has no user in the panel; run with more users")
    weight = weight * (share_now / in_panel)[panel.carrier]
    xi: NDArray[np.float64] = start - start[-1]
    for _ in range(_STEPS):
        share, slope = expected_shares(panel, weight, renewal, xi)
        gap = (target - share)[:-1]
        if np.abs(gap).max() < _EXACT:
            return xi
        step = _solve(slope[:-1, :-1].copy(), gap.copy())
        xi[:-1] += np.clip(step, -1.0, 1.0)  # far out the slope vanishes; walk, do not jump
        if np.abs(xi).max() > 20.0:
            break
    raise InvariantError(
        f"no quality reaches the observed shares {np.round(target, 4)} from "
        f"{np.round(share_now, 4)} in one month; run with more users or close less of the gap"
    )

"""Solve small games by search: what a closed form is held against.

They know nothing of first-order conditions: a price is best because all others earn less.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar

type Floats = NDArray[np.float64]

_ROUNDS = 10_000
_STEP = 1e-5  # of the range, about a summit
_WIDER = 1e-4  # about a summit in several dimensions


def argmax(objective: Callable[[float], float], low: float, high: float, grid: int = 0) -> float:
    """Return where a function of one number is largest between two ends.

    With one peak between the ends no grid is needed; with several, `grid` points choose the
    highest peak before it is searched.
    """
    if grid:
        points = np.linspace(low, high, grid + 1)
        best = int(np.argmax([objective(float(x)) for x in points]))
        low, high = float(points[max(best - 1, 0)]), float(points[min(best + 1, grid)])
    found = minimize_scalar(lambda x: -objective(float(x)), bounds=(low, high), method="bounded")
    x = _summit(objective, float(found.x), _STEP * (high - low))
    return max((low, high, x if low < x < high else float(found.x)), key=objective)


def _summit(objective: Callable[[float], float], x: float, step: float) -> float:
    """Return the top of the parabola through three points about `x`, if it is near.

    Comparing values finds a summit to the root of the rounding error, 1e-8; the parabola to
    some 1e-10.
    """
    below, here, above = objective(x - step), objective(x), objective(x + step)
    bend = below - 2.0 * here + above
    shift = step / 2.0 * (below - above) / bend if bend < 0.0 else 0.0
    return x + shift if abs(shift) < step else x


def argmax_of(objective: Callable[[Floats], float], start: Floats) -> Floats:
    """Return where a smooth function of a few numbers, (n,), is largest, from a start nearby."""
    options = {"xatol": 1e-7, "fatol": 1e-13, "maxiter": _ROUNDS}
    found = minimize(lambda x: -objective(x), start, method="Nelder-Mead", options=options)
    if not found.success:
        raise ArithmeticError(found.message)
    x = np.asarray(found.x, dtype=np.float64)
    for _ in range(2):
        x = x + _towards_summit(objective, x)
    return x


def _towards_summit(objective: Callable[[Floats], float], x: Floats) -> Floats:
    """Return the step, (n,), to the top of the paraboloid through points about `x`."""
    steps = _WIDER * np.eye(len(x))
    up = [objective(x + step) for step in steps]
    down = [objective(x - step) for step in steps]
    slope = (np.array(up) - np.array(down)) / (2.0 * _WIDER)
    bend = np.array(
        [[objective(x + a + b) - objective(x + a) - objective(x + b) for b in steps] for a in steps]
    )
    return np.asarray(np.linalg.solve((bend + objective(x)) / _WIDER**2, -slope))


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function of one number is zero; it must change sign between the ends."""
    return float(brentq(function, low, high, xtol=1e-14, rtol=1e-14))


def settled(step: Callable[[Floats], Floats], start: Floats, tolerance: float = 1e-11) -> Floats:
    """Return the fixed point that repeating `step`, (n,) to (n,), comes to rest at."""
    now = np.asarray(start, dtype=np.float64)
    for _ in range(_ROUNDS):
        later = step(now)
        if float(np.abs(later - now).max()) < tolerance:
            return later
        now = later
    raise ArithmeticError(f"no rest after {_ROUNDS} rounds")


def in_turn(
    reply: Callable[[int, Floats], float], start: Floats, tolerance: float = 1e-9
) -> Floats:
    """Return the rest of players who answer one after the other: `reply(player, all moves)`."""

    def round_of(moves: Floats) -> Floats:
        moves = moves.copy()
        for player in range(len(moves)):
            moves[player] = reply(player, moves)
        return moves

    return settled(round_of, start, tolerance)

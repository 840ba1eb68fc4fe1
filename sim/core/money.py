"""Money is whole fen: it is counted, never approximated."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import InvariantError
from sim.core.kernels import kernel
from sim.core.units import FEN_PER_YUAN

type Fen = NDArray[np.int64]


def yuan(fen: int | float) -> float:
    """Return an amount of fen in yuan."""
    return fen / FEN_PER_YUAN


def to_fen(amount_yuan: float) -> int:
    """Return an amount of yuan in whole fen, half up."""
    return int(np.floor(amount_yuan * FEN_PER_YUAN + 0.5))


@kernel
def whole(amounts: NDArray[np.floating[Any]]) -> Fen:
    """Return amounts in whole units, half up, element by element."""
    return np.floor(amounts + 0.5).astype(np.int64)


def split(amount: int, weights: Sequence[float] | NDArray[np.generic]) -> Fen:
    """Split a whole amount by weights into whole parts that sum to it exactly.

    Parameters
    ----------
    amount : whole fen (or whole kilobytes, or lines), not negative
    weights : (parts,) not negative; all zero only if the amount is zero

    Returns
    -------
    (parts,) int64. Cumulative rounding: part k is the difference of two rounded running
    totals, so small parts still get their turn and no part is off by more than a unit while
    the amount is below 1e15 (beyond, the running totals themselves are rounded).
    """
    parts = np.zeros(len(weights), dtype=np.int64)
    if not split_into(amount, np.asarray(weights, dtype=np.float64), parts):
        raise InvariantError(f"cannot split {amount} over weights that sum to nothing")
    return parts


@kernel
def split_into(amount: int, weights: NDArray[np.float64] | Fen, parts: Fen) -> bool:
    """Write the parts of `split` into `parts`; return False where no weight can take any."""
    total = weights[:0].sum()  # whole weights are added up as whole numbers
    for weight in weights:
        total += weight
    if total <= 0:
        parts[:] = 0
        return amount == 0
    running, edge = weights[:0].sum(), 0
    for k in range(weights.shape[0]):
        parts[k] = 0
        if weights[k] != 0:  # most may weigh nothing: a division costs time
            running += weights[k]
            # The last parts must not miss a unit to rounding.
            upper = amount if running >= total else math.floor(running / total * amount + 0.5)
            parts[k] = upper - edge
            edge = upper
    return True

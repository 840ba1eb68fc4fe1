"""Sums of floating-point numbers in one order, inside kernels as outside."""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined

_ROW = 8  # running sums side by side


@inlined
def total_of(values: NDArray[np.float64]) -> float:
    """Return the sum: eight running sums, added up in pairs, then what is left over.

    For up to 128 numbers in a row numpy's own `sum` adds in this order, so a rule has the same
    bits whether it is compiled or written with arrays.
    """
    count = values.shape[0]
    if count < _ROW:
        few = 0.0
        for i in range(count):
            few += values[i]
        return few
    r0, r1, r2, r3 = values[0], values[1], values[2], values[3]
    r4, r5, r6, r7 = values[4], values[5], values[6], values[7]
    rows = count - count % _ROW
    for i in range(_ROW, rows, _ROW):
        r0 += values[i]
        r1 += values[i + 1]
        r2 += values[i + 2]
        r3 += values[i + 3]
        r4 += values[i + 4]
        r5 += values[i + 5]
        r6 += values[i + 6]
        r7 += values[i + 7]
    total: float = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    for i in range(rows, count):
        total += values[i]
    return total

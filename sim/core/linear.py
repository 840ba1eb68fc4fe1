"""Small systems of linear equations, with the same bits on every processor."""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel

type Floats = NDArray[np.float64]


@kernel
def solve_into(matrix: Floats, right: Floats) -> Floats:
    """Return x of matrix x = right by elimination, in place; LAPACK's bits vary.

    matrix : (n, n) diagonally dominant, as shares' slopes and I - discount × a Markov chain are:
    no pivoting is needed. Both arrays are overwritten.
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

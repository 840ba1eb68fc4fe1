"""Branches that sell traffic below list into the national grey market.

M branches of a carrier sell imperfect substitutes, w_b = A - b l_b - d · (sum of the others).
A leaked GB displaces delta GB of retail sales with margin m, and that loss is shared by
all. A branch with control k maximises

(1 - k) [(w_b - c_b) l_b - delta m L / M] + k [sum of (w - c) l - delta m L],

so k = 0 is the commons and k = 1 central control. With d = b it is the homogeneous good of
docs/model.md, L(k) = (A - c - phi delta m) / (b (1 + phi)), phi = (1 - k)/M + k.
"""

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

_ALMOST_NONE = 1e-6


def branch_control(middle: Floats, spread: float, draw: Floats) -> Floats:
    """Return each branch's weight on the whole: (carriers, branches), 0 to 1.

    middle : (carriers,) k of the carrier; draw : (carriers, branches) uniform. Branches differ
    by up to `spread` around their carrier's k, less near 0 and 1 and not at all there: a carrier
    that leaves its branches alone, or holds them all, does so everywhere.
    """
    k = middle[:, None]
    around = spread * np.minimum(1.0, 4.0 * k * (1.0 - k))
    return np.clip(k + around * (2.0 * draw - 1.0), 0.0, 1.0)


def branch_sales(
    choke: float, cost: Floats, control: Floats, loss: float, b: float, d: float
) -> Floats:
    """Return the Nash sales of a carrier's branches: (branches,), none negative.

    Parameters
    ----------
    choke : A, price at which nothing is sold; the unit of all prices
    cost : (branches,) c_b; control : (branches,) k_b in [0, 1]
    loss : delta · m, what a leaked GB costs the carrier at retail
    b, d : slopes in the own and in the others' sales, 0 < d <= b

    Notes
    -----
    First-order condition: A - c - phi delta m - 2 b l - d (1 + k) (L - l) = 0. Branches whose
    sales would be negative leave, and the rest is solved again.
    """
    branches = len(cost)
    phi = (1.0 - control) / branches + control
    reach = choke - cost - phi * loss
    # At d = b and k = 1 only the sum is determined: the limit shares it out.
    own = np.maximum(2.0 * b - d * (1.0 + control), _ALMOST_NONE * b)
    sells = reach > 0.0
    while True:
        cross = np.where(sells, d * (1.0 + control) / own, 0.0)
        total = np.where(sells, reach / own, 0.0).sum() / (1.0 + cross.sum())
        sales = np.where(sells, (reach - d * (1.0 + control) * total) / own, 0.0)
        if not (sales < 0.0).any():
            return sales
        sells &= sales >= 0.0


def branch_prices(choke: float, sales: Floats, b: float, d: float) -> Floats:
    """Return the price of each branch's good: (branches,), for its and the others' sales."""
    return choke - b * sales - d * (sales.sum() - sales)

"""Branches that sell traffic below list into the national grey market.

M branches of a carrier sell imperfect substitutes, w_b = A - b l_b - d · (sum of the others).
A leaked GB displaces delta GB of retail sales with margin m, and that loss is shared by
all. A branch with control k maximises

(1 - k) [(w_b - c_b) l_b - delta m L / M] + k [sum of (w - c) l - delta m L],

so k = 0 is the commons and k = 1 central control. With d = b it is the homogeneous good of
docs/model.md, L(k) = (A - c - phi delta m) / (b (1 + phi)), phi = (1 - k)/M + k.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.sums import total_of
from sim.market.offers import NOT_SOLD

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

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


@kernel
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
    slope = d * (1.0 + control)
    # At d = b and k = 1 only the sum is determined: the limit shares it out.
    own = np.maximum(2.0 * b - slope, _ALMOST_NONE * b)
    sells = reach > 0.0
    while True:
        cross = np.where(sells, slope / own, 0.0)
        total = total_of(np.where(sells, reach / own, 0.0)) / (1.0 + total_of(cross))
        sales = np.where(sells, (reach - slope * total) / own, 0.0)
        if not (sales < 0.0).any():
            return sales
        sells &= sales >= 0.0


@kernel
def branch_prices(choke: float, sales: Floats, b: float, d: float) -> Floats:
    """Return the price of each branch's good: (branches,), for its and the others' sales."""
    return choke - b * sales - d * (total_of(sales) - sales)


@kernel
def leaks(
    choke: Ints, margin: Floats, unit_cost: float, cost: Floats, control: Floats, delta: float,
    cross: float,
) -> tuple[Floats, Ints]:  # fmt: skip
    """Return what branches sell and at which price: (carriers, branches) each.

    Sales are relative, prices fen per GB, `NOT_SOLD` where a branch sells nothing.

    Parameters
    ----------
    choke : (carriers,) fen per GB, list price of a backward GB
    margin : (carriers,) fen that a retail GB earns; delta : retail GB that a leaked GB displaces
    unit_cost : of carrying, fen per GB; cost : (carriers, branches) of selling, in choke prices
    control : (carriers, branches) k
    cross : slope in the other branches' sales where that in the own ones is 1
    """
    sales, price = np.empty(cost.shape), np.empty(cost.shape, dtype=np.int64)
    for j in range(choke.shape[0]):
        at, loss = float(choke[j]), delta * margin[j] / choke[j]
        sold = branch_sales(1.0, cost[j] + unit_cost / at, control[j], loss, 1.0, cross)
        posted = branch_prices(1.0, sold, 1.0, cross)
        for b in range(sold.shape[0]):
            sales[j, b] = sold[b]
            price[j, b] = math.floor(posted[b] * at + 0.5) if sold[b] > 0.0 else NOT_SOLD
    return sales, price


@kernel
def mean_offer(price: Ints) -> Floats:
    """Return the unweighted mean of the prices that branches post: (carriers,), nan for none."""
    mean = np.full(price.shape[0], np.nan)
    for j in range(price.shape[0]):
        total, count = 0, 0
        for b in range(price.shape[1]):
            if price[j, b] < NOT_SOLD:
                total += price[j, b]
                count += 1
        if count > 0:
            mean[j] = total / count
    return mean

"""Resellers who compete in quantities, each at its own cost.

Linear demand up to the list price, p = A - Q with slope one. With n who sell at costs c_i,
p = (A + sum of c) / (n + 1) and q_i = p - c_i; who would have to sell below cost sells nothing,
and the rest is solved again (Cournot 1838). Equal costs give p = c + (A - c) / (n + 1)
(Spengler 1950, the chain with n resellers).
"""

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]


def cournot(choke: int, cost: Ints, active: NDArray[np.bool_]) -> tuple[int, Ints]:
    """Return the price and what each reseller sells: fen per GB, (resellers,) in units of 1/b.

    choke : A, fen per GB; cost : (resellers,) fen per GB; active : (resellers,) in business.
    Who is asked for traffic that costs more than it lists at sells it at cost.
    """
    if not active.any():
        return max(choke, int(cost.min())), np.zeros_like(cost)
    price, sells = int(cost[active].min()), active & (cost < choke)
    dear = sells
    while dear.any():
        price = (choke + int(cost[sells].sum())) // (int(sells.sum()) + 1)
        dear = sells & (cost > price)
        sells = sells & ~dear
    sales = np.where(sells, price - cost, 0)
    if not sales.any():  # no margin at all: those who can sell at this price share alike
        sales = (active & (cost <= price)).astype(np.int64)
    return price, sales


def newcomers_gain(choke: Ints, price: Ints, cost: Ints, sellers: Ints, volume: Floats) -> Floats:
    """Return what each reseller would earn if it joined n who sell: (resellers,) fen a month.

    With it p' = ((n + 1) p + c) / (n + 2), its margin is m = p' - c, its part of sales
    m / (A - p').

    choke, price, sellers, volume : (carriers,) fen per GB, number, GB that resellers sell a month
    cost : (resellers, carriers) fen per GB
    """
    margin = np.maximum(price - cost, 0) * (sellers + 1) / (sellers + 2)
    room = choke - (cost + margin)
    part = np.where(room > 0, margin / np.where(room > 0, room, 1.0), 0.0)
    gain: Floats = (margin * part * volume).sum(axis=1)
    return gain

"""Resellers who compete in quantities, each at its own cost.

Linear demand up to the list price, p = A - Q with slope one. With n who sell at costs c_i,
p = (A + sum of c) / (n + 1) and q_i = p - c_i; who would have to sell below cost sells nothing,
and the rest is solved again (Cournot 1838). Equal costs give p = c + (A - c) / (n + 1)
(Spengler 1950, the chain with n resellers).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.money import whole
from sim.core.sums import total_of
from sim.core.units import KB_PER_GB
from sim.market.offers import NOT_SOLD

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]


@kernel
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


@kernel
def cournot_markets(choke: Ints, cost: Ints, active: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return price and sales in every carrier's traffic: (carriers,), (resellers, carriers).

    choke : (carriers,); cost : (resellers, carriers); active : (resellers,); see `cournot`
    """
    price, sales = np.empty_like(choke), np.empty_like(cost)
    for j in range(choke.shape[0]):
        price[j], sales[:, j] = cournot(choke[j], cost[:, j].copy(), active)
    return price, sales


@kernel
def handling_costs(handling: Floats, choke: Ints) -> Ints:
    """Return what it costs each reseller to sell a GB: (resellers, carriers) fen.

    handling : (resellers,) x list price; choke : (carriers,) list price, fen per GB
    """
    cost = np.empty((handling.shape[0], choke.shape[0]), dtype=np.int64)
    for i in range(handling.shape[0]):
        for j in range(choke.shape[0]):
            cost[i, j] = math.floor(handling[i] * choke[j] + 0.5)
    return cost


@kernel
def wholesale_prices(sales: Floats, price: Ints) -> Ints:
    """Return the mean price over what branches sell: (carriers,) fen per GB, `NOT_SOLD` for none.

    sales, price : (carriers, branches) relative, fen per GB
    """
    mean = np.full(sales.shape[0], NOT_SOLD)
    for j in range(sales.shape[0]):
        bought = total_of(sales[j])
        if bought > 0.0:
            paid = total_of(sales[j] * np.where(price[j] < NOT_SOLD, price[j], 0))
            mean[j] = math.floor(paid / bought + 0.5)
    return mean


@kernel
def come_and_go(
    active: NDArray[np.bool_], capital: Ints, potential: Ints, losing_months: Ints, profit: Ints,
    patience: int,
) -> NDArray[np.bool_]:  # fmt: skip
    """Return who is in business: (resellers,).

    Who has no capital is out. The one who would have earned most enters, if it would have earned
    anything; of those with `patience` months of loss in a row the one who loses most leaves.

    active, capital, potential, losing_months, profit : (resellers,) last month's, fen
    """
    stays = active & (capital > 0)
    best, worst = -1, -1
    for i in range(active.shape[0]):
        waits = not active[i] and potential[i] > 0 and capital[i] > 0
        if waits and (best < 0 or potential[i] > potential[best]):
            best = i
    if best >= 0:
        stays[best] = True
    for i in range(active.shape[0]):
        tired = stays[i] and losing_months[i] >= patience
        if tired and (worst < 0 or profit[i] < profit[worst]):
            worst = i
    if worst >= 0:
        stays[worst] = False
    return stays


@kernel
def enter_and_sell(
    handling: Floats, choke: Ints, wholesale: Ints, active: NDArray[np.bool_], capital: Ints,
    potential: Ints, losing_months: Ints, profit: Ints, patience: int,
) -> tuple[Ints, NDArray[np.bool_], Ints]:  # fmt: skip
    """Return the price, who is in business and what they sell, once they have come and gone.

    handling, choke : as in `handling_costs`; wholesale : (carriers,) fen per GB
    active … patience : as in `come_and_go`; price and sales : as in `cournot_markets`
    """
    stays = come_and_go(active, capital, potential, losing_months, profit, patience)
    price, sales = cournot_markets(choke, wholesale + handling_costs(handling, choke), stays)
    return price, stays, sales


@kernel
def after_trade(
    active: NDArray[np.bool_], profit: Ints, capital: Ints, losing_months: Ints
) -> tuple[Ints, Ints]:
    """Return resellers' capital and months of loss in a row once a month is over: (resellers,).

    profit : (resellers,) fen of the month; a month out of business is not one of loss
    """
    return capital + profit, (losing_months + 1) * (active & (profit < 0))


@kernel
def newcomers_gain(choke: Ints, price: Ints, cost: Ints, sellers: Ints, volume: Floats) -> Floats:
    """Return what each reseller would earn if it joined n who sell: (resellers,) fen a month.

    With it p' = ((n + 1) p + c) / (n + 2), its margin is m = p' - c, its part of sales
    m / (A - p').

    choke, price, sellers, volume : (carriers,) fen per GB, number, GB that resellers sell a month
    cost : (resellers, carriers) fen per GB
    """
    gain = np.zeros(cost.shape[0])
    for i in range(cost.shape[0]):
        for j in range(cost.shape[1]):
            margin = max(price[j] - cost[i, j], 0) * (sellers[j] + 1) / (sellers[j] + 2)
            room = choke[j] - (cost[i, j] + margin)
            if room > 0.0:
                gain[i] += margin * (margin / room) * volume[j]
    return gain


@kernel
def newcomers_profit(
    choke: Ints, price: Ints, wholesale: Ints, handling: Ints, active: NDArray[np.bool_],
    sold: Ints, fixed_cost: Ints,
) -> Ints:  # fmt: skip
    """Return what each reseller would have earned in business last month: (resellers,) fen.

    price, wholesale : (carriers,) fen per GB, `NOT_SOLD` where nothing was sold
    handling : (resellers, carriers) fen per GB
    active : (resellers,) in business; sold : (carriers,) kB that they sold
    fixed_cost : (resellers,) fen; choke : as in `newcomers_gain`
    """
    asked, cost = choke.copy(), np.empty_like(handling)
    for j in range(choke.shape[0]):
        had = wholesale[j] < NOT_SOLD and price[j] < NOT_SOLD
        asked[j] = price[j] if had else choke[j]
        for i in range(handling.shape[0]):
            cost[i, j] = wholesale[j] + handling[i, j] if had else choke[j]
    sellers = np.full(choke.shape[0], active.sum())
    gain = newcomers_gain(choke, asked, cost, sellers, sold / KB_PER_GB)
    return whole(gain) - fixed_cost


class Trading(NamedTuple):
    """What resellers know before they decide; fen."""

    handling: Ints  # (resellers, carriers) a GB
    newcomer: Ints  # (resellers,) what each would have earned in business last month
    wholesale: Ints  # (carriers,) a GB, mean over what branches sell


@kernel
def before_trade(
    handling: Floats, choke: Ints, price: Ints, wholesale: Ints, active: NDArray[np.bool_],
    sold: Ints, fixed_cost: Ints, branch_sales: Floats, branch_price: Ints,
) -> Trading:  # fmt: skip
    """Return what resellers know before they decide, of last month and of branches' new offers.

    handling : as in `handling_costs`; choke … fixed_cost : as in `newcomers_profit`, last month's
    branch_sales, branch_price : (carriers, branches) as in `wholesale_prices`, this month's
    """
    costs = handling_costs(handling, choke)
    newcomer = newcomers_profit(choke, price, wholesale, costs, active, sold, fixed_cost)
    return Trading(costs, newcomer, wholesale_prices(branch_sales, branch_price))


@kernel
def on_sale(
    price: Ints, sales: Ints, active: NDArray[np.bool_], wholesale: Ints
) -> tuple[Ints, Ints]:
    """Return price and sales where there is something to sell and someone who does.

    Elsewhere the price is `NOT_SOLD` and sales are none; arguments as in `cournot_markets`.
    """
    asked, sold = np.full(price.shape[0], NOT_SOLD), np.zeros_like(sales)
    for j in range(price.shape[0]):
        if wholesale[j] < NOT_SOLD and active.any():
            asked[j], sold[:, j] = price[j], sales[:, j]
    return asked, sold

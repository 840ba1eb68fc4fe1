"""What carriers' branches and the resellers decide, and what carrying traffic costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.views import ResellerView, frozen
from sim.market.world import NO_OFFER
from sim.mechanisms.congestion import build, delay
from sim.mechanisms.leakage import branch_prices, branch_sales
from sim.mechanisms.usage import LINES, USED
from sim.model.settlement import Costs

if TYPE_CHECKING:
    from sim.model.market import Market


def decide_leaks(market: Market) -> None:
    """Let each carrier's branches find their Nash sales and prices."""
    leak, branches = market.scenario.leakage, market.world.branches
    for j in range(len(CARRIERS)):
        choke = float(_list_of(market, j))
        margin = max(market.world.carriers.yuan_per_gb[j] * FEN_PER_YUAN - market.unit_cost, 0.0)
        cost = branches.cost[j] + market.unit_cost / choke
        loss = leak.delta * margin / choke
        sales = branch_sales(1.0, cost, branches.control[j], loss, 1.0, leak.cross)
        price = np.floor(branch_prices(1.0, sales, 1.0, leak.cross) * choke + 0.5)
        branches.sales[j] = sales
        branches.price[j] = np.where(sales > 0.0, price, NO_OFFER)


def _list_of(market: Market, carrier: int) -> int:
    """Return the list price of a backward GB that the carrier's direct rate implies, fen."""
    rate = market.world.carriers.backward_rate[carrier]
    return int(rate / market.scenario.sponsorship.discount + 0.5)


def decide_resale(market: Market) -> None:
    """Let resellers enter, leave and price."""
    resellers, branches = market.world.resellers, market.world.branches
    bought = branches.sales.sum(axis=1)
    priced = (branches.sales * np.where(branches.price < NO_OFFER, branches.price, 0)).sum(axis=1)
    mean = np.floor(priced / np.where(bought > 0.0, bought, 1.0) + 0.5).astype(np.int64)
    resellers.wholesale = np.where(bought > 0.0, mean, NO_OFFER)
    newcomer = resellers.margin // (int(resellers.active.sum()) + 1) - resellers.fixed_cost
    view = ResellerView(
        month=market.world.month,
        wholesale_price=frozen(resellers.wholesale),
        list_price=np.array([_list_of(market, j) for j in range(len(CARRIERS))]),
        active=frozen(resellers.active),
        profit=frozen(resellers.profit),
        potential_profit=newcomer,
        losing_months=frozen(resellers.losing_months),
        capital=frozen(resellers.capital),
    )
    decision = market.scenario.resale.strategy.decide(view)
    resellers.active = decision.active
    sold = (resellers.wholesale < NO_OFFER) & decision.active.any()
    resellers.price = np.where(sold, decision.price, NO_OFFER)


def carry_costs(market: Market) -> Costs:
    """Return what carriers owe for lines, traffic, new capacity and service; build it."""
    network, carriers = market.scenario.network, market.world.carriers
    place = market.sums.by_place
    traffic = place[:, :, USED].T / KB_PER_GB
    added = build(traffic, carriers.capacity, network.load_target, network.build_limit)
    carriers.delay = delay(traffic / carriers.capacity)
    carriers.capacity = carriers.capacity + added
    price = market.paths.capacity_cost[market.world.month]
    service = market.scenario.service.cost * FEN_PER_YUAN * carriers.service
    return Costs(
        lines=place[:, :, LINES].sum(axis=0) * round(network.line_cost * FEN_PER_YUAN),
        traffic=_whole(traffic.sum(axis=1) * market.unit_cost),
        capacity=_whole(added.sum(axis=1) * price),
        service=_whole(service),
    )


def _whole(fen: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(fen + 0.5).astype(np.int64)

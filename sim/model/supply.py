"""What carriers' branches and the resellers decide, and what carrying traffic costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.views import ResellerView, frozen
from sim.market.world import NO_OFFER
from sim.mechanisms.congestion import build, delay
from sim.mechanisms.leakage import branch_control, branch_prices, branch_sales
from sim.mechanisms.resale import newcomers_gain
from sim.mechanisms.usage import LINES, USED
from sim.model.settlement import Costs

if TYPE_CHECKING:
    from sim.model.market import Market


class ResaleTerms(NamedTuple):
    """How this month's resale is divided among resellers: (resellers, carriers)."""

    sales: NDArray[np.int64]  # relative
    handling: NDArray[np.int64]  # fen per GB that selling costs beside the GB


def decide_leaks(market: Market) -> None:
    """Let each carrier's branches find their Nash sales and prices."""
    leak, branches = market.scenario.leakage, market.world.branches
    branches.control = _control(market)
    if not leak.enabled:
        branches.sales[:], branches.price[:] = 0.0, NO_OFFER
        return
    # Before roaming fees end a GB of one province is another good than that of the next.
    cross = leak.cross_national if market.in_force.roaming_abolished else leak.cross
    for j in range(len(CARRIERS)):
        choke = float(_list_of(market, j))
        margin = max(market.world.carriers.yuan_per_gb[j] * FEN_PER_YUAN - market.unit_cost, 0.0)
        cost = branches.cost[j] + market.unit_cost / choke
        loss = leak.delta * margin / choke
        sales = branch_sales(1.0, cost, branches.control[j], loss, 1.0, cross)
        price = np.floor(branch_prices(1.0, sales, 1.0, cross) * choke + 0.5)
        branches.sales[j] = sales
        branches.price[j] = np.where(sales > 0.0, price, NO_OFFER)


def _control(market: Market) -> NDArray[np.float64]:
    """Return each branch's weight on the whole; a branch's place around k is its own for life."""
    scenario, shape = market.scenario, market.world.branches.cost.shape
    carriers = [scenario.carriers[c] for c in CARRIERS]
    past = np.array([c.leak_control for c in carriers])
    if market.world.month >= scenario.branch_month:
        now = [c.leak_control_branched for c in carriers]
        past = np.array([k if new is None else new for k, new in zip(past, now, strict=True)])
    draw = market.streams.uniform("branches.control", 0, shape[0] * shape[1]).reshape(shape)
    return branch_control(past, scenario.leakage.control_spread, draw)


def _list_of(market: Market, carrier: int) -> int:
    """Return the list price of a backward GB that the carrier's direct rate implies, fen."""
    rate = market.world.carriers.backward_rate[carrier]
    return int(rate / market.scenario.sponsorship.discount + 0.5)


def decide_resale(market: Market) -> ResaleTerms:
    """Let resellers enter, leave and price; return who sells how much."""
    resellers, branches = market.world.resellers, market.world.branches
    choke = np.array([_list_of(market, j) for j in range(len(CARRIERS))])
    handling = market.scenario.resale.handling_spread * market.streams.uniform(
        "resellers.handling", 0, len(resellers.active)
    )
    newcomer = _newcomers(market, choke, handling)
    bought = branches.sales.sum(axis=1)
    priced = (branches.sales * np.where(branches.price < NO_OFFER, branches.price, 0)).sum(axis=1)
    mean = np.floor(priced / np.where(bought > 0.0, bought, 1.0) + 0.5).astype(np.int64)
    resellers.wholesale = np.where(bought > 0.0, mean, NO_OFFER)
    view = ResellerView(
        month=market.world.month,
        wholesale_price=frozen(resellers.wholesale),
        list_price=choke,
        handling=frozen(handling),
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
    return ResaleTerms(np.where(sold, decision.sales, 0), _whole(handling[:, None] * choke))


def _newcomers(
    market: Market, choke: NDArray[np.int64], handling: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return what each reseller would have earned by being in business last month: fen."""
    resellers = market.world.resellers
    offered = (resellers.wholesale < NO_OFFER) & (resellers.price < NO_OFFER)
    cost = np.where(offered, resellers.wholesale + _whole(handling[:, None] * choke), choke)
    sellers = np.full(len(CARRIERS), int(resellers.active.sum()))
    price = np.where(offered, resellers.price, choke)
    gain = newcomers_gain(choke, price, cost, sellers, resellers.sold / KB_PER_GB)
    return _whole(gain) - resellers.fixed_cost


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

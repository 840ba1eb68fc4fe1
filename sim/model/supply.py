"""What carriers' branches and the resellers decide, and what carrying traffic costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.money import whole
from sim.core.streams import Streams
from sim.core.units import FEN_PER_YUAN
from sim.market.names import CARRIERS
from sim.market.views import ResellerView, frozen
from sim.market.world import NO_OFFER
from sim.mechanisms.congestion import carry
from sim.mechanisms.leakage import branch_control, leaks
from sim.mechanisms.resale import before_trade, on_sale
from sim.mechanisms.usage import LINES, USED
from sim.model.settlement import Costs

if TYPE_CHECKING:
    from sim.model.market import Market
    from sim.scenario.schema import (
        Scenario,
    )  # for its name alone: a new parameter compiles nothing anew

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class ResaleTerms(NamedTuple):
    """How this month's resale is divided among resellers: (resellers, carriers)."""

    sales: Ints  # relative
    handling: Ints  # fen per GB that selling costs beside the GB


class InputPrices(NamedTuple):
    """What carriers pay their suppliers, fen."""

    line: int
    gigabyte: float
    capacity: float  # for a GB a month of it
    service: float  # for a month at level 1


class Characters(NamedTuple):
    """What sellers are like for life."""

    control: Floats  # (carriers, branches) weight on the whole before the branch month
    control_branched: Floats  # (…) and after it
    handling: Floats  # (resellers,) own cost of selling a GB, x list price


def draw_characters(scenario: Scenario, streams: Streams, branches: int) -> Characters:
    """Draw what branches and resellers are like; branches : of each carrier.

    A branch's place around its carrier's control is its own for life, and so is a reseller's cost.
    """
    carriers = [scenario.carriers[c] for c in CARRIERS]
    past = [c.leak_control for c in carriers]
    after = [c.leak_control_branched for c in carriers]
    now = [k if new is None else new for k, new in zip(past, after, strict=True)]
    shape = len(CARRIERS), branches
    draw = streams.uniform("branches.control", 0, shape[0] * shape[1]).reshape(shape)
    spread, resale = scenario.leakage.control_spread, scenario.resale
    handling = streams.uniform("resellers.handling", 0, resale.resellers)
    return Characters(
        control=branch_control(np.array(past), spread, draw),
        control_branched=branch_control(np.array(now), spread, draw),
        handling=frozen(resale.handling_spread * handling),
    )


def decide_leaks(market: Market, list_price: Ints) -> None:
    """Let each carrier's branches find their Nash sales and prices.

    list_price : (carriers,) as in `backward_list_prices`
    """
    leak, branches = market.scenario.leakage, market.world.branches
    branched = market.world.month >= market.scenario.branch_month
    characters = market.characters
    branches.control = characters.control_branched if branched else characters.control
    if not leak.enabled:
        branches.sales[:], branches.price[:] = 0.0, NO_OFFER
        return
    retail = market.world.carriers.yuan_per_gb * FEN_PER_YUAN
    branches.sales, branches.price = leaks(
        list_price,
        np.maximum(retail - market.unit_cost, 0.0),
        market.unit_cost,
        branches.cost,
        branches.control,
        leak.delta,
        # Before roaming fees end a GB of one province is another good than that of the next.
        leak.cross_national if market.in_force.roaming_abolished else leak.cross,
    )


def backward_list_prices(market: Market) -> Ints:
    """Return the list prices of a backward GB that direct rates imply: (carriers,) fen."""
    return whole(market.world.carriers.backward_rate / market.scenario.sponsorship.discount)


def decide_resale(market: Market, list_price: Ints) -> ResaleTerms:
    """Let resellers enter, leave and price; return who sells how much.

    list_price : (carriers,) as in `backward_list_prices`
    """
    resellers, branches = market.world.resellers, market.world.branches
    handling = market.characters.handling
    known = before_trade(
        handling,
        list_price,
        resellers.price,
        resellers.wholesale,
        resellers.active,
        resellers.sold,
        resellers.fixed_cost,
        branches.sales,
        branches.price,
    )
    resellers.wholesale = known.wholesale
    view = ResellerView(
        month=market.world.month,
        wholesale_price=frozen(resellers.wholesale),
        list_price=list_price,
        handling=handling,
        active=frozen(resellers.active),
        profit=frozen(resellers.profit),
        potential_profit=known.newcomer,
        losing_months=frozen(resellers.losing_months),
        capital=frozen(resellers.capital),
    )
    decision = market.scenario.resale.strategy.decide(view)
    resellers.active = decision.active
    resellers.price, sales = on_sale(
        decision.price, decision.sales, decision.active, resellers.wholesale
    )
    return ResaleTerms(sales, known.handling)


def carry_costs(market: Market) -> Costs:
    """Return what carriers owe for lines, traffic, new capacity and service; build it."""
    network, carriers = market.scenario.network, market.world.carriers
    owed, carriers.capacity, carriers.delay = carried_and_owed(
        market.total,
        market.sums.by_place,
        carriers.capacity,
        carriers.service,
        network.load_target,
        network.build_limit,
        InputPrices(
            line=round(network.line_cost * FEN_PER_YUAN),
            gigabyte=market.unit_cost,
            capacity=float(market.paths.capacity_cost[market.world.month]),
            service=market.scenario.service.cost * FEN_PER_YUAN,
        ),
    )
    return owed


@kernel
def carried_and_owed(
    total: Ints, by_place: Ints, capacity: Floats, service: Floats, load_target: float,
    limit: float, price: InputPrices,
) -> tuple[Costs, Floats, Floats]:  # fmt: skip
    """Return what carriers owe for a month, and the network that it leaves: capacity and delay.

    total : (carriers, SUMS); by_place : (provinces, carriers, SUMS); service : (carriers,) level
    capacity, load_target, limit : as in `carry`
    """
    month = carry(by_place[:, :, USED], capacity, load_target, limit)
    owed = Costs(
        total[:, LINES] * price.line,
        whole(month.traffic * price.gigabyte),
        whole(month.added * price.capacity),
        whole(price.service * service),
    )
    return owed, month.capacity, month.delay

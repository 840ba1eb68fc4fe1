"""The agents that are few: carriers, their branches, resellers and the regulator.

Their numbers live in the world's columns; an agent knows its place there, decides, and shows
its own state to whoever looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.core.calendar import month_index, year_of
from sim.core.money import yuan
from sim.market.names import CARRIERS
from sim.market.views import CarrierDecision, CarrierView
from sim.market.world import NO_OFFER
from sim.scenario.schema import Scenario
from sim.strategies.rules import CarrierRule

if TYPE_CHECKING:
    from sim.model import Market


class Carrier(mesa.Agent["Market"]):
    """One of the three carriers: it has a strategy before and one after the branch month."""

    def __init__(self, model: Market, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.id = CARRIERS[index]

    @property
    def strategy(self) -> CarrierRule:
        """Return the strategy in force this month."""
        scenario: Scenario = self.model.scenario
        settings = scenario.carriers[self.id]
        branched = self.model.world.month >= scenario.branch_month
        return settings.strategy if branched else settings.past

    def decide(self, view: CarrierView) -> CarrierDecision:
        """Return the carrier's moves for the month."""
        return self.strategy.decide(view)

    @property
    def list_price(self) -> float:
        """Return the list price of a GB in yuan."""
        return yuan(int(self.model.world.carriers.list_price[self.index]))

    @property
    def share(self) -> float:
        """Return the share of lines."""
        return float(self.model.world.carriers.share[self.index])

    @property
    def balance(self) -> float:
        """Return the cash since January 2015, in yuan, its branches' included."""
        ledger, place = self.model.world.ledger, slice(*self._places())
        return yuan(int(ledger.of("carrier")[self.index] + ledger.of("branch")[place].sum()))

    def _places(self) -> tuple[int, int]:
        branches = len(self.model.fixed.branches)
        return self.index * branches, (self.index + 1) * branches


class Branch(mesa.Agent["Market"]):
    """A carrier's branch in one province; it sells to resellers as its control allows."""

    def __init__(self, model: Market, carrier: int, branch: int) -> None:
        super().__init__(model)
        self._place = carrier, branch
        self.carrier = CARRIERS[carrier]
        self.province = model.fixed.branches[branch]

    @property
    def control(self) -> float:
        """Return the branch's weight on the whole carrier, 0 to 1."""
        return float(self.model.world.branches.control[self._place])

    @property
    def offer(self) -> float | None:
        """Return the wholesale price of a GB in yuan; None where the branch does not sell."""
        price = int(self.model.world.branches.price[self._place])
        return None if price >= NO_OFFER else yuan(price)


class Reseller(mesa.Agent["Market"]):
    """A traffic trader: it buys from branches and sells to partners and users."""

    def __init__(self, model: Market, index: int) -> None:
        super().__init__(model)
        self.index = index

    @property
    def active(self) -> bool:
        """Return whether the reseller is in business."""
        return bool(self.model.world.resellers.active[self.index])

    @property
    def capital(self) -> float:
        """Return the reseller's capital in yuan."""
        return yuan(int(self.model.world.resellers.capital[self.index]))

    @property
    def profit(self) -> float:
        """Return last month's profit in yuan."""
        return yuan(int(self.model.world.resellers.profit[self.index]))


class InForce(NamedTuple):
    """The regulator's rules this month."""

    rollover: bool
    price_ceiling: np.ndarray[tuple[int], np.dtype[np.int64]]  # (carriers,) fen per GB
    switching_relief: float  # utils off the cost of a new carrier
    roaming_abolished: bool  # provincial data count as national


class Regulator(mesa.Agent["Market"]):
    """Puts dated orders in force: price cuts, rollover, end of roaming, number portability."""

    def __init__(self, model: Market) -> None:
        super().__init__(model)
        known = model.scenario.orders.values()
        self.dated = [(month_index(order.month), order.rule, order.size) for order in known]

    def decide(self, month: int) -> InForce:
        """Return the rules in force in a month."""
        ceiling = np.full(len(CARRIERS), NO_OFFER, dtype=np.int64)
        rules, relief = set(), 0.0
        for since, rule, size in self.dated:
            if since > month:
                continue
            rules.add(rule)
            if rule == "portability":
                relief += size
            elif rule == "price_cut" and year_of(since) == year_of(month):
                december = self.model.world.carriers.december_price
                cut = np.floor(december * (1.0 - size)).astype(np.int64)
                ceiling = np.minimum(ceiling, cut)
        return InForce("rollover" in rules, ceiling, relief, "roaming" in rules)

"""The months of a reseller and of a branch."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.core.calendar import month_label
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.population import Fidelity
from sim.market.world import NO_OFFER
from sim.model import Market
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class ResellerMonth:
    """One month of one reseller; money in yuan, by carrier where it is a mapping."""

    month: str
    active: bool
    competitors: int  # others in business
    wholesale: dict[str, float | None]  # yuan per GB paid to branches; None: nothing to buy
    price: dict[str, float | None]  # yuan per GB
    gross_margin: float  # of all resellers together
    profit: float
    capital: float  # at the end of the month
    losing_months: int  # in a row
    events: tuple[str, ...]

    @property
    def trade(self) -> dict[str, tuple[float, float]]:
        """Return the prices at which each carrier's GB are bought and sold."""
        return {
            carrier: (bought, sold)
            for carrier, bought in self.wholesale.items()
            if bought is not None and (sold := self.price[carrier]) is not None
        }


class WatchedReseller(Market):
    """A market that notes the months of one reseller."""

    def __init__(
        self, scenario: Scenario, seed: int, fidelity: Fidelity, row: int, months: range | None
    ) -> None:
        super().__init__(scenario, seed, fidelity)
        self.row = row
        self.wanted = range(scenario.end_month) if months is None else months
        self.noted: list[ResellerMonth] = []

    @property
    def who(self) -> dict[str, Any]:
        """Return what never changes of the reseller."""
        fixed = self.world.resellers.fixed_cost[self.row]
        return {"fixed_cost_yuan": int(fixed) / FEN_PER_YUAN}

    def close(self) -> None:
        """Close the month, and note how the reseller stands."""
        month, was = self.world.month, bool(self.active_before[self.row])
        super().close()
        if month in self.wanted:
            self.noted.append(self._month(month, was))

    def _month(self, month: int, was: bool) -> ResellerMonth:
        book, active = self.world.resellers, self.resellers[self.row].active
        events = ["entered" if active else "left"] if active != was else []
        if book.capital[self.row] <= 0 and active:
            events.append("out of capital")
        return ResellerMonth(
            month=month_label(month),
            active=active,
            competitors=int(book.active.sum()) - int(active),
            wholesale=_by_carrier(book.wholesale),
            price=_by_carrier(book.price),
            gross_margin=book.margin / FEN_PER_YUAN,
            profit=self.resellers[self.row].profit,
            capital=self.resellers[self.row].capital,
            losing_months=int(book.losing_months[self.row]),
            events=tuple(events),
        )


def _by_carrier(price: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, float | None]:
    return {
        carrier: None if fen >= NO_OFFER else fen / FEN_PER_YUAN
        for carrier, fen in zip(CARRIERS, price.tolist(), strict=True)
    }


@dataclass(frozen=True)
class BranchMonth:
    """One month of one branch; prices and the terms of its condition in yuan per GB."""

    month: str
    control: float  # k, weight on the whole carrier, 0 to 1
    list_price: float  # A, at which nothing would be sold
    terms: dict[str, float]  # of the first-order condition; they sum to 0 where it sells
    price: float | None  # None where it does not sell
    sold: float  # GB
    received: float  # yuan
    events: tuple[str, ...]


class WatchedBranch(Market):
    """A market that notes the months of one branch, (carrier, branch)."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        fidelity: Fidelity,
        place: tuple[int, int],
        months: range | None,
    ) -> None:
        super().__init__(scenario, seed, fidelity)
        self.place = place
        self.wanted = range(scenario.end_month) if months is None else months
        self.noted: list[BranchMonth] = []
        self._sold_before = False

    @property
    def who(self) -> dict[str, Any]:
        """Return what never changes of the branch."""
        carrier, branch = self.place
        return {
            "carrier": CARRIERS[carrier],
            "province": self.fixed.branches[branch],
            "selling_cost": float(self.world.branches.cost[self.place]),
        }

    def decide(self) -> None:
        """Let all decide, and note the terms by which the branch does, at last month's rates."""
        carriers = self.world.carriers
        rate = int(carriers.backward_rate[self.place[0]])
        self._list = int(rate / self.scenario.sponsorship.discount + 0.5)
        super().decide()
        self._terms = self._condition()

    def _condition(self) -> dict[str, float]:
        """Return the terms of the branch's first-order condition, yuan per GB.

        A - c - phi delta m - 2 b l - d (1 + k) (L - l) = 0 (`sim.mechanisms.leakage`), b = 1 in
        units of the list price.
        """
        book, leak, j = self.world.branches, self.scenario.leakage, self.place[0]
        control, sales = float(book.control[self.place]), book.sales[j]
        own = float(book.sales[self.place])
        retail = float(self.world.carriers.yuan_per_gb[j]) * FEN_PER_YUAN
        cross = leak.cross_national if self.in_force.roaming_abolished else leak.cross
        phi = (1.0 - control) / len(sales) + control
        fen = {
            "list_price": float(self._list),
            "traffic_cost": -self.unit_cost,
            "selling_cost": -float(book.cost[self.place]) * self._list,
            "lost_retail": -phi * leak.delta * max(retail - self.unit_cost, 0.0),
            "own_sales": -2.0 * own * self._list,
            "other_branches": -cross * (1.0 + control) * (float(sales.sum()) - own)
            * self._list,
        }  # fmt: skip
        return {name: value / FEN_PER_YUAN for name, value in fen.items()}

    def bill(self) -> None:
        """Charge all, and note what the branch sold."""
        super().bill()
        selling = bool(self.world.branches.sales[self.place] > 0.0)
        if self.world.month in self.wanted:
            self.noted.append(self._month(selling))
        self._sold_before = selling

    def _month(self, selling: bool) -> BranchMonth:
        branches, leaks = self.world.branches, self.leak_charges
        events = ["began to sell" if selling else "stopped selling"]
        return BranchMonth(
            month=month_label(self.world.month),
            control=float(branches.control[self.place]),
            list_price=self._list / FEN_PER_YUAN,
            terms=self._terms,
            price=int(branches.price[self.place]) / FEN_PER_YUAN if selling else None,
            sold=int(leaks.volume[self.place]) / KB_PER_GB,
            received=int(leaks.paid[self.place]) / FEN_PER_YUAN,
            events=tuple(events if selling != self._sold_before else ()),
        )

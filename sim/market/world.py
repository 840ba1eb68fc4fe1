"""The state of the market: everything that changes from month to month, in arrays.

A world can be copied: that is how scenarios share one simulated past.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.market.ledger import Ledger
from sim.market.names import CARRIERS, NO_PLATFORM, SHARED_PLATFORM
from sim.market.offers import NOT_SOLD
from sim.market.partners import PartnerBook
from sim.market.population import Population
from sim.market.views import NOTHING

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# A price nobody pays: there is no offer.
NO_OFFER = NOT_SOLD


def _no_fen() -> Ints:
    return np.zeros(len(CARRIERS), dtype=np.int64)


@kernel
def _homes(shares: NDArray[np.bool_], alone: NDArray[np.bool_]) -> Ints:
    """Return the platform of each carrier that shares one or has its own: (carriers,)."""
    homes = np.full(shares.shape[0], NO_PLATFORM)
    for j in range(shares.shape[0]):
        if shares[j]:
            homes[j] = SHARED_PLATFORM
        elif alone[j]:
            homes[j] = j + 1
    return homes


def _no_memories() -> list[Floats]:
    return [NOTHING] * len(CARRIERS)


@dataclass
class Carriers:
    """Columns over carriers."""

    list_price: Ints  # fen per GB
    backward_rate: Ints  # fen per sponsored GB
    service: Floats  # service level, 0 to 1
    member: NDArray[np.bool_]  # on the shared platform
    xi: Floats  # unobserved quality, utils
    walk: Floats  # what its random walk has added since the branch, utils
    share: Floats  # of lines
    share_before: Floats  # of lines, a month earlier
    yuan_per_gb: Floats
    market_yuan_per_gb: float
    december_price: Ints  # list price of last December, fen per GB
    capacity: Floats  # (carriers, provinces) GB a month
    delay: Floats  # (carriers, provinces)
    peers: Floats  # (carriers, provinces) share of lines in the province
    control: NDArray[np.bool_]  # offers users control over their traffic
    adopters: Floats  # share of data lines that have it
    profit: Ints = field(default_factory=_no_fen)  # fen, last month
    profit_before: Ints = field(default_factory=_no_fen)  # fen, a month earlier
    line_margin: Floats = field(default_factory=lambda: np.zeros(len(CARRIERS)))  # fen a line
    variable_cost: Ints = field(default_factory=_no_fen)  # fen, last month: lines and traffic
    side_revenue: Floats = field(default_factory=lambda: np.zeros(len(CARRIERS)))  # fen a data line
    memory: list[Floats] = field(default_factory=_no_memories)  # each strategy's own notes
    own_platform: NDArray[np.bool_] = field(default_factory=lambda: _no_fen() > 0)
    block: Floats = field(default_factory=lambda: np.zeros(len(CARRIERS)))  # 0 open to 1 shut
    platform_revenue: Ints = field(default_factory=_no_fen)  # fen, last month
    profit_inside: Floats = field(default_factory=lambda: np.zeros(len(CARRIERS)))  # fen
    profit_alone: Floats = field(default_factory=lambda: np.zeros(len(CARRIERS)))  # fen
    months_worse: Ints = field(default_factory=_no_fen)  # in which alone was better, in a row

    @property
    def platform(self) -> Ints:
        """Return the id of the platform on which each carrier sells the service, -1 for none."""
        return _homes(self.member, self.own_platform)


@dataclass
class Branches:
    """Columns over carriers × branches, one in each of the 31 provinces."""

    control: Floats  # weight on the whole, 0 to 1
    cost: Floats  # of selling, relative to list
    sales: Floats  # relative
    price: Ints  # fen per GB


@dataclass
class Resellers:
    """Columns over resellers; prices over the carriers whose traffic they sell."""

    fixed_cost: Ints  # fen per month
    active: NDArray[np.bool_]
    capital: Ints  # fen
    profit: Ints  # fen, last month
    losing_months: Ints
    margin: int  # fen, gross margin of all of them, last month
    wholesale: Ints  # (carriers,) fen per GB, mean over what is bought
    price: Ints  # (carriers,) fen per GB
    sold: Ints = field(default_factory=_no_fen)  # (carriers,) kB, last month, by all of them


@dataclass
class World:
    """The market between two months."""

    month: int
    population: Population
    partners: PartnerBook
    carriers: Carriers
    branches: Branches
    resellers: Resellers
    ledger: Ledger
    usage_level: float  # GB of a line with relative scale 1, in the first month
    data_choice: float  # share of lines with a device that choose data, at the start
    by_style: Ints  # (carriers, lifestyles, REACH) last month
    sponsored: Floats  # (carriers, categories) share of traffic that partners pay for
    xi_past: list[Floats] = field(default_factory=list)  # one (carriers,) a month
    quarter: Ints | None = None  # (volume kB, paid fen, worth fen; categories, channels, carriers)
    records: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def record(self, table: str, **columns: Any) -> None:
        """Append a block of rows to a table; columns are arrays of one length or scalars."""
        self.records.setdefault(table, []).append(columns)

    def copy(self) -> "World":
        """Return an independent copy; recorded blocks are never changed, so they are shared."""
        records = {table: list(blocks) for table, blocks in self.records.items()}
        segments = self.population.segments
        memo: dict[int, Any] = {id(self.records): records, id(segments): segments}
        return copy.deepcopy(self, memo)

"""What a strategy sees and what it answers: last month's facts, frozen, and a decision."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


def frozen[A: NDArray[np.generic]](array: A) -> A:
    """Return a read-only copy: a strategy can look, not touch."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True, slots=True)
class CarrierView:
    """Last month as a carrier sees it; arrays are (carriers,) unless said otherwise."""

    month: int
    me: int
    list_price: Ints  # fen per GB
    backward_rate: Ints  # fen per GB, direct channel
    share: Floats  # of lines
    share_before: Floats  # of lines, one month earlier
    yuan_per_gb: Floats  # data revenue over traffic
    market_yuan_per_gb: float  # the same of all carriers together
    unit_cost: float  # own, fen per GB, this month
    unit_cost_before: float  # own, fen per GB, last month
    price_ceiling: int  # fen per GB, by the regulator's order
    observed_yuan_per_gb: float  # the market's, for this month; nan where nothing was observed


@dataclass(frozen=True, slots=True)
class CarrierDecision:
    """A carrier's moves for the coming month."""

    list_price: int  # fen per GB of the reference pack
    backward_rate: int  # fen per sponsored GB, direct channel
    service_target: float = 0.0  # service level to build towards, 0 to 1
    cooperate: bool = False  # join the shared platform
    control: bool = False  # offer users control over their traffic, once service allows it


@dataclass(frozen=True, slots=True)
class ResellerView:
    """Last month as the resellers see it; per reseller (resellers,), per market (carriers,)."""

    month: int
    wholesale_price: Ints  # (carriers,) fen per GB, cheapest mix of branches
    list_price: Ints  # (carriers,) fen per GB that caps what anyone pays a reseller
    active: NDArray[np.bool_]  # (resellers,)
    profit: Ints  # (resellers,) fen, last month
    potential_profit: Ints  # (resellers,) fen that one more reseller would have made
    losing_months: Ints  # (resellers,) months of loss in a row
    capital: Ints  # (resellers,) fen


@dataclass(frozen=True, slots=True)
class ResellerDecision:
    """The resellers' moves for the coming month."""

    price: Ints  # (carriers,) fen per GB
    active: NDArray[np.bool_]  # (resellers,)


@dataclass(frozen=True, slots=True)
class PartnerView:
    """The market as partners see it when their contracts are up.

    Axes: partners; carriers. Potential volume is what a partner's own users would use in a
    month if nothing of it were paid for by the user.
    """

    month: int
    value: Floats  # (partners,) estimated worth of an added GB, fen
    budget: Floats  # (partners,) fen per month
    potential: Floats  # (partners, carriers) GB per month
    incremental: Floats  # (partners, carriers) share of it that sponsoring adds
    direct_rate: Ints  # (carriers,) fen per GB
    platform_rate: Ints  # (carriers,) fen per GB; only members are on the platform
    reseller_price: Ints  # (carriers,) fen per GB
    direct_only: NDArray[np.bool_]  # (partners,) cannot buy from resellers
    delivered: float  # share of a reseller's deliveries that arrive
    member: NDArray[np.bool_]  # (carriers,) on the shared platform
    uplift: Floats  # (carriers,) added worth through service
    integration_cost: int  # fen per platform and month
    subscription: int  # fen per month, shared platform


@dataclass(frozen=True, slots=True)
class PartnerDecision:
    """Channel and sponsored share of a partner's traffic on each carrier."""

    channel: NDArray[np.int8]  # (partners, carriers) index into CHANNELS
    fraction: Floats  # (partners, carriers) 0 to 1

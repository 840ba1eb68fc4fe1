"""What a strategy sees and what it answers: last month's facts, frozen, and a decision."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.market.names import CARRIERS

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


def frozen[A: NDArray[np.generic]](array: A) -> A:
    """Return a read-only copy: a strategy can look, not touch."""
    copy = array.copy()
    copy.setflags(write=False)
    return copy


NOTHING: Floats = frozen(np.empty(0))  # what a strategy has written down before its first month


@dataclass(frozen=True, slots=True)
class Research:
    """What a carrier's market research knows of demand.

    Axes: types of users; a grid of own list prices asked about; own plans, voice-only first;
    carriers. Between grid points value, bill and cost are linear in the price: exact where
    utility and bill are, as in the limits of theory.
    """

    weight: Floats  # (types,) share of all lines, sums to one
    alpha: Floats  # (types,) utils per fen
    price: Ints  # (grid,) own list prices, fen per GB, ascending; last month's own among them
    value: Floats  # (types, grid, plans) utils of own plans at own prices; -inf: not to be had
    bill: Floats  # (types, grid, plans) fen a month that a line of the type brings the carrier
    cost: Floats  # (types, grid, plans) fen a month that serving it costs, less what partners pay
    rivals: Floats  # (types, carriers) inclusive value of all offers, last month's prices, own too
    held: Floats  # (types, carriers) share of the type's lines now with each carrier
    attention: float  # chance that a user looks at the market in a month
    switching: float  # utils lost by moving to another carrier
    renewal: float  # share of lines that are new or replaced in a month, and choose freely
    dissimilarity: float  # of the nests {Mobile}, {Unicom, Telecom}; 1 is the plain logit


@dataclass(frozen=True, slots=True)
class PlatformView:
    """The shared platform as everyone sees it, last month; arrays are (carriers,).

    What a carrier would have inside and outside is estimated by asking again which partners
    would join; a carrier outside is asked as if it joined those inside.
    """

    member: NDArray[np.bool_]  # on the shared platform
    revenue: Ints  # fen, what each carrier got from the service tier
    profit_inside: Floats  # fen, its part of the platform's revenue less its cost of carrying
    profit_alone: Floats  # fen, the same with a platform of its own while the others stay
    months_worse: Ints  # months in a row in which it would have been better off alone


def no_platform() -> PlatformView:
    """Return the view before anyone has cooperated."""
    none = np.zeros(len(CARRIERS), dtype=np.int64)
    return PlatformView(none > 0, none, none.astype(float), none.astype(float), none)


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
    platform: PlatformView = field(default_factory=no_platform)
    profit: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # fen
    profit_before: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # fen, one earlier
    line_margin: Floats = field(default_factory=lambda: NOTHING)  # fen a line: bill less its cost
    variable_cost: int = 0  # own, fen: what lines and their traffic cost
    memory: Floats = field(default_factory=lambda: NOTHING)  # what this strategy wrote down
    draws: Floats = field(default_factory=lambda: NOTHING)  # (8,) uniform on (0, 1), this month's
    research: Research | None = None  # for strategies that need it

    def rival_prices(self) -> list[int]:
        """Return the other carriers' list prices, fen per GB."""
        return [price for j, price in enumerate(self.list_price.tolist()) if j != self.me]


@dataclass(frozen=True, slots=True)
class CarrierDecision:
    """A carrier's moves for the coming month."""

    list_price: int  # fen per GB of the reference pack
    backward_rate: int  # fen per sponsored GB, direct channel
    service_target: float = 0.0  # service level to build towards, 0 to 1
    cooperate: bool = False  # be on the shared platform
    own_platform: bool = False  # sell the service alone, on a platform of its own
    block: float = 0.0  # of partners on a rival's platform: 0 open to them, 1 shut to them
    control: bool = False  # offer users control over their traffic, once service allows it
    memory: Floats = field(default_factory=lambda: NOTHING, compare=False)  # to read next month


@dataclass(frozen=True, slots=True)
class ResellerView:
    """Last month as the resellers see it; per reseller (resellers,), per market (carriers,)."""

    month: int
    wholesale_price: Ints  # (carriers,) fen per GB, cheapest mix of branches
    list_price: Ints  # (carriers,) fen per GB that caps what anyone pays a reseller
    handling: Floats  # (resellers,) own cost of selling a GB, x list price
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
    sales: Ints  # (resellers, carriers) relative sales; none of who is not in business


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
    platform_rate: Ints  # (carriers,) fen per GB on a platform
    platform_share: float  # of the worth of added use, paid to a platform beside the rate
    reseller_price: Ints  # (carriers,) fen per GB
    direct_only: NDArray[np.bool_]  # (partners,) cannot buy from resellers
    delivered: float  # share of a reseller's deliveries that arrive
    platform: Ints  # (carriers,) id of the platform on which a carrier sells; -1: none
    block: Floats  # (carriers,) worth lost with a carrier if on a platform without it
    uplift: Floats  # (carriers,) added worth through service
    integration_cost: int  # fen per platform and month
    subscription: int  # fen per month and platform


@dataclass(frozen=True, slots=True)
class PartnerDecision:
    """Channel and sponsored share of a partner's traffic on each carrier."""

    channel: NDArray[np.int8]  # (partners, carriers) index into CHANNELS
    fraction: Floats  # (partners, carriers) 0 to 1

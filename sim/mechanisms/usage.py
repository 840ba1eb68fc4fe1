"""How much a line uses under a three-part tariff, and what that use is worth.

Use is iso-elastic in an effort cost plus the price of the last GB,
x(q) = theta (kappa + q)^(-eps), with effort cost kappa keeping use finite where it is free
(Nevo, Turner and Williams 2016). Under a fee, an allowance and an overage price p there are
three regimes: under the allowance (q = 0), bunched at it (q clears it), over it (q = p).
Sponsored traffic has price 0 and does not count against the allowance.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.offers import Offers

BLOCK = 2048  # rows a thread takes at a time

# What is summed over the lines of a carrier in a province.
SUMS = (
    "lines", "data_lines", "lte_lines", "used", "allowance", "billed", "resold", "sponsored",
    "fee", "overage", "resale", "voice",
)  # fmt: skip
(LINES, DATA_LINES, LTE_LINES, USED, ALLOWANCE, BILLED, RESOLD, SPONSORED,
 FEE, OVERAGE, RESALE, VOICE) = range(len(SUMS))  # fmt: skip

# What is summed over the lines of a carrier in a lifestyle, kB.
REACH = ("potential", "priced", "sponsored", "used")
POTENTIAL, PRICED, REACH_SPONSORED, REACH_USED = range(len(REACH))

# What is summed over the lines on an offer.
HELD = ("lines", "used", "revenue")


class Curve(NamedTuple):
    """The demand curve of use, ready for kernels."""

    eps: float
    kappa: float  # yuan/GB
    free: float  # kappa^(-eps): use at price 0, relative to theta
    choke: float  # h at the choke price, from where the value of use is counted
    at_free: float  # h at price 0


class Users(NamedTuple):
    """The columns of the population that demand reads, and the month's levels."""

    province: NDArray[np.uint8]
    income: NDArray[np.uint8]
    lifestyle: NDArray[np.uint8]
    theta: NDArray[np.float64]
    lte_rank: NDArray[np.float64]
    device_rank: NDArray[np.float64]
    knows_reseller: NDArray[np.bool_]
    offer: NDArray[np.uint8]
    home: NDArray[np.uint8]
    rollover: NDArray[np.int64]
    lines: NDArray[np.int64]
    shocked: NDArray[np.bool_]


class Margin(NamedTuple):
    """The offers once more, as users weigh them: what costs time is worked out once a month.

    What lies beyond the allowance depends on the carrier and on whether the user knows a
    reseller.
    """

    price: NDArray[np.int64]  # (carriers, 2) fen per GB, the cheaper source
    use: NDArray[np.float64]  # (carriers, 2) relative use at that price
    worth: NDArray[np.float64]  # (carriers, 2) h at that use, yuan
    fee: NDArray[np.float64]  # (offers,) yuan
    allowance: NDArray[np.float64]  # (offers,) GB
    log_allowance: NDArray[np.float64]  # (offers,) minus infinity without data


class Levels(NamedTuple):
    """This month's levels that scale use."""

    usage: float  # GB at a relative scale of 1, before 4G
    lte_usage: float  # factor on 4G
    lte: NDArray[np.float64]  # (carriers,) share of lines that can be on 4G
    devices: float  # share of lines that can use data
    sponsored: NDArray[np.float64]  # (carriers, lifestyles) share of traffic that partners pay


class UsageSums(NamedTuple):
    """The month's use and charges, summed; all whole numbers, so order cannot matter."""

    by_place: NDArray[np.int64]  # (provinces, carriers, SUMS)
    by_style: NDArray[np.int64]  # (carriers, lifestyles, REACH) kB
    by_offer: NDArray[np.int64]  # (offers, HELD)


@inlined
def value_at(y: float, eps: float, kappa: float) -> float:
    """Return h(y) = y^(1-1/eps) / (1-1/eps) - kappa y: worth of relative use y, yuan."""
    power = 1.0 - 1.0 / eps
    return math.pow(y, power) / power - kappa * y


@inlined
def relative_use(q: float, eps: float, kappa: float) -> float:
    """Return (kappa + q)^(-eps): use relative to theta at a price of q yuan/GB."""
    return math.pow(kappa + q, -eps)


def make_curve(eps: float, kappa: float, choke_price: float) -> Curve:
    """Return the demand curve for an elasticity, an effort cost and a choke price."""
    free = relative_use(0.0, eps, kappa)
    return Curve(
        eps=eps,
        kappa=kappa,
        free=free,
        choke=value_at(relative_use(choke_price, eps, kappa), eps, kappa),
        at_free=value_at(free, eps, kappa),
    )


@inlined
def paid_use(theta: float, free: float, over: float, allowance: float) -> float:
    """Return relative use y of non-sponsored traffic in its regime.

    theta : GB at relative use 1; free, over : relative use at price 0 and at the overage
    price; allowance : GB. Bunched at the allowance, y = allowance / theta.
    """
    if theta * free <= allowance:
        return free
    if theta * over <= allowance:
        return allowance / theta
    return over


@inlined
def charge(kilobytes: int, price: int) -> int:
    """Return what whole kilobytes cost at a price in fen per GB, to the nearest fen."""
    return (kilobytes * price + KB_PER_GB // 2) // KB_PER_GB


@inlined
def line_price(overage: int, resale: int, knows_reseller: bool) -> int:
    """Return what the line pays beyond the allowance, fen per GB: the cheaper of its sources."""
    if knows_reseller and resale < overage:
        return resale
    return overage


@kernel
def margins(offers: Offers, curve: Curve) -> Margin:
    """Return prices and use beyond the allowance: powers are costly, so they are taken once."""
    carriers = offers.voice.shape[0]
    price = np.empty((carriers, 2), dtype=np.int64)
    use, worth = np.empty((carriers, 2)), np.empty((carriers, 2))
    for j in range(carriers):
        for knows in range(2):
            price[j, knows] = line_price(offers.overage[j], offers.resale[j], knows == 1)
            use[j, knows] = relative_use(price[j, knows] / FEN_PER_YUAN, curve.eps, curve.kappa)
            worth[j, knows] = value_at(use[j, knows], curve.eps, curve.kappa)
    allowance = offers.allowance / KB_PER_GB
    return Margin(price, use, worth, offers.fee / FEN_PER_YUAN, allowance, np.log(allowance))


@inlined
def whole_kb(gigabytes: float) -> int:
    """Return a volume in whole kilobytes."""
    return math.floor(gigabytes * KB_PER_GB + 0.5)


@parallel_kernel
def use_data(
    users: Users,
    offers: Offers,
    margin: Margin,
    levels: Levels,
    curve: Curve,
    rollover_in_force: bool,
    provinces: int,
    out_usage: NDArray[np.int64],
    out_bill: NDArray[np.int64],
) -> UsageSums:
    """Let every line use and be charged for a month; update rollover and bill shock.

    Returns the sums over lines; writes `users.rollover`, `users.shocked`, `out_usage` (kB of
    one line) and `out_bill` (fen of one line, the part without data included).

    References
    ----------
    Nevo, Turner and Williams (2016) for the tariff; rollover as ordered from October 2015:
    what is left of this month's own allowance may be used next month, first.
    """
    rows = users.theta.shape[0]
    carriers = offers.voice.shape[0]
    plans = offers.fee.shape[0] // carriers
    styles = levels.sponsored.shape[1]
    blocks = (rows + BLOCK - 1) // BLOCK
    place = np.zeros((blocks, provinces, carriers, len(SUMS)), dtype=np.int64)
    style = np.zeros((blocks, carriers, styles, len(REACH)), dtype=np.int64)
    held = np.zeros((blocks, offers.fee.shape[0], len(HELD)), dtype=np.int64)
    over_price, over_use = margin.price, margin.use
    # Plain arrays: numba loses what a parallel loop writes through a tuple.
    rollover, shocked = users.rollover, users.shocked
    for b in prange(blocks):
        for r in range(b * BLOCK, min((b + 1) * BLOCK, rows)):
            offer = users.offer[r]
            j = offer // plans
            lines = users.lines[r]
            sums = place[b, users.province[r], j]
            sums[LINES] += lines
            on_lte = users.lte_rank[r] < levels.lte[j]
            sums[LTE_LINES] += lines if on_lte else 0
            sums[VOICE] += lines * offers.voice[j]
            held[b, offer, 0] += lines
            if offer % plans == 0:
                rollover[r] = 0
                shocked[r] = False
                out_usage[r] = 0
                out_bill[r] = offers.voice[j]
                continue
            theta = users.theta[r] * levels.usage * (levels.lte_usage if on_lte else 1.0)
            share = levels.sponsored[j, users.lifestyle[r]]
            knows = 1 if users.knows_reseller[r] else 0
            available = offers.allowance[offer] + rollover[r]
            own = theta * (1.0 - share)
            y = paid_use(own, curve.free, over_use[j, knows], available / KB_PER_GB)
            paid = whole_kb(own * y)
            beyond = max(0, paid - available) if y == over_use[j, knows] else 0
            within = min(paid, available)
            gift = whole_kb(theta * share * curve.free)
            extra = charge(beyond, over_price[j, knows])
            used = within + beyond + gift
            resold = over_price[j, knows] < offers.overage[j]
            sums[DATA_LINES] += lines
            sums[USED] += used * lines
            sums[ALLOWANCE] += within * lines
            sums[RESOLD if resold else BILLED] += beyond * lines
            sums[SPONSORED] += gift * lines
            sums[FEE] += offers.fee[offer] * lines
            sums[RESALE if resold else OVERAGE] += extra * lines
            reach = style[b, j, users.lifestyle[r]]
            reach[POTENTIAL] += whole_kb(theta * curve.free) * lines
            reach[PRICED] += whole_kb(theta * y) * lines
            reach[REACH_SPONSORED] += gift * lines
            reach[REACH_USED] += used * lines
            held[b, offer, 1] += used * lines
            held[b, offer, 2] += (offers.fee[offer] + (0 if resold else extra)) * lines
            left = min(available - within, offers.allowance[offer])
            rollover[r] = left if rollover_in_force else 0
            shocked[r] = extra > 0
            out_usage[r] = used
            out_bill[r] = offers.fee[offer] + extra + offers.voice[j]
    return UsageSums(place.sum(axis=0), style.sum(axis=0), held.sum(axis=0))

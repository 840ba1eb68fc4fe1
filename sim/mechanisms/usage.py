"""How much a line uses under its tariff, and what that use is worth.

Use is iso-elastic in an effort cost plus the price of the last GB,
x(q) = theta (kappa + q)^(-eps), with effort cost kappa keeping use finite where it is free
(Nevo, Turner and Williams 2016). Under a fee, an allowance and an overage price p there are
three regimes: under the allowance (q = 0), bunched at it (q clears it), over it (q = p).
Sponsored traffic has price 0 and does not count against the allowance; zero-rated traffic has
price 0 up to a cap of its own. Beyond the cap of an unlimited plan nothing can be bought: the
line is bunched at what the reduced speed lets through.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import power
from sim.core.kernels import inlined, kernel
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.core.vectors import Vector, least, most, pick
from sim.market.offers import NOT_SOLD, Offers
from sim.market.segments import ON_LTE, ON_LTE_CONTROL, Segments

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# What is summed over the lines of a carrier in a province. Lines are in units of the population.
SUMS = (
    "lines", "data_lines", "lte_lines", "control_lines", "used", "allowance", "billed", "resold",
    "sponsored", "fee", "overage", "resale", "voice", "control",
)  # fmt: skip
(LINES, DATA_LINES, LTE_LINES, CONTROL_LINES, USED, ALLOWANCE, BILLED, RESOLD,
 SPONSORED, FEE, OVERAGE, RESALE, VOICE, CONTROL_FEE) = range(len(SUMS))  # fmt: skip
COUNTS = (LINES, DATA_LINES, LTE_LINES, CONTROL_LINES)

# What is summed over the lines of a carrier in a lifestyle, kB.
REACH = ("potential", "priced", "sponsored", "used")
POTENTIAL, PRICED, REACH_SPONSORED, REACH_USED = range(len(REACH))

# What is summed over the lines on an offer.
HELD = ("lines", "used", "revenue")

SHOCKED = 1_000_000  # parts per million of a cell's lines


class Curve(NamedTuple):
    """The demand curve of use, ready for kernels."""

    eps: float
    kappa: float  # yuan/GB
    free: float  # kappa^(-eps): use at price 0, relative to theta
    least: float  # relative use at the choke price
    choke: float  # h at the choke price, from where the value of use is counted
    at_free: float  # h at price 0
    exponent: float  # of relative use in h
    free_raised: float  # `free` to it
    least_raised: float  # `least` to it


class Margin(NamedTuple):
    """The offers once more, as users weigh them: what costs time is worked out once a month.

    What lies beyond the allowance depends on whether the user knows a reseller.
    """

    price: Ints  # (offers, 2) fen per GB, the cheaper source
    use: Floats  # (offers, 2) relative use at that price
    fee: Floats  # (offers,) yuan
    allowance: Floats  # (offers,) GB
    national: Floats  # (offers,) GB of it usable outside the province
    cap: Floats  # (offers,) GB of zero-rated traffic


class Levels(NamedTuple):
    """This month's levels that scale use."""

    usage: float  # GB at a relative scale of 1, before 4G
    lte_usage: float  # factor on 4G
    sponsored: Floats  # (carriers, lifestyles) share of traffic that partners pay
    roaming: Floats  # (lifestyles,) share of use outside the province; 0 once roaming is abolished
    usable: Floats  # (lifestyles,) part of an allowance that is of use without control over it


class Meter(NamedTuple):
    """A line's month, before whole units: scales of use (GB) and relative use of each part."""

    gift: Vector  # scale of sponsored traffic; its relative use is that at price 0
    free: Vector  # scale of zero-rated traffic
    at_free: Vector  # its relative use
    away: Vector  # scale of own traffic outside the province
    at_away: Vector
    home: Vector  # scale of own traffic in the province
    at_home: Vector


class UsageSums(NamedTuple):
    """The month's use and charges, summed; all whole numbers, so order cannot matter."""

    by_place: Ints  # (provinces, carriers, SUMS)
    by_style: Ints  # (carriers, lifestyles, REACH) kB
    by_offer: Ints  # (offers, HELD)


@inlined
def value_at(y: float, eps: float, kappa: float) -> float:
    """Return h(y) = y^(1-1/eps) / (1-1/eps) - kappa y: worth of relative use y, yuan."""
    exponent = 1.0 - 1.0 / eps
    return power(y, exponent) / exponent - kappa * y


@inlined
def relative_use(q: float, eps: float, kappa: float) -> float:
    """Return (kappa + q)^(-eps): use relative to theta at a price of q yuan/GB."""
    return power(kappa + q, -eps)


def make_curve(eps: float, kappa: float, choke_price: float) -> Curve:
    """Return the demand curve for an elasticity, an effort cost and a choke price.

    At eps = 0 demand is a step: theta up to the choke price, worth the choke price a GB.
    """
    if eps == 0.0:
        return Curve(eps, kappa, 1.0, 1.0, 0.0, choke_price, 1.0, 1.0, 1.0)
    free, lowest = relative_use(0.0, eps, kappa), relative_use(choke_price, eps, kappa)
    exponent = 1.0 - 1.0 / eps
    return Curve(
        eps=eps,
        kappa=kappa,
        free=free,
        least=lowest,
        choke=value_at(lowest, eps, kappa),
        at_free=value_at(free, eps, kappa),
        exponent=exponent,
        free_raised=power(free, exponent),
        least_raised=power(lowest, exponent),
    )


@inlined
def worth_at(y: float, curve: Curve) -> float:
    """Return h at relative use y, counted from the choke price up, yuan per unit of scale."""
    return worth_of_use(y, power(most(y, curve.least), curve.exponent), curve)


@inlined
def worth_of_use(y: Vector, raised: Vector, curve: Curve) -> Vector:
    """Return the same where y, or the least use if that is more, has been raised already."""
    curved = raised / curve.exponent - curve.kappa * most(y, curve.least) - curve.choke
    return pick(curve.eps == 0.0, curve.at_free * y, curved)


@inlined
def paid_use(theta: Vector, free: float, over: Vector, allowance: Vector) -> Vector:
    """Return relative use y of metered traffic in its regime.

    theta : GB at relative use 1; free, over : relative use at price 0 and at the overage
    price; allowance : GB. Bunched at the allowance, y = allowance / theta.
    """
    bunched = allowance / theta
    y = pick(theta * over <= allowance, bunched, over)
    return pick(theta * free <= allowance, free, y)


@inlined
def charge(kilobytes: float, price: float) -> float:
    """Return what whole kilobytes cost at a price in fen per GB, to the nearest fen."""
    return float(np.floor((kilobytes * price + KB_PER_GB // 2) / KB_PER_GB))


@kernel
def margins(offers: Offers, curve: Curve) -> Margin:
    """Return prices and use beyond the allowance: powers are costly, so they are taken once."""
    count = offers.fee.shape[0]
    plans = count // offers.voice.shape[0]
    price = np.empty((count, 2), dtype=np.int64)
    use = np.zeros((count, 2))
    for o in range(count):
        for knows in range(2):
            dearest, resale = offers.overage[o], offers.resale[o // plans]
            price[o, knows] = resale if knows == 1 and resale < dearest else dearest
            if price[o, knows] >= NOT_SOLD:
                continue
            q = price[o, knows] / FEN_PER_YUAN
            use[o, knows] = relative_use(q, curve.eps, curve.kappa)
    allowance = offers.allowance / KB_PER_GB
    return Margin(
        price, use, offers.fee / FEN_PER_YUAN, allowance, allowance * offers.national,
        offers.free_cap / KB_PER_GB,
    )  # fmt: skip


@inlined
def metered(
    theta: float, sponsored: Vector, zero_rated: Vector, roaming: float, cap: Vector,
    available: Vector, national: Vector, free: float, over: Vector,
) -> Meter:  # fmt: skip
    """Return how a line's traffic splits and how much of each part it uses.

    Parameters
    ----------
    theta : GB at relative use 1
    sponsored, zero_rated, roaming : share of all traffic that partners pay for; of the rest that
        is zero-rated; of what then remains that is used outside the province
    cap : GB of zero-rated traffic; available : GB of allowance, of which `national` may be
        used outside the province
    free, over : relative use at price 0 and beyond the allowance
    """
    use = at_one_price(theta, sponsored, zero_rated, roaming, cap, available, free, over)
    # One price for all, unless more is used elsewhere than the national part of the allowance.
    apart = use.away * use.at_away > national
    at_away = pick(apart, paid_use(use.away, free, over, national), use.at_away)
    at_home = pick(apart, paid_use(use.home, free, over, available - national), use.at_home)
    return Meter(use.gift, use.free, use.at_free, use.away, at_away, use.home, at_home)


@inlined
def at_one_price(
    theta: float, sponsored: Vector, zero_rated: Vector, roaming: float, cap: Vector,
    available: Vector, free: float, over: Vector,
) -> Meter:  # fmt: skip
    """Return the same where own traffic has one price, at home and away."""
    gift = theta * sponsored
    zero = (theta - gift) * zero_rated
    own = theta - gift - zero
    at_cap = cap / zero
    at_zero = pick(zero * free <= cap, free, at_cap)
    away = own * roaming
    y = paid_use(own, free, over, available)
    return Meter(gift, zero, at_zero, away, y, own - away, y)


@inlined
def theta_of(g: int, level: int, segments: Segments, levels: Levels) -> float:
    """Return the GB that a line of segment g uses at relative use 1."""
    lte = level in (ON_LTE, ON_LTE_CONTROL)
    return float(segments.theta[g]) * levels.usage * (levels.lte_usage if lte else 1.0)


class Terms(NamedTuple):
    """An offer as a line of some lifestyle meets it: numbers alone, for inner loops.

    Arrays handed from function to function are counted by numba at every call; numbers are not.
    """

    sponsored: float  # share of traffic
    zero_rated: float  # share of the rest
    roaming: float  # share of own use outside the province
    cap: float  # GB of zero-rated traffic
    allowance: float  # GB
    national: float  # GB of it usable outside the province
    over: float  # relative use beyond the allowance
    price: float  # yuan per GB beyond the allowance
    fee: float  # yuan


@inlined
def terms_of(
    o: int, j: int, style: int, knows: int, usable: float, offers: Offers, margin: Margin,
    levels: Levels,
) -> Terms:  # fmt: skip
    """Return the terms of offer o of carrier j for a lifestyle; usable : part of its allowance."""
    return Terms(
        levels.sponsored[j, style],
        offers.free_share[o, style],
        levels.roaming[style],
        margin.cap[o],
        margin.allowance[o] * usable,
        margin.national[o] * usable,
        margin.use[o, knows],
        margin.price[o, knows] / FEN_PER_YUAN,
        margin.fee[o],
    )


@inlined
def worth_under(theta: float, t: Terms, curve: Curve) -> float:
    """Return the worth of a month under given terms, less its data bill, in yuan."""
    use = metered(
        theta, t.sponsored, t.zero_rated, t.roaming, t.cap, t.allowance, t.national, curve.free,
        t.over,
    )  # fmt: skip
    return net_worth(
        use, worth_at(use.at_free, curve), worth_at(use.at_away, curve),
        worth_at(use.at_home, curve), t.allowance, t.national, t.price, t.fee, curve,
    )  # fmt: skip


@inlined
def net_worth(
    use: Meter, free: Vector, away: Vector, home: Vector, allowance: Vector, national: Vector,
    price: Vector, fee: Vector, curve: Curve,
) -> Vector:  # fmt: skip
    """Return the worth of a month's use, less its data bill, in yuan.

    free, away, home : worth of each part, yuan per unit of scale; the rest : see `Terms`
    """
    value = use.gift * (curve.at_free - curve.choke)
    value += use.free * free
    value += use.away * away + use.home * home
    within = least(use.away * use.at_away, national)
    beyond = use.away * use.at_away - within
    beyond += most(use.home * use.at_home - (allowance - within), 0.0)
    return value - fee - pick(beyond > 1e-12, price * beyond, 0.0)


@inlined
def worth_of(
    theta: float, o: int, j: int, style: int, knows: int, usable: float, offers: Offers,
    margin: Margin, levels: Levels, curve: Curve,
) -> float:  # fmt: skip
    """Return the worth of a month on an offer, less its data bill, in yuan; without rollover."""
    terms = terms_of(o, j, style, knows, usable, offers, margin, levels)
    return worth_under(theta, terms, curve)


@inlined
def whole_kb(gigabytes: float) -> float:
    """Return a volume in whole kilobytes."""
    return float(np.floor(gigabytes * KB_PER_GB + 0.5))


class LineMonth(NamedTuple):
    """What one line uses and owes in a month: whole numbers, held as floats (exact to 2^53)."""

    within: float  # kB in the allowance, zero-rated traffic included
    beyond: float  # kB beyond it
    gift: float  # kB that partners pay for
    extra: float  # fen for what is beyond
    potential: float  # kB if nothing were paid for by the user
    priced: float  # kB if nothing were sponsored, at the line's own shadow price
    left: float  # kB of the allowance that are left


@inlined
def month_under(
    theta: float, t: Terms, own: float, rollover: float, national: float, price: float, curve: Curve
) -> LineMonth:
    """Return a line's month under given terms, in whole kilobytes and fen.

    own, rollover : kB of this month's allowance and left over from last month; national : part
    of both usable outside the province; price : fen per GB beyond. The terms' own allowance is
    not read: it knows no rollover.
    """
    available = own + rollover
    elsewhere = np.floor(available * national + 0.5)
    use = metered(
        theta, t.sponsored, t.zero_rated, t.roaming, t.cap, available * (1.0 / KB_PER_GB),
        elsewhere * (1.0 / KB_PER_GB), curve.free, t.over,
    )  # fmt: skip
    return month_of(use, theta, t.over, own, available, elsewhere, price, curve)


@inlined
def month_at_home(
    theta: float, t: Terms, own: float, rollover: float, price: float, curve: Curve
) -> LineMonth:
    """Return the same for a line that uses nothing outside its province."""
    available = own + rollover
    use = at_one_price(
        theta, t.sponsored, t.zero_rated, 0.0, t.cap, available * (1.0 / KB_PER_GB), curve.free,
        t.over,
    )  # fmt: skip
    return month_of(use, theta, t.over, own, available, 0.0, price, curve)


@inlined
def month_of(
    use: Meter, theta: float, over: float, own: float, available: float, elsewhere: float,
    price: float, curve: Curve,
) -> LineMonth:  # fmt: skip
    """Return a line's month in whole units from what it uses.

    over : relative use beyond the allowance; available, elsewhere : kB of allowance, this month's
    `own` and last month's, and what of them is usable outside the province.
    """
    away = whole_kb(use.away * use.at_away) if use.away > 0.0 else 0.0
    home = whole_kb(use.home * use.at_home)
    there = min(away, elsewhere)
    here = min(home, available - there)
    beyond = away - there if use.at_away == over else 0.0
    beyond += home - here if use.at_home == over else 0.0
    paid = use.away * use.at_away + use.home * use.at_home + use.free * use.at_free
    y = paid / max(use.away + use.home + use.free, 1e-300)
    return LineMonth(
        within=there + (here + whole_kb(use.free * use.at_free)),
        beyond=beyond,
        gift=whole_kb(use.gift * curve.free),
        extra=charge(beyond, price) if beyond > 0.0 else 0.0,
        potential=whole_kb(theta * curve.free),
        priced=whole_kb(theta * y),
        left=min(available - there - here, own),
    )


@inlined
def line_month(
    theta: float, o: int, j: int, style: int, knows: int, usable: float, rollover: int,
    offers: Offers, margin: Margin, levels: Levels, curve: Curve,
) -> LineMonth:  # fmt: skip
    """Return a line's month on offer o, in whole kilobytes and fen."""
    return month_under(
        theta, terms_of(o, j, style, knows, usable, offers, margin, levels),
        np.floor(offers.allowance[o] * usable + 0.5), float(rollover), offers.national[o],
        float(margin.price[o, knows]), curve,
    )  # fmt: skip

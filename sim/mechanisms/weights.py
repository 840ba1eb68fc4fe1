"""What every offer is worth to every segment and level: the logit weights of a month.

The same as `sim.mechanisms.choice.offer_value` one by one, eight offers at a time
(`sim.core.vectors`). Powers are what costs time, and few are needed: use at price 0 and at the
price beyond the allowance is the same for all of a kind of user, and bunched use is an allowance by
a segment's scale, so that its power is a product of one of each.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp, power
from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import BLOCK, VECTOR
from sim.core.units import FEN_PER_YUAN
from sim.core.vectors import Lane, Vector, lane, least, most, nothing, pick, vectors
from sim.market.offers import Offers
from sim.market.segments import (
    BELOW_LTE,
    BELOW_LTE_CONTROL,
    CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
    PLAIN_LEVELS,
    Segments,
)
from sim.mechanisms.choice import Tastes, Weights
from sim.mechanisms.usage import Curve, Levels, Margin, metered, net_worth, worth_of_use

type Floats = NDArray[np.float64]

# What is no longer sold may be worth far more than all that is: who has it keeps it anyway.
_MOST = 500.0

# The terms of all offers for a kind of user: a lifestyle, whether resellers are known, control.
TERMS = 13
(
    SPONSORED,  # share of traffic that partners pay for
    ZERO_RATED,  # share of the rest
    CAP,  # GB of zero-rated traffic
    GB,  # allowance, as much as is of use
    NATIONAL,  # GB of it
    YUAN,  # per GB beyond the allowance
    FEE,  # yuan
    OVER,  # relative use beyond the allowance
    # Powers of relative use at a scale of 1 GB
    RAISED_OVER,  # beyond the allowance
    RAISED_CAP,  # bunched at the cap
    RAISED_GB,  # at the allowance
    RAISED_AWAY,  # outside the province, at the national part of the allowance
    RAISED_HOME,  # in the province, at the rest
) = range(TERMS)


class Terms(NamedTuple):
    """Lanes of the terms of all offers for a kind of user."""

    sponsored: Lane
    zero_rated: Lane
    cap: Lane
    gb: Lane
    national: Lane
    yuan: Lane
    fee: Lane
    over: Lane
    raised_over: Lane
    raised_cap: Lane
    raised_gb: Lane
    raised_away: Lane
    raised_home: Lane


@inlined
def terms_in(room: Floats, user: int, size: int) -> Terms:
    """Return the lanes of a kind of user."""
    at = user * TERMS
    return Terms(
        lane(room, (at + SPONSORED) * size), lane(room, (at + ZERO_RATED) * size),
        lane(room, (at + CAP) * size), lane(room, (at + GB) * size),
        lane(room, (at + NATIONAL) * size), lane(room, (at + YUAN) * size),
        lane(room, (at + FEE) * size), lane(room, (at + OVER) * size),
        lane(room, (at + RAISED_OVER) * size), lane(room, (at + RAISED_CAP) * size),
        lane(room, (at + RAISED_GB) * size), lane(room, (at + RAISED_AWAY) * size),
        lane(room, (at + RAISED_HOME) * size),
    )  # fmt: skip


@inlined
def user_of(style: int, knows: bool, controlled: bool) -> int:
    """Return the number of a kind of user."""
    return 4 * style + (2 if controlled else 0) + (1 if knows else 0)


@kernel
def terms_of_users(
    offers: Offers, margin: Margin, levels: Levels, curve: Curve, with_control: bool
) -> Floats:
    """Return a room with the terms of all offers for all kinds of users."""
    total, styles = offers.fee.shape[0], levels.usable.shape[0]
    plans, size = total // offers.voice.shape[0], vectors_of(total)
    room = vectors(4 * styles * TERMS * size)
    room[:] = 0.0
    for style in range(styles):
        roaming = levels.roaming[style]
        for controlled in range(2 if with_control else 1):
            usable = 1.0 if controlled else levels.usable[style]
            for knows in range(2):
                user = user_of(style, knows == 1, controlled == 1)
                at, lane_of = user * TERMS * size * VECTOR, size * VECTOR
                for o in range(total):
                    sponsored, zero = (
                        levels.sponsored[o // plans, style],
                        offers.free_share[o, style],
                    )
                    gb, national = margin.allowance[o] * usable, margin.national[o] * usable
                    own = (1.0 - sponsored) * (1.0 - zero)
                    room[at + SPONSORED * lane_of + o] = sponsored
                    room[at + ZERO_RATED * lane_of + o] = zero
                    room[at + CAP * lane_of + o] = margin.cap[o]
                    room[at + GB * lane_of + o] = gb
                    room[at + NATIONAL * lane_of + o] = national
                    room[at + YUAN * lane_of + o] = margin.price[o, knows] / FEN_PER_YUAN
                    room[at + FEE * lane_of + o] = margin.fee[o]
                    room[at + OVER * lane_of + o] = margin.use[o, knows]
                    room[at + RAISED_CAP * lane_of + o] = margin.cap[o] / ((1.0 - sponsored) * zero)
                    room[at + RAISED_GB * lane_of + o] = gb / own
                    room[at + RAISED_AWAY * lane_of + o] = national / (own * roaming)
                    room[at + RAISED_HOME * lane_of + o] = (gb - national) / (own * (1.0 - roaming))
                raise_terms(room, user, size, curve)
    return room


@kernel
def raise_terms(room: Floats, user: int, size: int, curve: Curve) -> None:
    """Raise relative use of a kind of user to the exponent of its worth."""
    terms = terms_in(room, user, size)
    for n in range(size):
        terms.raised_over[n] = power(most(terms.over[n], curve.least), curve.exponent)
        terms.raised_cap[n] = power(terms.raised_cap[n], curve.exponent)
        terms.raised_gb[n] = power(terms.raised_gb[n], curve.exponent)
        terms.raised_away[n] = power(terms.raised_away[n], curve.exponent)
        terms.raised_home[n] = power(terms.raised_home[n], curve.exponent)


@kernel
def raise_scales(thetas: Floats, curve: Curve) -> Floats:
    """Return what powers of use at a scale of 1 GB are multiplied by: (segments,)."""
    out = np.empty_like(thetas)
    for g in range(thetas.shape[0]):
        out[g] = power(thetas[g], -curve.exponent)
    return out


@inlined
def vectors_of(offers: int) -> int:
    """Return how many vectors the offers of a level take."""
    return (offers + VECTOR - 1) // VECTOR


@inlined
def raised(y: Vector, bunched: Vector, over: Vector, raised_over: Vector, curve: Curve) -> Vector:
    """Return relative use y to the exponent of its worth, from the power that it has if bunched."""
    priced = pick(y == over, raised_over, bunched)
    return pick(
        y < curve.least, curve.least_raised, pick(y == curve.free, curve.free_raised, priced)
    )


@inlined
def worth(terms: Terms, n: int, theta: float, scale: float, away: float, curve: Curve) -> Vector:
    """Return what a month on each of eight offers is worth, less its data bill, yuan.

    theta : GB at relative use 1, `scale` its power as of `raise_scales`; away : share of use
    outside the province
    """
    over, raised_over, gb, national = (
        terms.over[n],
        terms.raised_over[n],
        terms.gb[n],
        terms.national[n],
    )
    use = metered(
        theta, terms.sponsored[n], terms.zero_rated[n], away, terms.cap[n], gb, national,
        curve.free, over,
    )  # fmt: skip
    free = raised(use.at_free, terms.raised_cap[n] * scale, over, raised_over, curve)
    apart = use.at_away != use.at_home
    there = pick(apart, terms.raised_away[n], terms.raised_gb[n]) * scale
    here = pick(apart, terms.raised_home[n], terms.raised_gb[n]) * scale
    return net_worth(
        use,
        worth_of_use(use.at_free, free, curve),
        worth_of_use(use.at_away, raised(use.at_away, there, over, raised_over, curve), curve),
        worth_of_use(use.at_home, raised(use.at_home, here, over, raised_over, curve), curve),
        gb, national, terms.yuan[n], terms.fee[n], curve,
    )  # fmt: skip


# Lanes of what offers are to all segments; then those of a segment, utils by level.
BOARD = 6
(
    APPEAL,  # utils beside all that an offer is used for
    SOLD,  # 1, or 0 for what is only kept
    DATA,  # 1, or 0 for a line without data
    PRICE,  # of voice, fen
    PLACE,  # utils of the carrier in the province
    BEST,  # the greatest utils of what is sold, of every eighth offer
) = range(BOARD)


@kernel
def write_board(room: Floats, offers: Offers, tastes: Tastes, size: int) -> None:
    """Write what offers are to all segments."""
    total, lane_of = offers.fee.shape[0], size * VECTOR
    plans = total // offers.voice.shape[0]
    room[:] = 0.0
    for o in range(total):
        is_data = o % plans > 0
        room[APPEAL * lane_of + o] = offers.appeal[o] if is_data else tastes.voice_value
        room[SOLD * lane_of + o] = 1.0 if offers.open[o] else 0.0
        room[DATA * lane_of + o] = 1.0 if is_data else 0.0
        room[PRICE * lane_of + o] = offers.voice[o // plans]


class Person(NamedTuple):
    """A segment at a level, as numbers for inner loops."""

    alpha: float  # utils per yuan
    theta: float  # GB at relative use 1
    scale: float  # its power, as of `raise_scales`
    away: float  # share of use outside the province
    beside: float  # utils that data brings beside its use


@kernel
def value_level(
    room: Floats, terms: Floats, level: int, user: int, size: int, who: Person, curve: Curve
) -> float:
    """Write the utility of each offer at a level; return the greatest of what is sold."""
    appeal, sold, is_data = (
        lane(room, APPEAL * size),
        lane(room, SOLD * size),
        lane(room, DATA * size),
    )
    price, there, best = lane(room, PRICE * size), lane(room, PLACE * size), lane(room, BEST * size)
    values, offered = lane(room, (BOARD + level) * size), terms_in(terms, user, size)
    top = nothing(price[0]) - math.inf
    for n in range(size):
        used = worth(offered, n, who.theta, who.scale, who.away, curve)
        data = pick(is_data[n] > 0.0, who.alpha * used + who.beside, 0.0)
        value = there[n] - who.alpha * price[n] / FEN_PER_YUAN + appeal[n] + data
        values[n] = value
        top = most(top, pick(sold[n] > 0.0, value, -math.inf))
    best[0] = top
    greatest = -math.inf
    for v in range(VECTOR):
        greatest = max(greatest, room[BEST * size * VECTOR + v])
    return greatest


@inlined
def value_voice(room: Floats, size: int, carriers: int, plans: int) -> float:
    """Write the utility of each carrier's line without data; return the greatest that is sold."""
    to, known = (BOARD + NO_DEVICE) * size * VECTOR, (BOARD + BELOW_LTE) * size * VECTOR
    top = -math.inf
    for j in range(carriers):
        value = room[known + j * plans]
        room[to + j] = value
        if room[SOLD * size * VECTOR + j * plans] > 0.0:
            top = max(top, value)
    return top


@kernel
def raise_values(room: Floats, first: int, count: int, top: float, dissimilarity: float) -> None:
    """Turn utilities in vectors of a room into logit weights, relative to `top`."""
    values = lane(room, first)
    for n in range(count):
        values[n] = exp(least((values[n] - top) / dissimilarity, _MOST))


@parallel_kernel
def offer_weights(
    segments: Segments, offers: Offers, margin: Margin, levels: Levels, tastes: Tastes,
    curve: Curve, kinds: int,
) -> Weights:  # fmt: skip
    """Return the logit weight of every offer to every segment and level, before xi."""
    count, total, carriers = segments.theta.shape[0], offers.fee.shape[0], offers.voice.shape[0]
    plans, size = total // carriers, vectors_of(total)
    e, tops = np.empty((count, kinds, total)), np.empty((count, kinds))
    terms = terms_of_users(offers, margin, levels, curve, kinds > PLAIN_LEVELS)
    board = vectors((BOARD + kinds) * size)
    write_board(board, offers, tastes, size)
    scales, at_one = raise_scales(segments.theta, curve), -curve.exponent
    lowered, lte_lowered = (
        power(levels.usage, at_one),
        power(levels.usage * levels.lte_usage, at_one),
    )
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    thetas, alphas, roaming, places = segments.theta, segments.alpha, levels.roaming, tastes.place
    provinces, styles, hunters = segments.province, segments.style, segments.knows
    usage, lte_usage, dissimilarity = levels.usage, levels.lte_usage, tastes.dissimilarity
    lte_value, fee = tastes.lte_value, tastes.control_fee
    for block in prange((count + BLOCK - 1) // BLOCK):
        room, here = vectors((BOARD + kinds) * size), -1
        room[:] = board
        for g in range(block * BLOCK, min((block + 1) * BLOCK, count)):
            style, alpha = int(styles[g]), alphas[g]
            if provinces[g] != here:
                here = provinces[g]
                for o in range(total):
                    room[PLACE * size * VECTOR + o] = places[o // plans, here]
            for level in range(BELOW_LTE, kinds):
                lte, controlled = level in (ON_LTE, ON_LTE_CONTROL), level >= BELOW_LTE_CONTROL
                theta = thetas[g] * usage * (lte_usage if lte else 1.0)
                scale = scales[g] * (lte_lowered if lte else lowered)
                beside = (lte_value if lte else 0.0) - (alpha * fee if controlled else 0.0)
                who = Person(alpha, theta, scale, roaming[style], beside)
                user = user_of(style, hunters[g], controlled)
                tops[g, level] = value_level(room, terms, level, user, size, who, curve)
            tops[g, NO_DEVICE] = value_voice(room, size, carriers, plans)
            for level in range(BELOW_LTE_CONTROL, kinds):
                # One scale with and without control: users compare the two.
                top = max(tops[g, level], tops[g, level - CONTROL])
                tops[g, level], tops[g, level - CONTROL] = top, top
            for level in range(kinds):
                some = size if level != NO_DEVICE else vectors_of(carriers)
                raise_values(room, (BOARD + level) * size, some, tops[g, level], dissimilarity)
                begin = (BOARD + level) * size * VECTOR
                for o in range(total):
                    e[g, level, o] = room[begin + o] if level != NO_DEVICE else 0.0
            for j in range(carriers):
                e[g, NO_DEVICE, j * plans] = room[(BOARD + NO_DEVICE) * size * VECTOR + j]
    return Weights(e, tops)

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
from sim.core.vectors import (
    Lane,
    Vector,
    lane,
    lanes_of,
    least,
    most,
    nothing,
    pick,
    row,
    rows_of,
    vectors,
)
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


class Terms(NamedTuple):
    """Lanes of the terms of all offers for a kind of user.

    That is a lifestyle, whether resellers are known, and whether there is control.
    """

    sponsored: Lane  # share of traffic that partners pay for
    zero_rated: Lane  # share of the rest
    cap: Lane  # GB of zero-rated traffic
    gb: Lane  # allowance, as much as is of use
    national: Lane  # GB of it
    yuan: Lane  # per GB beyond the allowance
    fee: Lane  # yuan
    over: Lane  # relative use beyond the allowance
    # Powers of relative use at a scale of 1 GB
    raised_over: Lane  # beyond the allowance
    raised_cap: Lane  # bunched at the cap
    raised_gb: Lane  # at the allowance
    raised_away: Lane  # outside the province, at the national part of the allowance
    raised_home: Lane  # in the province, at the rest


terms_in, terms_by_offer = lanes_of(Terms), rows_of(Terms)
TERMS = len(Terms._fields)


@inlined
def user_of(style: int, knows: bool, controlled: bool) -> int:
    """Return the number of a kind of user."""
    return 4 * style + (2 if controlled else 0) + (1 if knows else 0)


@kernel
def terms_of_users(
    offers: Offers, margin: Margin, levels: Levels, curve: Curve, with_control: bool
) -> Floats:
    """Return a room with the terms of all offers for all kinds of users."""
    styles, size = levels.usable.shape[0], vectors_of(offers.fee.shape[0])
    room = vectors(4 * styles * TERMS * size)
    room[:] = 0.0
    for style in range(styles):
        for controlled in range(2 if with_control else 1):
            for knows in range(2):
                user = user_of(style, knows == 1, controlled == 1)
                usable = 1.0 if controlled else levels.usable[style]
                write_terms(room, user, style, knows, usable, offers, margin, levels, size)
                raise_terms(room, user, size, curve)
    return room


@kernel
def write_terms(
    room: Floats, user: int, style: int, knows: int, usable: float, offers: Offers, margin: Margin,
    levels: Levels, size: int,
) -> None:  # fmt: skip
    """Write the terms of a kind of user, relative use in place of its powers."""
    terms = terms_by_offer(room, user * TERMS * size, size)
    plans, roaming = offers.fee.shape[0] // offers.voice.shape[0], levels.roaming[style]
    for o in range(offers.fee.shape[0]):
        sponsored, zero = levels.sponsored[o // plans, style], offers.free_share[o, style]
        gb, national = margin.allowance[o] * usable, margin.national[o] * usable
        own = (1.0 - sponsored) * (1.0 - zero)
        terms.sponsored[o], terms.zero_rated[o], terms.cap[o] = sponsored, zero, margin.cap[o]
        terms.gb[o], terms.national[o], terms.fee[o] = gb, national, margin.fee[o]
        terms.yuan[o], terms.over[o] = margin.price[o, knows] / FEN_PER_YUAN, margin.use[o, knows]
        terms.raised_cap[o] = margin.cap[o] / ((1.0 - sponsored) * zero)
        terms.raised_gb[o] = gb / own
        terms.raised_away[o] = national / (own * roaming)
        terms.raised_home[o] = (gb - national) / (own * (1.0 - roaming))


@kernel
def raise_terms(room: Floats, user: int, size: int, curve: Curve) -> None:
    """Raise relative use of a kind of user to the exponent of its worth."""
    terms = terms_in(room, user * TERMS * size, size)
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
    over, raised_over = terms.over[n], terms.raised_over[n]
    gb, national = terms.gb[n], terms.national[n]
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


class Board(NamedTuple):
    """Lanes of what offers are to all segments; a segment's utils follow, level by level."""

    place: Lane  # utils of the carrier in the province
    best: Lane  # the greatest utils of what is sold, of every eighth offer
    appeal: Lane  # utils beside all that an offer is used for
    sold: Lane  # 1, or 0 for what is only kept
    is_data: Lane  # 1, or 0 for a line without data
    price: Lane  # of voice, fen


board_in, board_by_offer = lanes_of(Board), rows_of(Board)
BOARD = len(Board._fields)


@kernel
def write_board(room: Floats, offers: Offers, tastes: Tastes, size: int) -> None:
    """Write what offers are to all segments."""
    board, plans = board_by_offer(room, 0, size), offers.fee.shape[0] // offers.voice.shape[0]
    room[:] = 0.0
    for o in range(offers.fee.shape[0]):
        is_data = o % plans > 0
        board.appeal[o] = offers.appeal[o] if is_data else tastes.voice_value
        board.sold[o] = 1.0 if offers.open[o] else 0.0
        board.is_data[o] = 1.0 if is_data else 0.0
        board.price[o] = offers.voice[o // plans]


@kernel
def write_place(room: Floats, places: Floats, province: int, plans: int, size: int) -> None:
    """Write what carriers are in a province; places : (carriers, provinces)."""
    place = board_by_offer(room, 0, size).place
    for j in range(places.shape[0]):
        for o in range(j * plans, (j + 1) * plans):
            place[o] = places[j, province]


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
    board, offered = board_in(room, 0, size), terms_in(terms, user * TERMS * size, size)
    values = lane(room, (BOARD + level) * size)
    top = nothing(board.price[0]) - math.inf
    for n in range(size):
        used = worth(offered, n, who.theta, who.scale, who.away, curve)
        data = pick(board.is_data[n] > 0.0, who.alpha * used + who.beside, 0.0)
        bare = board.place[n] - who.alpha * board.price[n] / FEN_PER_YUAN + board.appeal[n]
        values[n] = bare + data
        top = most(top, pick(board.sold[n] > 0.0, bare + data, -math.inf))
    board.best[0] = top
    one, greatest = board_by_offer(room, 0, size), -math.inf
    for v in range(VECTOR):
        greatest = max(greatest, one.best[v])
    return greatest


@kernel
def value_voice(room: Floats, size: int, carriers: int, plans: int) -> float:
    """Write the utility of each carrier's line without data; return the greatest that is sold."""
    sold, top = board_by_offer(room, 0, size).sold, -math.inf
    known, values = row(room, (BOARD + BELOW_LTE) * size), row(room, (BOARD + NO_DEVICE) * size)
    for j in range(carriers):
        values[j] = known[j * plans]
        top = max(top, values[j] if sold[j * plans] > 0.0 else -math.inf)
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
    lowered = power(levels.usage, at_one)
    lte_lowered = power(levels.usage * levels.lte_usage, at_one)
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
                write_place(room, places, here, plans, size)
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

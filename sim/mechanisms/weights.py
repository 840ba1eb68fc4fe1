"""What every offer is worth to every segment and level: the logit weights of a month.

The same as `sim.mechanisms.choice.offer_value` one by one, several offers at a time.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp
from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import BLOCK, LANE, MOST, VECTOR, fill, new_room, place, whole_vectors
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.market.segments import (
    BELOW_LTE_CONTROL,
    CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
    Segments,
)
from sim.mechanisms.choice import Tastes, Weights
from sim.mechanisms.metering import (
    CAP,
    FEE_YUAN,
    GB,
    IS_DATA,
    NATIONAL_GB,
    OVER,
    PART_FREE,
    PART_SPONSORED,
    TERMS,
    YUAN,
    terms_in_lanes,
)
from sim.mechanisms.usage import Curve, Levels, Margin, Meter, metered, net_worth, worth_at

type Floats = NDArray[np.float64]

# What is no longer sold may be worth far more than all that is: who has it keeps it anyway.
_MOST = 500.0

# A segment's offers in lanes (`sim.core.lanes`), level by level, beside their terms.
LANES = 21
(
    USE_GIFT, USE_FREE, AT_FREE, USE_AWAY, AT_AWAY, USE_HOME, AT_HOME,  # use, as in `Meter`
    FREE_WORTH, AWAY_WORTH, HOME_WORTH, WORTH,
    THETA,  # GB at relative use 1
    USABLE,  # part of an allowance
    BESIDE,  # utils that data brings beside its use
    BARE,  # utils of a line without its use
    APPEAL,  # utils beside all that an offer is used for
    SOLD,  # 1, or 0 for what is only kept
    DATA,  # 1, or 0 for a line without data
    VALUE,  # utils
    BEST,  # of a level: utils of what is sold; then the best of every eighth offer
    TOP,  # utils of what is sold, the best at the level
) = range(0, LANES * LANE, LANE)  # fmt: skip


@kernel
def weigh_offers(
    room: Floats, terms: Floats, kind: int, stride: int, kinds: int, away: float, curve: Curve
) -> None:
    """Write into the lane `WORTH` what a month on each offer is worth, less its data bill, yuan.

    As `sim.mechanisms.usage.worth_under`, with powers only where they are needed: what is used
    outside the province has mostly the price of what is used at home, and what is zero-rated none.
    stride : from a level to the next; without a device nothing is used
    """
    apart, capped, at = 0, 0, place(kind) * (TERMS * LANE)
    first = place(stride)
    for n in range((kinds - 1) * stride):
        o = first + n
        usable = room[USABLE + o]
        use = metered(
            room[THETA + o], terms[at + PART_SPONSORED + o], terms[at + PART_FREE + o], away,
            terms[at + CAP + o], terms[at + GB + o] * usable, terms[at + NATIONAL_GB + o] * usable,
            curve.free, terms[at + OVER + o],
        )  # fmt: skip
        room[USE_GIFT + o], room[USE_FREE + o], room[AT_FREE + o] = use.gift, use.free, use.at_free
        room[USE_AWAY + o], room[AT_AWAY + o] = use.away, use.at_away
        room[USE_HOME + o], room[AT_HOME + o] = use.home, use.at_home
        apart |= 1 if use.at_away != use.at_home else 0
        capped |= 1 if use.at_free != curve.free else 0
    value_use(room, AT_HOME, HOME_WORTH, stride, kinds, curve)
    if apart:
        value_use(room, AT_AWAY, AWAY_WORTH, stride, kinds, curve)
    if capped:
        value_use(room, AT_FREE, FREE_WORTH, stride, kinds, curve)
    at_free = worth_at(curve.free, curve)
    for n in range((kinds - 1) * stride):
        o = first + n
        use = Meter(
            room[USE_GIFT + o], room[USE_FREE + o], room[AT_FREE + o], room[USE_AWAY + o],
            room[AT_AWAY + o], room[USE_HOME + o], room[AT_HOME + o],
        )  # fmt: skip
        home, usable = room[HOME_WORTH + o], room[USABLE + o]
        room[WORTH + o] = net_worth(
            use, room[FREE_WORTH + o] if capped else at_free,
            room[AWAY_WORTH + o] if apart else home, home, terms[at + GB + o] * usable,
            terms[at + NATIONAL_GB + o] * usable, terms[at + YUAN + o], terms[at + FEE_YUAN + o],
            curve,
        )  # fmt: skip


@inlined
def value_use(room: Floats, at: int, worth: int, stride: int, kinds: int, curve: Curve) -> None:
    """Write what relative use in the lane `at` is worth into the lane `worth`, yuan a unit."""
    first = place(stride)
    for n in range((kinds - 1) * stride):
        room[worth + first + n] = worth_at(room[at + first + n], curve)


@kernel
def value_offers(room: Floats, level: int, stride: int, alpha: float) -> float:
    """Write the utility of each offer into the lane `VALUE`; return that of the best one sold.

    alpha : utils per yuan
    """
    begin = place(level * stride)
    for o in range(stride):
        s = begin + o
        use = alpha * room[WORTH + s] + room[BESIDE + s]
        value = room[BARE + o] + (use if room[DATA + o] > 0.0 else 0.0)
        room[VALUE + s] = value
        room[BEST + o] = value if room[SOLD + o] > 0.0 else -math.inf
    for first in range(VECTOR, stride, VECTOR):
        for k in range(VECTOR):
            one, other = room[BEST + k], room[BEST + first + k]
            room[BEST + k] = max(other, one)
    top = -math.inf
    for k in range(VECTOR):
        top = max(top, room[BEST + k])
    return top


@kernel
def raise_values(room: Floats, states: int, dissimilarity: float) -> None:
    """Write the logit weight of each `VALUE`, less `TOP` of its level, into the lane `WORTH`."""
    for s in range(states):
        room[WORTH + s] = exp(min((room[VALUE + s] - room[TOP + s]) / dissimilarity, _MOST))


@parallel_kernel
def offer_weights(
    segments: Segments, offers: Offers, margin: Margin, levels: Levels, tastes: Tastes,
    curve: Curve, kinds: int,
) -> Weights:  # fmt: skip
    """Return the logit weight of every offer to every segment and level, before xi."""
    count, total = segments.theta.shape[0], offers.fee.shape[0]
    carriers, stride = offers.voice.shape[0], whole_vectors(total)
    plans = total // carriers
    if kinds * stride > MOST:
        raise ValueError("more offers than a kernel has room for")
    e, tops = np.empty((count, kinds, total)), np.empty((count, kinds))
    terms = terms_in_lanes(offers, margin, levels, kinds)
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    thetas, alphas, roaming, usables = segments.theta, segments.alpha, levels.roaming, levels.usable
    provinces, styles, hunters = segments.province, segments.style, segments.knows
    places, voice, is_open = tastes.place, offers.voice, offers.open
    appeal = np.where(np.arange(total) % plans > 0, offers.appeal, tastes.voice_value)
    dissimilarity, lte_value, fee = tastes.dissimilarity, tastes.lte_value, tastes.control_fee
    for block in prange((count + BLOCK - 1) // BLOCK):
        room = new_room(LANES, kinds * stride)
        for o in range(total):
            room[APPEAL + o], room[DATA + o] = appeal[o], terms[IS_DATA + o]
            room[SOLD + o] = 1.0 if is_open[o] else 0.0
        for g in range(block * BLOCK, min((block + 1) * BLOCK, count)):
            style, alpha = int(styles[g]), alphas[g]
            for j in range(carriers):
                bare = places[j, provinces[g]] - alpha * voice[j] / FEN_PER_YUAN
                for o in range(j * plans, (j + 1) * plans):
                    room[BARE + o] = bare + room[APPEAL + o]
            for level in range(kinds):
                lte, controlled = level in (ON_LTE, ON_LTE_CONTROL), level >= BELOW_LTE_CONTROL
                theta = thetas[g] * levels.usage * (levels.lte_usage if lte else 1.0)
                beside = lte_value if lte else 0.0
                beside -= alpha * fee if controlled else 0.0
                beside = beside if level != NO_DEVICE else -math.inf
                fill(room, THETA, level * stride, stride, theta)
                fill(room, USABLE, level * stride, stride, 1.0 if controlled else usables[style])
                fill(room, BESIDE, level * stride, stride, beside)
            kind = 2 * style + (1 if hunters[g] else 0)
            weigh_offers(room, terms, kind, stride, kinds, roaming[style], curve)
            for level in range(kinds):
                tops[g, level] = value_offers(room, level, stride, alpha)
            for level in range(BELOW_LTE_CONTROL, kinds):
                # One scale with and without control: users compare the two.
                top = max(tops[g, level], tops[g, level - CONTROL])
                tops[g, level], tops[g, level - CONTROL] = top, top
            for level in range(kinds):
                fill(room, TOP, level * stride, stride, tops[g, level])
            raise_values(room, kinds * stride, dissimilarity)
            for level in range(kinds):
                begin = place(level * stride)
                for o in range(total):
                    e[g, level, o] = room[WORTH + begin + o]
    return Weights(e, tops)

"""Which carrier and plan a user picks: inattention, switching costs, nested logit over offers.

Each month a user looks at the market with a small probability, higher after a bill shock
(Hortaçsu, Madanizadeh and Puller 2017); one who looks picks an offer by nested logit (McFadden
1978) with costs of a new carrier and of a new plan (Klemperer 1987; Dubé, Hitsch and Rossi
2010). New and replaced lines choose freely. Utility is quasi-linear in the bill, so choice of
plan and choice of use maximise the same thing.

Choice probabilities are the same for all lines of a segment and state. They are worked out once
a month; then every cell moves by its expected flow, or every row draws for itself.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp, log, power
from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import BLOCK, LANE, MOST, VECTOR, fill, new_room, place, whole_vectors
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.market.segments import (
    BELOW_LTE,
    BELOW_LTE_CONTROL,
    CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
    Segments,
)
from sim.mechanisms.usage import (
    CAP,
    FEE_YUAN,
    GB,
    IS_DATA,
    NATIONAL_GB,
    OVER,
    PART_FREE,
    PART_SPONSORED,
    SHOCKED,
    TERMS,
    YUAN,
    Curve,
    Levels,
    Margin,
    Meter,
    metered,
    net_worth,
    terms_in_lanes,
    theta_of,
    worth_at,
    worth_of,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# What is no longer sold may be worth far more than all that is: who has it keeps it anyway.
_MOST = 500.0


class Tastes(NamedTuple):
    """What users weigh, and the month's qualities."""

    place: Floats  # (carriers, provinces) utils: service, peers, delay; without xi
    xi: Floats  # (carriers,) unobserved quality, utils
    lte_value: float  # utils, of data on 4G beside the use it brings
    voice_value: float  # utils, of a line without data
    voice_quality: float  # part of xi that a line without data enjoys
    switching: float  # gamma, utils
    plan_switching: float  # utils
    attention: float  # per month
    bill_shock: float  # added attention after an overage charge
    renewal: float  # share of lines that are new or replaced this month
    dissimilarity: float  # of nested logit; 1 is plain logit
    nest: Ints  # (carriers,) nest of each carrier
    control_fee: float  # yuan per month
    control: NDArray[np.bool_]  # (carriers,) offers the product
    control_reach: Floats  # (carriers,) chance a month that a user weighs the product


class Weights(NamedTuple):
    """What every offer is worth, as logit weights without xi.

    A level with control holds the values of an offer with it: they concern the own carrier alone.
    """

    e: Floats  # (segments, levels, offers) exp((V - top) / dissimilarity); 0 where unusable
    top: Floats  # (segments, levels) utils of the best offer sold


@inlined
def offer_value(
    g: int, level: int, o: int, segments: Segments, offers: Offers, margin: Margin, levels: Levels,
    tastes: Tastes, curve: Curve,
) -> float:  # fmt: skip
    """Return the utility of an offer to a segment and level, before xi and switching costs."""
    plans = offers.fee.shape[0] // offers.voice.shape[0]
    j, style, alpha = o // plans, int(segments.style[g]), segments.alpha[g]
    value = float(tastes.place[j, segments.province[g]] - alpha * offers.voice[j] / FEN_PER_YUAN)
    if o % plans == 0:
        return value + tastes.voice_value
    if level == NO_DEVICE:
        return -math.inf
    controlled = level >= BELOW_LTE_CONTROL
    worth = worth_of(
        theta_of(g, level, segments, levels), o, j, style, 1 if segments.knows[g] else 0,
        1.0 if controlled else levels.usable[style], offers, margin, levels, curve,
    )  # fmt: skip
    value += alpha * (worth - (tastes.control_fee if controlled else 0.0)) + offers.appeal[o]
    return float(value + (tastes.lte_value if level in (ON_LTE, ON_LTE_CONTROL) else 0.0))


# A segment's offers in lanes (`sim.core.lanes`), level by level, beside their terms.
LANES = 19
(
    USE_GIFT, USE_FREE, AT_FREE, USE_AWAY, AT_AWAY, USE_HOME, AT_HOME,  # use, as in `Meter`
    FREE_WORTH, AWAY_WORTH, HOME_WORTH, WORTH,
    THETA,  # GB at relative use 1
    USABLE,  # part of an allowance
    BESIDE,  # utils that data brings beside its use
    BARE,  # utils of a line without its use
    APPEAL,  # utils beside all that an offer is used for
    SOLD,  # 1, or 0 for what is only kept
    VALUE,  # utils
    TOP,  # utils of what is sold, the best of every eighth offer
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
def value_use(
    room: Floats, at: int, worth: int, stride: int, kinds: int, curve: Curve
) -> None:  # fmt: skip
    """Write what relative use in the lane `at` is worth into the lane `worth`, yuan a unit."""
    first = place(stride)
    for n in range((kinds - 1) * stride):
        room[worth + first + n] = worth_at(room[at + first + n], curve)


@kernel
def value_offers(
    room: Floats, terms: Floats, level: int, stride: int, alpha: float
) -> float:  # fmt: skip
    """Write the utility of each offer into the lane `VALUE`; return that of the best one sold.

    alpha : utils per yuan
    """
    begin, with_data = place(level * stride), level != NO_DEVICE
    for k in range(VECTOR):
        room[TOP + k] = -math.inf
    for first in range(0, stride, VECTOR):
        for k in range(VECTOR):
            o = first + k
            s = begin + o
            use = alpha * room[WORTH + s] + room[BESIDE + s] if with_data else -math.inf
            value = room[BARE + o] + (use if terms[IS_DATA + o] > 0.0 else 0.0)
            room[VALUE + s] = value
            room[TOP + k] = max(room[TOP + k], value if room[SOLD + o] > 0.0 else -math.inf)
    top = room[TOP]
    for k in range(VECTOR):
        top = max(top, room[TOP + k])
    return float(top)


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
            room[APPEAL + o], room[SOLD + o] = appeal[o], 1.0 if is_open[o] else 0.0
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
                fill(room, THETA, level * stride, stride, theta)
                fill(room, USABLE, level * stride, stride, 1.0 if controlled else usables[style])
                fill(room, BESIDE, level * stride, stride, beside)
            kind = 2 * style + (1 if hunters[g] else 0)
            weigh_offers(room, terms, kind, stride, kinds, roaming[style], curve)
            for level in range(kinds):
                tops[g, level] = value_offers(room, terms, level, stride, alpha)
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


@kernel
def quality_factors(xi: Floats, plans: int, tastes: Tastes) -> Floats:
    """Return what quality multiplies each offer's weight by: (offers,)."""
    out = np.empty(xi.shape[0] * plans)
    for o in range(out.shape[0]):
        part = tastes.voice_quality if o % plans == 0 else 1.0
        out[o] = exp(part * xi[o // plans] / tastes.dissimilarity)
    return out


@inlined
def cost_factor(cost: float, tastes: Tastes) -> float:
    """Return what a cost of switching, in utils, multiplies weights by."""
    return exp(-cost / tastes.dissimilarity)


@inlined
def cost_factors(tastes: Tastes) -> tuple[float, float, float]:
    """Return what costs of switching multiply by.

    The weight of another carrier's offer, the inclusive value of another nest, and the weight of
    another plan of the own carrier.
    """
    new_carrier = cost_factor(tastes.switching, tastes)
    return new_carrier, exp(-tastes.switching), cost_factor(tastes.plan_switching, tastes)


@inlined
def open_sums(
    e: Floats, factor: Floats, is_open: NDArray[np.bool_], carriers: int, out: Floats
) -> None:
    """Write each carrier's weight, summed over the offers that are sold, into `out`."""
    plans = e.shape[0] // carriers
    for j in range(carriers):
        total = 0.0
        for o in range(j * plans, (j + 1) * plans):
            total += e[o] * factor[o] if is_open[o] else 0.0
        out[j] = total


@inlined
def add_up_nests(a: Floats, nest: Ints, inside: Floats) -> None:
    """Write each nest's sum of the carriers' weights `a`; as many nests as carriers at most."""
    for k in range(a.shape[0]):
        inside[k] = 0.0
    for j in range(a.shape[0]):
        inside[nest[j]] += a[j]


@inlined
def raise_nests(
    a: Floats, nest: Ints, dissimilarity: float, inside: Floats, raised: Floats
) -> None:
    """Write each nest's sum of the carriers' weights `a`, and its power: (carriers,) each.

    Nested logit (McFadden 1978): nests compete by (sum of weights)^dissimilarity, carriers in a
    nest by their weights.
    """
    add_up_nests(a, nest, inside)
    for k in range(a.shape[0]):
        raised[k] = power(inside[k], dissimilarity) if inside[k] > 0.0 else 0.0


@inlined
def nest_odds(a: Floats, nest: Ints, inside: Floats, raised: Floats, out: Floats) -> float:
    """Write the chance of each carrier into `out`; return the inclusive value, a sum over nests."""
    total = 0.0
    for k in range(a.shape[0]):
        total += raised[k]
    for j in range(a.shape[0]):
        k = nest[j]
        out[j] = raised[k] / inside[k] * a[j] / total if a[j] > 0.0 else 0.0
    return total


@inlined
def carrier_odds(a: Floats, tastes: Tastes, out: Floats) -> float:
    """Write the chance of each carrier, by its weight `a`; return the inclusive value."""
    inside, raised = np.empty_like(a), np.empty_like(a)
    raise_nests(a, tastes.nest, tastes.dissimilarity, inside, raised)
    return nest_odds(a, tastes.nest, inside, raised, out)


class Setting(NamedTuple):
    """What lookers from one carrier have in common; all numbers, for inner loops."""

    near: float  # weight of the other carriers in the own carrier's nest
    far: float  # inclusive value of the other nests
    own: float  # weight of what the own carrier sells, at the cost of a new plan


@inlined
def setting_of(
    i: int, rivals: Floats, nest: Ints, raised: Floats, own: float, new_carrier: float,
    new_nest: float, new_plan: float,
) -> Setting:  # fmt: skip
    """Return the setting of lookers from carrier i.

    rivals : (carriers,) weights of what they sell; own : weight of what carrier i sells to its
    own users; the rest : as in `raise_nests` and `cost_factors`.
    """
    near, far = 0.0, 0.0
    for j in range(rivals.shape[0]):
        near += rivals[j] if nest[j] == nest[i] and j != i else 0.0
    for k in range(rivals.shape[0]):
        far += raised[k] if k != nest[i] else 0.0
    return Setting(new_carrier * near, new_nest * far, new_plan * own)


class Look(NamedTuple):
    """The chances of one who looks: they sum to one, but for those who keep the plan they have."""

    inclusive: float  # the sum over nests; its logarithm is the inclusive value
    near: float  # chance per unit of weight in the own nest
    away: float  # chance of all other nests together


@inlined
def look(anew: float, far: float, kept: float, saved: float, dissimilarity: float) -> Look:
    """Return what one who looks chooses, with one power a cell.

    anew : weight of all in the own carrier's nest that costs something; far : inclusive value of
    the other nests; kept : weight of the offer held, `saved` of it free of a cost. The same as
    `carrier_odds` on the weights that one who looks sees.
    """
    inside = anew + kept * saved
    raised = power(inside, dissimilarity)
    total = far + raised
    return Look(total, raised / (inside * total) if inside > 0.0 else 0.0, far / total)


@inlined
def leavers(
    i: int, rivals: Floats, nest: Ints, inside: Floats, raised: Floats, near: Floats, far: Floats
) -> None:
    """Write where leavers from carrier i go: (carriers,) shares within its nest, and beyond.

    Within the nest per unit of weight, beyond by the nests' powers; both for any offer held.
    """
    whole = 0.0
    for k in range(rivals.shape[0]):
        whole += raised[k] if k != nest[i] else 0.0
    for j in range(rivals.shape[0]):
        k = nest[j]
        near[j] = rivals[j] if k == nest[i] and j != i else 0.0
        goes = k != nest[i] and rivals[j] > 0.0
        far[j] = raised[k] * rivals[j] / (inside[k] * whole) if goes else 0.0


@inlined
def attention_of(attention: float, bill_shock: float, shocked: float) -> float:
    """Return the chance that a line of a cell looks; shocked : parts per million of it."""
    return min(1.0, attention + bill_shock * shocked / SHOCKED)


@inlined
def plain(level: int) -> int:
    """Return the level without control: what another carrier's newcomer has."""
    return level - CONTROL if level >= BELOW_LTE_CONTROL else level


@inlined
def adoption(with_it: float, without: float, reach: float, dissimilarity: float) -> float:
    """Return the chance that a line takes up control this month, from an offer's two weights.

    reach : chance that its user weighs the product (Bass: by themselves or by word of mouth).
    Who does decides by logit on the gain in utility, the fee included.
    """
    gain = log(with_it / without) * dissimilarity
    chance = reach / (1.0 + exp(-gain))
    return chance if without > 0.0 and with_it > 0.0 else 0.0


@inlined
def takes_up(g: int, level: int, o: int, plans: int, weights: Weights, tastes: Tastes) -> float:
    """Return the chance that a line of a segment and level on offer o takes up control."""
    j = o // plans
    if level not in (BELOW_LTE, ON_LTE) or o % plans == 0 or not tastes.control[j]:
        return 0.0
    return adoption(
        weights.e[g, level + CONTROL, o], weights.e[g, level, o], tastes.control_reach[j],
        tastes.dissimilarity,
    )  # fmt: skip

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

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
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
    SHOCKED,
    Curve,
    Levels,
    Margin,
    Terms,
    theta_of,
    worth_of,
    worth_under,
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


@parallel_kernel
def offer_weights(
    segments: Segments, offers: Offers, margin: Margin, levels: Levels, tastes: Tastes,
    curve: Curve, kinds: int,
) -> Weights:  # fmt: skip
    """Return the logit weight of every offer to every segment and level, before xi."""
    count, total = segments.theta.shape[0], offers.fee.shape[0]
    plans = total // offers.voice.shape[0]
    e, tops = np.zeros((count, kinds, total)), np.full((count, kinds), -math.inf)
    # Arrays by name: looked up in a tuple at every cell they would cost more than the worth.
    thetas, alphas, appeal, place = segments.theta, segments.alpha, offers.appeal, tastes.place
    cap, allowance, national = margin.cap, margin.allowance, margin.national
    over, over_worth, price, fee = margin.use, margin.worth, margin.price, margin.fee
    sponsored, zero_rated, roaming = levels.sponsored, offers.free_share, levels.roaming
    provinces, styles, hunters = segments.province, segments.style, segments.knows
    usables, voice, is_open = levels.usable, offers.voice, offers.open
    for g in prange(count):
        style, p, alpha = int(styles[g]), int(provinces[g]), alphas[g]
        knows = 1 if hunters[g] else 0
        for level in range(kinds):
            lte, controlled = level in (ON_LTE, ON_LTE_CONTROL), level >= BELOW_LTE_CONTROL
            theta = thetas[g] * levels.usage * (levels.lte_usage if lte else 1.0)
            usable = 1.0 if controlled else usables[style]
            beside = (tastes.lte_value if lte else 0.0) - (
                alpha * tastes.control_fee if controlled else 0.0
            )
            for o in range(total):
                j = o // plans
                value = place[j, p] - alpha * voice[j] / FEN_PER_YUAN
                if o % plans == 0:
                    value += tastes.voice_value
                elif level == NO_DEVICE:
                    value = -math.inf
                else:
                    terms = Terms(
                        sponsored[j, style], zero_rated[o, style], roaming[style], cap[o],
                        allowance[o] * usable, national[o] * usable, over[o, knows],
                        over_worth[o, knows], price[o, knows] / FEN_PER_YUAN, fee[o],
                    )  # fmt: skip
                    value += alpha * worth_under(theta, terms, curve) + appeal[o] + beside
                e[g, level, o] = value
                if is_open[o]:
                    tops[g, level] = max(tops[g, level], value)
        for level in range(BELOW_LTE_CONTROL, kinds):
            # One scale with and without control: users compare the two.
            top = max(tops[g, level], tops[g, level - CONTROL])
            tops[g, level], tops[g, level - CONTROL] = top, top
        for level in range(kinds):
            for o in range(total):
                gap = (e[g, level, o] - tops[g, level]) / tastes.dissimilarity
                e[g, level, o] = math.exp(min(gap, _MOST))
    return Weights(e, tops)


@kernel
def quality_factors(xi: Floats, plans: int, tastes: Tastes) -> Floats:
    """Return what quality multiplies each offer's weight by: (offers,)."""
    out = np.empty(xi.shape[0] * plans)
    for o in range(out.shape[0]):
        part = tastes.voice_quality if o % plans == 0 else 1.0
        out[o] = math.exp(part * xi[o // plans] / tastes.dissimilarity)
    return out


@inlined
def carrier_odds(a: Floats, tastes: Tastes, out: Floats) -> float:
    """Write the chance of each carrier for its weight `a` into `out`; return the inclusive value.

    Nested logit (McFadden 1978): nests compete by (sum of weights)^dissimilarity, carriers in a
    nest by their weights. The value returned is the sum over nests.
    """
    carriers = a.shape[0]
    total = 0.0
    if tastes.dissimilarity == 1.0:
        for j in range(carriers):
            total += a[j]
        for j in range(carriers):
            out[j] = a[j] / total
        return total
    for nest in range(carriers):
        inside = 0.0
        for j in range(carriers):
            inside += a[j] if tastes.nest[j] == nest else 0.0
        if inside <= 0.0:
            continue
        power = math.pow(inside, tastes.dissimilarity)
        total += power
        for j in range(carriers):
            if tastes.nest[j] == nest:
                out[j] = power / inside * a[j]
    for j in range(carriers):
        out[j] = out[j] / total if a[j] > 0.0 else 0.0
    return total


@inlined
def cost_factor(cost: float, tastes: Tastes) -> float:
    """Return what a cost of switching, in utils, multiplies weights by."""
    return math.exp(-cost / tastes.dissimilarity)


@inlined
def open_sums(
    e: Floats, factor: Floats, is_open: NDArray[np.bool_], carriers: int, out: Floats
) -> None:
    """Write each carrier's weight, summed over the offers that are sold, into `out`."""
    plans = e.shape[0] // carriers
    for j in range(carriers):
        total = 0.0
        for o in range(j * plans, (j + 1) * plans):
            if is_open[o]:
                total += e[o] * factor[o]
        out[j] = total


@inlined
def looker_weights(
    rivals: Floats, own: float, kept: float, is_open: bool, i: int, new_carrier: float,
    new_plan: float, out: Floats,
) -> None:  # fmt: skip
    """Write the carriers' weights to one who looks and is on an offer of carrier i.

    rivals : (carriers,) weights of what they sell; own : weight of what carrier i sells to its
    own users; kept : of the offer held; new_carrier, new_plan : the costs' factors. The offer
    held costs nothing.
    """
    for j in range(out.shape[0]):
        out[j] = new_carrier * rivals[j]
    out[i] = new_plan * own + kept * (1.0 - (new_plan if is_open else 0.0))


class Setting(NamedTuple):
    """What lookers from one carrier have in common; all numbers, for inner loops."""

    near: float  # weight of the other carriers in the own carrier's nest
    far: float  # inclusive value of the other nests
    own: float  # weight of what the own carrier sells, at the cost of a new plan


@inlined
def setting_of(
    i: int, rivals: Floats, own: float, new_carrier: float, new_plan: float, tastes: Tastes
) -> Setting:
    """Return the setting of lookers from carrier i; rivals, own : as in `looker_weights`."""
    near, far = 0.0, 0.0
    for nest in range(rivals.shape[0]):
        inside = 0.0
        for j in range(rivals.shape[0]):
            if tastes.nest[j] == nest and j != i:
                inside += new_carrier * rivals[j]
        if nest == tastes.nest[i]:
            near = inside
        elif inside > 0.0:
            far += math.pow(inside, tastes.dissimilarity)
    return Setting(near, far, new_plan * own)


class Look(NamedTuple):
    """The chances of one who looks: they sum to one, but for those who keep the plan they have."""

    inclusive: float  # the sum over nests; its logarithm is the inclusive value
    near: float  # chance per unit of weight in the own nest
    away: float  # chance of all other nests together


@inlined
def look(setting: Setting, kept: float, saved: float, dissimilarity: float) -> Look:
    """Return what one who looks chooses; kept : weight of the offer held, `saved` of it free.

    The same as `looker_weights` and `carrier_odds`, with one power a cell.
    """
    inside = setting.near + setting.own + kept * saved
    power = inside if dissimilarity == 1.0 else math.pow(inside, dissimilarity)
    total = setting.far + power
    return Look(total, power / (inside * total) if inside > 0.0 else 0.0, setting.far / total)


@inlined
def leavers(i: int, rivals: Floats, tastes: Tastes, near: Floats, far: Floats) -> None:
    """Write where leavers from carrier i go: (carriers,) shares within its nest, and beyond.

    Within the nest per unit of weight, beyond by the nests' powers; both for any offer held.
    """
    whole = 0.0
    for j in range(rivals.shape[0]):
        near[j] = rivals[j] if tastes.nest[j] == tastes.nest[i] and j != i else 0.0
        far[j] = 0.0
    for nest in range(rivals.shape[0]):
        inside = 0.0
        for j in range(rivals.shape[0]):
            inside += rivals[j] if tastes.nest[j] == nest else 0.0
        if nest == tastes.nest[i] or inside <= 0.0:
            continue
        power = math.pow(inside, tastes.dissimilarity)
        whole += power
        for j in range(rivals.shape[0]):
            if tastes.nest[j] == nest:
                far[j] = power * rivals[j] / inside
    for j in range(rivals.shape[0]):
        far[j] = far[j] / whole if whole > 0.0 else 0.0


@inlined
def attention_of(attention: float, bill_shock: float, shocked: int) -> float:
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
    if without <= 0.0 or with_it <= 0.0:
        return 0.0
    gain = math.log(with_it / without) * dissimilarity
    return reach / (1.0 + math.exp(-gain))


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

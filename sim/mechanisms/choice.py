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
from sim.core.kernels import inlined, kernel
from sim.core.units import FEN_PER_YUAN
from sim.core.vectors import Items, Vector, least, nothing, pick
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
from sim.mechanisms.usage import SHOCKED, Curve, Levels, Margin, theta_of, worth_of

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


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
def add_up_nests(a: Items, nest: Ints, inside: Items) -> None:
    """Write each nest's sum of the carriers' weights `a`; as many nests as carriers at most."""
    for k in range(nest.shape[0]):
        inside[k] = 0.0
    for j in range(nest.shape[0]):
        inside[nest[j]] += a[j]


@inlined
def raise_nests(a: Items, nest: Ints, dissimilarity: float, inside: Items, raised: Items) -> None:
    """Write each nest's sum of the carriers' weights `a`, and its power: (carriers,) each.

    Nested logit (McFadden 1978): nests compete by (sum of weights)^dissimilarity, carriers in a
    nest by their weights.
    """
    add_up_nests(a, nest, inside)
    for k in range(nest.shape[0]):
        raised[k] = pick(inside[k] > 0.0, power(inside[k], dissimilarity), 0.0)


@inlined
def nest_odds(a: Items, nest: Ints, inside: Items, raised: Items, out: Items) -> Vector:
    """Write the chance of each carrier into `out`; return the inclusive value, a sum over nests."""
    total = nothing(a[0])
    for k in range(nest.shape[0]):
        total += raised[k]
    for j in range(nest.shape[0]):
        k = nest[j]
        out[j] = pick(a[j] > 0.0, raised[k] / inside[k] * a[j] / total, 0.0)
    return total


@inlined
def carrier_odds(a: Floats, tastes: Tastes, out: Floats) -> float:
    """Write the chance of each carrier, by its weight `a`; return the inclusive value."""
    inside, raised = np.empty_like(a), np.empty_like(a)
    raise_nests(a, tastes.nest, tastes.dissimilarity, inside, raised)
    return nest_odds(a, tastes.nest, inside, raised, out)


class Setting(NamedTuple):
    """What lookers from one carrier have in common; all numbers, for inner loops."""

    near: Vector  # weight of the other carriers in the own carrier's nest
    far: Vector  # inclusive value of the other nests
    own: Vector  # weight of what the own carrier sells, at the cost of a new plan


@inlined
def setting_of(
    i: int, rivals: Items, nest: Ints, raised: Items, own: Vector, new_carrier: float,
    new_nest: float, new_plan: float,
) -> Setting:  # fmt: skip
    """Return the setting of lookers from carrier i.

    rivals : (carriers,) weights of what they sell; own : weight of what carrier i sells to its
    own users; the rest : as in `raise_nests` and `cost_factors`.
    """
    near, far = nothing(own), nothing(own)
    for j in range(nest.shape[0]):
        if nest[j] == nest[i] and j != i:
            near += rivals[j]
    for k in range(nest.shape[0]):
        if k != nest[i]:
            far += raised[k]
    return Setting(new_carrier * near, new_nest * far, new_plan * own)


class Look(NamedTuple):
    """The chances of one who looks: they sum to one, but for those who keep the plan they have."""

    inclusive: Vector  # the sum over nests; its logarithm is the inclusive value
    near: Vector  # chance per unit of weight in the own nest
    away: Vector  # chance of all other nests together


@inlined
def look(anew: Vector, far: Vector, kept: Vector, saved: float, dissimilarity: float) -> Look:
    """Return what one who looks chooses, with one power a cell.

    anew : weight of all in the own carrier's nest that costs something; far : inclusive value of
    the other nests; kept : weight of the offer held, `saved` of it free of a cost. The same as
    `carrier_odds` on the weights that one who looks sees.
    """
    inside = anew + kept * saved
    raised = power(inside, dissimilarity)
    total = far + raised
    return Look(
        total,
        pick(inside > 0.0, raised / (inside * total), 0.0),
        pick(total > 0.0, far / total, 0.0),  # nothing to choose from: who looks stays
    )


@inlined
def leavers(
    i: int, rivals: Items, nest: Ints, inside: Items, raised: Items, near: Items, far: Items
) -> None:
    """Write where leavers from carrier i go: (carriers,) shares within its nest, and beyond.

    Within the nest per unit of weight, beyond by the nests' powers; both for any offer held.
    """
    whole = nothing(rivals[0])
    for k in range(nest.shape[0]):
        if k != nest[i]:
            whole += raised[k]
    for j in range(nest.shape[0]):
        k, near[j], far[j] = nest[j], 0.0, 0.0
        if k != nest[i]:
            far[j] = pick(rivals[j] > 0.0, raised[k] * rivals[j] / (inside[k] * whole), 0.0)
        elif j != i:
            near[j] = rivals[j]


@inlined
def attention_of(attention: float, bill_shock: float, shocked: Vector) -> Vector:
    """Return the chance that a line of a cell looks; shocked : parts per million of it."""
    return least(1.0, attention + bill_shock * shocked / SHOCKED)


@inlined
def plain(level: int) -> int:
    """Return the level without control: what another carrier's newcomer has."""
    return level - CONTROL if level >= BELOW_LTE_CONTROL else level


@inlined
def adoption(with_it: Vector, without: Vector, reach: float, dissimilarity: float) -> Vector:
    """Return the chance that a line takes up control this month, from an offer's two weights.

    reach : chance that its user weighs the product (Bass: by themselves or by word of mouth).
    Who does decides by logit on the gain in utility, the fee included.
    """
    gain = log(with_it / without) * dissimilarity
    chance = reach / (1.0 + exp(-gain))
    return pick((without > 0.0) & (with_it > 0.0), chance, 0.0)


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

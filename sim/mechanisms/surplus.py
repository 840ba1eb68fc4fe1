"""What the market is worth to its users, in money."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import log
from sim.core.kernels import kernel, parallel_kernel, prange
from sim.core.lanes import LANE, MOST, fill, new_room, whole_vectors
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.market.segments import Segments
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    cost_factors,
    look,
    open_sums,
    plain,
    raise_nests,
    setting_of,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# The offers of a segment and level in lanes (`sim.core.lanes`).
LANES = 6
(
    KEPT,  # weight of the offer held
    SAVED,  # part of it that is free of a cost
    ANEW,  # weight of what costs something in the own carrier's nest
    FAR,  # inclusive value of the other nests
    SHOCKED,  # of a million lines
    UTILS,  # expected utility of a line
) = range(0, LANES * LANE, LANE)


@kernel
def value_states(
    room: Floats, offers: int, top: float, dissimilarity: float, attention: float,
    bill_shock: float,
) -> None:  # fmt: skip
    """Write the expected utility of a line on each offer; top : utils of the best offer sold."""
    for o in range(whole_vectors(offers)):
        kept = room[KEPT + o]
        chances = look(room[ANEW + o], room[FAR + o], kept, room[SAVED + o], dissimilarity)
        attentive, passive = log(chances.inclusive), log(kept) * dissimilarity
        looks = attention_of(attention, bill_shock, room[SHOCKED + o])
        room[UTILS + o] = top + looks * attentive + (1.0 - looks) * passive


@parallel_kernel
def consumer_surplus(
    first: int, step: int, lines: Ints, unit: int, shocked: Ints, home: Floats, segments: Segments,
    weights: Weights, offers: Offers, tastes: Tastes, factor: Floats,
) -> Ints:  # fmt: skip
    """Return the month's expected utility of a `step`-th of all segments, fen: (carriers,).

    By the carrier that users were with when the scenarios parted: by the present one, a carrier
    would gain surplus merely by gaining users. home : (segments, carriers, carriers) of a
    carrier's lines now, the part that each was home to.

    [lambda · logsum(attentive, with own switching costs) + (1 - lambda) · V(current)] / alpha
    (Small and Rosen 1981; Train 2015 for inattention); only changes of it mean anything.
    """
    count, kinds, total = lines.shape
    carriers = offers.voice.shape[0]
    plans = total // carriers
    new_carrier, new_nest, new_plan = cost_factors(tastes)
    out = np.zeros((count, carriers), dtype=np.int64)
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, top, is_open, alphas = weights.e, weights.top, offers.open, segments.alpha
    provinces, dissimilarity = segments.province, tastes.dissimilarity
    saved = np.where(is_open, 1.0 - new_plan, 1.0)
    if total > MOST:
        raise ValueError("more offers than a kernel has room for")
    attention, bill_shock, nest = tastes.attention, tastes.bill_shock, tastes.nest
    for g in prange(count):
        # A province apart, another month: every month meets every kind of segment.
        if (g + 5 * provinces[g]) % step != first:
            continue
        room = new_room(LANES, total)
        rivals, own, fen = np.empty(carriers), np.empty(carriers), np.zeros(carriers)
        inside, raised = np.empty(carriers), np.empty(carriers)
        for level in range(kinds):
            open_sums(e[g, plain(level)], factor, is_open, carriers, rivals)
            open_sums(e[g, level], factor, is_open, carriers, own)
            raise_nests(rivals, nest, dissimilarity, inside, raised)
            for i in range(carriers):
                at = setting_of(i, rivals, nest, raised, own[i], new_carrier, new_nest, new_plan)
                fill(room, ANEW, i * plans, plans, at.near + at.own)
                fill(room, FAR, i * plans, plans, at.far)
            for o in range(total):
                room[KEPT + o], room[SAVED + o] = e[g, level, o] * factor[o], saved[o]
                room[SHOCKED + o] = shocked[g, level, o]
            value_states(room, total, top[g, level], dissimilarity, attention, bill_shock)
            for o in range(total):
                if lines[g, level, o] > 0:
                    worth = room[UTILS + o] / alphas[g] * FEN_PER_YUAN
                    fen[o // plans] += lines[g, level, o] / unit * worth
        for i in range(carriers):
            for h in range(carriers):
                out[g, h] += math.floor(fen[i] * home[g, i, h] + 0.5)
    return out.sum(axis=0)

"""What the market is worth to its users, in money."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import parallel_kernel, prange
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.market.segments import Segments
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    carrier_odds,
    cost_factor,
    looker_weights,
    open_sums,
    plain,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


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
    new_carrier = cost_factor(tastes.switching, tastes)
    new_plan = cost_factor(tastes.plan_switching, tastes)
    out = np.zeros((count, carriers), dtype=np.int64)
    for g in prange(count):
        # A province apart, another month: every month meets every kind of segment.
        if (g + 5 * segments.province[g]) % step != first:
            continue
        rivals, own = np.empty(carriers), np.empty(carriers)
        a, odds, fen = np.empty(carriers), np.empty(carriers), np.zeros(carriers)
        for level in range(kinds):
            open_sums(weights.e[g, plain(level)], factor, offers.open, carriers, rivals)
            open_sums(weights.e[g, level], factor, offers.open, carriers, own)
            for o in range(total):
                if lines[g, level, o] == 0:
                    continue
                i = o // plans
                kept = weights.e[g, level, o] * factor[o]
                looker_weights(rivals, own[i], kept, offers.open[o], i, new_carrier, new_plan, a)
                attentive = math.log(carrier_odds(a, tastes, odds))
                passive = math.log(kept) * tastes.dissimilarity
                look = attention_of(tastes, shocked[g, level, o])
                utils = weights.top[g, level] + look * attentive + (1.0 - look) * passive
                money = utils / segments.alpha[g] * FEN_PER_YUAN
                fen[i] += lines[g, level, o] / unit * money
        for i in range(carriers):
            for h in range(carriers):
                out[g, h] += math.floor(fen[i] * home[g, i, h] + 0.5)
    return out.sum(axis=0)

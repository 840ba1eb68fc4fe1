"""What the market is worth to its users, in money."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import log
from sim.core.kernels import kernel, parallel_kernel, prange
from sim.core.lanes import VECTOR
from sim.core.units import FEN_PER_YUAN
from sim.core.vectors import lane, nothing, pick, vectors
from sim.market.offers import Offers
from sim.market.segments import Segments
from sim.mechanisms.choice import Tastes, Weights, attention_of, cost_factors, look
from sim.mechanisms.scenes import (
    HELD,
    SCENE,
    SHOCKED,
    WORTH,
    Habits,
    enter,
    leave_from,
    menu_in,
    room_for,
    scene_in,
    weigh_offers,
    write_menu,
)
from sim.mechanisms.states import Shape, first_of, load_some, nobody, plans_at, shape_of

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# After the lanes of a scene
LANES = SCENE + 3
(
    TOP,  # by level: utils of the best offer sold
    ALPHA,  # utils per yuan
    FEN,  # by carrier: what lines are worth
) = range(SCENE, LANES)


@kernel
def value_eight(room: Floats, shape: Shape, nest: Ints, habits: Habits, unit: int) -> None:
    """Write what the lines of eight segments are worth, by carrier."""
    size, carriers = room_for(shape), shape.carriers
    scene, menu = scene_in(room, 0, size), menu_in(room, size)
    top, alpha, fen = lane(room, TOP * size), lane(room, ALPHA * size), lane(room, FEN * size)
    weigh_offers(scene, menu, shape)
    for j in range(carriers):
        fen[j] = nothing(alpha[0])
    for level in range(shape.kinds):
        enter(scene, level, nest, habits)
        for i in range(carriers):
            at = leave_from(scene, level, i, nest, habits)
            first = first_of(level, i, shape)
            for s in range(first, first + plans_at(level, shape)):
                kept, saved = scene.kept[s], 1.0 - menu.again[s]
                chances = look(at.near + at.own, at.far, kept, saved, habits.dissimilarity)
                attentive, passive = log(chances.inclusive), log(kept) * habits.dissimilarity
                looks = attention_of(habits.attention, habits.bill_shock, scene.shocked[s])
                utils = top[level] + looks * attentive + (1.0 - looks) * passive
                worth = scene.held[s] / unit * (utils / alpha[0] * FEN_PER_YUAN)
                fen[i] += pick(scene.held[s] > 0.0, worth, 0.0)


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
    # A province apart, another month: every month meets every kind of segment.
    met = np.nonzero((np.arange(count) + 5 * segments.province) % step == first)[0]
    out = np.zeros((count, carriers), dtype=np.int64)
    costs = cost_factors(tastes)
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, tops, is_open, alphas = weights.e, weights.top, offers.open, segments.alpha
    renewal, dissimilarity, nest = tastes.renewal, tastes.dissimilarity, tastes.nest
    attention, bill_shock = tastes.attention, tastes.bill_shock
    for eight in prange((met.shape[0] + VECTOR - 1) // VECTOR):
        shape = shape_of(kinds, carriers, total)
        size = room_for(shape)
        habits = Habits(*costs, renewal, dissimilarity, attention, bill_shock)
        room, begin = vectors(LANES * size), eight * VECTOR
        write_menu(room, shape, factor, is_open, habits.new_plan)
        load_some(room, HELD * size, lines, met, begin, shape)
        load_some(room, SHOCKED * size, shocked, met, begin, shape)
        load_some(room, WORTH * size, e, met, begin, shape)
        nobody(room, HELD * size, begin, met.shape[0], shape)
        for v in range(VECTOR):
            g = met[min(begin + v, met.shape[0] - 1)]
            room[ALPHA * size * VECTOR + v] = alphas[g]
            for level in range(kinds):
                room[(TOP * size + level) * VECTOR + v] = tops[g, level]
        value_eight(room, shape, nest, habits, unit)
        for v in range(min(VECTOR, met.shape[0] - begin)):
            g = met[begin + v]
            for i in range(carriers):
                fen = room[(FEN * size + i) * VECTOR + v]
                for h in range(carriers):
                    out[g, h] += math.floor(fen * home[g, i, h] + 0.5)
    return out.sum(axis=0)

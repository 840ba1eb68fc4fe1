"""What the lines of a segment meet when they look: weights by state, nests, where leavers go.

What expected flows and the inversion of shares have in common. All is in lanes (`sim.core.lanes`);
how states lie in one is in `sim.mechanisms.states`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import power
from sim.core.kernels import inlined, kernel
from sim.core.lanes import LANE, fill_vectors, place, whole_vectors
from sim.market.segments import NO_DEVICE
from sim.mechanisms.choice import add_up_nests, leavers, nest_odds, plain, setting_of
from sim.mechanisms.states import Shape, first_of, plans_at, states_of

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

SCENE = 21  # lanes
(
    # The same for all segments
    SOLD,  # 1 where the offer is sold, 0 where who has it may keep it
    FACTOR,  # what quality multiplies the offer's weight by
    AGAIN,  # part of the weight of the offer held that is left when it is weighed anew
    LTE,  # chance of 4G
    REACH,  # chance that a user weighs the product that controls traffic
    # By state
    HELD,  # lines; then as the month goes on
    SHOCKED,  # parts of a million of lines
    WORTH,  # weight of the offer held, before quality
    KEPT,  # weight of the offer held
    ANEW,  # weight of what costs something in the own carrier's nest
    FAR,  # inclusive value of the other nests
    LOOKS,  # lines that look
    NEAR,  # of them, per unit of weight, what chooses in the own nest
    AWAY,  # of them: leave the nest
    # By level and carrier
    ON_SALE,  # weight of what the carrier sells
    OWN,  # the same at the cost of a new plan
    INSIDE,  # by level and nest: the weight of what is sold to newcomers
    RAISED,  # and its power
    FREE,  # odds of one who chooses freely
    # By level, carrier and carrier
    WITHIN,  # where leavers go within the nest, per unit of weight
    BEYOND,  # and beyond it
) = range(0, SCENE * LANE, LANE)


class Columns(NamedTuple):
    """Room for a level's numbers by carrier or nest: (carriers,) each."""

    rivals: Floats
    inside: Floats
    raised: Floats
    free: Floats
    within: Floats
    beyond: Floats


@inlined
def columns(carriers: int) -> Columns:
    """Return room for a level's numbers."""
    return Columns(
        np.empty(carriers), np.empty(carriers), np.empty(carriers), np.empty(carriers),
        np.empty(carriers), np.empty(carriers),
    )  # fmt: skip


@inlined
def room_for(shape: Shape) -> int:
    """Return how much of a lane is needed: by states, or by level, carrier and carrier."""
    return max(states_of(shape), shape.kinds * shape.carriers * shape.carriers)


@inlined
def write_menu(
    room: Floats, shape: Shape, factor: Floats, is_open: NDArray[np.bool_], new_plan: float,
    lte: Floats, reach: Floats,
) -> None:  # fmt: skip
    """Write what is the same for all segments: of offers, and of carriers (`lte`, `reach`)."""
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            for k in range(plans_at(level, shape)):
                s, o = first_of(level, j, shape) + k, j * shape.plans + k
                room[FACTOR + s], room[LTE + s] = factor[o], lte[j]
                room[REACH + s] = reach[j] if k > 0 else 0.0
                room[SOLD + s] = 1.0 if is_open[o] else 0.0
                room[AGAIN + s] = new_plan if is_open[o] else 0.0


@inlined
def weigh_held(room: Floats, begin: int, count: int) -> None:
    """Write the weight of the offer held in each state."""
    for k in range(count):
        s = place(begin) + k
        room[KEPT + s] = room[WORTH + s] * room[FACTOR + s]


@inlined
def add_up_offers(room: Floats, shape: Shape, nest: Ints, by_carrier: Columns) -> None:
    """Write the weight of what each carrier and each nest sells at each level."""
    rivals, inside = by_carrier.rivals, by_carrier.inside
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            begin, weight = first_of(level, j, shape), 0.0
            for s in range(begin, begin + plans_at(level, shape)):
                weight += room[KEPT + s] * room[SOLD + s]
            room[ON_SALE + level * shape.carriers + j] = weight
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            rivals[j] = room[ON_SALE + plain(level) * shape.carriers + j]
        add_up_nests(rivals, nest, inside)
        for k in range(shape.carriers):
            room[INSIDE + level * shape.carriers + k] = inside[k]


@kernel
def raise_all(room: Floats, nests: int, dissimilarity: float) -> None:
    """Raise the weights of all nests at all levels to the power in which nests compete."""
    for k in range(whole_vectors(nests)):
        inside = room[INSIDE + k]
        room[RAISED + k] = power(inside, dissimilarity) if inside > 0.0 else 0.0


@inlined
def set_level(
    room: Floats, level: int, shape: Shape, nest: Ints, costs: tuple[float, float, float],
    by_carrier: Columns,
) -> None:  # fmt: skip
    """Write what all lines of a carrier have in common at a level; costs : as of `cost_factors`."""
    carriers = shape.carriers
    new_carrier, new_nest, new_plan = costs
    rivals, inside, raised, free, within, beyond = by_carrier
    for j in range(carriers):
        at = level * carriers + j
        rivals[j] = room[ON_SALE + plain(level) * carriers + j]
        inside[j], raised[j] = room[INSIDE + at], room[RAISED + at]
    nest_odds(rivals, nest, inside, raised, free)
    for i in range(carriers):
        at = level * carriers + i
        own = room[ON_SALE + at]
        put = setting_of(i, rivals, nest, raised, own, new_carrier, new_nest, new_plan)
        leavers(i, rivals, nest, inside, raised, within, beyond)
        room[FREE + at] = free[i]
        for j in range(carriers):
            room[WITHIN + at * carriers + j] = within[j]
            room[BEYOND + at * carriers + j] = beyond[j]
        s, n = first_of(level, i, shape), plans_at(level, shape)
        room[OWN + at] = put.own
        fill_vectors(room, ANEW, s, n, put.near + put.own)
        fill_vectors(room, FAR, s, n, put.far)


@inlined
def set_scenes(
    room: Floats, shape: Shape, nest: Ints, costs: tuple[float, float, float],
    dissimilarity: float, by_carrier: Columns,
) -> None:  # fmt: skip
    """Write what the lines of a segment have in common, from what offers are worth to them."""
    begin = first_of(NO_DEVICE, 0, shape)
    weigh_held(room, begin, states_of(shape) - begin)
    add_up_offers(room, shape, nest, by_carrier)
    raise_all(room, shape.kinds * shape.carriers, dissimilarity)
    for level in range(shape.kinds):
        set_level(room, level, shape, nest, costs, by_carrier)

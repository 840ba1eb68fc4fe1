"""How the states of lines lie in lanes of vectors (`sim.core.vectors`), eight segments at a time.

Each level has its offers. Without a device there is but the line without data: the states of that
level are the carriers.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.core.lanes import VECTOR
from sim.core.vectors import lane_to_rows, rows_to_lane
from sim.market.segments import BELOW_LTE, NO_DEVICE

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Shape(NamedTuple):
    """How states lie in a lane."""

    kinds: int  # levels
    carriers: int
    plans: int  # of a carrier


@inlined
def shape_of(kinds: int, carriers: int, offers: int) -> Shape:
    """Return how the states of levels and offers lie in a lane."""
    return Shape(kinds, carriers, offers // carriers)


@inlined
def states_of(shape: Shape) -> int:
    """Return how many states there are."""
    return first_of(shape.kinds, 0, shape)


@inlined
def first_of(level: int, j: int, shape: Shape) -> int:
    """Return carrier j's first state at a level."""
    before = shape.carriers + (level - BELOW_LTE) * shape.carriers * shape.plans
    return j if level == NO_DEVICE else before + j * shape.plans


@inlined
def plans_at(level: int, shape: Shape) -> int:
    """Return how many states of a carrier there are at a level."""
    return 1 if level == NO_DEVICE else shape.plans


@kernel
def load(room: Floats, lane: int, values: NDArray[np.generic], begin: int, shape: Shape) -> None:
    """Write eight segments' values, (segments, levels, offers), into a lane.

    Where there are fewer, the last one stands for those that are missing.
    """
    count, kinds, offers = values.shape
    for j in range(shape.carriers):
        for v in range(VECTOR):
            g = min(begin + v, count - 1)
            room[(lane + j) * VECTOR + v] = values[g, NO_DEVICE, j * shape.plans]
    for level in range(BELOW_LTE, kinds):
        first = lane + first_of(level, 0, shape)
        if offers < VECTOR:
            for o in range(offers):
                for v in range(VECTOR):
                    room[(first + o) * VECTOR + v] = values[min(begin + v, count - 1), level, o]
            continue
        at, step = (begin * kinds + level) * offers, kinds * offers
        for some in range(0, offers, VECTOR):
            o = min(some, offers - VECTOR)
            rows_to_lane(room, first + o, values, at + o, step, count - begin)


@kernel
def load_some(
    room: Floats, lane: int, values: NDArray[np.generic], which: Ints, begin: int, shape: Shape
) -> None:
    """Do the same for segments that need not follow each other: `which` from `begin` on."""
    last, offers = which.shape[0] - 1, shape.carriers * shape.plans
    for v in range(VECTOR):
        g = which[min(begin + v, last)]
        for j in range(shape.carriers):
            room[(lane + j) * VECTOR + v] = values[g, NO_DEVICE, j * shape.plans]
        for level in range(BELOW_LTE, shape.kinds):
            first = lane + first_of(level, 0, shape)
            for o in range(offers):
                room[(first + o) * VECTOR + v] = values[g, level, o]


@kernel
def store(room: Floats, lane: int, values: Ints, begin: int, shape: Shape) -> None:
    """Write whole numbers from a lane into eight segments' values, (segments, levels, offers)."""
    count, kinds, offers = values.shape
    there = min(VECTOR, count - begin)
    for v in range(there):
        for o in range(offers):
            values[begin + v, NO_DEVICE, o] = 0
        for j in range(shape.carriers):
            values[begin + v, NO_DEVICE, j * shape.plans] = int(room[(lane + j) * VECTOR + v])
    for level in range(BELOW_LTE, kinds):
        first = lane + first_of(level, 0, shape)
        if offers < VECTOR or there < VECTOR:
            for v in range(there):
                for o in range(offers):
                    values[begin + v, level, o] = int(room[(first + o) * VECTOR + v])
            continue
        at, step = (begin * kinds + level) * offers, kinds * offers
        for some in range(0, offers, VECTOR):
            o = min(some, offers - VECTOR)
            lane_to_rows(room, first + o, values, at + o, step)


@kernel
def nobody(room: Floats, lane: int, begin: int, count: int, shape: Shape) -> None:
    """Take the lines of segments that are missing: of eight from `begin` on, `count` are there."""
    for v in range(max(count - begin, 0), VECTOR):
        for s in range(states_of(shape)):
            room[(lane + s) * VECTOR + v] = 0.0

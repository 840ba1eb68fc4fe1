"""How the states of a segment's lines lie in a lane of numbers (`sim.core.lanes`).

Each level has its offers, and room for whole vectors. Without a device there is but the line
without data: the states of that level are the carriers, and stand right before the next level.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined
from sim.core.lanes import place, whole_vectors
from sim.market.segments import BELOW_LTE, NO_DEVICE

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

CARRIERS = 8  # at most


class Shape(NamedTuple):
    """How states lie in a lane."""

    kinds: int  # levels
    carriers: int
    plans: int  # of a carrier
    stride: int  # from a level to the next


@inlined
def shape_of(kinds: int, carriers: int, offers: int) -> Shape:
    """Return how the states of levels and offers lie in a lane."""
    return Shape(kinds, carriers, offers // carriers, whole_vectors(offers))


@inlined
def states_of(shape: Shape) -> int:
    """Return where the states of the last level end."""
    return shape.kinds * shape.stride


@inlined
def first_of(level: int, j: int, shape: Shape) -> int:
    """Return carrier j's first state at a level."""
    if level == NO_DEVICE:
        return place(shape.stride - CARRIERS + j)
    return place(level * shape.stride + j * shape.plans)


@inlined
def plans_at(level: int, shape: Shape) -> int:
    """Return how many states of a carrier there are at a level."""
    return 1 if level == NO_DEVICE else shape.plans


@inlined
def load(room: Floats, lane: int, values: NDArray[np.generic], g: int, shape: Shape) -> None:
    """Write a segment's values, (segments, levels, offers), into a lane."""
    for j in range(shape.carriers):
        room[lane + first_of(NO_DEVICE, j, shape)] = values[g, NO_DEVICE, j * shape.plans]
    for level in range(BELOW_LTE, shape.kinds):
        begin = first_of(level, 0, shape)
        for o in range(shape.carriers * shape.plans):
            room[lane + begin + o] = values[g, level, o]


@inlined
def store(room: Floats, lane: int, values: Ints, g: int, shape: Shape) -> None:
    """Write whole numbers from a lane into a segment's values, (segments, levels, offers)."""
    for o in range(shape.carriers * shape.plans):
        values[g, NO_DEVICE, o] = 0
    for j in range(shape.carriers):
        values[g, NO_DEVICE, j * shape.plans] = int(room[lane + first_of(NO_DEVICE, j, shape)])
    for level in range(BELOW_LTE, shape.kinds):
        begin = first_of(level, 0, shape)
        for o in range(shape.carriers * shape.plans):
            values[g, level, o] = int(room[lane + begin + o])

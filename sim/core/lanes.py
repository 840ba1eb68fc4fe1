"""Rooms with lanes: numbers of many alike things, laid out so that several are worked on at a time.

A kernel that gives each quantity an array of its own leaves it to the compiler to show that the
arrays do not overlap, which it often cannot. Here all are lanes of one block of memory, each at a
constant place, so that loops over a lane become vector code.
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined

MOST = 256  # things in a lane, at most
LANE = MOST + 8  # a cache line more, or all lanes would fall on the same lines of the cache
MOST_LINES = 2**53  # whole numbers that floats hold one by one
BLOCK = 64  # rows of a table that use one room in turn
VECTOR = 8  # numbers that are worked on at a time, or a multiple of that


@inlined
def whole_vectors(count: int) -> int:
    """Return a count rounded up, so that nothing is left to do singly; the rest is not read."""
    return (count + VECTOR - 1) // VECTOR * VECTOR


@inlined
def new_room(lanes: int, count: int) -> NDArray[np.float64]:
    """Return lanes of zeros for numbers of `count` things.

    The rest of a lane is not touched, for to fill it would take as long as the work.
    """
    room = np.empty(lanes * LANE)
    for lane in range(lanes):
        for n in range(whole_vectors(count)):
            room[lane * LANE + n] = 0.0
    return room


@inlined
def place(at: int) -> int:
    """Return a place in a lane as it is.

    The compiler must know that it is one: it would else look whether it counts from the end, number
    by number.
    """
    return min(max(at, 0), MOST)

"""Vectors: a number of each of eight alike things, such as segments, worked on as one.

What a kernel does to one segment it does to all. Written with vectors it does it to eight at a
time, in the same order for each, so with the same bits, and the compiler need not find out whether
it may. A vector adds, multiplies and compares like a number; `pick` stands for a choice by
condition, for all eight go the same way through the code. A function of numbers serves both.

Vectors stand in lanes: a room is a block of memory, a lane begins at some vector of it.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import config
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numpy.typing import NDArray

from sim.core import vector_code as code
from sim.core.kernels import inlined
from sim.core.lanes import VECTOR

type Vector = float  # in the eyes of a reader; where it is compiled, of eight things
type Truth = bool  # the same


class _Eight(np.ndarray):
    """A vector where nothing is compiled: `x += y` makes another, as it does of a number."""

    def __iadd__(self, other: Any) -> Any:  # type: ignore[misc]
        return self + other

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]
        return self - other

    def __imul__(self, other: Any) -> Any:  # type: ignore[misc]
        return self * other

    def __itruediv__(self, other: Any) -> Any:  # type: ignore[misc]
        return self / other


def _plain(value: Any) -> Any:
    """Return an array as a vector, a number as it is."""
    return value.view(_Eight) if np.ndim(value) else value[()]


class Lane:
    """Vectors one after the other, `lane[i]`; here where nothing is compiled."""

    def __init__(self, vectors: NDArray[np.float64]) -> None:
        self._vectors = vectors

    def __getitem__(self, i: int) -> Vector:
        return cast(Vector, _plain(self._vectors[i].copy()))

    def __setitem__(self, i: int, vector: Vector) -> None:
        self._vectors[i] = vector


type Items = NDArray[np.float64] | Lane  # numbers one after the other, of one thing or of eight


def _lane_plainly(room: NDArray[np.float64], first: int) -> Lane:
    return Lane(room[first * VECTOR : room.size // VECTOR * VECTOR].reshape(-1, VECTOR))


def _row_plainly(room: NDArray[np.float64], first: int) -> NDArray[np.float64]:
    return room[first * VECTOR :]


_PLAIN = bool(config.DISABLE_JIT)  # type: ignore[attr-defined]


def _compiled(function: Any, plainly: Any) -> Any:
    return plainly if _PLAIN else intrinsic(function)


# A lane of a room, from its `first` vector on. The room comes from `vectors`, and must be an
# argument of the function that calls: nobody else keeps it while its lanes are in use.
lane: Callable[[NDArray[np.float64], int], Lane] = _compiled(
    code.beginning(code.LANE), _lane_plainly
)
# The same of single numbers, where all eight things have the same.
row: Callable[[NDArray[np.float64], int], NDArray[np.float64]] = _compiled(
    code.beginning(code.ROW), _row_plainly
)


type _Begins[Record] = Callable[[NDArray[np.float64], int, int], Record]


def lanes_of[Record](record: type[Record]) -> _Begins[Record]:
    """Return what makes a named tuple of lanes, `(room, first, size)`: of `size` vectors each.

    For the room the same holds as in `lane`.
    """
    return cast(_Begins[Record], _begins(record, code.LANE, _lane_plainly))


def rows_of[Record](record: type[Record]) -> _Begins[Record]:
    """Return what makes the same of single numbers, as in `row`."""
    return cast(_Begins[Record], _begins(record, code.ROW, _row_plainly))


def _begins(record: Any, kind: Any, plainly: Any) -> Any:
    def begin(room: NDArray[np.float64], first: int, size: int) -> Any:
        return record(*(plainly(room, first + k * size) for k in range(len(record._fields))))

    return _compiled(code.several(record, kind), begin)


def _flat(values: NDArray[Any]) -> NDArray[Any]:
    if not values.flags.c_contiguous:
        raise TypingError(code.OTHER_ORDER)
    return values.reshape(-1)


def _rows_to_lane_plainly(
    room: NDArray[np.float64], first: int, values: NDArray[Any], at: int, step: int, count: int
) -> None:
    flat = _flat(values)
    for v in range(VECTOR):
        for k in range(VECTOR):
            room[(first + k) * VECTOR + v] = flat[at + step * min(v, count - 1) + k]


def _lane_to_rows_plainly(
    room: NDArray[np.float64], first: int, values: NDArray[Any], at: int, step: int
) -> None:
    flat = _flat(values)
    for v in range(VECTOR):
        for k in range(VECTOR):
            flat[at + step * v + k] = room[(first + k) * VECTOR + v]


# Eight rows of eight numbers, `step` apart in an array in the order of C, from number `at` on, into
# eight vectors, one of each column; of `count` rows that are there the last stands for the rest.
rows_to_lane: Callable[[NDArray[np.float64], int, NDArray[Any], int, int, int], None] = _compiled(
    code.rows_to_lane, _rows_to_lane_plainly
)
# Eight vectors back into eight rows; whole numbers are written as such.
lane_to_rows: Callable[[NDArray[np.float64], int, NDArray[Any], int, int], None] = _compiled(
    code.lane_to_rows, _lane_to_rows_plainly
)
# The whole number at or below each.
floor: Callable[[Vector], Vector] = _compiled(code.whole_below, np.floor)
# One of two, by condition; both are worked out.
pick: Callable[[Truth, Vector, Vector], Vector] = _compiled(
    code.either,
    lambda truth, yes, no: _plain(np.where(truth, yes, no)),
)
# 0 of the kind of a number: of one thing, or of eight.
nothing: Callable[[Vector], Vector] = _compiled(code.nothing, lambda x: _plain(np.zeros_like(x)))
# A vector of one number.
spread: Callable[[float], Vector] = _compiled(code.repeat, lambda x: _plain(np.full(VECTOR, x)))


@inlined
def least(x: Vector, y: Vector) -> Vector:
    """Return the lesser of two."""
    return pick(y < x, y, x)


@inlined
def most(x: Vector, y: Vector) -> Vector:
    """Return the greater of two."""
    return pick(y > x, y, x)


@inlined
def vectors(count: int) -> NDArray[np.float64]:
    """Return a room for `count` vectors, each in one line of the cache; numbers are arbitrary."""
    room = np.empty((count + 1) * VECTOR)
    begin = -room.ctypes.data % code.CACHE_LINE // room.itemsize
    return room[begin : begin + count * VECTOR]

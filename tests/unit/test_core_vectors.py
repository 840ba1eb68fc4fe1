"""Vectors: eight things at once, each as if it were alone."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numba.core.errors import TypingError
from numpy.typing import NDArray

from sim.core.elementary import exp, log, power
from sim.core.kernels import kernel
from sim.core.lanes import VECTOR
from sim.core.vectors import (
    Lane,
    floor,
    lane,
    lane_to_rows,
    lanes_of,
    least,
    most,
    nothing,
    pick,
    row,
    rows_of,
    rows_to_lane,
    spread,
    vectors,
)
from sim.mechanisms.inversion import expected_shares
from tests.theory.small_market import line_market

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

NUMBERS = np.linspace(-3.0, 3.1, 4 * VECTOR).reshape(VECTOR, 4).T.copy()


def worked_out(x: float, y: float) -> list[float]:
    """Return what can be done with two numbers, one after the other."""
    return [
        x + y, x - y, x * y, x / y, -x, x + 2.0, 2.0 - x, x / 3, min(x, y), max(x, y), np.floor(x),
        x if x > y else -y, 1.0 if x <= y < 1.0 else 7.0, exp(x), log(y * y), power(x * x, 0.7),
        np.nan if x == y else 0.0,
    ]  # fmt: skip


RESULTS = len(worked_out(1.0, 2.0))


@kernel
def work_out(room: Floats, x: int, y: int, first: int) -> None:
    """Write the same of eight pairs of numbers."""
    numbers, out = lane(room, 0), lane(room, first)
    a, b = numbers[x], numbers[y]
    out[0], out[1], out[2], out[3], out[4] = a + b, a - b, a * b, a / b, -a
    out[5], out[6], out[7] = a + 2.0, 2.0 - a, a / 3
    out[8], out[9], out[10] = least(a, b), most(a, b), floor(a)
    out[11], out[12] = pick(a > b, a, -b), pick((a <= b) & (b < 1.0), 1.0, 7.0)
    out[13], out[14], out[15] = exp(a), log(b * b), power(a * a, 0.7)
    out[16] = pick(a == b, np.nan, nothing(a))


def pairs() -> Floats:
    """Return what is worked out of every two of the numbers: (pairs, RESULTS, VECTOR)."""
    room, found = vectors(len(NUMBERS) + RESULTS), []
    room[: NUMBERS.size] = NUMBERS.ravel()
    for x in range(len(NUMBERS)):
        for y in range(len(NUMBERS)):
            work_out(room, x, y, len(NUMBERS))
            found.append(room[NUMBERS.size :].reshape(RESULTS, VECTOR).copy())
    return np.array(found)


def month() -> bytes:
    """Return what users weigh, where they go and what it is worth to them, in bytes."""
    market = line_market((0.0, 0.5), (40.0, 60.0), attention=0.3, renewal=0.1, lines=10_007)
    shares = expected_shares(market.crowd(), market.tastes.xi)
    found = [market.weights().e, market.surplus(), *shares, *market.flow(), market.rollover]
    return b"".join(each.tobytes() for each in found)


def test_each_of_eight_has_the_bits_that_it_has_alone() -> None:
    alone = [
        np.transpose([worked_out(*both) for both in zip(x, y, strict=True)])
        for x in NUMBERS
        for y in NUMBERS
    ]

    assert np.array_equal(pairs(), np.array(alone), equal_nan=True)


@pytest.mark.parametrize(
    "setting",
    [
        {"NUMBA_DISABLE_JIT": "1"},
        {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
    ],
)  # fmt: skip
def test_bits_are_the_same_on_another_processor_and_uncompiled(
    setting: dict[str, str], root: Path, tmp_path: Path
) -> None:
    code = (
        "from tests.unit.test_core_vectors import month, pairs\n"
        "print(pairs().tobytes().hex(), month().hex())"
    )
    environment = os.environ | setting | {"XDG_CACHE_HOME": str(tmp_path)}
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert out.stdout.split() == [pairs().tobytes().hex(), month().hex()]


@kernel
def add_up(room: Floats, count: int) -> None:
    """Add vectors up, and weigh each by a number that all eight share."""
    numbers, weights, out = lane(room, 0), row(room, count), lane(room, count + 1)
    total = spread(0.5)
    for i in range(count):
        total += numbers[i] * weights[i]
    out[0] = total
    numbers[0] -= 1.0
    weights[0] = 9.0


def test_a_row_has_one_number_for_all_eight() -> None:
    room = vectors(len(NUMBERS) + 2)
    room[: NUMBERS.size] = NUMBERS.ravel()
    room[NUMBERS.size :] = np.arange(2 * VECTOR)
    add_up(room, len(NUMBERS))

    total = np.full(VECTOR, 0.5)
    for i, numbers in enumerate(NUMBERS):
        total += numbers * i
    assert np.array_equal(room[-VECTOR:], total)
    assert np.array_equal(room[:VECTOR], NUMBERS[0] - 1.0)
    assert room[NUMBERS.size : NUMBERS.size + 2].tolist() == [9.0, 1.0]


class Books(NamedTuple):
    """Lanes, or rows, of a room."""

    held: Lane
    sold: Lane


books_in, books_by_number = lanes_of(Books), rows_of(Books)


@kernel
def sell(room: Floats, first: int, size: int) -> float:
    """Move what is held to what is sold; return the last number that was."""
    books, numbers = books_in(room, first, size), books_by_number(room, first, size)
    for i in range(size):
        books.sold[i] = books.held[i]
        books.held[i] = 0.0
    return numbers.sold[size * VECTOR - 1]


def test_a_record_of_lanes_has_one_after_the_other() -> None:
    room = vectors(5)
    room[:] = np.arange(5 * VECTOR)
    last = sell(room, 1, 2)

    assert last == 3 * VECTOR - 1
    assert room[:VECTOR].tolist() == list(range(VECTOR))
    assert not room[VECTOR : 3 * VECTOR].any()
    assert room[3 * VECTOR :].tolist() == list(range(VECTOR, 3 * VECTOR))


@kernel
def turn(room: Floats, values: Ints, at: int, step: int, count: int, out: Ints) -> None:
    """Read eight rows into a lane, and write them elsewhere."""
    rows_to_lane(room, 1, values, at, step, count)
    lane_to_rows(room, 1, out, at, step)


def test_rows_of_a_table_become_vectors_and_rows_again() -> None:
    values, out = np.arange(300).reshape(20, 15), np.full((20, 15), -1)
    room = vectors(VECTOR + 1)
    turn(room, values, 15 * 4 + 3, 15, VECTOR, out)

    assert np.array_equal(room[VECTOR:].reshape(VECTOR, VECTOR), values[4:12, 3:11].T)
    assert np.array_equal(out[4:12, 3:11], values[4:12, 3:11])
    out[4:12, 3:11] = -1
    assert (out == -1).all()


def test_the_last_row_that_is_there_stands_for_the_rest() -> None:
    values = np.arange(300).reshape(20, 15)
    room = vectors(VECTOR + 1)
    turn(room, values, 15 * 17, 15, 3, np.empty((30, 15), dtype=np.int64))

    there = np.minimum(np.arange(17, 17 + VECTOR), 19)
    assert np.array_equal(room[VECTOR:].reshape(VECTOR, VECTOR), values[there, :VECTOR].T)


def test_a_table_in_another_order_is_refused() -> None:
    values = np.arange(300).reshape(20, 15)

    with pytest.raises(TypingError, match="order of C"):
        turn(vectors(VECTOR + 1), values.T, 0, 15, VECTOR, values)


def test_vectors_begin_at_a_line_of_the_cache() -> None:
    for count in (1, 2, 57):
        room = vectors(count)
        assert room.size == count * VECTOR
        assert room.ctypes.data % 64 == 0

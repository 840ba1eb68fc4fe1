"""How good the addressed random numbers are: chi-square, runs and correlation over many draws.

`python -m benchmarks.generator` takes 10⁹ draws a test; p-values should look uniform on (0, 1). The
test suite runs the same with fewer draws. Counting streams through the draws, so memory is small.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.core.kernels import kernel
from sim.core.streams import Streams, uniform_at

type Ints = NDArray[np.int64]

CELLS = 1 << 16
SIDE = 1 << 8  # cells a side where two draws are counted together
LOW_BITS = 1 << 36  # shows the bits below the 36 highest
LAGS = (1, 2, 7, 1_000, 65_536)


class Result(NamedTuple):
    """One test of independence or uniformity."""

    name: str
    draws: int
    p_value: float


@kernel
def count_cells(key: np.uint64, draws: int, shift: float) -> Ints:
    """Count where draws fall among `CELLS` equal cells, after scaling by `shift`, modulo 1."""
    out = np.zeros(CELLS, dtype=np.int64)
    for row in range(draws):
        u = uniform_at(key, row) * shift
        out[int((u - math.floor(u)) * CELLS)] += 1
    return out


@kernel
def count_pairs(key: np.uint64, other: np.uint64, draws: int, lag: int) -> Ints:
    """Count where (draw r of one stream, draw r + lag of another) fall: (SIDE × SIDE,)."""
    out = np.zeros(SIDE * SIDE, dtype=np.int64)
    for row in range(draws):
        left, right = uniform_at(key, row), uniform_at(other, row + lag)
        out[int(left * SIDE) * SIDE + int(right * SIDE)] += 1
    return out


@kernel
def count_disjoint(key: np.uint64, draws: int) -> Ints:
    """Count where pairs of neighbours, no draw in two pairs, fall: (SIDE × SIDE,)."""
    out = np.zeros(SIDE * SIDE, dtype=np.int64)
    for row in range(0, draws - 1, 2):
        left, right = uniform_at(key, row), uniform_at(key, row + 1)
        out[int(left * SIDE) * SIDE + int(right * SIDE)] += 1
    return out


@kernel
def product_sum(key: np.uint64, other: np.uint64, draws: int, lag: int) -> float:
    """Sum (u - 1/2)(v - 1/2) over draw r of one stream and r + lag of another."""
    total = 0.0
    for row in range(draws):
        total += (uniform_at(key, row) - 0.5) * (uniform_at(other, row + lag) - 0.5)
    return total


@kernel
def count_runs(key: np.uint64, draws: int) -> tuple[int, int, int]:
    """Count runs up and down, runs above and below the median, and draws above it."""
    turns, changes, above = 1, 1, 0
    before, rising = uniform_at(key, 0), False
    above += 1 if before > 0.5 else 0
    for row in range(1, draws):
        u = uniform_at(key, row)
        up = u > before
        turns += 1 if row > 1 and up != rising else 0
        changes += 1 if (u > 0.5) != (before > 0.5) else 0
        above += 1 if u > 0.5 else 0
        before, rising = u, up
    return turns, changes, above


def uniformity(name: str, counts: Ints) -> Result:
    """Test counts in equal cells by Pearson's chi-square, small and large values alike."""
    draws = int(counts.sum())
    expected = draws / counts.size
    statistic = float(((counts - expected) ** 2).sum() / expected)
    upper = float(stats.chi2.sf(statistic, counts.size - 1))
    return Result(name, draws, 2.0 * min(upper, 1.0 - upper))


def normal_test(name: str, draws: int, value: float, mean: float, sd: float) -> Result:
    """Test a value that is normal in the limit, two-sided."""
    return Result(name, draws, float(2.0 * stats.norm.sf(abs(value - mean) / sd)))


def runs(name: str, key: np.uint64, draws: int) -> list[Result]:
    """Test the number of runs up and down, and above and below the median (Knuth 1998, 3.3.2)."""
    turns, changes, above = count_runs(key, draws)
    below = draws - above
    mean = 2.0 * above * below / draws + 1.0
    variance = (mean - 1.0) * (mean - 2.0) / (draws - 1.0)
    up_down = ((2.0 * draws - 1.0) / 3.0, math.sqrt((16.0 * draws - 29.0) / 90.0))
    return [
        normal_test(f"{name}: runs up and down", draws, turns, *up_down),
        normal_test(f"{name}: runs about the median", draws, changes, mean, math.sqrt(variance)),
    ]


def correlation(name: str, key: np.uint64, other: np.uint64, draws: int, lag: int) -> Result:
    """Test that two streams, one shifted, are uncorrelated."""
    return normal_test(
        name, draws, product_sum(key, other, draws, lag), 0.0, math.sqrt(draws) / 12.0
    )


def battery(
    draws: int, seed: int = 0, tell: Callable[[Result], None] | None = None
) -> list[Result]:
    """Run all tests, `draws` draws each."""
    streams = Streams(seed)
    key = streams.key("users.choice", 7)
    others = {
        "another stream": streams.key("users.attention", 7),
        "the next month": streams.key("users.choice", 8),
        "the next seed": Streams(seed + 1).key("users.choice", 7),
        "the neighbouring key": np.uint64(int(key) + 1),
    }
    found: list[Result] = []

    def note(*results: Result) -> None:
        found.extend(results)
        for result in results:
            if tell:
                tell(result)

    note(uniformity("uniform, high bits", count_cells(key, draws, 1.0)))
    note(uniformity("uniform, low bits", count_cells(key, draws, float(LOW_BITS))))
    note(uniformity("neighbouring rows: pairs", count_disjoint(key, draws)))
    note(*runs("rows", key, draws))
    for lag in LAGS:
        note(correlation(f"rows {lag} apart: correlation", key, key, draws, lag))
    for name, other in others.items():
        note(uniformity(f"{name}: pairs", count_pairs(key, other, draws, 0)))
        note(correlation(f"{name}: correlation", key, other, draws, 0))
        note(correlation(f"{name}, a row on: correlation", key, other, draws, 1))
    note(months_as_a_sequence(streams, draws))
    return found


def months_as_a_sequence(streams: Streams, draws: int, months: int = 1_000) -> Result:
    """Test pairs of consecutive months of the same rows, over many months."""
    keys = [streams.key("users.attention", month) for month in range(months + 1)]
    total = np.zeros(SIDE * SIDE, dtype=np.int64)
    for month in range(0, months, 2):
        total += count_pairs(keys[month], keys[month + 1], 2 * draws // months, 0)
    return uniformity(f"{months} months in pairs", total)


def least_of_all(results: list[Result]) -> float:
    """Return how probable a smallest p-value this small is, if all tests are independent."""
    least = min(result.p_value for result in results)
    return float(-math.expm1(len(results) * math.log1p(-least)))


def main() -> None:
    """Print a p-value for each test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    begun = time.monotonic()
    results = battery(
        asked.draws, asked.seed, lambda r: print(f"{r.name:45s} {r.draws:>13,} {r.p_value:.4f}")
    )
    print(f"smallest of {len(results)} p-values: probability {least_of_all(results):.3f}")
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()

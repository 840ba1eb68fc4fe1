"""Means over seeds, their intervals, and what common random numbers buy.

Sums are taken seed by seed, never along an axis in an order that a library may choose, so
equal runs give equal bits.
"""

import math
from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # scipy.stats would take a second to import

type Floats = NDArray[np.float64]

CONFIDENCE = 0.90
_MOST = 10**12  # seeds: nobody runs more


class Interval(NamedTuple):
    """A mean over seeds and the interval that holds it with 90 % confidence.

    Each is (rows,); `low` and `high` are nan with a single seed, all are nan where a seed has
    no value.
    """

    mean: Floats
    low: Floats
    high: Floats


def interval(values: Floats) -> Interval:
    """Return mean and Student's t-interval over seeds.

    Parameters
    ----------
    values : (seeds, rows), at least one seed
    """
    seeds = len(values)
    average = mean(values)
    if seeds == 1:
        unknown = np.full_like(average, np.nan)
        return Interval(average, unknown, unknown)
    half = _quantile(seeds) * np.sqrt(variance(values) / seeds)
    return Interval(average, average - half, average + half)


def _quantile(seeds: int) -> float:
    return float(stdtrit(seeds - 1, 0.5 + CONFIDENCE / 2))


def seeds_for(seeds: int, part: float) -> int:
    """Return how many seeds bring intervals down to a part of what they are with two or more.

    As many as now if the part is 1 or more. The variance is taken to stay as it is.
    """

    def reach(count: int) -> float:  # half an interval, in standard deviations of a value
        return _quantile(count) / math.sqrt(count)

    goal = part * reach(seeds)
    return max(seeds, 2 + bisect_left(range(2, _MOST), -goal, key=lambda count: -reach(count)))


def paired_difference(values: Floats, baseline: Floats) -> Interval:
    """Return mean and interval of values - baseline, seed by seed; both (seeds, rows)."""
    return interval(values - baseline)


def variance_reduction(values: Floats, baseline: Floats) -> Floats:
    """Return (var a + var b) / var(a - b): what pairing by common random numbers buys.

    1 is independent runs, 10 means that a tenth of the runs does. Both are (seeds, rows); the
    result is (rows,), nan where undefined: with one seed, or where a - b does not vary
    (Glasserman and Yao 1992).
    """
    if len(values) == 1:
        return np.full(values.shape[1], np.nan)
    apart = variance(values) + variance(baseline)
    paired = variance(values - baseline)
    defined = paired > 0.0
    return np.where(defined, apart / np.where(defined, paired, 1.0), np.nan)


def mean(values: Floats) -> Floats:
    """Return the mean over seeds, (rows,), of (seeds, rows)."""
    total = np.zeros(values.shape[1])
    for row in values:
        total = total + row
    return total / len(values)


def variance(values: Floats) -> Floats:
    """Return the sample variance over seeds, (rows,), of (seeds, rows); two seeds or more."""
    average = mean(values)
    total = np.zeros(values.shape[1])
    for row in values:
        total = total + (row - average) ** 2
    return total / (len(values) - 1)

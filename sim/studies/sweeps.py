"""Points in the space of parameters: a grid, a list, a Latin hypercube, a Sobol sequence."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams

type Floats = NDArray[np.float64]
type Range = tuple[float, float]
type Point = dict[str, object]  # value by dotted path


def grid(axes: Mapping[str, Sequence[object]]) -> list[Point]:
    """Return every combination; the last parameter named moves fastest."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def side_by_side(axes: Mapping[str, Sequence[object]]) -> list[Point]:
    """Return the first value of every parameter together, then the second, and so on."""
    return [dict(zip(axes, values, strict=True)) for values in zip(*axes.values(), strict=True)]


def latin_hypercube(ranges: Mapping[str, Range], points: int, seed: int) -> list[Point]:
    """Return points of which each parameter's are spread evenly over its range.

    Every one of `points` equal parts of a range has exactly one point, at a random place in it
    (McKay, Beckman and Conover 1979).
    """
    streams = Streams(seed)
    columns = []
    for name in ranges:
        part = np.argsort(streams.uniform(f"sweep.order.{name}", 0, points), kind="stable")
        columns.append((part + streams.uniform(f"sweep.place.{name}", 0, points)) / points)
    return _scaled(np.column_stack(columns), ranges)


def sobol(ranges: Mapping[str, Range], points: int, seed: int) -> list[Point]:
    """Return the first points of Sobol's sequence under a random shift.

    A power of two is best: then every parameter's points are balanced (Sobol 1967; the shift is
    Cranley and Patterson's, 1976).
    """
    from scipy.stats import qmc

    found = qmc.Sobol(len(ranges), scramble=False).random_base2(max(points - 1, 1).bit_length())
    shift = Streams(seed).uniform("sweep.shift", 0, len(ranges))
    return _scaled((found[:points] + shift) % 1.0, ranges)


def _scaled(unit: Floats, ranges: Mapping[str, Range]) -> list[Point]:
    """Return points of the unit cube, (points, parameters), in their ranges.

    Between two whole numbers every whole number is equally likely, the ends too.
    """
    rows = []
    for row in unit.tolist():
        pairs = zip(ranges.items(), row, strict=True)
        rows.append({name: _between(low, high, u) for (name, (low, high)), u in pairs})
    return rows


def _between(low: float, high: float, u: float) -> object:
    if isinstance(low, int) and isinstance(high, int):
        return min(low + int(u * (high - low + 1)), high)
    return low + u * (high - low)

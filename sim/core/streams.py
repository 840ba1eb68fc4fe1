"""Addressed random numbers: a draw belongs to a seed, a name, a month and a row.

No generator has a state, so no draw can shift another: one more user, a branch taken
differently or another number of threads leaves every other draw as it was (common
random numbers by construction).

The generator hashes the row with a 64-bit key by two rounds of the finaliser of
SplitMix64 (Steele, Lea and Flood 2014); keys come from SHA-256 over the address.
"""

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import log
from sim.core.kernels import inlined, kernel

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 1.0 / 4503599627370496.0  # 2**-52
_TO_HALF = 1.0 / 4294967296.0  # 2**-32


# Coefficients of AS 241, from the constant term up.
_CENTRE_TOP = (
    3.3871328727963666080,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
_CENTRE_BOTTOM = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
_MIDDLE_TOP = (
    1.42343711074968357734,
    4.63033784615654529590,
    5.76949722146069140550,
    3.64784832476320460504,
    1.27045825245236838258,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
_MIDDLE_BOTTOM = (
    1.0,
    2.05319162663775882187,
    1.67638483018380384940,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
_TAIL_TOP = (
    6.65790464350110377720,
    5.46378491116411436990,
    1.78482653991729133580,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
_TAIL_BOTTOM = (
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)


@inlined
def _ratio(r: float, top: tuple[float, ...], bottom: tuple[float, ...]) -> float:
    """Return a ratio of two polynomials of degree seven (Horner's scheme)."""
    above, below = top[7], bottom[7]
    for k in range(6, -1, -1):
        above = above * r + top[k]
        below = below * r + bottom[k]
    return above / below


@inlined
def _mix(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> np.uint64(30))) * _MIX_A
    z = (z ^ (z >> np.uint64(27))) * _MIX_B
    return z ^ (z >> np.uint64(31))


@inlined
def word_at(key: np.uint64, row: int) -> np.uint64:
    """Return the 64 random bits at `row` of the stream `key`."""
    return _mix(_mix(key + (np.uint64(row) + np.uint64(1)) * _GAMMA) ^ key)


@inlined
def uniform_at(key: np.uint64, row: int) -> float:
    """Return draw number `row` of the stream `key`: uniform on the open interval (0, 1)."""
    # 53 bits would round up to 1.
    return (float(word_at(key, row) >> np.uint64(12)) + 0.5) * _TO_UNIT


@inlined
def halves_of(word: np.uint64) -> tuple[float, float]:
    """Return two draws from 64 random bits, each uniform on (0, 1) to 32 bits."""
    high, low = word >> np.uint64(32), word & np.uint64(0xFFFFFFFF)
    return (float(high) + 0.5) * _TO_HALF, (float(low) + 0.5) * _TO_HALF


@inlined
def halves_at(key: np.uint64, row: int) -> tuple[float, float]:
    """Return the two draws in the word at `row` of the stream `key`: see `halves_of`."""
    return halves_of(word_at(key, row))


@kernel
def _fill(key: np.uint64, out: NDArray[np.float64]) -> None:
    for row in range(out.shape[0]):
        out[row] = uniform_at(key, row)


def _golden_ratio(dimensions: int) -> float:
    """Return the root above 1 of x^(d+1) = x + 1; by products alone, so bits do not vary."""
    low, high = 1.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        power = 1.0
        for _ in range(dimensions + 1):
            power *= middle
        low, high = (middle, high) if power < middle + 1.0 else (low, middle)
    return low


class Streams:
    """All random numbers of one run, under one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def key(self, name: str, month: int = 0) -> np.uint64:
        """Return the key of stream `name` in `month`, for `uniform_at` inside kernels."""
        address = f"{self.seed}/{name}/{month}".encode()
        return np.uint64(int.from_bytes(hashlib.sha256(address).digest()[:8], "little"))

    def uniform(self, name: str, month: int, rows: int) -> NDArray[np.float64]:
        """Return the first `rows` draws of stream `name` in `month`: (rows,) on (0, 1)."""
        out = np.empty(rows)
        _fill(self.key(name, month), out)
        return out

    def spread(self, name: str, rows: int, dimensions: int) -> NDArray[np.float64]:
        """Return evenly spread points: (rows, dimensions), each uniform on (0, 1).

        For traits that should represent a population well at any number of rows: an
        additive recurrence on powers of the generalised golden ratio (Roberts 2018) under
        a random shift (Cranley and Patterson 1976). Row r's point never depends on how
        many rows there are.
        """
        shift, steps = self.spread_from(name, dimensions)
        points = (shift + np.arange(1, rows + 1)[:, None] * steps) % 1.0
        return np.clip(points, _TO_UNIT, 1.0 - _TO_UNIT)

    def spread_from(
        self, name: str, dimensions: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the shift and the step of `spread` in each dimension, for `spread_at`."""
        steps = 1.0 / np.cumprod(np.full(dimensions, _golden_ratio(dimensions)))
        return self.uniform(name, 0, dimensions), steps


@inlined
def spread_at(shift: float, step: float, row: int) -> float:
    """Return one coordinate of point `row` of `Streams.spread`."""
    point = (shift + (row + 1) * step) % 1.0
    return min(max(point, _TO_UNIT), 1.0 - _TO_UNIT)


@inlined
def normal_quantile(u: float) -> float:
    """Return the standard normal quantile of `u` in (0, 1), to 1e-16 (Wichura 1988, AS 241)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio(r, _CENTRE_TOP, _CENTRE_BOTTOM)
    r = math.sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        z = _ratio(r - 1.6, _MIDDLE_TOP, _MIDDLE_BOTTOM)
    else:
        z = _ratio(r - 5.0, _TAIL_TOP, _TAIL_BOTTOM)
    return -z if q < 0.0 else z


@kernel
def normal(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return standard normal draws from uniform ones, element by element, by inverse CDF."""
    out = np.empty_like(u)
    flat_in, flat_out = u.ravel(), out.ravel()
    for i in range(flat_in.size):
        flat_out[i] = normal_quantile(flat_in[i])
    return out

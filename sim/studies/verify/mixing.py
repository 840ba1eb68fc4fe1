"""Mixed strategies over prices: their means, draws from them, and samples held against theory."""

from collections.abc import Callable

import numpy as np
from scipy.integrate import quad

from sim.core.streams import Streams
from sim.studies.verify import Check
from sim.studies.verify.solvers import Floats

_KNOTS = 4_001  # of the table by which a distribution is inverted: far below sampling error


def area_above(cdf: Callable[[float], float], low: float, high: float) -> float:
    """Return the integral of 1 − F: the mean, less the lowest price."""
    area, _ = quad(lambda price: 1.0 - cdf(price), low, high, epsabs=1e-11, limit=500)
    return float(area)


def drawn(
    streams: Streams,
    name: str,
    draws: int,
    players: int,
    cdf: Callable[[float], float],
    ends: tuple[float, float],
) -> Floats:
    """Return prices drawn from a distribution by inverting it: (draws, players)."""
    knots = np.linspace(*ends, _KNOTS)
    height = np.array([cdf(float(price)) for price in knots])
    uniform = streams.uniform(name, 0, draws * players).reshape(draws, players)
    return np.interp(uniform, height, knots)


def sampled(quantity: str, expected: float, sample: Floats) -> Check:
    """Hold the mean of a sample, (draws,), against theory, within three standard errors."""
    error = float(sample.std(ddof=1)) / np.sqrt(sample.size)
    return Check(quantity, expected, float(sample.mean()), 3.0 * float(error))


def ks_distance(heights: Floats) -> float:
    """Return the largest gap between a sample's own distribution and its theoretical one.

    `heights` are the theoretical distribution at the sample: (draws,).
    """
    ordered = np.sort(heights)
    steps = np.arange(ordered.size + 1) / ordered.size
    return float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))

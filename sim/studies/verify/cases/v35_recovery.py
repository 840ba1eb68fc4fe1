"""V35: a price coefficient that went into simulated choices comes out of them again."""

from collections.abc import Iterator
from math import sqrt

import numpy as np

from sim.core.streams import Streams
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import Floats, root

_STEP = 1e-4  # of alpha, for the curvature of the likelihood


class Sample(Parameters):
    """Users choose among three offers and none, with known qualities; alpha is estimated."""

    alpha: float = given("utils per unit of the price", gt=0.001, lt=1)
    N: int = given("users in a sample", ge=1_000, le=100_000)
    xi: tuple[float, float, float] = chosen("qualities, utils", (1.0, 0.3, 0.2))
    price: tuple[float, float, float] = chosen("prices", (60.0, 50.0, 48.0))
    v_outside: float = chosen("utility of the outside option, utils", -1.0)
    H: int = chosen("simulated users for each observed one", 10, ge=1, le=50)
    samples: int = chosen("samples that are estimated", 200, ge=20)
    seed: int = chosen("seed of the draws", 0, ge=0)


@case("V35", kind="reference", full={"samples": 1_000})
def recovery(p: Sample) -> Iterator[Check]:
    """Estimate by likelihood and by simulated moments on samples of choices drawn by address.

    McFadden (1989); Pakes and Pollard (1989): variance 1/(N·I), times 1 + 1/H by simulation.
    """
    share, price = _shares(p, p.alpha), _prices(p)
    information = float((share * price**2).sum() - (share * price).sum() ** 2)
    error = 1 / sqrt(p.N * information)
    by_moments = error * sqrt(1 + 1 / p.H)
    curvature = -p.N * _curvature(p, share)
    yield Check("fisher_info", information, curvature / p.N, 1e-4 * information)
    likelihood, moments = (np.array(each) for each in zip(*_estimates(p), strict=True))
    for name, sample, spread in (
        ("se_N1e4", likelihood, error),
        (f"se_SMM_H{p.H}", moments, by_moments),
    ):
        # The sampling error of a standard deviation of normal draws is σ/√(2(n − 1)).
        allowed = 3 * spread / sqrt(2 * (p.samples - 1))
        yield Check(name, spread, float(sample.std(ddof=1)), allowed)
    bound = 3 / sqrt(p.samples)
    yield Check("mean estimate, likelihood", p.alpha, float(likelihood.mean()), bound * error)
    yield Check("mean estimate, moments", p.alpha, float(moments.mean()), bound * by_moments)


def _prices(p: Sample) -> Floats:
    return np.array([*p.price, 0.0])


def _shares(p: Sample, alpha: float) -> Floats:
    """Return the chance of each offer and of none, (4,)."""
    worth = np.exp(np.array([*p.xi, p.v_outside]) - alpha * _prices(p))
    return np.asarray(worth / worth.sum())


def _curvature(p: Sample, share: Floats) -> float:
    """Return the second derivative of the mean log-likelihood by alpha, by differences."""
    step = _STEP * p.alpha * 10
    at = [float((share * np.log(_shares(p, p.alpha + k * step))).sum()) for k in (-1, 0, 1)]
    return (at[0] - 2 * at[1] + at[2]) / step**2


def _estimates(p: Sample) -> Iterator[tuple[float, float]]:
    """Give the estimates of both methods, sample by sample."""
    streams = Streams(p.seed)
    for sample in range(p.samples):
        chosen_offers = _counts(p, p.alpha, streams.uniform("verify.V35.choice", sample, p.N))
        simulated = np.sort(streams.uniform("verify.V35.simulation", sample, p.H * p.N))
        yield _most_likely(p, chosen_offers), _by_moments(p, chosen_offers, simulated)


def _counts(p: Sample, alpha: float, uniform: Floats) -> Floats:
    """Return how many draws choose each offer and none, (4,)."""
    cuts = np.cumsum(_shares(p, alpha))[:-1]
    return np.bincount(np.searchsorted(cuts, uniform), minlength=4).astype(np.float64)


def _most_likely(p: Sample, counts: Floats) -> float:
    """Return the alpha at which the mean price expected is the mean price chosen: the score."""
    price = _prices(p)
    seen = float((counts * price).sum() / counts.sum())
    return root(
        lambda alpha: float((_shares(p, alpha) * price).sum()) - seen, p.alpha / 10, p.alpha * 10
    )


def _by_moments(p: Sample, counts: Floats, ordered: Floats) -> float:
    """Return the alpha at which simulated users, from ordered draws, choose the mean price."""
    price = _prices(p)
    seen = float((counts * price).sum() / counts.sum())

    def gap(alpha: float) -> float:
        below = np.searchsorted(ordered, np.cumsum(_shares(p, alpha))[:-1])
        parts = np.diff(below, prepend=0, append=ordered.size)
        return float((parts * price).sum()) / ordered.size - seen

    return root(gap, p.alpha / 10, p.alpha * 10)

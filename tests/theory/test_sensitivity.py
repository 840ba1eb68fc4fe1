"""Indices against exact ones: Ishigami and Homma (1990), and a two-way layout."""

from math import pi

import numpy as np
import pytest

from sim.core.streams import Streams, normal
from sim.studies.sensitivity import Parameter, indices, morris_design, sobol_design, split

SIN_SQUARED, FOURTH = 7.0, 0.1  # a and b of Ishigami's function, as in Saltelli et al. (2008)
ANGLES = [Parameter(f"x{n}", -pi, pi) for n in (1, 2, 3)]


def ishigami(points: np.ndarray) -> np.ndarray:
    """Return sin x1 + a sin² x2 + b x3⁴ sin x1: a model that knows nothing of markets."""
    x1, x2, x3 = points.T
    return np.sin(x1) + SIN_SQUARED * np.sin(x2) ** 2 + FOURTH * x3**4 * np.sin(x1)


def exact() -> dict[str, tuple[float, float]]:
    """Return the first-order and total indices, from the variances of Sobol's decomposition."""
    a, b = SIN_SQUARED, FOURTH
    alone = {
        "x1": 0.5 * (1 + b * pi**4 / 5) ** 2,
        "x2": a**2 / 8,
        "x3": 0.0,
    }
    together = b**2 * pi**8 * (1 / 18 - 1 / 50)  # of x1 and x3
    whole = sum(alone.values()) + together
    total = {"x1": alone["x1"] + together, "x2": alone["x2"], "x3": together}
    return {x: (alone[x] / whole, total[x] / whole) for x in alone}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ishigamis_indices_lie_in_their_bootstrap_intervals(seed: int) -> None:
    design = sobol_design(ANGLES, 1024, seed)

    found = indices(design, ishigami(design.points)).set_index("path")

    for x, (first, total) in exact().items():
        row = found.loc[x]
        assert row["first_low"] <= first <= row["first_high"]
        assert row["total_low"] <= total <= row["total_high"]
        assert row["first_high"] - row["first_low"] < 0.15  # intervals that say something


def test_the_intervals_narrow_as_the_root_of_the_samples() -> None:
    def width(samples: int) -> float:
        design = sobol_design(ANGLES, samples)
        found = indices(design, ishigami(design.points))
        return float((found["total_high"] - found["total_low"]).mean())

    assert width(1024) / width(64) == pytest.approx(0.25, rel=0.4)


def test_screening_ranks_ishigamis_parameters_as_the_total_indices_do_not() -> None:
    """Known of it (Campolongo et al. 2007): x3 acts only with x1, so its effects spread widely."""
    design = morris_design(ANGLES, 500)

    found = indices(design, ishigami(design.points)).set_index("path")

    assert abs(found.loc["x3", "mu"]) < 0.2 * found.loc["x3", "mu_star"]
    assert found.loc["x3", "sigma"] > found.loc["x3", "mu_star"]


def test_the_noise_of_seeds_is_told_from_the_effect_of_parameters() -> None:
    """Ishigami's function plus a draw a seed plus a draw a point and seed: known variances."""
    design = sobol_design(ANGLES, 512)
    clean = ishigami(design.points)
    seeds = 64
    streams = Streams(0)
    of_seed = 2.0 * normal(streams.uniform("seed", 0, seeds))
    of_both = normal(streams.uniform("both", 0, len(clean) * seeds)).reshape(-1, seeds)

    parts = split(clean[:, None] + of_seed + of_both)

    variances = np.array([clean.var(), of_seed.var(), 1.0])
    assert np.allclose(parts, variances / variances.sum(), atol=0.01)
    averaged = (clean[:, None] + of_seed + of_both).mean(axis=1)
    found = indices(design, averaged).set_index("path")
    for x, (first, _) in exact().items():
        assert found.loc[x, "first_low"] - 0.05 <= first <= found.loc[x, "first_high"] + 0.05

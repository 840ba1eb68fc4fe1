"""What holds of indices and of the split of variance, for every function."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.studies.sensitivity import Parameter, indices, morris_design, sobol_design, split

SLOPES = st.lists(st.floats(-10.0, 10.0), min_size=2, max_size=4)
SEEDS = st.integers(0, 10**6)


def parameters(count: int) -> list[Parameter]:
    return [Parameter(f"x{n}", -1.0, 1.0) for n in range(count)]


@given(SLOPES, SLOPES, SEEDS)
@settings(max_examples=30)
def test_in_an_additive_model_each_has_the_same_share_alone_as_in_all(
    slopes: list[float], bends: list[float], seed: int
) -> None:
    """And the shares sum to 1: there is nothing that parameters do only together."""
    design = sobol_design(parameters(len(slopes)), 512, seed)
    bent = (bends * 2)[: len(slopes)]
    outputs = sum(
        slope * x + bend * x**2
        for slope, bend, x in zip(slopes, bent, design.points.T, strict=True)
    )
    assume(np.std(outputs) > 0.1)

    found = indices(design, np.asarray(outputs))

    assert np.allclose(found["first"], found["total"], atol=0.1)
    assert found["first"].sum() <= 1.0 + 0.05
    assert found["first_low"].sum() <= 1.0
    assert abs(found["total"].sum() - 1.0) < 0.05


@given(SLOPES, SEEDS, st.integers(2, 6))
@settings(max_examples=30)
def test_screening_finds_every_slope_of_a_line(
    slopes: list[float], seed: int, trajectories: int
) -> None:
    design = morris_design(parameters(len(slopes)), trajectories, seed)

    found = indices(design, (design.points * slopes).sum(axis=1)).set_index("path")

    for n, slope in enumerate(slopes):
        assert np.isclose(found.loc[f"x{n}", "mu"], 2.0 * slope, atol=1e-9)  # over a range of 2


@given(SEEDS, st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
@settings(max_examples=50)
def test_shares_of_variance_sum_to_one_and_know_no_units(
    seed: int, origin: float, scale: float
) -> None:
    outputs = np.sin(np.arange(24.0) * (seed + 1)).reshape(6, 4)

    parts, moved = split(outputs), split(outputs * scale)

    assert all(part >= 0.0 for part in parts)
    assert np.isclose(sum(parts), 1.0)
    assert np.allclose(parts, moved)
    assert np.allclose(parts, split(outputs + origin), atol=1e-5)

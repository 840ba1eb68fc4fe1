"""Draws are uniform and independent between rows, months, streams and seeds."""

import numpy as np
import pytest

from benchmarks.generator import battery, correlation, least_of_all, runs, uniformity
from sim.core.streams import Streams

DRAWS = 10_000_000


@pytest.mark.parametrize("seed", [0, 2_026])
def test_no_test_of_uniformity_or_independence_finds_a_fault(seed: int) -> None:
    results = battery(DRAWS, seed)

    assert all(result.draws >= DRAWS // 2 for result in results)
    assert least_of_all(results) > 0.001, results


def test_a_stream_is_not_independent_of_itself() -> None:
    key = Streams(1).key("users.choice", 3)

    assert correlation("the same", key, key, 10_000, 0).p_value < 1e-9
    assert all(result.p_value > 1e-4 for result in runs("rows", key, 10_000))


def test_counts_that_are_too_even_or_too_uneven_are_found_out() -> None:
    even, uneven = np.full(256, 1_000), np.full(256, 1_000)
    uneven[:16] += 400

    assert uniformity("even", even).p_value < 1e-9
    assert uniformity("uneven", uneven).p_value < 1e-9

"""Sums in one order."""

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.core.sums import total_of


def test_a_few_numbers_are_added_one_after_another() -> None:
    assert total_of(np.array([1e16, 1.0, -1e16])) == 0.0


def test_eight_running_sums_are_added_in_pairs() -> None:
    """The 1 is lost beside 1e16; what is beyond the eight comes last and is not."""
    values = np.array([1e16, 1.0, 0.0, 0.0, -1e16, 0.0, 0.0, 0.0, 7.0])

    assert total_of(values) == 7.0


@pytest.mark.parametrize("count", [0, 1, 3, 7, 8, 9, 31, 64, 93, 128])
def test_a_compiled_sum_has_the_bits_of_an_array_sum(count: int) -> None:
    values = Streams(0).uniform("sums", 0, count) - 0.3

    assert total_of(values) == values.sum()
    assert total_of(np.repeat(values, 2)[::2]) == values.sum()

"""Delay and new capacity, by hand."""

import numpy as np
import pytest

from sim.mechanisms.congestion import build, delay


def test_delay_is_that_of_a_queue() -> None:
    assert delay(np.array([0.0, 0.5, 0.8])).tolist() == pytest.approx([1.0, 2.0, 5.0])


def test_a_load_beyond_the_fullest_counts_as_the_fullest() -> None:
    assert delay(np.array([0.95, 1.0, 7.0])).tolist() == pytest.approx([20.0] * 3)


def test_capacity_is_built_until_the_traffic_meets_the_target_load() -> None:
    traffic, capacity = np.array([66.0, 60.0, 30.0]), np.full(3, 100.0)

    assert build(traffic, capacity, 0.6, 0.15).tolist() == pytest.approx([10.0, 0.0, 0.0])


def test_no_more_is_built_in_a_month_than_the_limit() -> None:
    assert build(np.array([90.0]), np.array([100.0]), 0.6, 0.15).tolist() == pytest.approx([15.0])

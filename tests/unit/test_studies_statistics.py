import math

import numpy as np
import pytest

from sim.studies.statistics import (
    interval,
    mean,
    paired_difference,
    seeds_for,
    variance,
    variance_reduction,
)


def seeds(*values):
    """One fact over seeds: (seeds, 1)."""
    return np.array(values, dtype=float)[:, None]


def test_interval_by_hand():
    # mean 4, sample variance 4, n = 3, t(0.95; 2) = 2.919986
    found = interval(seeds(2, 4, 6))

    half = 2.919986 * 2 / math.sqrt(3)
    assert found.mean[0] == 4
    assert found.low[0] == pytest.approx(4 - half, abs=1e-5)
    assert found.high[0] == pytest.approx(4 + half, abs=1e-5)


def test_one_seed_has_a_mean_and_no_interval():
    found = interval(seeds(7))

    assert found.mean[0] == 7
    assert np.isnan(found.low[0])
    assert np.isnan(found.high[0])


def test_what_one_seed_lacks_has_no_mean():
    found = interval(np.array([[1.0, 2.0], [np.nan, 4.0]]))

    assert np.isnan(found.mean[0])
    assert found.mean[1] == 3


def test_variance_is_the_sample_variance():
    assert variance(seeds(2, 4, 6))[0] == 4


def test_pairing_removes_what_is_common():
    baseline = seeds(10, 50, 90)

    found = paired_difference(baseline + seeds(1, 2, 3), baseline)

    assert found.mean[0] == 2
    assert found.high[0] - found.mean[0] == pytest.approx(2.919986 / math.sqrt(3), abs=1e-5)


def test_variance_reduction_by_hand():
    # var a = 19/3, var b = 4, a - b = (-1, -1, 0): var 1/3
    a, b = seeds(1, 3, 6), seeds(2, 4, 6)

    assert variance(a)[0] == pytest.approx(19 / 3)
    assert variance_reduction(a, b)[0] == pytest.approx((19 / 3 + 4) * 3)


def test_independent_runs_have_a_reduction_of_one():
    a, b = seeds(0, 0, 2, 2), seeds(0, 2, 0, 2)

    assert variance_reduction(a, b)[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (seeds(3), seeds(1)),
        (seeds(1, 1, 1), seeds(2, 2, 2)),
        (seeds(1, 2, 3), seeds(2, 3, 4)),
    ],
    ids=["one seed", "nothing varies", "the difference does not vary"],
)
def test_variance_reduction_is_undefined(a, b):
    assert np.isnan(variance_reduction(a, b)[0])


def test_a_fact_does_not_depend_on_its_neighbours():
    values = np.sin(np.arange(60.0)).reshape(20, 3)

    together, alone = mean(values), [mean(values[:, [column]])[0] for column in range(3)]

    assert together.tolist() == alone


def test_half_the_interval_takes_four_times_the_seeds_and_fewer_where_few_leave_the_variance_open():
    # t(0.95) by degrees of freedom: 2 2.919986, 4 2.131847, 5 2.015048
    assert 2.015048 / math.sqrt(6) < 2.919986 / math.sqrt(3) / 2 < 2.131847 / math.sqrt(5)
    assert seeds_for(3, 0.5) == 6
    assert seeds_for(1_000, 0.5) == 3_995
    assert seeds_for(20, 1.0) == seeds_for(20, 2.0) == 20

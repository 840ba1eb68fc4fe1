"""A draw belongs to a seed, a name, a month and a row, and to nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chisquare, norm, qmc

from sim.core.elementary import exponential
from sim.core.kernels import kernel
from sim.core.streams import Streams, halves_at, normal, uniform_at

MANY = 1_000_000
WORD = 2**64
GAMMA, MIX_A, MIX_B = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


@kernel
def third_draw_of_each(keys: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    for i in range(keys.shape[0]):
        out[i] = uniform_at(keys[i], 2)


def unxorshift(z: int, shift: int) -> int:
    original = z
    for _ in range(64 // shift):
        original = z ^ (original >> shift)
    return original


def unmix(z: int) -> int:
    """Return the word that SplitMix64's finaliser turns into `z`."""
    z = unxorshift(z, 31) * pow(MIX_B, -1, WORD) % WORD
    z = unxorshift(z, 27) * pow(MIX_A, -1, WORD) % WORD
    return unxorshift(z, 30)


def row_whose_hash_is(z: int, key: int) -> int:
    return ((unmix(unmix(z) ^ key) - key) * pow(GAMMA, -1, WORD) - 1) % WORD


def test_draws_are_uniform() -> None:
    counts = np.histogram(Streams(1).uniform("users.attention", 3, MANY), bins=256, range=(0, 1))[0]

    assert 1e-4 < chisquare(counts).pvalue < 1 - 1e-4


def test_neighbouring_rows_are_uniform_as_pairs() -> None:
    draws = Streams(1).uniform("users.attention", 3, MANY)
    counts = np.histogram2d(draws[:-1:2], draws[1::2], bins=32, range=[[0, 1], [0, 1]])[0]

    assert 1e-4 < chisquare(counts.ravel()).pvalue < 1 - 1e-4


@pytest.mark.parametrize(
    ("seed", "name", "month"),
    [(1, "users.attention", 4), (1, "users.offer", 3), (2, "users.attention", 3)],
    ids=["month", "stream", "seed"],
)
def test_other_addresses_are_independent(seed: int, name: str, month: int) -> None:
    here = Streams(1).uniform("users.attention", 3, MANY)
    there = Streams(seed).uniform(name, month, MANY)
    counts = np.histogram2d(here, there, bins=32, range=[[0, 1], [0, 1]])[0]

    assert abs(np.corrcoef(here, there)[0, 1]) < 4 / np.sqrt(MANY)
    assert 1e-4 < chisquare(counts.ravel()).pvalue < 1 - 1e-4


@pytest.mark.parametrize("lag", [1, 2, 31, 1000])
def test_rows_are_independent(lag: int) -> None:
    draws = Streams(1).uniform("users.attention", 3, MANY)

    assert abs(np.corrcoef(draws[:-lag], draws[lag:])[0, 1]) < 4 / np.sqrt(MANY)


def test_one_row_over_the_months_is_uniform() -> None:
    streams = Streams(1)
    draws = [uniform_at(streams.key("users.attention", month), 7) for month in range(4000)]
    counts = np.histogram(draws, bins=20, range=(0, 1))[0]

    assert 1e-4 < chisquare(counts).pvalue < 1 - 1e-4


@given(rows=st.integers(0, 2000), seed=st.integers(0, 2**63))
def test_one_more_user_changes_nobody_elses_draws(rows: int, seed: int) -> None:
    few = Streams(seed).uniform("users.attention", 5, rows)
    many = Streams(seed).uniform("users.attention", 5, rows + 1)

    assert np.array_equal(few, many[:-1])


def test_the_same_draws_inside_a_kernel_as_outside() -> None:
    streams = Streams(9)
    inside = np.empty(12)
    third_draw_of_each(np.array([streams.key("a", month) for month in range(12)]), inside)

    assert inside.tolist() == [streams.uniform("a", month, 3)[2] for month in range(12)]
    assert inside.tolist() == [uniform_at(streams.key("a", month), 2) for month in range(12)]


@pytest.mark.parametrize("hashed", [0, 1, 2**63, WORD - 2**11, WORD - 1])
def test_every_hash_gives_a_draw_strictly_between_zero_and_one(hashed: int) -> None:
    key = int(Streams(1).key("users.attention", 3))
    row = row_whose_hash_is(hashed, key)

    draw = uniform_at(np.uint64(key), np.uint64(row))

    assert 0.0 < draw < 1.0
    assert draw == pytest.approx(hashed / WORD, abs=1e-15)


def test_draws_are_the_same_with_and_without_compilation() -> None:
    script = (
        "from sim.core.streams import Streams, normal\n"
        "draws = Streams(7).uniform('users.attention', 3, 100)\n"
        "print(draws.tobytes().hex(), normal(draws).tobytes().hex())"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(root)}
    # Without compilation numpy remarks on the words that overflow, as they must.
    interpreted = subprocess.run(
        [sys.executable, "-W", "ignore:overflow:RuntimeWarning", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    draws = Streams(7).uniform("users.attention", 3, 100)
    assert interpreted == [draws.tobytes().hex(), normal(draws).tobytes().hex()]


@given(rows=st.integers(1, 500), dimensions=st.integers(1, 6))
def test_spread_points_do_not_depend_on_their_number(rows: int, dimensions: int) -> None:
    few = Streams(3).spread("users.traits", rows, dimensions)
    many = Streams(3).spread("users.traits", rows + 1, dimensions)

    assert few.shape == (rows, dimensions)
    assert np.array_equal(few, many[:-1])
    assert ((many > 0) & (many < 1)).all()


@pytest.mark.parametrize(("dimensions", "times"), [(1, 50), (2, 20), (3, 10), (4, 1.5)])
def test_spread_points_are_more_even_than_random_ones(dimensions: int, times: float) -> None:
    even = Streams(3).spread("users.traits", 1000, dimensions)
    random = Streams(3).uniform("random", 0, 1000 * dimensions).reshape(1000, dimensions)

    assert qmc.discrepancy(even) * times < qmc.discrepancy(random)


def test_spread_points_in_one_dimension_leave_no_gap() -> None:
    """The golden ratio's gaps are at most 1 + phi times the mean (Swierczkowski 1958)."""
    points = np.sort(Streams(3).spread("users.traits", 1000, 1)[:, 0])

    assert np.diff(points).max() * 1000 < 2.62


def test_normal_draws_invert_the_distribution() -> None:
    u = np.concatenate([Streams(1).uniform("xi", 0, 1000), [2.0**-53, 1e-9, 0.5, 1 - 2.0**-53]])

    assert normal(u) == pytest.approx(norm.ppf(u), rel=1e-13, abs=1e-15)


def test_exponential_is_e_to_the_power() -> None:
    x = np.linspace(-30.0, 30.0, 240).reshape(3, 80)

    assert exponential(x) == pytest.approx(np.exp(x), rel=1e-15)


def test_the_halves_of_a_word_are_two_uniform_draws_that_know_nothing_of_each_other() -> None:
    key = Streams(1).key("users.event", 3)
    pairs = np.array([halves_at(key, row) for row in range(100_000)])
    counts = np.histogram2d(*pairs.T, bins=16, range=[[0, 1], [0, 1]])[0]

    assert 1e-4 < chisquare(counts.ravel()).pvalue < 1 - 1e-4
    assert (pairs > 0.0).all()
    assert (pairs < 1.0).all()
    assert np.allclose(pairs[:, 0], [uniform_at(key, row) for row in range(100_000)], atol=2.4e-10)

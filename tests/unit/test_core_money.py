"""Whole parts sum to the whole."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.errors import InvariantError
from sim.core.money import split, to_fen, whole, yuan

amounts = st.integers(0, 10**12)
shares = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)
parts = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=40).filter(any)


def test_split_by_hand() -> None:
    assert split(10_000, (700, 9300)).tolist() == [700, 9300]
    assert split(10, (1, 1, 1)).tolist() == [3, 4, 3]
    assert split(1, (1, 1, 1, 1)).tolist() == [0, 1, 0, 0]


def test_amounts_become_whole_half_up_whatever_their_shape() -> None:
    assert whole(np.array([[0.5, 1.49], [-0.5, 2.5]])).tolist() == [[1, 1], [0, 3]]


@given(amount=amounts, weights=parts)
def test_parts_sum_to_the_whole(amount: int, weights: list[float]) -> None:
    assert split(amount, weights).sum() == amount


@given(amount=amounts, weights=parts)
def test_no_part_is_negative_and_no_weight_no_part(amount: int, weights: list[float]) -> None:
    given_out = split(amount, weights)

    assert (given_out >= 0).all()
    assert (given_out[np.array(weights) == 0] == 0).all()


@given(amount=amounts, weights=shares)
def test_no_part_is_off_by_more_than_a_unit(amount: int, weights: list[int]) -> None:
    exact = [Fraction(amount) * weight / sum(weights) for weight in weights]
    off = [
        abs(int(part) - share) for part, share in zip(split(amount, weights), exact, strict=True)
    ]

    # Running totals carry 53 bits, so an edge at half a unit may fall to either side.
    assert max(off) <= 1 + Fraction(amount, 2**50)


@given(amount=amounts, weights=shares, more=st.integers(1, 10**6))
def test_parts_follow_the_running_total(amount: int, weights: list[int], more: int) -> None:
    """Splitting a part further moves no boundary between the others (cumulative rounding)."""
    coarse = split(amount, [sum(weights), more])
    fine = split(amount, [*weights, more])

    assert fine[:-1].sum() == coarse[0]


def test_nothing_can_be_split_over_nobody() -> None:
    assert split(0, (0.0, 0.0)).tolist() == [0, 0]
    assert split(0, ()).tolist() == []
    with pytest.raises(InvariantError, match="cannot split 5"):
        split(5, (0.0, 0.0))
    with pytest.raises(InvariantError, match="cannot split 5"):
        split(5, ())


def test_half_a_fen_rounds_up() -> None:
    assert to_fen(0.125) == 13
    assert to_fen(19.0) == 1900


@given(fen=st.integers(0, 10**12))
def test_yuan_and_back(fen: int) -> None:
    assert to_fen(yuan(fen)) == fen

"""Sums over cells, by hand and against exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.money import split, split_into
from sim.core.streams import Streams
from sim.market.segments import Segments
from sim.mechanisms.cells import bills_of, upgrade_chances


def segments(province: list[int], style: list[int]) -> Segments:
    one = np.ones(len(province))
    places, styles = np.array(province, np.uint8), np.array(style, np.uint8)
    return Segments(places, places, places, styles, one, one, one, one > 0.0)


def test_devices_spread_to_those_who_lack_them_and_4g_to_those_below_it() -> None:
    """Of 100 lines 60 have data where 70 should: 10 of 40; of 50 with Mobile 30 are to be on 4G."""
    lines = np.zeros((1, 3, 4), np.int64)
    lines[0, 0, [0, 2]], lines[0, 1, 1], lines[0, 2, 1] = [10, 30], 20, 20
    lines[0, 1, 3] = 20
    chances = upgrade_chances(lines, 0.7, np.array([0.6, 0.0]))

    assert chances.device == pytest.approx(10 / 40)
    assert chances.lte.tolist() == pytest.approx([(30 - 20) / 20, 0.0])


def test_nobody_gives_a_device_back() -> None:
    lines = np.full((2, 3, 2), 10)

    assert upgrade_chances(lines, 0.1, np.array([0.9, 0.1])).device == 0.0
    assert upgrade_chances(lines, 1.0, np.array([0.9, 0.1])).lte.tolist() == [1.0, 0.0]


def test_bills_add_up_by_province_and_carrier() -> None:
    lines, bill = np.zeros((2, 3, 2), np.int64), np.zeros((2, 3, 2), np.int64)
    lines[:, 1], bill[:, 1] = [[3, 5], [7, 0]], [[20_00, 30_00], [40_00, 9]]

    held, owed = bills_of(lines, bill, 1, segments([0, 1], [0, 1]), 2, 2)

    assert held == 15
    assert owed.tolist() == [[60_00, 150_00], [280_00, 0]]


@given(st.integers(0, 10**6), st.sampled_from([1, 7, 1_000_000]))
def test_bills_are_those_of_exact_arithmetic_to_the_nearest_fen(seed: int, unit: int) -> None:
    """Of a billion lines too, at bills that no carrier would dare to send."""
    u = Streams(seed).uniform("bills", 0, 2 * 4 * 3 * 3).reshape(2, 4, 3, 3)
    lines = (u[0] * 10**8 * unit).astype(np.int64)
    bill = (u[1] * 1_000_000).astype(np.int64)
    held, out = bills_of(lines, bill, unit, segments([0] * 4, [0] * 4), 1, 3)

    owed = (lines.astype(object) * bill.astype(object)).sum(axis=(0, 1))
    assert held == lines.sum()
    assert out[0].tolist() == [int(Fraction(int(fen), unit) + Fraction(1, 2)) for fen in owed]


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=40), st.integers(0, 2 * 10**15))
def test_cells_grow_as_money_is_split(counts: list[int], total: int) -> None:
    before = np.array([*counts, 1])
    grown = np.full_like(before, -1)
    split_into(total, before, grown)

    assert grown.sum() == total
    assert grown.tolist() == split(total, before).tolist()

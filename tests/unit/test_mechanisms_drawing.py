"""Rows that draw for themselves, by hand, and by the chances that move cells."""

import math

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.market.rows import Rows
from sim.market.segments import (
    BELOW_LTE,
    BELOW_LTE_CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
)
from sim.mechanisms.drawing import better, threshold
from sim.mechanisms.flows import Upgrades
from tests.theory.mixed_market import BETTER, mixed_market
from tests.theory.small_market import (
    SmallMarket,
    Traced,
    counted,
    line_market,
    plans,
    rows_of,
    segments,
    tastes,
    upgrades,
)

LN3 = math.log(3.0)


# What may happen


@pytest.mark.parametrize(
    ("level", "chance"),
    [
        (NO_DEVICE, 0.3),
        (BELOW_LTE, 0.4),
        (BELOW_LTE_CONTROL, 0.4),
        (ON_LTE, 0.0),
        (ON_LTE_CONTROL, 0.0),
    ],
)
def test_a_row_gets_the_next_device_by_its_chance(level: int, chance: float) -> None:
    assert better(level, 1, Upgrades(0.3, np.array([1.0, 0.4]))) == chance


@pytest.mark.parametrize("chance", [0.0, 1e-9, 0.04, 0.5, 1.0 - 1e-9, 1.0])
def test_sixteen_bits_above_the_threshold_are_never_below_the_chance(chance: float) -> None:
    edge = threshold(chance)

    assert edge < 65_536
    assert (edge + 1) / 65_536 >= chance or edge == 65_535
    assert edge / 65_536 <= chance


# Rows


def test_who_does_not_look_stays_and_is_not_counted_as_looking() -> None:
    market = line_market((0.0, 9.0), (40.0, 40.0), attention=0.0, lines=500)
    rows = rows_of(market.lines)
    before = rows.state.copy()
    moved = market.draw(rows)

    assert np.array_equal(rows.state, before)
    assert moved.moves.sum() == 0
    assert moved.flows.sum(axis=0).tolist() == [[500, 0], [0, 0]]


def test_replaced_lines_choose_freely_and_are_counted_apart() -> None:
    market = line_market(
        (0.0, 9.0), (40.0, 40.0), switching=50.0, attention=0.0, renewal=1.0, lines=500
    )
    rows = rows_of(market.lines)
    moved = market.draw(rows)

    assert moved.moves[:, :, 0].sum() == 0
    assert moved.moves[:, :, 1].sum() == moved.arrived.sum() == 500
    assert moved.moves[0, 1, 1] == np.count_nonzero(rows.state % 2) > 450


def test_moves_count_lines_not_rows() -> None:
    market = line_market((0.0, 60.0), (40.0, 40.0), lines=64_321)
    moved = market.draw(Rows(np.zeros(2, np.uint16), np.full(2, 2, np.uint8)))

    assert moved.moves.tolist() == [[[0, 0], [64_321, 0]], [[0, 0], [0, 0]]]
    assert market.lines[0, BELOW_LTE].tolist() == [0, 64_321]


def test_a_first_device_makes_its_owner_look_for_certain() -> None:
    offers = plans((1.0, 90.0))
    weighed = tastes(attention=0.0, voice_value=-500.0)
    market = SmallMarket(segments(), offers, np.array([[[300, 0], [0, 0], [0, 0]]]), tastes=weighed)
    rows = rows_of(market.lines)
    moved = market.draw(rows, better=upgrades(1.0, 0.0))

    assert market.lines[0].tolist() == [[0, 0], [0, 300], [0, 0]]
    assert moved.moves[0, 0].tolist() == [300, 0]


# The same chances as of cells


LINES_A_CELL = 3_000  # about a million rows


def moved_both_ways(lines: int, month: int) -> tuple[Traced, Traced, int]:
    """Return one month by expected flows and by rows that draw, and the number of rows."""
    exact, drawn = mixed_market(lines=lines), mixed_market(lines=lines)
    exact.lines = exact.lines * 1_000_000
    rows = rows_of(drawn.lines)
    return exact.flow(BETTER), drawn.draw(rows, month, better=BETTER), len(rows.segment)


@pytest.fixture(scope="module")
def both() -> tuple[Traced, Traced, int]:
    return moved_both_ways(LINES_A_CELL, 0)


@pytest.mark.parametrize("what", ["lines", "arrived", "upgraded", "took", "flows"])
def test_rows_that_draw_go_where_expected_flows_go(
    what: str, both: tuple[Traced, Traced, int]
) -> None:
    """Each cell's share within four standard errors of a million rows."""
    exact, drawn, rows = both
    chance = getattr(exact, what) / exact.lines.sum()
    share = getattr(drawn, what) / rows
    error = np.sqrt(chance * (1.0 - chance) / rows)

    assert chance.sum() > 0.0
    # What is left of whole parts of a cell is below one in a million rows.
    assert (np.abs(share - chance) <= 4.0 * error + 1e-6).all()


def test_moves_that_looked_and_that_renewed_agree(both: tuple[Traced, Traced, int]) -> None:
    exact, drawn, rows = both
    chance, share = exact.moves / exact.lines.sum(), drawn.moves / rows

    assert (np.abs(share - chance) <= 4.0 * np.sqrt(chance / rows)).all()


def test_the_gap_between_rows_and_expected_flows_falls_as_one_over_the_root_of_rows() -> None:
    sizes, errors = np.array([10, 40, 160]), []  # lines a cell
    for size in sizes:
        gaps = []
        for month in range(40):
            exact, drawn, rows = moved_both_ways(int(size), month)
            chance = exact.flows.sum(axis=0) / exact.lines.sum()
            gaps.append(drawn.flows.sum(axis=0) / rows - chance)
        errors.append(np.sqrt(np.square(gaps).mean()))

    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.08)


# Bits


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_number_of_threads_changes_no_bit(threads: int) -> None:
    one, many = mixed_market(lines=30), mixed_market(lines=30)
    states = []
    for market, count in ((one, 1), (many, threads)):
        rows = rows_of(market.lines)
        for month in range(3):
            market.draw(rows, month, threads=count, better=BETTER)
        states.append(rows.state)

    assert np.array_equal(*states)
    assert np.array_equal(one.lines, many.lines)


def test_rows_stand_where_their_cells_count_them() -> None:
    market = mixed_market(lines=30)
    rows = rows_of(market.lines)
    for month in range(3):
        market.draw(rows, month, better=BETTER)

    assert np.array_equal(counted(rows, market.lines.shape), market.lines)


def test_a_row_draws_by_its_place_and_month() -> None:
    market = line_market((0.0, 0.0), (40.0, 40.0), lines=1_000)
    states = []
    for month, seed in ((0, 0), (1, 0), (0, 1), (0, 0)):
        rows = rows_of(market.lines * 0 + np.array([[[0, 0], [1_000, 0], [0, 0]]]))
        market.draw(rows, month, seed)
        states.append(rows.state.copy())

    assert np.array_equal(states[0], states[3])
    assert not np.array_equal(states[0], states[1])
    assert not np.array_equal(states[0], states[2])
    # By hand: a row that looks takes the other carrier above a half.
    draws = Streams(0).uniform("users.choice", 0, 1_000)
    assert np.array_equal(states[0] % 2, (draws >= 0.5).astype(np.uint8))

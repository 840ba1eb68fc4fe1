"""Cells of lines, and the rows that are drawn into them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.market.population import PARTS_OF_A_LINE, Population
from sim.market.rows import Rows, draw_rows
from sim.market.segments import (
    ALL_LEVELS,
    BELOW_LTE,
    NO_DEVICE,
    PLAIN_LEVELS,
    Labels,
    Mixture,
    Segments,
    make_segments,
)

LABELS = Labels(
    ("A", "B", "C"), ("low", "middle", "high"), 4, ("viewer", "reader"), ("voice_only", "p30"),
    ("mobile", "unicom", "telecom"),
)  # fmt: skip
OFFERS, ROWS = 6, 4_000


def segments() -> Segments:
    return make_segments(
        Mixture(
            province_share=np.array([0.1, 0.3, 0.6]),
            province_usage=np.array([2.0, 1.0, 0.5]),
            income_share=np.array([0.3, 0.5, 0.2]),
            income_usage=np.array([0.75, 1.12, 1.08]),
            alpha=np.full((3, 3), 0.06),
            tier_usage=np.array([0.3, 0.7, 1.4, 3.0]),
            style_share=np.array([0.4, 0.6]),
            style_knows=np.array([False, True]),
        )
    )


def chances() -> np.ndarray:
    """Return 40 % of lines without a device, and of the others three quarters below 4G."""
    people = segments()
    level = np.array([0.4, 0.45, 0.15])
    voice = np.array([0.6, 0.0, 0.25, 0.0, 0.15, 0.0])
    offer = np.array([0.3, 0.3, 0.15, 0.1, 0.05, 0.1])
    of_level = np.stack([voice, offer, offer])
    return people.weight[:, None, None] * level[:, None] * of_level


def drawn(rows: int = ROWS, seed: int = 0) -> Rows:
    return draw_rows(rows, chances(), segments(), Streams(seed))


def population(rows: int = ROWS, total: int = 1_000_003) -> Population:
    people = Population(
        segments(), LABELS, np.zeros(chances().shape, np.int64), 1, rows=drawn(rows)
    )
    people.lines = people.counted(total)
    return people


def cells(unit: int = PARTS_OF_A_LINE) -> Population:
    lines = np.round(chances() * 10**9).astype(np.int64)
    return Population(segments(), LABELS, lines, unit)


# Rows


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rows_have_the_shares_of_the_mixture(seed: int) -> None:
    people, of_row = segments(), drawn(seed=seed).segment

    for column, share in (
        (people.province, [0.1, 0.3, 0.6]), (people.income, [0.3, 0.5, 0.2]),
        (people.tier, [0.25] * 4), (people.style, [0.4, 0.6]),
    ):  # fmt: skip
        assert np.bincount(column[of_row]) / ROWS == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rows_have_the_levels_and_offers_of_the_chances(seed: int) -> None:
    state = drawn(seed=seed).state
    share = np.bincount(state, minlength=PLAIN_LEVELS * OFFERS) / ROWS
    chance = chances().sum(axis=0).ravel()

    assert share == pytest.approx(chance, abs=0.004)
    assert (share[chance == 0.0] == 0.0).all()


def test_traits_are_independent_of_one_another() -> None:
    people, rows = segments(), drawn()
    columns = [people.province, people.income, people.tier, people.style]
    of_row = [column[rows.segment] for column in columns]
    with_device = rows.state >= OFFERS
    apart = np.corrcoef(np.vstack([*of_row, with_device]))

    assert np.abs(apart - np.eye(5)).max() < 0.05


@pytest.mark.parametrize("rows", [1, 999, 1_001, 2_500])
def test_a_row_is_the_same_for_any_number_of_rows(rows: int) -> None:
    few, many = drawn(rows), drawn(ROWS)

    assert np.array_equal(few.segment, many.segment[:rows])
    assert np.array_equal(few.state, many.state[:rows])


def test_another_seed_draws_other_people() -> None:
    assert not np.array_equal(drawn(seed=0).segment, drawn(seed=1).segment)


def test_states_that_do_not_fit_into_a_byte_are_refused() -> None:
    many = np.ones((len(segments().theta), PLAIN_LEVELS, 86))

    with pytest.raises(ValueError, match="a state must fit into a byte"):
        draw_rows(10, many, segments(), Streams(0))


# Lines


@pytest.mark.parametrize("total", [1_000_003, 1_600_000_001])
def test_rows_stand_for_whole_lines_that_sum_to_the_country(total: int) -> None:
    people = population(total=total)
    lines = people.lines_of(slice(None))

    assert lines.sum() == people.lines.sum() == total
    assert lines.max() - lines.min() <= 1
    assert lines[0] == lines.max()


def test_cells_count_the_lines_of_their_rows() -> None:
    people = population()
    by_hand = np.zeros(people.lines.size, np.int64)
    for row in range(len(people)):
        by_hand[people.cell_of(row)] += int(people.lines_of(row))

    assert np.array_equal(by_hand, people.lines.ravel())


@given(st.integers(0, 1_600_000_000), st.integers(1, 5_000))
def test_whatever_rows_stand_for_sums_exactly(total: int, rows: int) -> None:
    lines = population(rows, total).lines_of(slice(None))

    assert len(lines) == rows
    assert int(lines.sum()) == total
    assert lines.max() - lines.min() <= 1


def test_a_new_total_leaves_rows_where_they_are() -> None:
    people = population()
    before = people.rows.state.copy()
    people.resize(2_000_001)

    assert people.lines.sum() == 2_000_001
    assert np.array_equal(people.rows.state, before)


def test_cells_grow_in_proportion_and_to_the_part() -> None:
    people = cells()
    before = people.lines.copy()
    people.resize(1_101)

    assert people.lines.sum() == 1_101 * PARTS_OF_A_LINE
    assert np.abs(people.lines - before * (people.lines.sum() / before.sum())).max() <= 1.0


def test_a_cells_lines_are_parts_of_lines() -> None:
    people = cells()

    assert people.lines_of(7) == people.lines.ravel()[7] / PARTS_OF_A_LINE
    assert people.lines_of(slice(None)).sum() == pytest.approx(1_000.0)


# Members


def test_members_are_rows_or_cells() -> None:
    assert (len(population()), population().fidelity) == (ROWS, "individual")
    assert (len(cells()), cells().fidelity) == (72 * PLAIN_LEVELS * OFFERS, "expected")


def test_a_cell_is_a_segment_a_level_and_an_offer() -> None:
    people = population()
    row = 17
    segment, state = int(people.rows.segment[row]), int(people.rows.state[row])

    assert np.unravel_index(people.cell_of(row), people.lines.shape) == (
        segment, state // OFFERS, state % OFFERS,
    )  # fmt: skip


def test_offers_are_the_carriers_plans() -> None:
    assert (cells().offers, cells().plans) == (OFFERS, 2)


# Levels and homes


def test_levels_with_control_are_added_empty() -> None:
    people = cells()
    lines, width = people.lines.copy(), people.lines.shape[2]
    people.bill[0, BELOW_LTE, 1] = 7
    people.with_control()
    people.with_control()

    assert people.lines.shape == (72, ALL_LEVELS, width)
    assert np.array_equal(people.lines[:, :PLAIN_LEVELS], lines)
    assert people.lines[:, PLAIN_LEVELS:].sum() == 0
    assert people.bill[0, BELOW_LTE, 1] == 7


def test_rows_keep_their_cells_when_levels_are_added() -> None:
    people = population()
    before = np.unravel_index(people.cell_of(slice(None)), people.lines.shape)
    people.with_control()

    assert np.array_equal(before, np.unravel_index(people.cell_of(slice(None)), people.lines.shape))
    assert np.array_equal(people.counted(1_000_003), people.lines)


def test_every_line_is_home_where_it_is_at_first() -> None:
    people = cells()

    assert people.home.shape == (72, 3, 3)
    assert (people.home == np.eye(3)).all()
    people.home[:] = 0.0
    people.at_home()
    assert (people.home == np.eye(3)).all()


def test_a_line_without_a_device_is_on_the_first_level() -> None:
    assert NO_DEVICE == 0
    assert chances()[:, NO_DEVICE, 1::2].sum() == 0.0

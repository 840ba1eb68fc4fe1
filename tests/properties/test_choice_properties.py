"""What holds of every choice and every flow, and of the qualities found from choices."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.market.segments import BELOW_LTE_CONTROL, NO_DEVICE
from sim.mechanisms.inversion import expected_shares, invert_shares
from tests.theory.mixed_market import BETTER, PLANS, mixed_market
from tests.theory.small_market import SmallMarket, counted, rows_of

SEEDS = st.integers(0, 10**6)
UTILS = st.floats(-3.0, 3.0)
SHARE = st.floats(0.0, 1.0)
NESTS = st.floats(0.3, 1.0)


def moves_add_up(market: SmallMarket, before: np.ndarray, flows: np.ndarray) -> None:
    """Check that what left one carrier came to another, segment by segment."""
    assert np.array_equal(before, flows.sum(axis=2))
    assert np.array_equal(held(market), flows.sum(axis=1))


def held(market: SmallMarket, level: slice = slice(None)) -> np.ndarray:
    """Return each carrier's lines in each segment, on some levels."""
    lines = market.lines[:, level]
    return lines.reshape(*lines.shape[:2], -1, PLANS).sum(axis=(1, 3))


@given(SEEDS, SHARE, SHARE, st.floats(0.0, 9.0), NESTS)
def test_no_part_of_a_line_is_lost_by_expected_flows(
    seed: int, attention: float, renewal: float, switching: float, dissimilarity: float
) -> None:
    m = mixed_market(
        seed, attention=attention, renewal=renewal, switching=switching,
        dissimilarity=dissimilarity,
    )  # fmt: skip
    before, lines = held(m), m.lines.copy()
    moved = m.flow(BETTER)

    assert (m.lines >= 0).all()
    assert m.lines.sum() == lines.sum()
    moves_add_up(m, before, moved.flows)
    for part in (moved.arrived, moved.upgraded, moved.took):
        assert (part >= 0).all()


@given(SEEDS, SHARE, SHARE, st.floats(0.0, 9.0), NESTS)
def test_no_row_is_lost_by_drawing_and_cells_count_the_rows(
    seed: int, attention: float, renewal: float, switching: float, dissimilarity: float
) -> None:
    m = mixed_market(
        seed, 5, attention=attention, renewal=renewal, switching=switching,
        dissimilarity=dissimilarity,
    )  # fmt: skip
    rows, before = rows_of(m.lines), held(m)
    moved = m.draw(rows, better=BETTER)

    assert np.array_equal(m.lines, counted(rows, m.lines.shape))
    moves_add_up(m, before, moved.flows)
    assert (moved.arrived + moved.upgraded + moved.took <= moved.lines).all()


@given(SEEDS, st.booleans())
def test_who_has_no_device_never_has_a_plan_with_data(seed: int, drawn: bool) -> None:
    m = mixed_market(seed, 5, attention=1.0, renewal=0.5)
    if drawn:
        m.draw(rows_of(m.lines), better=BETTER)
    else:
        m.flow(BETTER)

    with_data = np.arange(m.lines.shape[2]) % PLANS != 0
    assert m.lines[:, NO_DEVICE, with_data].sum() == 0
    assert m.lines[:, 1:, with_data].sum() > 0


@given(SEEDS)
def test_nobody_new_comes_to_a_plan_that_is_not_sold(seed: int) -> None:
    m = mixed_market(seed, renewal=0.5)
    m.tastes.control[:] = False
    closed = ~m.offers.open
    before = m.lines.copy()
    moved = m.flow(BETTER)

    assert moved.arrived[:, :, closed].sum() == 0
    # Devices and 4G apart, nobody is added there.
    assert (m.lines[:, :, closed].sum(axis=1) <= before[:, :, closed].sum(axis=1)).all()


@given(SEEDS)
def test_without_a_product_on_sale_nobody_new_has_control(seed: int) -> None:
    m = mixed_market(seed, renewal=0.5)
    m.tastes.control[:] = False
    controlled = slice(BELOW_LTE_CONTROL, None)
    before = held(m, controlled)
    m.flow(BETTER)

    assert (held(m, controlled) <= before).all()


@given(SEEDS, UTILS, UTILS, SHARE, NESTS)
def test_expected_shares_are_shares_and_their_slopes_cancel(
    seed: int, first: float, second: float, renewal: float, dissimilarity: float
) -> None:
    m = mixed_market(seed, renewal=renewal, dissimilarity=dissimilarity)
    m.tastes = m.tastes._replace(voice_quality=1.0)
    share, slope = expected_shares(m.crowd(), np.array([first, second, 0.0]))

    assert (share > 0.0).all()
    assert abs(share.sum() - 1.0) < 1e-12
    # Who moves to one carrier leaves another; quality added to all changes nothing.
    assert np.abs(slope.sum(axis=0)).max() < 1e-12
    assert np.abs(slope.sum(axis=1)).max() < 1e-12
    assert (np.diag(slope) > 0.0).all()


@given(SEEDS, UTILS, UTILS, NESTS)
def test_slopes_are_the_derivatives_of_expected_shares(
    seed: int, first: float, second: float, dissimilarity: float
) -> None:
    """Exact where all plans are sold and changing costs nothing: a carrier's lookers are alike."""
    m = mixed_market(seed, dissimilarity=dissimilarity)
    m.tastes = m.tastes._replace(voice_quality=1.0, plan_switching=0.0)
    m.offers = m.offers._replace(open=np.ones_like(m.offers.open))
    crowd, xi, step = m.crowd(), np.array([first, second, 0.0]), 1e-5
    _, slope = expected_shares(crowd, xi)
    for k in range(3):
        up, _ = expected_shares(crowd, xi + step * np.eye(3)[k])
        down, _ = expected_shares(crowd, xi - step * np.eye(3)[k])
        assert np.abs((up - down) / (2.0 * step) - slope[:, k]).max() < 1e-7


@given(SEEDS, UTILS, UTILS, SHARE, NESTS)
def test_expected_shares_are_those_that_expected_flows_reach(
    seed: int, first: float, second: float, attention: float, dissimilarity: float
) -> None:
    m = mixed_market(
        seed, 10**9, xi=(first, second, 0.0), attention=attention, dissimilarity=dissimilarity
    )
    expected = m.next_shares()
    m.flow()

    assert np.abs(m.shares() - expected).max() < 1e-9


@given(SEEDS, UTILS, UTILS, st.floats(0.02, 1.0), st.floats(0.0, 0.1), NESTS)
def test_inversion_finds_the_quality_that_made_the_shares(
    seed: int, first: float, second: float, attention: float, renewal: float, dissimilarity: float
) -> None:
    m = mixed_market(seed, attention=attention, renewal=renewal, dissimilarity=dissimilarity)
    quality, crowd = np.array([first, second, 0.0]), m.crowd()
    target, slope = expected_shares(crowd, quality)
    assume(np.abs(np.linalg.eigvals(slope[:-1, :-1])).min() > 1e-4)  # else anything would do

    found = invert_shares(crowd, target, np.zeros(3))
    assert np.abs(found - quality).max() < 1e-4


@given(SEEDS, UTILS, UTILS, NESTS)
def test_users_gain_from_quality_in_proportion_to_those_who_choose_it(
    seed: int, first: float, second: float, dissimilarity: float
) -> None:
    """The derivative of the log-sum is the share (Williams 1977; Daly and Zachary 1978)."""
    m = mixed_market(seed, 100, renewal=0.0, dissimilarity=dissimilarity)
    m.people = m.people._replace(alpha=np.full_like(m.people.alpha, 1e-9))  # no rounding to see
    step = 1e-4
    m.tastes = m.tastes._replace(voice_quality=1.0, xi=np.array([first, second, 0.0]))
    share, total = m.next_shares(), m.lines.sum()

    def surplus(shift: np.ndarray) -> int:
        moved = m.tastes._replace(xi=m.tastes.xi + shift)
        there = SmallMarket(m.people, m.offers, m.lines, m.levels, moved, m.curve)
        there.shocked = m.shocked
        return int(there.surplus().sum())

    for j in range(3):
        up, down = surplus(step * np.eye(3)[j]), surplus(-step * np.eye(3)[j])
        slope = (up - down) / (2.0 * step) * 1e-9 / 100.0 / total
        assert abs(slope - share[j]) < 1e-6


@settings(max_examples=25)
@given(SEEDS, st.integers(1, 100))
def test_one_more_user_changes_nobody_elses_choice(seed: int, more: int) -> None:
    few, many = mixed_market(seed, 3), mixed_market(seed, 3)
    of_few, of_many = rows_of(few.lines), rows_of(many.lines)
    for name in ("segment", "state"):
        column = getattr(of_many, name)
        setattr(of_many, name, np.concatenate([column, column[:more]]))
    many.lines = counted(of_many, many.lines.shape)
    few.draw(of_few, seed=seed, better=BETTER)
    many.draw(of_many, seed=seed, better=BETTER)

    assert np.array_equal(of_few.state, of_many.state[: len(of_few.state)])


@given(SEEDS)
def test_what_lines_bring_along_is_between_nothing_and_the_most_that_was_there(seed: int) -> None:
    m = mixed_market(seed)
    most, shocked = m.rollover.max(), m.shocked.max()
    m.flow(BETTER)

    assert 0 <= m.rollover.min() <= m.rollover.max() <= most
    assert 0 <= m.shocked.min() <= m.shocked.max() <= shocked

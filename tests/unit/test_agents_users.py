"""Users as Mesa agents over the population's cells and rows."""

from typing import Any

import mesa
import numpy as np
import pytest

from sim.agents.users import User, UserSet
from sim.core.errors import SimError
from sim.market.population import PARTS_OF_A_LINE, Population
from sim.market.rows import Rows
from sim.market.segments import (
    ALL_LEVELS,
    BELOW_LTE,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
    Labels,
    Segments,
)

LABELS = Labels(
    provinces=("GD", "BJ"),
    incomes=("low", "high"),
    tiers=2,
    lifestyles=("viewer", "bargain_hunter"),
    plans=("voice_only", "small", "large"),
    carriers=("mobile", "unicom", "telecom"),
)
SEGMENTS = Segments(
    province=np.array([0, 0, 1], np.uint8),
    income=np.array([0, 1, 0], np.uint8),
    tier=np.array([0, 1, 1], np.uint8),
    style=np.array([0, 1, 0], np.uint8),
    weight=np.array([0.5, 0.3, 0.2]),
    theta=np.array([0.5, 1.5, 2.5]),
    alpha=np.full(3, 0.06),
    knows=np.array([False, True, False]),
)
OFFERS = 9
WHERE = ((2, NO_DEVICE, 0), (1, BELOW_LTE, 5), (0, ON_LTE_CONTROL, 7))  # of three users


def filled(people: Population) -> Population:
    for n, cell in enumerate(WHERE):
        people.rollover[cell] = 10 * n
        people.usage[cell] = 100 * (n + 1)
        people.bill[cell] = 1_000 * n + 1_900
        people.shocked[cell] = 500_000 * (n == 1)
    return people


@pytest.fixture
def users() -> UserSet:
    """Return three rows that stand for 8, 8 and 7 lines."""
    rows = Rows(
        np.array([segment for segment, *_ in WHERE], np.uint16),
        np.array([level * OFFERS + offer for _, level, offer in WHERE], np.uint8),
    )
    people = Population(SEGMENTS, LABELS, np.zeros((3, ALL_LEVELS, OFFERS), np.int64), 1, rows)
    people.lines = people.counted(23)
    return UserSet(mesa.Model(rng=1), filled(people))


@pytest.fixture
def cells() -> UserSet:
    """Return cells of which three hold lines: two and a half each."""
    lines = np.zeros((3, ALL_LEVELS, OFFERS), np.int64)
    for cell in WHERE:
        lines[cell] = 2_500_000
    people = Population(SEGMENTS, LABELS, lines, PARTS_OF_A_LINE)
    return UserSet(mesa.Model(rng=1), filled(people))


def test_a_user_tells_who_they_are(users: UserSet):
    user = users[1]

    assert (user.province, user.income_tier, user.lifestyle) == ("GD", "high", "bargain_hunter")
    assert (user.segment, user.usage_scale, user.usage_tier) == (1, 1.5, 1)
    assert (user.lines, user.knows_reseller) == (8, True)


def test_a_user_tells_what_they_have_and_what_last_month_brought(users: UserSet):
    user = users[1]

    assert (user.offer, user.rollover) == (5, 10)
    assert (user.usage, user.bill, user.shocked) == (200, 2_900, True)


def test_an_offer_is_a_carrier_and_a_plan(users: UserSet):
    assert users.get(["carrier", "plan"]) == [
        ["mobile", "voice_only"],
        ["unicom", "large"],
        ["telecom", "small"],
    ]


def test_a_level_is_a_device_4g_and_control(users: UserSet):
    assert users.get(["device", "lte", "control"]) == [
        [False, False, False],
        [True, False, False],
        [True, True, True],
    ]


def test_a_user_moves_with_the_offer_and_so_do_their_lines(users: UserSet):
    users[1].offer = 8

    assert (users[1].carrier, users[1].plan) == ("telecom", "large")
    assert users.get("offer") == [0, 8, 7]
    assert users.columns.lines[1, BELOW_LTE].tolist() == [0] * 8 + [8]
    assert users.select(carrier="telecom").get("unique_id") == [2, 3]


@pytest.mark.parametrize("offer", [9, -1, 1.0, True, "mobile"])
def test_an_offer_that_nobody_makes_is_refused(users: UserSet, offer: Any):
    with pytest.raises(SimError, match="offer must be a whole number from 0 to 8, not"):
        users[1].offer = offer

    assert users.get("offer") == [0, 5, 7]


def test_data_cannot_be_sold_to_who_has_no_device(users: UserSet):
    with pytest.raises(SimError, match="without a data device can only be voice-only"):
        users[0].offer = 1
    users[0].offer = 3

    assert users.get("offer") == [3, 5, 7]


def test_all_else_is_read_only(users: UserSet):
    for name in set(UserSet.attributes()) - {"offer"}:
        with pytest.raises(AttributeError, match=f"'{name}' is read-only"):
            setattr(users[0], name, getattr(users[1], name))


def test_users_are_users(users: UserSet, cells: UserSet):
    assert all(type(user) is User for user in [*users, *cells])
    assert len(users) == 3


# Cells


def test_without_rows_every_cell_is_a_member(cells: UserSet):
    assert len(cells) == 3 * ALL_LEVELS * OFFERS
    assert cells.agg("lines", sum) == 7.5


def test_a_cell_tells_what_the_lines_in_it_are_and_have(cells: UserSet):
    held = cells.select(lambda user: user.lines > 0)
    names = ["segment", "carrier", "plan", "device", "lte", "control", "lines", "bill", "shocked"]

    assert held.get(names) == [
        [0, "telecom", "small", True, True, True, 2.5, 3_900, False],
        [1, "unicom", "large", True, False, False, 2.5, 2_900, True],
        [2, "mobile", "voice_only", False, False, False, 2.5, 1_900, False],
    ]


def test_cells_and_rows_tell_the_same_of_the_same_lines(users: UserSet, cells: UserSet):
    names = [name for name in UserSet.attributes() if name != "lines"]
    held = cells.select(lambda user: user.lines > 0)

    assert held.get(names) == list(reversed(users.get(names)))


def test_a_cell_has_the_offer_it_is_the_cell_of(cells: UserSet):
    with pytest.raises(SimError, match="a cell's offer is what it is; run with individual users"):
        cells[0].offer = 3


def test_on_4g_is_a_level_of_its_own(cells: UserSet):
    on_lte = cells.select(lte=True)

    assert len(on_lte) == 2 * 3 * OFFERS
    assert len(on_lte.select(control=False)) == 3 * OFFERS
    assert on_lte[0].segment == 0
    assert on_lte[0].unique_id == ON_LTE * OFFERS + 1

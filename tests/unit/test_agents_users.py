"""Users as Mesa agents over the population's columns."""

from typing import Any

import mesa
import numpy as np
import pytest

from sim.agents.users import User, UserSet
from sim.core.errors import SimError
from sim.market.population import Labels, Population

LABELS = Labels(
    provinces=("GD", "BJ"),
    incomes=("low", "high"),
    lifestyles=("viewer", "reader"),
    plans=("voice_only", "small", "large"),
)


@pytest.fixture
def users() -> UserSet:
    people = Population(
        segment=np.array([300, 1, 2], np.uint16),
        province=np.array([1, 0, 1], np.uint8),
        income=np.array([0, 1, 0], np.uint8),
        lifestyle=np.array([1, 1, 0], np.uint8),
        theta=np.array([0.5, 1.5, 2.5]),
        lte_rank=np.array([0.1, 0.2, 0.3]),
        device_rank=np.array([0.4, 0.5, 0.6]),
        knows_reseller=np.array([False, True, False]),
        first_carrier=np.zeros(3),
        first_plan=np.zeros(3),
        labels=LABELS,
    )
    people.offer = np.array([0, 5, 7], np.uint8)
    people.rollover = np.array([0, 10, 20])
    people.lines = np.array([7, 8, 9])
    people.usage = np.array([100, 200, 300])
    people.bill = np.array([1900, 2900, 3900])
    people.shocked = np.array([False, True, False])
    return UserSet(mesa.Model(rng=1), people)


def test_a_user_tells_who_they_are(users: UserSet):
    user = users[1]

    assert (user.province, user.income_tier, user.lifestyle) == ("GD", "high", "reader")
    assert (user.segment, user.usage_scale, user.lines) == (1, 1.5, 8)
    assert (user.lte_rank, user.device_rank, user.knows_reseller) == (0.2, 0.5, True)


def test_a_user_tells_what_they_have_and_what_last_month_brought(users: UserSet):
    user = users[1]

    assert (user.offer, user.rollover) == (5, 10)
    assert (user.usage, user.bill, user.shocked) == (200, 2900, True)


def test_an_offer_is_a_carrier_and_a_plan(users: UserSet):
    assert users.get(["carrier", "plan"]) == [
        ["mobile", "voice_only"],
        ["unicom", "large"],
        ["telecom", "small"],
    ]


def test_carriers_in_columns_are_the_populations(users: UserSet):
    codes = users.columns.carrier

    assert users.get("carrier") == [("mobile", "unicom", "telecom")[code] for code in codes]


def test_a_user_moves_with_the_offer(users: UserSet):
    users[0].offer = 8

    assert (users[0].carrier, users[0].plan) == ("telecom", "large")
    assert users.columns.offer.tolist() == [8, 5, 7]
    assert users.select(carrier="telecom").get("unique_id") == [1, 3]


def test_the_rollover_can_be_set(users: UserSet):
    users.select(shocked=False).set("rollover", 3)

    assert users.get("rollover") == [3, 10, 3]


@pytest.mark.parametrize("offer", [9, -1, 1.0, True, "mobile"])
def test_an_offer_that_nobody_makes_is_refused(users: UserSet, offer: Any):
    with pytest.raises(SimError, match="offer must be a whole number from 0 to 8, not"):
        users[0].offer = offer

    assert users.columns.offer.tolist() == [0, 5, 7]


@pytest.mark.parametrize("rollover", [-1, 0.5])
def test_a_rollover_is_whole_and_not_negative(users: UserSet, rollover: Any):
    with pytest.raises(SimError, match="rollover must be a whole number"):
        users.set("rollover", rollover)

    assert users.get("rollover") == [0, 10, 20]


def test_all_else_is_read_only(users: UserSet):
    writable = {"offer", "rollover"}

    for name in set(UserSet.attributes()) - writable:
        with pytest.raises(AttributeError, match=f"'{name}' is read-only"):
            setattr(users[0], name, getattr(users[1], name))


def test_users_are_users(users: UserSet):
    assert all(type(user) is User for user in users)
    assert len(users) == 3

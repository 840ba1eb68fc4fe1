"""From utilities to chances and from draws to offers: by hand, as a property, and as logit."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.market.offers import Offers
from sim.mechanisms.choice import Tastes
from sim.studies.explain.chances import chance_of, offer_at, parts_of

CARRIERS, PLANS = 3, 2
TOTAL = CARRIERS * PLANS


def offers(is_open=(True,) * TOTAL, carriers=CARRIERS):
    count = len(is_open)
    whole = np.zeros(count, dtype=np.int64)
    return Offers(
        fee=whole, allowance=whole, national=np.ones(count), overage=whole,
        free_share=np.zeros((count, 1)), free_cap=whole, appeal=np.zeros(count),
        open=np.array(is_open), resale=np.zeros(carriers, np.int64),
        voice=np.zeros(carriers, np.int64),
    )  # fmt: skip


def tastes(switching=0.0, plan_switching=0.0, dissimilarity=1.0, carriers=CARRIERS):
    return Tastes(
        place=np.zeros((carriers, 1)), xi=np.zeros(carriers), lte_value=0.0, voice_value=0.0,
        voice_quality=1.0, switching=switching, plan_switching=plan_switching, attention=1.0,
        bill_shock=0.0, renewal=0.0, dissimilarity=dissimilarity,
        nest=np.array([0, 1, 1][:carriers]), control_fee=0.0,
        control=np.zeros(carriers, np.bool_), control_reach=np.zeros(carriers),
    )  # fmt: skip


def test_two_lines_by_hand():
    # Weights 1 and 2; moving halves the second: even odds.
    utility = np.array([0.0, math.log(2.0)])
    weighs = tastes(switching=math.log(2.0), carriers=2)

    parts = parts_of(utility, 0, offers((True, True), carriers=2), weighs)

    assert [(part.offer, part.low, part.high) for part in parts if part.high > part.low] == [
        (0, 0.0, pytest.approx(0.5)),
        (1, pytest.approx(0.5), pytest.approx(1.0)),
    ]
    assert offer_at(parts, 0.49) == 0
    assert offer_at(parts, 0.51) == 1


def test_one_who_renews_bears_no_cost_and_takes_only_what_is_sold():
    utility = np.array([0.0, math.log(2.0)])
    weighs = tastes(switching=9.0, plan_switching=9.0, carriers=2)

    free = parts_of(utility, None, offers((True, True), carriers=2), weighs)
    closed = parts_of(utility, None, offers((False, True), carriers=2), weighs)

    assert chance_of(free, 1) == pytest.approx(2 / 3)
    assert chance_of(closed, 1) == pytest.approx(1.0)


def test_an_offer_no_longer_sold_can_be_kept():
    utility = np.zeros(2)
    parts = parts_of(utility, 0, offers((False, True), carriers=2), tastes(carriers=2))

    assert chance_of(parts, 0) == pytest.approx(0.5)


utilities = st.lists(st.floats(-5, 5), min_size=TOTAL, max_size=TOTAL).map(np.array)


@given(
    utility=utilities,
    held=st.none() | st.integers(0, TOTAL - 1),
    is_open=st.lists(st.booleans(), min_size=TOTAL, max_size=TOTAL),
    costs=st.tuples(st.floats(0, 4), st.floats(0, 4), st.floats(0.3, 1.0)),
)
def test_parts_fill_the_unit_interval_and_are_the_nested_logit_of_utility_less_costs(
    utility, held, is_open, costs
):
    is_open = [sold or o % PLANS == 0 for o, sold in enumerate(is_open)]  # a line is always sold
    switching, plan_switching, dissimilarity = costs

    parts = parts_of(utility, held, offers(is_open), tastes(*costs))

    assert parts[0].low == 0.0
    assert parts[-1].high == pytest.approx(1.0)
    assert all(a.high == b.low for a, b in pairwise(parts))
    cost = np.zeros(TOTAL)
    if held is not None:
        own = np.arange(TOTAL) // PLANS == held // PLANS
        cost = np.where(own, plan_switching, switching)
        cost[held] = 0.0
    seen = [o for o in range(TOTAL) if is_open[o] or o == held]
    weight = {o: math.exp((utility[o] - cost[o]) / dissimilarity) for o in seen}
    nest = {o: min(o // PLANS, 1) for o in seen}
    inside = {k: sum(weight[o] for o in seen if nest[o] == k) for k in (0, 1)}
    total = sum(value**dissimilarity for value in inside.values())
    for o in seen:
        logit = inside[nest[o]] ** dissimilarity / total * weight[o] / inside[nest[o]]
        assert chance_of(parts, o) == pytest.approx(logit, abs=1e-12)

"""Why a result changed: by hand, always, and where theory has the answer."""

from fractions import Fraction
from itertools import pairwise, permutations
from math import pi, tan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.load import load_scenario
from sim.scenario.shipped import scenario_names
from sim.studies.attribution import (
    MOST,
    AttributionError,
    Changes,
    Made,
    in_order,
    over_seeds,
    sets_of,
    shapley,
)

NAMES = "abcdef"
numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
games = st.integers(1, 4).flatmap(
    lambda count: st.fixed_dictionaries(dict.fromkeys(sets_of(NAMES[:count]), numbers))
)


def test_two_causes_by_hand():
    worth = {"": 1.0, "a": 11.0, "b": 5.0, "ab": 21.0}
    found = shapley("ab", lambda made: worth["".join(sorted(made))])

    # a adds 10 first and 16 last, b adds 4 first and 10 last.
    assert found.parts == {"a": 13, "b": 7}
    assert (found.before, found.after, found.whole) == (1, 21, 20)
    assert in_order("ab", lambda made: worth["".join(sorted(made))]).parts == {"a": 10, "b": 10}
    assert in_order("ba", lambda made: worth["".join(sorted(made))]).parts == {"b": 4, "a": 16}


def test_two_seeds_by_hand():
    seeds = [
        shapley("a", {frozenset(): 1.0, frozenset("a"): after}.__getitem__) for after in (3, 5)
    ]
    found = over_seeds(seeds)

    # Parts 2 and 4: half the interval is t(0.95; 1) = tan(0.45 π) times 1.
    assert found.mean.tolist() == [3.0, 3.0]
    assert found.high.tolist() == pytest.approx([3.0 + tan(0.45 * pi)] * 2)
    assert np.isnan(over_seeds(seeds[:1]).low).all()


@given(games)
def test_parts_sum_to_the_whole_exactly_in_any_game(game: dict[Made, float]):
    causes = sorted(max(game, key=len))
    for found in (shapley(causes, game.__getitem__), in_order(causes, game.__getitem__)):
        assert sum(found.parts.values()) == found.whole
        assert found.whole == Fraction(game[frozenset(causes)]) - Fraction(game[frozenset()])


@given(games)
def test_shapley_is_the_mean_over_all_orders(game: dict[Made, float]):
    causes = sorted(max(game, key=len))
    orders = [in_order(order, game.__getitem__).parts for order in permutations(causes)]
    found = shapley(causes, game.__getitem__)

    assert found.parts == {
        cause: sum((order[cause] for order in orders), Fraction(0)) / len(orders)
        for cause in causes
    }


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(-1000, 1000), min_size=1))
def test_a_cause_that_changes_nothing_gets_nothing_and_causes_that_only_add_get_what_they_add(
    adds: dict[str, int],
):
    causes = [*adds, "none"]
    found = shapley(causes, lambda made: float(sum(adds.get(name, 0) for name in made)))

    assert found.parts == {**adds, "none": 0}


@pytest.mark.parametrize("costs", [(1, 4, 6, 9), (3, 3, 8), (10,), (1, 2, 3, 4, 5, 6)])
def test_the_airport_game_has_its_closed_form(costs: tuple[int, ...]):
    """Littlechild and Owen 1973: each step of the runway is shared by those who need it."""
    causes = NAMES[: len(costs)]
    need = dict(zip(causes, costs, strict=True))
    found = shapley(causes, lambda made: float(max((need[one] for one in made), default=0)))
    steps = [Fraction(high - low) for low, high in pairwise((0, *costs))]
    shares = [step / (len(costs) - place) for place, step in enumerate(steps)]

    assert list(found.parts.values()) == [sum(shares[: n + 1]) for n in range(len(costs))]


def test_a_number_that_is_none_is_told_with_what_was_changed():
    with pytest.raises(AttributionError, match="with a changed the number is nan"):
        shapley("ab", lambda made: float("nan") if made == {"a"} else 0.0)


def test_the_sets_of_causes_are_all_there_each_once():
    assert len({*sets_of("abc")}) == len([*sets_of("abc")]) == 8


# ------------------------------------------------------------------- between two scenarios


@pytest.mark.parametrize("before", ["business_as_usual", "mobile_joins"])
@pytest.mark.parametrize("after", scenario_names())
def test_every_set_of_changes_is_a_scenario_and_all_of_them_the_other(before: str, after: str):
    changes = Changes(load_scenario(before), load_scenario(after))
    causes = list(changes.causes)

    assert len(causes) <= MOST
    for made in sets_of(causes):
        scenario = changes.with_only(made)
        if not made:
            assert scenario.digest() == changes.before.digest()
    assert scenario.digest() == changes.after.digest()


def test_a_strategy_is_one_cause_and_the_same_parameter_of_all_is_one_where_there_are_many():
    few = {"carriers.mobile.strategy.cut": 0.05, "demand.kappa": 6}
    many = {f"carriers.{c}.leak_control_branched": 0.9 for c in ("mobile", "unicom", "telecom")}
    many |= {f"carriers.{c}.strategy.cut": 0.05 for c in ("mobile", "unicom", "telecom")}
    war = load_scenario("price_war")

    assert set(Changes(war, load_scenario("price_war", few)).causes) == {
        "carriers.mobile.strategy", "demand.kappa",
    }  # fmt: skip
    assert set(Changes(war, load_scenario("price_war", many | few)).causes) == {
        "carriers.leak_control_branched", "carriers.strategy", "demand.kappa",
    }  # fmt: skip


def test_nothing_is_changed_beside_what_is_named():
    before, after = load_scenario("business_as_usual"), load_scenario("price_war")
    scenario = Changes(before, after).with_only(frozenset({"carriers.mobile.strategy"}))

    assert scenario.carriers["mobile"].strategy == after.carriers["mobile"].strategy
    assert scenario.carriers["unicom"] == before.carriers["unicom"]


def test_equal_scenarios_have_no_causes():
    assert Changes(load_scenario("history"), load_scenario("history")).causes == {}

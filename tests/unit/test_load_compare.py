"""Two scenarios are compared value by value."""

from sim.scenario.compare import Difference, differences
from sim.scenario.load import load_scenario


def test_a_scenario_does_not_differ_from_itself() -> None:
    base = load_scenario("base")

    assert differences(base, base) == []


def test_the_name_is_no_difference() -> None:
    base = load_scenario("base")

    assert differences(base, base.model_copy(update={"name": "other"})) == []


def test_each_value_is_told_once() -> None:
    a, b = load_scenario("base"), load_scenario("base", ["months=24", "retail.overage.2016=80"])

    assert differences(a, b) == [
        Difference("months", 60, 24),
        Difference("retail.overage.2016", 60.0, 80.0),
    ]


def test_a_value_that_one_lacks_is_none() -> None:
    a = load_scenario("price_war")
    b = load_scenario("price_war", {"carriers.mobile.strategy": {"name": "hold"}})

    assert differences(a, b) == [
        Difference("carriers.mobile.strategy.cut", 0.02, None),
        Difference("carriers.mobile.strategy.name", "price_war", "hold"),
        Difference("carriers.mobile.strategy.upsilon", 0.04, None),
    ]


def test_swapping_the_two_swaps_the_values() -> None:
    a, b = load_scenario("alliance"), load_scenario("price_war")

    swapped = [Difference(d.path, d.b, d.a) for d in differences(b, a)]

    assert differences(a, b) == swapped


def test_positions_in_lists_are_ordered_as_numbers() -> None:
    many = load_scenario("base", {"about.claims": ["H1"] * 12})
    others = load_scenario("base", {"about.claims": ["H2"] * 12})

    paths = [difference.path for difference in differences(many, others)]

    assert paths == [f"about.claims.{position}" for position in range(12)]

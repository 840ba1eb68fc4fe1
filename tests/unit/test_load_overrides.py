"""Overrides change single values, with the same checks as a file."""

import pytest

from sim.core.errors import InputError, Problem
from sim.scenario.load import load_scenario

CUT = "carriers.mobile.strategy.cut"


def refused(*overrides: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refusal:
        load_scenario("price_war", overrides)
    return refusal.value.problems


def test_a_text_and_a_mapping_do_the_same() -> None:
    by_text = load_scenario("price_war", [f"{CUT}=0.05", "months=24", "quality.invert=off"])
    by_value = load_scenario("price_war", {CUT: 0.05, "months": 24, "quality.invert": False})

    assert by_text == by_value
    assert by_text.carriers["mobile"].strategy.model_dump()["cut"] == 0.05
    assert not by_text.quality.invert


def test_nothing_else_changes() -> None:
    changed = load_scenario("price_war", ["months=24"])

    assert changed == load_scenario("price_war").model_copy(update={"months": 24})


def test_the_last_override_of_a_value_holds() -> None:
    assert load_scenario("base", ["months=24", "months=36"]).months == 36


def test_a_year_and_an_order_of_the_events_have_paths() -> None:
    changed = load_scenario("base", ["retail.overage.2016=80", "orders.price_cut_2018.size=0.5"])

    assert changed.retail.overage[2016] == 80
    assert changed.orders["price_cut_2018"].size == 0.5
    assert changed.orders["price_cut_2018"].month == "2018-03"


def test_orders_are_switched_off_one_by_one_or_all() -> None:
    known = list(load_scenario("base").orders)

    assert list(load_scenario("base", ["orders.rollover=off"]).orders) == known[1:]
    for nothing in ("orders=off", "orders=[]"):
        assert load_scenario("base", [nothing]).orders == {}


@pytest.mark.parametrize("section", ["leakage", "sponsorship"])
@pytest.mark.parametrize(("said", "meant"), [("off", False), ("no", False), ("on", True)])
def test_a_mechanism_is_switched_by_a_word(section: str, said: str, meant: bool) -> None:
    scenario = load_scenario("base", [f"{section}.enabled={said}"])

    assert getattr(scenario, section).enabled is meant


def test_a_strategy_is_replaced_by_name_or_whole() -> None:
    named = load_scenario("price_war", ["carriers.mobile.strategy.name=hold"])
    whole = load_scenario("price_war", {"carriers.mobile.strategy": {"name": "hold"}})
    written = load_scenario("price_war", ["carriers.mobile.strategy={name: hold}"])

    assert named.carriers["mobile"].strategy.model_dump() == {"name": "hold"}
    assert named == whole == written


def test_a_list_is_replaced_whole() -> None:
    assert load_scenario("alliance", ["about.claims=[H1]"]).about.claims == ("H1",)
    assert load_scenario("alliance", {"about.claims": []}).about.claims == ()


def test_a_value_may_hold_an_equals_sign() -> None:
    assert load_scenario("base", ["about.title=p = c"]).about.title == "p = c"


def test_an_unknown_path_is_answered_with_the_nearest() -> None:
    assert refused("months=24", "carriers.mobile.strategy.cuts=0.05") == (
        Problem("--set", 2, "carriers.mobile.strategy.cuts",
                "unknown key 'cuts'; did you mean 'cut'?"),
    )  # fmt: skip


def test_a_short_path_is_answered_with_the_full_one() -> None:
    assert refused("users=5000") == (
        Problem("--set", 1, "users", "unknown key 'users'; did you mean 'population.users'?"),
    )


def test_a_path_through_a_single_value_is_refused() -> None:
    assert refused("population.users.more=1") == (
        Problem("--set", 1, "population.users.more",
                "'population.users' is a single value, without parts"),
    )  # fmt: skip


def test_an_item_that_a_list_does_not_have_is_refused() -> None:
    for path in ("about.claims.9", "about.claims.-1", "about.claims.first"):
        assert refused("about.claims=[H1, H2]", f"{path}=H3") == (
            Problem("--set", 2, path, "'about.claims' has items 0 to 1"),
        )  # fmt: skip


def test_a_wrong_value_is_told_by_its_place_among_the_overrides() -> None:
    assert refused("months=24", f"{CUT}=-1", "population.users=many") == (
        Problem("--set", 2, CUT, "must be greater than 0, is -1"),
        Problem("--set", 3, "population.users", "must be a whole number, is 'many'"),
    )


@pytest.mark.parametrize("override", ["months", "=24", "  =24"])
def test_what_is_no_override_is_told_how_to_write_one(override: str) -> None:
    (problem,) = refused(override)

    assert (problem.file, problem.line) == ("--set", 1)
    assert problem.what == "write it as path=value, such as months=24"


@pytest.mark.parametrize("value", ["[1, 2", "&a 3", "*a", "!x 3", "[" * 5_000, "{a: 1, a: 2}"])
def test_a_value_that_is_not_plain_yaml_is_refused(value: str) -> None:
    (problem, *_) = refused(f"months={value}")

    assert (problem.file, problem.line) == ("--set", 1)


def test_an_endless_path_is_refused() -> None:
    (problem,) = refused("a" + ".a" * 100_000 + "=1")

    assert "the path is longer" in problem.what
    assert len(str(problem)) < 1_000


def test_name_and_observed_facts_cannot_be_overridden() -> None:
    assert [p.path for p in refused("name=other", "observed.dou.2015=1")] == ["name", "observed"]


def test_another_data_file_can_be_named() -> None:
    (problem,) = refused("data.carriers=nowhere.csv")

    assert (problem.file, problem.line, problem.path) == ("--set", 1, "data.carriers")

"""Every scenario that ships keeps the contract; a new file is tested by being there."""

import re

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import configs_folder, scenario_file, scenario_names

CLAIMS = {f"H{number}" for number in range(1, 11)}

every_scenario = pytest.mark.parametrize("name", scenario_names())


def header(name: str) -> str:
    """Return the comment at the head of a scenario's file."""
    lines = scenario_file(name).read_text(encoding="utf-8").splitlines()
    return " ".join(line.lstrip("# ") for line in lines[: first_without_comment(lines)])


def first_without_comment(lines: list[str]) -> int:
    return next(number for number, line in enumerate(lines) if not line.startswith("#"))


def test_the_scenarios_of_the_first_release_ship() -> None:
    first = {"history", "business_as_usual", "price_war", "service_cooperation", "alliance"}
    more = {"alliance_blocked", "mobile_joins", "leak_control", "cheap_data"}
    assert first | more | {"price_war_with_cooperation"} <= set(scenario_names())
    assert "base" not in scenario_names()


@every_scenario
def test_it_loads_under_the_name_of_its_file(name: str) -> None:
    assert load_scenario(name).name == name
    assert load_scenario(scenario_file(name)) == load_scenario(name)


@every_scenario
def test_its_header_says_which_claims_it_serves(name: str) -> None:
    claims = load_scenario(name).about.claims

    assert claims
    assert set(claims) <= CLAIMS
    assert set(re.findall(r"\bH\d+\b", header(name))) == set(claims)


@every_scenario
def test_it_has_a_title_in_both_languages_and_says_what_it_shows(name: str) -> None:
    about = load_scenario(name).about

    assert re.search(r"[a-z]", about.title)
    assert re.search(r"[\u4e00-\u9fff]", about.title_zh)
    assert about.description.endswith(".")
    assert about.title != load_scenario("base").about.title


@every_scenario
def test_it_says_only_what_differs_from_the_base(name: str) -> None:
    assert "extends: base\n" in scenario_file(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["base", *scenario_names()])
def test_its_parameters_are_inside_the_ranges_held_plausible(name: str) -> None:
    assert load_scenario(name).warnings() == []


def test_a_parameter_outside_its_range_is_told() -> None:
    (warning,) = load_scenario("base", {"demand.attention": 0.5}).warnings()

    assert warning == "demand.attention = 0.5 is outside its prior range 0.02 to 0.08"


def test_no_two_scenarios_are_the_same() -> None:
    digests = {name: load_scenario(name).digest() for name in scenario_names()}

    assert len(set(digests.values())) == len(digests)


def own_past(scenario: Scenario) -> object:
    """Return what happens before the branch and may be shared."""
    without = {"name", "about", "data", "months", "service", "sharing"}
    content = scenario.model_dump(exclude=without)
    for carrier in content["carriers"].values():
        del carrier["strategy"], carrier["leak_control_branched"]
    orders = content["orders"]
    content["orders"] = {k: o for k, o in orders.items() if o["month"] < scenario.branch}
    return content


def test_scenarios_share_their_past_exactly_where_it_is_the_same() -> None:
    base = load_scenario("base")

    for name in scenario_names():
        scenario = load_scenario(name)
        shares = scenario.past_digest() == base.past_digest()
        assert shares == (own_past(scenario) == own_past(base)), name


def test_conduct_after_the_branch_leaves_the_past_alone() -> None:
    base = load_scenario("base")
    conduct = load_scenario("base", {"carriers.mobile.strategy": {"name": "hold"}, "months": 3})
    past = load_scenario("base", {"carriers.mobile.past": {"name": "hold"}})

    assert conduct.past_digest() == base.past_digest() != past.past_digest()


def test_the_configurations_are_where_the_package_says() -> None:
    assert scenario_file("base") == configs_folder() / "base.yaml"
    assert (configs_folder() / "data" / "carriers.csv").is_file()

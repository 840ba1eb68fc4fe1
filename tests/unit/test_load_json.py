"""A scenario travels as JSON and comes back the same; files have a schema for editors."""

import json
from typing import Any

import pytest

from sim.core.errors import InputError
from sim.scenario.json_schema import json_schema
from sim.scenario.load import from_json, load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import scenario_names


@pytest.mark.parametrize("name", ["base", *scenario_names()])
def test_json_brings_the_same_scenario_back(name: str) -> None:
    scenario = load_scenario(name)

    for text in (scenario.model_dump_json(), scenario.canonical_json()):
        returned = from_json(text)
        assert returned == scenario
        assert returned.digest() == scenario.digest()
        assert in_order(returned) == in_order(scenario)


def in_order(scenario: Scenario) -> str:
    """Return the content in the order in which the model would meet it."""
    return json.dumps(scenario.model_dump(mode="json"))


def test_the_order_of_writing_changes_nothing() -> None:
    content = load_scenario("base").model_dump(mode="json")

    assert in_order(Scenario.model_validate(backwards(content))) == json.dumps(content)


def backwards(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: backwards(part) for key, part in reversed(value.items())}


def test_plans_stand_by_fee_and_tiers_by_income() -> None:
    scenario = load_scenario("base")
    fees = [plan.fee for plan in scenario.retail.plans.values()]
    incomes = [tier.income for tier in scenario.population.income_tiers.values()]

    assert fees == sorted(fees)
    assert incomes == sorted(incomes)


def test_loading_twice_gives_the_same() -> None:
    first, second = load_scenario("alliance"), load_scenario("alliance")

    assert in_order(first) == in_order(second)
    assert first.digest() == second.digest()


def test_years_are_numbers() -> None:
    assert set(load_scenario("base").retail.overage) == {2015, 2016, 2017, 2018}


def test_json_that_is_no_scenario_is_refused() -> None:
    with pytest.raises(InputError, match="scenario JSON:1: scenario: "):
        from_json("{")
    with pytest.raises(InputError, match="months: must be at least 1, is -5"):
        from_json(load_scenario("base").model_copy(update={"months": -5}).model_dump_json())
    with pytest.raises(InputError, match="unknown key 'month'; did you mean 'months'"):
        from_json(json.dumps({**json.loads(load_scenario("base").canonical_json()), "month": 3}))


def references(value: Any) -> set[str]:
    """Return every reference in a JSON schema."""
    if isinstance(value, list):
        return {name for part in value for name in references(part)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if "$ref" in value else set()
    return own | references(list(value.values()))


def test_the_schema_of_files_knows_every_section_and_extends() -> None:
    schema = json_schema()

    expected = set(Scenario.model_fields) - {"name", "observed"} | {"extends"}
    assert set(schema["properties"]) == expected
    assert schema["additionalProperties"] is False


def test_the_schema_of_files_requires_nothing() -> None:
    schema = json_schema()

    assert [name for name, part in schema["$defs"].items() if "required" in part] == []
    assert "required" not in schema


def test_the_schema_of_files_lets_an_order_be_off() -> None:
    order = json_schema()["properties"]["orders"]["additionalProperties"]

    assert order == {"anyOf": [{"$ref": "#/$defs/Order"}, {"const": "off"}]}


def test_the_schema_of_files_holds_all_that_it_refers_to_and_no_more() -> None:
    schema = json_schema()

    assert references(schema) == {f"#/$defs/{name}" for name in schema["$defs"]}


def test_the_schema_of_files_tells_units_ranges_and_sources() -> None:
    kappa = json_schema()["$defs"]["Demand"]["properties"]["kappa"]

    assert kappa["unit"] == "yuan/GB"
    assert kappa["prior"] == [2, 20]
    assert kappa["source"].startswith("Nevo")


def test_a_strategy_may_be_given_in_part() -> None:
    strategy = json_schema()["$defs"]["Carrier"]["properties"]["strategy"]

    assert len(strategy["anyOf"]) > 1
    assert "discriminator" not in strategy

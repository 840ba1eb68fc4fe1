"""Scenarios as they were stored by earlier versions."""

import json

from sim.scenario.load import from_json, load_scenario


def test_a_scenario_stored_before_there_were_regions_has_a_branch_in_each_province() -> None:
    scenario = load_scenario("price_war")
    content = json.loads(scenario.canonical_json())
    for province in content["observed"]["provinces"]:
        del province["branches"]

    assert from_json(json.dumps(content)) == scenario

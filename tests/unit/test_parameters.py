"""The document of parameters says what the schema and the reference market say."""

import re
from pathlib import Path

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.parameters import document
from sim.scenario.schema import _with_priors
from sim.strategies import carrier_strategies, partner_strategies, reseller_strategies


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """Return the cells of every parameter by its name."""
    found = re.findall(r"^\| `([\w.<>]+)` \| (.*) \|$", document(), re.MULTILINE)
    split = {name: cells.split(" | ") for name, cells in found}
    return {name: cells for name, cells in split.items() if len(cells) == 5}


def test_the_document_is_what_would_be_written_now(root: Path) -> None:
    written = (root / "docs" / "parameters.md").read_text(encoding="utf-8")

    assert written == document(), "python -m sim.scenario.parameters docs/parameters.md"


def test_a_parameter_has_meaning_unit_default_prior_and_source(rows: dict[str, list[str]]) -> None:
    assert rows["demand.kappa"] == [
        "effort cost of use", "yuan/GB", "5", "2 to 20", "Nevo, Turner and Williams 2016",
    ]  # fmt: skip


def test_parts_that_differ_have_each_its_value_and_equal_ones_share_it(
    rows: dict[str, list[str]],
) -> None:
    tiers = load_scenario("base").population.income_tiers.items()
    each = "; ".join(f"{name}: {tier.income:g}" for name, tier in tiers)

    assert rows["population.income_tiers.<tier>.income"][2] == each
    assert rows["carriers.<carrier>.leak_control"][2] == "0.5"
    assert rows["retail.plans.<plan>.throttled"][2] == "unlimited: 3; else none"
    assert "unlimited.unicom: 2017-03" in rows["retail.plans.<plan>.sold.<carrier>.start"][2]


def test_every_parameter_with_a_prior_range_is_told(rows: dict[str, list[str]]) -> None:
    names = {
        re.sub(r"^carriers\.\w+\.", "carriers.<carrier>.", path)
        for path, _, _ in _with_priors(load_scenario("base"), "")
    }

    assert names
    assert names - {name for name, cells in rows.items() if cells[3]} == set()


def test_every_field_of_every_strategy_is_told() -> None:
    told = set(re.findall(r"^\| `(\w+)` \| `?(\w+|–)`? \|", document(), re.MULTILINE))

    for registry in (carrier_strategies, reseller_strategies, partner_strategies):
        for name, rule in registry.items():
            fields = set(rule.model_fields) - {"name"}
            assert {(name, field) for field in fields or {"–"}} <= told

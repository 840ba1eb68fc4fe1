"""A scenario says what differs from another; the rest is that of the other."""

from pathlib import Path

import pytest

from sim.core.errors import InputError
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import configs_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario that extends the base."""
    (tmp_path / "parent.yaml").write_text("extends: base\nmonths: 24\ndemand: {kappa: 7}\n")
    return tmp_path


def load(folder: Path, text: str) -> Scenario:
    file = folder / "mine.yaml"
    file.write_text(text)
    return load_scenario(file)


def test_what_is_not_said_is_inherited(folder: Path) -> None:
    base, mine = load_scenario("base"), load(folder, "extends: base\ndemand: {kappa: 6}\n")

    assert mine.demand == base.demand.model_copy(update={"kappa": 6.0})
    assert mine.carriers == base.carriers
    assert mine.name == "mine"


def test_a_chain_is_laid_from_its_root(folder: Path) -> None:
    mine = load(folder, "extends: ./parent.yaml\nmonths: 36\n")

    assert mine.months == 36
    assert mine.demand.kappa == 7
    assert mine.retail == load_scenario("base").retail


def test_a_shipped_scenario_can_be_extended(folder: Path) -> None:
    mine = load(folder, "extends: price_war\ncarriers: {mobile: {strategy: {cut: 0.05}}}\n")

    assert mine.carriers["mobile"].strategy.model_dump() == {
        "name": "price_war", "upsilon": 0.04, "cut": 0.05, "trigger": None
    }  # fmt: skip
    assert mine.carriers["unicom"] == load_scenario("price_war").carriers["unicom"]


def test_another_strategy_leaves_no_parameter_behind(folder: Path) -> None:
    mine = load(folder, "extends: price_war\ncarriers: {mobile: {strategy: {name: hold}}}\n")

    assert mine.carriers["mobile"].strategy.model_dump() == {"name": "hold"}
    assert mine.carriers["mobile"].past == load_scenario("price_war").carriers["mobile"].past


def test_years_merge_and_lists_are_replaced(folder: Path) -> None:
    base = load_scenario("base")

    mine = load(folder, "extends: base\nretail: {overage: {2016: 80}}\nabout: {claims: [H7]}\n")

    assert mine.retail.overage == {**base.retail.overage, 2016: 80.0}
    assert mine.about.claims == ("H7",)


def test_orders_are_laid_over_those_of_the_events(folder: Path) -> None:
    base = load_scenario("base").orders
    order = "{month: 2017-06, rule: price_cut, size: 0.5, source: assumed}"

    mine = load(folder, f"extends: base\norders: {{mine: {order}, rollover: off}}\n").orders

    assert list(mine) == ["mine", "price_cut_2018", "roaming", "price_cut_2019", "portability"]
    assert {**base, "mine": mine["mine"]} == {**mine, "rollover": base["rollover"]}


def test_a_mix_is_changed_in_part(folder: Path) -> None:
    base = load_scenario("base").population.lifestyles["viewer"].mix

    mine = load(
        folder,
        "extends: base\npopulation: {lifestyles: {viewer: {mix: {video: 0.48, social: 0.15}}}}\n",
    )

    changed = mine.population.lifestyles["viewer"].mix
    assert changed == {**base, "video": 0.48, "social": 0.15}


def test_own_data_beside_the_scenario_come_first(folder: Path) -> None:
    shipped = configs_folder() / "data" / "provinces.csv"
    text = shipped.read_text(encoding="utf-8").replace("Beijing", "Peking")
    (folder / "provinces.csv").write_text(text, encoding="utf-8")

    mine = load(folder, "extends: base\n")

    assert "Peking" in {p.name_en for p in mine.observed.provinces}
    assert mine.digest() != load_scenario("base").digest()


def test_a_scenario_that_extends_itself_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.yaml:2: extends: .* circle: .*mine.* -> .*mine"):
        load(folder, "# mine\nextends: mine.yaml\n")


def test_a_circle_shows_its_chain(folder: Path) -> None:
    (folder / "parent.yaml").write_text("extends: mine.yaml\n")

    with pytest.raises(InputError) as refusal:
        load(folder, "months: 3\nextends: ../" + folder.name + "/parent.yaml\n")

    (problem,) = refusal.value.problems
    assert (Path(problem.file).name, problem.line, problem.path) == ("parent.yaml", 1, "extends")
    chain = problem.what.removeprefix("goes in a circle: ").split(" -> ")
    assert [Path(file).name for file in chain] == ["mine.yaml", "parent.yaml", "mine.yaml"]


@pytest.mark.parametrize(
    ("extends", "what"),
    [
        ("pric_war", "no scenario of this name ships; did you mean 'price_war'?"),
        ("./alliance.yml", "alliance.yml: no such file; did you mean 'alliance'?"),
        ("[base]", "must be the name of a scenario or the path of a file"),
        ("", "must be the name of a scenario or the path of a file"),
    ],
)
def test_what_cannot_be_extended_is_told_at_its_line(folder: Path, extends: str, what: str) -> None:
    with pytest.raises(InputError) as refusal:
        load(folder, f"months: 24\nextends: {extends}\n")

    (problem,) = refusal.value.problems
    assert (problem.line, problem.path) == (2, "extends")
    assert problem.what.endswith(what)

"""Every mistake in a scenario is told at its line, in plain words, all at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.core.errors import InputError, Problem
from sim.scenario.load import load_scenario

type Mistakes = Callable[[str], list[tuple[int, str, str]]]


@pytest.fixture
def mistakes(tmp_path: Path) -> Mistakes:
    """Return line, path and words of each problem in the lines after `extends: base`."""

    def found(lines: str) -> list[tuple[int, str, str]]:
        file = tmp_path / "mine.yaml"
        file.write_text(f"extends: base\n{lines}", encoding="utf-8")
        with pytest.raises(InputError) as refusal:
            load_scenario(file)
        assert all(str(problem).startswith(f"{file}:") for problem in refusal.value.problems)
        return [(p.line, p.path, p.what) for p in refusal.value.problems]

    return found


def test_an_unknown_key_is_answered_with_the_nearest(mistakes: Mistakes) -> None:
    assert mistakes("month: 24\n") == [
        (2, "month", "unknown key 'month'; did you mean 'months'?")
    ]  # fmt: skip
    assert mistakes("retail:\n  plans:\n    p5: {fee: 5, alowance: 1}\n") == [
        (4, "retail.plans.p5.alowance", "unknown key 'alowance'; did you mean 'allowance'?")
    ]
    assert mistakes("carriers: {mobile: {strategy: {upsilom: 0.1}}}\n") == [
        (2, "carriers.mobile.strategy.upsilom", "unknown key 'upsilom'; did you mean 'upsilon'?")
    ]


def test_a_key_in_the_wrong_section_is_answered_with_its_place(mistakes: Mistakes) -> None:
    assert mistakes("users: 5000\n") == [
        (2, "users", "unknown key 'users'; did you mean 'population.users'?")
    ]


def test_an_unknown_key_in_an_order_is_found(mistakes: Mistakes) -> None:
    assert mistakes(
        "orders:\n"
        "  one: {month: 2018-03, rule: rollover, size: 0, source: x}\n"
        "  two: {month: 2018-04, rule: rollover, size: 0, source: x, sise: 1}\n"
    ) == [(4, "orders.two.sise", "unknown key 'sise'; did you mean 'size'?")]


def test_an_order_that_is_not_in_the_events_must_be_whole(mistakes: Mistakes) -> None:
    assert mistakes("orders: {price_cut_2081: {size: 0.5, month: 2081-01, source: x}}\n") == [
        (2, "orders.price_cut_2081.rule", "is missing; add it")
    ]


def test_a_misspelt_strategy_is_answered_with_the_nearest(mistakes: Mistakes) -> None:
    text = "carriers:\n  mobile:\n    strategy:\n      cut: 0.02\n      name: price_wr\n"

    assert mistakes(text) == [
        (6, "carriers.mobile.strategy.name",
         "unknown strategy 'price_wr'; did you mean 'price_war'?")
    ]  # fmt: skip
    assert mistakes("resale: {strategy: {name: cournt}}\n") == [
        (2, "resale.strategy.name", "unknown strategy 'cournt'; did you mean 'cournot'?")
    ]


def test_a_strategy_must_be_complete(mistakes: Mistakes) -> None:
    assert mistakes("carriers: {unicom: {strategy: {name: price_war, cut: 0.02}}}\n") == [
        (2, "carriers.unicom.strategy.upsilon", "is missing; add it")
    ]


def test_a_parameter_of_a_strategy_has_bounds(mistakes: Mistakes) -> None:
    text = "carriers:\n  telecom:\n    strategy: {name: price_war, upsilon: 0.04, cut: -3}\n"

    assert mistakes(text) == [
        (4, "carriers.telecom.strategy.cut", "must be greater than 0, is -3")
    ]  # fmt: skip


def test_a_negative_price_is_refused(mistakes: Mistakes) -> None:
    assert mistakes("retail:\n  reference_price: -3\n") == [
        (3, "retail.reference_price", "must be greater than 0, is -3")
    ]


def test_shares_must_sum_to_one(mistakes: Mistakes) -> None:
    assert mistakes("population:\n  income_tiers:\n    low: {share: 0.9}\n") == [
        (3, "population.income_tiers", "the shares sum to 1.4, not to 1; change them together")
    ]
    assert mistakes("population:\n  lifestyles:\n    viewer:\n      mix: {games: 0.33}\n") == [
        (5, "population.lifestyles.viewer.mix",
         "the shares sum to 1.21, not to 1; change them together")
    ]  # fmt: skip


@pytest.mark.parametrize("months", [0, -5])
def test_months_before_the_branch_are_refused(mistakes: Mistakes, months: int) -> None:
    assert mistakes(f"months: {months}\n") == [(2, "months", f"must be at least 1, is {months}")]


def test_a_branch_before_the_start_is_refused(mistakes: Mistakes) -> None:
    ((line, path, what),) = mistakes("branch: 2014-05\n")

    assert (line, path) == (2, "branch")
    assert what == "must be 2016-01 or later, for a year of shared past, is 2014-05"


def test_the_start_is_where_the_data_begin(mistakes: Mistakes) -> None:
    assert mistakes("start: 2016-01\n") == [(2, "start", "must be 2015-01: the data begin there")]


@pytest.mark.parametrize(
    ("line", "path", "what"),
    [
        ("population: {users: many}", "population.users", "must be a whole number, is 'many'"),
        ("population: {users: 2000.5}", "population.users", "must be a whole number, is 2000.5"),
        ("months: ", "months", "must be a whole number, is empty"),
        ("months: [24]", "months", "must be a whole number, is a list of 1"),
        ("demand: {kappa: {a: 1}}", "demand.kappa", "must be a number, is keys with values"),
        ("demand: {kappa: true}", "demand.kappa", "must be a number, is 'true'"),
        ("demand: {kappa: .inf}", "demand.kappa", "must be a number, is '.inf'"),
        ("demand: {kappa: 1e999}", "demand.kappa", "must be a finite number, is inf"),
        ("demand: 3", "demand", "must be keys with values, is 3"),
        ("quality: {invert: maybe}", "quality.invert", "must be true or false, is 'maybe'"),
        ("orders: [{}]", "orders", "must be keys with values, is a list of 1"),
        ("leakage: {enabled: maybe}", "leakage.enabled", "must be true or false, is 'maybe'"),
        ("about: {title: 3}", "about.title", "must be text (a number in quotes is text), is 3"),
        ("sharing: {rule: fair}", "sharing.rule",
         "must be 'proportional', 'equal' or 'shapley', is 'fair'"),
        ("branch: 2017", "branch", "must be a month such as 2017-01"),
        ("branch: 2017-13", "branch", "'2017-13' is not a month such as 2017-01"),
        ("population: {data_lines: {soon: 1}}", "population.data_lines.soon",
         "must be a whole number, is 'soon'"),
        ("carriers: {mobil: {}}", "carriers.mobil",
         "unknown carrier 'mobil'; did you mean 'mobile'?"),
        ("carriers: {mobile: {strategy: 3}}", "carriers.mobile.strategy",
         "must be keys with values, is 3"),
        ("resale: {active: 70}", "resale", "70 active of 60 resellers"),
        ("name: other", "name", "the name is that of the file; take this line out"),
        ("observed: {}", "observed",
         "observed facts are read from the files under 'data'; take this out"),
    ],
)  # fmt: skip
def test_wrong_values_are_told_in_plain_words(
    mistakes: Mistakes, line: str, path: str, what: str
) -> None:
    assert mistakes(f"{line}\n") == [(2, path, what)]


def test_a_long_value_is_not_repeated_in_full(mistakes: Mistakes) -> None:
    ((_, _, what),) = mistakes(f"months: {'x' * 10_000}\n")

    assert len(what) < 100


def test_all_mistakes_are_told_at_once(mistakes: Mistakes) -> None:
    text = "months: -5\nbranch: 2014-01\ndemand:\n  kapa: 3\n  kappa: -1\n  kappa: 2\nmonth: 3\n"

    assert [(line, path) for line, path, _ in mistakes(text)] == [
        (2, "months"),
        (3, "branch"),
        (5, "demand.kapa"),
        (6, "demand.kappa"),
        (7, "demand.kappa"),
        (8, "month"),
    ]


def test_a_file_that_extends_nothing_is_told_how_to(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("months: 24\n")

    with pytest.raises(InputError) as refusal:
        load_scenario(file)

    missing = {p.path: p.what for p in refusal.value.problems}
    assert "extends: base" in missing["carriers"]
    assert "months" not in missing
    assert "observed" not in missing  # nobody may write it


def test_a_missing_data_file_is_told_where_it_is_named(mistakes: Mistakes) -> None:
    ((line, path, what),) = mistakes("data:\n  industry: industry.csv\n  carriers: carrier.csv\n")

    assert (line, path) == (4, "data.carriers")
    assert what.startswith("no file 'carrier.csv' beside the scenario or in ")
    assert what.endswith("; did you mean 'carriers.csv'?")


def test_a_data_file_of_another_kind_is_told_where_it_is_named(mistakes: Mistakes) -> None:
    ((line, path, what),) = mistakes("data: {carriers: provinces.csv}\n")

    assert (line, path) == (2, "data")
    assert "cannot be read as observed facts" in what


def test_a_mistake_inherited_is_told_in_the_file_that_made_it(tmp_path: Path) -> None:
    parent, mine = tmp_path / "parent.yaml", tmp_path / "mine.yaml"
    parent.write_text("extends: base\n\ndemand: {kappa: -1}\n")
    mine.write_text("extends: ./parent.yaml\ndemand:\n  elasticity: 2\n")

    with pytest.raises(InputError) as refusal:
        load_scenario(mine)

    assert refusal.value.problems == (
        Problem(str(mine), 3, "demand.elasticity", "must be less than 1, is 2"),
        Problem(str(parent), 3, "demand.kappa", "must be greater than 0, is -1"),
    )
